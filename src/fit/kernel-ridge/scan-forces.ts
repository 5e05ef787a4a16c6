import { NumericalError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { factorShifted, projectColumns, shiftedInverseBlock, shiftedScratchBytes, solveShifted, tridiagonalForm, tridiagonalScratchBytes } from "../../linalg/tridiagonal.js";
import { choleskyScratchBytes } from "../../linalg/triangular.js";
import { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type DerivativeLayout, type DerivativeRows, fillDerivativeKernels, rowsOfStructures } from "./derivative-rows.js";
import { lengthsAtOnce } from "./estimate.js";
import type { KernelFitJob } from "./job.js";
import { KeptLengths } from "./kept-lengths.js";
import { lengthChoices } from "./length-scales.js";
import { type FinishedScan, finishScan, groupsOfStructures } from "./run-scan.js";
import { groupResiduals, logEvidence, rms, scaledLogEvidence, type ShiftStatistics } from "./scan.js";
import { type ScanOptions, scanLambdas } from "./schema.js";
import type { TermRows } from "./term-rows.js";

/** A kernel matrix of energies and derivatives that is decomposed once for all λ. */
interface DerivativeScanInput {
  /** n × n, lower half; overwritten */
  readonly kernel: Matrix;
  /** n × n, for Qᵀ */
  readonly q: Matrix;
  /** n: energies, then derivatives */
  readonly targets: Float64Array;
  /** n: variances σ² */
  readonly noise: Float64Array;
  readonly nEnergies: number;
  /** Factors of σ². */
  readonly lambdas: readonly number[];
  /** Rows of every structure. */
  readonly structures: readonly Int32Array[];
  /** Rows of every group that is left out together; undefined: not wanted */
  readonly groups?: readonly Int32Array[] | undefined;
}

/** All λ of one kernel matrix: K + λR with R = diag σ², as R^½ (K̃ + λ) R^½ and K̃ = R^−½ K R^−½ = Q·T·Qᵀ. Structures are left out whole. */
const scanDerivatives = defineTask("fit/kernel-ridge/scan-derivatives", ({ wasm, scratch }, input: DerivativeScanInput): ShiftStatistics[] => {
  const { kernel, q, targets, noise, nEnergies, lambdas, structures, groups } = input;
  const n = kernel.rows;
  const largest = Math.max(1, ...[...structures, ...(groups ?? [])].map(({ length }) => length));
  // reserved before the kernel matrix is overwritten, since a task that lacks scratch runs again
  const mark = scratch.mark();
  scratch.allocate(Math.max(tridiagonalScratchBytes(n), shiftedScratchBytes(n, largest) + 16 * largest * largest + choleskyScratchBytes(largest)) + 1024);
  scratch.reset(mark);
  const sigma = noise.map(Math.sqrt);
  scaleToUpper(wasm, kernel, sigma);
  const form = tridiagonalForm(wasm, scratch, kernel, q);
  const projected = projectColumns(wasm, scratch, form, targets.map((target, row) => target / sigma[row]));
  const logSigmas = sigma.reduce((sum, value) => sum + Math.log(value), 0);
  /** Of energies, then of components of forces. */
  const errors = (residuals: Float64Array): number[] => {
    const own = residuals.map((residual, row) => residual * sigma[row]);
    return [rms(own.subarray(0, nEnergies)), rms(own.subarray(nEnergies))];
  };
  return lambdas.map((lambda): ShiftStatistics => {
    try {
      const factor = factorShifted(form, lambda);
      const { solution, forms } = solveShifted(wasm, scratch, form, factor, projected);
      const leftOut = (parts: readonly Int32Array[]): Float64Array =>
        groupResiduals(wasm, scratch, parts, (members) => shiftedInverseBlock(wasm, scratch, form, factor, members), solution, 1, 0);
      const ofStructures = leftOut(structures);
      const ofGroups = groups && leftOut(groups);
      return {
        lambda,
        leaveOneOut: errors(ofStructures),
        ...(ofGroups && { leaveGroupOut: errors(ofGroups) }),
        leftOutOverSigma: rms(ofGroups ?? ofStructures),
        logEvidence: logEvidence(forms[0], factor.logDeterminant, n) - logSigmas,
        scaledLogEvidence: scaledLogEvidence(forms[0], factor.logDeterminant, n) - logSigmas,
      };
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const none = [NaN, NaN];
      return { lambda, leaveOneOut: none, ...(groups && { leaveGroupOut: none }), leftOutOverSigma: NaN, logEvidence: NaN, scaledLogEvidence: NaN };
    }
  });
});

/** Rows and columns are divided by σ, and the lower half goes to the upper, in blocks that stay in the cache. */
function scaleToUpper(wasm: Wasm, { pointer, rows: n, stride }: Matrix, sigma: Float64Array): void {
  const values = wasm.f64(pointer, n * stride);
  const step = 32;
  for (let ib = 0; ib < n; ib += step) {
    for (let jb = 0; jb <= ib; jb += step) {
      for (let i = ib; i < Math.min(n, ib + step); i++) {
        for (let j = jb; j <= Math.min(i, jb + step - 1); j++) values[j * stride + i] = values[i * stride + j] / (sigma[i] * sigma[j]);
      }
    }
  }
}

/** What a scan of a fit to energies and forces is made of. */
export interface DerivativeScan {
  readonly rows: readonly TermRows[];
  readonly derivatives: readonly DerivativeRows[];
  readonly layout: DerivativeLayout;
  /** size */
  readonly targets: Float64Array;
}

/** Tries all pairs of length scale and λ, a factor of σ²: one decomposition of the kernel matrix for each length scale. */
export async function runForceScan(job: KernelFitJob, scanned: DerivativeScan, scan: ScanOptions): Promise<FinishedScan> {
  const { options, data: { dataset }, executor, context } = job;
  const { rows, layout, targets } = scanned;
  const choices = lengthChoices(scan, options.model.terms, rows, executor.wasm, options.seed);
  const rowsOf = (members: readonly number[]): Int32Array => Int32Array.from(members.flatMap((structure) => rowsOfStructures(layout, dataset, structure, structure + 1)));
  const shared: SharedInput = {
    targets,
    noise: layout.noise,
    nEnergies: layout.energies.reduce((count, row) => count + Number(row >= 0), 0),
    lambdas: scanLambdas(options.fit),
    structures: Array.from({ length: dataset.nStructures }, (_, structure) => rowsOf([structure])),
    groups: groupsOfStructures(job, scan)?.map((members) => rowsOf([...members])),
  };
  const kept = new KeptLengths(context.kept, choices, undefined);
  const found = await kept.find();
  const missing = [...choices.keys()].filter((length) => !found[length]);
  const step = lengthsAtOnce(layout.size, choices.length);
  for (let first = 0; first < missing.length; first += step) {
    const part = missing.slice(first, first + step);
    const made = await scanLengths(job, scanned, shared, kept, part);
    part.forEach((length, k) => (found[length] = made[k]));
  }
  return finishScan(scan, choices, found as ShiftStatistics[][]);
}

/** What the decompositions of all length scales have in common. */
type SharedInput = Omit<DerivativeScanInput, "kernel" | "q">;

/** @param lengths which of the choices: as many kernel matrices as are held at once */
async function scanLengths(job: KernelFitJob, { derivatives, layout }: DerivativeScan, shared: SharedInput, kept: KeptLengths, lengths: readonly number[]): Promise<ShiftStatistics[][]> {
  const { data: { dataset }, executor, signal, onProgress } = job;
  const { size } = layout;
  const holdings = new Holdings(executor);
  const square = (what: string): Matrix => matrix(holdings.allocate(8 * size * size, what).pointer, size, size);
  try {
    const inputs: DerivativeScanInput[] = [];
    for (const length of lengths) {
      const kernel = square(`the kernel matrices of ${size} energies and forces`);
      await fillDerivativeKernels(derivatives.map((rows, t) => ({ kernel: kept.choices[length].kernels[t], rows })), layout, dataset, kernel, job);
      inputs.push({ ...shared, kernel, q: square("decompositions of the kernel matrices") });
    }
    const onDone = (index: number, statistics: ShiftStatistics[]): void => {
      kept.keep(lengths[index], statistics);
      onProgress?.({ stage: "scan", done: kept.done, total: kept.choices.length, unit: "length scales", ...(kept.parts && { safe: kept.safe }) });
    };
    return await executor.map(scanDerivatives, inputs, { signal, onDone });
  } finally {
    holdings.release();
  }
}
