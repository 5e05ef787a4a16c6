// SOAP on real data, one thread. A: nMax 8, lMax 6, 5 Å; B: nMax 12, lMax 9, 6 Å; σ = 0.5 Å, basis gto with a cosine at the plain
// cutoff. "padded": DScribe's convention, atoms out to where their Gaussian has fallen to 10⁻³ at the cutoff. quip: as in its
// silicon potential.
import { runSoap } from "./soap-run.mjs";

const cosine = (radius) => ({ radius, function: "cosine", width: 0.5 });
const a = { nMax: 8, lMax: 6, sigma: 0.5, cutoff: cosine(5) };
const b = { nMax: 12, lMax: 9, sigma: 0.5, cutoff: cosine(6) };
const padded = { ...a, cutoff: { radius: 5 } };
const polynomial = { ...padded, basis: "polynomial" };
const quip = { basis: "equispaced-gaussian", nMax: 8, lMax: 8, sigma: 0.5, cutoff: { radius: 5.4, width: 0.5 } };

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
  ["soap-quip-si-values", "si", quip, "values"],
  ["soap-quip-si-backward", "si", quip, "backward"],
];

export const cases = variants.map(([name, set, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runSoap(context, await context.data[set](), parameters, mode),
}));
