import type { z } from "zod";

/** One dimension as optimizers see it; a search space translates names, ranges and scales. */
export type Dimension =
  | {
      /** Real numbers, 0 … 1. */
      readonly kind: "continuous";
    }
  | {
      /** Whole numbers or a list in order: neighboring levels are similar. */
      readonly kind: "ordered";
      /** Number of levels. */
      readonly levels: number;
    }
  | {
      /** Levels without an order. */
      readonly kind: "categorical";
      /** Number of levels. */
      readonly levels: number;
    };

/** One number per dimension: 0 to 1 where it is continuous, a level from 0 otherwise. */
export type Point = readonly number[];

/** Everything an optimizer knows, its random generator included: plain data that survives JSON to the same bits. */
export type OptimizerState = Readonly<Record<string, unknown>>;

/** What an optimizer starts from: dimensions, a seed, and a point where there is one. */
export interface Problem {
  /** Of a point, in order. */
  readonly dimensions: readonly Dimension[];
  /** Of everything that is random: the same seed and losses give the same points. */
  readonly seed: number;
  /** A point that is known to be reasonable, such as the values of the user's file; optimizers may begin with it. */
  readonly start?: Point;
}

/**
 * A pure state machine: `ask` proposes one generation of points, `tell` takes their losses (smaller is better) and moves on. Asking
 * twice without telling gives the same points. Stopped anywhere and resumed from its state it continues to the same bits.
 */
export interface Optimizer<State extends OptimizerState = OptimizerState> {
  /** As in the options. */
  readonly type: string;
  /**
   * The state before the first generation.
   * @throws {InvalidParameterError} for dimensions that it cannot search
   */
  init(problem: Problem): State;
  /** The next generation; empty when the optimizer has finished (a design of experiments is used up). */
  ask(state: State): readonly Point[];
  /** losses: finite, in the order of the points of `ask`; a failed evaluation comes with its penalty. */
  tell(state: State, losses: readonly number[]): State;
}

/** One line of the registry. */
export interface OptimizerType {
  /** As in the options. */
  readonly type: string;
  /** of the options, with the literal `type` */
  readonly schema: z.ZodObject<{
    /** Tells the kinds apart. */
    type: z.ZodLiteral<string>;
  }>;
  /** @throws {InvalidParameterError} for options that are not allowed */
  readonly create: (options: unknown) => Optimizer;
}
