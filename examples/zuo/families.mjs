import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

// Families of potentials that the recipe tries: a tune file each, and what makes the final potential larger than those of the search.
export const families = [
  { key: "snap", title: "SNAP, 2J = 8", final: [] },
  { key: "qsnap", title: "quadratic SNAP, 2J = 8", final: ["model.terms[0].descriptor.twoJMax=8"] },
  { key: "ace-3", title: "ACE of order 3", final: ["model.terms[0].descriptor.degree=[25,21,18]"] },
  { key: "ace-4", title: "ACE of order 4", final: ["model.terms[0].descriptor.degree=[24,20,16,13]"] },
  { key: "gap", title: "GAP on soap_turbo, 2000 sparse points", final: ["model.terms[0].descriptor.compression.mode=off", "model.terms[0].sparse.count=2000"] },
];

/** The tune file of a family with words in place of what the element decides. */
export function templateOf(key) {
  return readFileSync(new URL(`${key}.yaml`, import.meta.url), "utf8");
}

/** Changes with what the recipe does for a family, not with its comments. */
export function digestOf(key) {
  const { final } = families.find((family) => family.key === key);
  return createHash("sha256").update(JSON.stringify([templateOf(key).replace(/\s*#.*$/gmu, ""), final])).digest("hex").slice(0, 16);
}
