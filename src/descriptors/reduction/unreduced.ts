import { InvalidParameterError } from "../../errors.js";
import type { Descriptor, SpeciesList } from "../descriptor.js";
import { columnsAfter, partsOf } from "./column-map.js";

/** A linear function of the columns of a descriptor, in terms of one with all columns. */
export interface Unreduced {
  /** With all columns. */
  readonly descriptor: Descriptor;
  /** One for each of its columns. */
  readonly coefficients: Float64Array;
  /** What is added for each row. */
  readonly constant: number;
}

/**
 * A linear function of fewer columns as one of all columns: c·(Mᵀx − o) = (Mc)·x − o·c. A descriptor with all columns is returned as it is.
 * @param coefficients one for each column
 */
export function unreduced(descriptor: Descriptor, species: SpeciesList, coefficients: ArrayLike<number>): Unreduced {
  const from = descriptor.reducedFrom;
  if (!from) return { descriptor, coefficients: Float64Array.from(coefficients), constant: 0 };
  const map = from.columnMap(species);
  const offset = "columns" in map ? undefined : map.offset;
  const constant = offset ? -offset.reduce((sum, value, k) => sum + value * coefficients[k], 0) : 0;
  return { descriptor: from.descriptor, coefficients: timesMap(partsOf(map), map.nBefore, coefficients), constant };
}

/**
 * Rows of fewer columns as rows that have the same dot products with whole rows x: y·Mᵀx = (My)·x.
 * @param rows nRows × columns of the descriptor
 * @throws {InvalidParameterError} for components that are centered: their dot products are no dot products of whole rows
 */
export function unreducedRows(descriptor: Descriptor, species: SpeciesList, rows: Float64Array): Float64Array {
  const from = descriptor.reducedFrom;
  if (!from) return rows;
  const map = from.columnMap(species);
  if (!("columns" in map) && map.offset) {
    throw new InvalidParameterError(`${descriptor.name}: principal components with centered: true have no counterpart among dot products of all columns: fit with centered: false`);
  }
  const [width, nRows] = [columnsAfter(map), rows.length / columnsAfter(map)];
  const whole = new Float64Array(nRows * map.nBefore);
  const parts = partsOf(map);
  for (let row = 0; row < nRows; row++) whole.set(timesMap(parts, map.nBefore, rows.subarray(row * width, (row + 1) * width)), row * map.nBefore);
  return whole;
}

/** M c */
function timesMap(parts: ReturnType<typeof partsOf>, nBefore: number, coefficients: ArrayLike<number>): Float64Array {
  const whole = new Float64Array(nBefore);
  parts.forEach((of, k) => of.forEach(({ column, weight }) => (whole[column] += weight * coefficients[k])));
  return whole;
}
