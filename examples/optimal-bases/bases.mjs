// Bases of the atomic cluster expansion that are compared: all functions up to a degree, those that are kept of them, and controls of the same size.
import { createHash } from "node:crypto";

/** Å: shortest distance of the perfect crystal */
export const elements = { Li: 3.02, Ni: 2.49, Mo: 2.73, Si: 2.35 };

/** Bases whose size is reported, full and kept: up to so many functions of each order. */
export const sizeGrid = { mostFunctions: { 2: 700, 3: 9000, 4: 6000, 5: 4000 }, lWeights: [0.5, 1, 1.5, 2, 3] };

/** Order and weight of l of the families that say nothing else. */
const usual = { order: 3, lWeight: 1.5 };

/** `kind`: how functions are chosen among all up to a degree, see functions.mjs. */
export const families = [
  { key: "full", kind: "all", title: "full, one degree", degrees: [6, 8, 10, 12, 14, 16] },
  { key: "by-order", kind: "by-order", title: "full, degree by order", degrees: [10, 13, 16, 18, 20] },
  { key: "kept", kind: "kept", title: "kept", degrees: [8, 10, 12, 14, 16, 18, 20, 22, 24] },
  { key: "kept-pairs", kind: "kept-pairs", title: "kept, and all of order 1 and 2", degrees: [8, 10, 12, 14, 16, 18] },
  { key: "random", kind: "random", title: "drawn at random, as many as kept", degrees: [10, 14, 18], seeds: [1, 2, 3] },
  { key: "full-4", kind: "all", title: "full, order 4", order: 4, degrees: [6, 8, 10, 12, 13] },
  { key: "kept-4", kind: "kept", title: "kept, order 4", order: 4, degrees: [8, 10, 12, 14, 16, 18] },
  { key: "full-1", kind: "all", title: "full, w_L = 1", lWeight: 1, degrees: [5, 6, 7, 8, 9, 10, 11] },
  { key: "kept-1", kind: "kept", title: "kept, w_L = 1", lWeight: 1, degrees: [7, 8, 10, 12, 14, 16] },
].map((family) => ({ ...usual, ...family }));

/** Every basis of a family that is fitted: its degree, and a seed where it is drawn. */
export function basesOf({ degrees, seeds = [undefined] }, { smoke }) {
  const some = smoke ? [6] : degrees;
  return some.flatMap((degree) => (smoke ? seeds.slice(0, 1) : seeds).map((seed) => ({ degree, seed })));
}

export const fit = { sigma: { energy: 0.003, forces: 0.05 }, prior: { scale: "smoothness" }, errorBars: false, activeSet: false };

/**
 * The linear potential on some functions.
 * @param chosen what chooses them, see `functionsOf`
 */
export function requestOf(element, chosen) {
  const descriptor = { type: "ace", cutoff: { radius: cutoffOf(element) }, radial: { type: "polynomials", envelope: { inner: 0, outer: 2 } }, pair: false, ...chosen };
  return { model: { type: "linear", isolatedAtomEnergies: "none", intercept: false, terms: [{ descriptor }] }, fit, seed: 1 };
}

/** Å */
export function cutoffOf(element) {
  return Math.round(1000 * 2.2 * elements[element]) / 1000;
}

/** Changes with what is fitted, and to what. */
export function digestOf(element, { key, order, lWeight }, basis, options) {
  const recipe = [requestOf(element, {}), { order, lWeight }, key, basis, options];
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}
