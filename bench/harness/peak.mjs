// The arithmetic peak of one core with 128-bit vectors: multiply–adds that never leave the registers.
import { measureBest } from "./measure.mjs";

const ITERATIONS = 2_000_000;

/** FLOP/s of the `peakFlops` routine of this build, once in a smoke run; undefined for a build without it. */
export async function measurePeak(wasm, pool, smoke) {
  if (!wasm.routines.peakFlops) return undefined;
  const result = pool.allocate(64, "result of the peak measurement");
  try {
    const out = wasm.f64(result.pointer, 2);
    const seconds = await measureBest(() => wasm.routines.peakFlops(ITERATIONS, result.pointer), { minimumSeconds: smoke ? 0 : 0.3, warmup: false });
    return out[0] / seconds;
  } finally {
    pool.release(result);
  }
}
