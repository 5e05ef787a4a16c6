// Rows of derivatives by α and β of two-body Gaussians. Both are sums over ν of dα_ν/dθ times the derivative by α_ν alone, for which φ changes by q = −r² φ:
// one pass over the pairs makes both columns.
import { recordAt } from "../../records";
import { broadcast, loadBroadcast, minus, plus, times, timesPlus } from "../../math/lanes";
import { addPairVirials } from "./columns";
import { clear, featureBytes } from "./features";
import { padded } from "./layout";
import { ComposedBasis, ComposedOp, ComposedPairs, ComposedProgram, ComposedRows, ComposedTerm } from "./records";
import { total } from "./two-body";

/** Columns of α and β. */
export const RATES: i32 = 2;

/**
 * At fixed g of all leaves. No leaf takes sums of the basis over neighbors.
 * @param rates f64 [2][padded]: dα_ν/dα, dα_ν/dβ
 */
export function addRates(all: ComposedProgram, sites: ComposedPairs, b: i32, rates: usize, first: i32, rows: ComposedRows): void {
  const basis = recordAt<ComposedBasis>(all.bases, b);
  const to = <usize>first << 3;
  clear(basis.featureTangents, featureBytes(basis, sites));
  if (ASC_FEATURE_SIMD) addRateFeatures<v128>(basis, sites, basis.featureTangents);
  else addRateFeatures<f64>(basis, sites, basis.featureTangents);
  addRateEnergies(basis, sites, rates, rows.energy + to);
  if (!rows.forces) return;
  clear(basis.adjointTangents, featureBytes(basis, sites));
  for (let k = 0; k < all.nTerms; k++) {
    const term = recordAt<ComposedTerm>(all.terms, k);
    if (term.op == ComposedOp.exp && term.basis == b) addCurvatures(sites, term, basis);
  }
  const t = all.denseSlopes + (<usize>basis.denseColumn << 3);
  const bytes = <usize>all.denseWidth << 3;
  if (ASC_FEATURE_SIMD) writeRateSlopes<v128>(basis, sites, rates, t, bytes);
  else writeRateSlopes<f64>(basis, sites, rates, t, bytes);
  if (rows.virial) addPairVirials(rows, sites, to, RATES, t, bytes);
}

/** Energies of a leaf by α and β: Σ_ν ∂E_leaf/∂Φ_ν dα_ν/dθ Σ_j q_ν, f64 [nActive][2]; `featureTangents` of its basis are there. */
export function writeRateEnergies(basis: ComposedBasis, sites: ComposedPairs, term: ComposedTerm, rates: usize, out: usize): void {
  let at: usize = 0;
  for (let i = 0; i < sites.nActive; i++, out += 16) {
    let alpha: f64 = 0, beta: f64 = 0;
    for (let slot = 0; slot < basis.slots; slot++, at += 8) {
      const part = load<f64>(term.slopes + at) * load<f64>(basis.featureTangents + at);
      alpha += part * rateAt(basis, rates, slot);
      beta += part * rateAt(basis, rates + (<usize>basis.padded << 3), slot);
    }
    store<f64>(out, alpha);
    store<f64>(out, beta, 8);
  }
}

// @ts-ignore: decorator
@inline
function rateAt(basis: ComposedBasis, rates: usize, slot: i32): f64 {
  return load<f64>(rates + (<usize>(slot % basis.padded) << 3));
}

function addRateFeatures<T>(basis: ComposedBasis, pairs: ComposedPairs, features: usize): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  const first = pairs.first, second = pairs.second, kinds = pairs.kinds, distances = pairs.distances;
  const last = <usize>pairs.nPairs << 2;
  let value = basis.values;
  for (let p: usize = 0; p < last; p += 4) {
    const r = load<f64>(distances + (p << 1));
    const minusSquare = broadcast<T>(-r * r);
    const channel = features + channelBytes * <usize>load<i32>(kinds + p);
    let a = channel + siteBytes * <usize>load<i32>(first + p);
    let b = channel + siteBytes * <usize>load<i32>(second + p);
    for (const end = value + bytes; value < end; value += sizeof<T>(), a += sizeof<T>(), b += sizeof<T>()) {
      const q = times<T>(minusSquare, load<T>(value));
      store<T>(a, plus<T>(load<T>(a), q));
      store<T>(b, plus<T>(load<T>(b), q));
    }
  }
}

