import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Feature, SpeciesList } from "../descriptor.js";
import type { TermParameters, TermWeighting } from "./parameters.js";

/** Points of the axis of a histogram. */
export interface Grid {
  readonly min: number;
  readonly max: number;
  readonly sigma: number;
  readonly n: number;
}

/** One term of a tensor: for each channel of species a histogram of broadened bins. */
export interface Term {
  /** Atoms that make a Gaussian: 1, 2 or 3. */
  readonly order: 1 | 2 | 3;
  readonly geometry: TermParameters["geometry"];
  readonly grid: Grid;
  readonly weighting: TermWeighting["function"];
  /** 1/Å: s of exp(−s x) */
  readonly decay: number;
  /** Å: largest distance of a pair or leg, or perimeter of a triplet, that counts; infinite for unity without a cutoff */
  readonly range: number;
  /** Å: how far neighbors may be */
  readonly reach: number;
  readonly sharpness: number;
}

/** What is made of the parameters of a term. */
export interface CompleteTerm<Parameters> {
  readonly term: Term;
  /** With every default filled in. */
  readonly parameters: Parameters;
}

const DEFAULT_DECAY = 0.5;
/** Of the length of the grid. */
const DEFAULT_SIGMA = 0.02;
/** A Gaussian narrower than this, in steps of the grid, falls between two points. */
const NARROWEST = 1e-3;
/** A Gaussian wider than this, in steps of the grid, is a waste of points. */
const WIDEST = 1e3;

/**
 * Fills in the defaults and checks them.
 * @param where the term in messages: "mbtr: k2"
 * @throws {InvalidParameterError}
 */
export function completeTerm<Parameters extends TermParameters>(where: string, order: Term["order"], isLocal: boolean, parameters: Parameters): CompleteTerm<Parameters> {
  const { geometry } = parameters;
  const weighting = "weighting" in parameters ? completeWeighting(where, parameters.weighting) : undefined;
  const { decay, range, sharpness } = weighting ? weightOf(order, weighting) : { decay: 0, range: 0, sharpness: 0 };
  const reach = reachOf(order, isLocal, weighting?.function, range);
  const grid = completeGrid(where, geometry, parameters.grid, reach);
  const term = { order, geometry, grid, weighting: weighting?.function ?? "unity", decay, range, reach, sharpness };
  return { term, parameters: { ...parameters, grid, ...(weighting && { weighting }) } };
}

function completeWeighting(where: string, weighting: TermWeighting): TermWeighting {
  if (weighting.function !== "exp") return weighting;
  if (weighting.scale !== undefined && weighting.cutoff !== undefined) {
    throw new InvalidParameterError(`${where}.weighting has scale ${weighting.scale} and cutoff ${weighting.cutoff}, which both say how fast the weight falls: leave one of them out`);
  }
  return weighting.cutoff === undefined ? { ...weighting, scale: weighting.scale ?? DEFAULT_DECAY } : weighting;
}

function weightOf(order: Term["order"], weighting: TermWeighting): Pick<Term, "decay" | "range" | "sharpness"> {
  if (weighting.function === "unity") return { decay: 0, range: weighting.cutoff ?? Infinity, sharpness: 0 };
  if (weighting.function === "inverse-square") return { decay: 0, range: weighting.cutoff, sharpness: 0 };
  if (weighting.function === "smooth-cutoff") return { decay: 0, range: weighting.cutoff, sharpness: weighting.sharpness };
  const fall = -Math.log(weighting.threshold);
  const decay = weighting.cutoff === undefined ? weighting.scale! : fall / (weighting.cutoff * (order === 3 ? 2 : 1));
  return { decay, range: fall / decay, sharpness: 0 };
}

function reachOf(order: Term["order"], isLocal: boolean, weighting: Term["weighting"] | undefined, range: number): number {
  if (order === 3 && weighting === "exp") return range / 2; // the longest leg that a perimeter allows
  // the other end of an angle at a neighbor
  return order === 3 && isLocal && weighting === "smooth-cutoff" ? 2 * range : range;
}

function completeGrid(where: string, geometry: Term["geometry"], { n, ...given }: { min?: number; max?: number; sigma?: number; n: number }, reach: number): Grid {
  const most = { "atomic-number": 100, distance: Number.isFinite(reach) ? reach : 10, "inverse-distance": 1, angle: 180, cosine: 1 };
  const min = given.min ?? (geometry === "cosine" ? -1 : 0);
  const max = given.max ?? most[geometry];
  if (!(max > min)) throw new InvalidParameterError(`${where}.grid goes from ${min} to ${max}: max must be above min`);
  const sigma = given.sigma ?? DEFAULT_SIGMA * (max - min);
  const step = (max - min) / (n - 1);
  if (sigma < NARROWEST * step || sigma > WIDEST * step) {
    throw new InvalidParameterError(
      `${where}.grid has sigma ${sigma} and points ${step.toPrecision(3)} apart; sigma must be from ${(NARROWEST * step).toPrecision(3)} to ${(WIDEST * step).toPrecision(3)}: change sigma or n`,
    );
  }
  return { min, max, sigma, n };
}

/**
 * Species of the channels of a term, in the order of the columns; 0 is the center of a local tensor, which carries no species.
 * The middle of a triplet stands in the middle.
 */
export function channelsOf(order: Term["order"], isLocal: boolean, species: SpeciesList): number[][] {
  const kinds = isLocal ? [0, ...species] : species;
  if (order === 1) return kinds.map((z) => [z]);
  const pairs = kinds.flatMap((a, i) => kinds.slice(i).map((b) => [a, b]));
  if (order === 2) return isLocal ? kinds.map((z) => [0, z]) : pairs;
  if (!isLocal) return kinds.flatMap((middle) => pairs.map(([a, b]) => [a, middle, b]));
  return [...pairs.map(([a, b]) => [a, 0, b]), ...species.flatMap((middle) => kinds.map((end) => [0, middle, end]))];
}

/** Columns of a term. */
export function featuresOf({ order, geometry, grid }: Term, isLocal: boolean, species: SpeciesList): Feature[] {
  const step = (grid.max - grid.min) / (grid.n - 1);
  const points = Array.from({ length: grid.n }, (_, q) => `${q + 1} (${geometry}=${Number((grid.min + q * step).toPrecision(4))})`);
  return channelsOf(order, isLocal, species).flatMap((channel) => {
    const symbols = channel.map((z) => (z === 0 ? "X" : symbolOf(z)));
    return points.map((point) => ({ label: `k${order} ${symbols.join("-")} ${point}`, bodyOrder: order, channel: symbols }));
  });
}
