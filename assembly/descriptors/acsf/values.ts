// Values of symmetry functions: sums over neighbors of radial terms, and over triplets of products of an angular and a radial factor.
import { broadcast, gather, lanes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, cutoffBetween, distancesBetween, narrowFactor } from "./factors";
import { wholePower } from "./gaussians";
import { gaussianOfTriplets, joinLegs } from "./legs";
import { blockRow, BlockRow, BlockState, Bucket, ROW, TripletSegment, segmentsOf, termRow } from "./scratch";
import {
  AcsfTables, AngularFunction, Channel, Column, FunctionSet, PairFactor, RadialFactor, RadialFunction, SpeciesPair, TripletGroup,
} from "./tables";

/** Adds the functions of pairs to a row of features. */
export function radialValues<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    const nRadial = channel.nRadial;
    if (bucket.count == 0) continue;
    const bytes = <usize>bucket.size << 3;
    const terms = termRow(tables, capacity, 0, 0, scratch) + (<usize>bucket.start << 3);
    const row = <usize>capacity << 3;
    for (let i = 0; i < nRadial; i++) {
      const radial = recordAt<RadialFunction>(channel.radial, i);
      const from = terms + <usize>radial.term * row;
      let sum = broadcast<T>(0);
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) sum = plus<T>(sum, load<T>(from + at));
      addTo(out, radial.feature, radial.weight * laneTotal<T>(sum));
    }
  }
}

/** Adds the functions of a block of triplets to a row of features; the first `inside` triplets are within the narrow radius. */
export function valuesOfBlock<T>(tables: AcsfTables, group: TripletGroup, capacity: i32, inside: i32, count: i32, out: usize, scratch: usize): void {
  const nWide = group.nWide;
  const nFactors = nWide + group.nNarrow;
  joinLegs<T>(tables, group.leg, capacity, count, false, scratch);
  angularFactors<T>(tables, group.steps, group.nSteps, count, scratch);
  if (inside > 0 && group.usesDistances) distancesBetween<T>(tables, inside, false, scratch);
  let leg = group.leg;
  let cutoff = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(group.factors, i);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) continue;
    if (isNarrow && factor.cutoff != cutoff) {
      cutoff = factor.cutoff;
      cutoffBetween<T>(tables, cutoff, n, false, scratch);
    }
    if (factor.leg >= 0) {
      if (factor.leg != leg) joinLegs<T>(tables, factor.leg, capacity, n, false, scratch);
      leg = factor.leg;
      factorOfLegs<T>(tables, factor, n, scratch);
    } else {
      if (isNarrow) narrowFactor<T>(tables, factor, n, scratch);
      factorOfTerms<T>(tables, i, capacity, n, isNarrow, scratch);
    }
    addFunctions<T>(tables, factor, n, out, scratch);
  }
}

/** The Gaussian of all three distances, and their cutoff functions. */
function factorOfLegs<T>(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  if (factor.power == 0) gaussianOfTriplets<T>(tables, factor.eta, count, scratch);
  const power = max(factor.power, 1);
  let at = blockRow(tables, 0, scratch);
  const end = at + (<usize>count << 3);
  for (; at < end; at += sizeof<T>()) {
    const cutoffs = times<T>(load<T>(at, <usize>BlockRow.joint * ROW), load<T>(at, <usize>BlockRow.cutoff * ROW));
    store<T>(at, times<T>(wholePower<T>(load<T>(at, <usize>BlockRow.gaussian * ROW), power), cutoffs), <usize>BlockRow.a * ROW);
  }
}

/** The product of two terms and the narrow factor. */
function factorOfTerms<T>(tables: AcsfTables, number: i32, capacity: i32, count: i32, isNarrow: bool, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  const base = blockRow(tables, 0, scratch);
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const factor = recordAt<PairFactor>(changetype<SpeciesPair>(segment.pair).factors, number);
    const one = termRow(tables, capacity, 0, factor.firstTerm, scratch);
    const other = termRow(tables, capacity, 0, factor.secondTerm, scratch);
    const end = min(segment.end, count);
    for (let i = segment.first; i < end; i += lanes<T>()) {
      const at = base + (<usize>i << 3);
      const indices = at + <usize>BlockRow.indices * ROW;
      const product = times<T>(gather<T>(one, indices), gather<T>(other, indices + 4));
      store<T>(at, isNarrow ? times<T>(product, load<T>(at, <usize>BlockRow.narrow * ROW)) : product, <usize>BlockRow.a * ROW);
    }
  }
}

