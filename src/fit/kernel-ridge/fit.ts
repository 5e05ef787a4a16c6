import { NumericalError } from "../../errors.js";
import { kernelRemedy } from "../../kernels/registry.js";
import { matrix, type Matrix } from "../../linalg/matrix.js";
import type { KernelRidgeErrorBars } from "../../models/kernel-ridge/options.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { sigmaOf } from "../structure-sigma.js";
import type { FitContext, FitRequest } from "../trainer.js";
import { findDuplicates } from "./duplicates.js";
import { ERROR_BAR_BYTES, requireRoom, validatedCount } from "./estimate.js";
import { fillKernelMatrices, type KeptTiles } from "./kernel-matrix.js";
import { fitForces } from "./fit-forces.js";
import { columnsOf, type KernelFitJob, type KernelRidgeFitResult } from "./job.js";
import { fitLandmarks } from "./landmarks.js";
import { type LengthChoice, lengthChoices } from "./length-scales.js";
import { lowerOf, modelOf, termsOf } from "./model-parts.js";
import { openKernelFit } from "./open-job.js";
import { placeTerms } from "./place-terms.js";
import { runScan } from "./run-scan.js";
import { rms } from "./scan.js";
import { DEFAULT_LAMBDA, fitsForces, type KernelRidgeFit, kernelRidgeFitSchema, kernelRidgeSchema, type ResolvedKernelFit, resolveKernelFit } from "./schema.js";
import { diagonalOfInverse, factorKernel, type KernelSolution } from "./solve.js";
import { type KernelRidgeLeftOut, summarizeKernelFit } from "./summary.js";
import { describeRows, type TermRows } from "./term-rows.js";
import type { FittedTarget } from "./training-data.js";

/**
 * Fits kernel ridge regression: α = (K + λ)⁻¹ y with the kernels K of whole structures, see `KernelRidgeModel`. λ and length scales may be
 * chosen among several. The same bits for any number of threads.
 * @throws {InvalidParameterError} for what the data does not have; {NumericalError} when K + λ is not positive definite, naming structures that
 * are equal; {ResourceError}; {CancelledError}
 */
export async function fitKernelRidge(request: KernelRidgeFit | FitRequest, dataset: Dataset, executor: Executor, context: FitContext = {}): Promise<KernelRidgeFitResult> {
  throwIfAborted(context.signal);
  const options = resolveKernelFit(request);
  requireRoom(options, dataset, executor.threads, validatedCount(options, context.validation));
  const identity = () => fitIdentity({ model: kernelRidgeSchema, fit: kernelRidgeFitSchema }, options, dataset, executor);
  return withCheckpoint(context, identity, (own) => fitResolved(options, dataset, executor, own));
}

async function fitResolved(options: ResolvedKernelFit, dataset: Dataset, executor: Executor, context: FitContext): Promise<KernelRidgeFitResult> {
  const holdings = new Holdings(executor);
  try {
    const job = await openKernelFit(options, dataset, context, holdings);
    if (options.fit.sparse) return await fitLandmarks(job, options.fit.sparse);
    return fitsForces(options.fit) ? await fitForces(job) : await fitEnergies(job);
  } finally {
    holdings.release();
  }
}

