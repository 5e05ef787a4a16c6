import { setImmediate as nextTurn } from "node:timers/promises";
import { CancelledError } from "../../errors.js";
import type { WorkContext } from "../../parallel/work-context.js";

/** Who hears of long work on the calling thread, and may end it. */
export type Audience = Omit<WorkContext, "executor">;

/** ms: signals are not heard for so long. */
const DEAF = 100;

/** Long work on the calling thread, which lets others have their turn: signals are heard and progress is told. */
export class Turns {
  private heard = performance.now();

  /**
   * @param stage of the progress
   * @param unit of the progress
   */
  constructor(private readonly audience: Audience, private readonly stage: string, private readonly unit: string) {}

  get areDue(): boolean {
    return performance.now() - this.heard > DEAF;
  }

  /** @throws {CancelledError} where a signal fired */
  async take(done: number, total?: number): Promise<void> {
    const { signal, onProgress } = this.audience;
    onProgress?.({ stage: this.stage, done, total, unit: this.unit });
    await nextTurn();
    if (signal?.aborted) throw new CancelledError();
    this.heard = performance.now();
  }
}
