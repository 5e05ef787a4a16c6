// Rows of forces from derivatives t_k of pairs by their distances: Σ t_k u over the pairs of a site, u away from it. One site after the other, so that what its
// pairs need stays in the nearest cache while the columns go by, one or two vectors of them at once, whose sums stay in registers.
import { broadcast, loadBroadcast, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { padded } from "./layout";
import { ComposedBasis, ComposedBasisColumns, ComposedPairs, ComposedProgram, ComposedRows, ComposedTerm, ComposedTermColumns, PairEnd } from "./records";

/** What t of the columns is. */
const enum Slope {
  /** (rates_νk(i) + rates_νk(j)) φ′_ν: columns of each function */
  outer,
  /** (rate(i) + rate(j)) φ′_ν: a column is a function */
  shared,
  /** known */
  given,
}

// @ts-ignore: decorator
@inline
const END_BYTES: usize = 32;

/** Columns that stand side by side: blocks of `count`, which take `width` numbers each where t or rates come from. */
@unmanaged
export class SideColumns {
  slope: Slope;
  /** f64 [nSites][…], and bytes from site to site */
  rates: usize;
  siteBytes: usize;
  /** φ′, or t: f64 [nPairs][…], and bytes from pair to pair */
  slopes: usize;
  pairBytes: usize;
  /** bytes of them before the first column of those that are given */
  shift: usize;
  /** of pairs that count; −1: all */
  kind: i32;
  nBlocks: i32;
  width: i32;
  count: i32;
  /** bytes of a row before the first column */
  to: usize;
}

/**
 * Columns of coefficients of exponentials.
 * @param rates f64 [nSites][slots][count, padded], @param first column of the first function
 */
export function addOuterRows(all: ComposedProgram, sites: ComposedPairs, basis: ComposedBasis, rates: usize, width: i32, count: i32, first: i32, rows: ComposedRows): void {
  const columns = changetype<SideColumns>(all.sideColumns);
  columns.slope = Slope.outer;
  columns.siteBytes = <usize>(basis.slots * width) << 3;
  columns.nBlocks = basis.size;
  columns.width = width;
  columns.count = count;
  addChannels(all, sites, basis, rates, <usize>(basis.channelSlots * width) << 3, first, columns, rows);
}

/** Columns of a sum of features. rates: f64 [nSites] */
export function addSharedRows(all: ComposedProgram, sites: ComposedPairs, basis: ComposedBasis, rates: usize, first: i32, rows: ComposedRows): void {
  const columns = changetype<SideColumns>(all.sideColumns);
  columns.slope = Slope.shared;
  columns.siteBytes = 8;
  columns.nBlocks = 1;
  columns.width = basis.padded;
  columns.count = basis.size;
  addChannels(all, sites, basis, rates, 0, first, columns, rows);
}

/** Columns whose t stand in f64 [nPairs][denseWidth]: those of all bases, then of all leaves, as they are among the columns of the rows. */
export function addGivenRows(all: ComposedProgram, sites: ComposedPairs, ofTerms: usize, ofBases: usize, rows: ComposedRows): void {
  const columns = changetype<SideColumns>(all.sideColumns);
  columns.slope = Slope.given;
  columns.rates = 0;
  columns.siteBytes = 0;
  columns.slopes = all.denseSlopes;
  columns.pairBytes = <usize>all.denseWidth << 3;
  columns.kind = -1;
  columns.nBlocks = 1;
  for (let a = 0; a < sites.nSites; a++) {
    const last = writeEnds(sites, columns, a, all.ends);
    for (let b = 0; b < all.nBases; b++) {
      const first = recordAt<ComposedBasisColumns>(ofBases, b).rates;
      if (first >= 0) addGiven(columns, a, recordAt<ComposedBasis>(all.bases, b).denseColumn, 2, first, all.ends, last, rows);
    }
    for (let k = 0; k < all.nTerms; k++) {
      const term = recordAt<ComposedTerm>(all.terms, k);
      const first = recordAt<ComposedTermColumns>(ofTerms, k).exponents;
      if (first >= 0) addGiven(columns, a, term.denseColumn, term.nExponents, first, all.ends, last, rows);
    }
  }
}

function addGiven(columns: SideColumns, a: i32, at: i32, count: i32, first: i32, ends: usize, last: usize, rows: ComposedRows): void {
  columns.shift = <usize>at << 3;
  columns.width = padded(count);
  columns.count = count;
  columns.to = <usize>first << 3;
  if (ASC_FEATURE_SIMD) addBlocks<v128>(Slope.given, columns, a, ends, last, rows);
  else addBlocks<f64>(Slope.given, columns, a, ends, last, rows);
}

function addChannels(
  all: ComposedProgram, sites: ComposedPairs, basis: ComposedBasis, rates: usize, channelBytes: usize, first: i32, columns: SideColumns, rows: ComposedRows,
): void {
  columns.slopes = basis.slopes;
  columns.pairBytes = <usize>basis.padded << 3;
  const nChannels = basis.channelSlots ? basis.slots / basis.channelSlots : 1;
  for (let channel = 0; channel < nChannels; channel++) {
    columns.kind = basis.channelSlots ? channel : -1;
    columns.rates = rates + channelBytes * <usize>channel;
    columns.to = <usize>(first + channel * columns.nBlocks * columns.count) << 3;
    addTiles(all, sites, columns, rows);
  }
}

function addTiles(all: ComposedProgram, sites: ComposedPairs, columns: SideColumns, rows: ComposedRows): void {
  for (let a = 0; a < sites.nSites; a++) {
    const last = writeEnds(sites, columns, a, all.ends);
    if (last == all.ends) continue;
    if (ASC_FEATURE_SIMD) addSite<v128>(columns, a, all.ends, last, rows);
    else addSite<f64>(columns, a, all.ends, last, rows);
  }
}

/** The pairs of a site that count. @returns where they end */
function writeEnds(sites: ComposedPairs, columns: SideColumns, a: i32, out: usize): usize {
  const from = sites.firstStarts + (<usize>a << 2);
  out = writePart(false, sites, columns, load<i32>(from), load<i32>(from, 4), sites.second, 1, out);
  const own = sites.secondStarts + (<usize>a << 2);
  return writePart(true, sites, columns, load<i32>(own), load<i32>(own, 4), sites.first, -1, out);
}

/** isIndirect, a literal: pairs stand in `secondPairs`. What stores could change, for all that the compiler knows, is loaded before. */
// @ts-ignore: decorator
@inline
function writePart(isIndirect: bool, sites: ComposedPairs, columns: SideColumns, begin: i32, end: i32, farSites: usize, sign: f64, out: usize): usize {
  const kind = columns.kind, kinds = sites.kinds, secondPairs = sites.secondPairs;
  const ux = sites.ux, uy = sites.uy, uz = sites.uz;
  const rates = columns.rates, siteBytes = columns.siteBytes;
  const slopes = columns.slopes, pairBytes = columns.pairBytes;
  for (let q = <usize>begin << 2; q < <usize>end << 2; q += 4) {
    const p = isIndirect ? <usize>load<i32>(secondPairs + q) << 2 : q;
    if (kind >= 0 && load<i32>(kinds + p) != kind) continue;
    const to = changetype<PairEnd>(out);
    const at = p << 1;
    to.x = sign * load<f64>(ux + at);
    to.y = sign * load<f64>(uy + at);
    to.z = sign * load<f64>(uz + at);
    to.rates = rates + siteBytes * <usize>load<i32>(farSites + p);
    to.slopes = slopes + pairBytes * (p >> 2);
    out += END_BYTES;
  }
  return out;
}

function addSite<T>(columns: SideColumns, a: i32, ends: usize, last: usize, rows: ComposedRows): void {
  if (columns.slope == Slope.outer) addBlocks<T>(Slope.outer, columns, a, ends, last, rows);
  else addBlocks<T>(Slope.shared, columns, a, ends, last, rows);
}

/** kind is a literal. */
// @ts-ignore: decorator
@inline
function addBlocks<T>(kind: Slope, columns: SideColumns, a: i32, ends: usize, last: usize, rows: ComposedRows): void {
  const bytes = <usize>columns.width << 3;
  const size = columns.count;
  const rowBytes = rows.rowBytes;
  let row = rows.forces + 3 * rowBytes * <usize>a + columns.to;
  let own = columns.rates + columns.siteBytes * <usize>a;
  let rate: usize = 0;
  for (let block: usize = 0; block < <usize>columns.nBlocks; block++, row += <usize>size << 3) {
    for (let k: usize = 0; k < bytes; ) {
      const slope = kind == Slope.outer ? block << 3 : kind == Slope.given ? columns.shift + k : k;
      const left = size - <i32>(k >> 3);
      if (k + 2 * sizeof<T>() <= bytes) {
        gather<T>(kind, 2, ends, last, own, rate, slope, left, row + k, rowBytes);
        k += 2 * sizeof<T>();
        if (kind == Slope.outer) rate += 2 * sizeof<T>();
      } else {
        gather<T>(kind, 1, ends, last, own, rate, slope, left, row + k, rowBytes);
        k += sizeof<T>();
        if (kind == Slope.outer) rate += sizeof<T>();
      }
    }
  }
}

/**
 * One or two vectors of columns, N; kind and N are literals.
 * @param own rates of the site, @param rate, @param slope where the columns stand behind the starts of a site and of a pair, bytes
 * @param left columns of the block from here on
 */
// @ts-ignore: decorator
@inline
function gather<T>(kind: Slope, N: i32, ends: usize, last: usize, own: usize, rate: usize, slope: usize, left: i32, row: usize, rowBytes: usize): void {
  const zero = broadcast<T>(0);
  let x0 = zero, y0 = zero, z0 = zero, x1 = zero, y1 = zero, z1 = zero;
  let own0 = zero, own1 = zero;
  if (kind == Slope.outer) own0 = load<T>(own + rate);
  if (kind == Slope.outer && N == 2) own1 = load<T>(own + rate + sizeof<T>());
  if (kind == Slope.shared) own0 = loadBroadcast<T>(own);
  for (let end = ends; end < last; end += END_BYTES) {
    const at = load<usize>(end, 28) + slope;
    let x = xOf<T>(end), y = yOf<T>(end), z = zOf<T>(end);
    if (kind == Slope.outer) {
      const far = load<usize>(end, 24) + rate;
      const s = loadBroadcast<T>(at);
      x = times<T>(s, x);
      y = times<T>(s, y);
      z = times<T>(s, z);
      const r0 = plus<T>(load<T>(far), own0);
      x0 = timesPlus<T>(r0, x, x0);
      y0 = timesPlus<T>(r0, y, y0);
      z0 = timesPlus<T>(r0, z, z0);
      if (N == 2) {
        const r1 = plus<T>(nextOf<T>(far), own1);
        x1 = timesPlus<T>(r1, x, x1);
        y1 = timesPlus<T>(r1, y, y1);
        z1 = timesPlus<T>(r1, z, z1);
      }
    } else {
      if (kind == Slope.shared) {
        const r = plus<T>(loadBroadcast<T>(load<usize>(end, 24)), own0);
        x = times<T>(r, x);
        y = times<T>(r, y);
        z = times<T>(r, z);
      }
      const t0 = load<T>(at);
      x0 = timesPlus<T>(t0, x, x0);
      y0 = timesPlus<T>(t0, y, y0);
      z0 = timesPlus<T>(t0, z, z0);
      if (N == 2) {
        const t1 = nextOf<T>(at);
        x1 = timesPlus<T>(t1, x, x1);
        y1 = timesPlus<T>(t1, y, y1);
        z1 = timesPlus<T>(t1, z, z1);
      }
    }
  }
  addSums<T>(row, rowBytes, left, x0, y0, z0);
  if (N == 2) addSums<T>(row + sizeof<T>(), rowBytes, left - <i32>(sizeof<T>() >> 3), x1, y1, z1);
}

// @ts-ignore: decorator
@inline
function xOf<T>(end: usize): T {
  if (isVector<T>()) return v128.load64_splat(end);
  else return load<f64>(end);
}

// @ts-ignore: decorator
@inline
function yOf<T>(end: usize): T {
  if (isVector<T>()) return v128.load64_splat(end, 8);
  else return load<f64>(end, 8);
}

// @ts-ignore: decorator
@inline
function zOf<T>(end: usize): T {
  if (isVector<T>()) return v128.load64_splat(end, 16);
  else return load<f64>(end, 16);
}

/** The vector behind the first. */
// @ts-ignore: decorator
@inline
function nextOf<T>(at: usize): T {
  if (isVector<T>()) return v128.load(at, 16);
  else return load<f64>(at, 8);
}

// @ts-ignore: decorator
@inline
function addSums<T>(row: usize, rowBytes: usize, left: i32, x: T, y: T, z: T): void {
  addVector<T>(row, left, x);
  addVector<T>(row + rowBytes, left, y);
  addVector<T>(row + 2 * rowBytes, left, z);
}

/** As many of the lanes as there are columns. */
// @ts-ignore: decorator
@inline
function addVector<T>(to: usize, left: i32, x: T): void {
  if (isVector<T>()) {
    if (left > 1) v128.store(to, f64x2.add(v128.load(to), x));
    else if (left == 1) store<f64>(to, load<f64>(to) + f64x2.extract_lane(x, 0));
  } else if (left > 0) store<f64>(to, load<f64>(to) + x);
}
