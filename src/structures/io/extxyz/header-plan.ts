import { isSingular } from "../../cell.js";
import type { StructureInfo } from "../../frame-block.js";
import type { InfoValue, Targets } from "../../structure.js";
import { TRANSPOSED } from "../../tensor.js";
import { readReals } from "../decimal.js";
import type { ReadSource } from "../format.js";
import { isCandidate, keyRank } from "../key-rank.js";
import type { KeyTally } from "../target-keys.js";
import type { FrameColumns } from "./columns.js";
import { type CommentEntry, realKeysOf } from "./comment.js";
import { sourceOf } from "./frame-source.js";
import type { FrameLayout } from "./properties.js";
import { NO_ATOM_INFO } from "./rows.js";
import { type FrameTargets, isSameEnergy, plainVirial, virialSourceOf } from "./targets.js";
import { interpretText } from "./value.js";

/** What the comment line says about a frame. */
export interface Header {
  readonly cell: Float64Array | null;
  readonly pbc: readonly [boolean, boolean, boolean];
  readonly layout: FrameLayout;
  readonly configType: string;
  readonly targets: FrameTargets;
  readonly columns: FrameColumns;
  readonly info: ReadonlyMap<string, InfoValue>;
  /** Undefined when there are none. */
  readonly realKeys: ReadonlySet<string> | undefined;
}

/** The entries that are read by their names, whatever else the line holds. */
export interface NamedEntries {
  readonly lattice: CommentEntry | undefined;
  readonly properties: CommentEntry | undefined;
  readonly pbc: CommentEntry | undefined;
  readonly configType: CommentEntry | undefined;
}

/**
 * A virial of nine numbers that stand as usual, or (`tensor`) anything else that is read as one; an energy that is not read because a better one
 * stands beside it.
 */
type Role = "lattice" | "energy" | "virial" | "tensor" | "otherEnergy" | "configType" | "info";

/** A value that may be another one in the next line, and what stands before it. */
export interface Slot {
  readonly role: Role;
  readonly key: string;
  /** From the end of the slot before: keys, values that may not differ, and the quote that opens this one. */
  readonly before: Uint8Array;
  /** What closes it; a blank where it is a bare word. */
  readonly end: number;
}

/** How many numbers a value is. */
const NUMBERS: Readonly<Record<Role, number>> = { lattice: 9, energy: 1, virial: 9, tensor: 0, otherEnergy: 0, configType: 0, info: 0 };
/** Where they are kept while a line is read. */
const OFFSETS: Readonly<Record<Role, number>> = { lattice: 0, virial: 9, energy: 18, tensor: 0, otherEnergy: 0, configType: 0, info: 0 };

const SPACE = 32;
const TILDE = 126;
const BACKSLASH = 92;
const COMMA = 44;
const LONGEST_LINE = 4096;

/**
 * How a comment line is read that differs from one before only in its values. The files of this format are written by programs: after the first
 * line, nothing is left to decide, and no text needs to be taken apart. Whatever is unusual (a number that is not finite, a backslash, a
 * cell without volume) is left to the reading of whole lines, so that both say the same.
 */
export class HeaderPlan {
  private readonly line = new Uint8Array(LONGEST_LINE + 1);
  private readonly numbers = new Float64Array(19);
  private readonly cell = new Float64Array(9);
  private readonly virial = new Float64Array(9);
  /** Those whose values are kept as texts. */
  readonly textSlots: readonly Slot[];
  /** Which of them is the group of the frame; −1 if there is none. */
  readonly configTypeAt: number;
  private readonly infoKeys: readonly string[];
  /** Whether the line that was read last gave another energy that differs. */
  private differs = false;

  private constructor(
    readonly slots: readonly Slot[],
    /** What follows the last slot. */
    readonly rest: Uint8Array,
    /** Of the line that it was learned from. */
    readonly header: Header,
    /** Whether the cell and the virial of a frame are used again for the next. */
    private readonly usesAgain: boolean,
  ) {
    this.infoKeys = slots.filter(isInfo).map(({ key }) => key);
    this.textSlots = slots.filter(({ role }) => NUMBERS[role] === 0);
    this.configTypeAt = this.textSlots.findIndex(({ role }) => role === "configType");
  }

