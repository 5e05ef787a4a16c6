import { InvalidParameterError } from "../../errors.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import { readTriangle, writeTriangle } from "../../linalg/packed-triangle.js";
import { cholesky, choleskyScratchBytes } from "../../linalg/triangular.js";
import type { KernelRidgeErrorBars } from "../../models/kernel-ridge/options.js";
import { type KernelRidgeTerm, prepareTerm } from "../../models/kernel-ridge/term.js";
import { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import { digestOfNumbers } from "../checkpoint/identity.js";
import { chainCount, reduceRows } from "../least-squares/chains.js";
import { makeTriangles, solveTriangle, type Triangle, triangleBytes } from "../least-squares/triangle.js";
import { ERROR_BAR_BYTES } from "./estimate.js";
import type { KernelFitJob, KernelRidgeFitResult } from "./job.js";
import { fillKernelMatrices } from "./kernel-matrix.js";
import { chooseLandmarks } from "./landmark-choice.js";
import { landmarkBlocks, landmarkSource } from "./landmark-rows.js";
import { type LengthChoice, lengthChoices } from "./length-scales.js";
import { lowerOf, modelOf, termsOf } from "./model-parts.js";
import { placeTerms } from "./place-terms.js";
import { DEFAULT_LAMBDA, type SparseKernelOptions } from "./schema.js";
import { summarizeKernelFit } from "./summary.js";
import { describeRows, type TermRows } from "./term-rows.js";

/** Share of the diagonal that is added to the kernel matrix of the landmarks, so that it can be factored. */
const JITTER = 1e-10;

/**
 * A fit with landmark structures M in place of all N (subset of regressors): minimises |K_NM c − y|² + λ cᵀ K_MM c by QR of [√λ Lᵀ; K_NM],
 * K_MM = L·Lᵀ, block by block of rows, so that memory does not grow with N. Rasmussen, Williams, Gaussian Processes for Machine Learning (2006),
 * eqs. 8.14 and 8.26, 10.7551/mitpress/3206.001.0001.
 */
export async function fitLandmarks(job: KernelFitJob, sparse: SparseKernelOptions): Promise<KernelRidgeFitResult> {
  const { options, data, terms, clock, executor } = job;
  const { wasm } = executor;
  if (data.targets.length > 1) throw new InvalidParameterError("fit.sparse fits the energy alone: leave other targets out");
  const chosen = await chooseLandmarks(job, sparse);
  const choice = lengthChoices({}, options.model.terms, [], wasm, options.seed)[0];
  const { terms: modelTerms, factor } = await describeLandmarks(job, chosen, choice);
  clock.end("landmarks", "landmarks");
  const [n, m] = [data.dataset.nStructures, chosen.length];
  const lambda = (options.fit.regularization as number | undefined) ?? DEFAULT_LAMBDA;
  const triangle = await reduce(job, modelTerms, factor, m, lambda);
  clock.end("kernels and QR", "kernels and QR");
  const { coefficients, residual } = await executor.submit(solveTriangle, triangle, { signal: job.signal, label: "coefficients" });
  clock.end("solution");
  const scale = residual ** 2 / (lambda * n);
  const hasErrorBars = options.fit.errorBars ?? 8 * m * (m + 1) <= ERROR_BAR_BYTES;
  const errorBars = hasErrorBars ? errorBarsOf(sparse, factor, transposedTriangle(readTriangle(wasm, triangle), m), lambda, scale, m) : null;
  const model = modelOf(job, { terms: modelTerms, solution: { coefficients }, errorBars, lambda });
  const summary = summarizeKernelFit({
    structures: n, atoms: data.dataset.nAtoms, leftOut: data.leftOut, species: data.species, isolated: data.isolated,
    targets: { energies: n, forceComponents: 0, virialComponents: 0 },
    terms: modelTerms.map(({ rows, structures }, t) => ({
      options: terms[t].options, nFeatures: rows.length / Math.max(1, structures.length), nRows: structures.length, lengthScale: choice.lengthScales[t],
    })),
    lambda, logEvidence: undefined, leaveOneOut: [], scan: undefined, size: m, stages: clock.stages,
    warnings: m < sparse.count ? [`${m} landmarks are taken where sparse.count asks for ${sparse.count}: there are no more different structures`] : [],
    peakWasmBytes: executor.pool.peakBytes,
  });
  return { model, summary, leftOutResiduals: new Float64Array(0) };
}

/** Landmarks as the model holds them. */
interface Landmarks {
  readonly terms: readonly KernelRidgeTerm[];
  /** Triangle L of K_MM, row by row */
  readonly factor: Float64Array;
}

/** Nothing of it stays in the memory of the threads. */
async function describeLandmarks(job: KernelFitJob, chosen: Int32Array, choice: LengthChoice): Promise<Landmarks> {
  const { data, terms, executor, signal } = job;
  const m = chosen.length;
  const holdings = new Holdings(executor);
  try {
    const landmarks: TermRows[] = [];
    for (const term of terms) landmarks.push(await describeRows(term, data.dataset.subset(chosen), data.species, holdings, job));
    const own = await placeTerms(choice, landmarks, terms, { ...job, holdings });
    const kernel = matrix(holdings.allocate(8 * m * m, `the kernel matrix of ${m} landmarks`).pointer, m, m);
    await fillKernelMatrices({ terms: own, outs: [kernel], part: "lower" }, job);
    await executor.submit(factorLandmarks, kernel, { signal, label: "kernel matrix of the landmarks" });
    const norms = own.map((term) => term.norms && executor.wasm.f64(term.norms.left, m).slice());
    return { terms: termsOf(job, { rows: landmarks, choice, norms }), factor: lowerOf(executor, kernel) };
  } finally {
    holdings.release();
  }
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

/** R of [√λ Lᵀ; K_NM], with the reduced targets in its last column. */
async function reduce(job: KernelFitJob, terms: readonly KernelRidgeTerm[], factor: Float64Array, m: number, lambda: number): Promise<Triangle> {
  const { executor, signal, onProgress, holdings, data, context: { kept } } = job;
  const { dataset, species } = data;
  const tables = terms.map((term) => holdings.keep(prepareTerm(executor.wasm, executor.pool, term, { species, gradients: false, errorBars: true, coefficients: [] })).tables);
  const blocks = landmarkBlocks(dataset.nStructures, dataset.nAtoms);
  const triangles = await makeTriangles(m, chainCount(m + 1, blocks.length), holdings, signal);
  const prior = new Float64Array((m + 1) ** 2);
  for (let i = 0, at = 0; i < m; i++) for (let j = 0; j <= i; j++, at++) prior[j * (m + 1) + i] = Math.sqrt(lambda) * factor[at];
  writeTriangle(executor.wasm, triangles[0], prior);
  const of = kept && terms.map(({ kernel, rows }) => [kernel, digestOfNumbers([rows])]);
  const chains = kept?.chains({ name: "rows", of, elements: triangleBytes(m) / 8, chains: triangles.length, blocks: blocks.length });
  const source = landmarkSource({ terms: tables, species, nLandmarks: m }, dataset, data.targets[0].values, blocks);
  if (chains) holdings.keep(chains);
  await reduceRows(source, triangles, { executor, signal, onProgress }, chains);
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
