import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import { quantile } from "../distribution.js";
import { coordinatesOf, TrivialModes } from "../sensitivity/trivial-modes.js";
import type { Manifold } from "./manifold.js";

/** How blind a fingerprint is along a path, compared with ordinary displacements. */
export interface Blindness {
  /** β: variation along the path over `typicalVariation`; 1 says that the path is like any other, 0 that the fingerprint sees nothing of it. Undefined where the path has no length. */
  readonly ratio: number | undefined;
  /** Median |F(x₀ + δ) − F(x₀)| of random displacements δ without rotations, as long as the path goes. */
  readonly typicalVariation: number;
}

/**
 * The blindness ratio of a path: its variation over the median variation of random displacements of the neighbors as long as its own, rotations
 * taken out.
 * @param samples random displacements, default 200
 * @param seed of the random numbers, default 1
 */
export function blindnessOf(
  describer: EnvironmentDescriber,
  { points, variation, displacement }: Manifold,
  start: SingleEnvironment,
  { samples = 200, seed = 1 }: { readonly samples?: number; readonly seed?: number } = {},
): Blindness {
  if (!(Number.isInteger(samples) && samples > 0)) throw new InvalidParameterError(`samples is ${samples}; it must be a whole number above 0`);
  const first = { ...start, displacements: points[0].displacements };
  const typicalVariation = quantile(randomVariations(describer, first, displacement, samples, seededRandom(seed)), 0.5);
  return { ratio: typicalVariation > 0 ? variation / typicalVariation : undefined, typicalVariation };
}

/** Of displacements of one length, ascending. */
function randomVariations(describer: EnvironmentDescriber, environment: SingleEnvironment, length: number, samples: number, random: RandomGenerator): Float64Array {
  const coordinates = coordinatesOf(environment, "neighbors", false);
  const trivial = new TrivialModes(coordinates, true);
  const values = describer.values(environment);
  const variations = new Float64Array(samples);
  for (let k = 0; k < samples; k++) {
    const direction = Float64Array.from({ length: coordinates.count - trivial.count }, () => standardNormal(random));
    const scale = length / Math.hypot(...direction);
    const by = trivial.fromComplement(direction);
    const displacements = environment.displacements.map((value, i) => value + scale * by[i]);
    const moved = describer.values({ ...environment, displacements });
    variations[k] = Math.hypot(...moved.map((value, f) => value - values[f]));
  }
  return variations.sort();
}
