import { eigenScratchBytes } from "../../linalg/eigen.js";
import { gemmScratchBytes } from "../../linalg/product.js";

/** Rows whose products are summed at once: a number of its own, so that sums have the same bits whatever the blocks of the data are. */
export const ROWS_AT_ONCE = 256;

/** Products of the columns, axes and variances. */
export function axesBytes(nColumns: number): number {
  return 8 * (2 * nColumns ** 2 + nColumns);
}

/** Rows that wait for their products, and what a product works in. */
export function waitingRowsBytes(nColumns: number): number {
  return 8 * ROWS_AT_ONCE * nColumns + gemmScratchBytes(nColumns, nColumns, ROWS_AT_ONCE) + 1024;
}

/** Memory at its peak while principal axes are found, bytes: rows are gone when the decomposition begins. */
export function principalAxesBytes(nColumns: number): number {
  return axesBytes(nColumns) + Math.max(waitingRowsBytes(nColumns), 8 * nColumns ** 2 + eigenScratchBytes(nColumns));
}
