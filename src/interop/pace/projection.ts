import { Matrix, QrDecomposition } from "ml-matrix";
import { pacemakerSet } from "../../descriptors/ace/radial/pacemaker.js";
import type { RadialSet } from "../../descriptors/ace/radial/radial-functions.js";
import type { Jet } from "../../math/jet.js";

/** λ and dcut (Å) of the functions that others are projected on: usual ones, 5.25 and 0.01, take far more of them. */
export const PROJECTION = { lambda: 2, switchWidth: 1e-8 } as const;

/** Points of the least squares, for each function and at least. */
const POINTS_PER_FUNCTION = 3;
const FEWEST_POINTS = 200;
/** Weight of derivatives, Å. */
const SLOPE_WEIGHT = 0.2;
/** Points in between, at which the result is judged. */
const CHECKED_POINTS = 1201;

/** A function of the distance to be written as a sum of others. */
export interface Target {
  readonly set: RadialSet;
  /** Of the set. */
  readonly column: number;
  /** Å: exact from here on, and smooth nearer by */
  readonly from: number;
}

/** What a projection gave. */
export interface Projection {
  /** Of each target: coefficients of g_k. */
  readonly coefficients: readonly (readonly number[])[];
  /** Largest deviation of a value as a share of the largest value, over all targets. */
  readonly error: number;
  /** The same of derivatives. */
  readonly slopeError: number;
}

/** Where and how functions are compared. */
export interface Range {
  /** Å */
  readonly cutoff: number;
  /** Å: values from half of this on count as the size of a function; nearer ones may be far larger */
  readonly bondLength: number;
}

/** g_k of ChebExpCos, k = 1 … size. */
export function projectionSet(size: number, cutoff: number): RadialSet {
  return pacemakerSet({ type: "chebyshev-exponential-cosine", ...PROJECTION, size, coefficients: undefined, innerSwitch: undefined }, size, cutoff);
}

/** Functions as sums of `size` functions of ChebExpCos: least squares of values and derivatives at the Chebyshev points of the range. */
export function project(targets: readonly Target[], size: number, range: Range): Projection {
  if (targets.length === 0) return { coefficients: [], error: 0, slopeError: 0 };
  const basis = projectionSet(size, range.cutoff);
  const points = chebyshevPoints(Math.max(FEWEST_POINTS, POINTS_PER_FUNCTION * size), range.cutoff);
  const [design, values] = [new Matrix(2 * points.length, size), new Matrix(2 * points.length, targets.length)];
  points.forEach((r, i) => {
    const write = (matrix: Matrix, jets: readonly Jet[]): void =>
      jets.forEach(([value, slope], column) => {
        matrix.set(i, column, value);
        matrix.set(points.length + i, column, SLOPE_WEIGHT * slope);
      });
    write(design, jetsOf(basis, r));
    write(values, targetJets(targets, r));
  });
  const solution = new QrDecomposition(design).solve(values);
  const coefficients = targets.map((_, t) => solution.getColumn(t));
  return { coefficients, ...errorsOf(targets, coefficients, basis, range) };
}

function errorsOf(targets: readonly Target[], coefficients: readonly (readonly number[])[], basis: RadialSet, { cutoff, bondLength }: Range): Pick<Projection, "error" | "slopeError"> {
  const worst = targets.map(() => [0, 0]);
  const size = targets.map(() => [0, 0]);
  for (const r of chebyshevPoints(CHECKED_POINTS, cutoff)) {
    const g = jetsOf(basis, r);
    targetJets(targets, r).forEach((jet, t) => {
      for (const d of [0, 1] as const) {
        if (r >= 0.5 * bondLength) size[t][d] = Math.max(size[t][d], Math.abs(jet[d]));
        if (r < targets[t].from) continue;
        const sum = coefficients[t].reduce((total, own, k) => total + own * g[k][d], 0);
        worst[t][d] = Math.max(worst[t][d], Math.abs(sum - jet[d]));
      }
    });
  }
  const largest = (d: 0 | 1): number => Math.max(0, ...worst.map((own, t) => (own[d] === 0 ? 0 : own[d] / size[t][d])));
  return { error: largest(0), slopeError: largest(1) };
}

function targetJets(targets: readonly Target[], r: number): Jet[] {
  const known = new Map<RadialSet, readonly Jet[]>();
  return targets.map(({ set, column }) => {
    const jets = known.get(set) ?? jetsOf(set, r);
    known.set(set, jets);
    return jets[column];
  });
}

/** All functions of a set at a distance; 0 beyond its end. */
export function jetsOf({ size, pieces }: RadialSet, r: number): Jet[] {
  const jets: Jet[] = [];
  const piece = pieces.find(({ end }) => r < end);
  if (!piece) return Array.from({ length: size }, () => [0, 0, 0]);
  piece.functions(r, jets);
  return jets;
}

/** From 0 on: where sums follow nothing they swing, and tables of them take ten times the nodes. */
function chebyshevPoints(count: number, cutoff: number): number[] {
  return Array.from({ length: count }, (_, i) => 0.5 * cutoff * (1 - Math.cos((Math.PI * (i + 0.5)) / count)));
}
