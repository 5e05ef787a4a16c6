import { scaledBesselI } from "../../math/bessel.js";
import { erf } from "../../math/erf.js";
import type { SmoothFunctions, SmoothPiece } from "../../math/hermite-table.js";
import { composed, constant, exponential, inverse, type Jet, plus, scaled, squareRoot, times } from "../../math/jet.js";
import { gaussianNorm, polynomialCount, polynomialNorm, type RadialBasis, radialBasis } from "./radial-basis.js";

/** Radial part of one species. */
export interface RadialParameters {
  readonly basis: "poly3" | "poly3gauss";
  readonly nMax: number;
  readonly lMax: number;
  readonly cutoff: { readonly radius: number; readonly soft: number; readonly filter: number };
  /** Å at the center; the scalings are the growth per Å of distance */
  readonly sigmaRadial: number;
  readonly sigmaRadialScaling: number;
  readonly sigmaAngular: number;
  readonly sigmaAngularScaling: number;
  readonly radialEnhancement: 0 | 1 | 2;
  readonly centralWeight: number;
}

/** q_nl(r) without the amplitude (1 + 2x³ − 3x²)^A, and what an atom at the center adds to c_n00. */
export interface RadialFunctions {
  readonly pieces: readonly SmoothPiece[];
  readonly center: Float64Array;
  /** Å: distance over which the functions change */
  readonly scale: number;
}

/** Gaussians are left out beyond this many widths … */
const REACH = 4;
/** … and in the quadrature beyond these, where they are below 10⁻¹⁸. */
const WINDOW = 9.2;

const Y00 = 0.5 / Math.sqrt(Math.PI);

/**
 * Radial functions of soap_turbo: Caro, Phys. Rev. B 100, 024112 (2019), doi:10.1103/PhysRevB.100.024112, with the truncations of the
 * original program: the filtered part of the overlap is left out where an atom is further than 4 σ below the soft cutoff, the
 * Gaussian of poly3gauss where it is further than 4 σ from the atom's. Functions jump there (by about 10⁻⁷), so they come in pieces.
 */
export function radialFunctions(parameters: RadialParameters): RadialFunctions {
  const { cutoff, sigmaRadial, sigmaRadialScaling: growth, nMax, lMax } = parameters;
  const sigma = sigmaRadial / cutoff.radius;
  const soft = cutoff.soft / cutoff.radius;
  const basis = radialBasis({ basis: parameters.basis, nMax, sigma, soft, filter: cutoff.filter });
  const filterFrom = soft < 1 ? (soft - REACH * sigma) / (1 + REACH * growth) : -1;
  const gaussianTo = REACH * growth < 1 ? (2 * REACH * sigma) / (1 - REACH * growth) : Number.POSITIVE_INFINITY;
  const breaks = [filterFrom, gaussianTo].filter((x, i) => x > 0 && x < 1 && (i === 0 || basis.basis === "poly3gauss"));
  const ends = [...new Set([...breaks, 1])].sort((a, b) => a - b);
  const pieces = ends.map((end, i) => {
    const middle = 0.5 * (end + (ends[i - 1] ?? 0));
    const functions = new PieceOfFunctions(parameters, basis, middle > filterFrom, middle < gaussianTo);
    return { end: end * cutoff.radius, functions };
  });
  const atCenter = new Float64Array((lMax + 1) * nMax);
  pieces[0].functions.evaluate(0, 0, atCenter);
  const center =
    basis.basis === "poly3" ? atCenter.slice(0, nMax).map((q) => q * Y00 * parameters.centralWeight) : gaussianCenter(parameters, basis);
  return { pieces, center, scale: radialScale(parameters) };
}

/** Å: distance over which the radial functions change */
export function radialScale({ sigmaRadial, sigmaAngular }: RadialParameters): number {
  return Math.min(sigmaRadial, sigmaAngular);
}

/** The density of the center is the Gaussian of the basis itself. */
function gaussianCenter({ sigmaRadial, sigmaAngular, cutoff, radialEnhancement, centralWeight }: RadialParameters, basis: RadialBasis): Float64Array {
  const x = sigmaRadial / cutoff.radius;
  const enhancement = [1, Math.sqrt(2 / Math.PI) * x, x * x][radialEnhancement];
  const factor =
    (enhancement * centralWeight * Math.sqrt(4 * Math.PI) * Math.PI ** 0.25 * Math.sqrt(sigmaRadial / 2) * cutoff.radius ** 3) /
    (sigmaAngular ** 2 * sigmaRadial);
  return Float64Array.from({ length: basis.nMax }, (_, n) => factor * basis.rootOfOverlap(n, basis.nMax - 1));
}

