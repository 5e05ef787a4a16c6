import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import { checkLosses, checkProblem, indexOfSmallest, levelsOf, unitOf, valueAt } from "../dimensions.js";
import type { Dimension, Optimizer, Point, Problem } from "../optimizer.js";
import { boundaries } from "./boundaries.js";
import { constrictionOf, type StandardSwarmOptions } from "./options.js";

/** Per dimension: a number from 0 to 1 (a cell of equal width per ordered level), or the level of a category. */
type Coordinates = readonly number[];

export type StandardSwarmState = {
  readonly dimensions: readonly Dimension[];
  readonly random: RandomState;
  /** Tells since the swarm was scattered. */
  readonly generation: number;
  readonly positions: readonly Coordinates[];
  /** Per generation, in shares of the range; 0 for categories. */
  readonly velocities: readonly Coordinates[];
  /** Best position of each particle and its loss; empty before the first losses. */
  readonly personalBests: readonly Coordinates[];
  readonly personalLosses: readonly number[];
  /** Generations without progress. */
  readonly stagnation: number;
  /** The best of all, which a restart leaves behind. */
  readonly best: { readonly point: Point; readonly loss: number } | null;
};

/** A smaller relative gain is no progress: a swarm that has collapsed still gains in the last digits. */
const PROGRESS = 1e-6;

/** Probability that a category is drawn anew from all levels, so that none dies out. */
const CATEGORY_MUTATION = 0.1;

/**
 * Particle swarm with inertia (Shi & Eberhart 1998, doi:10.1109/ICEC.1998.699146) or constriction (Clerc & Kennedy 2002,
 * doi:10.1109/4235.985692). Ordered levels are moved as cells of the unit interval. Categories jump (Martínez-García & Moreno-Pérez
 * 2008, doi:10.1007/978-3-540-87700-4_103): a particle keeps its level, or takes over its own best or that of its informants, with
 * probabilities in proportion to inertia and the two coefficients; one in ten is drawn from all levels.
 */
export class StandardSwarm implements Optimizer<StandardSwarmState> {
  readonly type = "particle-swarm";

  constructor(private readonly options: StandardSwarmOptions) {}

  init(problem: Problem): StandardSwarmState {
    checkProblem(problem);
    const { dimensions, start } = problem;
    const random = seededRandom(problem.seed);
    const { positions, velocities } = scatter(dimensions, this.options.particles, random);
    if (start) positions[0] = dimensions.map((dimension, d) => (dimension.kind === "categorical" ? start[d] : unitOf(dimension, start[d])));
    return {
      dimensions,
      random: saveRandom(random),
      generation: 0,
      positions,
      velocities,
      personalBests: [],
      personalLosses: [],
      stagnation: 0,
      best: null,
    };
  }

  ask({ dimensions, positions }: StandardSwarmState): readonly Point[] {
    return positions.map((position) => pointOf(dimensions, position));
  }

  tell(state: StandardSwarmState, losses: readonly number[]): StandardSwarmState {
    checkLosses(losses, state.positions.length);
    const remembered = remember(state, losses);
    const random = restoreRandom(state.random);
    const generation = state.generation + 1;
    if (remembered.stagnation >= this.options.restartAfter) {
      const scattered = scatter(state.dimensions, this.options.particles, random);
      const forgotten = { generation: 0, personalBests: [], personalLosses: [], stagnation: 0 };
      return { ...remembered, ...scattered, ...forgotten, random: saveRandom(random) };
    }
    const moved = this.move(remembered, generation, random);
    return { ...remembered, ...moved, generation, random: saveRandom(random) };
  }

