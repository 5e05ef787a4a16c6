import type { Descriptor } from "../../../descriptors/descriptor.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { ColumnLayout } from "../columns.js";
import { classifyColumns } from "./column-classes.js";
import { possibleNeighborhoods } from "./neighborhoods.js";
import { patternsOf, union } from "./patterns.js";

interface TermOfColumns {
  readonly descriptor: Pick<Descriptor, "neededSpecies">;
  /** Atomic numbers; null for all */
  readonly centers: readonly number[] | null;
}

/** Columns that some structure of the data could reach with the atoms that it has, wherever they are: cheap, and never too few. */
export function countPossibleColumns(terms: readonly TermOfColumns[], layout: ColumnLayout, dataset: Dataset): number {
  const species = dataset.species();
  const classes = classifyColumns(terms, layout, species);
  const ranges = terms.map(({ centers }) => ({ centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)) }));
  const structures = differentStructures(dataset).map((i) => ({ nRows: 1, neighborhoods: possibleNeighborhoods(dataset.structure(i), species, ranges) }));
  if (structures.length === 0) return 0;
  const reached = union(patternsOf(classes, structures));
  return classes.classes.reduce((sum, { size }, index) => sum + (reached[index] === 1 ? size : 0), 0);
}

const known = new WeakMap<Dataset, readonly number[]>();

/** One of all structures that have the same species, as far as it matters whether there is one atom or more: searches ask again and again. */
function differentStructures(dataset: Dataset): readonly number[] {
  let different = known.get(dataset);
  if (!different) {
    const first = new Map<string, number>();
    for (let i = 0; i < dataset.nStructures; i++) {
      const { atomicNumbers, pbc } = dataset.structure(i);
      const once = new Set<number>();
      const twice = new Set<number>();
      for (const atomicNumber of atomicNumbers) (once.has(atomicNumber) ? twice : once).add(atomicNumber);
      const key = JSON.stringify([[...once].sort(), [...twice].sort(), pbc.some((periodic) => periodic)]);
      if (!first.has(key)) first.set(key, i);
    }
    known.set(dataset, (different = [...first.values()]));
  }
  return different;
}
