/** What a column is: everything but its numbers. */
export interface ColumnShape {
  /** Unique in the data set: "energy", "forces", "virial", or as asked for. */
  readonly name: string;
  /** In units of pestle ("eV", "eV/Å", "e"); "1" for numbers without a unit. */
  readonly unit: string;
  /** Whether there is a row for each structure or for each atom. */
  readonly per: "structure" | "atom";
  /** Numbers in a row: 1, 3 for a vector, 9 for a tensor (row-major), or any other. */
  readonly width: number;
}

/**
 * Numbers with a name and a unit, for structures or for atoms. Of a data set, or of one structure, which has one row or one for each atom.
 */
export interface Column extends ColumnShape {
  /** In `unit`, rows × width; NaN where absent */
  readonly values: Float64Array;
}

/** Whether there is no number at all. */
export function isAbsent(values: Float64Array): boolean {
  // a loop, since most arrays are short or end at the first number
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) return false;
  return true;
}

/** For messages: "eV, 3 numbers per atom". */
export function describeShape({ unit, per, width }: ColumnShape): string {
  return `${unit === "1" ? "no unit" : unit}, ${width === 1 ? "a number" : `${width} numbers`} per ${per}`;
}

/** Whether the rows of two columns can stand below each other. */
export function hasShape(column: ColumnShape, known: ColumnShape): boolean {
  const { unit, per, width } = known;
  return column === known || (column.unit === unit && column.per === per && column.width === width);
}