  private move(state: StandardSwarmState, generation: number, random: RandomGenerator): Pick<StandardSwarmState, "positions" | "velocities"> {
    const { cognitiveCoefficient, socialCoefficient, velocityLimit } = this.options;
    const scale = this.options.variant === "constriction" ? constrictionOf(cognitiveCoefficient + socialCoefficient) : 1;
    const inertia = this.options.variant === "constriction" ? 1 : this.inertiaAt(generation);
    const boundary = boundaries[this.options.boundaries];
    const informants = this.informants(state.personalLosses);
    const positions = state.positions.map((position) => [...position]);
    const velocities = state.velocities.map((velocity) => [...velocity]);
    for (const [i, position] of positions.entries()) {
      const own = state.personalBests[i];
      const social = state.personalBests[informants[i]];
      for (const [d, dimension] of state.dimensions.entries()) {
        const x = position[d];
        if (dimension.kind === "categorical") {
          const weights = [inertia, cognitiveCoefficient, socialCoefficient];
          position[d] = jump(dimension.levels, [x, own[d], social[d]], weights, random);
          continue;
        }
        const pull = cognitiveCoefficient * uniformFloat64(random) * (own[d] - x) + socialCoefficient * uniformFloat64(random) * (social[d] - x);
        const velocity = Math.min(Math.max(scale * (inertia * velocities[i][d] + pull), -velocityLimit), velocityLimit);
        const next = x + velocity;
        const motion = next >= 0 && next <= 1 ? { position: next, velocity } : boundary(next, velocity, random);
        position[d] = motion.position + 0; // −0 would not survive JSON
        velocities[i][d] = motion.velocity + 0;
      }
    }
    return { positions, velocities };
  }

  private inertiaAt(generation: number): number {
    const { inertia } = this.options;
    if (typeof inertia === "number") return inertia;
    return inertia.from + (inertia.to - inertia.from) * Math.min(generation / inertia.generations, 1);
  }

  /** For every particle the one whose best point it hears of. */
  private informants(losses: readonly number[]): readonly number[] {
    const { ringNeighbors } = this.options;
    const n = losses.length;
    if (ringNeighbors === undefined || 2 * ringNeighbors + 1 >= n) {
      const best = indexOfSmallest(losses);
      return losses.map(() => best);
    }
    return losses.map((_, i) => {
      let best = i;
      for (let step = -ringNeighbors; step <= ringNeighbors; step++) {
        const other = (i + step + n) % n;
        if (losses[other] < losses[best]) best = other;
      }
      return best;
    });
  }
}

/** Random positions, and velocities half-way to other random positions (SPSO 2007). */
function scatter(dimensions: readonly Dimension[], particles: number, random: RandomGenerator): { positions: number[][]; velocities: number[][] } {
  const positions: number[][] = [];
  const velocities: number[][] = [];
  for (let i = 0; i < particles; i++) {
    const position = dimensions.map((dimension) => coordinate(dimension, random));
    positions.push(position);
    velocities.push(dimensions.map((dimension, d) => (dimension.kind === "categorical" ? 0 : (uniformFloat64(random) - position[d]) / 2 + 0)));
  }
  return { positions, velocities };
}

function coordinate(dimension: Dimension, random: RandomGenerator): number {
  return dimension.kind === "categorical" ? uniformInt(random, 0, levelsOf(dimension) - 1) : uniformFloat64(random);
}

function pointOf(dimensions: readonly Dimension[], position: Coordinates): Point {
  return dimensions.map((dimension, d) => (dimension.kind === "categorical" ? position[d] : valueAt(dimension, position[d])));
}

/** Personal bests, the best of all, and whether the swarm makes progress. */
function remember(state: StandardSwarmState, losses: readonly number[]): StandardSwarmState {
  const isFirst = state.generation === 0;
  const isBetter = losses.map((loss, i) => isFirst || loss < state.personalLosses[i]);
  const personalBests = state.positions.map((position, i) => (isBetter[i] ? position : state.personalBests[i]));
  const personalLosses = losses.map((loss, i) => (isBetter[i] ? loss : state.personalLosses[i]));
  const leader = indexOfSmallest(losses);
  const loss = losses[leader];
  const best = !state.best || loss < state.best.loss ? { point: pointOf(state.dimensions, state.positions[leader]), loss } : state.best;
  const before = isFirst ? Number.POSITIVE_INFINITY : Math.min(...state.personalLosses);
  const hasProgress = isFirst || before - Math.min(...personalLosses) > PROGRESS * Math.abs(before);
  return { ...state, personalBests, personalLosses, best, stagnation: hasProgress ? 0 : state.stagnation + 1 };
}

/** One of the offered levels with a probability in proportion to its weight, or now and then any level. */
function jump(levels: number, offered: readonly number[], weights: readonly number[], random: RandomGenerator): number {
  if (uniformFloat64(random) < CATEGORY_MUTATION) return uniformInt(random, 0, levels - 1);
  let rest = uniformFloat64(random) * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return offered[i];
  }
  return offered[0];
}
