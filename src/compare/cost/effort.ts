import type { RoundLimits } from "./rounds.js";

/** How long measurements are repeated. */
export interface Effort {
  /** Of what is timed, before it is. */
  readonly warmUpSeconds: number;
  readonly costs: RoundLimits;
  readonly scaling: RoundLimits;
  /** Under the profiler. */
  readonly profileSeconds: number;
  /** Rounds of the measurement of threads. */
  readonly threadRounds: number;
  /** Seeds that statistics of the information are repeated with; undefined: as many as these are meant to have. */
  readonly repeats: number | undefined;
}

/** Medians that repeat within a few per cent. */
export const thorough: Effort = {
  warmUpSeconds: 0.25,
  costs: { least: 7, most: 60, secondsEach: 1 },
  scaling: { least: 5, most: 12, secondsEach: 0.2 },
  profileSeconds: 0.3,
  threadRounds: 7,
  repeats: undefined,
};

/** For a first look, and for tests: times are good to a factor, as code may still be compiled while it runs. */
export const quick: Effort = {
  warmUpSeconds: 0.01,
  costs: { least: 3, most: 5, secondsEach: 0.05 },
  scaling: { least: 1, most: 2, secondsEach: 0.01 },
  profileSeconds: 0.05,
  threadRounds: 1,
  repeats: 2,
};
