import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import type { Workspace } from "../../linalg/dense.js";
import { Arena } from "../../wasm/memory.js";
import { randomEnvironment } from "./random-environments.js";
import { checkThreshold, type ConditionedPruning, pruneConditioned, untilThreshold } from "./conditioned-pruning.js";
import { type Derivatives, pruneReal, type RealPruning, realPruningBytes } from "./real-pruning.js";
import { type Audience, Turns } from "./turns.js";

/** How the columns of a descriptor are pruned in double precision. */
export interface ColumnPruningOptions extends Audience {
  /** Of the random environments. Default 0. */
  readonly seed?: number;
  /** Atomic numbers of the centers of random environments, one each. Default: all species, since some columns are of one center only. */
  readonly centers?: readonly number[];
  /** Of each random environment. Default: enough for as many independent columns as there are, at most 1500. */
  readonly nNeighbors?: number;
  /** A column is kept, too, if it is independent in one of these. Default: none. */
  readonly environments?: readonly SingleEnvironment[];
  /** Derivatives by other variables, in place of those in random environments. */
  readonly points?: readonly Derivatives[];
  /** Columns in the order in which they are looked at. Default: by body order, roughness where the descriptor tells, place. */
  readonly order?: readonly number[];
  /** Of what is left of a unit row. Default: from rounding, see `pruneReal`. */
  readonly tolerance?: number;
}

/** Which columns of a descriptor are independent functions. */
export interface ColumnPruning extends RealPruning {
  /** Of the random environments. */
  readonly seed: number;
  /** Columns in the order in which they were looked at. */
  readonly order: readonly number[];
}

/** More neighbors take gigabytes. */
const MOST_NEIGHBORS = 1500;
const FEWEST_NEIGHBORS = 12;

/**
 * The columns of a descriptor that are no functions of those before them: those whose derivatives by the positions of the neighbors are no sums of the
 * others, in double precision. J neighbors tell up to 3J − 3 columns apart. Look at `gap`: below `SMALLEST_GAP` the answer depends on the tolerance.
 * @throws {InvalidParameterError} for a descriptor without a row for each center
 */
export async function pruneColumns(space: Workspace, descriptor: Descriptor, species: SpeciesList, options: ColumnPruningOptions = {}): Promise<ColumnPruning> {
  const { seed = 0, centers = species, environments = [], order = usualOrder(descriptor, species), tolerance } = options;
  const nNeighbors = options.nNeighbors ?? usualNeighbors(descriptor, species);
  const random = options.points ? [] : centers.map((center) => randomEnvironment(center, species, nNeighbors, descriptor.cutoff, seed));
  const points = [...(options.points ?? []), ...(await derivativesAt(space, descriptor, species, [...random, ...environments], options))];
  return { ...(await prunedAt(space, points, order, tolerance, options)), seed, order };
}

/**
 * Neighbors of a random environment, enough for as many independent columns as there are if that is possible; where the descriptor has room for some
 * only, as many as that: of fewer some columns would be constant.
 */
export function usualNeighbors(descriptor: Descriptor, species: SpeciesList): number {
  const { mostNeighbors = Math.max(FEWEST_NEIGHBORS, Math.ceil(descriptor.featureCount(species) / 3) + 2) } = descriptor;
  return Math.min(MOST_NEIGHBORS, mostNeighbors);
}

async function prunedAt({ wasm, pool }: Workspace, points: readonly Derivatives[], order: readonly number[], tolerance: number | undefined, audience: Audience): Promise<RealPruning> {
  const region = pool.allocate(realPruningBytes(points), "derivatives of columns");
  try {
    return await pruneReal(wasm, new Arena(region), points, order, tolerance, audience);
  } finally {
    pool.release(region);
  }
}

/** Derivatives of all columns by the positions of the neighbors of each environment. */
async function derivativesAt(space: Workspace, descriptor: Descriptor, species: SpeciesList, environments: readonly SingleEnvironment[], audience: Audience): Promise<Derivatives[]> {
  const describer = new EnvironmentDescriber(space, descriptor, species);
  try {
    const turns = new Turns(audience, "derivatives", "environments");
    const points: Derivatives[] = [];
    for (const environment of environments) {
      if (turns.areDue) await turns.take(points.length, environments.length);
      points.push(derivativesOf(describer, environment));
    }
    return points;
  } finally {
    describer.release();
  }
}

