// Radial functions of the neighbors: tables of quintic Hermite splines times the weight of the neighbor.
import { segmentAt, tableSlopes, tableValues } from "../../math/hermite";
import { broadcast, times, timesPlus } from "../../math/lanes";
import { geometryRow } from "./chunk";
import { PowerSpectrumTables, ROW } from "./tables";
import { storeWeight } from "./weight";

/** q_nl(r) of every slot into `radialAt` as [slot][l][n]. */
export function radialValues<T>(tables: PowerSpectrumTables, scratch: usize): void {
  const size = (tables.lMax + 1) * tables.nRadial;
  const bytes = <usize>size << 3;
  const groups = scratch + tables.groupsAt;
  const nGroups = load<i32>(groups);
  const distances = geometryRow(tables, scratch, 3);
  const weight = scratch + tables.radial2At;
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const block = load<i32>(group);
    const table = tableOf(tables, block);
    const end = load<i32>(group, 12);
    for (let slot = load<i32>(group, 4); slot < end; slot++) {
      const out = scratch + tables.radialAt + <usize>slot * bytes;
      const r = load<f64>(distances + (<usize>slot << 3));
      if (r < 0) {
        memory.fill(out, 0, bytes);
        continue;
      }
      storeWeight(tables, block, r, weight);
      tableValues<T>(segmentAt(table, r), size, r, load<f64>(weight), out);
    }
  }
}

/**
 * Factors of the gradient ∂(q Y)/∂r = u Y r̂ + v ∇(r^l Y)|_{r=1}: u = q′ − l q / r into `radialAt` and v = q / r into `radial2At`,
 * as [slot][l][n].
 */
export function radialDerivatives<T>(tables: PowerSpectrumTables, scratch: usize): void {
  const size = (tables.lMax + 1) * tables.nRadial;
  const bytes = <usize>size << 3;
  const groups = scratch + tables.groupsAt;
  const nGroups = load<i32>(groups);
  const distances = geometryRow(tables, scratch, 3);
  const inverses = geometryRow(tables, scratch, 4);
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const block = load<i32>(group);
    const table = tableOf(tables, block);
    const end = load<i32>(group, 12);
    for (let slot = load<i32>(group, 4); slot < end; slot++) {
      const u = scratch + tables.radialAt + <usize>slot * bytes;
      const v = scratch + tables.radial2At + <usize>slot * bytes;
      const r = load<f64>(distances + (<usize>slot << 3));
      if (r < 0) {
        memory.fill(u, 0, bytes);
        memory.fill(v, 0, bytes);
        continue;
      }
      storeWeight(tables, block, r, u);
      tableSlopes<T>(segmentAt(table, r), size, r, load<f64>(u), load<f64>(u, 8), v, u);
      const inverse = load<f64>(inverses + (<usize>slot << 3));
      divideByDistance<T>(tables, inverse, u, v);
      if (inverse == 0) limitAtOrigin(tables, u, v);
    }
  }
}

/** The radial table of a block's species. */
// @ts-ignore: decorator
@inline
function tableOf(tables: PowerSpectrumTables, block: i32): usize {
  return <usize>load<u32>(tables.radial + (<usize>block << 2));
}

/** u: q′ → q′ − l q / r and v: q → q / r */
// @ts-ignore: decorator
@inline
function divideByDistance<T>(tables: PowerSpectrumTables, inverseDistance: f64, u: usize, v: usize): void {
  const lMax = tables.lMax;
  const row = <usize>tables.nRadial << 3;
  const inverse = broadcast<T>(inverseDistance);
  for (let l = 0; l <= lMax; l++) {
    const minusL = broadcast<T>(<f64>-l);
    for (const end = u + row; u < end; u += sizeof<T>(), v += sizeof<T>()) {
      const divided = times<T>(load<T>(v), inverse);
      store<T>(u, timesPlus<T>(minusL, divided, load<T>(u)));
      store<T>(v, divided);
    }
  }
}

/** A neighbor at the center itself: q ∝ r^l, so that only l = 1 has a gradient there, v = q′(0), and u vanishes. */
function limitAtOrigin(tables: PowerSpectrumTables, u: usize, v: usize): void {
  const row = <usize>tables.nRadial << 3;
  const bytes = <usize>(tables.lMax + 1) * row;
  if (tables.lMax > 0) memory.copy(v + row, u + row, row);
  memory.fill(u, 0, bytes);
}

/** [slot][length] → [length] rows over slots, so that lanes run over neighbors. */
export function slotsToRows<T>(slots: i32, length: i32, from: usize, to: usize): void {
  const bytes = <usize>length << 3;
  for (let slot = 0; slot < slots; slot += 2) {
    let a = from + <usize>slot * bytes;
    let b = a + bytes;
    let out = to + (<usize>slot << 3);
    for (let i = 0; i < length; i += 2) {
      if (isVector<T>()) {
        const p = v128.load(a);
        const q = v128.load(b);
        v128.store(out, v128.shuffle<u64>(p, q, 0, 2));
        v128.store(out + ROW, v128.shuffle<u64>(p, q, 1, 3));
      } else {
        store<f64>(out, load<f64>(a));
        store<f64>(out, load<f64>(b), 8);
        store<f64>(out + ROW, load<f64>(a, 8));
        store<f64>(out + ROW, load<f64>(b, 8), 8);
      }
      a += 16;
      b += 16;
      out += 2 * ROW;
    }
  }
}
