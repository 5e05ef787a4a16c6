import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { blockSpecies, columnCount } from "../../models/linear/term.js";
import { ADDRESSABLE_BYTES, formatBytes } from "../../wasm/memory.js";
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
 * @throws {InvalidParameterError} for no columns at all, and for more than a triangular factor could ever hold
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
  const bytes = triangleBytes(nColumns);
  if (bytes > ADDRESSABLE_BYTES) {
    throw new InvalidParameterError(
      `the model has ${nColumns} coefficients, and the triangular factor of its fit takes ${formatBytes(bytes)} where ${formatBytes(ADDRESSABLE_BYTES)} can be ` +
        "addressed: choose a smaller basis, or leave quadratic out",
    );
  }
  return { terms: placed, firstIntercept: withIntercept ? next : undefined, nColumns };
}
