// Derivatives of every function by the displacement of every neighbor. As in the gradient, a function of a triplet moves neighbor j by a
// multiple of its own displacement and one of the other's; here both are collected for every function, lanes running over functions.
import { broadcast, gather, lanes, loadBroadcast, minus, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, cutoffBetween, distancesBetween, narrowFactorSlope } from "./factors";
import {
  AcsfTables, AngularFunction, blockRow, BlockRow, Bucket, Channel, FunctionSet, neighborRow, NeighborRow, RadialFactor, RadialFunction, ROW, TripletSlot,
  slotPulls, SpeciesPair, termsOf,
} from "./tables";

/** Before the first triplet of a center. */
export function clearSlots(tables: AcsfTables, capacity: i32, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const bytes = <usize>tables.maxSlots << 5;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    memory.fill(slotPulls(tables, capacity, scratch) + <usize>bucket.start * bytes, 0, <usize>bucket.near * bytes);
  }
}

/** Adds the derivatives of the functions of a block of triplets; the first `inside` triplets are within the narrow radius. */
export function jacobianOfBlock<T>(
  tables: AcsfTables, pair: SpeciesPair, first: Bucket, second: Bucket, capacity: i32, inside: i32, count: i32, scratch: usize,
): void {
  const nWide = pair.nWide;
  const nFactors = nWide + pair.nNarrow;
  angularFactors<T>(tables, pair.slopeSteps, pair.nSlopeSteps, count, scratch);
  if (inside > 0) distancesBetween<T>(tables, inside, scratch);
  let known = -1;
  let list = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) continue;
    if (isNarrow) {
      if (factor.cutoff != known) {
        known = factor.cutoff;
        cutoffBetween<T>(tables, known, inside, true, scratch);
      }
      narrowFactorSlope<T>(tables, factor, inside, scratch);
    }
    if (factor.list != list) {
      list = factor.list;
      transpose(tables, factor, n, scratch);
    }
    multipliers<T>(tables, factor, first, second, capacity, n, isNarrow, scratch);
    pullSlots<T>(tables, factor, first, second, capacity, n, scratch);
  }
}

/** Functions of a factor, padded to pairs. */
// @ts-ignore: decorator
@inline
function paddedFunctions(factor: RadialFactor): i32 {
  return (factor.nFunctions + 1) & ~1;
}

/** Angular factors and their derivatives as [triplet][2][function]; a function too many repeats the last. */
function transpose(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  const n = paddedFunctions(factor);
  const bytes = <usize>n << 4;
  for (let f = 0; f < n; f++) {
    const record = recordAt<AngularFunction>(factor.functions, min(f, factor.nFunctions - 1));
    const slope = record.slope;
    let row = angularRow(tables, record.row, scratch);
    let slopeRow = angularRow(tables, record.slopeRow, scratch);
    let to = scratch + tables.transposedAt + (<usize>f << 3);
    for (let i = 0; i < count; i++) {
      store<f64>(to, load<f64>(row));
      store<f64>(to + (bytes >> 1), slope * load<f64>(slopeRow));
      row += 8;
      slopeRow += 8;
      to += bytes;
    }
  }
}

/**
 * What angular factors A and their derivatives D are multiplied with: first · A − e · D for neighbor j's own displacement, second · A − f · D for
 * k's, b · A + a · D for that of the other.
 */
