import { NumericalError } from "../errors.js";
import { add, divide, type DoubleDouble, exactly, multiply, negative, squareRoot } from "./double-double.js";

const SWEEPS = 30;

/**
 * S^{−1/2} of a symmetric positive matrix (Löwdin orthonormalisation) with twice the digits of a double: radial bases have condition
 * numbers up to 10¹², and every digit of the small eigenvalues shows in the result. Cyclic Jacobi rotations.
 * @param overlap elements of S; only the upper triangle is read
 * @param what names the basis in the message
 * @param indefinite what a negative eigenvalue λ means: an error, or sign(λ) |λ|^{−1/2}, which is what the singular value decomposition
 * gives
 * @returns rows of doubles
 * @throws {NumericalError} when S is not positive definite, or singular
 */
export function inverseSquareRoot(
  n: number,
  overlap: (i: number, j: number) => DoubleDouble,
  what: string,
  indefinite: "refuse" | "signed" = "refuse",
): Float64Array[] {
  const a = square(n, (i, j) => (i <= j ? overlap(i, j) : overlap(j, i)));
  const v = square(n, (i, j) => exactly(i === j ? 1 : 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotated = eliminate(a, v, p, q) || rotated;
    if (!rotated) break;
  }
  const scales = a.map((row, i) => {
    const value = row[i];
    const isPositive = value[0] > 0;
    if (!isPositive && (indefinite === "refuse" || !(value[0] < 0))) {
      throw new NumericalError(`the ${what} radial basis is linearly dependent in double precision: use a smaller nMax`);
    }
    return divide(exactly(isPositive ? 1 : -1), squareRoot(isPositive ? value : negative(value)));
  });
  const result = square(n, (i, j) => scales.reduce((sum, scale, k) => add(sum, multiply(scale, multiply(v[i][k], v[j][k]))), exactly(0)));
  return result.map((row) => Float64Array.from(row, ([high]) => high));
}

function square(n: number, element: (i: number, j: number) => DoubleDouble): DoubleDouble[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => element(i, j)));
}

/** One rotation that makes a_pq negligible; whether it was needed. The angle needs no more than double precision, its sine and cosine do. */
function eliminate(a: DoubleDouble[][], v: DoubleDouble[][], p: number, q: number): boolean {
  const [app, aqq, apq] = [a[p][p][0], a[q][q][0], a[p][q][0]];
  if (Math.abs(apq) <= 1e-32 * Math.sqrt(Math.abs(app * aqq))) return false;
  const theta = (aqq - app) / (2 * apq);
  const tangent = exactly((theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta)));
  const cosine = divide(exactly(1), squareRoot(add(exactly(1), multiply(tangent, tangent))));
  const sine = multiply(tangent, cosine);
  const minusSine = negative(sine);
  const rotate = (x: DoubleDouble, y: DoubleDouble): [DoubleDouble, DoubleDouble] => [
    add(multiply(cosine, x), multiply(minusSine, y)),
    add(multiply(sine, x), multiply(cosine, y)),
  ];
  for (const row of a) [row[p], row[q]] = rotate(row[p], row[q]);
  for (let k = 0; k < a.length; k++) [a[p][k], a[q][k]] = rotate(a[p][k], a[q][k]);
  for (const row of v) [row[p], row[q]] = rotate(row[p], row[q]);
  return true;
}
