// Derivatives of every function by the displacement of every neighbor. For every neighbor j and function two parts are collected, lanes running
// over functions: the derivative by r_ij at the same angles over r_ij, and the vector Σ_k r_k (∂G/∂cos θ)/(r_ij r_ik). What the vector has
// along j belongs to no change of angles and is taken away at the end.
import { broadcast, gather, lanes, loadBroadcast, minus, minusTimes, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, distancesBetween, narrowPart } from "./factors";
import {
  AcsfTables, AngularFunction, arms, blockRow, BlockRow, Bucket, Channel, FunctionSet, neighborRow, NeighborRow, RadialFactor, RadialFunction, ROW, TripletSlot,
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
  ratios<T>(tables, first, second, capacity, count, scratch);
  if (inside > 0) distancesBetween<T>(tables, inside, true, scratch);
  let known = -1;
  let list = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) continue;
    if (isNarrow) known = narrowPart<T>(tables, factor, inside, known, true, scratch);
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

/** What multipliers have of a triplet for any factor. */
function ratios<T>(tables: AcsfTables, first: Bucket, second: Bucket, capacity: i32, count: i32, scratch: usize): void {
  const one = broadcast<T>(1);
  const inverses = neighborRow(tables, capacity, NeighborRow.inverse, scratch);
  const distances = neighborRow(tables, capacity, NeighborRow.distance, scratch);
  const firstStart = <usize>first.start << 3;
  const secondStart = <usize>second.start << 3;
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const index = at + <usize>BlockRow.indices * ROW;
    const inverse1 = gather<T>(inverses + firstStart, index);
    const inverse2 = gather<T>(inverses + secondStart, index + 4);
    const cosine = load<T>(at + <usize>BlockRow.cosine * ROW);
    const ratio1 = times<T>(gather<T>(distances + secondStart, index + 4), inverse1);
    const ratio2 = times<T>(gather<T>(distances + firstStart, index), inverse2);
    store<T>(at + <usize>BlockRow.firstRatio * ROW, minusTimes<T>(cosine, ratio1, one));
    store<T>(at + <usize>BlockRow.secondRatio * ROW, minusTimes<T>(cosine, ratio2, one));
    store<T>(at + <usize>BlockRow.inverses * ROW, times<T>(inverse1, inverse2));
  }
}

