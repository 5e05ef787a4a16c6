import { NumericalError } from "../../errors.js";
import type { PreciseArithmetic } from "./arithmetic.js";
import type { Precise } from "./binding.js";

/** Eigenvalues of a symmetric matrix, descending. */
export interface PreciseEigen {
  /** n */
  readonly values: Precise;
  /** Row i, of length 1, belongs to value i; n × n. Absent where they were not wanted. */
  readonly vectors?: Precise;
}

/** Of one eigenvalue; about two are needed, more with more bits. */
const MOST_ITERATIONS = 300;

/**
 * Eigenvalues of a symmetric matrix, n × n by rows, whose lower triangle is read and overwritten: Householder's reduction to a tridiagonal matrix and
 * implicit QL (Martin, Reinsch & Wilkinson 1968, doi:10.1007/BF02161360; Dubrulle, Martin & Wilkinson 1968, doi:10.1007/BF02165404). Errors are of the
 * order of 2⁻ᵖ of the largest eigenvalue.
 * @throws {NumericalError} when the matrix is not finite
 */
export function preciseEigen(numbers: PreciseArithmetic, a: Precise, n: number, wantsVectors: boolean): PreciseEigen {
  checkFinite(numbers, a, n);
  const order = numbers.vector(n);
  const vectors = wantsVectors ? numbers.vector(n * n) : 0;
  const mark = numbers.mark();
  const [diagonal, offDiagonal, halves] = [numbers.vector(n), numbers.vector(n), numbers.vector(n)];
  reduce(numbers, a, n, diagonal, offDiagonal, halves);
  const z = wantsVectors ? identity(numbers, n) : 0;
  implicitQl(numbers, n, diagonal, offDiagonal, z);
  if (wantsVectors) turnBack(numbers, a, n, halves, z);
  const places = Array.from({ length: n }, (_, i) => i).sort((i, k) => numbers.compare(numbers.at(diagonal, k), numbers.at(diagonal, i)));
  for (const [i, place] of places.entries()) {
    numbers.set(numbers.at(order, i), numbers.at(diagonal, place));
    if (wantsVectors) for (let k = 0; k < n; k++) numbers.set(numbers.at(vectors, i * n + k), numbers.at(z, place * n + k));
  }
  numbers.reset(mark);
  return wantsVectors ? { values: order, vectors } : { values: order };
}

function checkFinite(numbers: PreciseArithmetic, a: Precise, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      if (!numbers.isFinite(numbers.at(a, i * n + k))) throw new NumericalError(`element (${i}, ${k}) of a symmetric matrix is not finite`);
    }
  }
}

function identity(numbers: PreciseArithmetic, n: number): Precise {
  const z = numbers.vector(n * n);
  for (let i = 0; i < n; i++) numbers.setNumber(numbers.at(z, i * (n + 1)), 1);
  return z;
}

/** Reflectors u of row i, on its first i coordinates, replace these elements; `halves` holds ½|u|², 0 where there is none. */
function reduce(numbers: PreciseArithmetic, a: Precise, n: number, diagonal: Precise, offDiagonal: Precise, halves: Precise): void {
  const mark = numbers.mark();
  const [p, t] = [numbers.vector(n), numbers.scalar()];
  for (let i = n - 1; i > 0; i--) {
    const u = numbers.at(a, i * n);
    const last = numbers.at(u, i - 1);
    const [e, h] = [numbers.at(offDiagonal, i - 1), numbers.at(halves, i)];
    dot(numbers, h, u, u, i - 1);
    if (numbers.sign(h) === 0) {
      numbers.set(e, last);
      continue;
    }
    numbers.multiplyAdd(h, last, last, h);
    numbers.squareRoot(e, h);
    if (numbers.sign(last) > 0) numbers.negate(e, e);
    numbers.multiply(t, last, e);
    numbers.subtract(h, h, t);
    numbers.subtract(last, last, e);
    reflectBothSides(numbers, a, n, i, u, h, p);
  }
  for (let i = 0; i < n; i++) numbers.set(numbers.at(diagonal, i), numbers.at(a, i * (n + 1)));
  numbers.reset(mark);
}

