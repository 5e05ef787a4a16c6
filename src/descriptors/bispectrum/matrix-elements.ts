import { clebschGordan } from "../../math/clebsch-gordan.js";

/** One element of U^J on the half with 2μ ≤ J (up to the middle of the middle row), as a sum over coefficients of the density. */
export interface MatrixElementOf {
  /** complex numbers before it, the matrices of smaller J included */
  readonly to: number;
  /** where its mirror image U[J−μ, J−ν] = (−1)^{μ+ν} U[μ,ν]* stands; −1 for the middle of a matrix */
  readonly mirror: number;
  readonly sign: number;
  readonly entries: readonly MatrixEntryOf[];
}

/** Real part += real · c[fromReal], imaginary part += imaginary · c[fromImaginary]. */
export interface MatrixEntryOf {
  readonly real: number;
  readonly imaginary: number;
  readonly fromReal: number;
  readonly fromImaginary: number;
}

/** Coefficients of each l in a density [l][m][J − l]: J = l … twoJMax, padded to even. */
export const radialStride = (twoJMax: number, l: number): number => (twoJMax + 2 - l) & ~1;

/** Where c^J_lm stands in the density of one element. */
export function coefficientAt(twoJMax: number, j: number, l: number, m: number): number {
  let start = 0;
  for (let k = 0; k < l; k++) start += (2 * k + 1) * radialStride(twoJMax, k);
  return start + (l + m) * radialStride(twoJMax, l) + j - l;
}

/** Complex numbers of the matrices of all smaller J. */
export const matrixStart = (j: number): number => (j * (j + 1) * (2 * j + 1)) / 6;

/** [μ, ν] of the elements of U^J that are kept, the others being their mirror images. */
export function halfOf(j: number): (readonly [row: number, column: number])[] {
  const list: (readonly [number, number])[] = [];
  for (let row = 0; 2 * row <= j; row++) {
    for (let column = 0; column <= (2 * row === j ? row : j); column++) list.push([row, column]);
  }
  return list;
}

/**
 * U^J of a rotation as spherical harmonics of its axis: with m = μ − J/2, m' = ν − J/2
 * U^J[μ,ν] = Σ_l (−i)^l √(4π (2l+1)) / (J+1) · C(J/2 m l m'−m | J/2 m') χ^J_l(θ₀) Y*_{l, m'−m}.
 * Varshalovich, Moskalev & Khersonskii, Quantum Theory of Angular Momentum (1988), §4.5 and §4.15, doi:10.1142/0270.
 */
export function matrixElements(twoJMax: number, j: number): MatrixElementOf[] {
  const start = matrixStart(j);
  return halfOf(j).map(([row, column]) => {
    const at = row * (j + 1) + column;
    const mirror = (j - row) * (j + 1) + j - column;
    const entries = Array.from({ length: j + 1 }, (_, l) => l).filter((l) => l >= Math.abs(column - row));
    return {
      to: start + at,
      mirror: mirror === at ? -1 : start + mirror,
      sign: (row + column) % 2 === 0 ? 1 : -1,
      entries: entries.map((l) => entryOf(twoJMax, j, l, row, column)),
    };
  });
}

function entryOf(twoJMax: number, j: number, l: number, row: number, column: number): MatrixEntryOf {
  const lambda = column - row;
  const size = Math.abs(lambda);
  // Y* = (−1)^λ (cos − i sin) / √2 for λ > 0, (cos + i sin) / √2 for λ < 0, in real harmonics without the phase of Condon and Shortley
  const phase = (lambda > 0 && size % 2 !== 0 ? -1 : 1) * (lambda === 0 ? 1 : Math.SQRT1_2);
  const coupling = clebschGordan(j, 2 * row - j, 2 * l, 2 * lambda, j, 2 * column - j);
  const factor = ((coupling * Math.sqrt(4 * Math.PI * (2 * l + 1))) / (j + 1)) * phase * ((l >> 1) % 2 === 0 ? 1 : -1);
  const [cosine, sine] = [coefficientAt(twoJMax, j, l, size), coefficientAt(twoJMax, j, l, -size)];
  const ofSine = -Math.sign(lambda) * factor;
  // (−i)^l is real for even l; for odd l, −i (cos ∓ i sin) = ∓ sin − i cos
  if (l % 2 === 0) return { real: factor, imaginary: ofSine, fromReal: cosine, fromImaginary: sine };
  return { real: ofSine, imaginary: -factor, fromReal: sine, fromImaginary: cosine };
}
