import { freshValues, type ValuedForm, type ValuedLeaf, valuedLeaves } from "../valued-form.js";
import type { Move, SizeLimits } from "./move.js";

/**
 * Moves (e) and (f): the whole times a term, and plus a term. The term keeps its basis with its values, apart from those of the form, and its ξ; its
 * coefficients are 0, as a factor it is the constant 1.
 * @param term of one leaf, trained alone
 */
export function addedTerm(valued: ValuedForm, term: ValuedForm, limits: SizeLimits): Move[] {
  if (valuedLeaves(valued.root).length >= limits.leaves) return [];
  const { nSpecies, root } = valued;
  const [own] = valuedLeaves(term.root);
  const bases = [...valued.bases, forgotten(term).bases[own.basis]];
  const leaf: ValuedLeaf = { ...own, basis: bases.length - 1, shift: [], c: freshValues(own.c.length, 0), xi: own.xi.map(({ value }) => ({ value })) };
  const product: ValuedForm = {
    ...valued,
    bases,
    root: { op: "product", shift: freshValues(nSpecies, 0), left: root, right: { ...leaf, shift: freshValues(nSpecies, 1) } },
  };
  const sum: ValuedForm = { ...valued, bases, root: { op: "sum", shift: [], left: root, right: leaf } };
  return [
    { kind: "product", at: "root", to: product, isExact: true },
    { kind: "sum", at: "root", to: sum, isExact: true },
  ];
}

/** The same values, as new ones. */
function forgotten({ bases, ...others }: ValuedForm): ValuedForm {
  return { ...others, bases: bases.map(({ basis, exponents, weights }) => ({ basis, exponents: exponents.map(({ value }) => ({ value })), weights: weights.map(({ value }) => ({ value })) })) };
}
