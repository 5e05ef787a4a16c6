import { InvalidParameterError } from "../errors.js";

/** How long to search; what is not given does not limit. The size of forms is limited apart. */
export interface ComposeBudget {
  /** Candidates, those of the pool and of pruning included. */
  readonly candidates?: number | undefined;
  /** s of wall time, all sessions together */
  readonly time?: number | undefined;
}

/** Of the budget for the pool and growth; the rest is for pruning. */
const GROWTH_SHARE = 0.8;

/** Counts what is used of a budget. */
export class BudgetClock {
  private candidates = 0;
  private readonly since = performance.now();

  /** @throws {InvalidParameterError} for a budget of nothing */
  constructor(
    private readonly budget: ComposeBudget,
    private readonly earlierSeconds: number,
    private readonly isPruned: boolean,
  ) {
    const { candidates = 1, time = 1 } = budget;
    if (!(candidates >= 1)) throw new InvalidParameterError(`budget.candidates is ${candidates}; it must be 1 or more`);
    if (!(time > 0)) throw new InvalidParameterError(`budget.time is ${time} s; it must be more than 0`);
  }

  count(): void {
    this.candidates++;
  }

  /** s, all sessions together */
  get elapsed(): number {
    return this.earlierSeconds + (performance.now() - this.since) / 1000;
  }

  /** Share of what ends first, 0 … 1. */
  get share(): number {
    return Math.min(1, this.used());
  }

  /** Why a phase has to end; undefined while it may go on. */
  endOf(phase: "growth" | "prune"): string | undefined {
    const share = this.shareOf(phase);
    const { candidates = Infinity, time = Infinity } = this.budget;
    const rest = share < 1 ? ", and the rest is for pruning" : "";
    if (this.candidates >= Math.max(1, Math.floor(share * candidates))) return `${this.candidates} of ${candidates} candidates are used${rest}`;
    if (this.elapsed >= share * time) return `${Math.round(this.elapsed)} of ${Math.round(time)} s are used${rest}`;
    return undefined;
  }

  /** Time that a phase has still, s. */
  secondsLeft(phase: "growth" | "prune"): number {
    return this.shareOf(phase) * (this.budget.time ?? Infinity) - this.elapsed;
  }

  private shareOf(phase: "growth" | "prune"): number {
    return phase === "growth" && this.isPruned ? GROWTH_SHARE : 1;
  }

  private used(): number {
    const { candidates = Infinity, time = Infinity } = this.budget;
    return Math.max(this.candidates / candidates, this.elapsed / time);
  }
}
