// Derivatives of every function by the displacement of every neighbor. For every neighbor j and function two parts are collected, lanes running
// over functions: the derivative by r_ij at the same angles over r_ij, and the vector Σ_k r_k (∂G/∂cos θ)/(r_ij r_ik). What the vector has
// along j belongs to no change of angles and is taken away at the end.
import { broadcast, gather, lanes, loadBroadcast, minus, minusTimes, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, cutoffBetween, distancesBetween, narrowFactorSlope } from "./factors";
import { wholePower } from "./gaussians";
import { gaussianOfTriplets, joinLegs } from "./legs";
import { arms, blockRow, BlockRow, BlockState, Bucket, ROW, TripletSegment, segmentsOf, slotPulls, termRow } from "./scratch";
import {
  AcsfTables, AngularFunction, PairFactor, RadialFactor, SpeciesPair, TripletGroup,
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
export function jacobianOfBlock<T>(tables: AcsfTables, group: TripletGroup, capacity: i32, inside: i32, count: i32, scratch: usize): void {
  const nWide = group.nWide;
  const nFactors = nWide + group.nNarrow;
  joinLegs<T>(tables, group.leg, capacity, count, true, scratch);
  angularFactors<T>(tables, group.slopeSteps, group.nSlopeSteps, count, scratch);
  if (inside > 0 && group.usesDistances) distancesBetween<T>(tables, inside, true, scratch);
  let leg = group.leg;
  let cutoff = -1;
  let list = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(group.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) break;
    if (isNarrow && factor.cutoff != cutoff) {
      cutoff = factor.cutoff;
      cutoffBetween<T>(tables, cutoff, n, true, scratch);
    }
    if (factor.list != list) {
      list = factor.list;
      transpose<T>(tables, factor, n, scratch);
    }
    if (factor.leg >= 0) {
      if (factor.leg != leg) joinLegs<T>(tables, factor.leg, capacity, n, true, scratch);
      leg = factor.leg;
      multipliersOfLegs<T>(tables, factor, n, scratch);
    } else {
      if (isNarrow) narrowFactorSlope<T>(tables, factor, n, scratch);
      multipliersOfTerms<T>(tables, i, capacity, n, isNarrow, scratch);
    }
    pullSlots<T>(tables, factor, i, capacity, n, scratch);
  }
}

/** Functions of a factor, padded to pairs. */
// @ts-ignore: decorator
@inline
function paddedFunctions(factor: RadialFactor): i32 {
  return (factor.nFunctions + 1) & ~1;
}

/** Angular factors and their derivatives as [triplet][2][function]; a function too many repeats the last. */
function transpose<T>(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  const n = paddedFunctions(factor);
  const bytes = <usize>n << 4;
  const start = scratch + tables.transposedAt;
  for (let f = 0; f < n; f += 2) {
    const first = recordAt<AngularFunction>(factor.functions, f);
    const second = recordAt<AngularFunction>(factor.functions, min(f + 1, factor.nFunctions - 1));
    const to = start + (<usize>f << 3);
    transposeRows<T>(angularRow(tables, first.row, scratch), angularRow(tables, second.row, scratch), 1, 1, count, to, bytes);
    const slopes = to + (bytes >> 1);
    transposeRows<T>(angularRow(tables, first.slopeRow, scratch), angularRow(tables, second.slopeRow, scratch), first.slope, second.slope, count, slopes, bytes);
  }
}

/** Two rows times a number each as pairs, `bytes` from one to the next. */
// @ts-ignore: decorator
@inline
function transposeRows<T>(first: usize, second: usize, firstFactor: f64, secondFactor: f64, count: i32, to: usize, bytes: usize): void {
  let factors = broadcast<T>(firstFactor);
  if (isVector<T>()) factors = f64x2.replace_lane(factors, 1, secondFactor);
  for (const end = first + (<usize>count << 3); first < end; first += sizeof<T>()) {
    if (isVector<T>()) {
      const one = load<v128>(first);
      const other = load<v128>(second);
      store<v128>(to, f64x2.mul(v128.shuffle<f64>(one, other, 0, 2), factors));
      store<v128>(to + bytes, f64x2.mul(v128.shuffle<f64>(one, other, 1, 3), factors));
    } else {
      store<f64>(to, factors * load<f64>(first));
      store<f64>(to, secondFactor * load<f64>(second), 8);
    }
    second += sizeof<T>();
    to += <usize>lanes<T>() * bytes;
  }
}

/**
 * What angular factors A and their derivatives D are multiplied with: first · A is the derivative by r_ij at the same angle over r_ij, second · A
 * that by r_ik over r_ik, b · A + a · D that by cos θ over r_ij r_ik. At the same angle r_jk changes with r_ij by (r_ij − r_ik cos θ)/r_jk.
 */
