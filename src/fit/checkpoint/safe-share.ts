interface Reductions {
  readonly blocks: Map<string, number>;
  all: number;
}

/** How much of a fit need not be done again, and of the fits that make it up: these have names that begin with its own. */
export class SafeShare {
  /** Fits that take about as long, by the one that they make up. */
  private readonly counts = new Map<string, number>();
  private readonly weights = new Map<string, number>();
  private readonly own = new Map<string, Reductions>();

  /** A fit is made up of so many others, at most. */
  divide(scope: string, count: number): void {
    this.counts.set(scope, count);
  }

  /** A fit counts as so many of those that make up the same. */
  weigh(scope: string, weight: number): void {
    this.weights.set(scope, weight);
  }

  /**
   * @param scope name of the fit; "" for the whole
   * @param blocks of a reduction, or of something else that is kept by blocks
   * @param all blocks of the fit
   */
  set(scope: string, reduction: string, blocks: number, all: number): void {
    const own = this.own.get(scope) ?? { blocks: new Map<string, number>(), all };
    this.own.set(scope, own);
    own.all = all;
    own.blocks.set(reduction, blocks);
  }

  /** Of a fit, 0 to 1. */
  of(scope = ""): number {
    return Math.min(1, this.ownShare(scope) + this.innerShare(scope));
  }

  private ownShare(scope: string): number {
    const own = this.own.get(scope);
    return own ? [...own.blocks.values()].reduce((sum, count) => sum + count, 0) / own.all : 0;
  }

  private innerShare(scope: string): number {
    const count = this.counts.get(scope);
    if (count === undefined) return 0;
    const inner = [...this.weights].filter(([name]) => scopeAround(name) === scope);
    return inner.reduce((sum, [name, weight]) => sum + weight * this.of(name), 0) / count;
  }
}

/** Between the names of a fit and of one that it consists of. */
const SEPARATOR = ", ";

/** Name of a fit within another. */
export function scopeWithin(outer: string, name: string): string {
  return outer === "" ? name : `${outer}${SEPARATOR}${name}`;
}

function scopeAround(scope: string): string {
  return scope.includes(SEPARATOR) ? scope.slice(0, scope.lastIndexOf(SEPARATOR)) : "";
}
