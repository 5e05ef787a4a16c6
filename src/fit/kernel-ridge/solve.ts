import { NumericalError } from "../../errors.js";
import { matrix, type Matrix, transpose } from "../../linalg/matrix.js";
import { cholesky, choleskyScratchBytes, solveScratchBytes, solveTriangular } from "../../linalg/triangular.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";

/** Columns of L⁻¹ that are computed together. */
const COLUMNS = 96;

interface FactorInput {
  /** n × n, lower half of K; becomes L of K + noise = L·Lᵀ */
  readonly kernel: Matrix;
  /** n: what is added to the diagonal */
  readonly noise: Float64Array;
  /** f64 [n × nTargets] */
  readonly targets: Float64Array;
}

/** What solves (K + noise) α = y. */
export interface KernelSolution {
  /** f64 [n × nTargets] */
  readonly coefficients: Float64Array;
  /** yᵀ(K + noise)⁻¹y of each target */
  readonly forms: Float64Array;
  readonly logDeterminant: number;
}

/** Factors and solves. Not pure (K is overwritten), so it reserves its scratch before it writes. */
export const factorKernel = defineTask("fit/kernel-ridge/factor", ({ wasm, scratch }, { kernel, noise, targets }: FactorInput): KernelSolution => {
  const n = kernel.rows;
  const nTargets = n === 0 ? 0 : targets.length / n;
  const x = matrix(scratch.f64(targets.length), n, nTargets);
  const mark = scratch.mark();
  scratch.allocate(Math.max(choleskyScratchBytes(n), solveScratchBytes(n, nTargets)) + 256);
  scratch.reset(mark);
  const elements = wasm.f64(kernel.pointer, n * kernel.stride);
  for (let i = 0; i < n; i++) elements[i * kernel.stride + i] += noise[i];
  cholesky(wasm, scratch, kernel);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(elements[i * kernel.stride + i]);
  const values = wasm.f64(x.pointer, targets.length);
  values.set(targets);
  solveTriangular(wasm, scratch, "lower", kernel, x);
  const forms = new Float64Array(nTargets);
  for (let i = 0; i < targets.length; i++) forms[i % nTargets] += values[i] ** 2;
  solveTriangular(wasm, scratch, "lower", transpose(kernel), x);
  const coefficients = values.slice();
  if (!coefficients.every(Number.isFinite)) throw new NumericalError("the solution of the kernel matrix is not finite");
  return { coefficients, forms, logDeterminant };
});

/** Diagonal elements of (L·Lᵀ)⁻¹ in some columns: their norms in L⁻¹, which begins with the column. */
const inverseDiagonal = defineTask(
  "fit/kernel-ridge/inverse-diagonal",
  ({ wasm, scratch }, { factor, first, count }: { readonly factor: Matrix; readonly first: number; readonly count: number }): Float64Array => {
    const n = factor.rows - first;
    const x = matrix(scratch.f64(n * count), n, count);
    const values = wasm.f64(x.pointer, n * count).fill(0);
    for (let i = 0; i < count; i++) values[i * count + i] = 1;
    solveTriangular(wasm, scratch, "lower", matrix(factor.pointer + 8 * first * (factor.stride + 1), n, n, factor.stride), x);
    const diagonal = new Float64Array(count);
    for (let i = 0; i < n * count; i++) diagonal[i % count] += values[i] ** 2;
    return diagonal;
  },
);

/** The diagonal of (L·Lᵀ)⁻¹: n³/3 operations, on all threads. */
export async function diagonalOfInverse(factor: Matrix, { executor, signal, onProgress }: WorkContext): Promise<Float64Array> {
  const n = factor.rows;
  const spans = Array.from({ length: Math.ceil(n / COLUMNS) }, (_, i) => ({ factor, first: i * COLUMNS, count: Math.min(COLUMNS, n - i * COLUMNS) }));
  let done = 0;
  const parts = await executor.map(inverseDiagonal, spans, {
    signal,
    onDone: () => onProgress?.({ stage: "structures left out", done: ++done, total: spans.length, unit: "blocks" }),
  });
  const diagonal = new Float64Array(n);
  parts.forEach((part, i) => diagonal.set(part, spans[i].first));
  return diagonal;
}
