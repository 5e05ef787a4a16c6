// Functions of the atomic cluster expansion of one environment by their definition, to verify the routines before they are timed: complex
// harmonics of every neighbor, products for every term. Knows the default radial functions of one species and couplings as the program has them.
import { aceLayout, basisOf } from "../../dist/descriptors/ace/basis.js";
import { radialOf } from "../../dist/descriptors/ace/bonds.js";
import { radialParts } from "../../dist/descriptors/ace/radial/pair-radial.js";
import { polynomialSet } from "../../dist/descriptors/ace/radial/polynomials.js";

const SILICON = 14;

/**
 * @param descriptor an `ace` of one species
 * @param neighbors [{ displacement }]
 * @returns Float64Array of the columns
 */
export function directAce({ parameters }, nSpecies, _centerSpecies, neighbors) {
  if (nSpecies !== 1) throw new Error("the direct sum knows one species");
  const basis = basisOf(parameters, [SILICON]);
  const spec = radialOf(parameters, SILICON, SILICON);
  const { manyBody, pair } = radialParts(spec, aceLayout(parameters, basis));
  const within = neighbors.map(({ displacement }) => ({ displacement, r: Math.hypot(...displacement) })).filter(({ r }) => r < spec.cutoff);
  const radial = (part) => within.map(({ r }) => jetsOf(polynomialSet(part.polynomials), r));
  const [many, ofPair] = [radial(manyBody), radial(pair)];
  const row = basis.pairs.map(({ n }) => ofPair.reduce((sum, values) => sum + values[n - 1], 0));
  const densities = new Map();
  const density = ({ n, l }, m) => {
    const key = `${n} ${l} ${m}`;
    if (!densities.has(key)) {
      const sum = [0, 0];
      within.forEach(({ displacement }, j) => harmonic(l, m, displacement).forEach((part, k) => (sum[k] += many[j][n - 1] * part)));
      densities.set(key, sum);
    }
    return densities.get(key);
  };
  const product = (factors, m) => factors.reduce(([a, b], own, t) => (([c, d]) => [a * c - b * d, a * d + b * c])(density(own, m[t])), [1, 0])[0];
  for (const { factors, terms } of basis.functions) row.push(terms.reduce((sum, { m, coefficient }) => sum + coefficient * product(factors, m), 0));
  return Float64Array.from(row);
}

function jetsOf({ pieces }, r) {
  const jets = [];
  pieces[0].functions(r, jets);
  return jets.map(([value]) => value);
}

function harmonic(l, m, [x, y, z]) {
  const [k, phi, cosine] = [Math.abs(m), Math.atan2(y, x), z / Math.hypot(x, y, z)];
  let norm = (2 * l + 1) / (4 * Math.PI);
  for (let i = l - k + 1; i <= l + k; i++) norm /= i;
  const value = Math.sqrt(norm) * legendre(l, k, cosine);
  const sign = m < 0 ? (-1) ** k : 1;
  return [sign * value * Math.cos(k * phi), sign * Math.sign(m || 1) * value * Math.sin(k * phi)];
}

function legendre(l, m, x) {
  let here = 1;
  for (let k = 1; k <= m; k++) here *= -(2 * k - 1) * Math.sqrt(1 - x * x);
  let before = 0;
  for (let k = m + 1; k <= l; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k + m - 1) * before) / (k - m)];
  return here;
}
