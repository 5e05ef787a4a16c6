// Sums over the functions of triplets, weighted by the gradient by them: what derivatives by distances and angles are made of.
import { broadcast, lanes, loadBroadcast, plus, times } from "../../math/lanes";
import { recordAt } from "../../records";
import { angularRow } from "./factors";
import { blockRow, BlockRow, BlockState, ROW, segmentsOf, TripletSegment } from "./scratch";
import { AcsfTables, AngularFunction, Column, PowerRun, RadialFactor, SpeciesPair, TripletGroup } from "./tables";

/** Gradients by the functions of a group: those of the angular factors and of their derivatives. */
export function weighFunctions(tables: AcsfTables, group: TripletGroup, gradients: usize, scratch: usize): void {
  const nFactors = group.nWide + group.nNarrow;
  const nPairs = group.nPairs;
  for (let p = 0; p < nPairs; p++) {
    const pair = recordAt<SpeciesPair>(group.pairs, p);
    for (let i = 0; i < nFactors; i++) {
      const factor = recordAt<RadialFactor>(group.factors, i);
      const n = factor.nFunctions;
      const weights = scratch + tables.functionsAt + (<usize>(pair.firstFunction + factor.firstFunction) << 4);
      for (let f = 0; f < n; f++) {
        const column = recordAt<Column>(pair.columns, factor.firstFunction + f);
        const record = recordAt<AngularFunction>(factor.functions, f);
        const gradient = column.weight * load<f64>(gradients + (<usize>column.feature << 3));
        const to = weights + (<usize>record.rank << 4);
        store<f64>(to, gradient);
        store<f64>(to, gradient * record.slope, 8);
      }
    }
  }
}

/** Σ gradient · angular factor into row a, and of the derivatives by cos θ into row b. */
export function sumFunctions<T>(tables: AcsfTables, factor: RadialFactor, count: i32, scratch: usize): void {
  const nSegments = changetype<BlockState>(scratch + tables.stateAt).nSegments;
  for (let s = 0; s < nSegments; s++) {
    const segment = recordAt<TripletSegment>(segmentsOf(tables, scratch), s);
    const first = changetype<SpeciesPair>(segment.pair).firstFunction + factor.firstFunction;
    const end = (min(segment.end, count) + lanes<T>() - 1) & ~(lanes<T>() - 1);
    sumSegment<T>(tables, factor, segment.first, end, scratch + tables.functionsAt + (<usize>first << 4), scratch);
  }
}

/** The same of triplets of one pair of species. A function is its base times the power ζ − 1, of which its derivative is a multiple. */
function sumSegment<T>(tables: AcsfTables, factor: RadialFactor, first: i32, end: i32, weights: usize, scratch: usize): void {
  const nRuns = factor.nRuns;
  for (let r = 0; r < nRuns; r++) {
    const run = recordAt<PowerRun>(factor.runs, r);
    let i = first;
    for (; i + 4 * lanes<T>() <= end; i += 4 * lanes<T>()) sumPowers<T>(4, tables, run, <usize>i << 3, weights, r == 0, scratch);
    for (; i < end; i += lanes<T>()) sumPowers<T>(1, tables, run, <usize>i << 3, weights, r == 0, scratch);
    weights += <usize>run.nFunctions << 4;
  }
}

/** Four vectors of triplets, or one, in the functions of a run, by Horner's scheme; VECTORS is a literal at every call. */
// @ts-ignore: decorator
@inline
function sumPowers<T>(VECTORS: i32, tables: AcsfTables, run: PowerRun, at: usize, weights: usize, isFirst: bool, scratch: usize): void {
  const rows = run.rows;
  const end = rows + (<usize>run.nFunctions << 2);
  const powers = angularRow(tables, 0, scratch) + at;
  let a0 = broadcast<T>(0), a1 = a0, a2 = a0, a3 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let next = rows; next < end; next += 4) {
    const row = powers + <usize>load<i32>(next) * ROW;
    const g = loadBroadcast<T>(weights);
    const h = loadBroadcast<T>(weights + 8);
    const p0 = load<T>(row);
    a0 = times<T>(plus<T>(a0, g), p0);
    b0 = times<T>(plus<T>(b0, h), p0);
    if (VECTORS == 4) {
      const p1 = load<T>(row, sizeof<T>());
      const p2 = load<T>(row, 2 * sizeof<T>());
      const p3 = load<T>(row, 3 * sizeof<T>());
      a1 = times<T>(plus<T>(a1, g), p1);
      b1 = times<T>(plus<T>(b1, h), p1);
      a2 = times<T>(plus<T>(a2, g), p2);
      b2 = times<T>(plus<T>(b2, h), p2);
      a3 = times<T>(plus<T>(a3, g), p3);
      b3 = times<T>(plus<T>(b3, h), p3);
    }
    weights += 16;
  }
  const base = powers + <usize>run.base * ROW;
  const to = blockRow(tables, BlockRow.a, scratch) + at;
  storeSums<T>(to, load<T>(base), a0, b0, isFirst);
  if (VECTORS == 4) {
    storeSums<T>(to + sizeof<T>(), load<T>(base, sizeof<T>()), a1, b1, isFirst);
    storeSums<T>(to + 2 * sizeof<T>(), load<T>(base, 2 * sizeof<T>()), a2, b2, isFirst);
    storeSums<T>(to + 3 * sizeof<T>(), load<T>(base, 3 * sizeof<T>()), a3, b3, isFirst);
  }
}

/** Into rows a and b, or added to what stands there. */
// @ts-ignore: decorator
@inline
function storeSums<T>(a: usize, base: T, sum: T, slope: T, isFirst: bool): void {
  let value = times<T>(base, sum);
  if (!isFirst) {
    value = plus<T>(load<T>(a), value);
    slope = plus<T>(load<T>(a, B), slope);
  }
  store<T>(a, value);
  store<T>(a, slope, B);
}

/** From row a to row b. */
const B: usize = <usize>(BlockRow.b - BlockRow.a) * ROW;
