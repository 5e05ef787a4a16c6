import { InvalidParameterError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import type { KeptBlocks } from "../checkpoint/checkpoint.js";
import { lengthsAtOnce } from "./estimate.js";
import { columnsOf, type KernelFitJob, validationOf } from "./job.js";
import { fillKernelMatrices, type KernelTerm, placeNorms } from "./kernel-matrix.js";
import { KeptLengths } from "./kept-lengths.js";
import { type LengthChoice, lengthChoices } from "./length-scales.js";
import { type OtherRows, otherRows } from "./other-rows.js";
import { bestPoint, groupsByName, type ScanInput, scanShifts, type ShiftStatistics } from "./scan.js";
import { type ScanOptions, scanLambdas } from "./schema.js";
import type { KernelRidgeScanPoint } from "./scan-point.js";
import type { FinishedKernelFit } from "./summary.js";
import type { RowSet, TermRows } from "./term-rows.js";

/** All points of a scan, and the chosen one. */
export interface FinishedScan extends NonNullable<FinishedKernelFit["scan"]> {
  readonly choice: LengthChoice;
  /** Kernel matrices that were decomposed. */
  readonly lengths: number;
}

/** What all length scales of a scan share. */
interface ScanJob {
  readonly job: KernelFitJob;
  readonly rows: readonly TermRows[];
  readonly groups: readonly Int32Array[] | undefined;
  readonly validation: OtherRows | undefined;
  readonly others: readonly OtherRows[];
  readonly kept: KeptLengths;
}

/**
 * Tries all pairs of length scale and λ: one decomposition of the kernel matrix for each length scale.
 * @param named further data sets whose energies are predicted at every point
 */
export async function runScan(job: KernelFitJob, rows: readonly TermRows[], scan: ScanOptions, named: Readonly<Record<string, Dataset>> = {}): Promise<FinishedScan> {
  const { options, data, executor } = job;
  const choices = lengthChoices(scan, options.model.terms, rows, executor.wasm, options.seed);
  const groups = groupsOfStructures(job, scan);
  const holdings = new Holdings(executor);
  try {
    const validation = scan.by === "validation" ? await otherRows(job, "validation", validationOf(job), holdings) : undefined;
    const others: OtherRows[] = [];
    for (const [name, dataset] of Object.entries(named)) others.push(await otherRows(job, name, dataset, holdings));
    const sets = [...(validation ? [validation] : []), ...others];
    const kept = new KeptLengths(job.context.kept, choices, sets.length > 0 ? sets.map(({ digest }) => digest).join() : undefined);
    const found = await kept.find();
    const step = lengthsAtOnce(data.dataset.nStructures, choices.length, sets.reduce((sum, { energies }) => sum + energies.length, 0));
    for (let first = 0; first < choices.length; first += step) {
      const together = [...choices.keys()].slice(first, first + step);
      const missing = together.filter((length) => !found[length]);
      if (missing.length === 0) continue;
      const made = await scanLengths({ job, rows, groups, validation, others, kept }, together, missing);
      missing.forEach((length, k) => (found[length] = made[k]));
    }
    return finishScan(scan, choices, found as ShiftStatistics[][]);
  } finally {
    holdings.release();
  }
}

/** @param found of every length scale */
export function finishScan(scan: ScanOptions, choices: readonly LengthChoice[], found: readonly ShiftStatistics[][]): FinishedScan {
  const points = choices.flatMap((choice, length) => found[length].map((point) => ({ lengthScales: choice.lengthScales, ofMedian: choice.ofMedian, ...point, choice })));
  const plain = points.map(({ choice: _, ...point }): KernelRidgeScanPoint => point);
  const best = bestPoint(plain, scan.by);
  return { options: scan, points: plain, best, choice: points[plain.indexOf(best)].choice, lengths: choices.length };
}

/**
 * @param lengths which of the choices: their kernel matrices are made together
 * @param missing which of these are decomposed
 */
async function scanLengths({ job, rows, groups, validation, others, kept }: ScanJob, lengths: readonly number[], missing: readonly number[]): Promise<ShiftStatistics[][]> {
  const { data, executor, signal, onProgress, terms } = job;
  const part = lengths.map((length) => kept.choices[length]);
  const n = data.dataset.nStructures;
  const holdings = new Holdings(executor);
  const square = (what: string, count = n): Matrix[] => part.map(() => matrix(holdings.allocate(8 * count * n, what).pointer, count, n));
  const termsWith = async (left: readonly RowSet[] | undefined): Promise<KernelTerm[]> => {
    const placed: KernelTerm[] = [];
    for (const [t, set] of rows.entries()) {
      const kernels = part.map((choice) => choice.kernels[t]);
      const { normalize } = terms[t].options;
      const right = normalize ? await placeNorms(set, kernels, holdings, signal) : 0;
      const own = normalize && left ? await placeNorms(left[t], kernels, holdings, signal) : right;
      placed.push({ left: left?.[t] ?? set, right: set, kernels, norms: normalize ? { left: own, right } : null });
    }
    return placed;
  };
  try {
    const matrices = square(`the kernel matrices of ${n} structures`);
    const kernelsOf = async (set: OtherRows): Promise<FilledKernels> => {
      const outs = square(set.what, set.energies.length);
      const tiles = await fillKernelMatrices({ terms: await termsWith(set.rows), outs, part: "full" }, job, kept.tilesOf(set.what, lengths));
      return { outs, tiles, name: set.name, energies: set.energies };
    };
    const tiles = await fillKernelMatrices({ terms: await termsWith(undefined), outs: matrices, part: "upper" }, job, kept.tilesOf("kernel matrices", lengths));
    const validated = validation && (await kernelsOf(validation));
    const judged: FilledKernels[] = [];
    for (const set of others) judged.push(await kernelsOf(set));
    const vectors = square("decompositions of the kernel matrices");
    const targets = columnsOf(data.targets);
    const inputOf = (k: number): ScanInput => ({
      kernel: matrices[k], q: vectors[k], targets, nTargets: data.targets.length, lambdas: scanLambdas(job.options.fit), groups,
      ...(validated && { validation: { kernels: validated.outs[k], energies: validated.energies } }),
      ...(judged.length > 0 && { others: judged.map(({ name, energies, outs }) => ({ name, energies, kernels: outs[k] })) }),
    });
    let unsafe = missing.length;
    const onSafe = (): void => {
      if (--unsafe === 0) [tiles, validated?.tiles, ...judged.map((set) => set.tiles)].forEach((blocks) => blocks?.settle());
    };
    const onDone = (index: number, statistics: ShiftStatistics[]): void => {
      kept.keep(missing[index], statistics, onSafe);
      onProgress?.({ stage: "scan", done: kept.done, total: kept.choices.length, unit: "length scales", ...(kept.parts && { safe: kept.safe }) });
    };
    return await executor.map(scanShifts, missing.map((length) => inputOf(lengths.indexOf(length))), { signal, onDone });
  } finally {
    holdings.release();
  }
}

/** Kernels of structures that are not fitted to, for every length scale. */
interface FilledKernels extends Pick<OtherRows, "name" | "energies"> {
  readonly outs: readonly Matrix[];
  readonly tiles: KeptBlocks | undefined;
}

/** Structures of every group that is left out together, where a scan asks for it. */
export function groupsOfStructures(job: KernelFitJob, { by, groups }: ScanOptions): Int32Array[] | undefined {
  return by === "leave-group-out" ? groupsByName(groupNames(job, groups), groups) : undefined;
}

/** Group of each structure, as text. */
function groupNames({ data: { dataset } }: KernelFitJob, name: string): readonly string[] {
  if (name === "config_type") return dataset.configTypes;
  const column = dataset.columns.get(name);
  if (column?.per === "structure" && column.width === 1) return Array.from(column.values, String);
  const found = column ? `has ${column.width} numbers per ${column.per}` : `is no column of the data: ask for it with data.columns: { ${name}: { unit: 1 } }`;
  throw new InvalidParameterError(`regularization.scan.groups names "${name}", which ${found}; it must be config_type or a number per structure`);
}
