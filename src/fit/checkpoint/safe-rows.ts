interface FitRows {
  readonly blocks: Map<string, number>;
  all: number;
}

/** How much of the rows need not be reduced again. */
export class SafeRows {
  /** How many fits there are that take about as long. */
  fits = 1;
  private readonly scopes = new Map<string, FitRows>();

  /**
   * @param blocks of a reduction
   * @param all blocks, of all reductions of its fit
   */
  set(scope: string, reduction: string, blocks: number, all: number): void {
    const own = this.scopes.get(scope) ?? { blocks: new Map<string, number>(), all };
    this.scopes.set(scope, own);
    own.all = all;
    own.blocks.set(reduction, blocks);
  }

  /** Of all fits, 0 to 1. */
  get share(): number {
    let sum = 0;
    for (const { blocks, all } of this.scopes.values()) sum += Math.min(1, [...blocks.values()].reduce((total, count) => total + count, 0) / all);
    return sum / this.fits;
  }
}
