import { NumericalError } from "../../errors.js";
import { matrix } from "../../linalg/matrix.js";
import { countTargets } from "../targets.js";
import { describeDerivatives, derivativeLayout, type DerivativeRows, directionsOf, fillDerivativeKernels, jacobiansOf } from "./derivative-rows.js";
import { ERROR_BAR_BYTES } from "./estimate.js";
import type { KernelFitJob, KernelRidgeFitResult } from "./job.js";
import { lengthChoices } from "./length-scales.js";
import { lowerOf, modelOf, termsOf } from "./model-parts.js";
import { logEvidence, rms } from "./scan.js";
import { runForceScan } from "./scan-forces.js";
import { diagonalOfInverse, factorKernel } from "./solve.js";
import { type KernelRidgeLeftOut, summarizeKernelFit } from "./summary.js";
import { describeRows, type TermRows } from "./term-rows.js";

/**
 * A Gaussian process of energies and forces: kernels of energies and of their derivatives by positions, (K + R) α = y with the variances R of the
 * targets, y the energies and ∂E/∂r = −F.
 */
export async function fitForces(job: KernelFitJob): Promise<KernelRidgeFitResult> {
  const { options, data, terms, holdings, clock, executor, signal } = job;
  const { dataset } = data;
  const layout = derivativeLayout(dataset, options.fit);
  const rows: TermRows[] = [];
  const derivatives: DerivativeRows[] = [];
  for (const term of terms) {
    const set = await describeRows(term, dataset, data.species, holdings, job);
    rows.push(set);
    derivatives.push(await describeDerivatives(term, set, dataset, data.species, layout, holdings, job));
  }
  clock.end("descriptors");
  const { size } = layout;
  const targets = layout.derivatives.slice();
  layout.energies.forEach((row, structure) => row >= 0 && (targets[row] = data.targets[0].values[structure]));
  const { regularization } = options.fit;
  const scan = typeof regularization === "object" ? await runForceScan(job, { rows, derivatives, layout, targets }, regularization.scan) : undefined;
  if (scan) clock.end("scan of λ", "scan");
  const choice = scan?.choice ?? lengthChoices({}, options.model.terms, rows, executor.wasm, options.seed)[0];
  const noiseScale = scan?.best.lambda;
  const noise = layout.noise.map((variance) => variance * (noiseScale ?? 1));
  const kernel = matrix(holdings.allocate(8 * size * size, `the kernel matrix of ${size} energies and forces`).pointer, size, size);
  await fillDerivativeKernels(derivatives.map((own, t) => ({ kernel: choice.kernels[t], rows: own })), layout, dataset, kernel, job, job.context.kept);
  clock.end("kernel matrix", "kernel matrix");
  const solution = await executor.submit(factorKernel, { kernel, noise, targets }, { signal, label: "kernel matrix" }).catch((error: unknown) => {
    if (!(error instanceof NumericalError)) throw error;
    throw new NumericalError(`the kernel matrix of ${size} energies and forces is not positive definite: raise fit.sigma`, { cause: error });
  });
  const diagonal = await diagonalOfInverse(kernel, job);
  clock.end("solution");
  const { coefficients } = solution;
  const leftOutResiduals = coefficients.map((value, row) => value / diagonal[row]);
  const ofEnergies = Float64Array.from(layout.energies, (row) => (row < 0 ? 0 : coefficients[row]));
  const bytes = derivatives.reduce((sum, { stack }) => sum + 8 * stack.rows * stack.nFeatures, 4 * size * (size + 1));
  const hasErrorBars = options.fit.errorBars ?? bytes <= ERROR_BAR_BYTES;
  const errorBars = hasErrorBars ? { scale: 1, prior: 1, size, factors: [{ weight: 1, values: lowerOf(executor, kernel) }] } : null;
  const parts = await Promise.all(derivatives.map(async (own, t) => ({
    directions: await directionsOf(own, coefficients, rows[t].structures.length, job),
    jacobians: hasErrorBars ? jacobiansOf(own, rows[t].structures.length, job) : null,
  })));
  const modelTerms = termsOf(job, { rows, choice, norms: terms.map(() => null), derivatives: parts });
  const model = modelOf(job, { terms: modelTerms, solution: { coefficients: ofEnergies }, errorBars, lambda: undefined, noiseScale });
  const summary = summarizeKernelFit({
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    leftOut: data.leftOut,
    species: data.species,
    isolated: data.isolated,
    targets: countTargets(dataset, options.fit.sigma!),
    terms: terms.map((term, t) => ({ options: term.options, nFeatures: rows[t].nFeatures, nRows: rows[t].structures.length, lengthScale: choice.lengthScales[t] })),
    lambda: undefined,
    noiseScale,
    logEvidence: logEvidence(solution.forms[0], solution.logDeterminant, size),
    leaveOneOut: leftOutErrors(leftOutResiduals, layout.energies),
    scan,
    size,
    stages: clock.stages,
    warnings: [],
    peakWasmBytes: executor.pool.peakBytes,
  });
  return { model, summary, leftOutResiduals };
}

/** Each row left out for itself: single components of forces are told by the others of the same atom, so that theirs are no errors of prediction. */
function leftOutErrors(residuals: Float64Array, energies: Int32Array): KernelRidgeLeftOut[] {
  const own = Float64Array.from(Array.from(energies).filter((row) => row >= 0), (row) => residuals[row]);
  if (own.length === 0) return [];
  return [{ target: "energy", unit: "eV", rmse: rms(own), mae: own.reduce((sum, value) => sum + Math.abs(value), 0) / own.length }];
}
