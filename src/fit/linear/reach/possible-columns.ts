import type { Descriptor, SpeciesList } from "../../../descriptors/descriptor.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { ColumnLayout } from "../columns.js";
import { type ColumnClasses, classifyColumns } from "./column-classes.js";
import { type Neighborhoods, possibleNeighborhoods, type TermRange } from "./neighborhoods.js";
import { patternsOf } from "./patterns.js";
import { planRows, type RowPlan } from "./row-plan.js";

interface TermOfColumns {
  readonly descriptor: Pick<Descriptor, "neededSpecies">;
  /** Atomic numbers; null for all */
  readonly centers: readonly number[] | null;
}

/** How rows could be reduced as far as the atoms of the structures tell, wherever they are: cheap, and never with too few columns. */
export function planByAtoms(terms: readonly TermOfColumns[], layout: ColumnLayout, dataset: Dataset, rowCounts: readonly number[]): RowPlan | undefined {
  const species = dataset.species();
  const classes = classifyColumns(terms, layout, species);
  return planPossible(classes, neighborhoodsByAtoms(dataset, species, centersOfTerms(terms, species)), rowCounts);
}

/** The same from what is known of the structures; undefined where there are no rows. */
export function planPossible(classes: ColumnClasses, neighborhoods: readonly Neighborhoods[], rowCounts: readonly number[]): RowPlan | undefined {
  const patterns = patternsOf(classes, rowCounts.map((nRows, i) => ({ nRows, neighborhoods: neighborhoods[i] })));
  return patterns.length === 0 ? undefined : planRows(classes, patterns);
}

/** Species indices of the centers of terms. */
export function centersOfTerms(terms: readonly Pick<TermOfColumns, "centers">[], species: SpeciesList): Pick<TermRange, "centers">[] {
  return terms.map(({ centers }) => ({ centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)) }));
}

/** What is possible in every structure: one object for all that have the same species. */
export function neighborhoodsByAtoms(dataset: Dataset, species: SpeciesList, terms: readonly Pick<TermRange, "centers">[]): Neighborhoods[] {
  const { kindOf, first } = kindsOf(dataset);
  const ofKinds = first.map((i) => possibleNeighborhoods(dataset.structure(i), species, terms));
  return Array.from(kindOf, (kind) => ofKinds[kind]);
}

interface Kinds {
  /** Of every structure. */
  readonly kindOf: Int32Array;
  /** The first structure of each kind. */
  readonly first: readonly number[];
}

const known = new WeakMap<Dataset, Kinds>();

/** Structures with the same species, as far as it matters whether there is one atom or more: searches ask again and again. */
function kindsOf(dataset: Dataset): Kinds {
  let kinds = known.get(dataset);
  if (!kinds) {
    const numbers = new Map<string, number>();
    const first: number[] = [];
    const kindOf = Int32Array.from({ length: dataset.nStructures }, (_, i) => {
      const key = kindKey(dataset, i);
      let kind = numbers.get(key);
      if (kind === undefined) numbers.set(key, (kind = first.push(i) - 1));
      return kind;
    });
    known.set(dataset, (kinds = { kindOf, first }));
  }
  return kinds;
}

function kindKey(dataset: Dataset, structure: number): string {
  const { atomicNumbers, pbc } = dataset.structure(structure);
  const once = new Set<number>();
  const twice = new Set<number>();
  for (const atomicNumber of atomicNumbers) (once.has(atomicNumber) ? twice : once).add(atomicNumber);
  return JSON.stringify([[...once].sort(), [...twice].sort(), pbc.some((periodic) => periodic)]);
}