function multipliers<T>(
  tables: AcsfTables, factor: RadialFactor, first: Bucket, second: Bucket, capacity: i32, count: i32, isNarrow: bool, scratch: usize,
): void {
  const oneAt = <usize>(factor.firstTerm * first.size) << 3;
  const otherAt = <usize>(factor.secondTerm * second.size) << 3;
  const one = termsOf(tables, capacity, 0, first, scratch) + oneAt;
  const oneSlope = termsOf(tables, capacity, 1, first, scratch) + oneAt;
  const other = termsOf(tables, capacity, 0, second, scratch) + otherAt;
  const otherSlope = termsOf(tables, capacity, 1, second, scratch) + otherAt;
  const inverses = neighborRow(tables, capacity, NeighborRow.inverse, scratch);
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const firstIndex = base + <usize>BlockRow.firstIndex * ROW + (<usize>i << 2);
    const secondIndex = base + <usize>BlockRow.secondIndex * ROW + (<usize>i << 2);
    const inverse1 = gather<T>(inverses + (<usize>first.start << 3), firstIndex);
    const inverse2 = gather<T>(inverses + (<usize>second.start << 3), secondIndex);
    const e1 = gather<T>(one, firstIndex);
    const e2 = gather<T>(other, secondIndex);
    let product = times<T>(e1, e2);
    let first1 = times<T>(times<T>(gather<T>(oneSlope, firstIndex), e2), inverse1);
    let second2 = times<T>(times<T>(gather<T>(otherSlope, secondIndex), e1), inverse2);
    let between = broadcast<T>(0);
    if (isNarrow) {
      const narrow = load<T>(at + <usize>BlockRow.narrow * ROW);
      between = times<T>(product, load<T>(at + <usize>BlockRow.narrowSlope * ROW));
      product = times<T>(product, narrow);
      first1 = timesPlus<T>(first1, narrow, between);
      second2 = timesPlus<T>(second2, narrow, between);
    }
    const turn = times<T>(product, load<T>(at + <usize>BlockRow.cosine * ROW));
    store<T>(at + <usize>BlockRow.first * ROW, first1);
    store<T>(at + <usize>BlockRow.second * ROW, second2);
    store<T>(at + <usize>BlockRow.a * ROW, times<T>(product, times<T>(inverse1, inverse2)));
    store<T>(at + <usize>BlockRow.b * ROW, minus<T>(broadcast<T>(0), between));
    store<T>(at + <usize>BlockRow.e * ROW, times<T>(turn, times<T>(inverse1, inverse1)));
    store<T>(at + <usize>BlockRow.f * ROW, times<T>(turn, times<T>(inverse2, inverse2)));
  }
}

/** Adds own multiples and vectors of every function of a factor to both neighbors of every triplet. */
function pullSlots<T>(tables: AcsfTables, factor: RadialFactor, first: Bucket, second: Bucket, capacity: i32, count: i32, scratch: usize): void {
  const n = paddedFunctions(factor);
  const bytes = <usize>n << 3;
  const slots = <usize>tables.maxSlots << 3;
  const row = <usize>capacity << 3;
  const base = blockRow(tables, 0, scratch);
  const positions = neighborRow(tables, capacity, NeighborRow.x, scratch);
  const all = slotPulls(tables, capacity, scratch);
  let angular = scratch + tables.transposedAt;
  for (let i = 0; i < count; i++) {
    const at = base + (<usize>i << 3);
    const j = (<usize>first.start << 3) + <usize>load<u32>(base + <usize>BlockRow.firstIndex * ROW + (<usize>i << 2));
    const k = (<usize>second.start << 3) + <usize>load<u32>(base + <usize>BlockRow.secondIndex * ROW + (<usize>i << 2));
    const first1 = loadBroadcast<T>(at + <usize>BlockRow.first * ROW);
    const second2 = loadBroadcast<T>(at + <usize>BlockRow.second * ROW);
    const a = loadBroadcast<T>(at + <usize>BlockRow.a * ROW);
    const b = loadBroadcast<T>(at + <usize>BlockRow.b * ROW);
    const e = loadBroadcast<T>(at + <usize>BlockRow.e * ROW);
    const f = loadBroadcast<T>(at + <usize>BlockRow.f * ROW);
    const xj = loadBroadcast<T>(positions + j);
    const yj = loadBroadcast<T>(positions + j + row);
    const zj = loadBroadcast<T>(positions + j + 2 * row);
    const xk = loadBroadcast<T>(positions + k);
    const yk = loadBroadcast<T>(positions + k + row);
    const zk = loadBroadcast<T>(positions + k + 2 * row);
    let one = all + ((j >> 1) * slots) + (<usize>factor.firstSlot << 5);
    let other = all + ((k >> 1) * slots) + (<usize>factor.secondSlot << 5);
    for (const end = angular + bytes; angular < end; angular += sizeof<T>()) {
      const value = load<T>(angular);
      const slope = load<T>(angular + bytes);
      const own1 = minusTimes<T>(e, slope, times<T>(first1, value));
      const own2 = minusTimes<T>(f, slope, times<T>(second2, value));
      const cross = timesPlus<T>(a, slope, times<T>(b, value));
      store<T>(one, plus<T>(load<T>(one), own1));
      store<T>(one, timesPlus<T>(cross, xk, load<T>(one, sizeof<T>())), sizeof<T>());
      store<T>(one, timesPlus<T>(cross, yk, load<T>(one, 2 * sizeof<T>())), 2 * sizeof<T>());
      store<T>(one, timesPlus<T>(cross, zk, load<T>(one, 3 * sizeof<T>())), 3 * sizeof<T>());
      store<T>(other, plus<T>(load<T>(other), own2));
      store<T>(other, timesPlus<T>(cross, xj, load<T>(other, sizeof<T>())), sizeof<T>());
      store<T>(other, timesPlus<T>(cross, yj, load<T>(other, 2 * sizeof<T>())), 2 * sizeof<T>());
      store<T>(other, timesPlus<T>(cross, zj, load<T>(other, 3 * sizeof<T>())), 3 * sizeof<T>());
      one += 4 * sizeof<T>();
      other += 4 * sizeof<T>();
    }
    angular += bytes;
  }
}

