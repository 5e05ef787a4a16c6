// Rows of derivatives by the exponents ξ of leaves with two-body bases: columns that all functions of a basis count in, so that pair derivatives t_k are
// made before forces of them.
import { broadcast, loadBroadcast, plus, timesPlus } from "../../math/lanes";
import { addEnergies, addGathered, addPairVirials } from "./columns";
import { clear } from "./features";
import { gatherSlopes } from "./gather";
import { padded } from "./layout";
import { ComposedBasis, ComposedOp, ComposedPairs, ComposedProgram, ComposedRows, ComposedTerm } from "./records";
import { addOverNeighbors } from "./two-body";

/** Σ_i g_i Σ_ν c_νl exp(ξ_l X_ν) by ξ_l at fixed g. Leaves ∂E_leaf/∂ξ of the sites in `exponentRates` of the program, f64 [nActive][nExponents, padded]. */
export function addExponents(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, first: i32, rows: ComposedRows): void {
  const width = padded(term.nExponents);
  const to = <usize>first << 3;
  writeExponentRates(all, sites, term, basis, width);
  addEnergies(sites, rows.energy + to, term.adjoints, all.exponentRates, width, term.nExponents);
  if (!rows.forces) return;
  const isSum = term.op == ComposedOp.neighborExp;
  if (isSum) {
    clear(term.neighborRates, (<usize>(sites.nSites * basis.slots) * width) << 3);
    addOverNeighbors(basis.slots * width, sites, term.rates, term.neighborRates);
  }
  clear(all.denseSlopes, (<usize>sites.nPairs * width) << 3);
  addDenseSlopes(basis, sites, isSum ? term.neighborRates : term.rates, width, all.denseSlopes);
  if (isSum) addCutoffSlopes(basis, sites, term.rates, width, all.denseSlopes);
  addDenseRows(all, sites, width, to, term.nExponents, rows);
}

/** Rows of columns whose pair derivatives stand in `denseSlopes`, f64 [nPairs][width]. */
export function addDenseRows(all: ComposedProgram, sites: ComposedPairs, width: i32, to: usize, count: i32, rows: ComposedRows): void {
  const bytes = <usize>width << 3;
  for (let a = 0; a < sites.nSites; a++) {
    gatherSlopes(sites, a, all.denseSlopes, bytes, all.gathered);
    addGathered(rows, a, to, count, all.gathered, bytes);
  }
  if (rows.virial) addPairVirials(rows, sites, to, count, all.denseSlopes, bytes);
}

/** g c (1 + ξX) exp(ξX) to the rates of the term, and Σ c X exp(ξX). */
function writeExponentRates(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, width: i32): void {
  const slots = basis.slots;
  const widthBytes = <usize>width << 3;
  let x = term.op == ComposedOp.neighborExp ? basis.sums : basis.features;
  let h = term.exponentials;
  let rate = term.rates;
  clear(all.exponentRates, widthBytes * <usize>sites.nActive);
  for (let i: usize = 0; i < <usize>sites.nActive; i++) {
    const g = load<f64>(term.adjoints + (i << 3));
    const energy = all.exponentRates + widthBytes * i;
    for (let slot: usize = 0; slot < <usize>slots; slot++, x += 8, h += widthBytes, rate += widthBytes) {
      const feature = load<f64>(x);
      for (let l: usize = 0; l < <usize>term.nExponents; l++) {
        const part = load<f64>(term.coefficients + ((l * slots + slot) << 3)) * load<f64>(h + (l << 3));
        const xi = load<f64>(term.exponents + (l << 3));
        store<f64>(rate + (l << 3), g * (1 + xi * feature) * part);
        store<f64>(energy + (l << 3), load<f64>(energy + (l << 3)) + feature * part);
      }
    }
  }
}

/** t_k += Σ_ν (rates_νk(i) + rates_νk(j)) φ′_ν. rates: f64 [nSites][slots][width], t: f64 [nPairs][width] */
function addDenseSlopes(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, width: i32, t: usize): void {
  const bytes = <usize>width << 3;
  const step: usize = ASC_FEATURE_SIMD ? 32 : 16;
  for (let k: usize = 0; k < bytes; k += step) {
    const isTwo = k + step <= bytes;
    if (ASC_FEATURE_SIMD) {
      if (isTwo) denseBlock<v128>(2, basis, pairs, rates + k, bytes, t + k);
      else denseBlock<v128>(1, basis, pairs, rates + k, bytes, t + k);
    } else if (isTwo) denseBlock<f64>(2, basis, pairs, rates + k, bytes, t + k);
    else denseBlock<f64>(1, basis, pairs, rates + k, bytes, t + k);
  }
}

/** N is a literal: 1 or 2 of T. */
// @ts-ignore: decorator
@inline
function denseBlock<T>(N: i32, basis: ComposedBasis, pairs: ComposedPairs, rates: usize, bytes: usize, t: usize): void {
  const siteBytes = bytes * <usize>basis.slots;
  const channelBytes = bytes * <usize>basis.channelSlots;
  const padding = (<usize>(basis.padded - basis.size)) << 3;
  const sizeBytes = bytes * <usize>basis.size;
  let slope = basis.slopes;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, t += bytes, slope += padding) {
    const channel = rates + channelBytes * <usize>load<i32>(pairs.kinds + p);
    let a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    let b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    let s0 = load<T>(t);
    let s1 = s0;
    if (N == 2) s1 = load<T>(t + sizeof<T>());
    for (const end = a + sizeBytes; a < end; a += bytes, b += bytes, slope += 8) {
      const own = loadBroadcast<T>(slope);
      s0 = timesPlus<T>(plus<T>(load<T>(a), load<T>(b)), own, s0);
      if (N == 2) s1 = timesPlus<T>(plus<T>(load<T>(a + sizeof<T>()), load<T>(b + sizeof<T>())), own, s1);
    }
    store<T>(t, s0);
    if (N == 2) store<T>(t + sizeof<T>(), s1);
  }
}

/** t_k += f_c′ Σ_ν (rates_νk(i) Φ_ν(j) + rates_νk(j) Φ_ν(i)) */
function addCutoffSlopes(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, width: i32, t: usize): void {
  if (ASC_FEATURE_SIMD) cutoffBlock<v128>(basis, pairs, rates, <usize>width << 3, t);
  else cutoffBlock<f64>(basis, pairs, rates, <usize>width << 3, t);
}

function cutoffBlock<T>(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, bytes: usize, t: usize): void {
  const slotBytes = <usize>basis.slots << 3;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, t += bytes) {
    const i = <usize>load<i32>(pairs.first + p);
    const j = <usize>load<i32>(pairs.second + p);
    const cutoffSlope = loadBroadcast<T>(pairs.cutoffSlopes + (p << 1));
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      let a = rates + bytes * <usize>basis.slots * i + k;
      let b = rates + bytes * <usize>basis.slots * j + k;
      let sum = broadcast<T>(0);
      for (let f: usize = 0; f < slotBytes; f += 8, a += bytes, b += bytes) {
        sum = timesPlus<T>(load<T>(a), loadBroadcast<T>(basis.features + slotBytes * j + f), sum);
        sum = timesPlus<T>(load<T>(b), loadBroadcast<T>(basis.features + slotBytes * i + f), sum);
      }
      store<T>(t + k, timesPlus<T>(cutoffSlope, sum, load<T>(t + k)));
    }
  }
}
