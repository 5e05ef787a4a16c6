import { InvalidParameterError, NumericalError } from "../../errors.js";
import { matrix, type Matrix, transpose } from "../../linalg/matrix.js";
import {
  factorShifted, projectColumns, shiftedInverseBlock, shiftedInverseDiagonal, shiftedScratchBytes, solveShifted, tridiagonalForm, tridiagonalScratchBytes,
} from "../../linalg/tridiagonal.js";
import { cholesky, choleskyScratchBytes, solveTriangularVector } from "../../linalg/triangular.js";
import { defineTask } from "../../parallel/task.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { KernelRidgeScanErrors, KernelRidgeScanPoint } from "./scan-point.js";

/** A kernel matrix that is decomposed once for all λ. */
export interface ScanInput {
  /** n × n, upper half; overwritten */
  readonly kernel: Matrix;
  /** n × n, for Qᵀ */
  readonly q: Matrix;
  /** f64 [n × nTargets] */
  readonly targets: Float64Array;
  readonly nTargets: number;
  readonly lambdas: readonly number[];
  /** Structures of every group that is left out together; undefined: not wanted */
  readonly groups?: readonly Int32Array[] | undefined;
  /** undefined: not wanted */
  readonly validation?: OtherKernels | undefined;
  readonly others?: readonly (OtherKernels & { readonly name: string })[] | undefined;
}

/** Structures that are not fitted to. */
export interface OtherKernels {
  /** m × n: with those of the training data */
  readonly kernels: Matrix;
  /** f64 [m]: as the targets, without isolated atoms and mean */
  readonly energies: Float64Array;
}

/** Numbers of a scan for one λ; NaN where the kernel matrix with it is not positive definite. */
export type ShiftStatistics = Omit<KernelRidgeScanPoint, "lengthScales" | "ofMedian">;

/** All λ of one kernel matrix, K = Q·T·Qᵀ: every λ takes n² operations afterwards. */
export const scanShifts = defineTask("fit/kernel-ridge/scan", ({ wasm, scratch }, input: ScanInput): ShiftStatistics[] => {
  const { kernel, q, targets, nTargets, lambdas, groups, validation, others } = input;
  const n = kernel.rows;
  const largest = Math.max(1, ...(groups ?? []).map(({ length }) => length));
  // reserved before the kernel matrix is overwritten, since a task that lacks scratch runs again
  const mark = scratch.mark();
  scratch.allocate(Math.max(tridiagonalScratchBytes(n), shiftedScratchBytes(n, Math.max(nTargets, largest)) + 16 * largest * largest + choleskyScratchBytes(largest)) + 1024);
  scratch.reset(mark);
  const form = tridiagonalForm(wasm, scratch, kernel, q);
  const projected = projectColumns(wasm, scratch, form, targets);
  return lambdas.map((lambda): ShiftStatistics => {
    try {
      const factor = factorShifted(form, lambda);
      const { solution, forms } = solveShifted(wasm, scratch, form, factor, projected);
      const diagonal = shiftedInverseDiagonal(wasm, scratch, form, factor);
      const leaveOneOut = statistics(nTargets, (target) => diagonal.map((inverse, i) => solution[i * nTargets + target] / inverse));
      const blockOf = (members: Int32Array): Float64Array => shiftedInverseBlock(wasm, scratch, form, factor, members);
      return {
        lambda,
        leaveOneOut,
        ...(groups && { leaveGroupOut: statistics(nTargets, (target) => groupResiduals(wasm, scratch, groups, blockOf, solution, nTargets, target)) }),
        ...(validation && { validation: errorsOf(wasm, validation, solution, nTargets).rmse }),
        ...(others && { others: Object.fromEntries(others.map((set) => [set.name, errorsOf(wasm, set, solution, nTargets)])) }),
        logEvidence: logEvidence(forms[0], factor.logDeterminant, n),
        scaledLogEvidence: scaledLogEvidence(forms[0], factor.logDeterminant, n),
      };
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const none = new Array<number>(nTargets).fill(NaN);
      const unknown = others && { others: Object.fromEntries(others.map(({ name }) => [name, { rmse: NaN, correlation: NaN }])) };
      return { lambda, leaveOneOut: none, ...(groups && { leaveGroupOut: none }), ...(validation && { validation: NaN }), ...unknown, logEvidence: NaN, scaledLogEvidence: NaN };
    }
  });
});

/** −½ yᵀ(K + λ)⁻¹y − ½ ln det (K + λ) − ½ n ln 2π */
export function logEvidence(form: number, logDeterminant: number, n: number): number {
  return -0.5 * (form + logDeterminant + n * Math.log(2 * Math.PI));
}