/** The functions where the same parts of the overlap count. Derivatives are exact, as Taylor coefficients to second order. */
class PieceOfFunctions implements SmoothFunctions {
  private readonly radial: Float64Array[];
  private readonly angular: Float64Array[];
  private readonly bessel: Float64Array;
  private at = Number.NaN;
  private known: 0 | 1 | 2 = 0;

  constructor(
    private readonly parameters: RadialParameters,
    private readonly basis: RadialBasis,
    private readonly hasFilter: boolean,
    private readonly hasGaussian: boolean,
  ) {
    const { nMax, lMax } = parameters;
    this.radial = [0, 1, 2].map(() => new Float64Array(nMax));
    this.angular = [0, 1, 2].map(() => new Float64Array(lMax + 1));
    this.bessel = new Float64Array(lMax + 3);
  }

  evaluate(r: number, derivative: 0 | 1 | 2, out: Float64Array): void {
    if (this.at !== r || this.known < derivative) {
      this.expandRadial(r, derivative > 0);
      this.expandAngular(r);
      this.at = r;
      this.known = derivative > 0 ? 2 : 0;
    }
    const [u, du, ddu] = this.radial as [Float64Array, Float64Array, Float64Array];
    const [v, dv, ddv] = this.angular as [Float64Array, Float64Array, Float64Array];
    const nMax = u.length;
    for (let l = 0; l < v.length; l++) {
      for (let n = 0; n < nMax; n++) {
        if (derivative === 0) out[l * nMax + n] = u[n] * v[l];
        else if (derivative === 1) out[l * nMax + n] = du[n] * v[l] + u[n] * dv[l];
        else out[l * nMax + n] = ddu[n] * v[l] + 2 * du[n] * dv[l] + u[n] * ddv[l];
      }
    }
  }

  /** Place and width of the atom's Gaussian in units of the cutoff, as functions of r. */
  private atom(r: number): { x: Jet; width: Jet } {
    const { cutoff, sigmaRadial, sigmaRadialScaling } = this.parameters;
    const x: Jet = [r / cutoff.radius, 1 / cutoff.radius, 0];
    return { x, width: plus(constant(sigmaRadial / cutoff.radius), scaled(sigmaRadialScaling, x)) };
  }

  /** u_n = Σ_n′ W_nn′ b_n′ */
  private expandRadial(r: number, withDerivatives: boolean): void {
    for (const row of this.radial) row.fill(0);
    const { x, width } = this.atom(r);
    this.integrate(x, width, withDerivatives);
    if (this.hasFilter) this.omitBoundaryTerm(x, width);
    if (this.hasGaussian && this.basis.basis === "poly3gauss") this.addPrimitive(this.basis.nMax - 1, gaussianOverlap(this.basis.sigma, x, width));
  }

  private addPrimitive(index: number, overlap: Jet): void {
    this.basis.transform[index].forEach((w, n) => {
      for (let k = 0; k < 3; k++) this.radial[k][n] += w * overlap[k];
    });
  }

  /** Overlaps of the atom's Gaussian with the orthonormal functions by quadrature; W is inside the weights, where it cannot cancel. */
  private integrate(x: Jet, width: Jet, withDerivatives: boolean): void {
    const { points, weighted, nCore, nMax } = this.basis;
    const [u, du, ddu] = this.radial as [Float64Array, Float64Array, Float64Array];
    const end = this.hasFilter ? points.length : nCore;
    const reach = WINDOW * width[0];
    const inverseWidth = 1 / width[0];
    for (let k = firstAbove(points, x[0] - reach, end); k < end && points[k] <= x[0] + reach; k++) {
      const z = (points[k] - x[0]) * inverseWidth;
      const g = Math.exp(-0.5 * z * z);
      const at = k * nMax;
      if (!withDerivatives) {
        for (let n = 0; n < nMax; n++) u[n] += g * weighted[at + n];
        continue;
      }
      const dz = -(x[1] + z * width[1]) * inverseWidth;
      const ddz = -2 * dz * width[1] * inverseWidth;
      const first = -z * dz * g;
      const second = g * (z * z * dz * dz - dz * dz - z * ddz);
      for (let n = 0; n < nMax; n++) {
        const w = weighted[at + n];
        u[n] += g * w;
        du[n] += first * w;
        ddu[n] += second * w;
      }
    }
  }

