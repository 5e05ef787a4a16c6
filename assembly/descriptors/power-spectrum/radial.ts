// Radial functions from quintic Hermite splines. The nodes of a segment hold f, h f′ and h² f″ of every (l, n), so that value and slope
// between two nodes are sums of six products with weights that depend on the position only. Functions that jump have several segments.
import { broadcast, lanes, times, timesPlus } from "../../math/lanes";
import { bytesOf } from "../../records";
import { PowerSpectrumTables, RadialSegment, ROW } from "./tables";
import { geometryRow } from "./chunk";
import { storeWeight } from "./weight";

/** The segment that holds r. */
// @ts-ignore: decorator
@inline
function segmentOf(tables: PowerSpectrumTables, block: i32, r: f64): RadialSegment {
  let segment = <usize>load<u32>(tables.radial + (<usize>block << 2));
  while (r > changetype<RadialSegment>(segment + bytesOf<RadialSegment>()).start) segment += bytesOf<RadialSegment>();
  return changetype<RadialSegment>(segment);
}

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
    const end = load<i32>(group, 12);
    for (let slot = load<i32>(group, 4); slot < end; slot++) {
      const out = scratch + tables.radialAt + <usize>slot * bytes;
      const r = load<f64>(distances + (<usize>slot << 3));
      if (r < 0) {
        memory.fill(out, 0, bytes);
        continue;
      }
      storeWeight(tables, block, r, weight);
      const w = load<f64>(weight);
      const segment = segmentOf(tables, block, r);
      const inverseStep = segment.inverseStep;
      const position = (r - segment.start) * inverseStep;
      const node = min(<i32>position, segment.lastInterval);
      const t = position - <f64>node;
      const u = 1 - t;
      const t3 = t * t * t;
      const u3 = u * u * u;
      // Hermite basis on [0, 1]; the second node's functions are the first one's mirrored.
      const a0 = broadcast<T>(w * u3 * (1 + t * (3 + 6 * t)));
      const a1 = broadcast<T>(w * u3 * t * (1 + 3 * t));
      const a2 = broadcast<T>(w * 0.5 * u3 * t * t);
      const b0 = broadcast<T>(w * t3 * (1 + u * (3 + 6 * u)));
      const b1 = broadcast<T>(-w * t3 * u * (1 + 3 * u));
      const b2 = broadcast<T>(w * 0.5 * t3 * u * u);
      let f = segment.nodes + <usize>node * 3 * bytes;
      const fEnd = f + bytes;
      let o = out;
      while (f < fEnd) {
        const g1 = f + bytes;
        const g2 = g1 + bytes;
        const g3 = g2 + bytes;
        const g4 = g3 + bytes;
        const g5 = g4 + bytes;
        const even = timesPlus<T>(a2, load<T>(g2), timesPlus<T>(a1, load<T>(g1), times<T>(a0, load<T>(f))));
        const odd = timesPlus<T>(b2, load<T>(g5), timesPlus<T>(b1, load<T>(g4), timesPlus<T>(b0, load<T>(g3), even)));
        store<T>(o, odd);
        f += sizeof<T>();
        o += sizeof<T>();
      }
    }
  }
}

/**
 * Factors of the gradient ∂(q Y)/∂r = u Y r̂ + v ∇(r^l Y)|_{r=1}: u = q′ − l q / r into `radialAt` and v = q / r into `radial2At`,
 * as [slot][l][n].
 */
