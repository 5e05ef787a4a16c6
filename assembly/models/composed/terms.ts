// Site energies of the terms from features, and derivatives back to them. Sites 0 … nActive − 1 count.
import { tabledExponential } from "../../math/decay";
import { broadcast, loadBroadcast, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { NOT_FINITE, OK } from "../../status";
import { clear, featureBytes } from "./features";
import { padded } from "./layout";
import { ComposedBasis, ComposedOp, ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { total } from "./two-body";

/** Energies of all terms, the operands first. NOT_FINITE: of a leaf at a site, which the program names. */
export function termEnergies(program: ComposedProgram, pairs: ComposedPairs): i32 {
  for (let k = program.nTerms - 1; k >= 0; k--) {
    const term = recordAt<ComposedTerm>(program.terms, k);
    const op = term.op;
    if (op == ComposedOp.sum || op == ComposedOp.product) {
      combine(program, pairs, term);
      continue;
    }
    const basis = recordAt<ComposedBasis>(program.bases, term.basis);
    const features = op == ComposedOp.neighborExp ? basis.sums : basis.features;
    if (ASC_FEATURE_SIMD) leafEnergies<v128>(pairs, term, basis.slots, features, program.hasTangents != 0);
    else leafEnergies<f64>(pairs, term, basis.slots, features, program.hasTangents != 0);
    const bad = firstNotFinite(pairs, term, basis.slots);
    if (bad < 0) continue;
    program.culpritSite = bad;
    program.culpritTerm = k;
    return NOT_FINITE;
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function shiftOf(term: ComposedTerm, pairs: ComposedPairs, site: usize): f64 {
  return term.shift ? load<f64>(term.shift + (<usize>load<i32>(pairs.species + (site << 2)) << 3)) : 0;
}

function combine(program: ComposedProgram, pairs: ComposedPairs, term: ComposedTerm): void {
  const left = recordAt<ComposedTerm>(program.terms, term.left).energies;
  const right = recordAt<ComposedTerm>(program.terms, term.right).energies;
  const isProduct = term.op == ComposedOp.product;
  for (let i: usize = 0; i < <usize>pairs.nActive; i++) {
    const a = load<f64>(left + (i << 3));
    const b = load<f64>(right + (i << 3));
    store<f64>(term.energies + (i << 3), shiftOf(term, pairs, i) + (isProduct ? a * b : a + b));
  }
}

/** Energy and slopes of a leaf: Σ c X, or Σ_l Σ_ν c_νl exp(ξ_l X_ν). */
function leafEnergies<T>(pairs: ComposedPairs, term: ComposedTerm, slots: i32, features: usize, keeps: bool): void {
  const bytes = <usize>slots << 3;
  const coefficients = term.coefficients;
  const isLinear = term.op == ComposedOp.linear;
  const rateBytes = <usize>padded(term.nExponents) << 3;
  let exponentials = keeps ? term.exponentials : 0;
  let x = features;
  let slope = term.slopes;
  for (let i: usize = 0; i < <usize>pairs.nActive; i++) {
    let sum = broadcast<T>(0);
    if (isLinear) {
      for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
        const c = load<T>(coefficients + k);
        sum = timesPlus<T>(c, load<T>(x + k), sum);
        store<T>(slope + k, c);
      }
    } else {
      for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
        const feature = load<T>(x + k);
        let c = coefficients + k;
        let derivative = broadcast<T>(0);
        for (let l: usize = 0; l < <usize>term.nExponents << 3; l += 8, c += bytes) {
          const xi = loadBroadcast<T>(term.exponents + l);
          const h = tabledExponential<T>(times<T>(xi, feature));
          if (exponentials) storeLanes<T>(exponentials + rateBytes * (k >> 3) + l, rateBytes, h);
          const part = times<T>(load<T>(c), h);
          sum = plus<T>(sum, part);
          derivative = timesPlus<T>(xi, part, derivative);
        }
        store<T>(slope + k, derivative);
      }
    }
    store<f64>(term.energies + (i << 3), shiftOf(term, pairs, i) + total<T>(sum));
    x += bytes;
    slope += bytes;
    if (exponentials) exponentials += rateBytes * <usize>slots;
  }
}

/** Lanes to places `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function storeLanes<T>(at: usize, stride: usize, x: T): void {
  if (isVector<T>()) {
    v128.store64_lane(at, x, 0);
    v128.store64_lane(at + stride, x, 1);
  } else store<f64>(at, x);
}

/** The first site where the energy or a slope of a leaf is not finite; −1: none. */
function firstNotFinite(pairs: ComposedPairs, term: ComposedTerm, slots: i32): i32 {
  let slope = term.slopes;
  for (let i = 0; i < pairs.nActive; i++) {
    // 0, or NaN
    let nothing = 0 * load<f64>(term.energies + (<usize>i << 3));
    for (let k = 0; k < slots; k++, slope += 8) nothing += 0 * load<f64>(slope);
    if (nothing != 0) return i;
  }
  return -1;
}

/** ∂E/∂energy of all terms, each before its operands, and from those of the leaves the derivatives by Φ and Ψ. */
export function termAdjoints(program: ComposedProgram, pairs: ComposedPairs): void {
  for (let b = 0; b < program.nBases; b++) {
    const basis = recordAt<ComposedBasis>(program.bases, b);
    clear(basis.adjoints, featureBytes(basis, pairs));
    if (basis.hasSums) clear(basis.sumAdjoints, featureBytes(basis, pairs));
  }
  const bytes = <usize>pairs.nActive << 3;
  const root = recordAt<ComposedTerm>(program.terms, 0).adjoints;
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(root + i, 1);
  for (let k = 0; k < program.nTerms; k++) {
    const term = recordAt<ComposedTerm>(program.terms, k);
    const op = term.op;
    if (op == ComposedOp.sum || op == ComposedOp.product) {
      const left = recordAt<ComposedTerm>(program.terms, term.left);
      const right = recordAt<ComposedTerm>(program.terms, term.right);
      for (let i: usize = 0; i < bytes; i += 8) {
        const g = load<f64>(term.adjoints + i);
        store<f64>(left.adjoints + i, op == ComposedOp.product ? g * load<f64>(right.energies + i) : g);
        store<f64>(right.adjoints + i, op == ComposedOp.product ? g * load<f64>(left.energies + i) : g);
      }
      continue;
    }
    const basis = recordAt<ComposedBasis>(program.bases, term.basis);
    const adjoints = op == ComposedOp.neighborExp ? basis.sumAdjoints : basis.adjoints;
    addLeaf(pairs.nActive, basis.slots, term.adjoints, term.slopes, adjoints);
  }
}

/** adjoints += energies ⊗ slopes; energies: f64 [nActive], slopes, adjoints: f64 [nActive][slots] */
export function addLeaf(nActive: i32, slots: i32, energies: usize, slopes: usize, adjoints: usize): void {
  if (ASC_FEATURE_SIMD) addProducts<v128>(nActive, slots, energies, slopes, adjoints);
  else addProducts<f64>(nActive, slots, energies, slopes, adjoints);
}

function addProducts<T>(nActive: i32, slots: i32, energies: usize, slope: usize, adjoints: usize): void {
  const bytes = <usize>slots << 3;
  for (let i: usize = 0; i < <usize>nActive; i++) {
    const g = loadBroadcast<T>(energies + (i << 3));
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) store<T>(adjoints + k, timesPlus<T>(g, load<T>(slope + k), load<T>(adjoints + k)));
    adjoints += bytes;
    slope += bytes;
  }
}
