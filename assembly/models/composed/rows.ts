// Rows of derivatives by parameters of all terms and of two-body bases at once. With h_k = ∂E_A/∂p_k of a term A and g_A = ∂E/∂E_A: ∂E/∂p_k = Σ_A Σ_i g_A h_k,
// and its gradient is that of Σ_i g_A h_k at fixed g_A plus that at fixed h_k, which a product around A makes.
import { loadBroadcast, times } from "../../math/lanes";
import { recordAt } from "../../records";
import { OK } from "../../status";
import { addColumns, addEnergies, addVirials } from "./columns";
import { clear } from "./features";
import { gatherRates, gatherVectors, PairVectors } from "./gather";
import { padded } from "./layout";
import { couplingVectors, cutoffVectors, featureVectors, useArrays, useVectors, virialMoments } from "./pair-vectors";
import { addExponents } from "./dense-rows";
import { addGivenRows, addOuterRows, addSharedRows } from "./pair-rows";
import { addRates, RATES, writeRateEnergies } from "./rate-rows";
import { ColumnKind, ComposedBasis, ComposedBasisColumns, ComposedColumn, ComposedOp, ComposedPairs, ComposedProgram, ComposedRows, ComposedTerm, ComposedTermColumns } from "./records";
import { adjointTangents, termTangents } from "./term-tangents";
import { addOverNeighbors } from "./two-body";

/**
 * Adds columns to rows, after `composedEvaluate` on arrays that were laid out for rows.
 * @param program ComposedProgram, whose functions of all pairs stand in its arrays, @param pairs ComposedPairs of all atoms of a structure
 * @param columns ComposedTermColumns [nTerms], @param ofBases ComposedBasisColumns [nBases]
 * @param unit ComposedColumn: written
 * @param rows ComposedRows
 */
export function composedRows(program: usize, pairs: usize, columns: usize, ofBases: usize, unit: usize, rows: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  const target = changetype<ComposedRows>(rows);
  if (target.forces) {
    featureVectors(all, sites, changetype<PairVectors>(all.vectors), target.virial != 0);
    cutoffVectors(all, sites);
  }
  writeSpeciesRates(all, sites);
  for (let b = 0; b < all.nBases; b++) {
    const own = recordAt<ComposedBasisColumns>(ofBases, b);
    if (own.rates >= 0) addRates(all, sites, b, own.table, own.rates, target);
  }
  for (let k = 0; k < all.nTerms; k++) {
    const own = recordAt<ComposedTermColumns>(columns, k);
    const term = recordAt<ComposedTerm>(all.terms, k);
    if (own.shift >= 0) addEnergies(sites, target.energy + (<usize>own.shift << 3), term.adjoints, all.speciesRates, padded(all.nSpecies), all.nSpecies);
    if (own.coefficients >= 0) addOwn(all, sites, term, own.coefficients, target);
    const isCoupled = target.forces != 0 && own.isCoupled != 0;
    if (isCoupled) {
      useCoupling(all, sites, k, changetype<ComposedColumn>(unit), target);
      addCoupling(all, sites, term, own, target);
    }
    if (term.basis >= 0) addNonLinear(all, sites, term, own, recordAt<ComposedBasisColumns>(ofBases, term.basis), isCoupled, target);
  }
  if (target.forces && all.denseWidth > 0) addGivenRows(all, sites, columns, ofBases, target);
  return OK;
}

/** ξ of a leaf, and what a product around it makes of ξ, α and β. */
function addNonLinear(
  all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, own: ComposedTermColumns, ofBasis: ComposedBasisColumns, isCoupled: bool, rows: ComposedRows,
): void {
  const basis = recordAt<ComposedBasis>(all.bases, term.basis);
  if (isCoupled && ofBasis.rates >= 0) {
    writeRateEnergies(basis, sites, term, ofBasis.table, all.exponentRates);
    addCoupled(all, sites, all.exponentRates, RATES, ofBasis.rates, null, RATES, RATES, rows);
  }
  if (own.exponents < 0) return;
  addExponents(all, sites, term, basis, own.exponents, rows);
  const width = padded(term.nExponents);
  if (isCoupled) addCoupled(all, sites, all.exponentRates, width, own.exponents, null, width, term.nExponents, rows);
}

function writeSpeciesRates(all: ComposedProgram, sites: ComposedPairs): void {
  const width = <usize>padded(all.nSpecies) << 3;
  clear(all.speciesRates, width * <usize>sites.nSites);
  for (let i: usize = 0; i < <usize>sites.nSites; i++) store<f64>(all.speciesRates + width * i + (<usize>load<i32>(sites.species + (i << 2)) << 3), 1);
}

