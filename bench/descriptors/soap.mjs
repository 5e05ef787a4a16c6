// SOAP on real data, one thread. A: nMax 8, lMax 6, 5 Å; B: nMax 12, lMax 9, 6 Å; σ = 0.5 Å, basis gto with a cosine at the plain
// cutoff. "padded": DScribe's convention, atoms out to where their Gaussian has fallen to 10⁻³ at the cutoff. quip: as in its
// silicon potential. turbo: soap_turbo as in the silicon potential of the benchmarks, and a small one. expansion: the coefficients of case A themselves.
import { runDescriptor } from "./descriptor-run.mjs";
import { directSoap } from "./direct-soap.mjs";

const cosine = (radius) => ({ radius, function: "cosine", width: 0.5 });
const a = { nMax: 8, lMax: 6, sigma: 0.5, cutoff: cosine(5) };
const b = { nMax: 12, lMax: 9, sigma: 0.5, cutoff: cosine(6) };
const padded = { ...a, cutoff: { radius: 5 } };
const polynomial = { ...padded, basis: "polynomial" };
const quip = { basis: "equispaced-gaussian", nMax: 8, lMax: 8, sigma: 0.5, cutoff: { radius: 5.4, width: 0.5 } };

const expansion = { ...a, type: "spherical-expansion" };
const librascal = { ...a, basis: "librascal-gto" };

const turbo = { type: "soap-turbo", basis: "poly3gauss", nMax: 8, lMax: 8, cutoff: { radius: 5.4 }, radialEnhancement: 1 };
const turboSmall = { ...turbo, nMax: 4, lMax: 4 };

const variants = [
  ["soap-a-si-values", "si", a, "values"],
  ["soap-a-si-jacobian", "si", a, "jacobian"],
  ["soap-a-si-backward", "si", a, "backward"],
  ["soap-a-si-values-padded", "si", padded, "values"],
  ["soap-a-si-values-polynomial", "si", polynomial, "values"],
  ["soap-b-si-values", "si", b, "values"],
  ["soap-b-si-jacobian", "si", b, "jacobian"],
  ["soap-a-3bpa-values", "threeBpa", a, "values"],
  ["soap-a-3bpa-jacobian", "threeBpa", a, "jacobian"],
  ["soap-a-3bpa-backward", "threeBpa", a, "backward"],
  ["soap-a-3bpa-values-padded", "threeBpa", padded, "values"],
  ["soap-a-si-values-librascal", "si", librascal, "values"],
  ["soap-a-si-jacobian-librascal", "si", librascal, "jacobian"],
  ["expansion-a-si-values", "si", expansion, "values"],
  ["expansion-a-si-jacobian", "si", expansion, "jacobian"],
  ["expansion-a-si-backward", "si", expansion, "backward"],
  ["expansion-a-3bpa-values", "threeBpa", expansion, "values"],
  ["soap-quip-si-values", "si", quip, "values"],
  ["soap-quip-si-backward", "si", quip, "backward"],
  ["soap-turbo-si-values", "si", turbo, "values"],
  ["soap-turbo-si-jacobian", "si", turbo, "jacobian"],
  ["soap-turbo-si-backward", "si", turbo, "backward"],
  ["soap-turbo-small-si-values", "si", turboSmall, "values"],
  ["soap-turbo-small-si-jacobian", "si", turboSmall, "jacobian"],
  ["soap-turbo-small-si-backward", "si", turboSmall, "backward"],
];

export const cases = variants.map(([name, set, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data[set](), { type: "soap", ...parameters }, mode, { direct: directSoap }),
}));
