import type { TargetName } from "../../dataset-report.js";
import type { InfoValue, StructureSource } from "../../structure.js";
import { isNamedKey } from "../key-rank.js";
import { chooseKey, type ChosenKey, describeRivals, type KeyTally, remedyFor, rivalsOf, type TargetKeys } from "../target-keys.js";
import type { CommentEntry } from "./comment.js";
import type { FrameLayout } from "./properties.js";
import { asRows, hasVolume, tensorOf, virialOfStress } from "./tensor-value.js";
import { readPrintedNumbers } from "./value.js";

/** A value of the comment line that cannot be what its key says. */
export class ValueProblem extends Error {
  constructor(
    readonly reason: string,
    readonly column: number,
  ) {
    super(reason);
  }
}

export interface FrameTargets {
  readonly energy?: number;
  readonly virial?: Float64Array;
  /** Where they were read. */
  readonly keys: { readonly energy?: string; readonly virial?: string };
  /** How the virial was written, where it was not nine numbers in quotes. */
  readonly virialSource?: NonNullable<StructureSource["virial"]>;
  /** Keys that were read; the other entries stay in the frame's info. */
  readonly consumed: ReadonlySet<string>;
}

type CommentTarget = Exclude<TargetName, "forces">;
type Entries = ReadonlyMap<string, CommentEntry>;

/** What an entry says of a target. */
interface Reading<Value> {
  /** Undefined where it is absent in spite of its key, for the reason of the note. */
  readonly value?: Value;
  readonly note?: string;
}

/** How a target is read from an entry. */
interface TargetReader<Value> {
  readonly target: CommentTarget;
  /** @throws {ValueProblem} for a value that is there but cannot be read */
  readonly read: (entry: CommentEntry, choice: ChosenKey) => Reading<Value>;
  /** Whether the entry holds such a value. */
  readonly fits: (entry: CommentEntry) => boolean;
  readonly isSame: (a: Value, b: Value) => boolean;
}

/** Finds energy and virial among the entries of a comment line. */
export function readTargets(entries: Entries, cell: Float64Array | null, keys: TargetKeys, tally: KeyTally): FrameTargets {
  const energy = findTarget(energyReader, entries, keys, tally);
  const virial = findTarget(virialReader(cell), entries, keys, tally);
  const found = [...(energy ? [energy.choice.key] : []), ...(virial ? [virial.choice.key] : [])];
  const virialSource = virial && virialSourceOf(entries.get(virial.choice.key)!, virial.choice);
  return {
    ...(energy && { energy: energy.value }),
    ...(virial && { virial: virial.value }),
    ...(virialSource && { virialSource }),
    keys: { ...(energy && { energy: energy.choice.key }), ...(virial && !virial.choice.isStress && { virial: virial.choice.key }) },
    consumed: new Set(found),
  };
}

/** Says which reference values stand where they are not read: forces among the keys, energies and virials among the columns. How many there are. */
export function noteMisplaced(entries: Entries, layout: FrameLayout, found: FrameTargets, keys: TargetKeys, tally: KeyTally): number {
  const notes = layout.misfits.map((name) => `the column "${name}" does not hold three reals and was not read as forces`);
  if (layout.forcesChoice.length === 0 && keys.forces === undefined) {
    for (const key of entries.keys()) {
      if (isNamedKey("forces", key)) notes.push(`"${key}" is a key of the comment line and was not read; forces are read from a column`);
    }
  }
  for (const name of layout.others) {
    for (const target of ["energy", "virial"] as const) {
      if (found[target] !== undefined || keys[target] !== undefined || !isNamedKey(target, name)) continue;
      notes.push(`"${name}" is a column of atoms and was not read; the ${target} of a frame is read from its comment line`);
    }
  }
  for (const note of notes) tally.note(note);
  return notes.length;
}

/**
 * The best key decides: its value is read, or the frame is refused. Other keys are never read in its place.
 * @throws {ValueProblem}
 */
function findTarget<Value>(
  reader: TargetReader<Value>,
  entries: Entries,
  keys: TargetKeys,
  tally: KeyTally,
): { readonly value: Value; readonly choice: ChosenKey } | undefined {
  const { target } = reader;
  const misfits: string[] = [];
  const candidates = chooseKey(target, keys, entries.keys(), (key) => fitsOrIsBroken(reader, entries.get(key)!, misfits));
  if (candidates.length === 0) {
    for (const key of misfits) tally.note(`"${key}" does not hold ${nounOf(target)} and was not read`);
    return undefined;
  }
  const [choice, ...others] = candidates;
  const entry = entries.get(choice.key)!;
  const { value, note } = reader.read(entry, choice);
  if (note !== undefined) tally.note(note);
  if (others.length === 0) tally.addChoice(target, candidates);
  else {
    const differing = others.filter((other) => !saysTheSame(reader, entries.get(other.key)!, other, value));
    refuseRivals(target, candidates, differing, entries);
    tally.addChoice(target, [choice, ...differing]);
  }
  return value === undefined ? undefined : { value, choice };
}

/** A longer name may mean something else: words are no energy. But what stands where a number was meant is one that was lost. */
function fitsOrIsBroken<Value>({ fits }: TargetReader<Value>, entry: CommentEntry, misfits: string[]): boolean {
  if (fits(entry) || isBroken(entry)) return true;
  if (typeof entry.value !== "boolean") misfits.push(entry.key);
  return false;
}

