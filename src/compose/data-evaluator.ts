import { assessPotential } from "../analysis/assessment.js";
import { DoubleInformation } from "../analysis/fisher/double-information.js";
import { parameterSets, setOf } from "../analysis/fisher/parameter-sets.js";
import { logKappa } from "../analysis/fisher/precision.js";
import type { Geometry } from "../environments/geometry.js";
import { DataProblem } from "../fit/composed/data-problem.js";
import { ComposedData } from "../fit/composed/open-data.js";
import { largestFeature } from "../fit/composed/parameter-space.js";
import { placeStructures } from "../fit/composed/place-structures.js";
import { resolveComposedFit, type ResolvedComposedFit } from "../fit/composed/schema.js";
import type { PlacedStructure } from "../fit/composed/structure-rows.js";
import type { TrainedForm } from "../fit/composed/training.js";
import { trainingWarnings } from "../fit/composed/warnings.js";
import { findIsolatedAtomEnergies, type IsolatedAtomEnergies } from "../fit/isolated-atoms.js";
import { ComposedModel } from "../models/composed/model.js";
import { printNotation } from "../models/composed/notation.js";
import { parametricOf } from "../models/composed/parametric.js";
import { isLinearKind, layoutParameters } from "../models/composed/parameters.js";
import type { ComposedForm } from "../models/composed/tree.js";
import type { Executor } from "../parallel/executor.js";
import type { Holdings } from "../parallel/holdings.js";
import type { WorkContext } from "../parallel/work-context.js";
import type { Dataset } from "../structures/dataset.js";
import { costSample, measureCost } from "../tune/objectives/validation-loss/cost.js";
import type { CandidateEvaluator, CandidateSpectrum, CandidateEvaluation, FourErrors, TrainingJob } from "./candidate.js";
import { checkComposeData, type ComposeData, targetsIn } from "./judged-data.js";
import type { LargestFeature } from "./moves/draw.js";
import type { LinearMinimum } from "./prune/drop-cost.js";
import type { ResolvedCompose } from "./schema.js";
import { trainCandidate } from "./train-candidate.js";

/** Below this share of the largest an eigenvalue is outside of the significant correlation region. */
const SIGNIFICANT = 1e-15;

/** Work of one candidate after the other on data that stay: each has a signal of its own. */
class CandidateWork implements WorkContext {
  readonly executor: Executor;
  private own: AbortSignal | undefined;

  constructor(private readonly context: WorkContext) {
    this.executor = context.executor;
  }

  get signal(): AbortSignal | undefined {
    return this.own ?? this.context.signal;
  }

  get onProgress(): WorkContext["onProgress"] {
    return this.context.onProgress;
  }

  async stoppedBy<Result>(signal: AbortSignal | undefined, run: () => Promise<Result>): Promise<Result> {
    this.own = signal;
    try {
      return await run();
    } finally {
      this.own = undefined;
    }
  }
}

/** Trains candidates on some structures and judges them on others; pairs and targets of both stay in shared memory. */
export class DataEvaluator implements CandidateEvaluator {
  private constructor(
    private readonly request: ResolvedCompose,
    private readonly parts: ComposeData,
    /** Atomic numbers of the training structures, ascending. */
    readonly species: readonly number[],
    private readonly isolated: IsolatedAtomEnergies | undefined,
    private readonly training: ComposedData,
    private readonly judged: readonly PlacedStructure[],
    private readonly sample: readonly Geometry[],
    private readonly work: CandidateWork,
  ) {}

  /**
   * @param first the largest form that is sure to be trained: starts are compared on a share of the structures that suffices for it
   * @throws {InvalidParameterError} for parts that do not fit together, a cutoff that leaves no pairs; {ResourceError}; {CancelledError}
   */
  static async open(request: ResolvedCompose, first: ComposedForm, parts: ComposeData, context: WorkContext, holdings: Holdings): Promise<DataEvaluator> {
    const work = new CandidateWork(context);
    const { train, validation } = parts;
    const { sigma } = request.fit;
    checkComposeData(parts, sigma);
    const species = train.species();
    const isolated = isolatedAtoms(request, train, species);
    const zeros = isolated?.values ?? species.map(() => 0);
    const options = fitOf(request, first);
    const training = await ComposedData.open(options, first, train, zeros, work, holdings);
    const judged = placeStructures(targetsIn(validation, sigma, species, zeros), first, species, work, holdings);
    return new DataEvaluator(request, parts, species, isolated, training, judged, costSample(train, request.seed), work);
  }

  get nSpecies(): number {
    return this.species.length;
  }

  readonly largestFeature: LargestFeature = (_, { basis, exponents, weights }, op) => {
    const factor = weights.reduce((most, { value }) => Math.max(most, Math.abs(value)), weights.length === 0 ? 1 : 0);
    return Promise.resolve(factor * largestFeature(basis, this.training.largest, exponents.at(0)?.value ?? 0, op === "neighborExp"));
  };