/** The column of a slot after the first of a leaf; −1: the slot is padding. */
function featureOf(basis: ComposedBasis, slot: i32): i32 {
  if (basis.body == 3) return slot < ((basis.size * (basis.size + 1)) >> 1) * basis.nDegrees ? slot : -1;
  const nu = slot % basis.padded;
  return nu < basis.size ? (slot / basis.padded) * basis.size + nu : -1;
}

/** At fixed g. */
function addOwn(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, first: i32, rows: ComposedRows): void {
  const basis = recordAt<ComposedBasis>(all.bases, term.basis);
  if (term.op == ComposedOp.linear) {
    addLinear(all, sites, term, basis, first, rows);
    return;
  }
  const width = padded(term.nExponents);
  const slots = basis.slots;
  for (let slot = 0; slot < slots; slot++) {
    const feature = featureOf(basis, slot);
    if (feature < 0) continue;
    const to = <usize>(first + feature * term.nExponents) << 3;
    addEnergies(sites, rows.energy + to, term.adjoints, term.exponentials + (<usize>(slot * width) << 3), slots * width, term.nExponents);
  }
  if (!rows.forces) return;
  writeRates(sites, term, slots, width);
  const isSum = term.op == ComposedOp.neighborExp;
  if (isSum) {
    clear(term.neighborRates, (<usize>(sites.nSites * slots) * width) << 3);
    addOverNeighbors(slots * width, sites, term.rates, term.neighborRates);
    addOfCutoffs(all, sites, term, basis, first, rows);
  }
  const rates = isSum ? term.neighborRates : term.rates;
  if (basis.body == 2) addOuterRows(all, sites, basis, rates, width, term.nExponents, first, rows);
  else addVectorRows(all, sites, term, basis, rates, width, first, rows);
  if (rows.virial) addOwnVirials(sites, basis, rates, width, term.nExponents, first, rows);
}

/** Rows of forces from vectors of pairs. rates: f64 [nSites][slots][width] */
function addVectorRows(
  all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, rates: usize, width: i32, first: i32, rows: ComposedRows,
): void {
  const slots = basis.slots;
  const widthBytes = <usize>width << 3;
  const siteBytes = widthBytes * <usize>slots;
  const vectors = changetype<PairVectors>(all.vectors);
  useVectors(vectors, basis);
  for (let a = 0; a < sites.nSites; a++) {
    const moments = basis.moments + 24 * <usize>(a * slots);
    for (let slot = 0; slot < slots; slot++) {
      const feature = featureOf(basis, slot);
      if (feature < 0) continue;
      const shift = <usize>slot << 3;
      const from = rates + shift * width;
      const to = <usize>(first + feature * term.nExponents) << 3;
      gatherRates(sites, a, from, siteBytes, widthBytes, vectors, shift, all.gathered, widthBytes);
      addColumns(rows, a, to, term.nExponents, all.gathered, widthBytes, from + siteBytes * <usize>a, moments + shift, <usize>slots << 3);
    }
  }
}

/** `count` columns of each feature, of rates f64 [nSites][slots][width]. */
function addOwnVirials(sites: ComposedPairs, basis: ComposedBasis, rates: usize, width: i32, count: i32, first: i32, rows: ComposedRows): void {
  const slots = basis.slots;
  for (let a = 0; a < sites.nSites; a++) {
    const moments = basis.virialMoments + 48 * <usize>(a * slots);
    for (let slot = 0; slot < slots; slot++, rates += <usize>width << 3) {
      const feature = featureOf(basis, slot);
      if (feature >= 0) addVirials(rows, <usize>(first + feature * count) << 3, count, rates, moments + (<usize>slot << 3), <usize>slots << 3);
    }
  }
}

/** g ξ_l exp(ξ_l X) */
function writeRates(sites: ComposedPairs, term: ComposedTerm, slots: i32, width: i32): void {
  if (ASC_FEATURE_SIMD) ratesOf<v128>(sites, term, slots, width);
  else ratesOf<f64>(sites, term, slots, width);
}

/** What is written for the padding of columns counts nowhere. */
function ratesOf<T>(sites: ComposedPairs, term: ComposedTerm, slots: i32, width: i32): void {
  const siteBytes = <usize>(slots * width) << 3;
  const bytes = <usize>width << 3;
  clear(term.rates + siteBytes * <usize>sites.nActive, siteBytes * <usize>(sites.nSites - sites.nActive));
  for (let l: usize = 0; l < bytes; l += sizeof<T>()) {
    const xi = load<T>(term.exponents + l);
    let h = term.exponentials + l;
    let rate = term.rates + l;
    for (let i: usize = 0; i < <usize>sites.nActive << 3; i += 8) {
      const factor = times<T>(loadBroadcast<T>(term.adjoints + i), xi);
      for (const end = h + siteBytes; h < end; h += bytes, rate += bytes) store<T>(rate, times<T>(factor, load<T>(h)));
    }
  }
}

