// Functions that the host tabulated as quintic Hermite splines (`src/math/hermite-table.ts`, placed by `src/math/placed-table.ts`), for every
// descriptor. The nodes of a segment hold f, h f′ and h² f″ of every function, so that value and slope between two nodes are sums of six products
// with weights that depend on the position only. Functions that jump have several segments.
import { bytesOf } from "../records";
import { INVALID_ARGUMENT, OK } from "../status";
import { broadcast, times, timesPlus } from "./lanes";

/** One even grid of a table; after the last one comes a start at infinity. */
@unmanaged
export class TableSegment {
  /** Å */
  start: f64;
  /** 1/Å */
  inverseStep: f64;
  lastInterval: i32;
  /** f64 [node][3][functions]: f, h f′, h² f″ */
  nodes: usize;
}

/** The segment that holds r. */
// @ts-ignore: decorator
@inline
export function segmentAt(table: usize, r: f64): TableSegment {
  let segment = table;
  while (r > changetype<TableSegment>(segment + bytesOf<TableSegment>()).start) segment += bytesOf<TableSegment>();
  return changetype<TableSegment>(segment);
}

/** w f(r) of every function into out: f64 [size]; size is a multiple of the lanes. */
// @ts-ignore: decorator
@inline
export function tableValues<T>(segment: TableSegment, size: i32, r: f64, w: f64, out: usize): void {
  const bytes = <usize>size << 3;
  const position = (r - segment.start) * segment.inverseStep;
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
  while (f < fEnd) {
    const g1 = f + bytes;
    const g2 = g1 + bytes;
    const g3 = g2 + bytes;
    const g4 = g3 + bytes;
    const g5 = g4 + bytes;
    const even = timesPlus<T>(a2, load<T>(g2), timesPlus<T>(a1, load<T>(g1), times<T>(a0, load<T>(f))));
    const odd = timesPlus<T>(b2, load<T>(g5), timesPlus<T>(b1, load<T>(g4), timesPlus<T>(b0, load<T>(g3), even)));
    store<T>(out, odd);
    f += sizeof<T>();
    out += sizeof<T>();
  }
}

/** w f(r) and (w f)′ = w f′ + w′ f of every function, f64 [size] each; `slope` is w′. */
// @ts-ignore: decorator
@inline
export function tableSlopes<T>(segment: TableSegment, size: i32, r: f64, w: f64, slope: f64, values: usize, slopes: usize): void {
  const bytes = <usize>size << 3;
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
  const fEnd = f + bytes;
  while (f < fEnd) {
    const g1 = f + bytes;
    const g2 = g1 + bytes;
    const g3 = g2 + bytes;
    const g4 = g3 + bytes;
    const f0 = load<T>(f), f1 = load<T>(g1), f2 = load<T>(g2);
    const f3 = load<T>(g3), f4 = load<T>(g4), f5 = load<T>(g4 + bytes);
    const value = timesPlus<T>(a2, f2, timesPlus<T>(a1, f1, times<T>(a0, f0)));
    store<T>(values, timesPlus<T>(b2, f5, timesPlus<T>(b1, f4, timesPlus<T>(b0, f3, value))));
    const derivative = timesPlus<T>(c2, f2, timesPlus<T>(c1, f1, times<T>(c0, f0)));
    store<T>(slopes, timesPlus<T>(e2, f5, timesPlus<T>(e1, f4, timesPlus<T>(e0, f3, derivative))));
    f += sizeof<T>();
    values += sizeof<T>();
    slopes += sizeof<T>();
  }
}

/**
 * All functions of a table at one distance, up to the last node; beyond it the last polynomial goes on.
 * @param table TableSegment [segments + 1]
 * @param size functions, padded to an even number
 * @param values f64 [size], written
 * @param slopes f64 [size], written, 1/Å; 0: skipped
 */
export function tableAt(table: usize, size: i32, r: f64, values: usize, slopes: usize): i32 {
  if (size < 0 || (size & 1) != 0 || !(r >= 0)) return INVALID_ARGUMENT;
  const segment = segmentAt(table, r);
  if (ASC_FEATURE_SIMD) {
    if (slopes) tableSlopes<v128>(segment, size, r, 1, 0, values, slopes);
    else tableValues<v128>(segment, size, r, 1, values);
  } else {
    if (slopes) tableSlopes<f64>(segment, size, r, 1, 0, values, slopes);
    else tableValues<f64>(segment, size, r, 1, values);
  }
  return OK;
}
