import { add, divide, type DoubleDouble, exactly, multiply, squareRoot } from "../../math/double-double.js";
import { erf } from "../../math/erf.js";
import { inverseSquareRoot } from "../../math/loewdin.js";
import { gaussLegendre } from "../../math/quadrature.js";

/** Widths and ends in units of the cutoff, x = r / r_cut. */
export interface RadialBasisShape {
  readonly basis: "poly3" | "poly3gauss";
  readonly nMax: number;
  /** σ_r of the atoms at x = 0, which is the width of the Gaussian of poly3gauss too */
  readonly sigma: number;
  /** where the filter starts to fall: r_soft / r_cut */
  readonly soft: number;
  /** the filter is exp(−(filter (x − soft) / (1 − soft))² / 2) from there to 1 */
  readonly filter: number;
}

/** Orthonormal radial functions, sampled where a Gaussian of width σ at any place is integrated to double precision. */
export interface RadialBasis extends RadialBasisShape {
  /** W = S^(−1/2), symmetric */
  readonly transform: readonly Float64Array[];
  /** W S, for the atom at the center */
  readonly rootOfOverlap: (row: number, column: number) => number;
  readonly points: Float64Array;
  /** [point][n]: quadrature weight × Σ_n′ W_nn′ φ_n′(x), times the filter beyond `soft` */
  readonly weighted: Float64Array;
  /** points below `soft`: the first ones */
  readonly nCore: number;
}

/** Number of polynomials; poly3gauss has a Gaussian in place of the last one. */
export const polynomialCount = ({ basis, nMax }: RadialBasisShape): number => (basis === "poly3" ? nMax : nMax - 1);

/** (1 − x)^{n+2} has this factor for length 1, n = 1, 2, … */
export const polynomialNorm = (n: number): number => Math.sqrt(2 * n + 5);

/** Length 1 on [0, ∞) */
export const gaussianNorm = (sigma: number): number => Math.sqrt(2 / sigma) * Math.PI ** -0.25;

/** Points in a panel, and its width in units of σ: together they integrate a Gaussian of width σ to double precision. */
const POINTS = 16;
const PANEL_WIDTH = 2.5;

export function radialBasis(shape: RadialBasisShape): RadialBasis {
  const { nMax, soft, filter, sigma } = shape;
  const overlap = overlapMatrix(shape);
  const element = (i: number, j: number): DoubleDouble => overlap[i][j];
  // the truncated overlaps with a wide Gaussian may give a negative eigenvalue
  const transform = inverseSquareRoot(nMax, element, shape.basis, "signed");
  const core = quadrature(0, soft, PANEL_WIDTH * sigma);
  const filtered = soft < 1 ? quadrature(soft, 1, PANEL_WIDTH * Math.min(sigma, (1 - soft) / filter)) : { points: [], weights: [] };
  const points = Float64Array.from([...core.points, ...filtered.points]);
  const weights = [...core.weights, ...filtered.weights];
  const weighted = new Float64Array(points.length * nMax);
  const polynomials = polynomialCount(shape);
  points.forEach((x, k) => {
    const h = x > soft ? Math.exp(-0.5 * ((filter * (x - soft)) / (1 - soft)) ** 2) : 1;
    for (let j = 0; j < polynomials; j++) {
      const value = weights[k] * h * polynomialNorm(j + 1) * (1 - x) ** (j + 3);
      for (let n = 0; n < nMax; n++) weighted[k * nMax + n] += transform[n][j] * value;
    }
  });
  const rootOfOverlap = (row: number, column: number): number =>
    transform[row].reduce((sum, w, k) => sum + w * overlap[Math.min(k, column)][Math.max(k, column)][0], 0);
  return { ...shape, transform, rootOfOverlap, points, weighted, nCore: core.points.length };
}

function quadrature(start: number, end: number, width: number): { points: number[]; weights: number[] } {
  const panels = Math.max(1, Math.ceil((end - start) / width));
  const unit = gaussLegendre(POINTS, 0, (end - start) / panels);
  const points: number[] = [];
  const weights: number[] = [];
  for (let p = 0; p < panels; p++) {
    points.push(...unit.nodes.map((x) => start + ((end - start) * p) / panels + x));
    weights.push(...unit.weights);
  }
  return { points, weights };
}

/** Upper triangle of S. */
function overlapMatrix(shape: RadialBasisShape): DoubleDouble[][] {
  const { nMax } = shape;
  const polynomials = polynomialCount(shape);
  const overlap: DoubleDouble[][] = Array.from({ length: nMax }, () => Array.from({ length: nMax }, () => exactly(1)));
  for (let i = 1; i <= polynomials; i++) {
    for (let j = i; j <= polynomials; j++) {
      const product = squareRoot(multiply(exactly(2 * i + 5), exactly(2 * j + 5)));
      overlap[i - 1][j - 1] = i === j ? exactly(1) : divide(product, exactly(5 + i + j));
    }
  }
  if (polynomials < nMax) gaussianOverlaps(shape).forEach((value, i) => (overlap[i][nMax - 1] = value));
  return overlap;
}

/**
 * Overlaps of the polynomials with the Gaussian on [0, 1] by J_k = J_{k−1} + (k − 1) σ² J_{k−2} − σ². As in the original program the
 * boundary term exp(−1 / 2σ²) of k = 1 is left out, also where it is not small.
 */
function gaussianOverlaps(shape: RadialBasisShape): DoubleDouble[] {
  const { sigma } = shape;
  const square = multiply(exactly(sigma), exactly(sigma));
  const minusSquare: DoubleDouble = [-square[0], -square[1]];
  const moments = [exactly(Math.sqrt(Math.PI / 2) * sigma * erf(Math.SQRT1_2 / sigma))];
  for (let k = 1; k <= polynomialCount(shape) + 2; k++) {
    const before = k > 1 ? multiply(multiply(exactly(k - 1), square), moments[k - 2]) : exactly(0);
    moments.push(add(add(moments[k - 1], before), minusSquare));
  }
  const norm = gaussianNorm(sigma);
  return moments.slice(3).map((moment, i) => multiply(exactly(norm * polynomialNorm(i + 1)), moment));
}
