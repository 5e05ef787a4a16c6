import { InvalidParameterError } from "../../../errors.js";
import { estimateFitDescribedBytes } from "../../../fit/described-bytes.js";
import { trainerOf } from "../../../fit/registry.js";
import { KeptResults, type Recall } from "../../../fit/kept-results.js";
import type { FitResult } from "../../../fit/trainer.js";
import { type CachedEnvironments, EnvironmentCache } from "../../../environments/cache/environment-cache.js";
import type { Geometry } from "../../../environments/geometry.js";
import { evaluateDataset } from "../../../models/evaluate.js";
import type { Potential } from "../../../models/potential.js";
import type { Executor } from "../../../parallel/executor.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { Candidate } from "../../search-space/search-space.js";
import type { Evaluation, EvaluationContext, Objective, ObjectiveData } from "../objective.js";
import { costSample, measureCost } from "./cost.js";
import { PredictionErrors } from "./errors.js";
import type { ValidationLossOptions } from "./options.js";
import { makeScheme, type Scheme, type Split } from "./scheme.js";
import { trainingRequest } from "./training-request.js";

/** Of energy (eV/atom), forces (eV/Å) and virial (eV/atom): Kondati Natarajan & Caro weigh forces by 1/30. */
interface Weights {
  readonly energy: number;
  readonly forces: number;
  readonly virial: number;
}

interface Part {
  readonly dataset: Dataset;
  readonly environments: CachedEnvironments;
  readonly recall: Recall;
}

/** Of parts of fits, on the host: 30 triangles of a thousand columns. */
const KEPT_BYTES = 256e6;

/**
 * Strategy 1: a potential is fitted for every candidate, and the loss is Γ_E + Γ_F / 30 of its RMSE on data it was not trained on.
 * Kondati Natarajan & Caro, Particle swarm based hyper-parameter optimization for machine learned interatomic potentials (2020), arXiv:2101.00049.
 */
export class ValidationLoss implements Objective {
  readonly type = "validation-loss";
  readonly notes: readonly string[];
  private readonly scheme: Scheme;
  private readonly weights: Weights;
  private readonly parts = new Map<string, Part>();
  private readonly cache: EnvironmentCache;
  private readonly kept = new KeptResults(KEPT_BYTES);
  /** What costs are measured on. */
  private readonly sample: readonly Geometry[];

  /** @throws {InvalidParameterError} when the data does not allow what the options ask for */
  constructor(
    private readonly options: ValidationLossOptions,
    data: ObjectiveData,
    private readonly executor: Executor,
    { seed, cacheBytes }: { readonly seed: number; readonly cacheBytes?: number },
  ) {
    this.cache = new EnvironmentCache(executor, cacheBytes);
    this.scheme = makeScheme(options, data, seed);
    const { weights, notes } = chooseWeights(options, this.scheme.scored);
    this.weights = weights;
    this.sample = options.cost?.of === "time" ? costSample(this.scheme.scored, seed) : [];
    this.notes = [...this.scheme.notes, ...notes];
  }

  async evaluate(candidate: Candidate, context: EvaluationContext): Promise<Evaluation> {
    const errors = new PredictionErrors();
    const splits = this.scheme.splits(context.fraction ?? 1);
    let first: FitResult | undefined;
    const warnings = new Set(trainerOf(candidate.model).notes(candidate));
    for (const split of splits) {
      const result = await this.train(candidate, split, context);
      first ??= result;
      result.summary.warnings?.forEach((text) => warnings.add(text));
      await this.score(result.model, split, errors, context);
    }
    const { energy, forces, virial } = this.weights;
    const { metric } = this.options;
    const loss = weighted(energy, errors.energy[metric]) + weighted(forces, errors.forces[metric]) + weighted(virial, errors.virial[metric]);
    const operations = trainerOf(candidate.model).operations(candidate, this.scheme.train);
    const sizes = Object.fromEntries(first!.summary.sizes.map(({ name, count }) => [name, count]));
    const metrics = { ...metricsOf(errors), ...sizes, ...(operations !== undefined && { operations }) };
    const told = warnings.size > 0 ? { warnings: [...warnings] } : {};
    const priced = await this.priced(loss, first!.model, operations, context);
    return { loss: priced.loss, metrics: { ...metrics, ...priced.metrics }, ...told };
  }

