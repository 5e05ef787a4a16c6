import type { TargetName } from "../dataset-report.js";

/** Names of reference values: a marked name wins over a plain one, because programs write their predictions under the plain one. */
const PREFIXES = ["REF_", "ref_", "DFT_", "dft_", ""];
const NAMES: Readonly<Record<TargetName, readonly string[]>> = {
  energy: ["energy", "Energy"],
  forces: ["forces", "force", "Forces"],
  virial: ["virial", "virials", "stress", "stresses"],
};
/** The same spelled otherwise (`Ref-Energy`, `dft::forces`, `STRESS`) comes after those of its prefix. */
const SPELLED_OTHERWISE = 5;
/** `REF_*`, `ref_*`, …, the plain name: a key of these ranks is a reference value and nothing else. */
const FIRST_OTHER = 50;
const UNRANKED = Infinity;

const MARKS: ReadonlyMap<string, number> = new Map([["ref", 10], ["reference", 10], ["dft", 30]]);
/** Ranks of other names that end in that of the target, by a word in them; those without one of these words come last. */
const BETTER_WORDS: ReadonlyMap<string, number> = new Map([
  ["ref", 50], ["reference", 50], ["dft", 50], ["total", 60], ["tot", 60], ["free", 70], ["potential", 70],
]);
const LAST = 80;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Words that mark predictions, differences and statistics: never taken for the reference unless asked for. */
const NOT_REFERENCE: ReadonlySet<string> = new Set(words(`
  pestle gap mace ace nequip allegro snap mtp nnp model ml mlip pred predicted prediction local atomic atom formation binding cohesive surface
  vacancy defect adsorption interaction deformation atomization atomisation fermi delta diff error weight sigma mean average avg max min std
  var variance uncertainty cutoff activation barrier reaction hull excess excitation ionization target applied
`));

/** Words that mark a part of the whole. */
const PARTS: ReadonlySet<string> = new Set(words(`
  kinetic zero zpe dispersion vdw d2 d3 d4 mbd elastic strain ewald hartree exchange correlation xc nuclear nuclei repulsion band bands
  electrostatic electrostatics coulomb madelung entropy smearing ionic ion ions core valence eigenvalue eigenvalues eigen one two electron body pair
  embedding self alpha psp pseudopotential pseudo paw nonlocal solvation external internal bond bonds angle angles dihedral improper torsion
  lj long short range thermal correction shift offset spin soc magnetic hubbard polarization polarisation induction
`));

/** Files have few keys; the limit is for those that do not. */
const MOST_KEYS = 1000;
const ranks: Record<TargetName, Map<string, number>> = { energy: new Map(), forces: new Map(), virial: new Map() };

/**
 * How well a key fits a target, smaller is better: `REF_*`, `ref_*`, `DFT_*`, `dft_*`, the plain name, then other names that end in it, those
 * of totals first. Virials come before stresses of the same prefix. Infinity when the key does not fit.
 */
export function keyRank(target: TargetName, key: string): number {
  const known = ranks[target].get(key);
  if (known !== undefined) return known;
  const rank = computeRank(target, key);
  if (ranks[target].size < MOST_KEYS) ranks[target].set(key, rank);
  return rank;
}

/** Whether a key can be this target at all. */
export function isCandidate(target: TargetName, key: string): boolean {
  return keyRank(target, key) < UNRANKED;
}

/** Whether a key says that it is this target and nothing else: it must be readable. */
export function isNamedKey(target: TargetName, key: string): boolean {
  return keyRank(target, key) < FIRST_OTHER;
}

/** Whether a key of this name holds a stress and not a virial. */
export function namesStress(key: string): boolean {
  return /stress(?:es)?$/i.test(key);
}

/** Whether a key names a part of a target, such as `ewald_energy`. */
export function namesPart(target: TargetName, key: string): boolean {
  const [name, before] = splitKey(key);
  return NAMES[target].includes(name) && before.some((word) => PARTS.has(word));
}

function computeRank(target: TargetName, key: string): number {
  for (const [p, prefix] of PREFIXES.entries()) {
    const name = key.startsWith(prefix) ? NAMES[target].indexOf(key.slice(prefix.length)) : -1;
    if (name >= 0) return p * 10 + name;
  }
  const [last, before] = splitKey(key);
  const name = NAMES[target].indexOf(last);
  if (name < 0 || before.some((word) => NOT_REFERENCE.has(word) || PARTS.has(word))) return UNRANKED;
  if (before.length === 0) return 40 + SPELLED_OTHERWISE + name;
  const mark = before.length === 1 ? MARKS.get(before[0]) : undefined;
  if (mark !== undefined) return mark + SPELLED_OTHERWISE + name;
  return Math.min(...before.map((word) => BETTER_WORDS.get(word) ?? LAST)) + name;
}

/** The last word of a key, and those before it: `lda.pbe_energy`, `mtt::energy`, `totalEnergy`. */
function splitKey(key: string): [last: string, before: string[]] {
  const all = key.split(/[^\p{L}\p{N}]+|(?<=[a-z0-9])(?=[A-Z])/u).filter(Boolean).map((word) => word.toLowerCase());
  return [all.at(-1) ?? "", all.slice(0, -1)];
}
