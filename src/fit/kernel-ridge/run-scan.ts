import { InvalidParameterError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { Holdings } from "../../parallel/holdings.js";
import { type PartCodec, recallPart } from "../checkpoint/checkpoint.js";
import { digestOfNumbers } from "../checkpoint/identity.js";
import { lengthsAtOnce } from "./estimate.js";
import { columnsOf, type KernelFitJob, validationOf } from "./job.js";
import { fillKernelMatrices, type KernelTerm, placeNorms } from "./kernel-matrix.js";
import { type LengthChoice, lengthChoices } from "./length-scales.js";
import { bestPoint, groupsByName, scanShifts, type ShiftStatistics } from "./scan.js";
import type { ScanOptions } from "./schema.js";
import type { FinishedKernelFit, KernelRidgeScanPoint } from "./summary.js";
import { describeRows, type RowSet, type TermRows } from "./term-rows.js";
import { isolatedEnergy } from "./training-data.js";

/** Length scales that a checkpoint keeps together. */
const KEPT_LENGTHS = 4;

/** All points of a scan, and the chosen one. */
export interface FinishedScan extends NonNullable<FinishedKernelFit["scan"]> {
  readonly choice: LengthChoice;
}

/** Tries all pairs of length scale and λ: one decomposition of the kernel matrix for each length scale. */
export async function runScan(job: KernelFitJob, rows: readonly TermRows[], scan: ScanOptions): Promise<FinishedScan> {
  const { options, data, executor } = job;
  const choices = lengthChoices(scan, options.model.terms, rows, executor.wasm, options.seed);
  const validation = scan.by === "validation" ? await validationRows(job) : undefined;
  const groups = scan.by === "leave-group-out" ? groupsByName(groupNames(job, scan.groups), scan.groups) : undefined;
  const points: (KernelRidgeScanPoint & { readonly choice: LengthChoice })[] = [];
  const most = lengthsAtOnce(data.dataset.nStructures, choices.length);
  // with a checkpoint some of them are done before the others, whatever the number of threads
  const step = job.context.kept ? Math.min(most, KEPT_LENGTHS) : most;
  try {
    for (let first = 0; first < choices.length; first += step) {
      const part = choices.slice(first, first + step);
      const progress = { done: first, total: choices.length };
      const name = `scan, length scales ${first + 1} to ${first + part.length}`;
      const of = [part.map(({ kernels }) => kernels), validation?.digest];
      const found = await recallPart(job.context.kept, { name, of }, () => scanLengths(job, rows, part, scan, groups, validation, progress), statisticsCodec);
      progress.done = first + part.length;
      for (const [k, choice] of part.entries()) {
        for (const point of found[k]) points.push({ lengthScales: choice.lengthScales, ofMedian: choice.ofMedian, ...point, choice });
      }
    }
  } finally {
    validation?.holdings.release();
  }
  const plain = points.map(({ choice: _, ...point }): KernelRidgeScanPoint => point);
  const best = bestPoint(plain, scan.by);
  return { options: scan, points: plain, best, choice: points[plain.indexOf(best)].choice };
}

interface ValidationRows {
  readonly rows: readonly RowSet[];
  /** eV, nStructures: without isolated atoms and mean */
  readonly energies: Float64Array;
  /** Of the structures with their energies. */
  readonly digest: string;
  readonly holdings: Holdings;
}

/** Numbers as texts, which JSON keeps where they are not finite. */
const statisticsCodec: PartCodec<ShiftStatistics[][]> = {
  encode: (found) => ({ meta: withNumbers(found, String), arrays: [] }),
  decode: ({ meta }) => withNumbers(meta, Number) as ShiftStatistics[][],
};

function withNumbers(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, change));
  if (typeof value !== "object" || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, change)]));
}

async function validationRows(job: KernelFitJob): Promise<ValidationRows> {
  const { data, terms, executor } = job;
  const all = validationOf(job);
  const usable = Array.from({ length: all.nStructures }, (_, i) => i).filter((i) => all.atomCount(i) > 0 && !Number.isNaN(all.energies[i]));
  if (usable.length === 0) throw new InvalidParameterError("regularization.scan.by is validation, but the validation data has no energies");
  const dataset = all.subset(usable);
  const zero = data.isolated?.values ?? data.species.map(() => 0);
  const holdings = new Holdings(executor);
  try {
    const rows: RowSet[] = [];
    for (const term of terms) rows.push(await describeRows(term, dataset, data.species, holdings, job));
    const digest = digestOfNumbers([dataset.positions, dataset.cells, dataset.energies]);
    return { rows, holdings, digest, energies: dataset.energies.map((energy, i) => energy - data.targets[0].mean - isolatedEnergy(dataset, i, data.species, zero)) };
  } catch (error) {
    holdings.release();
    throw error;
  }
}

async function scanLengths(
  job: KernelFitJob, rows: readonly TermRows[], part: readonly LengthChoice[], scan: ScanOptions, groups: readonly Int32Array[] | undefined,
  validation: ValidationRows | undefined, progress: { done: number; readonly total: number },
): Promise<ShiftStatistics[][]> {
  const { data, executor, signal, onProgress, terms } = job;
  const n = data.dataset.nStructures;
  const holdings = new Holdings(executor);
  const square = (what: string, columns = n, count = n): Matrix[] => part.map(() => matrix(holdings.allocate(8 * count * columns, what).pointer, count, columns));
  try {
    const placed: KernelTerm[] = [];
    const across: KernelTerm[] = [];
    for (const [t, set] of rows.entries()) {
      const kernels = part.map((choice) => choice.kernels[t]);
      const { normalize } = terms[t].options;
      const norms = normalize ? await placeNorms(set, kernels, holdings, signal) : 0;
      placed.push({ left: set, right: set, kernels, norms: norms ? { left: norms, right: norms } : null });
      if (!validation) continue;
      const others = normalize ? await placeNorms(validation.rows[t], kernels, holdings, signal) : 0;
      across.push({ left: validation.rows[t], right: set, kernels, norms: norms ? { left: others, right: norms } : null });
    }
    const matrices = square(`the kernel matrices of ${n} structures`);
    await fillKernelMatrices({ terms: placed, outs: matrices, part: "upper" }, job);
    const crossed = validation ? square("kernels of the validation data", n, validation.energies.length) : undefined;
    if (crossed) await fillKernelMatrices({ terms: across, outs: crossed, part: "full" }, job);
    const vectors = square("decompositions of the kernel matrices");
    const targets = columnsOf(data.targets);
    const inputs = part.map((_, k) => ({
      kernel: matrices[k], q: vectors[k], targets, nTargets: data.targets.length, lambdas: scan.lambda, groups,
      ...(crossed && { validation: { kernels: crossed[k], energies: validation!.energies } }),
    }));
    const onDone = (): void => onProgress?.({ stage: "scan", done: ++progress.done, total: progress.total, unit: "length scales" });
    return await executor.map(scanShifts, inputs, { signal, onDone });
  } finally {
    holdings.release();
  }
}

/** Group of each structure, as text. */
function groupNames({ data: { dataset } }: KernelFitJob, name: string): readonly string[] {
  if (name === "config_type") return dataset.configTypes;
  const column = dataset.columns.get(name);
  if (column?.per === "structure" && column.width === 1) return Array.from(column.values, String);
  const found = column ? `has ${column.width} numbers per ${column.per}` : `is no column of the data: ask for it with data.columns: { ${name}: { unit: 1 } }`;
  throw new InvalidParameterError(`regularization.scan.groups names "${name}", which ${found}; it must be config_type or a number per structure`);
}
