// The linear system that gap_fit solved, as it dumps it: the same solution by our factorizations.
import { dirname, join } from "node:path/posix";
import {
  cholesky, choleskyScratchBytes, matrix, packedElements, packedIndex, packedSolve, packedTriangle, packedTriangleBytes, qrScratchBytes, qrUpdate,
} from "../../src/linalg/index.js";
import { kernelValue } from "../../src/kernels/index.js";
import { evaluateStructures, type Prediction, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Dataset } from "../../src/structures/index.js";
import { Arena } from "../../src/wasm/memory.js";
import type { Comparisons } from "./comparisons.js";
import type { ReferenceFolder } from "./folder.js";
import type { GapFile, GapRun } from "./gap-model.js";

const names = ["dump_Kmm", "dump_Kmn.0", "dump_lambda.0", "dump_globalY.0"] as const;

/** The files of the system, where the model has one. */
export function linearSystemFiles(folder: ReferenceFolder, name: string): string[] {
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
    const scale = (kernel.delta / gap.content.coordinates[t].delta) ** 2;
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
  const expected = gap.content.coordinates.flatMap(({ coefficients }) => [...coefficients]);
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

/** What gap_fit was run with. */
interface Fitted {
  /** With GAP's sparse points. */
  readonly model: SparseGpModel;
  readonly training: Dataset;
  readonly run: GapRun;
  readonly executor: Executor;
}

/** A row of the system: what is predicted of a structure, and what it is compared with. */
interface Row {
  /** Of a prediction above the energies of isolated atoms. */
  of(prediction: Prediction): number;
  readonly structure: number;
  readonly target: number;
  /** σ² */
  readonly variance: number;
}

/** xx, yx, zx, yy, zy, zz of nine numbers, row by row. */
const VIRIALS = [0, 3, 6, 4, 7, 8];

/** Energies of all structures, then the derivatives of each: ∂E/∂r = −F of every component, and ∂E/∂ε = −W. */
function rowsOf({ model, training, run }: Fitted): Row[] {
  const energies: Row[] = [];
  const derivatives: Row[] = [];
  for (const [structure, { atomicNumbers, targets, configType }] of [...training].entries()) {
    const sigma = run.configTypes[configType ?? ""] ?? run.sigma;
    const perAtom = run.perAtom ? atomicNumbers.length : 1;
    const atoms = atomicNumbers.reduce((sum, z) => sum + model.isolatedAtomEnergies[model.species.indexOf(z)], 0);
    const { energy, forces, virial } = targets;
    if (energy !== undefined && sigma.energy > 0) energies.push({ structure, target: energy - atoms, variance: sigma.energy ** 2 * perAtom, of: (predicted) => predicted.energy - atoms });
    if (forces && sigma.forces > 0) forces.forEach((force, i) => derivatives.push({ structure, target: -force, variance: sigma.forces ** 2, of: (predicted) => -predicted.forces![i] }));
    if (virial && sigma.virial > 0) for (const i of VIRIALS) derivatives.push({ structure, target: -virial[i], variance: sigma.virial ** 2 * perAtom, of: (predicted) => -predicted.virial![i] });
  }
  return [...energies, ...derivatives];
}

/** K_MN, σ² and y: the columns of K_MN are what models predict that have one coefficient alone. */
export async function compareDesign(folder: ReferenceFolder, gap: GapFile, fitted: Fitted, comparisons: Comparisons): Promise<void> {
  const read = (name: string): Float64Array => Float64Array.from(folder.text(join(dirname(gap.name), name)).trim().split(/\s+/u), Number);
  const { model, training, executor } = fitted;
  const rows = rowsOf(fitted);
  comparisons.compare("linear systems, targets", gap.name, rows.map(({ target }) => target), read("dump_globalY.0"), 1e-9);
  comparisons.compare("linear systems, variances", gap.name, rows.map(({ variance }) => variance), read("dump_lambda.0"), 1e-9);
  const expected = read("dump_Kmn.0");
  const nColumns = model.nColumns;
  let column = 0;
  for (const [t, term] of model.terms.entries()) {
    // rows that stand for several of GAP's have kernels that are larger by the square, and coefficients that are smaller by as much
    const perRow = term.kernel.delta / gap.content.coordinates[t].delta;
    for (const s of term.coefficients.keys()) {
      const terms = model.terms.map((other) => ({ ...other, coefficients: other.coefficients.map((_, i) => (other === term && i === s ? 1 / perRow : 0)) }));
      const predictions: Prediction[] = [];
      for await (const { prediction } of evaluateStructures(model.with({ terms }), training, executor, { want: { forces: true, virial: true } })) predictions.push(prediction);
      const actual = rows.map(({ of, structure }) => of(predictions[structure]));
      comparisons.compare("linear systems, kernels of rows", gap.name, actual, rows.map((_, n) => expected[n * nColumns + column]), 1e-7);
      column++;
    }
  }
}