  /** Undefined for a line that leaves something to decide in the next one. */
  static of(line: string, entries: readonly CommentEntry[], named: NamedEntries, header: Header, { keys, mayUseAgain = false }: ReadSource): HeaderPlan | undefined {
    const { targets, cell, layout } = header;
    const roles = rolesOf(entries, named, targets, keys.energy === undefined);
    if (!named.properties || !roles || !PLAIN.test(line)) return undefined;
    if (layout.forcesChoice.length > 1 || (cell ? isSingular(cell) : named.lattice)) return undefined;
    const encoder = new TextEncoder();
    const slots: Slot[] = [];
    let position = 0;
    for (const { key, text, form, column } of entries) {
      const role = roles.get(key);
      if (!role) continue;
      if (form !== "bare" && form !== "quoted") return undefined;
      const start = form === "quoted" ? column : column - 1;
      slots.push({ role, key, before: encoder.encode(line.slice(position, start)), end: form === "quoted" ? line.charCodeAt(start - 1) : SPACE });
      position = start + text.length + (form === "quoted" ? 1 : 0);
    }
    return new HeaderPlan(slots, encoder.encode(line.slice(position)), header, mayUseAgain);
  }

  /** What the bytes from `start` to `end` say; undefined where they do not follow the plan. */
  read(bytes: Uint8Array, start: number, end: number): Header | undefined {
    const length = end - start;
    if (!this.copyLine(bytes, start, length)) return undefined;
    const texts: CommentEntry[] = [];
    let position = 0;
    for (const slot of this.slots) {
      const first = this.skip(slot.before, position);
      const last = first < 0 ? -1 : this.endOf(slot, first);
      if (last < 0) return undefined;
      if (NUMBERS[slot.role] === 0) {
        texts.push(this.readEntry(slot, first, last));
      } else if (!this.readNumbers(slot, first, last)) return undefined;
      position = slot.end === SPACE ? last : last + 1;
    }
    if (this.skip(this.rest, position) !== length) return undefined;
    return this.fill(texts);
  }

  /** Counts the line that was read last, or several, of which some have another energy that differs. */
  tell(tally: KeyTally, times = 1, differing = this.differs ? 1 : 0): void {
    const { layout, targets } = this.header;
    tally.addChoice("forces", layout.forcesChoice, times);
    const { keys, virialSource } = targets;
    if (keys.energy !== undefined) {
      const candidates = [keys.energy, ...this.slots.filter(({ role }) => role === "otherEnergy").map(({ key }) => key)];
      const choice = candidates.map((key) => ({ key, isStress: false }));
      if (differing > 0) tally.addChoice("energy", choice, differing);
      if (differing < times) tally.addChoice("energy", choice.slice(0, 1), times - differing);
    }
    const virialKey = virialSource?.key ?? keys.virial;
    if (virialKey !== undefined) tally.addChoice("virial", [{ key: virialKey, isStress: virialSource?.isStress ?? false }], times);
    tally.addUnread("structure", this.infoKeys, times);
    tally.addUnread("atom", layout.others, times);
  }

  /** The targets that every line of this kind has; its numbers are those of the first. */
  get found(): Targets {
    const { layout, targets: { energy, virial } } = this.header;
    return { energy, virial, ...(layout.columns.some(({ role }) => role === "forces") && { forces: NOTHING }) };
  }

  /** What a line says beside numbers, from the texts in its slots; for frames whose atoms have nothing else to say. */
  infoOf(texts: readonly string[]): StructureInfo {
    const { targets, layout } = this.header;
    const entries = texts.map((text, k) => entryOf(this.textSlots[k], text, 1));
    const { info, realKeys } = this.othersOf(entries);
    const tensor = entries[this.textSlots.findIndex(({ role }) => role === "tensor")];
    const virialSource = targets.virialSource && virialSourceOf(tensor, targets.virialSource);
    const source = sourceOf({ keys: targets.keys, virialSource }, layout.forcesChoice[0]?.key, realKeys, undefined);
    return { info, atomInfo: NO_ATOM_INFO, ...(source && { source }) };
  }

  private fill(texts: readonly CommentEntry[]): Header | undefined {
    const { header, numbers } = this;
    const cell = header.cell && (this.usesAgain ? this.cell : new Float64Array(9));
    for (let i = 0; cell && i < 9; i++) cell[i] = numbers[OFFSETS.lattice + i];
    if (cell && isSingular(cell)) return undefined;
    const virial = this.virialOf(texts, cell);
    if ((header.targets.virial && !virial) || !this.compareEnergies(texts)) return undefined;
    const energy = header.targets.energy !== undefined && { energy: numbers[OFFSETS.energy] };
    return {
      ...header,
      cell,
      targets: { keys: header.targets.keys, consumed: header.targets.consumed, ...energy, ...virial },
      configType: texts[this.configTypeAt]?.text ?? "",
      ...this.othersOf(texts),
    };
  }

  /** What is not read. */
  private othersOf(texts: readonly CommentEntry[]): Pick<Header, "info" | "realKeys"> {
    const infos = texts.filter((_, k) => isInfo(this.textSlots[k]));
    return { info: infos.length === 0 ? this.header.info : new Map(infos.map(({ key, value }) => [key, value])), realKeys: realKeysOf(infos) };
  }

