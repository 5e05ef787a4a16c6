import type { StartForm, ValuedForm } from "../valued-form.js";
import { startForm } from "../valued-form.js";
import { addedTerm } from "./add-term.js";
import { canonicalKey } from "./canonical-key.js";
import { exponentials, moreExponents, moreFunctions, partners } from "./grow-term.js";
import type { Move, SizeLimits } from "./move.js";

/** What candidates are made of. */
export interface ProposalContext {
  readonly limits: SizeLimits;
  /** The trained term that is multiplied with and added. */
  readonly term: ValuedForm | undefined;
  /** Keys of forms that were tried; those proposed here are added. */
  readonly tried: Set<string>;
}

/** A move that is allowed and leads to a form that was not tried. */
export interface Proposal {
  readonly move: Move;
  /** Sizes and notation are right; new ξ are still NaN. */
  readonly start: StartForm;
}

/** All moves from a form, in the order (a) to (f). */
export function proposals(valued: ValuedForm, { limits, term, tried }: ProposalContext): Proposal[] {
  const moves = [
    ...moreFunctions(valued, limits),
    ...moreExponents(valued, limits),
    ...exponentials(valued),
    ...partners(valued, limits),
    ...(term ? addedTerm(valued, term, limits) : []),
  ];
  return moves.flatMap((move): Proposal[] => {
    const start = startForm(move.to);
    const key = canonicalKey(start.form);
    if (start.values.length > limits.size || tried.has(key)) return [];
    tried.add(key);
    return [{ move, start }];
  });
}
