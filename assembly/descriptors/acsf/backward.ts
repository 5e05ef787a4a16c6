// Gradient of a scalar by the displacements of the neighbors, from its gradient by the features. A function of r_ij, r_ik, cos θ and r_jk
// moves neighbor j by a multiple of its own displacement and one of the other's: both are collected per neighbor, the first as a number.
import { broadcast, gather, lanes, loadBroadcast, minus, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, distancesBetween, narrowPart } from "./factors";
import {
  AcsfTables, AngularFunction, arms, blockRow, BlockRow, Bucket, Channel, FunctionSet, neighborRow, NeighborRow, pulls, RadialFactor, RadialFunction, ROW,
  SpeciesPair, termsOf,
} from "./tables";

/** What functions of pairs pull every neighbor with; overwrites what stands there. */
export function radialPulls<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, gradients: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    const nRadial = channel.nRadial;
    if (bucket.count == 0) continue;
    const bytes = <usize>bucket.size << 3;
    const slopes = termsOf(tables, capacity, 1, bucket, scratch);
    const inverse = neighborRow(tables, capacity, NeighborRow.inverse, scratch) + (<usize>bucket.start << 3);
    const to = pulls(tables, capacity, scratch) + (<usize>bucket.start << 5);
    // the rows of the cutoff function have served
    const sum = neighborRow(tables, capacity, NeighborRow.cutoff, scratch);
    memory.fill(sum, 0, bytes);
    for (let i = 0; i < nRadial; i++) {
      const radial = recordAt<RadialFunction>(channel.radial, i);
      const from = slopes + <usize>radial.term * bytes;
      const factor = broadcast<T>(radial.weight * load<f64>(gradients + (<usize>radial.feature << 3)));
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(sum + at, timesPlus<T>(factor, load<T>(from + at), load<T>(sum + at)));
    }
    for (let at: usize = 0; at < bytes; at += 8) {
      const pull = to + (at << 2);
      store<f64>(pull, load<f64>(sum + at) * load<f64>(inverse + at));
      store<f64>(pull, 0, 8);
      store<f64>(pull, 0, 16);
      store<f64>(pull, 0, 24);
    }
  }
}

/** Gradients by the functions of a pair of species: those of the angular factors and of their derivatives. */
export function weighFunctions(tables: AcsfTables, pair: SpeciesPair, gradients: usize, scratch: usize): void {
  const nFactors = pair.nWide + pair.nNarrow;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const n = factor.nFunctions;
    let to = scratch + tables.functionsAt + (<usize>factor.firstFunction << 4);
    for (let f = 0; f < n; f++) {
      const record = recordAt<AngularFunction>(factor.functions, f);
      const gradient = record.weight * load<f64>(gradients + (<usize>record.feature << 3));
      store<f64>(to, gradient);
      store<f64>(to, gradient * record.slope, 8);
      to += 16;
    }
  }
}

/** Adds what a block of triplets pulls its neighbors with; the first `inside` triplets are within the narrow radius. */
export function backwardOfBlock<T>(
  tables: AcsfTables, pair: SpeciesPair, first: Bucket, second: Bucket, capacity: i32, inside: i32, count: i32, scratch: usize,
): void {
  const nWide = pair.nWide;
  const nFactors = nWide + pair.nNarrow;
  angularFactors<T>(tables, pair.slopeSteps, pair.nSlopeSteps, count, scratch);
  if (inside > 0) distancesBetween<T>(tables, inside, true, scratch);
  const rows = blockRow(tables, 0, scratch);
  for (let at = rows; at < rows + (<usize>count << 3); at += sizeof<T>()) {
    store<T>(at + <usize>BlockRow.first * ROW, broadcast<T>(0));
    store<T>(at + <usize>BlockRow.second * ROW, broadcast<T>(0));
    store<T>(at + <usize>BlockRow.angle * ROW, broadcast<T>(0));
    store<T>(at + <usize>BlockRow.between * ROW, broadcast<T>(0));
  }
  let known = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) continue;
    if (isNarrow) known = narrowPart<T>(tables, factor, inside, known, true, scratch);
    sumFunctions<T>(tables, factor, n, scratch);
    addFactor<T>(tables, factor, first, second, capacity, n, isNarrow, scratch);
  }
  pullNeighbors<T>(tables, first, second, capacity, count, scratch);
}

