// Radial functions of soap_turbo from their definition, slow and plain: integrals by quadrature, the truncations by their conditions.
import type { RadialParameters } from "../../../src/descriptors/soap-turbo/radial-functions.js";
import { erf } from "../../../src/math/erf.js";
import { integrate, inverseSquareRoot, scaledBessel } from "../../math/special-functions.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function turboFunctions(parameters: RadialParameters): { at: (r: number) => number[][]; center: number[] } {
  const { basis, nMax, lMax, cutoff, sigmaRadial, sigmaRadialScaling, sigmaAngular, sigmaAngularScaling, radialEnhancement, centralWeight } = parameters;
  const R = cutoff.radius;
  const [sigma, soft] = [sigmaRadial / R, cutoff.soft / R];
  const nPolynomials = basis === "poly3" ? nMax : nMax - 1;
  const polynomial = (n: number) => (x: number): number => Math.sqrt(2 * n + 5) * (1 - x) ** (n + 2);
  const gaussian = (x: number): number => Math.sqrt(2 / sigma) * Math.PI ** -0.25 * Math.exp(-0.5 * (x / sigma) ** 2);
  const overlap = range(nMax).map((i) =>
    range(nMax).map((j) => {
      if (i === j) return 1;
      const [n, m] = [Math.min(i, j) + 1, Math.max(i, j) + 1];
      if (m <= nPolynomials) return Math.sqrt((2 * n + 5) * (2 * m + 5)) / (5 + n + m);
      const exact = integrate((x) => polynomial(n)(x) * gaussian(x), 0, 1, 400);
      return exact - gaussian(0) * Math.sqrt(2 * n + 5) * boundary(n + 2, 0, sigma, Math.exp(-0.5 / sigma ** 2));
    }),
  );
  const transform = inverseSquareRoot(overlap);
  const at = (r: number): number[][] => {
    const x0 = r / R;
    const s = sigma + sigmaRadialScaling * x0;
    const atom = (x: number): number => Math.exp(-0.5 * ((x - x0) / s) ** 2);
    const filter = (x: number): number => (x <= soft ? 1 : Math.exp(-0.5 * ((cutoff.filter * (x - soft)) / (1 - soft)) ** 2));
    const panels = Math.ceil(12 / Math.min(sigma, (1 - soft || 1) / cutoff.filter));
    const overlaps = range(nMax).map((i) => {
      const n = i + 1;
      if (n > nPolynomials) return x0 < 4 * (sigma + s) ? gaussianOverlap(sigma, x0, s) : 0;
      const core = integrate((x) => polynomial(n)(x) * atom(x), 0, soft, panels);
      if (soft === 1) return core - Math.sqrt(2 * n + 5) * boundary(n + 2, x0, s, atom(1));
      if (soft - x0 >= 4 * s) return core;
      const tail = integrate((x) => polynomial(n)(x) * atom(x) * filter(x), soft, 1, panels);
      const width = (1 - soft) / cutoff.filter;
      const sum = s * s + width * width;
      return core + tail - Math.sqrt(2 * n + 5) * boundary(n + 2, (s * s * soft + width * width * x0) / sum, (s * width) / Math.sqrt(sum), atom(1) * filter(1));
    });
    const enhancement = [1, x0 + Math.sqrt(2 / Math.PI) * s, x0 * x0 + s * s + Math.sqrt(8 / Math.PI) * s * x0][radialEnhancement];
    const sigmaT = sigmaAngular + sigmaAngularScaling * r;
    const factor = ((4 * Math.PI * Math.sqrt(R) * enhancement) / s) * (R / sigmaT) ** 2;
    return range(lMax + 1).map((l) =>
      transform.map((row) => factor * scaledBessel(l, (r / sigmaT) ** 2) * row.reduce((sum, w, k) => sum + w * overlaps[k], 0)),
    );
  };
  const y00 = Math.sqrt(0.25 / Math.PI);
  const enhancement = [1, Math.sqrt(2 / Math.PI) * sigma, sigma * sigma][radialEnhancement];
  const constant = Math.sqrt(4 * Math.PI) * Math.PI ** 0.25 * Math.sqrt(sigmaRadial / 2) * (R ** 3 / (sigmaAngular ** 2 * sigmaRadial));
  const center =
    basis === "poly3"
      ? at(0)[0].map((q) => q * centralWeight * y00)
      : transform.map((row) => enhancement * centralWeight * constant * row.reduce((sum, w, k) => sum + w * overlap[k][nMax - 1], 0));
  return { at, center };
}

/** What the term t² exp(−(1 − m)² / 2t²) that the recursion J_k leaves out at k = 1 contributes to J_k; `end` is the exponential. */
function boundary(k: number, m: number, t: number, end: number): number {
  if (k === 0) return 0;
  if (k === 1) return t * t * end;
  return (1 - m) * boundary(k - 1, m, t, end) + (k - 1) * t * t * boundary(k - 2, m, t, end);
}

/** ∫ over [0, ∞) of the Gaussian of the basis and that of the atom. */
function gaussianOverlap(sigma: number, x0: number, s: number): number {
  const S = Math.hypot(sigma, s);
  const norm = Math.sqrt(2 / sigma) * Math.PI ** -0.25;
  return norm * Math.sqrt(Math.PI / 2) * ((s * sigma) / S) * Math.exp((-0.5 * x0 * x0) / S ** 2) * (1 + erf(((sigma / s) * x0) / (Math.SQRT2 * S)));
}