/** A ← (1 − u uᵀ/h) A (1 − u uᵀ/h) for the first i rows and columns. */
function reflectBothSides(numbers: PreciseArithmetic, a: Precise, n: number, i: number, u: Precise, h: Precise, p: Precise): void {
  const mark = numbers.mark();
  const [t, minus] = [numbers.scalar(), numbers.scalar()];
  for (let j = 0; j < i; j++) {
    const pj = numbers.at(p, j);
    dot(numbers, pj, numbers.at(a, j * n), u, j + 1);
    for (let k = j + 1; k < i; k++) numbers.multiplyAdd(pj, numbers.at(a, k * n + j), numbers.at(u, k), pj);
    numbers.divide(pj, pj, h);
  }
  dot(numbers, t, u, p, i);
  numbers.divide(t, t, h);
  numbers.scale(t, t, -0.5);
  for (let j = 0; j < i; j++) numbers.multiplyAdd(numbers.at(p, j), t, numbers.at(u, j), numbers.at(p, j));
  for (let j = 0; j < i; j++) {
    numbers.negate(t, numbers.at(u, j));
    numbers.negate(minus, numbers.at(p, j));
    for (let k = 0; k <= j; k++) {
      const element = numbers.at(a, j * n + k);
      numbers.multiplyAdd(element, t, numbers.at(p, k), element);
      numbers.multiplyAdd(element, minus, numbers.at(u, k), element);
    }
  }
  numbers.reset(mark);
}

function dot(numbers: PreciseArithmetic, result: Precise, a: Precise, b: Precise, length: number): void {
  numbers.setNumber(result, 0);
  for (let i = 0; i < length; i++) numbers.multiplyAdd(result, numbers.at(a, i), numbers.at(b, i), result);
}

/** @param z its rows are turned along; 0: there are none */
function implicitQl(numbers: PreciseArithmetic, n: number, d: Precise, e: Precise, z: Precise): void {
  for (let first = 0; first < n; first++) {
    for (let iteration = 0; ; iteration++) {
      const last = endOfBlock(numbers, first, n, d, e);
      if (last === first) break;
      if (iteration === MOST_ITERATIONS) throw new NumericalError(`eigenvalue ${first} of a symmetric matrix did not converge`);
      qlStep(numbers, n, first, last, d, e, z);
    }
  }
}

/** The first one from `first` on with a coupling to the next that is none in these bits. */
function endOfBlock(numbers: PreciseArithmetic, first: number, n: number, d: Precise, e: Precise): number {
  const mark = numbers.mark();
  const [sum, t] = [numbers.scalar(), numbers.scalar()];
  let m = first;
  for (; m < n - 1; m++) {
    numbers.absolute(sum, numbers.at(d, m));
    numbers.absolute(t, numbers.at(d, m + 1));
    numbers.add(sum, sum, t);
    numbers.scale(sum, sum, 2 ** -Math.min(1000, numbers.bits - 1));
    if (numbers.compareMagnitudes(numbers.at(e, m), sum) <= 0) break;
  }
  numbers.reset(mark);
  return m;
}

