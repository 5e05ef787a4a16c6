// Models whose error bars are compared, for an element with bonds of length R0.
import { createHash } from "node:crypto";

const MEMBERS = 8;

/** Å: shortest distance of the perfect crystal */
export const elements = { Si: 2.35, Mo: 2.73 };

/** Parts of the training file: one calibrates, the other is fitted to. */
export const split = { seed: 1, stratify: true, fractions: { validation: 0.2 } };

export const models = [
  { key: "gp", title: "GP, posterior", of: gaussianProcess },
  { key: "gp-posterior", title: "GP, drawn committee", of: gaussianProcess, by: "posterior" },
  { key: "gp-bootstrap", title: "GP, bootstrap", of: gaussianProcess, by: "bootstrap" },
  { key: "ace", title: "ACE, posterior", of: ace },
  { key: "ace-bootstrap", title: "ACE, bootstrap", of: ace, by: "bootstrap" },
  { key: "snap", title: "SNAP, posterior", of: snap },
  { key: "snap-bootstrap", title: "SNAP, bootstrap", of: snap, by: "bootstrap" },
];

/** What is fitted, and the committee around it, if any. */
export function requestOf({ of, by }, element, { smoke }) {
  const request = { ...of(element, elements[element], smoke), seed: 1 };
  return { request, committee: by && { members: smoke ? 4 : MEMBERS, by, calibration: by === "bootstrap" ? "out-of-bag" : "none" } };
}

/** Changes with what is fitted, and to what. */
export function digestOf(model, element, options) {
  return createHash("sha256").update(JSON.stringify([requestOf(model, element, options), split])).digest("hex").slice(0, 16);
}

/** Pairs and SOAP. */
function gaussianProcess(element, bond, smoke) {
  const terms = [
    {
      descriptor: { type: "distance-2b", species: [element, element], cutoff: { radius: 2.2 * bond, width: 1 } },
      kernel: { type: "squared-exponential", lengthScale: 1, delta: 2 },
      sparse: { method: "uniform", count: smoke ? 5 : 30 },
    },
    {
      descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: smoke ? 3 : 8, lMax: smoke ? 2 : 6, sigma: 0.5, cutoff: { radius: 2.2 * bond, width: 1 } },
      kernel: { type: "dot-product", zeta: 4, delta: 0.3 },
      sparse: { method: "cur", count: smoke ? 10 : 300 },
    },
  ];
  return { model: { type: "sparse-gp", isolatedAtomEnergies: "least-squares", terms }, fit: { sigma: { energy: 0.003, forces: 0.05 }, errorBars: true } };
}

function ace(element, bond, smoke) {
  const descriptor = { type: "ace", cutoff: { radius: 2.2 * bond }, order: 3, degree: smoke ? [6, 4, 3] : [18, 14, 11], lWeight: 1, radial: { type: "polynomials", envelope: { inner: 0, outer: 2 } } };
  return linear({ isolatedAtomEnergies: "none", intercept: false, terms: [{ descriptor }] }, { prior: { scale: "smoothness" } });
}

function snap(element, bond, smoke) {
  return linear({ isolatedAtomEnergies: "least-squares", terms: [{ descriptor: { type: "bispectrum", twoJMax: smoke ? 2 : 8, rcutfac: 2 * bond } }] });
}

/** Its solver tells a posterior. */
function linear(model, fit = {}) {
  return { model: { type: "linear", ...model }, fit: { sigma: { energy: 0.003, forces: 0.05 }, solver: { type: "bayesian-ridge" }, ...fit } };
}
