// The linear system that gap_fit solved, as it dumps it: the same solution by our factorizations.
import { dirname, join } from "node:path/posix";
import {
  cholesky, choleskyScratchBytes, matrix, packedElements, packedIndex, packedSolve, packedTriangle, packedTriangleBytes, qrScratchBytes, qrUpdate,
} from "../../src/linalg/index.js";
import { kernelValue } from "../../src/kernels/index.js";
import type { SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena } from "../../src/wasm/memory.js";
import type { Comparisons } from "./comparisons.js";
import type { ReferenceFolder } from "./folder.js";
import type { GapFile } from "./gap-model.js";

const names = ["dump_Kmm", "dump_Kmn.0", "dump_lambda.0", "dump_globalY.0"] as const;

/** The files of the system, where the model has one. */
export function linearSystemFiles(folder: ReferenceFolder, { name }: GapFile): string[] {
  return names.map((file) => join(dirname(name), file)).filter((file) => folder.has(file));
}

/**
 * The kernel matrix of the sparse points, with jitter on its diagonal, by our kernels.
 * @param model with GAP's sparse points; @param jitter eV²
 */
export function compareKernelMatrix(folder: ReferenceFolder, gap: GapFile, model: SparseGpModel, jitter: number, comparisons: Comparisons): void {
  const expected = Float64Array.from(folder.text(join(dirname(gap.name), "dump_Kmm")).trim().split(/\s+/u), Number);
  const size = Math.sqrt(expected.length);
  const actual = new Float64Array(size * size);
  let first = 0;
  for (const [t, { descriptor, kernel, sparsePoints, coefficients }] of model.terms.entries()) {
    const nFeatures = descriptor.featureCount(model.species);
    const points = Array.from(coefficients, (_, s) => sparsePoints.subarray(s * nFeatures, (s + 1) * nFeatures));
    // δ of rows that stand for several of GAP's is larger by as much
    const scale = (kernel.delta / Number(gap.coordinates[t].attributes.signal_variance)) ** 2;
    points.forEach((x, i) => points.forEach((y, j) => (actual[(first + i) * size + first + j] = kernelValue(kernel, x, y, descriptor.weighsRows) / scale)));
    first += points.length;
  }
  for (let i = 0; i < size; i++) actual[i * size + i] += jitter;
  comparisons.compare("linear systems, kernel matrices", gap.name, actual, expected, 1e-9);
}

/**
 * Coefficients that minimise |Λ^−½ (K_NM c − y)|² + cᵀ K_MM c, from K_MM (with jitter), K_MN (column by column), σ² and y.
 * gap_fit's own are good to 1.5·10⁻⁷, by the conditioning of the system.
 */
export function compareLinearSystem(folder: ReferenceFolder, gap: GapFile, executor: Executor, comparisons: Comparisons): void {
  const [prior, columns, variances, targets] = names.map((file) => Float64Array.from(folder.text(join(dirname(gap.name), file)).trim().split(/\s+/u), Number)) as [
    Float64Array, Float64Array, Float64Array, Float64Array,
  ];
  const expected = gap.coordinates.flatMap(({ coefficients }) => [...coefficients]);
  const [m, n, size] = [expected.length, targets.length, expected.length + 1];
  const bytes = 8 * (size * size + n * size + size) + packedTriangleBytes(size) + choleskyScratchBytes(m) + qrScratchBytes(size, n) + 4096;
  const region = executor.pool.allocate(bytes, "linear system");
  try {
    const { wasm } = executor;
    const arena = new Arena(region);
    const [factor, rows, x] = [matrix(arena.f64(m * m), m, m), matrix(arena.f64(n * size), n, size), arena.f64(m)];
    const triangle = packedTriangle(arena.allocate(packedTriangleBytes(size)), size);
    wasm.f64(factor.pointer, m * m).set(prior);
    cholesky(wasm, arena, factor);
    const lower = wasm.f64(factor.pointer, m * m);
    const upper = packedElements(wasm, triangle).fill(0);
    for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) upper[packedIndex(triangle.stride, j, i)] = lower[i * m + j]!;
    const design = wasm.f64(rows.pointer, n * size);
    for (let row = 0; row < n; row++) {
      const weight = 1 / Math.sqrt(variances[row]);
      for (let s = 0; s < m; s++) design[row * size + s] = weight * columns[row * m + s];
      design[row * size + m] = weight * targets[row];
    }
    qrUpdate(wasm, arena, triangle, rows);
    for (let i = 0; i < m; i++) wasm.f64(x, m)[i] = upper[packedIndex(triangle.stride, i, m)]!;
    packedSolve(wasm, triangle, m, x);
    comparisons.compare("linear systems, coefficients", gap.name, wasm.f64(x, m).slice(), expected, 1e-6);
  } finally {
    executor.pool.release(region);
  }
}