/** Adds Σ radial · angular of every function of a factor to the columns of each pair of species. */
function addFunctions<T>(tables: AcsfTables, factor: RadialFactor, count: i32, out: usize, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const first = <usize>segment.first << 3;
    const end = <usize>((min(segment.end, count) + lanes<T>() - 1) & ~(lanes<T>() - 1)) << 3;
    const columns = recordAt<Column>(changetype<SpeciesPair>(segment.pair).columns, factor.firstFunction);
    addSegment<T>(tables, factor, first, end, columns, out, scratch);
  }
}

/** The same of triplets of one pair of species; `first`, `end`: bytes in the rows. */
function addSegment<T>(tables: AcsfTables, factor: RadialFactor, first: usize, end: usize, columns: Column, out: usize, scratch: usize): void {
  const n = factor.nFunctions;
  const radial = blockRow(tables, BlockRow.a, scratch);
  const zero = broadcast<T>(0);
  let f = 0;
  for (; f + 4 <= n; f += 4) {
    const a = rowOf(tables, factor, f, scratch);
    const b = rowOf(tables, factor, f + 1, scratch);
    const c = rowOf(tables, factor, f + 2, scratch);
    const d = rowOf(tables, factor, f + 3, scratch);
    let sumA = zero, sumB = zero, sumC = zero, sumD = zero;
    let at = first;
    for (; at + 2 * sizeof<T>() <= end; at += 2 * sizeof<T>()) {
      const r = load<T>(radial + at);
      const s = load<T>(radial + at, sizeof<T>());
      sumA = timesPlus<T>(s, load<T>(a + at, sizeof<T>()), timesPlus<T>(r, load<T>(a + at), sumA));
      sumB = timesPlus<T>(s, load<T>(b + at, sizeof<T>()), timesPlus<T>(r, load<T>(b + at), sumB));
      sumC = timesPlus<T>(s, load<T>(c + at, sizeof<T>()), timesPlus<T>(r, load<T>(c + at), sumC));
      sumD = timesPlus<T>(s, load<T>(d + at, sizeof<T>()), timesPlus<T>(r, load<T>(d + at), sumD));
    }
    if (at < end) {
      const r = load<T>(radial + at);
      sumA = timesPlus<T>(r, load<T>(a + at), sumA);
      sumB = timesPlus<T>(r, load<T>(b + at), sumB);
      sumC = timesPlus<T>(r, load<T>(c + at), sumC);
      sumD = timesPlus<T>(r, load<T>(d + at), sumD);
    }
    addToColumn<T>(columns, f, out, sumA);
    addToColumn<T>(columns, f + 1, out, sumB);
    addToColumn<T>(columns, f + 2, out, sumC);
    addToColumn<T>(columns, f + 3, out, sumD);
  }
  for (; f < n; f++) {
    const a = rowOf(tables, factor, f, scratch);
    let sum = zero;
    for (let at = first; at < end; at += sizeof<T>()) sum = timesPlus<T>(load<T>(radial + at), load<T>(a + at), sum);
    addToColumn<T>(columns, f, out, sum);
  }
}

// @ts-ignore: decorator
@inline
function rowOf(tables: AcsfTables, factor: RadialFactor, f: i32, scratch: usize): usize {
  return angularRow(tables, recordAt<AngularFunction>(factor.functions, f).row, scratch);
}

// @ts-ignore: decorator
@inline
function addToColumn<T>(columns: Column, f: i32, out: usize, sum: T): void {
  const column = recordAt<Column>(changetype<usize>(columns), f);
  addTo(out, column.feature, column.weight * laneTotal<T>(sum));
}

// @ts-ignore: decorator
@inline
function addTo(out: usize, feature: i32, value: f64): void {
  const at = out + (<usize>feature << 3);
  store<f64>(at, load<f64>(at) + value);
}

// @ts-ignore: decorator
@inline
function laneTotal<T>(x: T): f64 {
  if (isVector<T>()) return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  else return x;
}
