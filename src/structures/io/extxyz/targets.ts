import { cellVolume } from "../../cell.js";
import type { InfoValue } from "../../structure.js";
import { FROM_VOIGT, TRANSPOSED } from "../../tensor.js";
import type { CommentEntry } from "./comment.js";
import { parseDecimal } from "../decimal.js";
import { chooseKey, type ChosenKey, type KeyTally, type TargetKeys } from "../target-keys.js";

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
  /** Where they were read, a stress excepted, which becomes a virial. */
  readonly keys: { readonly energy?: string; readonly virial?: string };
  /** Keys that were read; the other entries stay in the frame's info. */
  readonly consumed: ReadonlySet<string>;
}

/** Finds energy and virial among the entries of a comment line. */
export function readTargets(
  entries: ReadonlyMap<string, CommentEntry>,
  cell: Float64Array | null,
  keys: TargetKeys,
  tally: KeyTally,
): FrameTargets {
  const consumed = new Set<string>();
  const take = (target: "energy" | "virial", fits: (key: string) => boolean): [CommentEntry, ChosenKey] | undefined => {
    const choice = chooseKey(target, keys, entries.keys(), fits);
    if (choice.length === 0) return undefined;
    tally.addChoice(target, choice);
    consumed.add(choice[0].key);
    return [entries.get(choice[0].key)!, choice[0]];
  };
  const energyEntry = take("energy", (key) => isPlain("energy", key) || typeof entries.get(key)!.value === "number")?.[0];
  const virialChoice = take("virial", (key) => isPlain("virial", key) || numbersOf(entries.get(key)!) !== undefined);
  const energy = energyEntry && readEnergy(energyEntry, tally);
  const virial = virialChoice && readVirial(...virialChoice, cell, tally);
  const targetKeys = {
    ...(energyEntry && energy !== undefined ? { energy: energyEntry.key } : {}),
    ...(virialChoice && virial && !virialChoice[1].isStress ? { virial: virialChoice[0].key } : {}),
  };
  return { ...(energy === undefined ? {} : { energy }), ...(virial ? { virial } : {}), keys: targetKeys, consumed };
}

/** Under its plain name a target must be well-formed; a longer name may mean something else. */
function isPlain(target: string, key: string): boolean {
  return key === target;
}

function readEnergy(entry: CommentEntry, tally: KeyTally): number | undefined {
  const value = typeof entry.value === "number" ? entry.value : parseDecimal(entry.text.trim());
  if (value === undefined) throw new ValueProblem(`${entry.key} is "${entry.text}"; an energy in eV is one number`, entry.column);
  if (Number.isFinite(value)) return value;
  if (!Number.isNaN(value)) throw new ValueProblem(`${entry.key} is ${entry.text}; it must be finite`, entry.column);
  tally.note(`"${entry.key}" is NaN and counts as absent`);
  return undefined;
}

function readVirial(entry: CommentEntry, choice: ChosenKey, cell: Float64Array | null, tally: KeyTally): Float64Array | undefined {
  const numbers = numbersOf(entry);
  if (!numbers) {
    throw new ValueProblem(`${entry.key} is "${entry.text}"; it must be 9 numbers, or 6 in the order xx yy zz yz xz xy`, entry.column);
  }
  // old arrays of nine are column by column, as ASE and QUIP write them
  const isColumnMajor = entry.form !== "bracketed" && typeof (entry.value as InfoValue[])[0] === "number";
  const order = numbers.length === 6 ? FROM_VOIGT : isColumnMajor ? TRANSPOSED : undefined;
  const matrix = Float64Array.from({ length: 9 }, (_, i) => numbers[order ? order[i] : i]);
  if (matrix.every(Number.isNaN)) {
    tally.note(`"${entry.key}" is NaN and counts as absent`);
    return undefined;
  }
  if (!matrix.every(Number.isFinite)) throw new ValueProblem(`${entry.key} is "${entry.text}"; its numbers must be finite`, entry.column);
  if (!choice.isStress) return matrix;
  if (!cell) {
    tally.note(`"${entry.key}" is a stress without a cell and was not read`);
    return undefined;
  }
  const volume = cellVolume(cell);
  // 0 − x keeps a zero stress from becoming a virial of −0
  return matrix.map((stress) => 0 - volume * stress);
}

/** The 6 or 9 numbers of an entry, in the order written. */
function numbersOf(entry: CommentEntry): number[] | undefined {
  if (!Array.isArray(entry.value)) return undefined;
  const numbers: InfoValue[] = entry.value.flat();
  const isRight = (numbers.length === 6 || numbers.length === 9) && numbers.every((value) => typeof value === "number");
  return isRight ? numbers : undefined;
}
