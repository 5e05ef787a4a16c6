import type { ClusterBasis, ClusterValues } from "../../../descriptors/cluster/basis.js";
import { InternalError } from "../../../errors.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import type { PrecisePairs } from "./pairs.js";

/** Radial functions of every pair and their slopes by the distance, nPairs × size. */
export interface PreciseRadial {
  readonly size: number;
  /** φ_ν */
  readonly values: Precise;
  /** φ_ν′ */
  readonly slopes: Precise;
}

/** φ_ν = f_c ϕ_ν of a basis, (40–42) and (35–37), see `ClusterBasis`. */
export function preciseRadial(numbers: PreciseArithmetic, pairs: PrecisePairs, basis: ClusterBasis, parameters: ClusterValues, radius: number): PreciseRadial {
  const { size, radial } = basis;
  const [values, slopes] = [numbers.vector(pairs.nPairs * size), numbers.vector(pairs.nPairs * size)];
  const mark = numbers.mark();
  const bare = radial === "gaussian" ? gaussians(numbers, exponentsOf(numbers, parameters, size), size) : chebyshev(numbers, radius, size);
  const t = numbers.scalar();
  for (let pair = 0; pair < pairs.nPairs; pair++) {
    const [value, slope] = [numbers.at(values, pair * size), numbers.at(slopes, pair * size)];
    bare(numbers.at(pairs.distance, pair), value, slope);
    const [cut, cutSlope] = [numbers.at(pairs.cut, pair), numbers.at(pairs.cutSlope, pair)];
    for (let nu = 0; nu < size; nu++) {
      const [f, df] = [numbers.at(value, nu), numbers.at(slope, nu)];
      numbers.multiply(t, cutSlope, f);
      numbers.multiplyAdd(df, df, cut, t);
      numbers.multiply(f, f, cut);
    }
  }
  numbers.reset(mark);
  return { size, values, slopes };
}

/** Writes ϕ_ν and ϕ_ν′ of one distance. */
type BareFunctions = (r: Precise, values: Precise, slopes: Precise) => void;

/** αβ^ν of the doubles α and β. */
function exponentsOf(numbers: PreciseArithmetic, { alpha, beta }: ClusterValues, size: number): Precise {
  if (alpha === undefined || beta === undefined) throw new InternalError("a Gaussian basis without α and β");
  const exponents = numbers.vector(size);
  for (let nu = 0; nu < size; nu++) {
    if (nu === 0) numbers.setNumber(exponents, alpha);
    else numbers.scale(numbers.at(exponents, nu), numbers.at(exponents, nu - 1), beta);
  }
  return exponents;
}

/** exp(−α_ν r²) */
function gaussians(numbers: PreciseArithmetic, exponents: Precise, size: number): BareFunctions {
  const t = numbers.scalar();
  return (r, values, slopes) => {
    for (let nu = 0; nu < size; nu++) {
      const [value, slope] = [numbers.at(values, nu), numbers.at(slopes, nu)];
      numbers.multiply(t, numbers.at(exponents, nu), r);
      numbers.negate(t, t);
      numbers.multiply(value, t, r);
      numbers.exponential(value, value);
      numbers.multiply(slope, t, value);
      numbers.scale(slope, slope, 2);
    }
  };
}

/** T_ν(2r/r_c − 1) */
function chebyshev(numbers: PreciseArithmetic, radius: number, size: number): BareFunctions {
  const [x, slope, t, one] = [numbers.scalar(), numbers.scalar(), numbers.scalar(), numbers.scalar()];
  numbers.setNumber(one, 1);
  numbers.setNumber(t, radius);
  numbers.setNumber(slope, 2);
  numbers.divide(slope, slope, t);
  return (r, values, slopes) => {
    numbers.multiplySubtract(x, r, slope, one);
    for (let nu = 0; nu < size; nu++) {
      const [value, derivative] = [numbers.at(values, nu), numbers.at(slopes, nu)];
      if (nu === 0) {
        numbers.setNumber(value, 1);
        numbers.setNumber(derivative, 0);
      } else if (nu === 1) {
        numbers.set(value, x);
        numbers.set(derivative, slope);
      } else {
        // T_ν = 2x T_{ν−1} − T_{ν−2} and its derivative, of which 2 dx/dr T_{ν−1} is a part
        numbers.scale(t, x, 2);
        numbers.multiplySubtract(value, t, numbers.at(values, nu - 1), numbers.at(values, nu - 2));
        numbers.multiplySubtract(derivative, t, numbers.at(slopes, nu - 1), numbers.at(slopes, nu - 2));
        numbers.scale(t, slope, 2);
        numbers.multiplyAdd(derivative, t, numbers.at(values, nu - 1), derivative);
      }
    }
  };
}

/** ∂φ/∂ln α, or ∂φ/∂ln β = ν ∂φ/∂ln α, of Gaussians. */
export function radialDerivative(numbers: PreciseArithmetic, pairs: PrecisePairs, radial: PreciseRadial, parameters: ClusterValues, by: "alpha" | "beta"): PreciseRadial {
  const { size } = radial;
  const [values, slopes] = [numbers.vector(pairs.nPairs * size), numbers.vector(pairs.nPairs * size)];
  const mark = numbers.mark();
  const exponents = exponentsOf(numbers, parameters, size);
  const [t, u] = [numbers.scalar(), numbers.scalar()];
  for (let pair = 0; pair < pairs.nPairs; pair++) {
    const r = numbers.at(pairs.distance, pair);
    for (let nu = by === "beta" ? 1 : 0; nu < size; nu++) {
      const place = pair * size + nu;
      const [f, df] = [numbers.at(radial.values, place), numbers.at(radial.slopes, place)];
      numbers.multiply(t, numbers.at(exponents, nu), r);
      numbers.scale(t, t, by === "beta" ? -nu : -1);
      numbers.multiply(u, t, r);
      numbers.multiply(numbers.at(values, place), u, f);
      numbers.multiply(u, u, df);
      numbers.scale(t, t, 2);
      numbers.multiplyAdd(numbers.at(slopes, place), t, f, u);
    }
  }
  numbers.reset(mark);
  return { size, values, slopes };
}