/** Writes the derivatives of every pair of the center; `firstPair` is that of the batch. */
export function writeJacobian<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, firstPair: i32, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const row = <usize>capacity << 3;
  const bytes = <usize>tables.nFeatures << 3;
  const rows = neighborRow(tables, capacity, 0, scratch);
  const slots = <usize>tables.maxSlots << 3;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    const nSlots = channel.nSlots;
    for (let i = 0; i < bucket.count; i++) {
      const place = bucket.start + i;
      const at = rows + (<usize>place << 3);
      const x = load<f64>(at + <usize>NeighborRow.x * row);
      const y = load<f64>(at + <usize>NeighborRow.y * row);
      const z = load<f64>(at + <usize>NeighborRow.z * row);
      const to = out + <usize>(load<i32>(at) - firstPair) * 3 * bytes;
      memory.fill(to, 0, 3 * bytes);
      radialDerivatives(tables, channel, bucket, i, capacity, to, scratch);
      if (i >= bucket.near) continue;
      const pulled = slotPulls(tables, capacity, scratch) + ((<usize>place * slots) << 2);
      for (let slot = 0; slot < nSlots; slot++) {
        const record = recordAt<TripletSlot>(channel.slots, slot);
        const feature = record.feature;
        if (feature >= 0) {
          const weight = record.weight;
          const lane = slot & (lanes<T>() - 1);
          const from = pulled + (<usize>(slot - lane) << 5) + (<usize>lane << 3);
          const own = load<f64>(from);
          const target = to + (<usize>feature << 3);
          addAt(target, weight * (own * x + load<f64>(from, sizeof<T>())));
          addAt(target + bytes, weight * (own * y + load<f64>(from, 2 * sizeof<T>())));
          addAt(target + 2 * bytes, weight * (own * z + load<f64>(from, 3 * sizeof<T>())));
        }
      }
    }
  }
}

/** Derivatives of the functions of pairs by one neighbor. */
function radialDerivatives(tables: AcsfTables, channel: Channel, bucket: Bucket, i: i32, capacity: i32, to: usize, scratch: usize): void {
  const nRadial = channel.nRadial;
  const row = <usize>capacity << 3;
  const bytes = <usize>tables.nFeatures << 3;
  const unit = neighborRow(tables, capacity, NeighborRow.unitX, scratch) + (<usize>(bucket.start + i) << 3);
  const slopes = termsOf(tables, capacity, 1, bucket, scratch) + (<usize>i << 3);
  const x = load<f64>(unit);
  const y = load<f64>(unit + row);
  const z = load<f64>(unit + 2 * row);
  for (let f = 0; f < nRadial; f++) {
    const radial = recordAt<RadialFunction>(channel.radial, f);
    const slope = radial.weight * load<f64>(slopes + (<usize>(radial.term * bucket.size) << 3));
    const target = to + (<usize>radial.feature << 3);
    addAt(target, slope * x);
    addAt(target + bytes, slope * y);
    addAt(target + 2 * bytes, slope * z);
  }
}

// @ts-ignore: decorator
@inline
function addAt(target: usize, value: f64): void {
  store<f64>(target, load<f64>(target) + value);
}
