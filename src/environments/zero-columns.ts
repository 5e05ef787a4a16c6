import type { FingerprintBlock } from "./fingerprint-block.js";

/** Finds the columns of fingerprints that are 0 in every row. Looks at a column up to its first number only, so it costs next to nothing. */
export class ZeroColumns {
  private left: number[];
  private nRows = 0;

  constructor(private readonly nFeatures: number) {
    this.left = Array.from({ length: nFeatures }, (_, column) => column);
  }

  /** Columns that have been 0 so far, ascending; none before the first row. */
  get columns(): readonly number[] {
    return this.nRows > 0 ? this.left : [];
  }

  /** Takes further rows in. */
  add({ nRows, values }: Pick<FingerprintBlock, "nRows" | "values">): void {
    this.nRows += nRows;
    if (this.left.length === 0) return;
    this.left = this.left.filter((column) => {
      for (let at = column; at < nRows * this.nFeatures; at += this.nFeatures) if (values[at] !== 0) return false;
      return true;
    });
  }
}