/**
 * What angular factors A and their derivatives D are multiplied with: first · A is the derivative by r_ij at the same angle over r_ij, second · A
 * that by r_ik over r_ik, b · A + a · D that by cos θ over r_ij r_ik.
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
    const index = at + <usize>BlockRow.indices * ROW;
    const e1 = gather<T>(one, index);
    const e2 = gather<T>(other, index + 4);
    let product = times<T>(e1, e2);
    let first1 = times<T>(times<T>(gather<T>(oneSlope, index), e2), gather<T>(inverses + (<usize>first.start << 3), index));
    let second2 = times<T>(times<T>(gather<T>(otherSlope, index + 4), e1), gather<T>(inverses + (<usize>second.start << 3), index + 4));
    let between = broadcast<T>(0);
    if (isNarrow) {
      const narrow = load<T>(at + <usize>BlockRow.narrow * ROW);
      between = times<T>(product, load<T>(at + <usize>BlockRow.narrowSlope * ROW));
      product = times<T>(product, narrow);
      first1 = timesPlus<T>(first1, narrow, times<T>(between, load<T>(at + <usize>BlockRow.firstRatio * ROW)));
      second2 = timesPlus<T>(second2, narrow, times<T>(between, load<T>(at + <usize>BlockRow.secondRatio * ROW)));
    }
    store<T>(at + <usize>BlockRow.first * ROW, first1);
    store<T>(at + <usize>BlockRow.second * ROW, second2);
    store<T>(at + <usize>BlockRow.a * ROW, times<T>(product, load<T>(at + <usize>BlockRow.inverses * ROW)));
    store<T>(at + <usize>BlockRow.b * ROW, minus<T>(broadcast<T>(0), between));
  }
}

/** Adds own multiples and vectors of every function of a factor to both neighbors of every triplet. */
function pullSlots<T>(tables: AcsfTables, factor: RadialFactor, first: Bucket, second: Bucket, capacity: i32, count: i32, scratch: usize): void {
  const n = paddedFunctions(factor);
  const bytes = <usize>n << 3;
  const slots = <usize>tables.maxSlots << 3;
  const base = blockRow(tables, 0, scratch);
  const displacements = arms(tables, capacity, scratch);
  const all = slotPulls(tables, capacity, scratch);
  let angular = scratch + tables.transposedAt;
  for (let i = 0; i < count; i++) {
    const at = base + (<usize>i << 3);
    const j = (<usize>first.start << 3) + <usize>load<u32>(at + <usize>BlockRow.indices * ROW);
    const k = (<usize>second.start << 3) + <usize>load<u32>(at + <usize>BlockRow.indices * ROW, 4);
    const first1 = loadBroadcast<T>(at + <usize>BlockRow.first * ROW);
    const second2 = loadBroadcast<T>(at + <usize>BlockRow.second * ROW);
    const a = loadBroadcast<T>(at + <usize>BlockRow.a * ROW);
    const b = loadBroadcast<T>(at + <usize>BlockRow.b * ROW);
    const xj = loadBroadcast<T>(displacements + (j << 2) + 8);
    const yj = loadBroadcast<T>(displacements + (j << 2) + 16);
    const zj = loadBroadcast<T>(displacements + (j << 2) + 24);
    const xk = loadBroadcast<T>(displacements + (k << 2) + 8);
    const yk = loadBroadcast<T>(displacements + (k << 2) + 16);
    const zk = loadBroadcast<T>(displacements + (k << 2) + 24);
    let one = all + ((j >> 1) * slots) + (<usize>factor.firstSlot << 5);
    let other = all + ((k >> 1) * slots) + (<usize>factor.secondSlot << 5);
    for (const end = angular + bytes; angular < end; angular += sizeof<T>()) {
      const value = load<T>(angular);
      const cross = timesPlus<T>(a, load<T>(angular + bytes), times<T>(b, value));
      store<T>(one, timesPlus<T>(first1, value, load<T>(one)));
      store<T>(one, timesPlus<T>(cross, xk, load<T>(one, sizeof<T>())), sizeof<T>());
      store<T>(one, timesPlus<T>(cross, yk, load<T>(one, 2 * sizeof<T>())), 2 * sizeof<T>());
      store<T>(one, timesPlus<T>(cross, zk, load<T>(one, 3 * sizeof<T>())), 3 * sizeof<T>());
      store<T>(other, timesPlus<T>(second2, value, load<T>(other)));
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
      const inverse = load<f64>(at + <usize>NeighborRow.inverse * row);
      const to = out + <usize>(load<i32>(at) - firstPair) * 3 * bytes;
      memory.fill(to, 0, 3 * bytes);
      radialDerivatives(tables, channel, bucket, i, capacity, to, scratch);
      if (i >= bucket.near) continue;
      const pulled = slotPulls(tables, capacity, scratch) + ((<usize>place * slots) << 2);
      const ux = x * inverse;
      const uy = y * inverse;
      const uz = z * inverse;
      for (let slot = 0; slot < nSlots; slot += lanes<T>()) {
        const from = pulled + (<usize>slot << 5);
        const vx = load<T>(from, sizeof<T>());
        const vy = load<T>(from, 2 * sizeof<T>());
        const vz = load<T>(from, 3 * sizeof<T>());
        // what the vector has along the neighbor is of angles, which its own distance does not change
        const along = timesPlus<T>(broadcast<T>(uz), vz, timesPlus<T>(broadcast<T>(uy), vy, times<T>(broadcast<T>(ux), vx)));
        const own = minusTimes<T>(along, broadcast<T>(inverse), load<T>(from));
        const record = recordAt<TripletSlot>(channel.slots, slot);
        addSlots<T>(record, to, timesPlus<T>(own, broadcast<T>(x), vx));
        addSlots<T>(record, to + bytes, timesPlus<T>(own, broadcast<T>(y), vy));
        addSlots<T>(record, to + 2 * bytes, timesPlus<T>(own, broadcast<T>(z), vz));
      }
    }
  }
}

/** Adds numbers of one or two slots, from `first` on, to their columns of a row. */
// @ts-ignore: decorator
@inline
function addSlots<T>(first: TripletSlot, row: usize, numbers: T): void {
  if (isVector<T>()) {
    const second = recordAt<TripletSlot>(changetype<usize>(first), 1);
    const column = first.feature;
    const to = row + (<usize>column << 3);
    const weighted = f64x2.mul(numbers, f64x2.replace_lane(f64x2.splat(first.weight), 1, second.weight));
    if (second.feature == column + 1) store<v128>(to, f64x2.add(load<v128>(to), weighted));
    else {
      addAt(to, f64x2.extract_lane(weighted, 0));
      if (second.feature >= 0) addAt(row + (<usize>second.feature << 3), f64x2.extract_lane(weighted, 1));
    }
  } else if (first.feature >= 0) addAt(row + (<usize>first.feature << 3), first.weight * numbers);
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
