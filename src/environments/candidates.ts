import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { DescriptorTables } from "../descriptors/descriptor.js";
import { attachDescriptor } from "../descriptors/registry.js";
import { spreadOverRows } from "../descriptors/rows.js";
import { defineTask, type TaskContext } from "../parallel/task.js";
import type { WorkContext } from "../parallel/work-context.js";
import type { Dataset } from "../structures/dataset.js";
import type { Pointer } from "../wasm/memory.js";
import type { DescribedStructures } from "./cache/environment-cache.js";
import { collectDescriptors, type EnvironmentSource, gatherDescriptors, listEnvironments } from "./collect.js";
import type { StructurePart } from "./describe-task.js";
import { buildEnvironments, copyGeometry, namingStructure } from "./environments.js";

/** Rows of a data set to choose from. */
export interface Candidates {
  /** Rows: all that there are, or a sample. */
  readonly count: number;
  /** Whether some rows of the data are left out. */
  readonly isSample: boolean;
  /** Writes the rows, f64 [count × nFeatures]. */
  write(out: Pointer, context: WorkContext): Promise<void>;
  /** The center that a row belongs to, once it is written. */
  sourceOf(row: number): EnvironmentSource;
}

/** Which rows. */
export interface CandidateRequest {
  readonly descriptor: DescriptorTables;
  /** Atomic numbers; null: all atoms */
  readonly centers: readonly number[] | null;
  /** Whether a structure counts. */
  readonly includes: (structure: number) => boolean;
  /** Most rows. */
  readonly limit: number;
  /** The environments of the data set where they are described already, of these centers or more. */
  readonly described?: DescribedStructures | undefined;
}

/** The rows of the centers of a data set: one for each, or those of their tuples. */
export async function listCandidates(dataset: Dataset, request: CandidateRequest, random: RandomGenerator, context: WorkContext): Promise<Candidates> {
  const { descriptor, centers, includes, limit, described } = request;
  if (descriptor.rows === "tuple") return listTuples(dataset, request, context);
  const environments = listEnvironments(dataset, centers, limit, random, includes);
  return {
    count: environments.length,
    isSample: environments.length >= limit,
    write: (out, work) =>
      described ? gatherDescriptors(environments, described, out, work) : collectDescriptors(dataset, environments, descriptor, out, work),
    sourceOf: (row) => environments[row],
  };
}

type TupleInput = StructurePart & { readonly tables: DescriptorTables };

/** Rows that a structure has. */
const countTask = defineTask("environments/count-rows", (context: TaskContext, input: TupleInput): number => withRows(context, input, ({ rows }) => rows.nRows));

/** Writes some rows of a structure (their numbers, ascending) one after the other; the atoms that they belong to. */
const pickTask = defineTask(
  "environments/pick-rows",
  (context: TaskContext, input: TupleInput & { readonly picked: Int32Array; readonly out: Pointer }): Int32Array =>
    withRows(context, input, (batch, centerAtoms, descriptor) => {
      const { wasm, scratch } = context;
      const { nFeatures } = input.tables;
      const values = scratch.f64(batch.rows.nRows * nFeatures);
      descriptor.values(batch, values, 0, scratch);
      const all = wasm.f64(values, batch.rows.nRows * nFeatures);
      const out = wasm.f64(input.out, input.picked.length * nFeatures);
      input.picked.forEach((row, i) => out.set(all.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
      const atoms = spreadOverRows(wasm, batch, centerAtoms);
      return input.picked.map((row) => atoms[row]);
    }),
);

type Run<Result> = (batch: Parameters<ReturnType<typeof attachDescriptor>["values"]>[0], centerAtoms: Int32Array, descriptor: ReturnType<typeof attachDescriptor>) => Result;

function withRows<Result>({ wasm, scratch }: TaskContext, { geometry, centers, tables }: TupleInput, run: Run<Result>): Result {
  const descriptor = attachDescriptor(wasm, tables);
  const mark = scratch.mark();
  const { list, batch } = namingStructure(geometry.label, () => buildEnvironments(wasm, scratch, geometry, tables, centers));
  const result = run({ ...batch, rows: descriptor.rows(batch, scratch) }, wasm.i32(list.centerAtoms, list.nCenters), descriptor);
  scratch.reset(mark);
  return result;
}

/**
 * Rows of tuples are counted first; of more than the limit every n-th is taken, over all structures, so that memory stays bounded however
 * many triplets there are.
 */
async function listTuples(dataset: Dataset, { descriptor: tables, centers, includes, limit }: CandidateRequest, { executor, signal }: WorkContext): Promise<Candidates> {
  const parts = partsOf(dataset, centers, includes);
  const counts = await executor.map(countTask, parts.map((part) => ({ ...part, tables })), { signal });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const count = Math.min(total, limit);
  const picked = pickRows(counts, total, count);
  const atoms: Int32Array[] = [];
  return {
    count,
    isSample: count < total,
    async write(out, work) {
      let next = out;
      const inputs = parts.map((part, p) => {
        const input = { ...part, tables, picked: picked[p], out: next };
        next += 8 * tables.nFeatures * picked[p].length;
        return input;
      });
      let done = 0;
      const onDone = (): void => work.onProgress?.({ stage: "describe training data", done: ++done, total: inputs.length, unit: "structures" });
      atoms.push(...(await work.executor.map(pickTask, inputs, { signal: work.signal, onDone })));
    },
    sourceOf(row) {
      let before = 0;
      for (const [p, { length }] of picked.entries()) {
        if (row < before + length) return { structure: parts[p].structure, atom: atoms[p][row - before] };
        before += length;
      }
      throw new RangeError(`there is no row ${row}`);
    },
  };
}

/** Structures with their centers; those without are left out. */
function partsOf(dataset: Dataset, centers: readonly number[] | null, includes: (structure: number) => boolean): (StructurePart & { readonly structure: number })[] {
  const parts: (StructurePart & { readonly structure: number })[] = [];
  for (let structure = 0; structure < dataset.nStructures; structure++) {
    if (!includes(structure) || dataset.atomCount(structure) === 0) continue;
    const geometry = copyGeometry(dataset.structure(structure));
    const own = centers && Int32Array.from([...geometry.atomicNumbers.keys()].filter((atom) => centers.includes(geometry.atomicNumbers[atom])));
    if (own?.length !== 0) parts.push({ structure, geometry, centers: own });
  }
  return parts;
}

/** Numbers of `count` rows of all, evenly spread, by structure. */
function pickRows(counts: readonly number[], total: number, count: number): Int32Array[] {
  const step = total / count;
  let [before, next] = [0, 0];
  return counts.map((own) => {
    const rows: number[] = [];
    for (; next < count && Math.floor(next * step) < before + own; next++) rows.push(Math.floor(next * step) - before);
    before += own;
    return Int32Array.from(rows);
  });
}
