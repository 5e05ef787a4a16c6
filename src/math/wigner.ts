/** A rotation or a rotation with inversion: nine numbers of an orthogonal matrix, row by row. */
export type Rotation = ArrayLike<number>;

/** A square matrix of complex numbers, row by row. */
export interface ComplexMatrix {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * How the real spherical harmonics of this program turn: Y_lm(R r) = Σ_m' D^l_mm' Y_lm'(r), so D(R₁R₂) = D(R₁) D(R₂). One matrix
 * (2l+1)² for each l = 0…lMax, rows m, columns m' = −l…l. By recursion in l from the elements of R, polynomials that also hold for
 * improper rotations: Ivanic & Ruedenberg, J. Phys. Chem. 100, 6342 (1996), doi:10.1021/jp953350u, with the corrections in
 * J. Phys. Chem. A 102, 9099 (1998), doi:10.1021/jp9833350.
 */
export function wignerD(lMax: number, rotation: Rotation): Float64Array[] {
  // Y_1m ∝ y, z, x for m = −1, 0, 1
  const axes = [1, 2, 0];
  const ofVector = Float64Array.from({ length: 9 }, (_, at) => rotation[3 * axes[Math.floor(at / 3)] + axes[at % 3]]);
  const matrices: Float64Array[] = [Float64Array.of(1), ofVector];
  for (let l = 2; l <= lMax; l++) matrices.push(nextMatrix(l, ofVector, matrices[l - 1]));
  return matrices.slice(0, lMax + 1);
}

/**
 * The same for complex spherical harmonics with the phase of Condon and Shortley, Y_lm ∝ P_l^m e^{imφ}, Y_l,−m = (−1)^m Y_lm*:
 * Y_lm(R r) = Σ_m' D^l_mm' Y_lm'(r).
 */
export function complexWignerD(lMax: number, rotation: Rotation): ComplexMatrix[] {
  return wignerD(lMax, rotation).map((matrix, l) => {
    const size = 2 * l + 1;
    const [real, imaginary] = [new Float64Array(size * size), new Float64Array(size * size)];
    for (let m = -l; m <= l; m++) {
      for (let n = -l; n <= l; n++) {
        const at = (m + l) * size + n + l;
        // D = C D_real C†, rows of C have two elements
        for (const [a, aRe, aIm] of complexFromReal(m)) {
          for (const [b, bRe, bIm] of complexFromReal(n)) {
            const d = matrix[(a + l) * size + b + l];
            real[at] += d * (aRe * bRe + aIm * bIm);
            imaginary[at] += d * (aIm * bRe - aRe * bIm);
          }
        }
      }
    }
    return { real, imaginary };
  });
}

/** What a complex harmonic is made of: real harmonics m with the real and the imaginary part of their factors. */
function complexFromReal(m: number): (readonly [m: number, real: number, imaginary: number])[] {
  if (m === 0) return [[0, 1, 0]];
  const sign = m > 0 && m % 2 !== 0 ? -1 : 1;
  return [[Math.abs(m), sign * Math.SQRT1_2, 0], [-Math.abs(m), 0, sign * Math.sign(m) * Math.SQRT1_2]];
}

/** Eq. 8.1 and tables 1 and 2 of the paper: R^l_mn = u U + v V + w W. */
function nextMatrix(l: number, first: Float64Array, before: Float64Array): Float64Array {
  const size = 2 * l + 1;
  const matrix = new Float64Array(size * size);
  const product = (i: number, a: number, b: number): number => productOf(l, first, before, i, a, b);
  for (let m = -l; m <= l; m++) {
    const [k, isZero] = [Math.abs(m), m === 0 ? 1 : 0];
    for (let n = -l; n <= l; n++) {
      const divisor = Math.abs(n) === l ? 2 * l * (2 * l - 1) : (l + n) * (l - n);
      const u = Math.sqrt(((l + m) * (l - m)) / divisor);
      const v = 0.5 * Math.sqrt(((1 + isZero) * (l + k - 1) * (l + k)) / divisor) * (1 - 2 * isZero);
      const w = -0.5 * Math.sqrt(((l - k - 1) * (l - k)) / divisor) * (1 - isZero);
      let value = 0;
      if (u !== 0) value += u * product(0, m, n);
      if (v !== 0) value += v * termV(m, n, product);
      if (w !== 0) value += w * termW(m, n, product);
      matrix[(m + l) * size + n + l] = value;
    }
  }
  return matrix;
}

type Product = (i: number, a: number, b: number) => number;

function termV(m: number, n: number, product: Product): number {
  if (m === 0) return product(1, 1, n) + product(-1, -1, n);
  if (m > 0) return product(1, m - 1, n) * (m === 1 ? Math.SQRT2 : 1) - (m === 1 ? 0 : product(-1, 1 - m, n));
  return (m === -1 ? 0 : product(1, m + 1, n)) + product(-1, -m - 1, n) * (m === -1 ? Math.SQRT2 : 1);
}

function termW(m: number, n: number, product: Product): number {
  return m > 0 ? product(1, m + 1, n) + product(-1, -m - 1, n) : product(1, m - 1, n) - product(-1, 1 - m, n);
}

/** P of table 2: an element of the first matrix times one of that of l − 1. */
function productOf(l: number, first: Float64Array, before: Float64Array, i: number, a: number, b: number): number {
  const size = 2 * l - 1;
  const of = (m: number, n: number): number => before[(m + l - 1) * size + n + l - 1];
  const r = (n: number): number => first[3 * (i + 1) + n + 1];
  if (b === l) return r(1) * of(a, l - 1) - r(-1) * of(a, 1 - l);
  if (b === -l) return r(1) * of(a, 1 - l) + r(-1) * of(a, l - 1);
  return r(0) * of(a, b);
}
