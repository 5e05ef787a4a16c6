import type { ColumnClasses } from "./column-classes.js";
import type { Neighborhoods } from "./neighborhoods.js";

/** Structures whose rows can be other than 0 in the same columns. */
export interface Pattern {
  /** Numbers of the structures, ascending. */
  readonly structures: readonly number[];
  /** Of all of them. */
  readonly nRows: number;
  /** By class: 1 where some structure reaches it. */
  readonly reached: Uint8Array;
}

/** What one structure has. */
export interface StructureReach {
  readonly neighborhoods: Neighborhoods;
  readonly nRows: number;
}

/** Structures by what they reach, in the order of the first of each; those without rows are left out. */
export function patternsOf({ classes }: ColumnClasses, structures: readonly StructureReach[]): Pattern[] {
  const patterns = new Map<string, { structures: number[]; nRows: number; reached: Uint8Array }>();
  const known = new Map<string, Uint8Array>();
  const keys = new Map<Neighborhoods, string>();
  for (const [index, { neighborhoods, nRows }] of structures.entries()) {
    if (nRows === 0) continue;
    const key = keys.get(neighborhoods) ?? neighborhoods.map((ofTerm) => ofTerm.map((sets) => sets.join()).join(";")).join("|");
    keys.set(neighborhoods, key);
    let reached = known.get(key);
    if (!reached) known.set(key, (reached = Uint8Array.from(classes, (own) => (reaches(neighborhoods, own) ? 1 : 0))));
    const text = reached.join("");
    const pattern = patterns.get(text);
    if (!pattern) patterns.set(text, { structures: [index], nRows, reached });
    else {
      pattern.structures.push(index);
      pattern.nRows += nRows;
    }
  }
  return [...patterns.values()];
}

function reaches(neighborhoods: Neighborhoods, { term, center, needed }: ColumnClasses["classes"][number]): boolean {
  return neighborhoods[term][center].some((present) => (needed & ~present) === 0n);
}

/** Columns of the classes that are reached, ascending. */
export function reachedColumns({ classOf }: ColumnClasses, reached: Uint8Array): Int32Array {
  return Int32Array.from(classOf.keys()).filter((column) => classOf[column] >= 0 && reached[classOf[column]] === 1);
}

/** What at least one of several patterns reaches. */
export function union(patterns: readonly Pick<Pattern, "reached">[]): Uint8Array {
  return patterns[0].reached.map((_, index) => (patterns.some(({ reached }) => reached[index] === 1) ? 1 : 0));
}