  evaluate(job: TrainingJob): Promise<CandidateEvaluation> {
    return this.work.stoppedBy(job.signal, () => this.trainAndJudge(job));
  }

  private async trainAndJudge(job: TrainingJob): Promise<CandidateEvaluation> {
    const { fit: { starts, alike, tolerance, maximumIterations } } = this.request;
    const options = { starts, alike, tolerance, maximumIterations, seed: job.seed };
    const { values, loss } = await trainCandidate({ data: this.training, options }, job);
    const whole = this.wholeOf(job.form);
    const model = this.model(job.form, values);
    const { executor, signal } = this.work;
    return {
      parameters: [...values],
      loss: { train: loss, validation: await new DataProblem(whole, this.species, this.judged, this.work).loss(values) },
      errors: { train: await this.errorsOf(model, this.parts.train), validation: await this.errorsOf(model, this.parts.validation) },
      spectrum: await this.spectrum(whole, values),
      cost: await measureCost(model, this.sample, executor, signal),
    };
  }

  async linearMinimum(form: ComposedForm, parameters: readonly number[]): Promise<LinearMinimum & { readonly places: readonly number[] }> {
    const whole = this.wholeOf(form);
    const places = whole.layout.parameters.flatMap(({ kind }, p) => (isLinearKind(kind) ? [p] : []));
    const { factor } = await this.training.problem(whole, false).reduce(Float64Array.from(parameters), Int32Array.from(places));
    return { places, triangle: upperTriangle(factor, places.length), coefficients: Float64Array.from(places, (p) => parameters[p]) };
  }

  /** A potential ready to predict and to store, which knows how it was trained. */
  model(form: ComposedForm, values: Float64Array): ComposedModel {
    const { model, fit, seed } = fitOf(this.request, form);
    return new ComposedModel({ species: this.species, form, values, isolatedAtomEnergies: this.isolated?.values, provenance: { options: { model, fit, seed } } });
  }

  /** What may ruin a potential, as far as its data and values tell. */
  warnings({ form, values }: ComposedModel, train: Dataset): string[] {
    return trainingWarnings(fitOf(this.request, form), this.wholeOf(form), train, this.training, { values, loss: NaN }, this.isolated);
  }

  /** Errors in all four metrics. */
  async errorsOf(model: ComposedModel, dataset: Dataset): Promise<FourErrors> {
    const { executor, signal } = this.work;
    const { errors: { total: { energy, forces, forceVectors } } } = await assessPotential(model, dataset, executor, { signal, onlyReferences: true });
    const known = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);
    return { energy: known(energy.rmse), force: known(forces.rmse), amplitude: known(forceVectors.amplitude?.rmse), angle: known(forceVectors.angle?.rmse) };
  }

  private wholeOf(form: ComposedForm): TrainedForm {
    return { form, layout: layoutParameters(form, this.nSpecies) };
  }

  /** Fisher information of the linear parameters, from the factor R of their rows. */
  private async spectrum(whole: TrainedForm, values: Float64Array): Promise<CandidateSpectrum> {
    const { layout } = whole;
    const { nColumns, factor } = await this.training.problem(whole, false).reduce(values, Int32Array.from(layout.parameters.keys()));
    const information = new DoubleInformation(this.work.executor, upperTriangle(factor, nColumns), nColumns);
    const [linear] = parameterSets(parametricOf(layout, values, this.nSpecies), information.diagonal());
    const [raw, scaled] = [await information.eigenSystem(setOf(linear), false), await information.eigenSystem(setOf(linear), true)];
    const eigenvalues = Array.from(raw.logarithms, (logarithm) => 10 ** logarithm);
    const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return {
      eigenvalues,
      log10Kappa: known(logKappa(raw)),
      log10KappaScaled: known(logKappa(scaled)),
      nSignificant: eigenvalues.filter((value) => value >= SIGNIFICANT * eigenvalues[0]).length,
      nGaugeModes: raw.nGauge,
    };
  }
}

/** The fit of one form by the settings of a search. */
export function fitOf({ model, fit, seed }: ResolvedCompose, form: ComposedForm): ResolvedComposedFit {
  return resolveComposedFit({ model: { ...model, potential: printNotation(form) }, fit, seed });
}

function isolatedAtoms({ model, fit }: ResolvedCompose, train: Dataset, species: readonly number[]): IsolatedAtomEnergies | undefined {
  const option = model.isolatedAtomEnergies ?? (train.energies.every(Number.isNaN) ? "none" : "least-squares");
  return option === "none" ? undefined : findIsolatedAtomEnergies(option, train, species, fit.sigma);
}

/** Zeros below the diagonal. */
function upperTriangle(factor: Float64Array, n: number): Float64Array {
  return factor.map((value, i) => (i % n >= Math.floor(i / n) ? value : 0));
}