/** What f_c′ in Ψ(i) = Σ_j f_c Φ(j) adds: rates at i with Φ at j and the other way round. */
function addOfCutoffs(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, first: i32, rows: ComposedRows): void {
  const slots = basis.slots;
  const width = padded(term.nExponents);
  const widthBytes = <usize>width << 3;
  const siteBytes = widthBytes * <usize>slots;
  const ofSlots = <usize>slots << 3;
  const vectors = changetype<PairVectors>(all.vectors);
  useArrays(vectors, all.cutoffVectors, all.cutoffVectors);
  const moments = all.gathered + 3 * siteBytes;
  for (let a = 0; a < sites.nSites; a++) {
    gatherRates(sites, a, term.rates, siteBytes, siteBytes, vectors, 0, all.gathered, siteBytes);
    gatherRates(sites, a, basis.features, ofSlots, ofSlots, vectors, 0, moments, ofSlots);
    for (let slot = 0; slot < slots; slot++) {
      const feature = featureOf(basis, slot);
      if (feature < 0) continue;
      const shift = <usize>slot << 3;
      const own = term.rates + siteBytes * <usize>a + widthBytes * <usize>slot;
      const gathered = all.gathered + widthBytes * <usize>slot;
      scale(gathered, siteBytes, width, load<f64>(basis.features + ofSlots * <usize>a + shift));
      addColumns(rows, a, <usize>(first + feature * term.nExponents) << 3, term.nExponents, gathered, siteBytes, own, moments + shift, ofSlots);
    }
  }
  if (rows.virial) addCutoffVirials(all, sites, term, basis, first, rows);
}

function scale(rows: usize, rowBytes: usize, count: i32, factor: f64): void {
  for (let c: usize = 0; c < 3; c++) {
    for (let k: usize = 0; k < <usize>count << 3; k += 8) store<f64>(rows + c * rowBytes + k, factor * load<f64>(rows + c * rowBytes + k));
  }
}

/** Of both sites of a pair: rates there with Φ of the other. */
function addCutoffVirials(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, first: i32, rows: ComposedRows): void {
  const width = padded(term.nExponents);
  const siteBytes = (<usize>basis.slots * width) << 3;
  for (let p: usize = 0; p < <usize>sites.nPairs; p++) {
    const i = <usize>load<i32>(sites.first + (p << 2));
    const j = <usize>load<i32>(sites.second + (p << 2));
    writePairMoments(all, sites, p);
    for (let slot = 0; slot < basis.slots; slot++) {
      const feature = featureOf(basis, slot);
      if (feature < 0) continue;
      const shift = <usize>slot << 3;
      const to = <usize>(first + feature * term.nExponents) << 3;
      const ofFirst = load<f64>(basis.features + (<usize>basis.slots << 3) * i + shift);
      const ofSecond = load<f64>(basis.features + (<usize>basis.slots << 3) * j + shift);
      const rates = term.rates + shift * width;
      // as rates of one site: what they are multiplied with is the same
      for (let l: usize = 0; l < <usize>term.nExponents << 3; l += 8) {
        store<f64>(all.gathered + 48 + l, ofSecond * load<f64>(rates + siteBytes * i + l) + ofFirst * load<f64>(rates + siteBytes * j + l));
      }
      addVirials(rows, to, term.nExponents, all.gathered + 48, all.gathered, 8);
    }
  }
}

/** d ⊗ f_c′ u of a pair, six numbers. */
function writePairMoments(all: ComposedProgram, sites: ComposedPairs, p: usize): void {
  const r = load<f64>(sites.distances + (p << 3));
  const at = all.cutoffVectors + 24 * p;
  const x = r * load<f64>(sites.ux + (p << 3));
  const y = r * load<f64>(sites.uy + (p << 3));
  const wx = load<f64>(at), wy = load<f64>(at, 8), wz = load<f64>(at, 16);
  store<f64>(all.gathered, x * wx);
  store<f64>(all.gathered, y * wy, 8);
  store<f64>(all.gathered, r * load<f64>(sites.uz + (p << 3)) * wz, 16);
  store<f64>(all.gathered, y * wz, 24);
  store<f64>(all.gathered, x * wz, 32);
  store<f64>(all.gathered, x * wy, 40);
}

