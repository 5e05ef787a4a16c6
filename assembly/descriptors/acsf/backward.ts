// Gradient of a scalar by the displacements of the neighbors, from its gradient by the features. A function of r_ij, r_ik, cos θ and r_jk
// moves neighbor j by a multiple of its own displacement and one of the other's: both are collected per neighbor, the first as a number.
import { broadcast, gather, lanes, minus, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, cutoffBetween, distancesBetween, narrowFactorSlope } from "./factors";
import { wholePower } from "./gaussians";
import { gaussianOfTriplets, joinLegs } from "./legs";
import { sumFunctions } from "./gradient-sums";
import { pullNeighbors } from "./pulls";
import { blockRow, BlockRow, BlockState, ROW, segmentsOf, termRow, TripletSegment } from "./scratch";
import { AcsfTables, PairFactor, RadialFactor, SpeciesPair, TripletGroup } from "./tables";

/** Adds what a block of triplets pulls its neighbors with; the first `inside` triplets are within the narrow radius. */
export function backwardOfBlock<T>(tables: AcsfTables, group: TripletGroup, capacity: i32, inside: i32, count: i32, scratch: usize): void {
  const nWide = group.nWide;
  const nFactors = nWide + group.nNarrow;
  joinLegs<T>(tables, group.leg, capacity, count, true, scratch);
  angularFactors<T>(tables, group.runSteps, group.nRunSteps, count, scratch);
  if (inside > 0 && group.usesDistances) distancesBetween<T>(tables, inside, true, scratch);
  if (!group.isOfLegs) clearRows<T>(tables, BlockRow.first, 4, count, scratch);
  let leg = group.leg;
  let cutoff = -1;
  for (let i = 0; i < nFactors; ) {
    const factor = recordAt<RadialFactor>(group.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) break;
    if (isNarrow && factor.cutoff != cutoff) {
      cutoff = factor.cutoff;
      cutoffBetween<T>(tables, cutoff, n, true, scratch);
    }
    if (factor.leg >= 0) {
      if (factor.leg != leg) joinLegs<T>(tables, factor.leg, capacity, n, true, scratch);
      leg = factor.leg;
      i = addFactorsOfLegs<T>(tables, group, i, nFactors, n, scratch);
    } else {
      if (isNarrow) narrowFactorSlope<T>(tables, factor, n, scratch);
      sumFunctions<T>(tables, factor, n, scratch);
      addFactorOfTerms<T>(tables, i, capacity, n, isNarrow, scratch);
      i++;
    }
  }
  if (!group.isOfLegs) multiplesOfSums<T>(tables, count, scratch);
  pullNeighbors<T>(tables, capacity, count, scratch);
}

function clearRows<T>(tables: AcsfTables, first: i32, nRows: i32, count: i32, scratch: usize): void {
  for (let row = first; row < first + nRows; row++) {
    const start = blockRow(tables, row, scratch);
    for (let at = start; at < start + (<usize>count << 3); at += sizeof<T>()) store<T>(at, broadcast<T>(0));
  }
}

/**
 * Adds the derivatives of Σ gradient · angular factor · radial factor for factors of the same legs and cutoff function, from number `start` on;
 * if they are all that there are, these become multiples of displacements at once.
 * @returns the number of the next factor
 */
function addFactorsOfLegs<T>(tables: AcsfTables, group: TripletGroup, start: i32, nFactors: i32, count: i32, scratch: usize): i32 {
  const leg = recordAt<RadialFactor>(group.factors, start).leg;
  let i = start;
  for (; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(group.factors, i);
    if (factor.leg != leg) break;
    if (factor.power == 0) gaussianOfTriplets<T>(tables, factor.eta, count, scratch);
    sumFunctions<T>(tables, factor, count, scratch);
    addGaussian<T>(tables, factor, count, i == start, scratch);
  }
  const isAll = group.isOfLegs;
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const f = load<T>(at, <usize>BlockRow.cutoff * ROW);
    const joint = load<T>(at, <usize>BlockRow.joint * ROW);
    const sum = load<T>(at, <usize>BlockRow.sum * ROW);
    const cutoffs = times<T>(joint, f);
    const gaussian = times<T>(load<T>(at, <usize>BlockRow.sumSlope * ROW), cutoffs);
    const sumOfCutoff = times<T>(sum, f);
    const first = timesPlus<T>(sumOfCutoff, load<T>(at, <usize>BlockRow.firstSlope * ROW), gaussian);
    const second = timesPlus<T>(sumOfCutoff, load<T>(at, <usize>BlockRow.secondSlope * ROW), gaussian);
    const between = timesPlus<T>(times<T>(sum, joint), load<T>(at, <usize>BlockRow.cutoffSlope * ROW), gaussian);
    const angle = times<T>(load<T>(at, <usize>BlockRow.sumAngle * ROW), cutoffs);
    if (isAll) storeMultiples<T>(at, first, second, angle, between);
    else {
      add<T>(at + <usize>BlockRow.first * ROW, first);
      add<T>(at + <usize>BlockRow.second * ROW, second);
      add<T>(at + <usize>BlockRow.angle * ROW, angle);
      add<T>(at + <usize>BlockRow.between * ROW, between);
    }
  }
  return i;
}

