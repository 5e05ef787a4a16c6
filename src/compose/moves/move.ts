import type { ValuedForm } from "../valued-form.js";

/** What a candidate changes in the one it comes from; `start`: a term of the pool. */
export const moveKinds = ["start", "functions", "exponents", "exponential", "partner", "product", "sum", "prune"] as const;
/** One of them. */
export type MoveKind = (typeof moveKinds)[number];

/** How large candidates may become. */
export interface SizeLimits {
  /** N of a basis. */
  readonly functions: number;
  /** L of an exponential term. */
  readonly exponents: number;
  /** Terms. */
  readonly leaves: number;
  /** All parameters, linear and others. */
  readonly size: number;
}

/** A changed form with the values it starts from; new ξ are NaN until `drawExponents`. */
export interface Move {
  readonly kind: MoveKind;
  /** What is changed, such as `root.left` or `basis a`. */
  readonly at: string;
  readonly to: ValuedForm;
  /** Whether it starts with the predictions of its parent. */
  readonly isExact: boolean;
}

/** Largest exponent αβ^(N−1) of a basis, Å⁻². */
export const LARGEST_EXPONENT = 10;
/** β of even-tempered exponents; below, neighboring functions are hardly different. */
export const SMALLEST_BETA = 1.05;
