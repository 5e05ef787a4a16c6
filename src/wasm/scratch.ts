import { Arena, ArenaOverflow, type MemoryPool } from "./memory.js";

/** Runs host-side work with scratch memory; like the executor, it runs the (pure) work again in a larger arena when it overflows. */
export function withScratch<Result>(pool: MemoryPool, run: (arena: Arena) => Result, label = "scratch"): Result {
  for (let bytes = 1 << 20; ; ) {
    const region = pool.allocate(bytes, label);
    try {
      return run(new Arena(region));
    } catch (error) {
      if (!(error instanceof ArenaOverflow)) throw error;
      bytes = Math.ceil(Math.max(error.requiredBytes * 1.25, 2 * bytes));
    } finally {
      pool.release(region);
    }
  }
}
