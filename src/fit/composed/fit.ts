import { InvalidParameterError, NumericalError } from "../../errors.js";
import { ComposedModel } from "../../models/composed/model.js";
import { layoutParameters, type ParameterLayout } from "../../models/composed/parameters.js";
import type { ComposedForm } from "../../models/composed/tree.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { findIsolatedAtomEnergies, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import { countTargets, type TargetCounts } from "../targets.js";
import type { FitContext, FitRequest } from "../trainer.js";
import { countSearches, trainBipartite } from "./bipartite-training.js";
import { jointlyLinear } from "./linear-part.js";
import { solveLinear } from "./least-squares.js";
import { ComposedData } from "./open-data.js";
import { readPotential } from "./potential-option.js";
import { countDescents, trainByProjection } from "./projection-training.js";
import { type ComposedFit, composedFitSchema, composedSchema, type ComposedSection, type ResolvedComposedFit, resolveComposedFit } from "./schema.js";
import { startValues, trainFrom } from "./start-values.js";
import { type ComposedFitSummary, summarize } from "./summary.js";
import { type Trained, type TrainedForm, type TrainingContext, TrainingProgress, type TrainingRecord } from "./training.js";
import { trainingWarnings } from "./warnings.js";

/** A trained composed potential with an account of the fit. */
export interface ComposedFitResult {
  /** Ready to predict and to store. */
  readonly model: ComposedModel;
  /** Sizes, times, and the losses on the way. */
  readonly summary: ComposedFitSummary;
}

/**
 * The form that a model section says.
 * @throws {InvalidParameterError} with the place in a text that is not in the notation
 */
export function formOf({ potential, cutoff, species }: ComposedSection): ComposedForm {
  return { cutoff, ...readPotential(potential, species) };
}

/**
 * Trains a composed potential on energies, forces and virials. The same bits for any number of threads.
 * @throws {InvalidParameterError} for a notation that cannot be read, targets that the data does not have, a cutoff without pairs, fewer rows than
 * parameters; {NumericalError} when no start has a finite loss; {ResourceError}; {CancelledError}
 */
export async function fitComposed(request: ComposedFit | FitRequest, dataset: Dataset, executor: Executor, context: FitContext = {}): Promise<ComposedFitResult> {
  throwIfAborted(context.signal);
  const options = resolveComposedFit(request);
  const identity = () => fitIdentity({ model: composedSchema, fit: composedFitSchema }, options, dataset, executor);
  return withCheckpoint(context, identity, (own) => fitResolved(options, dataset, executor, own));
}

async function fitResolved(options: ResolvedComposedFit, dataset: Dataset, executor: Executor, context: FitContext): Promise<ComposedFitResult> {
  const { signal, onProgress } = context;
  const started = performance.now();
  const species = dataset.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const targets = countTargets(dataset, options.fit.sigma);
  const form = formOf(options.model);
  const whole = { form, layout: layoutParameters(form, species.length) };
  requireRows(whole.layout, targets);
  const isolated = isolatedAtoms(options, dataset, species);
  const holdings = new Holdings(executor);
  try {
    const data = await ComposedData.open(options, form, dataset, isolated?.values ?? species.map(() => 0), { executor, signal, onProgress }, holdings);
    const opened = performance.now();
    const records: TrainingRecord[] = [];
    const trained = await train(options, whole, { data, options: trainingOptions(options), kept: context.kept, onRecord: (record) => records.push(record), onProgress });
    if (!(trained.loss < Infinity)) throw new NumericalError(`no start of the fit has finite energies and forces: narrow fit.startRanges, or check the data for atoms that are too close`);
    const eliminated = Int32Array.from(jointlyLinear(whole.layout, form.root, species.length)).sort();
    const { rank } = await solveLinear(data.problem(whole, false), trained.values, eliminated);
    const model = new ComposedModel({
      species, form, values: trained.values, isolatedAtomEnergies: isolated?.values,
      provenance: { ...context.provenance, options: { model: options.model, fit: options.fit, seed: options.seed } },
    });
    const summary = summarize({
      options, whole, trained, records, dataset, targets, isolated, rank, nEliminated: eliminated.length,
      warnings: trainingWarnings(options, whole, dataset, data, trained, isolated),
      residual: Math.sqrt(trained.loss),
      milliseconds: { pairs: opened - started, training: performance.now() - opened },
      peakWasmBytes: executor.pool.peakBytes,
    });
    return { model, summary };
  } finally {
    holdings.release();
  }
}

function trainingOptions({ fit: { starts, alike, tolerance, maximumIterations }, seed }: ResolvedComposedFit): TrainingContext["options"] {
  return { starts, alike, tolerance, maximumIterations, seed };
}

async function train({ fit }: ResolvedComposedFit, whole: TrainedForm, context: TrainingContext & Pick<FitContext, "onProgress">): Promise<Trained> {
  const { method, start, starts, bipartite } = fit;
  const isSearch = !start && method === "bipartite";
  const count = start ? 1 : isSearch ? countSearches(whole.form, bipartite) : countDescents(whole.form, context.data.nSpecies, starts);
  const own = { ...context, progress: new TrainingProgress(isSearch ? "searches" : "descents", count, context.kept, context.onProgress) };
  if (start) return trainFrom(own, whole, startValues(start, whole, context.data));
  if (method === "variable-projection") return trainByProjection(own, whole.form);
  const { panning, oscillation, zoom, minimumWindow, ...others } = bipartite;
  return trainBipartite(own, { ...others, reduction: { panning, oscillation, zoom, narrowest: minimumWindow } }, whole.form);
}

/** Where the energies begin: shifts make up for the rest. */
function isolatedAtoms({ model, fit }: ResolvedComposedFit, dataset: Dataset, species: readonly number[]): IsolatedAtomEnergies | undefined {
  const option = model.isolatedAtomEnergies ?? (dataset.energies.every(Number.isNaN) ? "none" : "least-squares");
  return option === "none" ? undefined : findIsolatedAtomEnergies(option, dataset, species, fit.sigma);
}

/** @throws {InvalidParameterError} for more parameters than numbers to fit */
export function requireRows(layout: ParameterLayout, { energies, forceComponents, virialComponents }: TargetCounts): void {
  const [nRows, nParameters] = [energies + forceComponents + virialComponents, layout.parameters.length];
  if (nRows >= nParameters) return;
  throw new InvalidParameterError(`model.potential has ${nParameters} parameters, and the data ${nRows} numbers to fit them to: choose a smaller potential, or add forces (fit.sigma.forces) or structures`);
}