/** The same of K + λ times the scale that makes it largest, yᵀ(K + λ)⁻¹y/n. */
export function scaledLogEvidence(form: number, logDeterminant: number, n: number): number {
  return -0.5 * (n + n * Math.log(form / n) + logDeterminant + n * Math.log(2 * Math.PI));
}

/** Root mean squares of what is left of each target. */
function statistics(nTargets: number, residuals: (target: number) => Float64Array): number[] {
  return Array.from({ length: nTargets }, (_, target) => rms(residuals(target)));
}

/** Root mean square. */
export function rms(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** Residuals of groups that are left out: (C_GG)⁻¹ α_G with C = (K + λ)⁻¹. */
export function groupResiduals(
  wasm: Wasm, scratch: Arena, groups: readonly Int32Array[], blockOf: (members: Int32Array) => Float64Array, solution: Float64Array, nTargets: number, target: number,
): Float64Array {
  const residuals = new Float64Array(solution.length / nTargets);
  for (const members of groups) {
    const mark = scratch.mark();
    const count = members.length;
    const block = matrix(scratch.f64(count * count), count, count);
    wasm.f64(block.pointer, count * count).set(blockOf(members));
    const x = scratch.f64(count);
    const values = wasm.f64(x, count);
    members.forEach((member, i) => (values[i] = solution[member * nTargets + target]));
    cholesky(wasm, scratch, block);
    solveTriangularVector(wasm, "lower", block, x);
    solveTriangularVector(wasm, "lower", transpose(block), x);
    members.forEach((member, i) => (residuals[member] = values[i]));
    scratch.reset(mark);
  }
  return residuals;
}

function errorsOf(wasm: Wasm, { kernels, energies }: OtherKernels, solution: Float64Array, nTargets: number): KernelRidgeScanErrors {
  const { pointer, rows, columns, stride } = kernels;
  const predicted = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = wasm.f64(pointer + 8 * i * stride, columns);
    for (let j = 0; j < columns; j++) predicted[i] += row[j] * solution[j * nTargets];
  }
  return { rmse: rms(predicted.map((value, i) => value - energies[i])), correlation: correlationOf(predicted, energies) };
}

/** Pearson's; NaN where there is none, or squares are too large for numbers. */
function correlationOf(x: Float64Array, y: Float64Array): number {
  if ([x, y].some((values) => values.every((value) => value === values[0]))) return NaN; // their mean may differ from them in the last digit
  const [deviationsX, deviationsY] = [deviationsOf(x), deviationsOf(y)];
  const sum = deviationsX.reduce((total, value, i) => total + value * deviationsY[i], 0);
  const scale = x.length * rms(deviationsX) * rms(deviationsY);
  return Number.isFinite(scale) ? sum / scale : NaN;
}

function deviationsOf(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** The measure that a scan is decided by: the lower, the better. */
export function measureOf(point: KernelRidgeScanPoint, by: "leave-one-out" | "leave-group-out" | "evidence" | "validation"): number {
  if (by === "leave-one-out") return point.leftOutOverSigma ?? point.leaveOneOut[0];
  if (by === "leave-group-out") return point.leftOutOverSigma ?? point.leaveGroupOut![0];
  return by === "validation" ? point.validation! : -point.scaledLogEvidence;
}

/**
 * The best point of a scan, the first of equals.
 * @throws {NumericalError} when no kernel matrix is positive definite, or none has a measure
 */
export function bestPoint(points: readonly KernelRidgeScanPoint[], by: Parameters<typeof measureOf>[1]): KernelRidgeScanPoint {
  const usable = points.filter((point) => Number.isFinite(measureOf(point, by)));
  if (usable.length === 0) {
    const isSingular = points.every(({ leaveOneOut: [error] }) => Number.isNaN(error));
    if (isSingular) throw new NumericalError("no point of regularization.scan has a kernel matrix that is positive definite: give larger lambda");
    throw new NumericalError(`no point of regularization.scan has a finite ${by}: the energies are all equal, of one structure only, or too large`);
  }
  return usable.reduce((best, point) => (measureOf(point, by) < measureOf(best, by) ? point : best));
}

/**
 * Structures by group, in the order of their first member.
 * @param names group of each structure
 * @throws {InvalidParameterError} for fewer than two groups
 */
export function groupsByName(names: readonly string[], option: string): Int32Array[] {
  const groups = new Map<string, number[]>();
  for (const [i, name] of names.entries()) {
    const members = groups.get(name);
    if (members) members.push(i);
    else groups.set(name, [i]);
  }
  if (groups.size < 2) throw new InvalidParameterError(`regularization.scan.by is leave-group-out, but ${option} tells only one group of structures apart: name another column in groups`);
  return [...groups.values()].map((members) => Int32Array.from(members));
}
