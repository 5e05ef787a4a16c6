import { collectDescriptors, type EnvironmentSource, listEnvironments } from "../../environments/collect.js";
import type { DescriptorTables } from "../../descriptors/descriptor.js";
import { NumericalError, ResourceError } from "../../errors.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import { seededRandom } from "../../math/random.js";
import { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { BlindPair, SpeciesSearch, UsualPairs } from "./blind-spots.js";
import { compareEnvironments } from "./compare-environments.js";
import { CONGRUENT, distinctEnvironments } from "./distinct-environments.js";
import { nearestRows, nearestRowsBytes, type NearestRows, reorder } from "./nearest-rows.js";
import type { SearchLimits } from "./options.js";
import { IDENTICAL } from "./pair-cost.js";
import { type ColumnScales, rowDistances, standardizeRows } from "./standardize.js";
import { medianOf, randomPairs } from "./usual-pairs.js";

/** Random pairs whose structures are compared for a median. */
const USUAL = 200;
/** A fingerprint distance below this share of the median counts as this, so that scores stay finite. */
const LEAST_SHARE = 1e-12;

/** What is searched for one species of centers. */
export interface SpeciesInput {
  readonly dataset: Dataset;
  /** Atomic number. */
  readonly center: number;
  readonly tables: DescriptorTables;
  readonly referenceTables: DescriptorTables | undefined;
  /** Å */
  readonly cutoff: number;
  readonly limits: SearchLimits;
}

/** A pair before it is known what it costs. */
export type ComparedPair = Omit<BlindPair, "energy" | "forces">;

/** Pairs of one species. */
export interface FoundPairs {
  readonly center: number;
  readonly search: SpeciesSearch;
  readonly scales: ColumnScales;
  /** Those whose structures were compared, congruent ones among them. */
  readonly pairs: readonly ComparedPair[];
}

/** Bytes of WebAssembly memory that a search among n environments takes. */
export function searchBytes(n: number, nFeatures: number, referenceFeatures: number, neighbors: number): number {
  return 8 * n * (nFeatures + referenceFeatures) + nearestRowsBytes(n, nFeatures, neighbors);
}

/** The pairs of environments of one species that are close for the descriptor, with their structural distances. */
export async function searchSpecies(input: SpeciesInput, context: WorkContext): Promise<FoundPairs> {
  const holdings = new Holdings(context.executor);
  try {
    return await new SpeciesSearcher(input, holdings, context).search();
  } finally {
    holdings.release();
  }
}

/** A pair of neighbors: positions of the environments. */
interface NeighborPair {
  readonly i: number;
  readonly j: number;
  readonly distance: number;
  readonly referenceDistance?: number;
}

class SpeciesSearcher {
  private readonly total: number;
  private environments: EnvironmentSource[];

  constructor(
    private readonly input: SpeciesInput,
    private readonly holdings: Holdings,
    private readonly context: WorkContext,
  ) {
    const { dataset, center, limits } = input;
    this.total = dataset.atomicNumbers.reduce((count, number) => count + Number(number === center), 0);
    this.environments = listEnvironments(dataset, [center], limits.environments, seededRandom(limits.seed));
    this.requireRoom();
  }

  async search(): Promise<FoundPairs> {
    const { dataset, center, tables, cutoff, limits } = this.input;
    const looked = this.environments.length;
    const d = tables.nFeatures;
    const rows = await this.describe(tables, "fingerprints");
    const values = (n: number): Float64Array => this.context.executor.wasm.f64(rows.pointer, n * d);
    const scales = standardizeRows(values(looked), looked, d);
    const distinct = await distinctEnvironments({ dataset, environments: this.environments, values: values(looked), cutoff }, this.context);
    distinct.forEach((from, to) => values(looked).copyWithin(to * d, from * d, (from + 1) * d));
    this.environments = Array.from(distinct, (index) => this.environments[index]);
    const nearest = await nearestRows({ ...rows, rows: distinct.length }, limits.neighbors, this.context);
    this.environments = Array.from(nearest.order, (index) => this.environments[index]);
    const reference = this.input.referenceTables && (await this.describe(this.input.referenceTables, "fingerprints of the reference"));
    const between = (from: Matrix | undefined): ((i: number, j: number) => number) | undefined => from && ((i, j) => this.distance(from, i, j));
    const usual = await this.usualPairs({ ...rows, rows: distinct.length }, reference);
    const neighbors = neighborPairs(nearest, between(reference));
    const chosen = choose(neighbors, usual, limits.compared);
    const pairs = await this.compare(chosen, values(distinct.length), scales, usual);
    const search = { species: symbolOf(center), total: this.total, environments: looked, distinct: distinct.length, columns: scales.varying, neighbors: nearest.k, pairs: neighbors.length, compared: chosen.length };
    return { center, search: { ...search, ...(usual && { usual }) }, scales, pairs };
  }

  private requireRoom(): void {
    const { tables, referenceTables, limits, center } = this.input;
    const { bytesObtainable } = this.context.executor.pool;
    const bytesOf = (n: number): number => searchBytes(n, tables.nFeatures, referenceTables?.nFeatures ?? 0, limits.neighbors);
    const n = this.environments.length;
    if (bytesOf(n) <= bytesObtainable) return;
    const room = Math.floor((0.9 * bytesObtainable * n) / bytesOf(n));
    throw new ResourceError(
      `blind pairs among ${n} environments of ${symbolOf(center)} need ${(bytesOf(n) / 1e9).toFixed(2)} GB; there are ${(bytesObtainable / 1e9).toFixed(2)} GB: look at ${room} of them (option environments), or raise the memory limit`,
    );
  }

  private async describe(tables: DescriptorTables, what: string): Promise<Matrix> {
    const n = this.environments.length;
    const { dataset } = this.input;
    const rows = matrix(this.holdings.allocate(8 * n * tables.nFeatures, what).pointer, n, tables.nFeatures);
    // structures come in the order of the data, so that each is described once
    const order = Int32Array.from(this.environments.keys()).sort((i, j) => this.environments[i].structure - this.environments[j].structure || this.environments[i].atom - this.environments[j].atom);
    await collectDescriptors(dataset, Array.from(order, (i) => this.environments[i]), tables, rows.pointer, this.context);
    const values = this.context.executor.wasm.f64(rows.pointer, n * tables.nFeatures);
    const inverse = new Int32Array(n);
    order.forEach((from, to) => (inverse[from] = to));
    reorder(values, tables.nFeatures, inverse);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return rows;
    const { structure, atom } = this.environments[Math.floor(bad / tables.nFeatures)];
    throw new NumericalError(`${dataset.labels[structure]}: ${tables.descriptor} is not finite for atom ${atom}`);
  }

  private distance({ pointer, columns }: Matrix, i: number, j: number): number {
    const { wasm } = this.context.executor;
    const [x, y] = [i, j].map((row) => wasm.f64(pointer + 8 * row * columns, columns));
    let sum = 0;
    for (let f = 0; f < columns; f++) sum += (x[f] - y[f]) ** 2;
    return Math.sqrt(sum);
  }

  private async usualPairs(rows: Matrix, reference: Matrix | undefined): Promise<UsualPairs | undefined> {
    const { dataset, cutoff, limits } = this.input;
    if (rows.rows < 2) return undefined;
    const pairs = randomPairs(rows.rows, USUAL, seededRandom(limits.seed));
    const structural = await compareEnvironments(dataset, pairs.map(([i, j]) => ({ a: this.environments[i], b: this.environments[j] })), { cutoff }, this.context);
    return {
      distance: medianOf(pairs.map(([i, j]) => this.distance(rows, i, j))),
      structuralDistance: medianOf(structural.map(({ distance }) => distance)),
      ...(reference && { referenceDistance: medianOf(pairs.map(([i, j]) => this.distance(reference, i, j))) }),
    };
  }

  private async compare(chosen: readonly NeighborPair[], values: Float64Array, scales: ColumnScales, usual: UsualPairs | undefined): Promise<ComparedPair[]> {
    const { dataset, cutoff } = this.input;
    const ordered = chosen.map((pair) => this.inOrder(pair));
    const structural = await compareEnvironments(dataset, ordered, { cutoff, enough: CONGRUENT / 10 }, this.context);
    const d = scales.deviations.length;
    return chosen.map(({ i, j, referenceDistance }, k) => {
      const { scaled, plain } = rowDistances(values, i, j, scales);
      const { distance, isExact, rotation } = structural[k];
      let square = 0;
      for (let f = 0; f < d; f++) square += (values[i * d + f] * scales.deviations[f]) ** 2;
      return {
        ...ordered[k],
        distance: scaled,
        plainDistance: plain,
        isIdentical: plain <= IDENTICAL * Math.sqrt(square),
        structuralDistance: distance,
        isExact,
        ...(referenceDistance !== undefined && { referenceDistance }),
        score: scoreOf(distance, scaled, usual),
        rotation,
      };
    });
  }

  /** The one that comes first in the data as a. */
  private inOrder({ i, j }: NeighborPair): { readonly a: EnvironmentSource; readonly b: EnvironmentSource } {
    const [x, y] = [this.environments[i], this.environments[j]];
    return x.structure < y.structure || (x.structure === y.structure && x.atom < y.atom) ? { a: x, b: y } : { a: y, b: x };
  }
}

/** Each pair of neighbors once, closest first. */
function neighborPairs({ neighbors, distances, k }: NearestRows, reference: ((i: number, j: number) => number) | undefined): NeighborPair[] {
  const known = new Set<number>();
  const pairs: NeighborPair[] = [];
  const n = k > 0 ? neighbors.length / k : 0;
  for (let at = 0; at < neighbors.length; at++) {
    const [i, j] = [Math.floor(at / k), neighbors[at]];
    const key = Math.min(i, j) * n + Math.max(i, j);
    if (known.has(key)) continue;
    known.add(key);
    pairs.push({ i, j, distance: distances[at], ...(reference && { referenceDistance: reference(i, j) }) });
  }
  return pairs.sort((left, right) => left.distance - right.distance || left.i - right.i || left.j - right.j);
}

/** Those of the closest fingerprints; with a reference, half of them by the score that this gives. */
function choose(pairs: readonly NeighborPair[], usual: UsualPairs | undefined, count: number): readonly NeighborPair[] {
  if (pairs.length <= count || !usual?.referenceDistance) return pairs.slice(0, count);
  const closest = pairs.slice(0, count >> 1);
  const score = ({ distance, referenceDistance = 0 }: NeighborPair): number => referenceDistance / Math.max(distance, LEAST_SHARE * usual.distance);
  const others = pairs.slice(count >> 1).sort((left, right) => score(right) - score(left) || left.i - right.i || left.j - right.j);
  return [...closest, ...others.slice(0, count - closest.length)];
}

/** 0 where the data has no usual distance to compare with. */
function scoreOf(structural: number, distance: number, usual: UsualPairs | undefined): number {
  if (!usual || !(usual.structuralDistance > 0)) return 0;
  // fingerprints that are all equal tell nothing apart
  if (!(usual.distance > 0)) return structural / usual.structuralDistance / LEAST_SHARE;
  return structural / usual.structuralDistance / Math.max(distance / usual.distance, LEAST_SHARE);
}