/** Σ_i Σ_ν ∂E/∂Φ_ν dα_ν/dθ Σ_j q_ν */
function addRateEnergies(basis: ComposedBasis, sites: ComposedPairs, rates: usize, out: usize): void {
  let alpha: f64 = 0, beta: f64 = 0;
  let at: usize = 0;
  for (let i = 0; i < sites.nActive; i++) {
    for (let slot = 0; slot < basis.slots; slot++, at += 8) {
      const part = load<f64>(basis.adjoints + at) * load<f64>(basis.featureTangents + at);
      alpha += part * rateAt(basis, rates, slot);
      beta += part * rateAt(basis, rates + (<usize>basis.padded << 3), slot);
    }
  }
  store<f64>(out, load<f64>(out) + alpha);
  store<f64>(out, load<f64>(out, 8) + beta, 8);
}

/** adjointTangents += g Σ_l c ξ² exp(ξΦ) Σ_j q */
function addCurvatures(sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis): void {
  const slots = basis.slots;
  const widthBytes = <usize>padded(term.nExponents) << 3;
  let h = term.exponentials;
  let at: usize = 0;
  for (let i: usize = 0; i < <usize>sites.nActive; i++) {
    const g = load<f64>(term.adjoints + (i << 3));
    for (let slot: usize = 0; slot < <usize>slots; slot++, at += 8, h += widthBytes) {
      let curvature: f64 = 0;
      for (let l: usize = 0; l < <usize>term.nExponents; l++) {
        const xi = load<f64>(term.exponents + (l << 3));
        curvature += load<f64>(term.coefficients + ((l * slots + slot) << 3)) * (xi * xi) * load<f64>(h + (l << 3));
      }
      const to = basis.adjointTangents + at;
      store<f64>(to, load<f64>(to) + g * curvature * load<f64>(basis.featureTangents + at));
    }
  }
}

/** t_θ = Σ_ν dα_ν/dθ [(adjointTangents_ν(i) + (j)) φ′_ν + (∂E/∂Φ_ν(i) + (j)) q′_ν], q′ = −r (2φ + r φ′) */
function writeRateSlopes<T>(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, t: usize, tBytes: usize): void {
  const bytes = <usize>basis.padded << 3;
  const siteBytes = <usize>basis.slots << 3;
  const channelBytes = <usize>basis.channelSlots << 3;
  // what the loop stores could change these, for all that the compiler knows
  const first = pairs.first, second = pairs.second, kinds = pairs.kinds, distances = pairs.distances;
  const last = <usize>pairs.nPairs << 2;
  const adjoints = basis.adjoints;
  const toTangents = basis.adjointTangents - adjoints;
  const toSlope = basis.slopes - basis.values;
  let value = basis.values;
  for (let p: usize = 0; p < last; p += 4, t += tBytes) {
    const channel = adjoints + channelBytes * <usize>load<i32>(kinds + p);
    let a = channel + siteBytes * <usize>load<i32>(first + p);
    let b = channel + siteBytes * <usize>load<i32>(second + p);
    const r = loadBroadcast<T>(distances + (p << 1));
    const minusR = minus<T>(broadcast<T>(0), r);
    let alpha = broadcast<T>(0), beta = alpha;
    let rate = rates;
    for (const end = value + bytes; value < end; value += sizeof<T>(), a += sizeof<T>(), b += sizeof<T>(), rate += sizeof<T>()) {
      const own = load<T>(value + toSlope);
      const twice = load<T>(value);
      const change = times<T>(minusR, timesPlus<T>(r, own, plus<T>(twice, twice)));
      const tangent = plus<T>(load<T>(a + toTangents), load<T>(b + toTangents));
      const adjoint = plus<T>(load<T>(a), load<T>(b));
      const part = timesPlus<T>(adjoint, change, times<T>(tangent, own));
      alpha = timesPlus<T>(part, load<T>(rate), alpha);
      beta = timesPlus<T>(part, load<T>(rate + bytes), beta);
    }
    store<f64>(t, total<T>(alpha));
    store<f64>(t, total<T>(beta), 8);
  }
}
