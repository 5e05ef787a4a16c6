/** One step of long work: `done` of `total` units of a named stage. Listeners draw bars or print lines; the work never prints. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  /** Undefined where the end is not known beforehand. */
  readonly total: number | undefined;
  /** "frames", "environments", … */
  readonly unit: string;
}

/** Hears of the progress of long work; must not throw. */
export type ProgressListener = (progress: Progress) => void;
