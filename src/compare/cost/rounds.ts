import { setImmediate as nextTurn } from "node:timers/promises";
import { quantile } from "../../analysis/distribution.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { Timing } from "../comparison.js";
import { processorSeconds, type Run, timeRuns, warmUp } from "./clock.js";
import type { Reference } from "./reference.js";

/** How long one look at a run takes, seconds: long beside the reference, short beside what else the machine does. */
const LOOK_SECONDS = 0.006;

/** Something that is measured in rounds with others. */
interface Entrant {
  readonly run: Run;
  readonly repeats: number;
  /** Of one run, in units of the reference. */
  readonly ratios: number[];
  /** Processor time so far. */
  spent: number;
}

export interface RoundLimits {
  /** At the least. */
  readonly least: number;
  /** At the most. */
  readonly most: number;
  /** Processor time of one entrant, seconds: no more rounds of it after that, unless they are fewer than `least`. */
  readonly secondsEach: number;
}

/**
 * Measures many things in turns, each between two looks at the reference: whatever else the machine does meets all alike, and what it
 * slows down slows the reference down, too.
 */
export class Rounds {
  private readonly entrants: Entrant[] = [];
  /** Processor time in what was measured, and in all of it, with references and clocks. */
  readonly spent = { measured: 0, all: 0 };

  constructor(private readonly reference: Reference) {}

  /** Adds a run, after it is warm. @returns its number */
  add(run: Run, warmUpSeconds: number): number {
    this.entrants.push({ run, repeats: warmUp(run, LOOK_SECONDS, warmUpSeconds), ratios: [], spent: 0 });
    return this.entrants.length - 1;
  }

  /**
   * Goes round until every entrant has been measured often enough.
   * @param mayGoOn asked after every round beyond the least
   */
  async measure(limits: RoundLimits, mayGoOn: () => boolean, signal?: AbortSignal, onRound?: (done: number) => void): Promise<void> {
    const start = processorSeconds();
    for (let round = 0; round < limits.most && (round < limits.least || mayGoOn()); round++) {
      const due = this.entrants.filter(({ spent }) => round < limits.least || spent < limits.secondsEach);
      if (due.length === 0) break;
      let before = this.reference.time();
      for (const entrant of due) {
        throwIfAborted(signal);
        const seconds = timeRuns(entrant.run, entrant.repeats);
        const after = this.reference.time();
        entrant.ratios.push((2 * seconds) / (before + after));
        entrant.spent += seconds * entrant.repeats;
        this.spent.measured += seconds * entrant.repeats;
        before = after;
      }
      onRound?.(round + 1);
      await nextTurn(); // signals and displays
    }
    this.spent.all += processorSeconds() - start;
  }

  /** Processor time of one run by what it counts, at the best speed that the reference had. */
  timing(entrant: number, count: number): Timing {
    const { ratios } = this.entrants[entrant];
    const sorted = Float64Array.from(ratios).sort();
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) => (quantile(sorted, share) * this.reference.best) / count);
    return { median, low, high, rounds: sorted.length };
  }
}