// @ts-ignore: decorator
@inline
function add<T>(at: usize, number: T): void {
  store<T>(at, plus<T>(load<T>(at), number));
}

/** Sums over functions times the Gaussian of a factor: the first of those that are summed, or added to these. */
function addGaussian<T>(tables: AcsfTables, factor: RadialFactor, count: i32, isFirst: bool, scratch: usize): void {
  const twice = broadcast<T>(-2 * factor.eta);
  const power = max(factor.power, 1);
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const e = wholePower<T>(load<T>(at, <usize>BlockRow.gaussian * ROW), power);
    let sum = times<T>(e, load<T>(at, <usize>BlockRow.a * ROW));
    let slope = times<T>(twice, sum);
    let angle = times<T>(e, load<T>(at, <usize>BlockRow.b * ROW));
    if (!isFirst) {
      sum = plus<T>(sum, load<T>(at, <usize>BlockRow.sum * ROW));
      slope = plus<T>(slope, load<T>(at, <usize>BlockRow.sumSlope * ROW));
      angle = plus<T>(angle, load<T>(at, <usize>BlockRow.sumAngle * ROW));
    }
    store<T>(at, sum, <usize>BlockRow.sum * ROW);
    store<T>(at, slope, <usize>BlockRow.sumSlope * ROW);
    store<T>(at, angle, <usize>BlockRow.sumAngle * ROW);
  }
}

/** Adds the derivatives of Σ gradient · angular factor · radial factor by r_ij, r_ik and r_jk over them, and by cos θ. */
function addFactorOfTerms<T>(tables: AcsfTables, number: i32, capacity: i32, count: i32, isNarrow: bool, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const factor = recordAt<PairFactor>(changetype<SpeciesPair>(segment.pair).factors, number);
    const one = termRow(tables, capacity, 0, factor.firstTerm, scratch);
    const oneSlope = termRow(tables, capacity, 1, factor.firstTerm, scratch);
    const other = termRow(tables, capacity, 0, factor.secondTerm, scratch);
    const otherSlope = termRow(tables, capacity, 1, factor.secondTerm, scratch);
    const base = blockRow(tables, 0, scratch);
    const end = min(segment.end, count);
    for (let i = segment.first; i < end; i += lanes<T>()) {
      const at = base + (<usize>i << 3);
      const firstIndex = at + <usize>BlockRow.indices * ROW;
      const secondIndex = firstIndex + 4;
      let a = load<T>(at, <usize>BlockRow.a * ROW);
      let b = load<T>(at, <usize>BlockRow.b * ROW);
      const e1 = gather<T>(one, firstIndex);
      const e2 = gather<T>(other, secondIndex);
      const product = times<T>(e1, e2);
      if (isNarrow) {
        add<T>(at + <usize>BlockRow.between * ROW, times<T>(times<T>(a, load<T>(at, <usize>BlockRow.narrowSlope * ROW)), product));
        const narrow = load<T>(at, <usize>BlockRow.narrow * ROW);
        a = times<T>(a, narrow);
        b = times<T>(b, narrow);
      }
      add<T>(at + <usize>BlockRow.first * ROW, times<T>(times<T>(a, e2), gather<T>(oneSlope, firstIndex)));
      add<T>(at + <usize>BlockRow.second * ROW, times<T>(times<T>(a, e1), gather<T>(otherSlope, secondIndex)));
      add<T>(at + <usize>BlockRow.angle * ROW, times<T>(b, product));
    }
  }
}

/** Multiples of the displacements: what multiplies each neighbor's own, and the other's. */
// @ts-ignore: decorator
@inline
function storeMultiples<T>(at: usize, first: T, second: T, angle: T, between: T): void {
  const turn = times<T>(angle, load<T>(at, <usize>BlockRow.cosine * ROW));
  const own1 = minusTimes<T>(turn, load<T>(at, <usize>BlockRow.firstInverse * ROW), first);
  const own2 = minusTimes<T>(turn, load<T>(at, <usize>BlockRow.secondInverse * ROW), second);
  store<T>(at, plus<T>(own1, between), <usize>BlockRow.first * ROW);
  store<T>(at, plus<T>(own2, between), <usize>BlockRow.second * ROW);
  store<T>(at, minus<T>(times<T>(angle, load<T>(at, <usize>BlockRow.inverses * ROW)), between), <usize>BlockRow.angle * ROW);
}

function multiplesOfSums<T>(tables: AcsfTables, count: i32, scratch: usize): void {
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const first = load<T>(at, <usize>BlockRow.first * ROW);
    const second = load<T>(at, <usize>BlockRow.second * ROW);
    storeMultiples<T>(at, first, second, load<T>(at, <usize>BlockRow.angle * ROW), load<T>(at, <usize>BlockRow.between * ROW));
  }
}