  /** The loss with what the cost adds to it. */
  private async priced(
    loss: number,
    model: FitResult["model"],
    operations: number | undefined,
    { executor, signal }: EvaluationContext,
  ): Promise<Pick<Evaluation, "loss" | "metrics">> {
    if (!this.options.cost) return { loss, metrics: {} };
    const { of, price, power } = this.options.cost;
    if (of === "operations" && operations === undefined) {
      throw new InvalidParameterError(`objective: cost.of is operations, but they are not counted for this model (${model.type}) and its descriptors: use time`);
    }
    const cost = of === "operations" ? operations! / 1000 : await measureCost(model, this.sample, executor, signal);
    const metrics = { ...(price + power > 0 && { lossOfErrors: loss }), ...(of === "time" && { cost }) };
    return { loss: loss * cost ** power + price * cost, metrics };
  }

  estimateBytes(candidate: Candidate): number {
    const { train, scored } = this.scheme;
    const { trainOn } = this.options;
    const species = train.species();
    const trainer = trainerOf(candidate.model);
    const trained = estimateFitDescribedBytes(trainer, candidate, train, species, trainOn === "all");
    const described = trained + (scored === train ? 0 : estimateFitDescribedBytes(trainer, candidate, scored, species, true));
    const fit = trainer.estimateBytes(trainingRequest(candidate, trainOn, train, train), train, this.executor.threads);
    return fit + Math.min(described, this.cache.maximumBytes);
  }

  release(): void {
    this.parts.clear();
    this.cache.release();
    this.kept.release();
  }

  private async train(candidate: Candidate, { train }: Split, { executor, signal }: EvaluationContext): Promise<FitResult> {
    const { dataset, environments, recall } = this.part(this.scheme.train, train);
    const request = trainingRequest(candidate, this.options.trainOn, this.scheme.train, dataset);
    return trainerOf(candidate.model).train(request, dataset, executor, { signal, environments, recall });
  }

  private async score(model: Potential, { score }: Split, errors: PredictionErrors, { executor, signal }: EvaluationContext): Promise<void> {
    const { forceComponents, virials } = this.scheme.scored.report;
    const want = { forces: forceComponents > 0, virial: virials > 0 };
    const { dataset, environments } = this.part(this.scheme.scored, score);
    const predictions = evaluateDataset(model, dataset, executor, { want, signal, environments });
    for await (const { structure, prediction } of predictions) errors.add(structure, prediction);
  }

  /**
   * Some structures, copied once for every share and fold, and where their environments are described. Folds overlap, so all of them
   * use the descriptions of the whole; a share is described by itself, because most candidates never get further.
   */
  private part(whole: Dataset, indices: readonly number[]): Part {
    const key = `${whole === this.scheme.train ? "train" : "scored"} ${indices.join(" ")}`;
    let part = this.parts.get(key);
    if (!part) {
      const dataset = indices.length === whole.nStructures ? whole : whole.subset(indices);
      const { train, scored } = this.scheme;
      const environments = train === scored ? this.cache.of(whole, indices) : this.cache.of(dataset);
      part = { dataset, environments, recall: this.kept.of(String(this.parts.size)) };
      this.parts.set(key, part);
    }
    return part;
  }
}

/** An error that does not count may be absent (NaN). */
function weighted(weight: number, error: number): number {
  return weight === 0 ? 0 : weight * error;
}

function chooseWeights({ weights }: ValidationLossOptions, { report }: Dataset): { weights: Weights; notes: string[] } {
  const counts = { energy: report.energies, forces: report.forceComponents, virial: report.virials };
  const notes: string[] = [];
  for (const name of ["energy", "forces", "virial"] as const) {
    if ((weights[name] ?? 0) > 0 && counts[name] === 0) {
      throw new InvalidParameterError(`objective: weights.${name} is ${weights[name]}, but the data that candidates are judged on has no ${name}: use 0`);
    }
  }
  const chosen = {
    energy: weights.energy ?? (counts.energy > 0 ? 1 : 0),
    forces: weights.forces ?? (counts.forces > 0 ? 1 / 30 : 0),
    virial: weights.virial ?? 0,
  };
  if (weights.forces === undefined && counts.forces === 0) notes.push("the data that candidates are judged on has no forces: energies alone are scored");
  if (chosen.energy + chosen.forces + chosen.virial === 0) {
    throw new InvalidParameterError("objective: all weights are 0, so that every candidate would be as good as any other");
  }
  return { weights: chosen, notes };
}

function metricsOf(errors: PredictionErrors): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const name of ["energy", "forces", "virial"] as const) {
    if (errors[name].count === 0) continue;
    metrics[`${name}Rmse`] = errors[name].rmse;
    metrics[`${name}Mae`] = errors[name].mae;
  }
  return metrics;
}
