// Rows of derivatives by the exponents ξ of leaves with two-body bases: columns that all functions of a basis count in, so that pair derivatives t_k are
// made before forces of them.
import { broadcast, loadBroadcast, plus, times, timesPlus } from "../../math/lanes";
import { addEnergies, addPairVirials } from "./columns";
import { clear } from "./features";
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
  const t = all.denseSlopes + (<usize>term.denseColumn << 3);
  writeDenseSlopes(basis, sites, isSum ? term.neighborRates : term.rates, width, t, <usize>all.denseWidth << 3);
  if (isSum) addCutoffSlopes(basis, sites, term.rates, width, t, <usize>all.denseWidth << 3);
  if (rows.virial) addPairVirials(rows, sites, to, term.nExponents, t, <usize>all.denseWidth << 3);
}

/** g c (1 + ξX) exp(ξX) to the rates of the term, and Σ c X exp(ξX). Nothing counts what is written for the padding of columns. */
function writeExponentRates(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, basis: ComposedBasis, width: i32): void {
  const x = term.op == ComposedOp.neighborExp ? basis.sums : basis.features;
  transposeCoefficients(term, basis.slots, width, all.gathered);
  if (ASC_FEATURE_SIMD) exponentRates<v128>(all, sites, term, basis.slots, x, <usize>width << 3);
  else exponentRates<f64>(all, sites, term, basis.slots, x, <usize>width << 3);
}

/** From [nExponents][slots] to [slots][width]. */
function transposeCoefficients(term: ComposedTerm, slots: i32, width: i32, out: usize): void {
  for (let slot = 0; slot < slots; slot++) {
    for (let l = 0; l < width; l++, out += 8) store<f64>(out, l < term.nExponents ? load<f64>(term.coefficients + (<usize>(l * slots + slot) << 3)) : 0);
  }
}

function exponentRates<T>(all: ComposedProgram, sites: ComposedPairs, term: ComposedTerm, slots: i32, x: usize, bytes: usize): void {
  const one = broadcast<T>(1);
  const siteBytes = bytes * <usize>slots;
  for (let l: usize = 0; l < bytes; l += sizeof<T>()) {
    const xi = load<T>(term.exponents + l);
    let feature = x;
    let at: usize = l;
    for (let i: usize = 0; i < <usize>sites.nActive; i++) {
      const g = loadBroadcast<T>(term.adjoints + (i << 3));
      let energy = broadcast<T>(0);
      for (let k: usize = l; k < siteBytes; k += bytes, at += bytes, feature += 8) {
        const own = loadBroadcast<T>(feature);
        const part = times<T>(load<T>(all.gathered + k), load<T>(term.exponentials + at));
        store<T>(term.rates + at, times<T>(times<T>(g, timesPlus<T>(xi, own, one)), part));
        energy = timesPlus<T>(own, part, energy);
      }
      store<T>(all.exponentRates + bytes * i + l, energy);
    }
  }
}

/** t_k = Σ_ν (rates_νk(i) + rates_νk(j)) φ′_ν. rates: f64 [nSites][slots][width], t: f64, `tBytes` from pair to pair */
function writeDenseSlopes(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, width: i32, t: usize, tBytes: usize): void {
  const bytes = <usize>width << 3;
  const step: usize = ASC_FEATURE_SIMD ? 32 : 16;
  for (let k: usize = 0; k < bytes; k += step) {
    const isTwo = k + step <= bytes;
    if (ASC_FEATURE_SIMD) {
      if (isTwo) denseBlock<v128>(2, basis, pairs, rates + k, bytes, t + k, tBytes);
      else denseBlock<v128>(1, basis, pairs, rates + k, bytes, t + k, tBytes);
    } else if (isTwo) denseBlock<f64>(2, basis, pairs, rates + k, bytes, t + k, tBytes);
    else denseBlock<f64>(1, basis, pairs, rates + k, bytes, t + k, tBytes);
  }
}

/** N is a literal: 1 or 2 of T. */
// @ts-ignore: decorator
@inline
function denseBlock<T>(N: i32, basis: ComposedBasis, pairs: ComposedPairs, rates: usize, bytes: usize, t: usize, tBytes: usize): void {
  const siteBytes = bytes * <usize>basis.slots;
  const channelBytes = bytes * <usize>basis.channelSlots;
  const padding = (<usize>(basis.padded - basis.size)) << 3;
  const sizeBytes = bytes * <usize>basis.size;
  let slope = basis.slopes;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, t += tBytes, slope += padding) {
    const channel = rates + channelBytes * <usize>load<i32>(pairs.kinds + p);
    let a = channel + siteBytes * <usize>load<i32>(pairs.first + p);
    let b = channel + siteBytes * <usize>load<i32>(pairs.second + p);
    let s0 = broadcast<T>(0);
    let s1 = s0;
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
function addCutoffSlopes(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, width: i32, t: usize, tBytes: usize): void {
  if (ASC_FEATURE_SIMD) cutoffBlock<v128>(basis, pairs, rates, <usize>width << 3, t, tBytes);
  else cutoffBlock<f64>(basis, pairs, rates, <usize>width << 3, t, tBytes);
}

function cutoffBlock<T>(basis: ComposedBasis, pairs: ComposedPairs, rates: usize, bytes: usize, t: usize, tBytes: usize): void {
  const slotBytes = <usize>basis.slots << 3;
  for (let p: usize = 0; p < <usize>pairs.nPairs << 2; p += 4, t += tBytes) {
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
