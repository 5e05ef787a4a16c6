/** A factor by its place, or two trees that couple to an angular momentum. */
export type CouplingTree = number | { readonly left: CouplingTree; readonly right: CouplingTree; readonly total: number };

/** Two trees of the same angular momentum that couple to 0; none beside it where there is one factor only, with l = 0. */
export interface ClosedTree {
  readonly left: CouplingTree;
  readonly right?: CouplingTree;
}

/**
 * How factors couple to a function that no rotation changes: ((l₁l₂)L (l₃l₄)L) of four, (((l₁l₂)L₁ l₃)L₂ (l₄l₅)L₂) of five; up to three there is
 * one way only.
 */
export function couplingTree(l: readonly number[], labels: readonly number[]): ClosedTree {
  switch (l.length) {
    case 1:
      return { left: 0 };
    case 2:
      return { left: 0, right: 1 };
    case 3:
      return { left: { left: 0, right: 1, total: l[2] }, right: 2 };
    case 4:
      return { left: { left: 0, right: 1, total: labels[0] }, right: { left: 2, right: 3, total: labels[0] } };
    default:
      return { left: { left: { left: 0, right: 1, total: labels[0] }, right: 2, total: labels[1] }, right: { left: 3, right: 4, total: labels[1] } };
  }
}

/** All intermediate angular momenta that the factors allow, in ascending order. */
export function couplingLabels(l: readonly number[]): number[][] {
  if (l.length < 4) return [[]];
  if (l.length === 4) return common(between(l[0], l[1]), between(l[2], l[3])).map((total) => [total]);
  return between(l[0], l[1]).flatMap((first) => common(between(first, l[2]), between(l[3], l[4])).map((second) => [first, second]));
}

function between(a: number, b: number): number[] {
  return Array.from({ length: a + b - Math.abs(a - b) + 1 }, (_, i) => Math.abs(a - b) + i);
}

function common(a: readonly number[], b: readonly number[]): number[] {
  return a.filter((value) => b.includes(value));
}