  /**
   * The recursion of the original program, J_k = (1 − m) J_{k−1} + (k − 1) t² J_{k−2} + boundary terms, leaves out the term
   * t² exp(−(1 − m)² / 2t²) of k = 1 at x = 1, which is not zero. Its consequences are subtracted from the exact integrals.
   */
  private omitBoundaryTerm(x: Jet, width: Jet): void {
    const { soft, filter } = this.basis;
    const square = times(width, width);
    // product of the atom's Gaussian with the filter: a Gaussian of width t at m
    let [m, t2]: [Jet, Jet] = [x, square];
    if (soft < 1) {
      const filterSquare = ((1 - soft) / filter) ** 2;
      const share = inverse(plus(square, constant(filterSquare)));
      m = times(plus(scaled(soft, square), scaled(filterSquare, x)), share);
      t2 = times(scaled(filterSquare, square), share);
    }
    const toEnd = plus(constant(1), scaled(-1, x));
    const atEnd = exponential(scaled(-0.5, times(times(toEnd, toEnd), inverse(square))));
    const filterAtEnd = soft < 1 ? Math.exp(-0.5 * filter ** 2) : 1;
    const rise = plus(constant(1), scaled(-1, m));
    let before = constant(0);
    let error = scaled(-filterAtEnd, times(t2, atEnd));
    const polynomials = polynomialCount(this.basis);
    for (let k = 2; k <= polynomials + 2; k++) {
      const next = plus(times(rise, error), scaled(k - 1, times(t2, before)));
      [before, error] = [error, next];
      if (k > 2) this.addPrimitive(k - 3, scaled(polynomialNorm(k - 2), error));
    }
  }

  /** v_l = 4π √r_cut (enhancement / σ_r) (r_cut / σ_t)² e^{−y} i_l(y), y = (r / σ_t)² */
  private expandAngular(r: number): void {
    const { cutoff, sigmaAngular, sigmaAngularScaling, radialEnhancement, lMax } = this.parameters;
    const { x, width } = this.atom(r);
    const inverseSigma = inverse([sigmaAngular + sigmaAngularScaling * r, sigmaAngularScaling, 0]);
    const ratio = times([r, 1, 0], inverseSigma);
    const y = times(ratio, ratio);
    let factor = scaled(4 * Math.PI * Math.sqrt(cutoff.radius) * cutoff.radius ** 2, times(times(inverseSigma, inverseSigma), inverse(width)));
    if (radialEnhancement === 1) factor = times(factor, plus(x, scaled(Math.sqrt(2 / Math.PI), width)));
    if (radialEnhancement === 2) {
      const squares = plus(times(x, x), times(width, width));
      factor = times(factor, plus(squares, scaled(Math.sqrt(8 / Math.PI), times(width, x))));
    }
    scaledBesselI(lMax + 2, y[0], this.bessel);
    const slope = (l: number): number => (l * (this.bessel[l - 1] ?? 0) + (l + 1) * this.bessel[l + 1]) / (2 * l + 1) - this.bessel[l];
    for (let l = 0; l <= lMax; l++) {
      const first = slope(l);
      const second = (l * (l > 0 ? slope(l - 1) : 0) + (l + 1) * slope(l + 1)) / (2 * l + 1) - first;
      const v = times(factor, composed([this.bessel[l], first, second], y));
      for (let k = 0; k < 3; k++) this.angular[k][l] = v[k]!;
    }
  }
}

/** Overlap of exp(−(x − x₀)² / 2s²) with the Gaussian of the basis over [0, ∞), without the filter. */
function gaussianOverlap(sigma: number, x: Jet, s: Jet): Jet {
  const sum = plus(constant(sigma * sigma), times(s, s));
  const root = squareRoot(sum);
  const z = scaled(sigma * Math.SQRT1_2, times(x, inverse(times(s, root))));
  const slope = (2 / Math.sqrt(Math.PI)) * Math.exp(-z[0] * z[0]);
  const edge = plus(constant(1), composed([erf(z[0]), slope, -2 * z[0] * slope], z));
  const decay = exponential(scaled(-0.5, times(times(x, x), inverse(sum))));
  const width = scaled(gaussianNorm(sigma) * Math.sqrt(Math.PI / 2) * sigma, times(s, inverse(root)));
  return times(times(width, decay), edge);
}

/** Index of the first of the ascending points that is not below the limit. */
function firstAbove(points: Float64Array, limit: number, end: number): number {
  let [low, high] = [0, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
