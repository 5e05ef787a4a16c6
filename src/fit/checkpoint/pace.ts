/** Nothing is written before a fit has taken so long, s. */
export const FIRST_CHECKPOINT = 15;
/** Time between writing something and writing it again, in multiples of what writing takes from the fit. */
const SPARSENESS = 100;
/** The system copies what this process has copied and summed up. */
const SYSTEM = 2;

/** What writing something took, s. */
export interface WritingCost {
  /** Of the thread that runs this. */
  readonly work: number;
  /** From beginning to end, while others work: the disk is left alone for as long. */
  readonly wall: number;
}

export const NO_COST: WritingCost = { work: 0, wall: 0 };

/** When it is time to write: seldom enough that it costs about a hundredth of the time, and never in a short fit. */
export class Pace {
  /** s of work so far */
  private spent = 0;
  private readonly started = seconds();

  /** @param every s between two times of writing the same thing, whatever it costs; default: by the cost */
  constructor(private readonly every?: number) {}

  /** s until something is due that was written at some time, or never, and costs so much. */
  remaining({ work, wall }: WritingCost, since = this.started): number {
    return since + (this.every ?? Math.max(FIRST_CHECKPOINT, SPARSENESS * SYSTEM * work, wall)) - seconds();
  }

  /** Whether something may be written out of turn that is not written again. */
  mayWrite({ work }: WritingCost): boolean {
    return this.isLong && (this.every !== undefined || SPARSENESS * SYSTEM * (this.spent + work) <= this.elapsed);
  }

  /** s since the fit began */
  get elapsed(): number {
    return seconds() - this.started;
  }

  /** Whether the fit has run for so long that its work is worth keeping. */
  get isLong(): boolean {
    return this.elapsed >= (this.every ?? FIRST_CHECKPOINT);
  }

  /** Something was written. */
  add({ work }: WritingCost): void {
    this.spent += work;
  }
}

/** s, from an arbitrary moment */
export function seconds(): number {
  return performance.now() / 1000;
}
