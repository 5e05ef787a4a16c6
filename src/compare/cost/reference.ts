import { gemm, gemmScratchBytes } from "../../linalg/product.js";
import { matrix } from "../../linalg/matrix.js";
import { Arena, type MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type Run, timeRuns, warmUp } from "./clock.js";

const ORDER = 96;
const ITERATIONS = 20_000;
/** Of both together, seconds: small beside what stands between two of them. */
const SECONDS = 0.0006;
const WARM_UP_SECONDS = 0.1;

/**
 * Work of known size that is timed between all else. A machine with other programs on it changes its speed within milliseconds, by up to
 * a factor of two; what is compared is time in units of this.
 */
export class Reference {
  private readonly runs: readonly { readonly run: Run; readonly flops: number; readonly repeats: number; best: number }[];
  private readonly release: () => void;

  /** @param known `bests` of earlier runs on this machine */
  constructor(wasm: Wasm, pool: MemoryPool, known: readonly number[] = []) {
    const bytes = 3 * 8 * ORDER ** 2 + gemmScratchBytes(ORDER, ORDER, ORDER) + 4096;
    const region = pool.allocate(bytes, "the reference of measurements");
    this.release = () => pool.release(region);
    const arena = new Arena(region);
    const [a, b, c] = [0, 1, 2].map(() => matrix(arena.f64(ORDER ** 2), ORDER, ORDER));
    for (const { pointer } of [a, b]) wasm.f64(pointer, ORDER ** 2).fill(0.3);
    const out = arena.f64(8);
    const product = { run: () => gemm(wasm, arena, 1, a, b, 0, c), flops: 2 * ORDER ** 3 };
    const registers = { run: () => void wasm.routines.peakFlops(ITERATIONS, out), flops: 0 };
    registers.run();
    registers.flops = wasm.f64(out, 1)[0];
    this.runs = [product, registers].map((part, i) => ({ ...part, repeats: warmUp(part.run, SECONDS / 2, WARM_UP_SECONDS), best: known[i] ?? Number.POSITIVE_INFINITY }));
  }

  /** Seconds that the work takes now: the geometric mean of its parts. */
  time(): number {
    let product = 1;
    for (const part of this.runs) {
      const seconds = timeRuns(part.run, part.repeats);
      if (seconds > 0) part.best = Math.min(part.best, seconds);
      product *= seconds;
    }
    return Math.sqrt(product);
  }

  /** The same where nothing else disturbs: the best of all that were measured. */
  get best(): number {
    return Math.sqrt(this.runs.reduce((product, { best }) => product * best, 1));
  }

  /** Best times of its parts, for later runs: one run may not meet the machine at its best. */
  get bests(): number[] {
    return this.runs.map(({ best }) => best);
  }

  /** FLOP/s of products of matrices, at best. */
  get gemm(): number {
    return this.runs[0].flops / this.runs[0].best;
  }

  /** FLOP/s of 128-bit arithmetic that never leaves the registers, at best. */
  get peak(): number {
    return this.runs[1].flops / this.runs[1].best;
  }

  /** Gives its memory back. */
  close(): void {
    this.release();
  }
}
