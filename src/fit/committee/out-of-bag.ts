import { NumericalError } from "../../errors.js";
import type { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { evaluateStructures } from "../../models/evaluate.js";
import type { ErrorBarCalibration, Model } from "../../models/model-type.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { calibrationOf, ROUNDED_BAR } from "../calibration/bar-scale.js";
import { type LeftOutErrors, leftOutScale } from "../calibration/left-out-scale.js";
import type { FitContext } from "../trainer.js";

/** Members of a committee with the structures that each was fitted to. */
export interface SampledMembers {
  readonly members: readonly Model[];
  /** Indices of structures, as many as members. */
  readonly samples: readonly (readonly number[])[];
}

/** A spread needs so many members that were not fitted to a structure. */
const FEWEST_LEFT_OUT = 2;
/** With fewer members, the spread of all is too uncertain to say what another would be. */
export const FEWEST_MEMBERS = 4;

/** Indices of the structures that each sample leaves out, without those that too few leave out, ascending. */
export function leftOutOf(nStructures: number, samples: readonly (readonly number[])[]): number[][] {
  const known = samples.map((sample) => new Set(sample));
  const all = Array.from({ length: nStructures }, (_, i) => i);
  const enough = all.filter((i) => known.filter((own) => !own.has(i)).length >= FEWEST_LEFT_OUT);
  return known.map((own) => enough.filter((i) => !own.has(i)));
}

/**
 * Factors and floors for the error bars of a committee from its training structures, each judged by the members that were not fitted to it. Structures that are
 * almost alike in different samples make errors too small.
 * @param cache of the environments of the data set
 * @returns undefined where too few structures are left out by enough members
 * @throws {NumericalError} for a prediction that is not finite
 */
export async function calibrateOutOfBag(
  { members, samples }: SampledMembers,
  dataset: Dataset,
  executor: Executor,
  cache: EnvironmentCache,
  { signal, onProgress }: Pick<FitContext, "signal" | "onProgress">,
): Promise<ErrorBarCalibration | undefined> {
  const forces = dataset.report.forceComponents > 0;
  const leftOut = leftOutOf(dataset.nStructures, samples);
  const moments = new Map<number, Moments>();
  for (const [k, member] of members.entries()) {
    const indices = leftOut[k];
    const progress: FitContext["onProgress"] = onProgress && ((own) => onProgress({ ...own, stage: `member ${k + 1} of ${members.length}: structures left out` }));
    const part = dataset.subset(indices);
    let next = 0;
    for await (const { prediction } of evaluateStructures(member, part, executor, { want: { forces }, signal, onProgress: progress, total: part.nStructures, environments: cache.of(dataset, indices) })) {
      const index = indices[next++];
      const values = [prediction.energy, ...(prediction.forces ?? [])];
      const own = moments.get(index) ?? new Moments(values.length);
      own.add(values);
      moments.set(index, own);
    }
  }
  const { energy, forces: components } = errorsOf(moments, dataset);
  const scales = { energy: leftOutScale(energy, members.length), forces: leftOutScale(components, members.length) };
  if (!scales.energy && !scales.forces) return undefined;
  return { ...calibrationOf(scales), structures: moments.size, outOfBag: true };
}

/** Energies per atom, and force components, where the data set has them. */
function errorsOf(moments: ReadonlyMap<number, Moments>, dataset: Dataset): { energy: LeftOutErrors; forces: LeftOutErrors } {
  const [energy, forces] = [new Errors(), new Errors()];
  for (const [index, own] of moments) {
    const nAtoms = dataset.atomCount(index);
    if (!own.mean.every(Number.isFinite)) throw new NumericalError(`${dataset.labels[index]}: a member of the committee predicts no number for it; raise the regularization, or see the warnings of the fit`);
    energy.add((own.mean[0] - dataset.energies[index]) / nAtoms, own.variance(0) / nAtoms ** 2, own.count);
    const reference = dataset.forces.subarray(3 * dataset.offsets[index], 3 * dataset.offsets[index + 1]);
    for (let i = 1; i < own.mean.length; i++) forces.add(own.mean[i] - reference[i - 1], own.variance(i), own.count);
  }
  return { energy: energy.significant(), forces: forces.significant() };
}

/** Mean and variance of values that come one vector after the other (Welford 1962). */
class Moments {
  count = 0;
  readonly mean: Float64Array;
  private readonly squares: Float64Array;

  constructor(length: number) {
    this.mean = new Float64Array(length);
    this.squares = new Float64Array(length);
  }

  add(values: readonly number[]): void {
    this.count += 1;
    values.forEach((value, i) => {
      const difference = value - this.mean[i];
      this.mean[i] += difference / this.count;
      this.squares[i] += difference * (value - this.mean[i]);
    });
  }

  variance(i: number): number {
    return this.squares[i] / (this.count - 1);
  }
}

interface LeftOutError {
  readonly error: number;
  readonly variance: number;
  readonly members: number;
}

class Errors {
  private readonly all: LeftOutError[] = [];

  /** Left out without a reference value, the only error that is no number. */
  add(error: number, variance: number, members: number): void {
    if (!Number.isNaN(error)) this.all.push({ error, variance, members });
  }

  /** Without spreads that are rounding errors. */
  significant(): LeftOutErrors {
    const mean = this.all.reduce((sum, { variance }) => sum + variance / this.all.length, 0);
    const own = this.all.filter(({ variance }) => variance > ROUNDED_BAR ** 2 * mean);
    return { errors: own.map(({ error }) => error), variances: own.map(({ variance }) => variance), members: own.map(({ members }) => members) };
  }
}
