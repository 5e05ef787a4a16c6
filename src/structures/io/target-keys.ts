import { InvalidParameterError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import type { ColumnShape } from "../column.js";
import type { KeyReport, KeyUse, TargetName } from "../dataset-report.js";
import type { Targets } from "../structure.js";
import { isCandidate, isNamedKey, keyRank, namesPart, namesStress } from "./key-rank.js";

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

/** Files have few keys; the limit is for those that do not. */
const MOST_KEYS = 1000;

/** The key of a target in one frame. */
export interface ChosenKey {
  readonly key: string;
  readonly isStress: boolean;
}

/**
 * The keys present that can be a target, the best first: it is the one that is read, or refused. Equal ranks are sorted by name, so that the
 * order in the file does not matter; see `rivalsOf`. `fits` tells whether the value under a key can be the target; keys that say so (`REF_energy`,
 * `stress`) and keys given by option are not asked.
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
    if (isCandidate(target, key) && !(refused && namesStress(key)) && (isNamedKey(target, key) || fits(key))) candidates.push(key);
  }
  if (candidates.length > 1) candidates.sort((a, b) => keyRank(target, a) - keyRank(target, b) || (a < b ? -1 : 1));
  return candidates.map((key) => ({ key, isStress: target === "virial" && namesStress(key) }));
}

/** Those of the candidates that fit as well as the first: where their values differ, nothing tells which is meant. */
export function rivalsOf(target: TargetName, candidates: readonly ChosenKey[]): readonly ChosenKey[] {
  if (candidates.length < 2) return [];
  const [first, ...others] = candidates;
  return others.filter(({ key }) => keyRank(target, key) === keyRank(target, first.key));
}

/** What to say where nothing tells which of several keys is meant. */
export function describeRivals(target: TargetName, texts: readonly string[]): string {
  return `${texts.join(" and ")} may be the ${target}, and neither name says which; choose one with --${target}-key (keys.${target})`;
}

/** What to do about a value that cannot be read. */
export function remedyFor(target: TargetName): string {
  return `correct it, name another with --${target}-key (keys.${target}), or leave it out with --${target}-key false`;
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

  /** Those of the names of one frame, or of several alike, that were not read. */
  addUnread(per: ColumnShape["per"], names: Iterable<string>, times = 1): void {
    const counts = this.unread[per];
    for (const name of names) if (counts.size < MOST_KEYS || counts.has(name)) counts.set(name, (counts.get(name) ?? 0) + times);
  }

  /** Candidates in order of preference: the first was read, the others were not. */
  addChoice(target: TargetName, candidates: readonly ChosenKey[], times = 1): void {
    candidates.forEach(({ key }, index) => {
      const counts = index === 0 ? this.used[target] : this.passedOver[target];
      counts.set(key, (counts.get(key) ?? 0) + times);
    });
  }

  /** A column beyond the targets that one frame has, see `ColumnReader`. */
  addColumn(name: string, key: string): void {
    const counts = (this.used[name] ??= new Map<string, number>());
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  /** The targets of one frame as they were read, in whatever way the format keeps them. */
  addFound({ energy, forces, virial }: Targets, times = 1): void {
    this.frames += times;
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
    for (const target of ["energy", "forces", "virial"] as const) {
      const names = target === "forces" ? this.columnNames : this.infoKeys;
      const parts = this.found[target] || this.used[target].size > 0 ? [] : [...names].filter((key) => namesPart(target, key)).sort();
      if (parts.length > 0) warnings.push(`no ${target} was read: ${parts.map((key) => `"${key}"`).join(", ")} name parts; keys.${target} takes one all the same`);
    }
    for (const [text, count] of this.notes) warnings.push(`${text} (${count} ${count === 1 ? "structure" : "structures"})`);
    return warnings;
  }
}