function addLinear(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, first: i32, rows: ComposedRows): void {
  const slots = basis.slots;
  for (let slot = 0; slot < slots; slot++) {
    const feature = featureOf(basis, slot);
    if (feature >= 0) addEnergies(sites, rows.energy + (<usize>(first + feature) << 3), term.adjoints, basis.features + (<usize>slot << 3), slots, 1);
  }
  if (!rows.forces) return;
  if (basis.body == 2) addSharedRows(all, sites, basis, term.adjoints, first, rows);
  const vectors = changetype<PairVectors>(all.vectors);
  useVectors(vectors, basis);
  for (let a = 0; a < sites.nSites; a++) {
    if (basis.body == 3) addLinearVectors(all, sites, a, term, basis, vectors, first, rows);
    if (rows.virial) addLinearVirials(a, term, basis, first, rows);
  }
}

/** Rows of the forces on one site from vectors of pairs. */
function addLinearVectors(
  all: ComposedProgram, sites: ComposedPairs, a: i32, term: ComposedTerm, basis: ComposedBasis, vectors: PairVectors, first: i32, rows: ComposedRows,
): void {
  const bytes = <usize>basis.slots << 3;
  gatherVectors(sites, a, term.adjoints, bytes, vectors, all.gathered);
  for (let slot = 0; slot < basis.slots; slot++) {
    const feature = featureOf(basis, slot);
    const shift = <usize>slot << 3;
    if (feature < 0) continue;
    addColumns(rows, a, <usize>(first + feature) << 3, 1, all.gathered + shift, bytes, term.adjoints + (<usize>a << 3), basis.moments + 3 * bytes * <usize>a + shift, bytes);
  }
}

function addLinearVirials(a: i32, term: ComposedTerm, basis: ComposedBasis, first: i32, rows: ComposedRows): void {
  const bytes = <usize>basis.slots << 3;
  for (let slot = 0; slot < basis.slots; slot++) {
    const feature = featureOf(basis, slot);
    const moments = basis.virialMoments + 6 * bytes * <usize>a + (<usize>slot << 3);
    if (feature >= 0) addVirials(rows, <usize>(first + feature) << 3, 1, term.adjoints + (<usize>a << 3), moments, bytes);
  }
}

/** Makes ready what g of a term changes by, for terms in factors of products none of whose other factors sees neighbors of neighbors. */
function useCoupling(all: ComposedProgram, sites: ComposedPairs, k: i32, unit: ComposedColumn, rows: ComposedRows): void {
  unit.kind = ColumnKind.shift;
  unit.owner = k;
  unit.species = -1;
  termTangents(all, sites, unit);
  adjointTangents(all, sites);
  couplingVectors(all, sites);
  const vectors = changetype<PairVectors>(all.vectors);
  useArrays(vectors, all.firstCouplings, all.secondCouplings);
  for (let a = 0; a < sites.nSites; a++) gatherVectors(sites, a, 0, 8, vectors, all.couplingSums + 24 * <usize>a);
  if (rows.virial) virialMoments(sites, 1, all.firstCouplings, all.secondCouplings, 24, 8, all.couplingMoments);
}

/** At fixed h. */
function addCoupling(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, own: ComposedTermColumns, rows: ComposedRows): void {
  if (own.shift >= 0) addCoupled(all, sites, all.speciesRates, padded(all.nSpecies), own.shift, null, 1, all.nSpecies, rows);
  if (own.coefficients < 0) return;
  const basis = recordAt<ComposedBasis>(all.bases, term.basis);
  if (term.op == ComposedOp.linear) addCoupled(all, sites, basis.features, basis.slots, own.coefficients, basis, 1, 1, rows);
  else {
    const width = padded(term.nExponents);
    addCoupled(all, sites, term.exponentials, basis.slots * width, own.coefficients, basis, width, term.nExponents, rows);
  }
}

/** Columns with rates f64 [nSites][total]: of each slot `count` of `width`; without a basis of one slot. */
function addCoupled(
  all: ComposedProgram, sites: ComposedPairs, rates: usize, total: i32, first: i32, basis: ComposedBasis | null, width: i32, count: i32,
  rows: ComposedRows,
): void {
  const bytes = <usize>total << 3;
  const vectors = changetype<PairVectors>(all.vectors);
  useArrays(vectors, all.firstCouplings, all.secondCouplings);
  for (let a = 0; a < sites.nSites; a++) {
    gatherRates(sites, a, rates, bytes, bytes, vectors, 0, all.gathered, bytes);
    const nSlots = basis ? basis.slots : 1;
    for (let slot = 0; slot < nSlots; slot++) {
      const feature = basis ? featureOf(basis, slot) : 0;
      if (feature < 0) continue;
      const shift = <usize>(slot * width) << 3;
      const own = rates + bytes * <usize>a + shift;
      const to = <usize>(first + feature * count) << 3;
      addColumns(rows, a, to, count, all.gathered + shift, bytes, own, all.couplingSums + 24 * <usize>a, 8);
      if (rows.virial) addVirials(rows, to, count, own, all.couplingMoments + 48 * <usize>a, 8);
    }
  }
}
