// Which potentials are trained, and how.
import { published } from "./published.mjs";

/** Beside those of the paper: N with the counts of every E, a small sum, and E with the counts of the largest sum. */
const added = ["N[E[G4L4]]", "N[E[G4L6]]", "N[E[G4L8]]", "N[E[G6L4]]", "N[E[G8L5]]", "E[G4L4] + N[E[G4L4]]", "E[G8L8]"];

const smokeNames = ["G3", "C3", "E[G2L2]", "N[E[G2L2]]", "G2 x G2", "E[G2L2] + N[E[G2L2]]"];

/** Those of the published scheme that are trained beside our own. */
const bipartiteNames = ["E[G4L4]", "G8 x G8", "G8 x E[G4L4]", "E[G4L4] + N[E[G4L4]]"];

export const families = ["G", "C", "E", "N", "G ⊗ G", "G ⊗ E", "E ⊕ N"];

export function familyOf(name) {
  if (name.includes("+")) return "E ⊕ N";
  if (name.includes("x")) return name.includes("E") ? "G ⊗ E" : "G ⊗ G";
  return name[0];
}

export const isProduct = (name) => name.includes(" x ");
export const isSum = (name) => name.includes(" + ");

/** As the paper writes it. */
export const titleOf = (name) => name.replace(" x ", " ⊗ ").replace(" + ", " ⊕ ");

const ordered = [...published.map(({ name }) => name), ...added].sort((a, b) => families.indexOf(familyOf(a)) - families.indexOf(familyOf(b)));

/** What a run does; the numbers of a smoke run mean nothing. */
export function recipeOf(smoke) {
  return smoke
    ? { names: smokeNames, bipartite: ["E[G2L2]"], radius: 4, fit: { starts: 2, maximumIterations: 5 }, halves: { maximumIterations: 3 }, sampleEvery: 2, bipartiteFit: { sweeps: 1, linearSweeps: 1, initialPoints: 1, proposals: 1 } }
    : { names: ordered, bipartite: bipartiteNames, radius: 5, fit: {}, halves: { maximumIterations: 40 }, sampleEvery: 12, bipartiteFit: {} };
}

export function requestOf(name, { radius, fit }, { method = "variable-projection", ...more } = {}) {
  return { model: { type: "composed", potential: name, cutoff: { radius, function: "poly4" } }, fit: { ...fit, method, ...more }, seed: 1 };
}