async function fitEnergies(job: KernelFitJob): Promise<KernelRidgeFitResult> {
  const { options, data, terms, holdings, clock, executor } = job;
  const { wasm } = executor;
  const rows: TermRows[] = [];
  for (const term of terms) rows.push(await describeRows(term, data.dataset, data.species, holdings, job));
  clock.end("descriptors");
  const { regularization } = options.fit;
  const scan = typeof regularization === "object" ? await runScan(job, rows, regularization.scan) : undefined;
  if (scan) clock.end("scan of λ", "scan");
  const choice = scan?.choice ?? lengthChoices({}, options.model.terms, rows, wasm, options.seed)[0];
  const lambda = scan?.best.lambda ?? (options.fit.sigma ? undefined : (regularization as number | undefined) ?? DEFAULT_LAMBDA);
  const n = data.dataset.nStructures;
  const kernelTerms = await placeTerms(choice, rows, terms, job);
  const kernel = matrix(holdings.allocate(8 * n * n, `the kernel matrix of ${n} structures`).pointer, n, n);
  await fillKernelMatrices({ terms: kernelTerms, outs: [kernel], part: "lower" }, job, keptTiles(job, choice, scan && 1 / (scan.lengths + 1)));
  clock.end("kernel matrix", "kernel matrix");
  const noise = Float64Array.from({ length: n }, (_, i) => lambda ?? sigmaOf(data.dataset, i, options.fit.sigma!).energy! ** 2);
  const solution = await solve(job, kernel, noise, rows, choice);
  const diagonal = await diagonalOfInverse(kernel, job);
  const leftOutResiduals = leftOut(solution, diagonal, data.targets.length);
  clock.end("solution");
  const norms = kernelTerms.map((term) => term.norms && wasm.f64(term.norms.left, n).slice());
  const errorBars = errorBarsOf(job, kernel, solution, diagonal);
  const model = modelOf(job, { terms: termsOf(job, { rows, choice, norms }), solution, errorBars, lambda });
  const summary = summarizeKernelFit({
    structures: n,
    atoms: data.dataset.nAtoms,
    leftOut: data.leftOut,
    species: data.species,
    isolated: data.isolated,
    targets: { energies: n, forceComponents: 0, virialComponents: 0 },
    terms: terms.map((term, t) => ({ options: term.options, nFeatures: rows[t].nFeatures, nRows: rows[t].structures.length, lengthScale: choice.lengthScales[t] })),
    lambda,
    logEvidence: -0.5 * (solution.forms[0] + solution.logDeterminant + n * Math.log(2 * Math.PI)),
    leaveOneOut: data.targets.map((target, t) => leftOutErrors(target, leftOutResiduals, data.targets.length, t)),
    scan,
    size: n,
    stages: clock.stages,
    warnings: [],
    peakWasmBytes: executor.pool.peakBytes,
  });
  return { model, summary, leftOutResiduals };
}

/** Where the kernel matrix of a fit is kept. */
function keptTiles({ context: { kept } }: KernelFitJob, { kernels }: LengthChoice, share?: number): KeptTiles | undefined {
  return kept && { kept, name: "kernel matrix", of: kernels, share };
}

/** Names the reason where K + λ cannot be factored. */
async function solve(job: KernelFitJob, kernel: Matrix, noise: Float64Array, rows: readonly TermRows[], { kernels }: LengthChoice): Promise<KernelSolution> {
  const { executor, signal, data } = job;
  try {
    return await executor.submit(factorKernel, { kernel, noise, targets: columnsOf(data.targets) }, { signal, label: "kernel matrix" });
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    const equal = findDuplicates(executor.wasm, rows, data.dataset);
    const remedy = "raise fit.regularization";
    if (equal) throw new NumericalError(`${equal[0]} and ${equal[1]} have equal descriptors, so that the kernel matrix is singular: ${remedy}, or leave one of them out`, { cause: error });
    const hint = kernels.map(kernelRemedy).find((text) => text !== undefined);
    throw new NumericalError(`the kernel matrix of ${data.dataset.nStructures} structures is not positive definite: ${remedy}${hint ? `; ${hint}` : ""}`, { cause: error });
  }
}

function leftOut({ coefficients }: KernelSolution, diagonal: Float64Array, nTargets: number): Float64Array {
  return coefficients.map((value, at) => value / diagonal[Math.floor(at / nTargets)]);
}

function leftOutErrors({ name, unit }: Pick<FittedTarget, "name" | "unit">, residuals: Float64Array, nTargets: number, target: number): KernelRidgeLeftOut {
  const own = residuals.filter((_, at) => at % nTargets === target);
  return { target: name, unit, rmse: rms(own), mae: own.reduce((sum, value) => sum + Math.abs(value), 0) / own.length };
}

/**
 * The factor of K + λ, and a scale by which errors of structures left out are what the error bars say: mean α_i²/[(K + λ)⁻¹]_ii. Where σ are
 * given they set the scale.
 */
function errorBarsOf({ options, executor, data }: KernelFitJob, factor: Matrix, { coefficients }: KernelSolution, diagonal: Float64Array): KernelRidgeErrorBars | null {
  const n = factor.rows;
  if (!(options.fit.errorBars ?? 4 * n * (n + 1) <= ERROR_BAR_BYTES)) return null;
  const nTargets = data.targets.length;
  const ratio = diagonal.reduce((sum, inverse, i) => sum + coefficients[i * nTargets] ** 2 / inverse, 0) / n;
  return { scale: options.fit.sigma ? 1 : ratio, prior: 1, size: n, factors: [{ weight: 1, values: lowerOf(executor, factor) }] };
}
