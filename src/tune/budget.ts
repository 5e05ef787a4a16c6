/** How long to search; what is not given does not limit. */
export interface Budget {
  /** Candidates, beside the start. */
  readonly evaluations?: number;
  /** s of wall time, all sessions together */
  readonly time?: number;
}

interface Use {
  evaluations: number;
  /** s before this session's part */
  earlier: number;
  /** ms; undefined while it does not run */
  since: number | undefined;
}

function elapsedOf({ earlier, since }: Use): number {
  return earlier + (since === undefined ? 0 : (performance.now() - since) / 1000);
}

/** Counts what one stage, and the whole search, have used. */
export class BudgetMeter {
  private readonly total: Use = { evaluations: 0, earlier: 0, since: undefined };
  private stage: Use = { evaluations: 0, earlier: 0, since: undefined };
  private stageBudget: Budget = {};

  constructor(private readonly budget: Budget) {}

  /** A stage begins, which ran for some seconds in earlier sessions. */
  enter(budget: Budget, earlierSeconds: number): void {
    this.pause();
    this.stageBudget = budget;
    this.total.earlier += earlierSeconds;
    const since = performance.now();
    this.stage = { evaluations: 0, earlier: earlierSeconds, since };
    this.total.since = since;
  }

  pause(): void {
    this.total.earlier = elapsedOf(this.total);
    this.stage.earlier = elapsedOf(this.stage);
    this.total.since = this.stage.since = undefined;
  }

  count(evaluations: number): void {
    this.stage.evaluations += evaluations;
    this.total.evaluations += evaluations;
  }

  /** s */
  get elapsed(): number {
    return elapsedOf(this.total);
  }

  get stageElapsed(): number {
    return elapsedOf(this.stage);
  }

  get evaluationsLeft(): number {
    const left = (budget: Budget, use: Use): number => (budget.evaluations ?? Infinity) - use.evaluations;
    return Math.max(0, Math.min(left(this.stageBudget, this.stage), left(this.budget, this.total)));
  }

  get isOutOfTime(): boolean {
    return this.stageElapsed >= (this.stageBudget.time ?? Infinity) || this.elapsed >= (this.budget.time ?? Infinity);
  }

  /** Share of what ends first. */
  get share(): number {
    const shares = ([[this.stageBudget, this.stage], [this.budget, this.total]] as const).flatMap(([budget, use]) => [
      use.evaluations / (budget.evaluations ?? Infinity),
      elapsedOf(use) / (budget.time ?? Infinity),
    ]);
    return Math.min(1, Math.max(...shares));
  }
}
