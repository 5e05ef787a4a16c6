import type { Dataset } from "../../structures/dataset.js";

/** Which atoms of a data set are centers, and where each of them stands among all. */
export class CenterTable {
  /** Centers of each structure. */
  readonly counts: Int32Array;
  /** First row of each structure, and the number of all rows at the end. */
  readonly firstRows: Int32Array;
  /** Row of every atom of the data set; −1 where it is no center. */
  private readonly rows: Int32Array;

  /** @param centers atomic numbers; null: all atoms */
  constructor(
    private readonly dataset: Dataset,
    centers: readonly number[] | null,
  ) {
    const { nStructures, nAtoms, offsets, atomicNumbers } = dataset;
    this.counts = new Int32Array(nStructures);
    this.firstRows = new Int32Array(nStructures + 1);
    this.rows = new Int32Array(nAtoms);
    let row = 0;
    for (let structure = 0; structure < nStructures; structure++) {
      for (let atom = offsets[structure]; atom < offsets[structure + 1]; atom++) {
        this.rows[atom] = centers === null || centers.includes(atomicNumbers[atom]) ? row++ : -1;
      }
      this.firstRows[structure + 1] = row;
      this.counts[structure] = row - this.firstRows[structure];
    }
  }

  get nRows(): number {
    return this.firstRows[this.firstRows.length - 1];
  }

  /** Row of an atom of a structure; −1 where it is no center. */
  row(structure: number, atom: number): number {
    return this.rows[this.dataset.offsets[structure] + atom];
  }

  /** Centers of one structure, ascending atoms. */
  of(structure: number): Int32Array {
    const { offsets } = this.dataset;
    const rows = this.rows.subarray(offsets[structure], offsets[structure + 1]);
    const centers = new Int32Array(this.counts[structure]);
    let count = 0;
    rows.forEach((row, atom) => row >= 0 && (centers[count++] = atom));
    return centers;
  }
}