  /** False where the other energy is not a number. */
  private compareEnergies(texts: readonly CommentEntry[]): boolean {
    const other = texts[this.textSlots.findIndex(({ role }) => role === "otherEnergy")]?.value;
    this.differs = typeof other === "number" && !isSameEnergy(this.numbers[OFFSETS.energy], other);
    return other === undefined || Number.isFinite(other);
  }

  private virialOf(texts: readonly CommentEntry[], cell: Float64Array | null): Pick<FrameTargets, "virial" | "virialSource"> | undefined {
    const { virial, virialSource } = this.header.targets;
    if (!virial) return undefined;
    if (virialSource) return plainVirial(texts[this.textSlots.findIndex(({ role }) => role === "tensor")], virialSource, cell);
    const own = this.usesAgain ? this.virial : new Float64Array(9);
    for (let i = 0; i < 9; i++) own[i] = this.numbers[OFFSETS.virial + TRANSPOSED[i]];
    return { virial: own };
  }

  /** False for a line that may mean more than its bytes say. */
  private copyLine(bytes: Uint8Array, start: number, length: number): boolean {
    if (length > LONGEST_LINE) return false;
    const { line } = this;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i];
      if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
      line[i] = byte;
    }
    line[length] = SPACE;
    return true;
  }

  /** Position behind `expected`; −1 where something else stands. */
  private skip(expected: Uint8Array, position: number): number {
    for (let i = 0; i < expected.length; i++) if (this.line[position + i] !== expected[i]) return -1;
    return position + expected.length;
  }

  /** Where the value ends that begins at `first`; −1 for one that is written in another form. */
  private endOf({ end }: Slot, first: number): number {
    const last = this.line.indexOf(end, first);
    if (last < 0 || end !== SPACE) return last;
    const opening = this.line[first];
    const isBare = last > first && this.line[last - 1] !== COMMA && !NOT_BARE.includes(opening);
    return isBare ? last : -1;
  }

  private readEntry(slot: Slot, first: number, last: number): CommentEntry {
    return entryOf(slot, String.fromCharCode(...this.line.subarray(first, last)), first + 1);
  }

  private readNumbers({ role }: Slot, first: number, last: number): boolean {
    const { line, numbers } = this;
    const offset = OFFSETS[role];
    const closing = line[last];
    line[last] = SPACE; // what ends the last number
    let position = readReals(line, first, NUMBERS[role], numbers, offset);
    while (position >= 0 && position < last && line[position] === SPACE) position++;
    line[last] = closing;
    if (position !== last) return false;
    for (let i = offset; i < offset + NUMBERS[role]; i++) if (!Number.isFinite(numbers[i])) return false;
    return true;
  }
}

const NOTHING = new Float64Array(0);

/** Whether the value stays among what the line says of the frame. */
function isInfo({ role }: Slot): boolean {
  return role === "info" || role === "otherEnergy";
}

function entryOf({ key, end, role }: Slot, text: string, column: number): CommentEntry {
  const parsed = role === "configType" ? { value: text, isReal: false } : interpretText(text);
  return { key, ...parsed, text, form: end === SPACE ? "bare" : "quoted", column };
}

/** What begins a value that is no bare word. */
const NOT_BARE: readonly number[] = [..."\"'[{="].map((char) => char.charCodeAt(0));

/** What the entries are read as that may have another value in the next line; undefined where their keys leave a choice. */
function rolesOf(entries: readonly CommentEntry[], named: NamedEntries, { keys, virialSource }: FrameTargets, mayCompare: boolean): Map<string, Role> | undefined {
  const roles = new Map<string, Role>();
  const fixed = [named.properties, named.pbc];
  for (const entry of entries) {
    const { key } = entry;
    if (fixed.includes(entry)) continue;
    if (entry === named.lattice) roles.set(key, "lattice");
    else if (entry === named.configType) roles.set(key, "configType");
    else if (key === keys.energy) roles.set(key, "energy");
    else if (key === virialSource?.key) roles.set(key, "tensor");
    else if (key === keys.virial) roles.set(key, "virial");
    else if (isCandidate("virial", key) || (isCandidate("energy", key) && !(mayCompare && isWorse(key, keys.energy)))) return undefined;
    else roles.set(key, isCandidate("energy", key) ? "otherEnergy" : "info");
  }
  return [...roles.values()].filter((role) => role === "otherEnergy").length > 1 ? undefined : roles;
}

/** Whether a key ranks below that of the energy that was read, so that nothing is left to ask. */
function isWorse(key: string, energy: string | undefined): boolean {
  return energy !== undefined && keyRank("energy", key) > keyRank("energy", energy);
}

/** What is read as it stands: printable, and without backslashes. */
const PLAIN = /^[ -[\]-~]*$/;