function isBroken({ text, form }: CommentEntry): boolean {
  if (form === "absent") return false;
  return text.trim() === "" || text.split(/[\s,[\]()]+/).some((word) => /^(?:[+-]?[\d.]*\*{2,}|none|null|nil|n\/a|na|undefined|#.*)$/i.test(word));
}

function saysTheSame<Value>({ read, isSame }: TargetReader<Value>, entry: CommentEntry, choice: ChosenKey, value: Value | undefined): boolean {
  try {
    const other = read(entry, choice).value;
    return other === undefined ? value === undefined : value !== undefined && isSame(value, other);
  } catch (error) {
    if (error instanceof ValueProblem) return false;
    throw error;
  }
}

function refuseRivals(target: CommentTarget, candidates: readonly ChosenKey[], differing: readonly ChosenKey[], entries: Entries): void {
  const rivals = rivalsOf(target, candidates).filter((rival) => differing.includes(rival));
  if (rivals.length === 0) return;
  const meant = [candidates[0], ...rivals].map(({ key }) => entries.get(key)!);
  throw new ValueProblem(describeRivals(target, meant.map(({ key, text }) => `"${key}" (${text})`)), meant[0].column);
}

function nounOf(target: CommentTarget): string {
  return target === "energy" ? "a number" : "six or nine numbers";
}

/** The same number, however it is written. */
function isClose(a: number, b: number, scale: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * scale;
}

const energyReader: TargetReader<number> = {
  target: "energy",
  read: readEnergy,
  fits: (entry) => energyOf(entry) !== undefined,
  isSame: isSameEnergy,
};

/** Whether another energy says the same as the one that is read. */
export function isSameEnergy(energy: number, other: number): boolean {
  return isClose(energy, other, Math.abs(energy), 1e-14);
}

/** One number, also as an array of one. */
function energyOf({ value, text }: CommentEntry): number | undefined {
  let inner = typeof value === "string" ? readPrintedNumbers(text) : value;
  while (Array.isArray(inner) && inner.length === 1) [inner] = inner;
  return typeof inner === "number" ? inner : undefined;
}

function readEnergy(entry: CommentEntry): Reading<number> {
  const value = energyOf(entry);
  if (value === undefined) throw unreadable("energy", entry, "an energy in eV is one number");
  if (Number.isFinite(value)) return { value };
  if (!Number.isNaN(value)) throw new ValueProblem(`${entry.key} is ${entry.text}; it must be finite`, entry.column);
  return { note: `"${entry.key}" is NaN and counts as absent` };
}

function unreadable(target: CommentTarget, { key, text, form, column }: CommentEntry, allowed: string): ValueProblem {
  const found = form === "absent" || text.trim() === "" ? `${key} has no value` : `${key} is "${text}"`;
  const remedy = isNamedKey(target, key) || form === "absent" ? remedyFor(target) : `name another with --${target}-key (keys.${target})`;
  return new ValueProblem(`${found}; ${allowed}: ${remedy}`, column);
}

/** The virial that an entry says and how it was written; undefined where there is more to say of it. */
export function plainVirial(entry: CommentEntry, choice: ChosenKey, cell: Float64Array | null): Pick<FrameTargets, "virial" | "virialSource"> | undefined {
  const isTensor = tensorOf(tensorValue(entry))?.every(Number.isFinite) ?? false;
  const virial = isTensor ? readVirial(entry, choice, cell).value : undefined;
  return virial && { virial, virialSource: virialSourceOf(entry, choice) };
}

function virialReader(cell: Float64Array | null): TargetReader<Float64Array> {
  return {
    target: "virial",
    read: (entry, choice) => readVirial(entry, choice, cell),
    fits: (entry) => tensorOf(tensorValue(entry)) !== undefined,
    isSame: (a, b) => {
      const scale = Math.max(...a.map(Math.abs));
      // a stress was printed with as many digits as a virial
      return a.every((component, i) => isClose(component, b[i], scale, 1e-6));
    },
  };
}

function readVirial(entry: CommentEntry, choice: ChosenKey, cell: Float64Array | null): Reading<Float64Array> {
  const tensor = tensorOf(tensorValue(entry));
  if (!tensor) throw unreadable("virial", entry, "it must be 9 numbers, or 6 in the order xx yy zz yz xz xy");
  if (tensor.every(Number.isNaN)) return { note: `"${entry.key}" is NaN and counts as absent` };
  if (!tensor.every(Number.isFinite)) throw new ValueProblem(`${entry.key} is "${entry.text}"; its numbers must be finite`, entry.column);
  if (!choice.isStress) return { value: tensor };
  if (hasVolume(cell)) return { value: virialOfStress(tensor, cell) };
  return { note: `"${entry.key}" is a stress without ${cell ? "a volume: the cell has none" : "a cell"}; it was not read` };
}

/** What `tensorOf` takes: lists that programs print into quotes are read as those in brackets, row by row. */
function tensorValue({ value, text, form }: CommentEntry): InfoValue {
  const inner = typeof value === "string" ? readPrintedNumbers(text) : value;
  const isList = typeof value === "string" ? /[[(]/.test(text) : form === "bracketed";
  const single = Array.isArray(inner) && inner.length === 1 && Array.isArray(inner[0]) ? inner[0] : inner;
  return isList || single !== inner ? asRows(single ?? text) : (single ?? text);
}

/** Undefined for a virial of nine numbers in quotes, as it is written anyway. */
export function virialSourceOf(entry: CommentEntry, { key, isStress }: ChosenKey): FrameTargets["virialSource"] {
  const value = tensorValue(entry) as InfoValue[];
  return isStress || value.length !== 9 ? { key, isStress, value, isReal: entry.isReal } : undefined;
}
