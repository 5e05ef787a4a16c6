import { type ComparedAtoms, lengths, orientationOf, type Placement, settle } from "./matched-atoms.js";
import { addProduct, largestTrace } from "./orthogonal.js";

/** Relative rounding of a sum of squares less twice a trace. */
const ROUNDING = 1e-13;

/**
 * The best placement of all: every way to give atoms of x partners in y of the same species, or none, with the best orientation of each. A way is
 * given up where the atoms that have partners already cost more than the best that is known: their best orientation for themselves is a
 * lower bound, and of each other atom the difference of distances to the center. Grows with the factorial of the number of atoms.
 * @param enough Å², ends at a placement that costs no more
 */
export function everyMatching(atoms: ComparedAtoms, known: Placement, enough: number): Placement {
  return new Matchings(atoms, known, enough).search();
}

class Matchings {
  private readonly order: Int32Array;
  /** Of each atom of x the atoms of y that it may have, those of about its distance first. */
  private readonly choices: readonly (readonly number[])[];
  /** Least cost of the atoms of x from a position of the order on. */
  private readonly remaining: Float64Array;
  private readonly squaresX: Float64Array;
  private readonly squaresY: Float64Array;
  private readonly partners: Int32Array;
  private readonly isTaken: Uint8Array;
  /** Σ x yᵀ of partners, and what it was before each atom of the order. */
  private readonly h = new Float64Array(9);
  private readonly kept: readonly Float64Array[];

  constructor(
    private readonly atoms: ComparedAtoms,
    private best: Placement,
    private readonly enough: number,
  ) {
    const { x, y, groups, leavingX, leavingY } = atoms;
    const [ofX, ofY] = [lengths(x), lengths(y)];
    this.squaresX = ofX.map((length) => length ** 2);
    this.squaresY = ofY.map((length) => length ** 2);
    // long arms first: they decide
    this.order = Int32Array.from(ofX.keys()).sort((i, j) => ofX[j] - ofX[i] || i - j);
    const gap = (i: number, j: number): number => (ofX[i] - ofY[j]) ** 2;
    const allowed = Array.from(ofX, (): number[] => []);
    for (const group of groups) for (const i of group.ofX) allowed[i] = Array.from(group.ofY).sort((j, k) => gap(i, j) - gap(i, k) || j - k);
    this.choices = allowed;
    this.remaining = new Float64Array(ofX.length + 1);
    for (let at = ofX.length - 1; at >= 0; at--) {
      const i = this.order[at];
      const nearest = allowed[i].length > 0 ? gap(i, allowed[i][0]) : Infinity;
      this.remaining[at] = this.remaining[at + 1] + Math.min(leavingX[i], nearest);
    }
    this.partners = new Int32Array(ofX.length).fill(-1);
    this.isTaken = new Uint8Array(leavingY.length);
    this.kept = Array.from(ofX, () => new Float64Array(9));
  }

  search(): Placement {
    this.extend(0, 0, 0);
    return this.best;
  }

  /** @param matched Å², |x|² + |y|² of atoms that have partners; left: cost of those that were left without */
  private extend(at: number, matched: number, left: number): void {
    if (this.best.square <= this.enough) return;
    const bound = Math.max(0, matched - 2 * largestTrace(this.h) - ROUNDING * matched) + left + this.remaining[at];
    if (bound > this.best.square) return;
    if (at === this.order.length) {
      const placed = settle(this.atoms, orientationOf(this.atoms, this.partners), this.partners);
      if (placed.square < this.best.square) this.best = placed;
      return;
    }
    const { x, y, leavingX } = this.atoms;
    const i = this.order[at];
    for (const j of this.choices[i]) {
      if (this.isTaken[j]) continue;
      this.isTaken[j] = 1;
      this.partners[i] = j;
      const kept = this.kept[at];
      kept.set(this.h);
      addProduct(this.h, x, i, y, j, 1);
      this.extend(at + 1, matched + this.squaresX[i] + this.squaresY[j], left);
      this.h.set(kept);
      this.isTaken[j] = 0;
    }
    this.partners[i] = -1;
    this.extend(at + 1, matched, left + leavingX[i]);
  }
}
