import type { Jet } from "../../../math/jet.js";
import type { SmoothFunctions, SmoothPiece } from "../../../math/hermite-table.js";

/** Functions of one distance, with two derivatives by it; `out` holds one jet each. */
export type RadialJets = (r: number, out: Jet[]) => void;

/** A part of the distances where functions are smooth, from the end of the part before or zero. */
export interface RadialPiece {
  /** Å */
  readonly end: number;
  /** The same number of functions in every piece. */
  readonly functions: RadialJets;
}

/** Several radial functions of one pair of species. */
export interface RadialSet {
  readonly size: number;
  /** Up to the cutoff. */
  readonly pieces: readonly RadialPiece[];
  /** Å: the distance over which they change. */
  readonly scale: number;
}

/** Functions that are all zero. */
export function zeros(size: number): RadialJets {
  return (_, out) => {
    for (let i = 0; i < size; i++) out[i] = [0, 0, 0];
  };
}

/** Sets side by side, for one table; beyond its last piece a set is zero. */
export function sideBySide(sets: readonly RadialSet[], end: number): { pieces: SmoothPiece[]; size: number; scale: number } {
  const ends = [...new Set([...sets.flatMap(({ pieces }) => pieces.map((piece) => piece.end)), end])].filter((own) => own <= end).sort((a, b) => a - b);
  const size = sets.reduce((sum, set) => sum + set.size, 0);
  const pieces = ends.map((pieceEnd, i) => {
    const middle = 0.5 * (pieceEnd + (i > 0 ? ends[i - 1] : 0));
    const parts = sets.map((set) => ({ size: set.size, functions: set.pieces.find((piece) => piece.end > middle)?.functions ?? zeros(set.size) }));
    return { end: pieceEnd, functions: smooth(parts) };
  });
  return { pieces, size, scale: Math.min(...sets.map(({ scale }) => scale)) };
}

/** A table asks for a function and its derivatives at the same place one after the other. */
function smooth(parts: readonly { readonly size: number; readonly functions: RadialJets }[]): SmoothFunctions {
  const jets: Jet[][] = parts.map(() => []);
  let last = NaN;
  return {
    evaluate(x, derivative, out) {
      if (x !== last) parts.forEach(({ functions }, p) => functions(x, jets[p]));
      last = x;
      let at = 0;
      for (const [p, { size }] of parts.entries()) {
        for (let i = 0; i < size; i++) out[at++] = jets[p][i][derivative];
      }
    },
  };
}
