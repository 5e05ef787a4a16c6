import { InvalidParameterError } from "../errors.js";
import { Arena, type MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { eigenScratchBytes, symmetricEigen } from "./eigen.js";
import { type Matrix, matrix, readMatrix, transpose, writeMatrix } from "./matrix.js";
import { gemm, gemmScratchBytes } from "./product.js";
import { cholesky, choleskyScratchBytes, solveScratchBytes, solveTriangular } from "./triangular.js";

// For cold paths: plain arrays in, plain arrays out. Every call copies; loops should keep their matrices in WebAssembly memory.

/** What these functions need; an `Executor` is one. */
export interface Workspace {
  /** Instance whose routines are called. */
  readonly wasm: Wasm;
  /** Where the copies are put for the time of a call. */
  readonly pool: MemoryPool;
}

function withArena<Result>({ pool }: Workspace, bytes: number, label: string, work: (arena: Arena) => Result): Result {
  const region = pool.allocate(bytes + 1024, label);
  try {
    return work(new Arena(region));
  } finally {
    pool.release(region);
  }
}

function place(wasm: Wasm, arena: Arena, rows: number, columns: number, values: ArrayLike<number>): Matrix {
  const result = matrix(arena.f64(rows * columns), rows, columns);
  writeMatrix(wasm, result, values);
  return result;
}

function expectLength(values: ArrayLike<number>, length: number, name: string): void {
  if (values.length !== length) throw new InvalidParameterError(`${name} has ${values.length} elements; its shape needs ${length}`);
}

/**
 * A(m×k)·B(k×n), all row-major.
 * @throws {InvalidParameterError} when an array does not have the length of its shape
 */
export function multiply(space: Workspace, m: number, n: number, k: number, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  expectLength(a, m * k, "A");
  expectLength(b, k * n, "B");
  const bytes = (m * k + k * n + m * n) * 8 + gemmScratchBytes(m, n, k);
  return withArena(space, bytes, `the product of a ${m}×${k} and a ${k}×${n} matrix`, (arena) => {
    const c = matrix(arena.f64(m * n), m, n);
    gemm(space.wasm, arena, 1, place(space.wasm, arena, m, k, a), place(space.wasm, arena, k, n, b), 0, c);
    return readMatrix(space.wasm, c);
  });
}

/**
 * Solves A·X = B for a symmetric positive definite A (n×n, lower triangle read) and B (n×columns), row-major.
 * @throws {NumericalError} when A is not positive definite or not finite
 * @throws {InvalidParameterError} when an array does not have the length of its shape
 */
export function choleskySolve(space: Workspace, n: number, columns: number, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  expectLength(a, n * n, "A");
  expectLength(b, n * columns, "B");
  const scratch = Math.max(choleskyScratchBytes(n), solveScratchBytes(n, columns));
  return withArena(space, (n * n + n * columns) * 8 + scratch, `the solution of ${n} equations`, (arena) => {
    const l = place(space.wasm, arena, n, n, a);
    const x = place(space.wasm, arena, n, columns, b);
    cholesky(space.wasm, arena, l);
    solveTriangular(space.wasm, arena, "lower", l, x);
    solveTriangular(space.wasm, arena, "lower", transpose(l), x);
    return readMatrix(space.wasm, x);
  });
}

/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface Eigensystem {
  /** f64 [n], ascending */
  readonly values: Float64Array;
  /** f64 [n × n]: row i belongs to value i and has unit length. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues (ascending) and eigenvectors (row i of the n×n `vectors` belongs to values[i]) of a symmetric matrix, row-major.
 * @throws {NumericalError} when A is not finite
 * @throws {InvalidParameterError} when the array does not have n² elements
 */
export function eigen(space: Workspace, n: number, a: ArrayLike<number>): Eigensystem {
  expectLength(a, n * n, "A");
  const bytes = (2 * n * n + n) * 8 + eigenScratchBytes(n);
  return withArena(space, bytes, `the eigenvectors of a ${n}×${n} matrix`, (arena) => {
    const values = arena.f64(n);
    const vectors = matrix(arena.f64(n * n), n, n);
    symmetricEigen(space.wasm, arena, place(space.wasm, arena, n, n, a), values, vectors);
    return { values: space.wasm.f64(values, n).slice(), vectors: readMatrix(space.wasm, vectors) };
  });
}
