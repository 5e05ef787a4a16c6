import type { Descriptor, PreparedDescriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { prepareShared } from "../../descriptors/shared-tables.js";
import { attachKernel, type KernelParameters, kernelScale, prepareKernelPoints } from "../../kernels/registry.js";
import { cholesky } from "../../linalg/triangular.js";
import type { KernelEvaluator } from "../../kernels/kernel.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import type { MemoryPool, Pointer, Region } from "../../wasm/memory.js";
import { withScratch } from "../../wasm/scratch.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { SparseGpTermTables } from "./tables.js";

/** reg of the predictive variance, in units of δ²: as in GAP. */
const VARIANCE_REGULARIZATION = 1e-3;

/** One term of the energy: Σ_i Σ_s α_s k(x_i, x_s) over the rows i of its descriptor and sparse points s; k is w w′ k(x, x′) where rows have weights. */
export interface SparseGpTerm {
  /** Of what the kernel compares: its rows are of centers, or of tuples of a center with its neighbors. */
  readonly descriptor: Descriptor;
  /** k(x_i, x_s), with δ² in it. */
  readonly kernel: KernelParameters;
  /** Atomic numbers of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** nSparse × nFeatures, row-major */
  readonly sparsePoints: Float64Array;
  /** nSparse, 1/eV */
  readonly coefficients: Float64Array;
}

export interface PreparedTerm {
  readonly term: SparseGpTerm;
  readonly tables: SparseGpTermTables;
  release(): void;
}

/** Whether two terms compare the same sparse points with the same kernel. */
function hasSamePoints(a: SparseGpTerm, b: SparseGpTerm): boolean {
  const isSame = a.sparsePoints === b.sparsePoints || (a.sparsePoints.length === b.sparsePoints.length && a.sparsePoints.every((value, i) => Object.is(value, b.sparsePoints[i])));
  return isSame && a.coefficients.length === b.coefficients.length && JSON.stringify(a.kernel) === JSON.stringify(b.kernel);
}

let lastPoints = 0;

/**
 * Puts a term's sparse points and coefficients in shared memory.
 * @param variance whether the predictive variance will be asked for
 * @param known terms of the same descriptor that stay in memory at least as long: their sparse points are used again where they are the same
 */
export function prepareTerm(
  wasm: Wasm, pool: MemoryPool, term: SparseGpTerm, species: SpeciesList, firstColumn: number, variance: boolean, known: readonly PreparedTerm[] = [],
): PreparedTerm {
  const nFeatures = term.descriptor.featureCount(species);
  const nSparse = term.coefficients.length;
  const regions: Region[] = [];
  let descriptor: PreparedDescriptor | undefined;
  const release = (): void => {
    for (const region of regions.splice(0)) pool.release(region);
    descriptor?.release();
    descriptor = undefined;
  };
  const allocate = (bytes: number, label: string): Pointer => {
    const region = pool.allocate(bytes, label);
    regions.push(region);
    return region.pointer;
  };
  try {
    descriptor = prepareShared(term.descriptor, wasm, pool, species);
    const coefficients = allocate(8 * nSparse, "coefficients");
    wasm.f64(coefficients, nSparse).set(term.coefficients);
    const centers = term.centers === null ? null : term.centers.map((atomicNumber) => species.indexOf(atomicNumber));
    const shape = { descriptor: descriptor.tables, kernel: term.kernel, centers, nSparse, nFeatures, firstColumn, coefficients };
    const same = variance ? undefined : known.find((other) => hasSamePoints(other.term, term))?.tables;
    if (same) return { term, tables: { ...shape, points: same.points, pointsSerial: same.pointsSerial, varianceFactor: 0 }, release };
    const stored = pool.allocate(8 * nSparse * nFeatures, "sparse points");
    regions.push(stored);
    wasm.f64(stored.pointer, nSparse * nFeatures).set(term.sparsePoints);
    const rows = matrix(stored.pointer, nSparse, nFeatures);
    const points = prepareKernelPoints(wasm, term.kernel, rows, true, (bytes) => allocate(bytes, "sparse points"), term.descriptor.weighsRows);
    const varianceFactor = variance ? allocate(8 * nSparse * nSparse, "factor of the predictive variance") : 0;
    if (variance) factorKernel(wasm, pool, attachKernel(wasm, term.kernel, descriptor.tables), kernelScale(term.kernel), rows, varianceFactor);
    pool.release(stored);
    regions.splice(regions.indexOf(stored), 1);
    return { term, tables: { ...shape, points, pointsSerial: ++lastPoints, varianceFactor }, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** out = lower Cholesky factor of K_ss / δ² + reg·1 */
function factorKernel(wasm: Wasm, pool: MemoryPool, kernel: KernelEvaluator, scale: number, points: Matrix, out: Pointer): void {
  const n = points.rows;
  const result = matrix(out, n, n);
  withScratch(pool, (arena) => kernel.matrix(points, points, result, arena));
  const values = wasm.f64(out, n * n);
  for (let i = 0; i < n * n; i++) values[i] /= scale;
  for (let i = 0; i < n; i++) values[i * n + i] += VARIANCE_REGULARIZATION;
  withScratch(pool, (arena) => cholesky(wasm, arena, result));
}
