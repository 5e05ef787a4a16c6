import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectStored, type Matrix } from "./matrix.js";
import { gemmScratchBytes } from "./product.js";

/** Bytes of scratch of the routine `rowReflectors`. */
export function rowReflectorsScratchBytes(rows: number, columns: number): number {
  const widest = Math.max(rows, columns);
  return 16 * rows * rows + gemmScratchBytes(rows, widest, widest);
}

/**
 * A = [L 0]·(I − Vᵀ·T·V)ᵀ for a few long rows A: V replaces the first min(rows, columns) of them, with zeros before the unit diagonal.
 * @param lower f64 [rows × rows], out: L
 * @param t f64 [rows × rows], out: T, upper triangle
 * @throws {NumericalError} when a value is not finite
 */
export function rowReflectors(wasm: Wasm, arena: Arena, a: Matrix, lower: Pointer, t: Pointer): void {
  expectStored(a, "rowReflectors");
  const mark = arena.mark();
  const scratch = arena.allocate(rowReflectorsScratchBytes(a.rows, a.columns));
  try {
    wasm.routines.rowReflectors(a.rows, a.columns, a.pointer, a.stride, lower, t, scratch);
  } finally {
    arena.reset(mark);
  }
}

/** An upper triangle with few diagonals in WebAssembly memory. */
export interface Band {
  /** f64 [size × (width + 1)]: row i holds columns i … i + width, 0 behind the last column. */
  readonly pointer: Pointer;
  /** Rows, and columns */
  readonly size: number;
  /** Diagonals above the main one. */
  readonly width: number;
}

/** C and d with |B·z − q|² + λ|z|² = |C·z − d|² + rest for all z. */
export interface BandFactor {
  /** As wide as B. */
  readonly band: Band;
  /** f64 [size]: d */
  readonly right: Pointer;
  /** The least value that the sum can have. */
  readonly rest: number;
}

/** Bytes of the arena that `factorBand` takes and leaves taken. */
export function bandFactorBytes({ size, width }: Omit<Band, "pointer">): number {
  return 8 * ((size + 1) * (width + 1) + size + 1) + 256;
}

/**
 * The factor of [B; √λ·I] for λ > 0, in the arena: 3·size·width² operations.
 * @param target f64 [size]: q
 * @throws {NumericalError} when a value is not finite
 */
export function factorBand(wasm: Wasm, arena: Arena, b: Band, target: Pointer, regularization: number): BandFactor {
  const { size, width } = b;
  const [pointer, right, row, rest] = [arena.f64(size * (width + 1)), arena.f64(size), arena.f64(width + 1), arena.f64(1)];
  wasm.routines.bandRidge(size, width, Math.sqrt(regularization), b.pointer, target, pointer, right, row, rest);
  return { band: { pointer, size, width }, right, rest: wasm.f64(rest, 1)[0] };
}

/** Solves C·z = d in place of d, f64 [size]. */
export function solveBand(wasm: Wasm, { pointer, size, width }: Band, right: Pointer): void {
  wasm.routines.bandSolve(size, width, pointer, right);
}

/**
 * Trace of (Cᵀ·C)⁻¹: 4·size·width² operations, relative errors of ε·condition(C).
 * @throws {NumericalError} when it is not finite
 */
export function bandInverseTrace(wasm: Wasm, arena: Arena, { pointer, size, width }: Band): number {
  const mark = arena.mark();
  const [rows, reversed, out] = [arena.f64(size * (width + 1)), arena.f64(width), arena.f64(1)];
  try {
    wasm.routines.bandInverseTrace(size, width, pointer, rows, reversed, out);
    return wasm.f64(out, 1)[0];
  } finally {
    arena.reset(mark);
  }
}
