// Slow, direct forms of special functions: what the recursions and tables are compared with.

export function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** P_l^m(z) / (1 − z²)^{m/2} without the Condon–Shortley phase, from the derivatives of (z² − 1)^l. */
function legendre(l: number, m: number, z: number): number {
  let sum = 0;
  for (let k = 0; 2 * k <= l - m; k++) {
    const power = l - 2 * k - m;
    sum += ((-1) ** k * factorial(2 * l - 2 * k)) / (factorial(k) * factorial(l - k) * factorial(power)) * z ** power;
  }
  return sum / 2 ** l;
}

/** Real orthonormal spherical harmonics of a unit vector, Y[l² + l + m]; m < 0 are the sines. Good for l up to about 10. */
export function realHarmonics(lMax: number, x: number, y: number, z: number): Float64Array {
  const out = new Float64Array((lMax + 1) ** 2);
  const [phi, sine] = [Math.atan2(y, x), Math.hypot(x, y)];
  for (let l = 0; l <= lMax; l++) {
    for (let m = 0; m <= l; m++) {
      const norm = Math.sqrt((((2 * l + 1) / (4 * Math.PI)) * factorial(l - m)) / factorial(l + m)) * (m > 0 ? Math.SQRT2 : 1);
      const value = norm * legendre(l, m, z) * sine ** m;
      out[l * l + l + m] = value * Math.cos(m * phi);
      if (m > 0) out[l * l + l - m] = value * Math.sin(m * phi);
    }
  }
  return out;
}

/** e^{−x} i_l(x): the power series, whose terms are all positive; for large x the finite sum of exponentials. */
export function scaledBessel(l: number, x: number): number {
  if (x < 40) {
    let term = Math.exp(-x);
    for (let k = 1; k <= l; k++) term *= x / (2 * k + 1);
    let sum = 0;
    for (let k = 1; term > 1e-18 * sum; k++) {
      sum += term;
      term *= (x * x) / (2 * k * (2 * l + 2 * k + 1));
    }
    return sum;
  }
  let sum = 0;
  for (let k = 0; k <= l; k++) sum += ((-1) ** k * factorial(l + k)) / (factorial(k) * factorial(l - k) * (2 * x) ** k);
  return sum / (2 * x);
}

const gaussNodes = [0, Math.sqrt(5 - 2 * Math.sqrt(10 / 7)) / 3, Math.sqrt(5 + 2 * Math.sqrt(10 / 7)) / 3];
const gaussWeights = [128 / 225, (322 + 13 * Math.sqrt(70)) / 900, (322 - 13 * Math.sqrt(70)) / 900];

/** Integral over [a, b] with five points in each of `panels` panels. */
export function integrate(f: (x: number) => number, a: number, b: number, panels: number): number {
  const half = (b - a) / panels / 2;
  let sum = 0;
  for (let p = 0; p < panels; p++) {
    const middle = a + (2 * p + 1) * half;
    for (let k = 0; k < 3; k++) {
      sum += gaussWeights[k] * f(middle + half * gaussNodes[k]);
      if (k > 0) sum += gaussWeights[k] * f(middle - half * gaussNodes[k]);
    }
  }
  return sum * half;
}

/** S^{−1/2} of a symmetric positive matrix by Jacobi rotations, which keep small eigenvalues accurate. */
export function inverseSquareRoot(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = matrix.map((_, i) => matrix.map((__, j): number => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const theta = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
        for (let k = 0; k < n; k++) [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
      }
    }
  }
  return matrix.map((_, i) => matrix.map((__, j) => v.reduce((sum, ___, k) => sum + (v[i][k] * v[j][k]) / Math.sqrt(a[k][k]), 0)));
}
