import { InvalidParameterError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { readTriangle, writeTriangle } from "../../linalg/packed-triangle.js";
import { cholesky, choleskyScratchBytes } from "../../linalg/triangular.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices } from "../../math/sampling.js";
import type { KernelRidgeErrorBars } from "../../models/kernel-ridge/options.js";
import { defineTask } from "../../parallel/task.js";
import { cur } from "../../select/cur.js";
import { farthestPoints } from "../../select/farthest-point.js";
import { splitBlocks } from "../least-squares/blocks.js";
import { chainCount, reduceRows, type RowsInput, type RowSource } from "../least-squares/chains.js";
import { makeTriangles, solveTriangle, strideOf, type Triangle } from "../least-squares/triangle.js";
import { ERROR_BAR_BYTES } from "./estimate.js";
import type { KernelFitJob, KernelRidgeFitResult } from "./job.js";
import { fillKernelMatrices, type KernelTerm, placeNorms } from "./kernel-matrix.js";
import { lengthChoices } from "./length-scales.js";
import { lowerOf, modelOf } from "./model-parts.js";
import { DEFAULT_LAMBDA, type SparseKernelOptions } from "./schema.js";
import { summarizeKernelFit } from "./summary.js";
import { describeRows, type TermRows } from "./term-rows.js";

/** Share of the diagonal that is added to the kernel matrix of the landmarks, so that it can be factored. */
const JITTER = 1e-10;

/**
 * A fit with landmark structures M in place of all N (subset of regressors): minimises |K_NM c − y|² + λ cᵀ K_MM c by QR of [√λ Lᵀ; K_NM],
 * K_MM = L·Lᵀ. Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eqs. 8.14 and 8.26, 10.7551/mitpress/3206.001.0001.
 */
export async function fitLandmarks(job: KernelFitJob, sparse: SparseKernelOptions): Promise<KernelRidgeFitResult> {
  const { options, data, terms, holdings, clock, executor } = job;
  const { wasm } = executor;
  if (data.targets.length > 1) throw new InvalidParameterError("fit.sparse fits the energy alone: leave other targets out");
  const rows: TermRows[] = [];
  for (const term of terms) rows.push(await describeRows(term, data.dataset, data.species, holdings, job));
  const chosen = await chooseLandmarks(job, rows[0], sparse);
  const landmarks: TermRows[] = [];
  for (const term of terms) landmarks.push(await describeRows(term, data.dataset.subset(chosen), data.species, holdings, job));
  clock.end("descriptors and landmarks", "landmarks");
  const [n, m] = [data.dataset.nStructures, chosen.length];
  const choice = lengthChoices({}, options.model.terms, rows, wasm, options.seed)[0];
  const own: KernelTerm[] = [];
  const across: KernelTerm[] = [];
  for (const [t, set] of landmarks.entries()) {
    const kernels = [choice.kernels[t]];
    const norms = terms[t].options.normalize ? { right: await placeNorms(set, kernels, holdings, job.signal), left: await placeNorms(rows[t], kernels, holdings, job.signal) } : null;
    own.push({ left: set, right: set, kernels, norms: norms && { left: norms.right, right: norms.right } });
    across.push({ left: rows[t], right: set, kernels, norms });
  }
  const ofLandmarks = matrix(holdings.allocate(8 * m * m, `the kernel matrix of ${m} landmarks`).pointer, m, m);
  await fillKernelMatrices({ terms: own, outs: [ofLandmarks], part: "lower" }, job);
  await executor.submit(factorLandmarks, ofLandmarks, { signal: job.signal, label: "kernel matrix of the landmarks" });
  const design = matrix(holdings.allocate(8 * n * m, `kernels of ${n} structures with ${m} landmarks`).pointer, n, m);
  await fillKernelMatrices({ terms: across, outs: [design], part: "full" }, job);
  clock.end("kernel matrix", "kernel matrix");
  const lambda = (options.fit.regularization as number | undefined) ?? DEFAULT_LAMBDA;
  const triangle = await reduce(job, design, lowerOf(executor, ofLandmarks), lambda);
  const { coefficients, residual } = await executor.submit(solveTriangle, triangle, { signal: job.signal, label: "coefficients" });
  clock.end("solution");
  const scale = residual ** 2 / (lambda * n);
  const hasErrorBars = options.fit.errorBars ?? 8 * m * (m + 1) <= ERROR_BAR_BYTES;
  const errorBars = hasErrorBars ? errorBarsOf(sparse, lowerOf(executor, ofLandmarks), transposedTriangle(readTriangle(wasm, triangle), m), lambda, scale, m) : null;
  const norms = own.map((term) => term.norms && wasm.f64(term.norms.left, m).slice());
  const model = modelOf(job, { rows: landmarks, choice, norms, solution: { coefficients }, errorBars, lambda });
  const summary = summarizeKernelFit({
    structures: n, atoms: data.dataset.nAtoms, leftOut: data.leftOut, species: data.species, isolated: data.isolated,
    targets: { energies: n, forceComponents: 0, virialComponents: 0 },
    terms: terms.map((term, t) => ({ options: term.options, nFeatures: landmarks[t].nFeatures, nRows: landmarks[t].structures.length, lengthScale: choice.lengthScales[t] })),
    lambda, logEvidence: undefined, leaveOneOut: [], scan: undefined, size: m, stages: clock.stages,
    warnings: m < sparse.count ? [`${m} landmarks are taken where sparse.count asks for ${sparse.count}: there are no more different structures`] : [],
    peakWasmBytes: executor.pool.peakBytes,
  });
  return { model, summary, leftOutResiduals: new Float64Array(0) };
}

/** Structures by the rows of the first term, of several atoms by their mean. Ascending. */
async function chooseLandmarks(job: KernelFitJob, rows: TermRows, { method, count }: SparseKernelOptions): Promise<Int32Array> {
  const { executor, holdings, options, signal, onProgress } = job;
  const { nStructures, nFeatures } = rows;
  const random = seededRandom(options.seed);
  if (count >= nStructures) return Int32Array.from({ length: nStructures }, (_, i) => i);
  if (method === "random") return sampleIndices(nStructures, count, random);
  const { pointer } = holdings.allocate(8 * nStructures * nFeatures, "rows to choose landmarks from");
  const means = executor.wasm.f64(pointer, nStructures * nFeatures).fill(0);
  const counts = new Int32Array(nStructures);
  rows.structures.forEach((structure, row) => {
    const source = executor.wasm.f64(rows.pointer + 8 * row * nFeatures, nFeatures);
    counts[structure]++;
    for (let f = 0; f < nFeatures; f++) means[structure * nFeatures + f] += source[f];
  });
  for (let at = 0; at < means.length; at++) means[at] /= Math.max(1, counts[Math.floor(at / nFeatures)]);
  const choices = { values: pointer, count: nStructures, nFeatures };
  const context = { executor, signal, onProgress };
  return (method === "cur" ? await cur(choices, count, random, context) : await farthestPoints(choices, count, random, context)).sort();
}

/** L of K_MM with its jitter. Not pure, so it reserves its scratch before it writes. */
const factorLandmarks = defineTask("fit/kernel-ridge/factor-landmarks", ({ wasm, scratch }, kernel: Matrix): null => {
  const mark = scratch.mark();
  scratch.allocate(choleskyScratchBytes(kernel.rows) + 256);
  scratch.reset(mark);
  const elements = wasm.f64(kernel.pointer, kernel.rows * kernel.stride);
  for (let i = 0; i < kernel.rows; i++) elements[i * (kernel.stride + 1)] *= 1 + JITTER;
  cholesky(wasm, scratch, kernel);
  return null;
});

interface LandmarkRows {
  /** Rows of K_NM. */
  readonly kernels: Matrix;
  readonly targets: Float64Array;
}

/** Copies rows of K_NM with their targets. */
const writeLandmarkRows = defineTask("fit/kernel-ridge/landmark-rows", ({ wasm }, { rows: { kernels, targets }, design }: RowsInput<LandmarkRows>): null => {
  const stride = strideOf(kernels.columns);
  for (let i = 0; i < kernels.rows; i++) {
    const out = wasm.f64(design + 8 * i * stride, stride).fill(0);
    out.set(wasm.f64(kernels.pointer + 8 * i * kernels.stride, kernels.columns));
    out[kernels.columns] = targets[i];
  }
  return null;
});

/** R of [√λ Lᵀ; K_NM], with the reduced targets in its last column. */
async function reduce(job: KernelFitJob, design: Matrix, factor: Float64Array, lambda: number): Promise<Triangle> {
  const { executor, signal, onProgress, holdings, data } = job;
  const m = design.columns;
  const blocks = splitBlocks(new Array<number>(design.rows).fill(1));
  const triangles = await makeTriangles(m, chainCount(m + 1, blocks.length), holdings, signal);
  const prior = new Float64Array((m + 1) ** 2);
  for (let i = 0, at = 0; i < m; i++) for (let j = 0; j <= i; j++, at++) prior[j * (m + 1) + i] = Math.sqrt(lambda) * factor[at];
  writeTriangle(executor.wasm, triangles[0], prior);
  const source: RowSource<LandmarkRows> = {
    count: blocks.length,
    maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
    rowsOf: (block) => blocks[block].nRows,
    write: writeLandmarkRows,
    input(block) {
      const { items, nRows } = blocks[block];
      return { kernels: { ...design, pointer: design.pointer + 8 * items[0] * design.stride, rows: nRows }, targets: data.targets[0].values.slice(items[0], items[0] + nRows) };
    },
  };
  await reduceRows(source, triangles, { executor, signal, onProgress });
  return triangles[0];
}

/** Rᵀ without the targets, row by row. */
function transposedTriangle(r: Float64Array, m: number): Float64Array {
  const lower = new Float64Array((m * (m + 1)) / 2);
  for (let i = 0, at = 0; i < m; i++) for (let j = 0; j <= i; j++, at++) lower[at] = r[j * (m + 1) + i];
  return lower;
}

/** Projected process: k** − |L⁻¹k|² + λ |R⁻ᵀk|²; subset of regressors: the last term alone. */
function errorBarsOf(
  { approximation }: SparseKernelOptions, landmarks: Float64Array, reduced: Float64Array, lambda: number, scale: number, size: number,
): KernelRidgeErrorBars {
  const known = { weight: -lambda, values: reduced };
  if (approximation === "subset-of-regressors") return { scale, prior: 0, size, factors: [known] };
  return { scale, prior: 1, size, factors: [{ weight: 1, values: landmarks }, known] };
}
