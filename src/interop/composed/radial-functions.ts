import { type ClusterBasis, type ClusterCutoff, type ClusterCutoffName, gaussianExponents } from "../../descriptors/cluster/basis.js";

/** A localized function of the distance, and what tells it from others. */
export interface LocalizedFunction {
  /** Functions with the same key are one. */
  readonly key: string;
  /** Writes φ and φ′ (1/Å) at r below the radius of the cutoff. */
  at(r: number, out: Float64Array): void;
}

/** Radial functions of a basis, (35–43) of Wang et al., arXiv:2504.19372: f_c(r) exp(−αβ^ν r²), or f_c(r) T_ν(2r/r_c − 1). */
export function localizedFunctions({ radial, size }: ClusterBasis, cutoff: ClusterCutoff, alpha: number, beta: number): LocalizedFunction[] {
  const end = cutoffFunctions[cutoff.function];
  const ofTerm = (key: string, term: (r: number) => readonly [number, number]): LocalizedFunction => ({
    key,
    at(r, out) {
      const [f, df] = end(r / cutoff.radius);
      const [value, slope] = term(r);
      out[0] = f * value;
      out[1] = (df / cutoff.radius) * value + f * slope;
    },
  });
  if (radial === "chebyshev") return Array.from({ length: size }, (_, nu) => ofTerm(`T${nu}`, (r) => chebyshev(nu, r, cutoff.radius)));
  return Array.from(gaussianExponents(alpha, beta, size), (exponent) => ofTerm(`exp ${exponent}`, (r) => gaussian(exponent, r)));
}

/** f_c and its derivative by x = r / radius, x < 1. */
const cutoffFunctions: Readonly<Record<ClusterCutoffName, (x: number) => readonly [number, number]>> = {
  poly4: (x) => [(1 - x * x) ** 4, -8 * x * (1 - x * x) ** 3],
  smoothstep7: (x) => [1 - 35 * x ** 4 + 84 * x ** 5 - 70 * x ** 6 + 20 * x ** 7, -140 * x ** 3 * (1 - x) ** 3],
  bump(x) {
    const rest = 1 - x * x;
    const value = Math.exp(1 - 1 / rest);
    return [value, value === 0 ? 0 : (-2 * x * value) / (rest * rest)];
  },
};

function gaussian(exponent: number, r: number): readonly [number, number] {
  const value = Math.exp(-exponent * r * r);
  return [value, -2 * exponent * r * value];
}

/** T_ν(2r/r_c − 1) and its derivative by r, by recurrence. */
function chebyshev(nu: number, r: number, radius: number): readonly [number, number] {
  const x = (2 * r) / radius - 1;
  let [before, value, slopeBefore, slope] = [1, x, 0, 1];
  if (nu === 0) return [1, 0];
  for (let n = 1; n < nu; n++) {
    [before, value, slopeBefore, slope] = [value, 2 * x * value - before, slope, 2 * value + 2 * x * slope - slopeBefore];
  }
  return [value, (slope * 2) / radius];
}
