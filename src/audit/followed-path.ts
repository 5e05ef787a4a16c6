import { blindnessOf } from "../analysis/manifolds/blindness.js";
import { followManifold } from "../analysis/manifolds/follow-manifold.js";
import { type Manifold, summarizePath } from "../analysis/manifolds/manifold.js";
import type { EnvironmentDescriber } from "../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../environments/single-environment.js";
import { quantile } from "../analysis/distribution.js";
import { seededRandom, standardNormal } from "../math/random.js";
import { PestleError } from "../errors.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Part } from "./audit.js";
import type { ManifoldPart } from "./move-results.js";
import { type Core, hasFaded, inPlace } from "./core-environment.js";

/** A path from one environment. */
export type FollowedPath = Omit<ManifoldPart, "tried" | "start">;

/** Å */
const LENGTH = 2;
const STEP = 0.01;
/** Radians in half a step. */
const TURN = 0.1;
/** Of the softest by the stiffest move: a path that is stiffer is no path any more. */
const STIFFNESS = 0.02;
/** Where directions are about as soft as each other from the beginning on, they span a surface, and none is the path; those that come later are crossed. */
const SEPARATION = 1.05;
/** Below, a path is blind: see docs/how-to/audit.md. */
export const BLIND = 0.05;
const RANDOM_MOVES = 100;
/** Points that are kept for pictures. */
const KEPT = 60;

/** What is asked beside the environment. */
interface ManifoldContext {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

/** A path as far as all neighbors are seen: that one which leaves is not seen is no blindness. */
function seenPart(manifold: Manifold, start: SingleEnvironment, describer: EnvironmentDescriber): Omit<Manifold, "end"> & Pick<ManifoldPart, "end"> {
  const { points } = manifold;
  const first = points.findIndex(({ displacements }, i) => i > 0 && hasFaded({ ...start, displacements }, describer));
  if (first < 0) return manifold;
  return { ...summarizePath(points.slice(0, first), manifold.end, "a neighbor is about to leave what the descriptor sees"), end: "fading" };
}

/** Follows the softest mode of an environment as far as it goes, and says how blind the descriptor is along the path. */
export async function followedPath(executor: Executor, describer: EnvironmentDescriber, core: Core, { signal, onProgress }: ManifoldContext): Promise<Part<FollowedPath>> {
  const { environment: start } = core;
  let done = 0;
  const onPoint = (): void => onProgress?.({ stage: "follow the softest mode", done: done++, total: undefined, unit: "steps" });
  try {
    const manifold = await followManifold(executor, describer, start, { step: STEP, length: LENGTH, turn: TURN, corrections: 1, stiffness: STIFFNESS, separation: SEPARATION, crossings: "follow", signal, onPoint });
    const { points, end, endMessage, variation, displacement, crossings } = seenPart(manifold, start, describer);
    if (!(displacement > 0)) return { leftOut: `the path has no length: ${endMessage}` };
    const { ratio, typicalVariation } = blindnessOf(describer, { ...manifold, points, variation, displacement }, start);
    if (ratio === undefined) return { leftOut: "random displacements change nothing, so that there is nothing to compare the path with" };
    const every = Math.ceil(points.length / KEPT);
    return {
      end,
      endMessage,
      variation,
      displacement,
      typicalVariation,
      blindness: ratio,
      blindnessInPlace: core.members.length === core.whole.neighbors.length ? ratio : blindnessInPlace(describer, core, points, displacement),
      pathLength: points[points.length - 1].pathLength,
      crossings,
      points: points.filter((_, i) => i % every === 0 || i === points.length - 1).map((point) => ({
        pathLength: point.pathLength,
        variation: point.variation,
        displacement: point.displacement,
        displacements: Array.from(point.displacements),
      })),
    };
  } catch (error) {
    if (error instanceof PestleError && error.code !== "CANCELLED" && error.code !== "INTERNAL") return { leftOut: `the softest mode cannot be followed: ${error.message}` };
    throw error;
  }
}

/** β of the same moves with all other neighbors where they are; those of the core are moved at random by as much, without taking rotations out. */
function blindnessInPlace(describer: EnvironmentDescriber, core: Core, points: Manifold["points"], displacement: number): number {
  const first = describer.values(core.whole);
  const change = (displacements: ArrayLike<number>): number => Math.hypot(...describer.values(inPlace(core, displacements)).map((value, f) => value - first[f]));
  const random = seededRandom(1);
  const start = core.environment.displacements;
  const typical = Float64Array.from({ length: RANDOM_MOVES }, () => {
    const direction = start.map(() => standardNormal(random));
    const scale = displacement / Math.hypot(...direction);
    return change(start.map((value, k) => value + scale * direction[k]));
  }).sort();
  const every = Math.ceil(points.length / KEPT);
  const variation = points.reduce((most, { displacements }, i) => (i % every === 0 || i === points.length - 1 ? Math.max(most, change(displacements)) : most), 0);
  const usual = quantile(typical, 0.5);
  return usual > 0 ? variation / usual : 0;
}

/** Å that atoms go while the row hardly changes; paths that are not blind come after all that are, the blindest first. */
export function extentOf({ blindness, displacement }: FollowedPath): number {
  return blindness < BLIND ? displacement : -blindness;
}
