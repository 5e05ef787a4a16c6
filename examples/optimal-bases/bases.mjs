// Bases of the atomic cluster expansion that are compared: all functions up to a degree, those that are kept of them, and controls of the same size.
import { createHash } from "node:crypto";

/** Å: shortest distance of the perfect crystal */
export const elements = { Li: 3.02, Ni: 2.49, Mo: 2.73, Si: 2.35 };

/** Bases whose size is reported: full and kept. */
export const sizeGrid = { orders: [2, 3, 4, 5], lWeights: [0.5, 1, 1.5, 2, 3], mostFunctions: 9000 };

/** Order and weight of l of the bases that are fitted. */
export const fitted = { order: 3, lWeight: 1.5 };

export const families = [
  { key: "full", title: "full, one degree", degrees: [6, 8, 10, 12, 14, 16] },
  { key: "by-order", title: "full, degree by order", degrees: [10, 13, 16, 18, 20] },
  { key: "kept", title: "kept", degrees: [8, 10, 12, 14, 16, 18, 20, 22, 24] },
  { key: "kept-pairs", title: "kept, and all of order 1 and 2", degrees: [8, 10, 12, 14, 16, 18] },
  { key: "random", title: "drawn at random, as many as kept", degrees: [10, 14, 18], seeds: [1, 2, 3] },
];

/** Every basis of a family that is fitted: its degree, and a seed where it is drawn. */
export function basesOf({ degrees, seeds = [undefined] }, { smoke }) {
  const some = smoke ? [6] : degrees;
  return some.flatMap((degree) => (smoke ? seeds.slice(0, 1) : seeds).map((seed) => ({ degree, seed })));
}

/** Largest degree of orders 1, 2 and 3, as it is usual. */
export function degreesByOrder(degree) {
  return [degree, degree - 4, degree - 8].map((own) => Math.max(own, 0));
}

export const fit = { sigma: { energy: 0.003, forces: 0.05 }, prior: { scale: "smoothness" }, errorBars: false, activeSet: false };

/** The linear potential on a list of functions. */
export function requestOf(element, functions) {
  const descriptor = { type: "ace", cutoff: { radius: cutoffOf(element) }, radial: { type: "polynomials", envelope: { inner: 0, outer: 2 } }, pair: false, functions };
  return { model: { type: "linear", isolatedAtomEnergies: "none", intercept: false, terms: [{ descriptor }] }, fit, seed: 1 };
}

/** Å */
export function cutoffOf(element) {
  return Math.round(1000 * 2.2 * elements[element]) / 1000;
}

/** Changes with what is fitted, and to what. */
export function digestOf(element, family, basis, options) {
  const recipe = [requestOf(element, []), fitted, family.key, basis, options];
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}
