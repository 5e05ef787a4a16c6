// Values of symmetry functions: sums over neighbors of radial terms, and over triplets of products of an angular and a radial factor.
import { broadcast, gather, lanes, plus, times, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularFactors, angularRow, distancesBetween, narrowPart } from "./factors";
import {
  AcsfTables, AngularFunction, blockRow, BlockRow, Bucket, Channel, FunctionSet, RadialFactor, RadialFunction, ROW, SpeciesPair, termsOf,
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
    const terms = termsOf(tables, capacity, 0, bucket, scratch);
    for (let i = 0; i < nRadial; i++) {
      const radial = recordAt<RadialFunction>(channel.radial, i);
      const from = terms + <usize>radial.term * bytes;
      let sum = broadcast<T>(0);
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) sum = plus<T>(sum, load<T>(from + at));
      addTo(out, radial.feature, radial.weight * laneTotal<T>(sum));
    }
  }
}

/** Adds the functions of a block of triplets to their sums; the first `inside` triplets are within the narrow radius. */
export function valuesOfBlock<T>(
  tables: AcsfTables, pair: SpeciesPair, first: Bucket, second: Bucket, capacity: i32, inside: i32, count: i32, scratch: usize,
): void {
  const nWide = pair.nWide;
  const nFactors = nWide + pair.nNarrow;
  const firstTerms = termsOf(tables, capacity, 0, first, scratch);
  const secondTerms = termsOf(tables, capacity, 0, second, scratch);
  const radial = blockRow(tables, BlockRow.a, scratch);
  angularFactors<T>(tables, pair.steps, pair.nSteps, count, scratch);
  if (inside > 0) distancesBetween<T>(tables, inside, false, scratch);
  let known = -1;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const one = firstTerms + (<usize>(factor.firstTerm * first.size) << 3);
    const other = secondTerms + (<usize>(factor.secondTerm * second.size) << 3);
    const isNarrow = i >= nWide;
    const n = isNarrow ? inside : count;
    if (n == 0) continue;
    if (isNarrow) known = narrowPart<T>(tables, factor, inside, known, false, scratch);
    radialFactor<T>(tables, one, other, n, isNarrow, radial, scratch);
    addFunctions<T>(tables, factor, n, radial, scratch);
  }
}

/** Product of the two terms and the narrow factor. */
function radialFactor<T>(tables: AcsfTables, one: usize, other: usize, count: i32, isNarrow: bool, to: usize, scratch: usize): void {
  const indices = blockRow(tables, BlockRow.indices, scratch);
  const narrow = blockRow(tables, BlockRow.narrow, scratch);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = <usize>i << 3;
    const product = times<T>(gather<T>(one, indices + at), gather<T>(other, indices + at + 4));
    store<T>(to + at, isNarrow ? times<T>(product, load<T>(narrow + at)) : product);
  }
}

/** Adds Σ radial · angular to the sum of each function of a factor. */
function addFunctions<T>(tables: AcsfTables, factor: RadialFactor, count: i32, radial: usize, scratch: usize): void {
  const n = factor.nFunctions;
  const bytes = <usize>((count + lanes<T>() - 1) & ~(lanes<T>() - 1)) << 3;
  let sums = scratch + tables.functionsAt + (<usize>factor.firstFunction << 4);
  let f = 0;
  for (; f + 4 <= n; f += 4) {
    const a = rowOf(tables, factor, f, scratch);
    const b = rowOf(tables, factor, f + 1, scratch);
    const c = rowOf(tables, factor, f + 2, scratch);
    const d = rowOf(tables, factor, f + 3, scratch);
    let sumA = load<T>(sums);
    let sumB = load<T>(sums, 16);
    let sumC = load<T>(sums, 32);
    let sumD = load<T>(sums, 48);
    let at: usize = 0;
    for (; at + 2 * sizeof<T>() <= bytes; at += 2 * sizeof<T>()) {
      const r = load<T>(radial + at);
      const s = load<T>(radial + at, sizeof<T>());
      sumA = timesPlus<T>(s, load<T>(a + at, sizeof<T>()), timesPlus<T>(r, load<T>(a + at), sumA));
      sumB = timesPlus<T>(s, load<T>(b + at, sizeof<T>()), timesPlus<T>(r, load<T>(b + at), sumB));
      sumC = timesPlus<T>(s, load<T>(c + at, sizeof<T>()), timesPlus<T>(r, load<T>(c + at), sumC));
      sumD = timesPlus<T>(s, load<T>(d + at, sizeof<T>()), timesPlus<T>(r, load<T>(d + at), sumD));
    }
    if (at < bytes) {
      const r = load<T>(radial + at);
      sumA = timesPlus<T>(r, load<T>(a + at), sumA);
      sumB = timesPlus<T>(r, load<T>(b + at), sumB);
      sumC = timesPlus<T>(r, load<T>(c + at), sumC);
      sumD = timesPlus<T>(r, load<T>(d + at), sumD);
    }
    store<T>(sums, sumA);
    store<T>(sums, sumB, 16);
    store<T>(sums, sumC, 32);
    store<T>(sums, sumD, 48);
    sums += 64;
  }
  for (; f < n; f++) {
    const a = rowOf(tables, factor, f, scratch);
    let sum = load<T>(sums);
    for (let at: usize = 0; at < bytes; at += sizeof<T>()) sum = timesPlus<T>(load<T>(radial + at), load<T>(a + at), sum);
    store<T>(sums, sum);
    sums += 16;
  }
}

// @ts-ignore: decorator
@inline
function rowOf(tables: AcsfTables, factor: RadialFactor, f: i32, scratch: usize): usize {
  return angularRow(tables, recordAt<AngularFunction>(factor.functions, f).row, scratch);
}

/** Before the first block of a pair of species. */
export function clearSums<T>(tables: AcsfTables, pair: SpeciesPair, scratch: usize): void {
  const zero = broadcast<T>(0);
  const sums = scratch + tables.functionsAt;
  const end = sums + (<usize>pair.nFunctions << 4);
  for (let sum = sums; sum < end; sum += 16) store<T>(sum, zero);
}

/** Adds the sums of a pair of species to a row of features. */
export function addSums<T>(tables: AcsfTables, pair: SpeciesPair, out: usize, scratch: usize): void {
  const nFactors = pair.nWide + pair.nNarrow;
  for (let i = 0; i < nFactors; i++) {
    const factor = recordAt<RadialFactor>(pair.factors, i);
    const n = factor.nFunctions;
    const sums = scratch + tables.functionsAt + (<usize>factor.firstFunction << 4);
    for (let f = 0; f < n; f++) {
      const record = recordAt<AngularFunction>(factor.functions, f);
      addTo(out, record.feature, record.weight * laneTotal<T>(load<T>(sums + (<usize>f << 4))));
    }
  }
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