// @ts-ignore: decorator
@inline
function storeMultipliers<T>(at: usize, first: T, second: T, between: T, product: T): void {
  const one = broadcast<T>(1);
  const dot = load<T>(at, <usize>BlockRow.dot * ROW);
  const firstRatio = minusTimes<T>(dot, load<T>(at, <usize>BlockRow.firstInverse * ROW), one);
  const secondRatio = minusTimes<T>(dot, load<T>(at, <usize>BlockRow.secondInverse * ROW), one);
  store<T>(at, timesPlus<T>(between, firstRatio, first), <usize>BlockRow.first * ROW);
  store<T>(at, timesPlus<T>(between, secondRatio, second), <usize>BlockRow.second * ROW);
  store<T>(at, times<T>(product, load<T>(at, <usize>BlockRow.inverses * ROW)), <usize>BlockRow.a * ROW);
  store<T>(at, minus<T>(broadcast<T>(0), between), <usize>BlockRow.b * ROW);
}

function multipliersOfLegs<T>(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  if (factor.power == 0) gaussianOfTriplets<T>(tables, factor.eta, count, scratch);
  const twice = broadcast<T>(-2 * factor.eta);
  const power = max(factor.power, 1);
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const e = wholePower<T>(load<T>(at, <usize>BlockRow.gaussian * ROW), power);
    const joint = times<T>(e, load<T>(at, <usize>BlockRow.joint * ROW));
    const cutoff = load<T>(at, <usize>BlockRow.cutoff * ROW);
    const product = times<T>(joint, cutoff);
    const gaussian = times<T>(twice, product);
    const gaussianOfCutoff = times<T>(e, cutoff);
    const first = timesPlus<T>(gaussianOfCutoff, load<T>(at, <usize>BlockRow.firstSlope * ROW), gaussian);
    const second = timesPlus<T>(gaussianOfCutoff, load<T>(at, <usize>BlockRow.secondSlope * ROW), gaussian);
    const between = timesPlus<T>(joint, load<T>(at, <usize>BlockRow.cutoffSlope * ROW), gaussian);
    storeMultipliers<T>(at, first, second, between, product);
  }
}

function multipliersOfTerms<T>(tables: AcsfTables, number: i32, capacity: i32, count: i32, isNarrow: bool, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  const base = blockRow(tables, 0, scratch);
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const factor = recordAt<PairFactor>(changetype<SpeciesPair>(segment.pair).factors, number);
    const one = termRow(tables, capacity, 0, factor.firstTerm, scratch);
    const oneSlope = termRow(tables, capacity, 1, factor.firstTerm, scratch);
    const other = termRow(tables, capacity, 0, factor.secondTerm, scratch);
    const otherSlope = termRow(tables, capacity, 1, factor.secondTerm, scratch);
    const end = min(segment.end, count);
    for (let i = segment.first; i < end; i += lanes<T>()) {
      const at = base + (<usize>i << 3);
      const index = at + <usize>BlockRow.indices * ROW;
      const e1 = gather<T>(one, index);
      const e2 = gather<T>(other, index + 4);
      let product = times<T>(e1, e2);
      let first = times<T>(gather<T>(oneSlope, index), e2);
      let second = times<T>(gather<T>(otherSlope, index + 4), e1);
      let between = broadcast<T>(0);
      if (isNarrow) {
        const narrow = load<T>(at, <usize>BlockRow.narrow * ROW);
        between = times<T>(product, load<T>(at, <usize>BlockRow.narrowSlope * ROW));
        product = times<T>(product, narrow);
        first = times<T>(first, narrow);
        second = times<T>(second, narrow);
      }
      storeMultipliers<T>(at, first, second, between, product);
    }
  }
}

/** Adds own multiples and vectors of every function of a factor to both neighbors of every triplet. */
function pullSlots<T>(tables: AcsfTables, factor: RadialFactor, number: i32, capacity: i32, count: i32, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const slots = recordAt<PairFactor>(changetype<SpeciesPair>(segment.pair).factors, number);
    pullSegment<T>(tables, factor, slots, capacity, segment.first, min(segment.end, count), scratch);
  }
}

/** The same of triplets of one pair of species. */
function pullSegment<T>(tables: AcsfTables, factor: RadialFactor, own: PairFactor, capacity: i32, start: i32, end: i32, scratch: usize): void {
  const bytes = <usize>paddedFunctions(factor) << 3;
  const slots = <usize>tables.maxSlots << 3;
  const base = blockRow(tables, 0, scratch);
  const displacements = arms(tables, capacity, scratch);
  const all = slotPulls(tables, capacity, scratch);
  const firstSlot = all + (<usize>own.firstSlot << 5);
  const secondSlot = all + (<usize>own.secondSlot << 5);
  let angular = scratch + tables.transposedAt + 2 * bytes * <usize>start;
  for (let i = start; i < end; i++) {
    const at = base + (<usize>i << 3);
    const j = <usize>load<u32>(at, <usize>BlockRow.indices * ROW);
    const k = <usize>load<u32>(at, <usize>BlockRow.indices * ROW + 4);
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
    let one = firstSlot + (j >> 1) * slots;
    let other = secondSlot + (k >> 1) * slots;
    for (const last = angular + bytes; angular < last; angular += sizeof<T>()) {
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
