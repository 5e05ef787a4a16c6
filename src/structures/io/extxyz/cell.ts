import { isSingular } from "../../cell.js";
import type { InfoValue, Structure } from "../../structure.js";
import type { CommentEntry } from "./comment.js";
import { ValueProblem } from "./targets.js";
import { readPrintedNumbers } from "./value.js";

/**
 * Cell and periodic directions of a frame; with a lattice and without `pbc` all are periodic.
 * @throws {ValueProblem}
 */
export function readCell(lattice: CommentEntry | undefined, pbcEntry: CommentEntry | undefined): Pick<Structure, "cell" | "pbc"> {
  const cell = lattice ? readLattice(lattice) : null;
  const pbc = pbcEntry ? readPbc(pbcEntry) : ([cell !== null, cell !== null, cell !== null] as const);
  if (cell === null && pbc.includes(true)) throw new ValueProblem("the frame is periodic but has no Lattice", pbcEntry!.column);
  if (cell && pbc.includes(true) && isSingular(cell) && !isOpenSlab(cell, pbc)) {
    throw new ValueProblem("Lattice is singular: three independent vectors are needed", lattice!.column);
  }
  return { cell, pbc };
}

function readLattice(entry: CommentEntry): Float64Array | null {
  const value = typeof entry.value === "string" ? (readPrintedNumbers(entry.text) ?? entry.value) : entry.value;
  const numbers: InfoValue[] = Array.isArray(value) ? value.flat() : [value];
  if (!numbers.every((value): value is number => typeof value === "number" && Number.isFinite(value))) {
    throw new ValueProblem(`Lattice is "${entry.text}"; it must be 9 finite numbers`, entry.column);
  }
  if (numbers.length !== 9) {
    throw new ValueProblem(`Lattice has ${numbers.length} numbers; it must have 9: the three lattice vectors, one after the other`, entry.column);
  }
  return numbers.every((value) => value === 0) ? null : Float64Array.from(numbers);
}

function readPbc(entry: CommentEntry): readonly [boolean, boolean, boolean] {
  const given = Array.isArray(entry.value) ? entry.value : [entry.value, entry.value, entry.value];
  const flags = given.map((value) => (value === 1 ? true : value === 0 ? false : value));
  if (flags.length !== 3 || !flags.every((flag) => typeof flag === "boolean")) {
    throw new ValueProblem(`pbc is "${entry.text}"; it must be three of T and F`, entry.column);
  }
  return [flags[0], flags[1], flags[2]];
}

/** ASE writes zero vectors along directions that are not periodic. */
function isOpenSlab(cell: Float64Array, pbc: readonly boolean[]): boolean {
  const isZero = pbc.map((_, i) => cell[3 * i] === 0 && cell[3 * i + 1] === 0 && cell[3 * i + 2] === 0);
  return isZero.includes(true) && isZero.every((zero, i) => !(zero && pbc[i]));
}
