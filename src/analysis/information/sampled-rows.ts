import type { DescriptorTables } from "../../descriptors/descriptor.js";
import type { AnyDescriptor, StructureDescriptorTables } from "../../descriptors/structure-descriptor.js";
import { collectDescriptors, listEnvironments } from "../../environments/collect.js";
import { describeStructures } from "../../environments/describe-structures.js";
import { describeTask, describeWholeTask } from "../../environments/describe-task.js";
import { copyGeometry } from "../../environments/environments.js";
import { NumericalError } from "../../errors.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices } from "../../math/sampling.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import type { SampledRow } from "./information.js";

/** Rows of a seeded sample of the data, the same environments or structures for every descriptor with rows of that kind. */
export interface SampledRows {
  /** In shared memory. */
  readonly x: Matrix;
  /** Where each came from, in the order of the data. */
  readonly rows: readonly SampledRow[];
}

/** A descriptor that is ready to describe. */
export type PreparedTables = DescriptorTables | StructureDescriptorTables;

interface SampleOptions {
  readonly seed: number;
  /** Most rows. */
  readonly sampleSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Structures that are gone through for rows of tuples, whose number is not known before. */
const TUPLE_STRUCTURES = 50;

/**
 * Describes a sample; the rows are held in the memory of `holdings`.
 * @throws {NumericalError} for rows that are not finite
 */
export async function describeSample(
  dataset: Dataset,
  descriptor: AnyDescriptor,
  tables: PreparedTables,
  holdings: Holdings,
  options: SampleOptions,
): Promise<SampledRows> {
  const sampled = descriptor.rows === "tuple" ? await tupleRows(dataset, descriptor, holdings, options) : await placedRows(dataset, tables, holdings, options);
  const { x, rows } = sampled;
  const values = holdings.executor.wasm.f64(x.pointer, x.rows * x.columns);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const { structure, atom } = rows[Math.floor(bad / x.columns)];
    throw new NumericalError(`${dataset.labels[structure]}: ${descriptor.name} is not finite${atom < 0 ? "" : ` for atom ${atom}`}`);
  }
  return sampled;
}

/** Which rows are sampled where a row is about a center or a whole structure. */
export function sampleOf(dataset: Dataset, kind: "center" | "structure", { seed, sampleSize }: Omit<SampleOptions, "signal">): SampledRow[] {
  const random = seededRandom(seed);
  if (kind === "center") return listEnvironments(dataset, null, sampleSize, random);
  const filled = Array.from({ length: dataset.nStructures }, (_, structure) => structure).filter((structure) => dataset.atomCount(structure) > 0);
  return Array.from(sampleIndices(filled.length, sampleSize, random), (index) => ({ structure: filled[index], atom: -1 }));
}

async function placedRows(dataset: Dataset, tables: PreparedTables, holdings: Holdings, options: SampleOptions): Promise<SampledRows> {
  const { executor } = holdings;
  const { signal } = options;
  const { nFeatures } = tables;
  const rows = sampleOf(dataset, tables.rows === "center" ? "center" : "structure", options);
  const x = matrix(holdings.allocate(8 * rows.length * nFeatures, "a sample of descriptors").pointer, rows.length, nFeatures);
  const pieces = rows.map(({ structure }, i) => ({ geometry: copyGeometry(dataset.atoms(structure)), values: x.pointer + 8 * i * nFeatures }));
  if (tables.describes === "structures") {
    await executor.map(
      describeWholeTask,
      pieces.map((piece) => ({ tables, pieces: [piece] })),
      { signal },
    );
  } else if (tables.rows === "center") {
    await collectDescriptors(dataset, rows, tables, x.pointer, { executor, ...(signal && { signal }) });
  } else {
    const inputs = pieces.map(({ geometry, values }) => ({ tables, pieces: [{ of: { geometry, centers: null }, values, state: 0 }] }));
    await executor.map(describeTask, inputs, { signal });
  }
  return { x, rows };
}

async function tupleRows(dataset: Dataset, descriptor: AnyDescriptor, holdings: Holdings, options: SampleOptions): Promise<SampledRows> {
  const { seed, sampleSize, signal } = options;
  const random = seededRandom(seed);
  const structures = sampleIndices(dataset.nStructures, TUPLE_STRUCTURES, random);
  const species = dataset.species();
  const nFeatures = descriptor.featureCount(species);
  const found: { readonly row: Float64Array; readonly of: SampledRow }[] = [];
  const views = Array.from(structures, (structure) => dataset.structure(structure));
  for await (const block of describeStructures(holdings.executor, descriptor, views, { species, ...(signal && { signal }) })) {
    // evenly, so that a block of many tuples costs little
    const chosen = sampleIndices(block.nRows, sampleSize, random);
    for (const row of chosen) {
      const values = block.values.slice(row * nFeatures, (row + 1) * nFeatures);
      found.push({ row: values, of: { structure: structures[block.frames[row]], atom: block.atoms[row] } });
    }
  }
  const chosen = sampleIndices(found.length, sampleSize, random);
  const x = matrix(holdings.allocate(8 * chosen.length * nFeatures, "a sample of descriptors").pointer, chosen.length, nFeatures);
  chosen.forEach((index, i) => holdings.executor.wasm.f64(x.pointer + 8 * i * nFeatures, nFeatures).set(found[index].row));
  return { x, rows: Array.from(chosen, (index) => found[index].of) };
}
