import { InvalidParameterError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import type { ColumnShape } from "../column.js";
import type { KeyReport, KeyUse, TargetName } from "../dataset-report.js";
import type { Targets } from "../structure.js";

/** Which keys of a file are the reference values; what is not given is detected, `false` leaves the target out. */
export interface TargetKeys {
  /** eV, of the frame. */
  readonly energy?: string | false;
  /** eV/Å, a column of atoms. */
  readonly forces?: string | false;
  /** eV, positive when compressed. */
  readonly virial?: string | false;
  /** eV/Å³, ASE's sign (positive is tensile); read as virial = −volume · stress. */
  readonly stress?: string | false;
  /** Group of a frame. Default: `config_type`. */
  readonly configType?: string;
}

/** Names of reference values: a marked name wins over a plain one, because programs write their predictions under the plain one. */
const PREFIXES = ["REF_", "ref_", "DFT_", "dft_", ""];
const NAMES: Record<TargetName, readonly string[]> = {
  energy: ["energy", "Energy"],
  forces: ["forces", "force", "Forces"],
  virial: ["virial", "virials", "stress", "stresses"],
};
const SUFFIXES: Record<TargetName, RegExp> = {
  energy: /[_-]energy$/i,
  forces: /[_-]forces?$/i,
  virial: /[_-](?:virials?|stress)$/i,
};

/** Words that mark predictions, parts of the energy and statistics: never taken for the reference unless asked for. */
const NOT_REFERENCE = new RegExp(
  "(?:^|[_-])(?:pestle|gap|mace|ace|nequip|allegro|snap|mtp|nnp|model|ml|mlip|pred|predicted|prediction|kinetic|local|atomic|atom|" +
    "per_atom|formation|binding|cohesive|surface|vacancy|defect|adsorption|interaction|deformation|atomization|atomisation|zero_point|" +
    "dispersion|vdw|fermi|elastic|strain|delta|diff|error|weight|sigma|mean|average|avg|max|min|std|var|variance|uncertainty)(?=[_-])",
  "i",
);

const UNRANKED = Infinity;
/** Files have few keys; the limit is for those that do not. */
const MOST_KEYS = 1000;

/**
 * How well a key fits a target, smaller is better: `REF_*`, `ref_*`, `DFT_*`, `dft_*`, the plain name, then any other `*_energy`, …
 * Virials come before stresses of the same prefix. Infinity when the key does not fit.
 */
export function keyRank(target: TargetName, key: string): number {
  const known = ranks[target].get(key);
  if (known !== undefined) return known;
  const rank = computeRank(target, key);
  if (ranks[target].size < MOST_KEYS) ranks[target].set(key, rank);
  return rank;
}

const ranks: Record<TargetName, Map<string, number>> = { energy: new Map(), forces: new Map(), virial: new Map() };

function computeRank(target: TargetName, key: string): number {
  for (const [p, prefix] of PREFIXES.entries()) {
    const name = key.startsWith(prefix) ? NAMES[target].indexOf(key.slice(prefix.length)) : -1;
    if (name >= 0) return p * 10 + name;
  }
  return SUFFIXES[target].test(key) && !NOT_REFERENCE.test(key) ? PREFIXES.length * 10 : UNRANKED;
}

/** Whether a key of this name holds a stress and not a virial. */
function namesStress(key: string): boolean {
  return /stress(?:es)?$/i.test(key);
}

/** The key of a target in one frame. */
export interface ChosenKey {
  readonly key: string;
  readonly isStress: boolean;
}

/**
 * Chooses the key of a target among those present. Equal ranks are decided by name, so that the order in the file does not matter.
 * `fits` tells whether the value under a key can be the target; keys given by option are not asked.
 */
export function chooseKey(target: TargetName, keys: TargetKeys, present: Iterable<string>, fits: (key: string) => boolean): ChosenKey[] {
  const explicit = explicitKeys(target, keys);
  if (explicit) {
    const found = [...present];
    return explicit.filter(({ key }) => found.includes(key));
  }
  const refused = target === "virial" && keys.stress === false;
  const candidates: string[] = [];
  for (const key of present) {
    if (keyRank(target, key) < UNRANKED && !(refused && namesStress(key)) && fits(key)) candidates.push(key);
  }
  if (candidates.length > 1) candidates.sort((a, b) => keyRank(target, a) - keyRank(target, b) || (a < b ? -1 : 1));
  return candidates.map((key) => ({ key, isStress: target === "virial" && namesStress(key) }));
}

/** Keys named by option; an empty list when the target is left out, undefined when it is to be detected. */
function explicitKeys(target: TargetName, keys: TargetKeys): ChosenKey[] | undefined {
  const key = keys[target];
  if (typeof key === "string") return [{ key, isStress: false }];
  if (target === "virial" && typeof keys.stress === "string") return [{ key: keys.stress, isStress: true }];
  return key === false ? [] : undefined;
}

/** Counts which keys were read, over all frames of all files, and answers for the targets that were asked for. Readers tell it. */
export class KeyTally {
  /** That were read, in order. */
  readonly files: string[] = [];
  private frames = 0;
  /** By column. */
  private readonly used: Record<TargetName, Map<string, number>> & Record<string, Map<string, number>> = { energy: new Map(), forces: new Map(), virial: new Map() };
  private readonly passedOver: Record<TargetName, Map<string, number>> = { energy: new Map(), forces: new Map(), virial: new Map() };
  private readonly found: Record<TargetName, boolean> = { energy: false, forces: false, virial: false };
  private hasNames = false;
  private readonly infoKeys = new Set<string>();
  private readonly columnNames = new Set<string>();
  private readonly unread = { structure: new Map<string, number>(), atom: new Map<string, number>() };
  private readonly notes = new Map<string, number>();

  /** Names that one frame has: those of values for the whole frame, and of per-atom columns. Formats without names leave it. */
  addNames(infoKeys: Iterable<string>, columnNames: Iterable<string>): void {
    this.hasNames = true;
    for (const key of infoKeys) if (this.infoKeys.size < MOST_KEYS) this.infoKeys.add(key);
    for (const name of columnNames) if (this.columnNames.size < MOST_KEYS) this.columnNames.add(name);
  }

  /** Those of the names of one frame that were not read. */
  addUnread(per: ColumnShape["per"], names: Iterable<string>): void {
    const counts = this.unread[per];
    for (const name of names) if (counts.size < MOST_KEYS || counts.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  /** Candidates in order of preference: the first was read, the others were not. */
  addChoice(target: TargetName, candidates: readonly ChosenKey[]): void {
    candidates.forEach(({ key }, index) => {
      const counts = index === 0 ? this.used[target] : this.passedOver[target];
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
  }

  /** A column beyond the targets that one frame has, see `ColumnReader`. */
  addColumn(name: string, key: string): void {
    const counts = (this.used[name] ??= new Map<string, number>());
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  /** The targets of one frame as they were read, in whatever way the format keeps them. */
  addFound({ energy, forces, virial }: Targets): void {
    this.frames++;
    if (energy !== undefined) this.found.energy = true;
    if (forces) this.found.forces = true;
    if (virial) this.found.virial = true;
  }

  /** Something worth knowing that happened in one frame. */
  note(text: string): void {
    this.notes.set(text, (this.notes.get(text) ?? 0) + 1);
  }

  /** What was counted so far. */
  report(): KeyReport {
    const uses = (column: string): KeyUse[] =>
      [...this.used[column]].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([key, structures]) => ({ key, structures }));
    const columns = Object.keys(this.used).map((name) => [name, uses(name)] as const);
    const keys = { ...Object.fromEntries(columns), energy: uses("energy"), forces: uses("forces"), virial: uses("virial") };
    const unread = (["structure", "atom"] as const).flatMap((per) =>
      [...this.unread[per]].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, structures]) => ({ key, per, structures })),
    );
    return { files: [...this.files], keys, unread, warnings: this.warnings(keys) };
  }

  /**
   * @throws {InvalidParameterError} when a target in `required`, or one whose key was given, occurs in no frame; names the keys that exist
   */
  check(keys: TargetKeys, required: readonly TargetName[]): void {
    for (const target of ["energy", "forces", "virial"] as const) {
      if (this.used[target].size > 0) continue;
      const explicit = explicitKeys(target, keys)?.[0];
      if (explicit) throw new InvalidParameterError(this.describeAbsent(target, explicit.key));
      if (required.includes(target) && !this.found[target]) throw new InvalidParameterError(this.describeAbsent(target));
    }
  }

  /** Says what is missing, and which names there are in its place. */
  describeAbsentColumn(missing: string, key: string, per?: ColumnShape["per"]): string {
    const file = `${this.files.join(", ")}: ${missing}`;
    if (!this.hasNames) return file;
    const lists = [
      ["structure", "keys of the comment lines", this.infoKeys],
      ["atom", "columns", this.columnNames],
    ] as const;
    const possible = lists.filter(([own]) => own === (per ?? own)).map(([, what, names]) => ({ what, names: [...names].sort() }));
    const present = possible.map(({ what, names }) => `the ${what} are: ${names.join(", ") || "none"}`).join("; ");
    return `${file}; ${present}${suggestionFor(key, possible.flatMap(({ names }) => names))}`;
  }

  private describeAbsent(target: TargetName, key?: string): string {
    const present = [...(target === "forces" ? this.columnNames : this.infoKeys)].sort();
    const what = target === "forces" ? "columns" : "keys of the comment lines";
    const missing = key === undefined ? `none of ${this.frames} frames has a reference ${target}` : `no frame has the ${target} key "${key}"`;
    if (!this.hasNames) return `${this.files.join(", ")}: ${missing}`;
    const choose = key === undefined ? `choose one with keys.${target}` : suggestionFor(key, present).replace(/^; /, "");
    const list = present.length > 0 ? present.join(", ") : "none";
    return `${this.files.join(", ")}: ${missing}; the ${what} are: ${list}${choose ? `; ${choose}` : ""}`;
  }

  private warnings(keys: KeyReport["keys"]): string[] {
    const warnings: string[] = [];
    for (const target of ["energy", "forces", "virial"] as const) {
      if (keys[target].length > 1) {
        const parts = keys[target].map(({ key, structures }) => `"${key}" in ${structures}`);
        warnings.push(`${target} was read from several keys: ${parts.join(", ")} structures; keys.${target} chooses one`);
      }
      for (const [key, structures] of this.passedOver[target]) {
        const taken = keys[target].map((use) => `"${use.key}"`).join(", ");
        warnings.push(`"${key}" in ${structures} structures was not read, ${taken} was taken; keys.${target} chooses another`);
      }
    }
    for (const [text, count] of this.notes) warnings.push(`${text} (${count} structures)`);
    return warnings;
  }
}
