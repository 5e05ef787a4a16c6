import { InvalidParameterError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices } from "../../math/sampling.js";
import { type EnvironmentSource, listEnvironments } from "../../environments/collect.js";
import type { Dataset } from "../../structures/dataset.js";

export interface SampleOptions {
  /** Most of them. */
  readonly references: number;
  /** Share of the environments of the data. */
  readonly fraction: number;
  readonly seed: number;
}

/** Environments that are compared with references, which are some of them. */
export interface EnvironmentSample {
  readonly environments: readonly EnvironmentSource[];
  /** Positions in `environments`, ascending. */
  readonly references: Int32Array;
}

const known = new WeakMap<Dataset, Map<string, EnvironmentSample>>();

/** As `sampleEnvironments`, which a search would otherwise ask for the same of each candidate. */
export function knownSample(dataset: Dataset, centers: readonly number[] | null, options: SampleOptions): EnvironmentSample {
  const samples = known.get(dataset) ?? new Map<string, EnvironmentSample>();
  known.set(dataset, samples);
  const { references, fraction, seed } = options;
  const key = JSON.stringify([centers, references, fraction, seed]);
  const sample = samples.get(key) ?? sampleEnvironments(dataset, centers, options);
  samples.set(key, sample);
  return sample;
}

/**
 * Seeded samples; a smaller share of the environments is part of every larger one.
 * @param centers atomic numbers; null: all
 * @throws {InvalidParameterError} where there are fewer than two environments
 */
export function sampleEnvironments(
  dataset: Dataset,
  centers: readonly number[] | null,
  { references, fraction, seed }: SampleOptions,
): EnvironmentSample {
  const total = countCenters(dataset, centers);
  const limit = Math.min(total, Math.max(2, Math.round(fraction * total)));
  const environments = listEnvironments(dataset, centers, limit, seededRandom(seed));
  if (environments.length < 2) {
    throw new InvalidParameterError(`the data has ${environments.length} environments that the term is about; a distribution of kernels needs two`);
  }
  return { environments, references: sampleIndices(environments.length, references, seededRandom(seed + 1)) };
}

function countCenters({ atomicNumbers, nAtoms }: Dataset, centers: readonly number[] | null): number {
  if (centers === null) return nAtoms;
  let count = 0;
  for (let atom = 0; atom < nAtoms; atom++) if (centers.includes(atomicNumbers[atom])) count++;
  return count;
}
