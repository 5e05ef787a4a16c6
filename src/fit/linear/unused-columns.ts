import type { Descriptor } from "../../descriptors/descriptor.js";
import type { ColumnLayout } from "./columns.js";

/** Columns of a descriptor that are 0 for the centers of one species. */
export interface UnusedColumns {
  readonly term: number;
  /** Atomic number of the centers. */
  readonly center: number;
  /** Of the descriptor. */
  readonly columns: readonly number[];
  readonly descriptor: Descriptor;
}

/** Columns of the descriptors that no row reaches, by term and species of the centers. */
export function unusedColumns({ terms }: ColumnLayout, descriptors: readonly Descriptor[], norms: Float64Array): UnusedColumns[] {
  return terms.flatMap(({ blocks, nFeatures, width, firstColumn }, term) =>
    blocks.flatMap((center, block): UnusedColumns[] => {
      const first = firstColumn + block * width;
      const columns = Array.from({ length: nFeatures }, (_, k) => k).filter((k) => norms[first + k] === 0);
      return columns.length === 0 ? [] : [{ term, center, columns, descriptor: descriptors[term] }];
    }),
  );
}
