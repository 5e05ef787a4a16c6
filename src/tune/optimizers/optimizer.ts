import type { z } from "zod";

/** One dimension as optimizers see it; a search space translates names, ranges and scales. */
export type Dimension =
  | { readonly kind: "continuous" }
  /** Whole numbers or a list in order: neighboring levels are similar. */
  | { readonly kind: "ordered"; readonly levels: number }
  /** Levels without an order. */
  | { readonly kind: "categorical"; readonly levels: number };

/** One number per dimension: 0 to 1 where it is continuous, a level from 0 otherwise. */
export type Point = readonly number[];

/** Everything an optimizer knows, its random generator included: plain data that survives JSON to the same bits. */
export type OptimizerState = Readonly<Record<string, unknown>>;

/** What an optimizer starts from: dimensions, a seed, and a point where there is one. */
export interface Problem {
  readonly dimensions: readonly Dimension[];
  readonly seed: number;
  /** A point that is known to be reasonable, such as the values of the user's file; optimizers may begin with it. */
  readonly start?: Point;
}

/**
 * A pure state machine: `ask` proposes one generation of points, `tell` takes their losses (smaller is better) and moves on. Asking
 * twice without telling gives the same points. Stopped anywhere and resumed from its state it continues to the same bits.
 */
export interface Optimizer<State extends OptimizerState = OptimizerState> {
  readonly type: string;
  init(problem: Problem): State;
  /** The next generation; empty when the optimizer has finished (a design of experiments is used up). */
  ask(state: State): readonly Point[];
  /** losses: finite, in the order of the points of `ask`; a failed evaluation comes with its penalty. */
  tell(state: State, losses: readonly number[]): State;
}

/** One line of the registry. */
export interface OptimizerType {
  readonly type: string;
  /** of the options, with the literal `type` */
  readonly schema: z.ZodObject<{ type: z.ZodLiteral<string> }>;
  readonly create: (options: unknown) => Optimizer;
}
