import { type AceBasis, aceLayout, basisOf } from "../../descriptors/ace/basis.js";
import { radialOf } from "../../descriptors/ace/bonds.js";
import type { AceLayout } from "../../descriptors/ace/layout.js";
import type { PairRadialSpec } from "../../descriptors/ace/radial/pair-radial.js";
import type { AceTerm } from "./ace-sum.js";

/** A term with what its functions are made of. */
export interface ExportedTerm extends AceTerm {
  readonly basis: AceBasis;
  readonly layout: AceLayout;
  /** What is added to n of its many-body functions, which stand behind those of the terms before. */
  readonly offset: number;
  /** Largest n of its many-body functions; 0: it has none */
  readonly nMax: number;
}

export function exportedTerms(terms: readonly AceTerm[]): ExportedTerm[] {
  let offset = 0;
  return terms.map((term) => {
    const basis = basisOf(term.ace.parameters, term.species);
    const nMax = Math.max(0, ...basis.functions.flatMap(({ factors }) => factors.map(({ n }) => n)));
    const own = { ...term, basis, layout: aceLayout(term.ace.parameters, basis), offset, nMax };
    offset += nMax;
    return own;
  });
}

/** Radial functions of a neighbor around a center, by atomic numbers. */
export function specOf({ ace }: AceTerm, center: number, neighbor: number): PairRadialSpec {
  return radialOf(ace.parameters, center, neighbor);
}
