import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { blockSpecies, columnCount } from "../../models/linear/term.js";
import { ADDRESSABLE_BYTES, formatBytes } from "../../wasm/memory.js";
import { BLOCK_ROWS } from "../least-squares/blocks.js";
import { triangleBytes } from "../least-squares/triangle.js";

/** Columns of one term: a block for each species of its centers. */
export interface TermColumns {
  /** Atomic numbers of the centers of each block, ascending. */
  readonly blocks: readonly number[];
  readonly nFeatures: number;
  /** Of each block. */
  readonly width: number;
  readonly quadratic: boolean;
  /** Of the first block. */
  readonly firstColumn: number;
}

/** Where everything stands among the columns of a linear model. */
export interface ColumnLayout {
  readonly terms: readonly TermColumns[];
  /** Of the constant of the first species; undefined where none is fitted. */
  readonly firstIntercept: number | undefined;
  readonly nColumns: number;
}

interface TermOfColumns {
  readonly descriptor: Pick<Descriptor, "featureCount">;
  /** Atomic numbers; null for all */
  readonly centers: readonly number[] | null;
  readonly quadratic: boolean;
}

/**
 * The columns of terms, in their order, then the intercepts.
 * @throws {InvalidParameterError} for no columns at all, and for more than rows could ever have
 */
export function layOutColumns(terms: readonly TermOfColumns[], species: SpeciesList, withIntercept: boolean): ColumnLayout {
  let next = 0;
  const placed = terms.map(({ descriptor, centers, quadratic }): TermColumns => {
    const nFeatures = descriptor.featureCount(species);
    const blocks = blockSpecies({ centers }, species);
    const width = columnCount(nFeatures, quadratic);
    const firstColumn = next;
    next += blocks.length * width;
    return { blocks, nFeatures, width, quadratic, firstColumn };
  });
  if (next === 0) throw new InvalidParameterError("the model has no coefficients: the descriptors of its terms have no features for these species");
  const nColumns = next + (withIntercept ? species.length : 0);
  if (8 * BLOCK_ROWS * nColumns > ADDRESSABLE_BYTES) throw tooMany(nColumns, nColumns);
  return { terms: placed, firstIntercept: withIntercept ? next : undefined, nColumns };
}

/**
 * Makes sure that the columns which structures reach are not more than a triangular factor could ever hold.
 * @throws {InvalidParameterError}
 */
export function requireAddressable({ nColumns }: ColumnLayout, reached: number): void {
  if (triangleBytes(reached) > ADDRESSABLE_BYTES) throw tooMany(nColumns, reached);
}

function tooMany(nColumns: number, reached: number): InvalidParameterError {
  const some = reached === nColumns ? "" : `, ${reached} of which structures reach`;
  return new InvalidParameterError(
    `the model has ${nColumns} coefficients${some}, and the triangular factor of its fit takes ${formatBytes(triangleBytes(reached))} where ` +
      `${formatBytes(ADDRESSABLE_BYTES)} can be addressed: choose a smaller basis, or leave quadratic out`,
  );
}