/** Σ gradient · angular factor into row a, and of the derivatives by cos θ into row b. */
function sumFunctions<T>(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  const n = factor.nFunctions;
  const weights = scratch + tables.functionsAt + (<usize>factor.firstFunction << 4);
  const bytes = <usize>((count + lanes<T>() - 1) & ~(lanes<T>() - 1)) << 3;
  const base = blockRow(tables, 0, scratch);
  let at: usize = 0;
  for (; at + 4 * sizeof<T>() <= bytes; at += 4 * sizeof<T>()) {
    const zero = broadcast<T>(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    let weight = weights;
    for (let f = 0; f < n; f++) {
      const record = recordAt<AngularFunction>(factor.functions, f);
      const row = angularRow(tables, record.row, scratch) + at;
      const slope = angularRow(tables, record.slopeRow, scratch) + at;
      const g = loadBroadcast<T>(weight);
      const h = loadBroadcast<T>(weight + 8);
      a0 = timesPlus<T>(g, load<T>(row), a0);
      a1 = timesPlus<T>(g, load<T>(row, sizeof<T>()), a1);
      a2 = timesPlus<T>(g, load<T>(row, 2 * sizeof<T>()), a2);
      a3 = timesPlus<T>(g, load<T>(row, 3 * sizeof<T>()), a3);
      b0 = timesPlus<T>(h, load<T>(slope), b0);
      b1 = timesPlus<T>(h, load<T>(slope, sizeof<T>()), b1);
      b2 = timesPlus<T>(h, load<T>(slope, 2 * sizeof<T>()), b2);
      b3 = timesPlus<T>(h, load<T>(slope, 3 * sizeof<T>()), b3);
      weight += 16;
    }
    const a = base + <usize>BlockRow.a * ROW + at;
    const b = base + <usize>BlockRow.b * ROW + at;
    store<T>(a, a0);
    store<T>(a, a1, sizeof<T>());
    store<T>(a, a2, 2 * sizeof<T>());
    store<T>(a, a3, 3 * sizeof<T>());
    store<T>(b, b0);
    store<T>(b, b1, sizeof<T>());
    store<T>(b, b2, 2 * sizeof<T>());
    store<T>(b, b3, 3 * sizeof<T>());
  }
  for (; at < bytes; at += sizeof<T>()) {
    let a = broadcast<T>(0);
    let b = broadcast<T>(0);
    let weight = weights;
    for (let f = 0; f < n; f++) {
      const record = recordAt<AngularFunction>(factor.functions, f);
      a = timesPlus<T>(loadBroadcast<T>(weight), load<T>(angularRow(tables, record.row, scratch) + at), a);
      b = timesPlus<T>(loadBroadcast<T>(weight + 8), load<T>(angularRow(tables, record.slopeRow, scratch) + at), b);
      weight += 16;
    }
    store<T>(base + <usize>BlockRow.a * ROW + at, a);
    store<T>(base + <usize>BlockRow.b * ROW + at, b);
  }
}

/** Adds the derivatives of Σ gradient · angular factor · radial factor by r_ij, r_ik, cos θ, and by r_jk over r_jk. */
function addFactor<T>(
  tables: AcsfTables, factor: RadialFactor, first: Bucket, second: Bucket, capacity: i32, count: i32, isNarrow: bool, scratch: usize,
): void {
  const oneAt = <usize>(factor.firstTerm * first.size) << 3;
  const otherAt = <usize>(factor.secondTerm * second.size) << 3;
  const one = termsOf(tables, capacity, 0, first, scratch) + oneAt;
  const oneSlope = termsOf(tables, capacity, 1, first, scratch) + oneAt;
  const other = termsOf(tables, capacity, 0, second, scratch) + otherAt;
  const otherSlope = termsOf(tables, capacity, 1, second, scratch) + otherAt;
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const firstIndex = at + <usize>BlockRow.indices * ROW;
    const secondIndex = firstIndex + 4;
    let a = load<T>(at + <usize>BlockRow.a * ROW);
    let b = load<T>(at + <usize>BlockRow.b * ROW);
    const e1 = gather<T>(one, firstIndex);
    const e2 = gather<T>(other, secondIndex);
    const product = times<T>(e1, e2);
    if (isNarrow) {
      const between = at + <usize>BlockRow.between * ROW;
      store<T>(between, timesPlus<T>(times<T>(a, load<T>(at + <usize>BlockRow.narrowSlope * ROW)), product, load<T>(between)));
      const narrow = load<T>(at + <usize>BlockRow.narrow * ROW);
      a = times<T>(a, narrow);
      b = times<T>(b, narrow);
    }
    const byFirst = at + <usize>BlockRow.first * ROW;
    const bySecond = at + <usize>BlockRow.second * ROW;
    const angle = at + <usize>BlockRow.angle * ROW;
    store<T>(byFirst, timesPlus<T>(times<T>(a, e2), gather<T>(oneSlope, firstIndex), load<T>(byFirst)));
    store<T>(bySecond, timesPlus<T>(times<T>(a, e1), gather<T>(otherSlope, secondIndex), load<T>(bySecond)));
    store<T>(angle, timesPlus<T>(b, product, load<T>(angle)));
  }
}

