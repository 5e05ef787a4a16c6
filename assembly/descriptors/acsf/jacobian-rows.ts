// Rows of the Jacobian of one center, from what was collected for each of its neighbors: see jacobian.ts. Every number is written once where the
// functions of a neighbor have columns of their own; where columns are sums over several, as of weighted functions, it is added to.
import { broadcast, lanes, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { Bucket, neighborRow, NeighborRow, slotPulls, termRow } from "./scratch";
import { AcsfTables, Channel, ColumnRun, FunctionSet, RadialFunction } from "./tables";

/** Writes the derivatives of every pair of the center; `firstPair` is that of the batch. */
export function writeJacobian<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, firstPair: i32, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const bytes = <usize>tables.nFeatures << 3;
  const rows = neighborRow(tables, capacity, 0, scratch);
  const slots = <usize>tables.maxSlots << 5;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    for (let i = 0; i < bucket.count; i++) {
      const place = bucket.start + i;
      const at = rows + (<usize>place << 3);
      const to = out + <usize>(load<i32>(at) - firstPair) * 3 * bytes;
      const isNear = i < bucket.near;
      const adds = !channel.isDisjoint || !isNear;
      if (adds) memory.fill(to, 0, 3 * bytes);
      else clearGaps<T>(channel, to, bytes);
      radialDerivatives(tables, channel, place, capacity, adds, to, scratch);
      if (isNear) writeRuns<T>(channel, at, <usize>capacity << 3, slotPulls(tables, capacity, scratch) + <usize>place * slots, adds, to, bytes);
    }
  }
}

/** Zeros for what functions of other species have. */
function clearGaps<T>(channel: Channel, to: usize, bytes: usize): void {
  const nGaps = channel.nGaps;
  const zero = broadcast<T>(0);
  for (let g = 0; g < nGaps; g++) {
    const gap = recordAt<ColumnRun>(channel.gaps, g);
    let at = to + (<usize>gap.feature << 3);
    const end = at + (<usize>gap.count << 3);
    for (; at + sizeof<T>() <= end; at += sizeof<T>()) {
      store<T>(at, zero);
      store<T>(at + bytes, zero);
      store<T>(at + 2 * bytes, zero);
    }
    if (at == end) continue;
    store<f64>(at, 0);
    store<f64>(at + bytes, 0);
    store<f64>(at + 2 * bytes, 0);
  }
}

/** Derivatives of the functions of triplets by one neighbor, which stands at `at` in the first row over neighbors. */
function writeRuns<T>(channel: Channel, at: usize, row: usize, pulled: usize, adds: bool, to: usize, bytes: usize): void {
  const nRuns = channel.nRuns;
  for (let r = 0; r < nRuns; r++) {
    const run = recordAt<ColumnRun>(channel.runs, r);
    const count = run.count;
    let from = pulled + (<usize>run.slot << 5);
    let target = to + (<usize>run.feature << 3);
    let weights = run.weights;
    let c = 0;
    for (; c + lanes<T>() <= count; c += lanes<T>()) {
      writeColumns<T>(at, row, from, sizeof<T>(), weights, adds, target, bytes);
      from += 4 * sizeof<T>();
      target += sizeof<T>();
      weights += sizeof<T>();
    }
    // one of two lanes: of an even slot the first
    const single = (run.slot & 1) ? from - 24 : from;
    if (c < count) writeColumns<f64>(at, row, single, sizeof<T>(), weights, adds, target, bytes);
  }
}

/** Columns of as many slots as V has lanes; from one part of a slot to the next it is `step`. */
// @ts-ignore: decorator
@inline
function writeColumns<V>(at: usize, row: usize, from: usize, step: usize, weights: usize, adds: bool, to: usize, bytes: usize): void {
  const x = broadcast<V>(load<f64>(at + <usize>NeighborRow.x * row));
  const y = broadcast<V>(load<f64>(at + <usize>NeighborRow.y * row));
  const z = broadcast<V>(load<f64>(at + <usize>NeighborRow.z * row));
  const square = broadcast<V>(load<f64>(at + <usize>NeighborRow.inverseSquare * row));
  const vx = load<V>(from + step);
  const vy = load<V>(from + 2 * step);
  const vz = load<V>(from + 3 * step);
  // what the vector has along the neighbor is of angles, which its own distance does not change
  const along = timesPlus<V>(z, vz, timesPlus<V>(y, vy, times<V>(x, vx)));
  const own = minusTimes<V>(along, square, load<V>(from));
  const weight = load<V>(weights);
  put<V>(to, times<V>(weight, timesPlus<V>(own, x, vx)), adds);
  put<V>(to + bytes, times<V>(weight, timesPlus<V>(own, y, vy)), adds);
  put<V>(to + 2 * bytes, times<V>(weight, timesPlus<V>(own, z, vz)), adds);
}

// @ts-ignore: decorator
@inline
function put<V>(to: usize, numbers: V, adds: bool): void {
  if (adds) numbers = plus<V>(numbers, load<V>(to));
  store<V>(to, numbers);
}

/** Derivatives of the functions of pairs by one neighbor. */
function radialDerivatives(tables: AcsfTables, channel: Channel, place: i32, capacity: i32, adds: bool, to: usize, scratch: usize): void {
  const nRadial = channel.nRadial;
  const row = <usize>capacity << 3;
  const bytes = <usize>tables.nFeatures << 3;
  const displacement = neighborRow(tables, capacity, NeighborRow.x, scratch) + (<usize>place << 3);
  const slopes = termRow(tables, capacity, 1, 0, scratch) + (<usize>place << 3);
  const x = load<f64>(displacement);
  const y = load<f64>(displacement + row);
  const z = load<f64>(displacement + 2 * row);
  for (let f = 0; f < nRadial; f++) {
    const radial = recordAt<RadialFunction>(channel.radial, f);
    const slope = radial.weight * load<f64>(slopes + <usize>radial.term * row);
    const target = to + (<usize>radial.feature << 3);
    put<f64>(target, slope * x, adds);
    put<f64>(target + bytes, slope * y, adds);
    put<f64>(target + 2 * bytes, slope * z, adds);
  }
}