export function radialDerivatives<T>(tables: PowerSpectrumTables, scratch: usize): void {
  const lMax = tables.lMax;
  const nRadial = tables.nRadial;
  const size = (lMax + 1) * nRadial;
  const bytes = <usize>size << 3;
  const groups = scratch + tables.groupsAt;
  const nGroups = load<i32>(groups);
  const distances = geometryRow(tables, scratch, 3);
  const inverses = geometryRow(tables, scratch, 4);
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const block = load<i32>(group);
    const end = load<i32>(group, 12);
    for (let slot = load<i32>(group, 4); slot < end; slot++) {
      let uOut = scratch + tables.radialAt + <usize>slot * bytes;
      let vOut = scratch + tables.radial2At + <usize>slot * bytes;
      const r = load<f64>(distances + (<usize>slot << 3));
      if (r < 0) {
        memory.fill(uOut, 0, bytes);
        memory.fill(vOut, 0, bytes);
        continue;
      }
      storeWeight(tables, block, r, uOut);
      const w = load<f64>(uOut);
      const slope = load<f64>(uOut, 8);
      const inverse = broadcast<T>(load<f64>(inverses + (<usize>slot << 3)));
      const segment = segmentOf(tables, block, r);
      const inverseStep = segment.inverseStep;
      const position = (r - segment.start) * inverseStep;
      const node = min(<i32>position, segment.lastInterval);
      const t = position - <f64>node;
      const u = 1 - t;
      const t2 = t * t;
      const u2 = u * u;
      const h0 = u2 * u * (1 + t * (3 + 6 * t));
      const h1 = u2 * u * t * (1 + 3 * t);
      const h2 = 0.5 * u2 * u * t2;
      const k0 = t2 * t * (1 + u * (3 + 6 * u));
      const k1 = -t2 * t * u * (1 + 3 * u);
      const k2 = 0.5 * t2 * t * u2;
      const s = w * inverseStep;
      const d0 = s * 30 * t2 * u2;
      const a0 = broadcast<T>(w * h0), a1 = broadcast<T>(w * h1), a2 = broadcast<T>(w * h2);
      const b0 = broadcast<T>(w * k0), b1 = broadcast<T>(w * k1), b2 = broadcast<T>(w * k2);
      const c0 = broadcast<T>(slope * h0 - d0);
      const c1 = broadcast<T>(slope * h1 + s * u2 * (1 + t * (2 - 15 * t)));
      const c2 = broadcast<T>(slope * h2 + s * 0.5 * t * u2 * (2 - 5 * t));
      const e0 = broadcast<T>(slope * k0 + d0);
      const e1 = broadcast<T>(slope * k1 + s * t2 * (1 + u * (2 - 15 * u)));
      const e2 = broadcast<T>(slope * k2 - s * 0.5 * u * t2 * (2 - 5 * u));
      let f = segment.nodes + <usize>node * 3 * bytes;
      for (let l = 0; l <= lMax; l++) {
        const minusL = broadcast<T>(<f64>-l);
        for (let n = 0; n < nRadial; n += lanes<T>()) {
          const g1 = f + bytes;
          const g2 = g1 + bytes;
          const g3 = g2 + bytes;
          const g4 = g3 + bytes;
          const f0 = load<T>(f), f1 = load<T>(g1), f2 = load<T>(g2);
          const f3 = load<T>(g3), f4 = load<T>(g4), f5 = load<T>(g4 + bytes);
          let q = timesPlus<T>(a2, f2, timesPlus<T>(a1, f1, times<T>(a0, f0)));
          q = timesPlus<T>(b2, f5, timesPlus<T>(b1, f4, timesPlus<T>(b0, f3, q)));
          let dq = timesPlus<T>(c2, f2, timesPlus<T>(c1, f1, times<T>(c0, f0)));
          dq = timesPlus<T>(e2, f5, timesPlus<T>(e1, f4, timesPlus<T>(e0, f3, dq)));
          const v = times<T>(q, inverse);
          store<T>(uOut, timesPlus<T>(minusL, v, dq));
          store<T>(vOut, v);
          f += sizeof<T>();
          uOut += sizeof<T>();
          vOut += sizeof<T>();
        }
      }
      if (load<f64>(inverses + (<usize>slot << 3)) == 0) limitAtOrigin(tables, slot, scratch);
    }
  }
}

/** A neighbor at the center itself: q ∝ r^l, so that only l = 1 has a gradient there, v = q′(0), and u vanishes. */
function limitAtOrigin(tables: PowerSpectrumTables, slot: i32, scratch: usize): void {
  const row = <usize>tables.nRadial << 3;
  const bytes = <usize>(tables.lMax + 1) * row;
  const u = scratch + tables.radialAt + <usize>slot * bytes;
  const v = scratch + tables.radial2At + <usize>slot * bytes;
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
