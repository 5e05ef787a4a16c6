import type { KernelHistogram } from "../../../analysis/kernel-distribution/kernel-histogram.js";
import { createDescriptor } from "../../../descriptors/registry.js";
import { InvalidParameterError } from "../../../errors.js";
import { trainerOf } from "../../../fit/registry.js";
import { EnvironmentCache } from "../../../environments/cache/environment-cache.js";
import type { Executor } from "../../../parallel/executor.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { Candidate } from "../../search-space/search-space.js";
import type { Evaluation, EvaluationContext, Objective, ObjectiveData } from "../objective.js";
import { estimateDistributionBytes, kernelDistribution, type KernelTerm } from "../../../analysis/kernel-distribution/distribution.js";
import type { KernelDistributionObjectiveOptions } from "./options.js";

/**
 * Strategy 2, stage 1, of Kondati Natarajan & Caro (2020): kernels of the training environments shall spread widely (standard deviation) and
 * evenly (|skewness|), so that environments can be told apart. Nothing is trained. The width alone is not enough: it is largest where
 * kernels are either 0 or 1. See docs/theory/hyper-parameters.md for how the criteria compare.
 */
export class KernelDistributionObjective implements Objective {
  readonly type = "kernel-distribution";
  readonly notes: readonly string[];
  private readonly dataset: Dataset;
  private readonly cache: EnvironmentCache;

  constructor(
    private readonly options: KernelDistributionObjectiveOptions,
    { train }: ObjectiveData,
    executor: Executor,
    private readonly seed: number,
  ) {
    this.cache = new EnvironmentCache(executor);
    this.dataset = train;
    const { nAtoms } = train;
    const others = nAtoms > options.references ? `${options.references} of them` : "each other";
    this.notes = [`kernels of ${nAtoms} training environments with ${others} (or those of the term's centers); nothing is trained`];
  }

  async evaluate(candidate: Candidate, { executor, signal, fraction }: EvaluationContext): Promise<Evaluation> {
    const { references, bins } = this.options;
    const environments = this.cache.of(this.dataset);
    const options = { references, bins, seed: this.seed, fraction, signal, environments };
    const found = await kernelDistribution(this.dataset, this.termOf(candidate), executor, options);
    const { mean, std, skewness, minimum, maximum, pairs, histogram } = found;
    const kernelEntropy = entropyOf(histogram);
    return {
      loss: this.lossOf(std, skewness, kernelEntropy),
      metrics: { kernelMean: mean, kernelStd: std, kernelSkewness: skewness, kernelMinimum: minimum, kernelMaximum: maximum, kernelEntropy, pairs },
      histogram,
    };
  }

  estimateBytes(candidate: Candidate): number {
    const { descriptor } = this.termOf(candidate);
    return estimateDistributionBytes(this.dataset, createDescriptor(descriptor).featureCount(this.dataset.species()), this.options.references);
  }

  release(): void {
    this.cache.release();
  }

  private lossOf(std: number, skewness: number, entropy: number): number {
    const { criterion, skewnessWeight } = this.options;
    switch (criterion) {
      case "std-and-skewness":
        return -std / (1 + skewnessWeight * Math.abs(skewness));
      case "std":
        return -std;
      case "entropy":
        return -entropy;
    }
  }

  private termOf(candidate: Candidate): KernelTerm {
    const terms = trainerOf(candidate.model).kernels(candidate);
    const { term } = this.options;
    if (terms.length === 0) throw new InvalidParameterError(`objective: a ${candidate.model.type} model has no kernels that environments could be compared with`);
    if (term < terms.length) return terms[term];
    throw new InvalidParameterError(`objective: term is ${term}, but the model has ${terms.length} term${terms.length === 1 ? "" : "s"}, which are counted from 0`);
  }
}

/** Entropy of the shares of the bins, in units of that of equal shares: 0 where all is in one bin, 1 where all bins hold the same. */
export function entropyOf({ counts }: KernelHistogram): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const entropy = counts.reduce((sum, count) => (count > 0 ? sum + (count / total) * Math.log(total / count) : sum), 0);
  return entropy / Math.log(counts.length);
}
