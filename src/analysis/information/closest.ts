import { buildEnvironments, copyGeometry, namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { Matrix } from "../../linalg/matrix.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { alignmentError, type Neighborhood } from "./alignment.js";
import { rowDistances } from "./distance-correlation.js";
import type { ClosePair, SampledRow } from "./information.js";

/** Pairs of rows that are looked at, the closest of the sample: many where the sample has many environments that are the same. */
const CANDIDATES = 20000;
/** Pairs that are aligned at most. */
const TESTS = 1000;
/** Pairs whose neighbors are found at once. */
const BATCH = 32;
const WANTED = 5;
/** Å: environments that alignment brings as close are the same. */
const SAME = 1e-3;

interface NeighborhoodInput {
  readonly geometry: Geometry;
  readonly atom: number;
  readonly cutoff: number;
  readonly species: SpeciesList;
}

/** The neighbors of an atom up to a cutoff, nearest first. */
const neighborhoodTask = defineTask("analysis/neighborhood", ({ wasm, scratch }: TaskContext, { geometry, atom, cutoff, species }: NeighborhoodInput): Neighborhood =>
  namingStructure(geometry.label, () => {
    const { batch } = buildEnvironments(wasm, scratch, geometry, { cutoff, species }, Int32Array.of(atom));
    const [x, y, z, length] = [batch.dx, batch.dy, batch.dz, batch.distances].map((pointer) => wasm.f64(pointer, batch.nPairs));
    const kinds = wasm.i32(batch.neighborSpecies, batch.nPairs);
    const order = Int32Array.from(length.keys()).sort((i, j) => length[i] - length[j] || i - j);
    const positions = new Float64Array(3 * batch.nPairs);
    order.forEach((i, k) => positions.set([x[i], y[i], z[i]], 3 * k));
    return { positions, distances: Float64Array.from(order, (i) => length[i]), species: Int32Array.from(order, (i) => kinds[i]) };
  }),
);

/** Distances between the rows of a sample that say which are closest. */
export interface RowPairs {
  /** Of all pairs, in units of the rows; 0 where half of them are alike. */
  readonly median: number;
  /** Positions of two rows and their distance, ascending. */
  readonly pairs: readonly { readonly i: number; readonly j: number; readonly distance: number }[];
}

/** The closest pairs of rows. */
export const rowPairsTask = defineTask("analysis/row-pairs", ({ wasm, scratch }: TaskContext, { x }: { readonly x: Matrix }): RowPairs => {
  const n = x.rows;
  const distances = rowDistances(wasm, scratch, x, Int32Array.from({ length: n }, (_, i) => i));
  const all = new Float64Array((n * (n - 1)) / 2);
  for (let i = 1, at = 0; i < n; i++) for (let j = 0; j < i; j++) all[at++] = distances[i * n + j];
  all.sort();
  const limit = all[Math.min(CANDIDATES, all.length) - 1];
  const values = wasm.f64(x.pointer, n * x.columns);
  const found: { i: number; j: number; distance: number }[] = [];
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) if (distances[i * n + j] <= limit) found.push({ i: j, j: i, distance: exactDistance(values, j, i, x.columns) });
  }
  found.sort((a, b) => a.distance - b.distance || a.i - b.i || a.j - b.j);
  return { median: all[all.length >> 1], pairs: found.slice(0, CANDIDATES) };
});

function exactDistance(values: Float64Array, i: number, j: number, d: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) sum += (values[i * d + f] - values[j * d + f]) ** 2;
  return Math.sqrt(sum);
}

/** Environments that were found to be the same, each class by one of its members. */
class Classes {
  private readonly parents: Int32Array;

  constructor(count: number) {
    this.parents = Int32Array.from({ length: count }, (_, i) => i);
  }

  of(i: number): number {
    let root = i;
    while (this.parents[root] !== root) root = this.parents[root];
    return (this.parents[i] = root);
  }

  join(i: number, j: number): void {
    const [a, b] = [this.of(i), this.of(j)];
    this.parents[Math.max(a, b)] = Math.min(a, b);
  }
}

/** Where environments are and how far they reach. */
export interface EnvironmentRows {
  readonly dataset: Dataset;
  readonly rows: readonly SampledRow[];
  /** Å */
  readonly cutoff: number;
}

/**
 * The closest rows of environments that no rotation, reflection or numbering maps onto each other, at most five pairs; environments that are the
 * same count once.
 */
export async function closestPairs({ dataset, rows, cutoff }: EnvironmentRows, { median, pairs }: RowPairs, { executor, signal }: WorkContext): Promise<ClosePair[]> {
  const classes = new Classes(rows.length);
  const told = new Set<string>();
  const neighborhoods = new Map<number, Neighborhood>();
  const found: ClosePair[] = [];
  const isNew = ({ i, j }: { readonly i: number; readonly j: number }): boolean => classes.of(i) !== classes.of(j) && !told.has(keyOf(classes, i, j));
  let tests = 0;
  for (let next = 0; next < pairs.length && found.length < WANTED && tests < TESTS; ) {
    const batch: RowPairs["pairs"][number][] = [];
    for (; next < pairs.length && batch.length < BATCH; next++) if (isNew(pairs[next])) batch.push(pairs[next]);
    await findNeighborhoods(dataset, rows, cutoff, batch.flatMap(({ i, j }) => [i, j]), neighborhoods, { executor, ...(signal && { signal }) });
    for (const { i, j, distance } of batch) {
      if (found.length === WANTED || !isNew({ i, j })) continue;
      tests++;
      const displacement = alignmentError(neighborhoods.get(i)!, neighborhoods.get(j)!, cutoff, SAME / 10);
      // centers of different species are different environments wherever their neighbors are
      if (displacement <= SAME && speciesOf(dataset, rows[i]) === speciesOf(dataset, rows[j])) {
        classes.join(i, j);
        continue;
      }
      told.add(keyOf(classes, i, j));
      found.push({ a: rows[i], b: rows[j], distance: median > 0 ? distance / median : 0, displacement });
    }
  }
  return found;
}

function keyOf(classes: Classes, i: number, j: number): string {
  const [a, b] = [classes.of(i), classes.of(j)];
  return `${Math.min(a, b)} ${Math.max(a, b)}`;
}

function speciesOf({ atomicNumbers, offsets }: Dataset, { structure, atom }: SampledRow): number {
  return atomicNumbers[offsets[structure] + atom];
}

/** Adds the neighborhoods of some rows to those that are known. */
async function findNeighborhoods(
  dataset: Dataset,
  rows: readonly SampledRow[],
  cutoff: number,
  positions: readonly number[],
  known: Map<number, Neighborhood>,
  { executor, signal }: WorkContext,
): Promise<void> {
  const species = dataset.species();
  const wanted = [...new Set(positions)].filter((row) => !known.has(row));
  const inputs = wanted.map((row) => ({ geometry: copyGeometry(dataset.atoms(rows[row].structure)), atom: rows[row].atom, cutoff, species }));
  const found = await executor.map(neighborhoodTask, inputs, { signal });
  found.forEach((neighborhood, k) => known.set(wanted[k], neighborhood));
}
