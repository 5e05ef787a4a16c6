import type { Dimension, Optimizer, Point } from "../../src/optimizers/optimizer.js";

export interface TestFunction {
  readonly name: string;
  readonly title: string;
  readonly dimensions: readonly Dimension[];
  readonly lossOf: (point: Point) => number;
  readonly minimum: Point;
  readonly target: number;
}

export const functions: readonly TestFunction[];

export function evaluationsToTarget(optimizer: Optimizer, f: TestFunction, seed: number, budget: number): { evaluations?: number; lowest: number };
