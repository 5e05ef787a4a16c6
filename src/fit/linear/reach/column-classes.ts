import type { Descriptor, SpeciesList } from "../../../descriptors/descriptor.js";
import type { ColumnLayout, TermColumns } from "../columns.js";

/** A set of species: bit Z is there for atomic number Z. */
export type SpeciesSet = bigint;

/** Columns of one term and species of centers that need the same neighbors: they are 0 in the rows of the same structures. */
export interface ColumnClass {
  /** Number of the term; that of the constants follows those of the terms. */
  readonly term: number;
  /** Position of the species of the centers among those of the data. */
  readonly center: number;
  readonly needed: SpeciesSet;
  /** Columns. */
  readonly size: number;
}

/** All columns of a model by what they need. */
export interface ColumnClasses {
  readonly classes: readonly ColumnClass[];
  /** i32 [nColumns]: position among the classes; −1 where a column is always 0 */
  readonly classOf: Int32Array;
}

export function speciesSet(atomicNumbers: Iterable<number>): SpeciesSet {
  let set = 0n;
  for (const atomicNumber of atomicNumbers) set |= 1n << BigInt(atomicNumber);
  return set;
}

/** What the columns of a model need of structures, as far as its descriptors tell. */
export function classifyColumns(
  terms: readonly { readonly descriptor: Pick<Descriptor, "neededSpecies"> }[],
  { terms: placed, firstIntercept, nColumns }: ColumnLayout,
  species: SpeciesList,
): ColumnClasses {
  const list = new ClassList(nColumns);
  for (const [t, own] of placed.entries()) {
    for (const [block, atomicNumber] of own.blocks.entries()) {
      const needs = neededBy(terms[t].descriptor, own, species, atomicNumber);
      const add = list.adder(t, species.indexOf(atomicNumber));
      const first = own.firstColumn + block * own.width;
      needs.forEach((needed, k) => add(first + k, needed));
      if (own.quadratic) addProducts(needs, first + own.nFeatures, add);
    }
  }
  if (firstIntercept !== undefined) species.forEach((_, s) => list.adder(placed.length, s)(firstIntercept + s, 0n));
  return list.finish();
}

function neededBy(descriptor: Pick<Descriptor, "neededSpecies">, { nFeatures }: TermColumns, species: SpeciesList, center: number): (SpeciesSet | null)[] {
  const needs = descriptor.neededSpecies?.(species, center);
  return needs ? needs.map((needed) => needed && speciesSet(needed)) : Array.from({ length: nFeatures }, () => 0n);
}

/** A product of columns needs what both do; they stand row by row. */
function addProducts(needs: readonly (SpeciesSet | null)[], first: number, add: (column: number, needed: SpeciesSet | null) => void): void {
  let column = first;
  for (const [a, ofFirst] of needs.entries()) {
    for (let b = a; b < needs.length; b++) {
      const ofSecond = needs[b];
      add(column++, ofFirst === null || ofSecond === null ? null : ofFirst | ofSecond);
    }
  }
}

class ClassList {
  private readonly classes: { readonly term: number; readonly center: number; readonly needed: SpeciesSet; size: number }[] = [];
  private readonly classOf: Int32Array;

  constructor(nColumns: number) {
    this.classOf = new Int32Array(nColumns).fill(-1);
  }

  /** Adds columns of one term and species of centers. */
  adder(term: number, center: number): (column: number, needed: SpeciesSet | null) => void {
    const known = new Map<SpeciesSet, number>();
    return (column, needed) => {
      if (needed === null) return;
      let index = known.get(needed);
      if (index === undefined) known.set(needed, (index = this.classes.push({ term, center, needed, size: 0 }) - 1));
      this.classes[index].size++;
      this.classOf[column] = index;
    };
  }

  finish(): ColumnClasses {
    return { classes: this.classes, classOf: this.classOf };
  }
}
