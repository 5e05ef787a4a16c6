// Plain row-major matrices for the tests: slow, readable twins of the routines, and a small WebAssembly workbench.
import { matrix, type Matrix, packedElements, type PackedTriangle, packedTriangle, packedTriangleBytes, writeMatrix, writeTriangle } from "../../src/linalg/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { loadWasm, type Wasm } from "../../src/wasm/wasm.js";
import type { BuildName } from "../../src/wasm/builds.js";

/** Deterministic numbers in (−1, 1): Park & Miller's minimal generator. */
export function randomSource(seed: number): () => number {
  let state = (seed * 48271 + 11) % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

export function randomArray(n: number, seed: number): Float64Array {
  const next = randomSource(seed);
  return Float64Array.from({ length: n }, next);
}

export function transposeOf(rows: number, columns: number, a: ArrayLike<number>): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  return out;
}

/** A(m×k)·B(k×n), the definition. */
export function product(m: number, n: number, k: number, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      for (let j = 0; j < n; j++) out[i * n + j] += a[i * k + p] * b[p * n + j];
    }
  }
  return out;
}

export const largest = (values: ArrayLike<number>): number => {
  let result = 0;
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]) <= result)) result = Math.abs(values[i]);
  return result;
};

export interface Workbench {
  readonly wasm: Wasm;
  readonly arena: Arena;
  /** A stored matrix with these values; the gap between width and stride holds NaN, which must never be read. */
  put(rows: number, columns: number, values: ArrayLike<number>, stride?: number): Matrix;
  /** A triangle with the upper half of n×n values; all else of its memory holds NaN, which must never be read. */
  triangle(n: number, values: Float64Array): PackedTriangle;
  vector(values: ArrayLike<number>): number;
}

export async function workbench(bytes = 64 << 20, build?: BuildName): Promise<Workbench> {
  const { wasm, pool } = await loadWasm({ build });
  const arena = new Arena(pool.allocate(bytes, "test"));
  return {
    wasm,
    arena,
    put(rows, columns, values, stride = columns) {
      const pointer = arena.f64(Math.max(1, rows * stride));
      wasm.f64(pointer, rows * stride).fill(NaN);
      const result = matrix(pointer, rows, columns, stride);
      writeMatrix(wasm, result, values);
      return result;
    },
    triangle(n, values) {
      const result = packedTriangle(arena.allocate(packedTriangleBytes(n)), n);
      packedElements(wasm, result).fill(NaN);
      writeTriangle(wasm, result, values);
      return result;
    },
    vector(values) {
      const pointer = arena.f64(Math.max(1, values.length));
      wasm.f64(pointer, values.length).set(values);
      return pointer;
    },
  };
}