/** One implicit step with Wilkinson's shift on the block first … last. */
function qlStep(numbers: PreciseArithmetic, n: number, first: number, last: number, d: Precise, e: Precise, z: Precise): void {
  const mark = numbers.mark();
  const [s, c, p, g, r, f, b, t] = Array.from({ length: 8 }, () => numbers.scalar());
  shift(numbers, g, first, last, d, e);
  numbers.setNumber(s, 1);
  numbers.setNumber(c, 1);
  for (let i = last - 1; i >= first; i--) {
    const [di, dNext, ei, eNext] = [numbers.at(d, i), numbers.at(d, i + 1), numbers.at(e, i), numbers.at(e, i + 1)];
    numbers.multiply(f, s, ei);
    numbers.multiply(b, c, ei);
    numbers.multiply(t, g, g);
    numbers.multiplyAdd(t, f, f, t);
    numbers.squareRoot(r, t);
    if (i + 1 < n - 1) numbers.set(eNext, r);
    if (numbers.sign(r) === 0) {
      numbers.subtract(dNext, dNext, p);
      if (last < n - 1) numbers.setNumber(numbers.at(e, last), 0);
      numbers.reset(mark);
      return;
    }
    numbers.divide(s, f, r);
    numbers.divide(c, g, r);
    numbers.subtract(g, dNext, p);
    numbers.subtract(r, di, g);
    numbers.multiply(r, r, s);
    numbers.multiply(t, c, b);
    numbers.scale(t, t, 2);
    numbers.add(r, r, t);
    numbers.multiply(p, s, r);
    numbers.add(dNext, g, p);
    numbers.multiplySubtract(g, c, r, b);
    if (z) turnRows(numbers, n, z, i, c, s);
  }
  numbers.subtract(numbers.at(d, first), numbers.at(d, first), p);
  numbers.set(numbers.at(e, first), g);
  if (last < n - 1) numbers.setNumber(numbers.at(e, last), 0);
  numbers.reset(mark);
}

/** g ← d_last − d_first + e_first / (q ± √(q² + 1)), q = (d_next − d_first) / (2 e_first) */
function shift(numbers: PreciseArithmetic, g: Precise, first: number, last: number, d: Precise, e: Precise): void {
  const mark = numbers.mark();
  const [q, r, one] = [numbers.scalar(), numbers.scalar(), numbers.scalar()];
  const [dFirst, eFirst] = [numbers.at(d, first), numbers.at(e, first)];
  numbers.setNumber(one, 1);
  numbers.subtract(q, numbers.at(d, first + 1), dFirst);
  numbers.divide(q, q, eFirst);
  numbers.scale(q, q, 0.5);
  numbers.multiplyAdd(r, q, q, one);
  numbers.squareRoot(r, r);
  if (numbers.sign(q) < 0) numbers.negate(r, r);
  numbers.add(q, q, r);
  numbers.divide(q, eFirst, q);
  numbers.subtract(g, numbers.at(d, last), dFirst);
  numbers.add(g, g, q);
  numbers.reset(mark);
}

/** Rows i and i + 1 by cosine and sine. */
function turnRows(numbers: PreciseArithmetic, n: number, z: Precise, i: number, c: Precise, s: Precise): void {
  const mark = numbers.mark();
  const [f, t, u] = [numbers.scalar(), numbers.scalar(), numbers.scalar()];
  for (let k = 0; k < n; k++) {
    const [low, high] = [numbers.at(z, i * n + k), numbers.at(z, (i + 1) * n + k)];
    numbers.set(f, high);
    numbers.multiply(t, c, f);
    numbers.multiplyAdd(high, s, low, t);
    numbers.multiply(u, s, f);
    numbers.multiplySubtract(low, c, low, u);
  }
  numbers.reset(mark);
}

/** Eigenvectors of the tridiagonal matrix become those of A: the reflectors in turn, the shortest first. */
function turnBack(numbers: PreciseArithmetic, a: Precise, n: number, halves: Precise, z: Precise): void {
  const mark = numbers.mark();
  const t = numbers.scalar();
  for (let i = 1; i < n; i++) {
    const [u, h] = [numbers.at(a, i * n), numbers.at(halves, i)];
    if (numbers.sign(h) === 0) continue;
    for (let row = 0; row < n; row++) {
      const v = numbers.at(z, row * n);
      dot(numbers, t, u, v, i);
      numbers.divide(t, t, h);
      numbers.negate(t, t);
      for (let k = 0; k < i; k++) numbers.multiplyAdd(numbers.at(v, k), t, numbers.at(u, k), numbers.at(v, k));
    }
  }
  numbers.reset(mark);
}
