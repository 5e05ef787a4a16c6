import { InvalidParameterError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { Holdings } from "../../parallel/holdings.js";
import { digestOfNumbers } from "../checkpoint/identity.js";
import { lengthsAtOnce } from "./estimate.js";
import { columnsOf, type KernelFitJob, validationOf } from "./job.js";
import { fillKernelMatrices, type KernelTerm, placeNorms } from "./kernel-matrix.js";
import { KeptLengths } from "./kept-lengths.js";
import { type LengthChoice, lengthChoices } from "./length-scales.js";
import { bestPoint, groupsByName, type ScanInput, scanShifts, type ShiftStatistics } from "./scan.js";
import { type ScanOptions, scanLambdas } from "./schema.js";
import type { KernelRidgeScanPoint } from "./scan-point.js";
import type { FinishedKernelFit } from "./summary.js";
import { describeRows, type RowSet, type TermRows } from "./term-rows.js";
import { isolatedEnergy } from "./training-data.js";

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
  readonly validation: ValidationRows | undefined;
  readonly kept: KeptLengths;
}

/** Tries all pairs of length scale and λ: one decomposition of the kernel matrix for each length scale. */
export async function runScan(job: KernelFitJob, rows: readonly TermRows[], scan: ScanOptions): Promise<FinishedScan> {
  const { options, data, executor } = job;
  const choices = lengthChoices(scan, options.model.terms, rows, executor.wasm, options.seed);
  const validation = scan.by === "validation" ? await validationRows(job) : undefined;
  const groups = groupsOfStructures(job, scan);
  const kept = new KeptLengths(job.context.kept, choices, validation?.digest);
  const found = await kept.find();
  const step = lengthsAtOnce(data.dataset.nStructures, choices.length);
  try {
    for (let first = 0; first < choices.length; first += step) {
      const together = [...choices.keys()].slice(first, first + step);
      const missing = together.filter((length) => !found[length]);
      if (missing.length === 0) continue;
      const made = await scanLengths({ job, rows, groups, validation, kept }, together, missing);
      missing.forEach((length, k) => (found[length] = made[k]));
    }
  } finally {
    validation?.holdings.release();
  }
  return finishScan(scan, choices, found as ShiftStatistics[][]);
}

/** @param found of every length scale */
export function finishScan(scan: ScanOptions, choices: readonly LengthChoice[], found: readonly ShiftStatistics[][]): FinishedScan {
  const points = choices.flatMap((choice, length) => found[length].map((point) => ({ lengthScales: choice.lengthScales, ofMedian: choice.ofMedian, ...point, choice })));
  const plain = points.map(({ choice: _, ...point }): KernelRidgeScanPoint => point);
  const best = bestPoint(plain, scan.by);
  return { options: scan, points: plain, best, choice: points[plain.indexOf(best)].choice, lengths: choices.length };
}

interface ValidationRows {
  readonly rows: readonly RowSet[];
  /** eV, nStructures: without isolated atoms and mean */
  readonly energies: Float64Array;
  /** Of the structures with their energies. */
  readonly digest: string;
  readonly holdings: Holdings;
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

/**
 * @param lengths which of the choices: their kernel matrices are made together
 * @param missing which of these are decomposed
 */
async function scanLengths({ job, rows, groups, validation, kept }: ScanJob, lengths: readonly number[], missing: readonly number[]): Promise<ShiftStatistics[][]> {
  const { data, executor, signal, onProgress, terms } = job;
  const part = lengths.map((length) => kept.choices[length]);
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
    const tiles = await fillKernelMatrices({ terms: placed, outs: matrices, part: "upper" }, job, kept.tilesOf("kernel matrices", lengths));
    const crossed = validation ? square("kernels of the validation data", n, validation.energies.length) : undefined;
    const crossTiles = crossed && (await fillKernelMatrices({ terms: across, outs: crossed, part: "full" }, job, kept.tilesOf("kernels of the validation data", lengths)));
    const vectors = square("decompositions of the kernel matrices");
    const targets = columnsOf(data.targets);
    const inputOf = (k: number): ScanInput => ({
      kernel: matrices[k], q: vectors[k], targets, nTargets: data.targets.length, lambdas: scanLambdas(job.options.fit), groups,
      ...(crossed && { validation: { kernels: crossed[k], energies: validation!.energies } }),
    });
    let unsafe = missing.length;
    const onSafe = (): void => {
      if (--unsafe === 0) [tiles, crossTiles].forEach((blocks) => blocks?.settle());
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
