import { InvalidParameterError } from "../../errors.js";
import { LinearModel } from "../../models/linear/model.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { findIsolatedAtomEnergies } from "../isolated-atoms.js";
import { countTargets } from "../targets.js";
import type { FitContext, FitRequest } from "../trainer.js";
import { withActiveSets } from "./active-sets.js";
import { allCoefficients, covarianceOf } from "./coefficients.js";
import type { ColumnLayout } from "./columns.js";
import { leaveStructuresOutOf } from "./cross-validation.js";
import { greedyPath } from "./greedy-path.js";
import { columnScales } from "./prior.js";
import { recallReduction, type ReducedTerm } from "./reduction.js";
import type { LinearJob } from "./rows.js";
import { type LinearFit, linearFitSchema, linearSchema, type ResolvedLinearFit, resolveLinearFit } from "./schema.js";
import type { LinearSolution } from "./solvers/solution.js";
import { solveReduced } from "./solvers/solve.js";
import { type LinearFitSummary, summarize } from "./summary.js";
import { unusedColumns } from "./unused-columns.js";
import { fitWarnings } from "./warnings.js";
import { evidenceSigma, squaredWeights } from "./weights.js";

/** A fitted linear potential with an account of the fit. */
export interface LinearFitResult {
  /** Ready to predict and to store. */
  readonly model: LinearModel;
  /** Sizes, times, weights, and what the solver found. */
  readonly summary: LinearFitSummary;
}

/**
 * Fits a linear potential to energies, forces and virials: rows A of the features and their derivatives, divided by σ, are reduced to a
 * triangle block by block, A = Q R, and the solver finds the coefficients from R and Qᵀy. The same bits for any number of threads.
 * @throws {InvalidParameterError} for targets, species or isolated-atom energies that the data does not have, a model without
 * coefficients or with far too many; {NumericalError}; {ResourceError}; {CancelledError}
 */
export async function fitLinear(request: LinearFit | FitRequest, dataset: Dataset, executor: Executor, context: FitContext = {}): Promise<LinearFitResult> {
  throwIfAborted(context.signal);
  const options = resolveLinearFit(request);
  const identity = () => fitIdentity({ model: linearSchema, fit: linearFitSchema }, options, dataset, executor);
  return withCheckpoint(context, identity, (own) => fitResolved(options, dataset, executor, own));
}

async function fitResolved(options: ResolvedLinearFit, dataset: Dataset, executor: Executor, context: FitContext): Promise<LinearFitResult> {
  const { signal, onProgress } = context;
  const { model, fit } = options;
  const species = dataset.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const targets = countTargets(dataset, fit.sigma);
  const isolated = model.isolatedAtomEnergies === "none" ? undefined : findIsolatedAtomEnergies(model.isolatedAtomEnergies, dataset, species, fit.sigma);
  const job: LinearJob = { options, dataset, species, isolated, context };
  const { reduced, layout, terms, plan, milliseconds } = await recallReduction(job, executor);
  const started = performance.now();
  const { kept, norms, rows } = reduced;
  const descriptors = terms.map(({ descriptor }) => descriptor);
  const unused = unusedColumns(layout, descriptors, norms);
  if (kept.length === 0) throw new InvalidParameterError("every column of the fit is 0 in all data: choose parameters of the descriptors that reach neighbors");
  const scales = columnScales(fit.prior, { layout, descriptors, species, norms, nRows: rows.nRows });
  const covariance = fit.errorBars || fit.crossValidation !== "none";
  const solution = await solveReduced(rows, fit.solver, Float64Array.from(kept, (column) => scales[column]), { executor, signal, onProgress }, { covariance });
  const path = await greedyPath(job, { reduced, terms }, solution, executor);
  const solved = modelOf(job, layout, terms, solution, kept, scales);
  const solvedAt = performance.now();
  const fitted = fit.activeSet ? await withActiveSets(solved, dataset, { executor, signal, onProgress, environments: context.environments }) : solved;
  const gradedAt = performance.now();
  const leftOut = fit.crossValidation === "leave-structure-out" ? await leaveStructuresOutOf(job, solution, kept, executor) : undefined;
  const summary = summarize({
    options, layout, plan, solution, path, dataset, targets, isolated,
    weights: squaredWeights(dataset, fit.sigma),
    warnings: [...fitWarnings(options, dataset, isolated, unused, solution), ...(path?.warnings ?? [])],
    residual: Math.sqrt(solution.sumOfSquares),
    minimum: minimumOf(solution, fit.solver.type, Float64Array.from(kept, (column) => scales[column])),
    milliseconds: { ...milliseconds, solve: solvedAt - started, activeSets: gradedAt - solvedAt, leftOut: performance.now() - gradedAt },
    activeSets: fitted.activeSets,
    leftOut,
    peakWasmBytes: executor.pool.peakBytes,
  });
  return { model: fitted, summary };
}

/** Of the sum of squares with λ·|Γ·c|²; relevance determination has a prior of its own for every coefficient. */
function minimumOf({ sumOfSquares, regularization = 0, coefficients }: LinearSolution, solver: string, scale: Float64Array): number | undefined {
  if (solver === "ard") return undefined;
  return sumOfSquares + regularization * coefficients.reduce((sum, value, column) => sum + (scale[column] * value) ** 2, 0);
}

function modelOf(
  { options: { model, fit, seed }, species, isolated, context }: LinearJob,
  { terms: placed, firstIntercept, nColumns }: ColumnLayout,
  terms: readonly ReducedTerm[],
  solution: LinearSolution,
  kept: Int32Array,
  scales: Float64Array,
): LinearModel {
  const coefficients = allCoefficients(solution, kept, nColumns);
  const noise = evidenceSigma(fit.sigma, solution.noiseVariance);
  return new LinearModel({
    species,
    isolatedAtomEnergies: isolated?.values,
    intercepts: firstIntercept === undefined ? undefined : [...coefficients.subarray(firstIntercept)],
    terms: terms.map(({ descriptor, centers, quadratic }, t) => {
      const { firstColumn, blocks, width } = placed[t];
      return { descriptor, centers, quadratic, coefficients: coefficients.slice(firstColumn, firstColumn + blocks.length * width) };
    }),
    residualNoise: noise && { energy: noise.energy, forces: noise.forces, perAtom: fit.sigma.perAtom },
    covariance: fit.errorBars ? covarianceOf(solution, kept, scales) : undefined,
    provenance: { ...context.provenance, options: { model, fit, seed } },
  });
}
