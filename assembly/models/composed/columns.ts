// Adding to some columns that stand side by side, of the rows of the energy, of one atom and of the virial.
import { broadcast, loadBroadcast, plus, timesPlus } from "../../math/lanes";
import { ComposedPairs, ComposedRows } from "./records";

/** out[k] += Σ_i g_i rates[i][k]; g: f64 [nActive], rates: rows of `stride` numbers */
export function addEnergies(sites: ComposedPairs, out: usize, g: usize, rates: usize, stride: i32, count: i32): void {
  const end = <usize>count << 3;
  let k: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; k + 32 <= end; k += 32) energiesOf<v128>(2, sites, out + k, g, rates + k, stride);
    for (; k + 16 <= end; k += 16) energiesOf<v128>(1, sites, out + k, g, rates + k, stride);
  }
  for (; k < end; k += 8) energiesOf<f64>(1, sites, out + k, g, rates + k, stride);
}

/** N is a literal: 1 or 2 of T. */
// @ts-ignore: decorator
@inline
function energiesOf<T>(N: i32, sites: ComposedPairs, out: usize, g: usize, rate: usize, stride: i32): void {
  const bytes = <usize>stride << 3;
  let s0 = broadcast<T>(0), s1 = s0;
  for (const end = g + (<usize>sites.nActive << 3); g < end; g += 8, rate += bytes) {
    const factor = loadBroadcast<T>(g);
    s0 = timesPlus<T>(factor, load<T>(rate), s0);
    if (N == 2) s1 = timesPlus<T>(factor, load<T>(rate + sizeof<T>()), s1);
  }
  store<T>(out, plus<T>(load<T>(out), s0));
  if (N == 2) store<T>(out + sizeof<T>(), plus<T>(load<T>(out + sizeof<T>()), s1));
}

/**
 * Rows of the forces on atom a, columns from `to` bytes on: += gathered[c][k] + rates[k] moments[c].
 * @param gatheredBytes, @param momentBytes from component to component
 */
export function addColumns(rows: ComposedRows, a: i32, to: usize, count: i32, gathered: usize, gatheredBytes: usize, rates: usize, moments: usize, momentBytes: usize): void {
  let row = rows.forces + 3 * rows.rowBytes * <usize>a + to;
  for (let c = 0; c < 3; c++) {
    if (ASC_FEATURE_SIMD) addRow<v128>(row, count, gathered, rates, moments);
    else addRow<f64>(row, count, gathered, rates, moments);
    row += rows.rowBytes;
    gathered += gatheredBytes;
    moments += momentBytes;
  }
}

// @ts-ignore: decorator
@inline
function addRow<T>(row: usize, count: i32, gathered: usize, rates: usize, moment: usize): void {
  const m = loadBroadcast<T>(moment);
  const end = <usize>count << 3;
  let k: usize = 0;
  for (; k + sizeof<T>() <= end; k += sizeof<T>()) store<T>(row + k, plus<T>(load<T>(row + k), timesPlus<T>(load<T>(rates + k), m, load<T>(gathered + k))));
  if (k < end) store<f64>(row + k, load<f64>(row + k) + (load<f64>(gathered + k) + load<f64>(rates + k) * load<f64>(moment)));
}

/** Rows of the virial, columns from `to` bytes on: −= rates[k] moments[c], six components. */
export function addVirials(rows: ComposedRows, to: usize, count: i32, rates: usize, moments: usize, momentBytes: usize): void {
  let row = rows.virial + to;
  for (let c = 0; c < 6; c++, row += rows.rowBytes, moments += momentBytes) {
    const m = load<f64>(moments);
    for (let k: usize = 0; k < <usize>count << 3; k += 8) store<f64>(row + k, load<f64>(row + k) - load<f64>(rates + k) * m);
  }
}

/** Rows of the virial, columns from `to` bytes on: −= Σ_pairs t[k] d ⊗ u. slopes: f64 rows of pairs, `bytes` each */
export function addPairVirials(rows: ComposedRows, pairs: ComposedPairs, to: usize, count: i32, slopes: usize, bytes: usize): void {
  for (let p: usize = 0; p < <usize>pairs.nPairs << 3; p += 8, slopes += bytes) {
    const r = load<f64>(pairs.distances + p);
    const x = load<f64>(pairs.ux + p);
    const y = load<f64>(pairs.uy + p);
    const z = load<f64>(pairs.uz + p);
    for (let k: usize = 0; k < <usize>count << 3; k += 8) {
      const t = r * load<f64>(slopes + k);
      let row = rows.virial + to + k;
      subtract(row, t * x * x);
      subtract((row += rows.rowBytes), t * y * y);
      subtract((row += rows.rowBytes), t * z * z);
      subtract((row += rows.rowBytes), t * y * z);
      subtract((row += rows.rowBytes), t * x * z);
      subtract((row += rows.rowBytes), t * x * y);
    }
  }
}

// @ts-ignore: decorator
@inline
function subtract(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) - value);
}