function derivativesOf(describer: EnvironmentDescriber, environment: SingleEnvironment): Derivatives {
  const { jacobian } = describer.derivatives(environment);
  const nColumns = describer.nFeatures;
  const nVariables = jacobian.length / nColumns;
  const rows = new Float64Array(jacobian.length);
  for (let variable = 0; variable < nVariables; variable++) {
    for (let column = 0; column < nColumns; column++) rows[column * nVariables + variable] = jacobian[variable * nColumns + column];
  }
  return { nColumns, nVariables, rows, label: environment.label };
}

/** Simple columns first. */
function usualOrder(descriptor: Descriptor, species: SpeciesList): number[] {
  const features = descriptor.features(species);
  const roughness = descriptor.smoothness?.(species);
  return features
    .map((_, column) => column)
    .sort((a, b) => features[a].bodyOrder - features[b].bodyOrder || (roughness ? roughness[a] - roughness[b] : 0) || a - b);
}

/** What the conditioned form takes. */
export interface ConditionedOptions extends Pick<ColumnPruningOptions, "points" | "order" | "tolerance" | "signal" | "onProgress"> {
  /** Environments of the data, and others. */
  readonly environments: readonly SingleEnvironment[];
  /** Of each column over the data. */
  readonly deviations: ArrayLike<number>;
  /** 1/Å: what is left of a column at least, in units of its deviation. Default 1e-3. */
  readonly threshold?: number;
  /** Columns are looked at class by class, ascending: of each column its class. Default: its body order. */
  readonly classes?: ArrayLike<number>;
}

/** How many columns a threshold keeps. */
export interface ThresholdCount {
  /** 1/Å */
  readonly threshold: number;
  /** Columns. */
  readonly kept: number;
}

/** The conditioned form, and how many columns other thresholds keep. */
export interface ConditionedColumns extends ConditionedPruning {
  /** 1/Å, what it was done with. */
  readonly threshold: number;
  /** Columns that these thresholds keep, largest threshold first. */
  readonly counts: readonly ThresholdCount[];
}

/** What a table of counts has beside the threshold that was asked for. */
export const THRESHOLDS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5];

/**
 * The columns that are well independent in all environments where any is: see `pruneConditioned`.
 * @throws {InvalidParameterError} for a descriptor without a row for each center, and a threshold that is not greater than 0
 */
export async function pruneColumnsConditioned(space: Workspace, descriptor: Descriptor, species: SpeciesList, options: ConditionedOptions): Promise<ConditionedColumns> {
  const { environments, deviations, threshold = 1e-3, tolerance } = options;
  checkThreshold(threshold);
  const features = descriptor.features(species);
  const classes = classesOf(options.classes ?? features.map(({ bodyOrder }) => bodyOrder));
  const points = [...(options.points ?? []), ...(await derivativesAt(space, descriptor, species, environments, options))];
  const ranks = await ranksAt(space, points, tolerance, options);
  const found = new Map<number, ConditionedPruning>();
  const thresholds = [...new Set([threshold, ...THRESHOLDS])].sort((a, b) => a - b);
  for (const own of thresholds) {
    const lower = found.get(thresholds[0]);
    found.set(own, lower && classes.length === 1 ? untilThreshold(lower, own) : await pruneConditioned(points, classes, deviations, ranks, own, options));
  }
  const counts = [...found].sort(([a], [b]) => b - a).map(([own, { order }]) => ({ threshold: own, kept: order.length }));
  return { ...found.get(threshold)!, threshold, counts };
}

/** Of all columns, at each point. */
async function ranksAt(space: Workspace, points: readonly Derivatives[], tolerance: number | undefined, audience: Audience): Promise<number[]> {
  const turns = new Turns(audience, "ranks", "environments");
  const ranks: number[] = [];
  for (const point of points) {
    if (turns.areDue) await turns.take(ranks.length, points.length);
    const columns = Array.from({ length: point.nColumns }, (_, column) => column);
    const { rank } = (await prunedAt(space, [point], columns, tolerance, { signal: audience.signal })).points[0];
    ranks.push(rank);
  }
  return ranks;
}

/** Columns of each class, classes ascending. */
export function classesOf(classOf: ArrayLike<number>): number[][] {
  const classes = new Map<number, number[]>();
  for (let column = 0; column < classOf.length; column++) classes.set(classOf[column], [...(classes.get(classOf[column]) ?? []), column]);
  return [...classes].sort(([a], [b]) => a - b).map(([, columns]) => columns);
}
