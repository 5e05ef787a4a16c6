import { type BarScale, barScale, FEWEST_ERRORS } from "./bar-scale.js";
import { expectedVariance, spreadPrior } from "./spread-prior.js";

/** Errors of the means of those members of a committee that know nothing of the reference value. */
export interface LeftOutErrors {
  /** Of their mean. */
  readonly errors: ArrayLike<number>;
  /** Variance about it, with one degree of freedom less than members, above 0; as many as errors. */
  readonly variances: ArrayLike<number>;
  /** Members of each, two at least. */
  readonly members: ArrayLike<number>;
}

/** A mean of the true variance needs more than two degrees of freedom; with hardly more it is far off. */
const LEAST_DEGREES = 2.5;

/**
 * Factor and floor for the spread of all members, from errors of few of them. A spread of few is uncertain: as it is, it would seem to tell little of
 * the errors. So the mean ⟨s² | v⟩ of the true variance stands in its place, given the variances of all (`spreadPrior`). The most likely a and b of
 * error² = a s² + b + s²/m, for means of m members, then tell the error of the mean of all K, (a + 1/K) ⟨s² | v⟩ + b, which is factor² v + floor².
 * @param count K, members of the committee, at least four
 * @returns undefined for fewer than ten errors that can be used
 */
export function leftOutScale({ errors, variances, members }: LeftOutErrors, count: number): BarScale | undefined {
  if (errors.length < FEWEST_ERRORS) return undefined;
  const degrees = Array.from(members, (own) => own - 1);
  const prior = spreadPrior({ variances, degrees });
  const used = degrees.flatMap((own, i) => (prior.degrees + own >= LEAST_DEGREES ? [i] : []));
  if (used.length < FEWEST_ERRORS) return undefined;
  const expected = used.map((i) => expectedVariance(prior, variances[i], degrees[i]));
  const few = barScale({ errors: used.map((i) => errors[i]), variances: expected, besides: used.map((i, k) => expected[k] / members[i]) });
  const perVariance = (few.factor ** 2 + 1 / count) / (prior.degrees + count - 3);
  return { factor: Math.sqrt(perVariance * (count - 1)), floor: Math.sqrt(few.floor ** 2 + perVariance * prior.degrees * prior.scale) };
}
