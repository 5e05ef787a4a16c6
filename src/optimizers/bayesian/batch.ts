import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { pointAt } from "../dimensions.js";
import { perturb } from "../neighborhood.js";
import type { Dimension, Point } from "../optimizer.js";
import { keyOf } from "../surrogate/encoding.js";
import type { GaussianProcess } from "../surrogate/gaussian-process.js";
import { compassSearch, spread } from "../surrogate/minimize.js";
import { logExpectedImprovement } from "./expected-improvement.js";

export interface BatchOptions {
  readonly size: number;
  /** Smallest loss so far: what is improved on, and the lie. */
  readonly best: number;
  /** Points that are not proposed again. */
  readonly known: readonly Point[];
  /** Good points, whose neighborhoods are searched. */
  readonly incumbents: readonly Point[];
  readonly seed: number;
}

interface Candidate {
  readonly point: Point;
  readonly v: Float64Array;
  mean: number;
  /** Variance over that of the signal. */
  remaining: number;
}

const SPREAD_CANDIDATES = 1024;
const NEIGHBORS = 512;
const SCALES = [0.3, 0.1, 0.03, 0.01, 0.003];

/**
 * Points of the largest expected improvement, one after the other: each is taken into the process with the smallest loss so far as a
 * lie (constant liar, Ginsbourger, Le Riche & Carraro 2010, doi:10.1007/978-3-642-10701-6_6), so that the next one lies elsewhere.
 * Candidates are spread over the space and around the best points; taking a point in changes each of them by one product of rows.
 */
export function proposeBatch(dimensions: readonly Dimension[], process: GaussianProcess, options: BatchOptions, random: RandomGenerator): readonly Point[] {
  const { size, best, known } = options;
  const taken = new Set(known.map(keyOf));
  const capacity = process.size + size;
  const candidates: Candidate[] = candidatePoints(dimensions, options, random).map((point) => ({ point, ...process.whiten(point, capacity) }));
  const improvement = (mean: number, remaining: number): number =>
    logExpectedImprovement(mean, process.signalVariance * Math.max(remaining, 0), best);
  const lossOf = (point: Point): number => {
    if (taken.has(keyOf(point))) return Number.POSITIVE_INFINITY;
    const { mean, variance } = process.predict(point);
    return -logExpectedImprovement(mean, variance, best);
  };
  const batch: Point[] = [];
  while (batch.length < size) {
    const scored = candidates
      .filter(({ point }) => !taken.has(keyOf(point)))
      .map((candidate) => ({ point: candidate.point, value: -improvement(candidate.mean, candidate.remaining) }));
    // in a small space every point may be known: then any is as good
    if (scored.length === 0) return [...batch, ...candidates.slice(0, size - batch.length).map(({ point }) => point)];
    const start = scored.reduce((a, b) => (b.value < a.value ? b : a));
    const evaluations = 10 * dimensions.length;
    const { point } = compassSearch(dimensions, start, lossOf, { step: 0.05, tolerance: 0.001, evaluations });
    batch.push(point);
    taken.add(keyOf(point));
    if (batch.length < size && process.append(point, best)) for (const candidate of candidates) takeIn(process, candidate);
  }
  return batch;
}

function candidatePoints(dimensions: readonly Dimension[], { incumbents, seed }: BatchOptions, random: RandomGenerator): Point[] {
  const unit = spread(dimensions.length, seed);
  const points = Array.from({ length: SPREAD_CANDIDATES }, (_, i) => pointAt(dimensions, unit(i)));
  for (let i = 0; i < NEIGHBORS; i++) {
    points.push(perturb(dimensions, incumbents[i % incumbents.length], SCALES[i % SCALES.length], random));
  }
  return points;
}

/** The prediction at a candidate after the last point of the process. */
function takeIn(process: GaussianProcess, candidate: Candidate): void {
  const { row, whitened, input } = process.lastRow();
  const n = row.length - 1;
  let rest = process.correlation(candidate.point, input);
  for (let i = 0; i < n; i++) rest -= row[i] * candidate.v[i];
  const v = rest / row[n];
  candidate.v[n] = v;
  candidate.mean += v * whitened;
  candidate.remaining -= v * v;
}
