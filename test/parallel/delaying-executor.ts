import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { Executor } from "../../src/parallel/index.js";
import type { TaskReply, TaskRequest } from "../../src/parallel/task.js";

/** Turns of the event loop that a task waits at most, before it runs and again before its result is known. */
const LONGEST_DELAY = 12;

/**
 * Passes tasks on to another executor, each after a pseudo-random delay, so that they start and end in an order that no caller
 * may rely on. Delays are counted in turns of the event loop: on a serial executor, the order is decided by the seed alone.
 */
export class DelayingExecutor extends Executor {
  private readonly random: RandomGenerator;
  /** Times that a task ended before one that was handed over earlier. */
  overtakings = 0;
  private readonly running = new Set<number>();
  private handedOver = 0;

  /** @param threads how many threads it claims to have: it hands over that many tasks at once and one more, also to a serial executor */
  constructor(
    private readonly inner: Executor,
    seed: number,
    readonly threads = inner.threads,
  ) {
    super(inner.wasm, inner.pool);
    this.random = xoroshiro128plus(seed);
  }

  protected async dispatch(request: TaskRequest): Promise<TaskReply> {
    const number = this.handedOver++;
    this.running.add(number);
    await this.delay();
    const reply = await this.inner["dispatch"](request);
    await this.delay();
    this.running.delete(number);
    for (const other of this.running) if (other < number) this.overtakings++;
    return reply;
  }

  private async delay(): Promise<void> {
    for (let turns = uniformInt(this.random, 0, LONGEST_DELAY); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
