/** One step of long work: `done` of `total` units of a named stage. Listeners draw bars or print lines; the work never prints. */
export interface Progress {
  /** "evaluate", "design matrix", … */
  readonly stage: string;
  /** From 0. */
  readonly done: number;
  /** Undefined where the end is not known beforehand. */
  readonly total: number | undefined;
  /** "frames", "environments", … */
  readonly unit: string;
  /** Of `done`, those that need not be done again when the process ends; absent where nothing is kept. */
  readonly safe?: number | undefined;
}

/** Hears of the progress of long work; must not throw. */
export type ProgressListener = (progress: Progress) => void;
