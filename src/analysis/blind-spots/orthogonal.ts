/** A rotation, with or without a reflection, row by row; or any other 3 × 3 matrix. */
export type Matrix3 = Float64Array;

/** Sweeps of rotations; three columns are orthogonal after four or five. */
const SWEEPS = 12;

/** The identity. */
export function identity3(): Matrix3 {
  return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
}

/**
 * Turns the columns of W among themselves until they are orthogonal (one-sided Jacobi, Hestenes 1958, doi:10.1137/0106005); V, if given, turns
 * along. The lengths of the columns then are the singular values.
 */
function orthogonalize(w: Matrix3, v?: Matrix3): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const turned = Number(turnPair(w, v, 0, 1)) + Number(turnPair(w, v, 0, 2)) + Number(turnPair(w, v, 1, 2));
    if (turned === 0) return;
  }
}

/** Makes two columns orthogonal; false where they are. */
function turnPair(w: Matrix3, v: Matrix3 | undefined, p: number, q: number): boolean {
  const pp = dotColumns(w, p, p);
  const qq = dotColumns(w, q, q);
  const pq = dotColumns(w, p, q);
  if (!(Math.abs(pq) > 1e-15 * Math.sqrt(pp * qq))) return false;
  const slope = (qq - pp) / (2 * pq);
  const t = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const c = 1 / Math.sqrt(1 + t * t);
  turn(w, p, q, c, c * t);
  if (v) turn(v, p, q, c, c * t);
  return true;
}

function dotColumns(w: Matrix3, p: number, q: number): number {
  return w[p] * w[q] + w[3 + p] * w[3 + q] + w[6 + p] * w[6 + q];
}

function turn(w: Matrix3, p: number, q: number, c: number, s: number): void {
  for (let row = 0; row < 9; row += 3) {
    const x = w[row + p];
    const y = w[row + q];
    w[row + p] = c * x - s * y;
    w[row + q] = s * x + c * y;
  }
}

/** Worked in by `largestTrace`, which is called very often. */
const traced = new Float64Array(9);

/** The largest Σ_ij R_ij H_ij over all orthogonal R: the sum of the singular values. */
export function largestTrace(h: Matrix3): number {
  const w = traced;
  w.set(h);
  orthogonalize(w);
  return Math.sqrt(dotColumns(w, 0, 0)) + Math.sqrt(dotColumns(w, 1, 1)) + Math.sqrt(dotColumns(w, 2, 2));
}

/**
 * The orthogonal R, reflections allowed, of the largest Σ_ij R_ij H_ij: U Vᵀ of H = U S Vᵀ (Kabsch, Acta Cryst. A 32, 922 (1976),
 * doi:10.1107/S0567739476001873). With H = Σ x yᵀ it makes Σ |x − R y|² least. Where H leaves it open, as for atoms in line, one of the best.
 */
export function bestOrthogonal(h: Matrix3): Matrix3 {
  const [w, v] = [h.slice(), identity3()];
  orthogonalize(w, v);
  const lengths = [0, 1, 2].map((k) => Math.sqrt(dotColumns(w, k, k)));
  const order = [0, 1, 2].sort((a, b) => lengths[b] - lengths[a] || a - b);
  const least = 1e-14 * lengths[order[0]];
  const known: number[][] = [];
  for (const k of order) known.push(lengths[k] > least ? [w[k], w[3 + k], w[6 + k]].map((x) => x / lengths[k]) : completing(known));
  const r = new Float64Array(9);
  order.forEach((k, at) => {
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) r[3 * i + j] += known[at][i] * v[3 * j + k];
  });
  return r;
}

/** A unit vector that is orthogonal to fewer than three orthonormal ones. */
function completing(known: readonly number[][]): number[] {
  let best: number[] = [];
  let longest = 0;
  for (let axis = 0; axis < 3; axis++) {
    let left = [0, 1, 2].map((k) => Number(k === axis));
    // twice: what is left of the first time is rounding
    for (let pass = 0; pass < 2; pass++) {
      for (const u of known) {
        const along = left[0] * u[0] + left[1] * u[1] + left[2] * u[2];
        left = left.map((x, k) => x - along * u[k]);
      }
    }
    const length = Math.hypot(...left);
    if (length > longest + 1e-9) [best, longest] = [left.map((x) => x / length), length];
  }
  return best;
}

/** out += x yᵀ, times `sign`. */
export function addProduct(out: Matrix3, x: Float64Array, i: number, y: Float64Array, j: number, sign: number): void {
  for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) out[3 * k + l] += sign * x[3 * i + k] * y[3 * j + l];
}

/** |x_i − R y_j|² */
export function turnedSquare(x: Float64Array, i: number, r: Matrix3, y: Float64Array, j: number): number {
  const u = y[3 * j];
  const v = y[3 * j + 1];
  const w = y[3 * j + 2];
  const dx = x[3 * i] - (r[0] * u + r[1] * v + r[2] * w);
  const dy = x[3 * i + 1] - (r[3] * u + r[4] * v + r[5] * w);
  const dz = x[3 * i + 2] - (r[6] * u + r[7] * v + r[8] * w);
  return dx * dx + dy * dy + dz * dz;
}

/** Rᵀ */
export function transpose3(r: Matrix3): Matrix3 {
  return Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
}
