import { buildEnvironments, copyGeometry, namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { Matrix } from "../../linalg/matrix.js";
import type { Executor } from "../../parallel/executor.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Dataset } from "../../structures/dataset.js";
import { alignmentError, type Neighborhood } from "./alignment.js";
import { rowDistances } from "./distance-correlation.js";
import type { ClosePair, SampledRow } from "./information.js";

/** Pairs of rows that are looked at, the closest of the sample. */
const CANDIDATES = 400;
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
  /** In units of the rows, 0 where these are all alike. */
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
  const found: { i: number; j: number; distance: number }[] = [];
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i && found.length < 4 * CANDIDATES; j++) {
      if (distances[i * n + j] <= limit) found.push({ i: j, j: i, distance: exactDistance(wasm.f64(x.pointer, n * x.columns), j, i, x.columns) });
    }
  }
  found.sort((a, b) => a.distance - b.distance || a.i - b.i || a.j - b.j);
  return { median: all.length > 0 ? all[all.length >> 1] : 0, pairs: found.slice(0, CANDIDATES) };
});

function exactDistance(values: Float64Array, i: number, j: number, d: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) sum += (values[i * d + f] - values[j * d + f]) ** 2;
  return Math.sqrt(sum);
}

/** The closest rows of environments that no rotation, reflection or numbering maps onto each other. */
export async function closestPairs(
  dataset: Dataset,
  rows: readonly SampledRow[],
  { median, pairs }: RowPairs,
  { cutoff, species }: { readonly cutoff: number; readonly species: SpeciesList },
  executor: Executor,
  signal: AbortSignal | undefined,
): Promise<ClosePair[]> {
  const wanted = [...new Set(pairs.flatMap(({ i, j }) => [i, j]))].sort((a, b) => a - b);
  const inputs = wanted.map((row) => ({ geometry: copyGeometry(dataset.structure(rows[row].structure)), atom: rows[row].atom, cutoff, species }));
  const neighborhoods = new Map((await executor.map(neighborhoodTask, inputs, { signal })).map((found, k) => [wanted[k], found] as const));
  const centerOf = ({ structure, atom }: SampledRow): number => dataset.atomicNumbers[dataset.offsets[structure] + atom];
  const found: ClosePair[] = [];
  for (const { i, j, distance } of pairs) {
    const displacement = alignmentError(neighborhoods.get(i)!, neighborhoods.get(j)!, cutoff, SAME / 10);
    // centers of different species are different environments wherever their neighbors are
    if (displacement <= SAME && centerOf(rows[i]) === centerOf(rows[j])) continue;
    found.push({ a: rows[i], b: rows[j], distance: median > 0 ? distance / median : 0, displacement });
    if (found.length === WANTED) break;
  }
  return found;
}