/** Multiples of the displacements: what multiplies each neighbor's own, and the other's. */
function pullNeighbors<T>(tables: AcsfTables, first: Bucket, second: Bucket, capacity: i32, count: i32, scratch: usize): void {
  const inverse = neighborRow(tables, capacity, NeighborRow.inverse, scratch);
  const one = inverse + (<usize>first.start << 3);
  const other = inverse + (<usize>second.start << 3);
  const base = blockRow(tables, 0, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = base + (<usize>i << 3);
    const inverse1 = gather<T>(one, at + <usize>BlockRow.indices * ROW);
    const inverse2 = gather<T>(other, at + <usize>BlockRow.indices * ROW + 4);
    const angle = load<T>(at + <usize>BlockRow.angle * ROW);
    const turn = times<T>(angle, load<T>(at + <usize>BlockRow.cosine * ROW));
    const between = load<T>(at + <usize>BlockRow.between * ROW);
    const own1 = minusTimes<T>(turn, inverse1, load<T>(at + <usize>BlockRow.first * ROW));
    const own2 = minusTimes<T>(turn, inverse2, load<T>(at + <usize>BlockRow.second * ROW));
    store<T>(at + <usize>BlockRow.first * ROW, timesPlus<T>(own1, inverse1, between));
    store<T>(at + <usize>BlockRow.second * ROW, timesPlus<T>(own2, inverse2, between));
    store<T>(at + <usize>BlockRow.angle * ROW, minus<T>(times<T>(angle, times<T>(inverse1, inverse2)), between));
  }
  const forces = pulls(tables, capacity, scratch);
  const displacements = arms(tables, capacity, scratch);
  const firstStart = <usize>first.start << 5;
  const secondStart = <usize>second.start << 5;
  for (let i = 0; i < count; i++) {
    const at = base + (<usize>i << 3);
    const j = firstStart + (<usize>load<u32>(at + <usize>BlockRow.indices * ROW) << 2);
    const k = secondStart + (<usize>load<u32>(at + <usize>BlockRow.indices * ROW, 4) << 2);
    const cross = at + <usize>BlockRow.angle * ROW;
    pull<T>(forces + j, at + <usize>BlockRow.first * ROW, cross, displacements + k);
    pull<T>(forces + k, at + <usize>BlockRow.second * ROW, cross, displacements + j);
  }
}

/** Adds the multiple of the own displacement, and that of the other's. */
// @ts-ignore: decorator
@inline
function pull<T>(to: usize, own: usize, cross: usize, other: usize): void {
  if (isVector<T>()) {
    const both = v128.load64_splat(cross);
    store<v128>(to, timesPlus<v128>(v128.load64_lane(own, both, 0), load<v128>(other), load<v128>(to)));
    store<v128>(to, timesPlus<v128>(both, load<v128>(other, 16), load<v128>(to, 16)), 16);
  } else {
    const factor = load<f64>(cross);
    store<f64>(to, load<f64>(to) + load<f64>(own));
    store<f64>(to, load<f64>(to, 8) + factor * load<f64>(other, 8), 8);
    store<f64>(to, load<f64>(to, 16) + factor * load<f64>(other, 16), 16);
    store<f64>(to, load<f64>(to, 24) + factor * load<f64>(other, 24), 24);
  }
}

/** Writes the gradients of the pairs of the center; `firstPair` is that of the batch. */
export function writePulls(tables: AcsfTables, capacity: i32, firstPair: i32, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const row = <usize>capacity << 3;
  const rows = neighborRow(tables, capacity, 0, scratch);
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    for (let place = bucket.start; place < bucket.start + bucket.count; place++) {
      const at = rows + (<usize>place << 3);
      const from = pulls(tables, capacity, scratch) + (<usize>place << 5);
      const own = load<f64>(from);
      const to = out + <usize>(load<i32>(at) - firstPair) * 24;
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.x * row) + load<f64>(from, 8));
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.y * row) + load<f64>(from, 16), 8);
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.z * row) + load<f64>(from, 24), 16);
    }
  }
}
