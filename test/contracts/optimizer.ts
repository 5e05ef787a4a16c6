import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import type { Dimension, Optimizer, OptimizerState, Point, Problem } from "../../src/optimizers/optimizer.js";
import { createOptimizer, optimizerSchema } from "../../src/optimizers/registry.js";

export interface OptimizerCase {
  readonly title: string;
  readonly options: { readonly type: string } & Record<string, unknown>;
  /** Generations that each check looks at; enough to reach every phase. */
  readonly generations: number;
  /** Whether `ask` comes to an end within these generations; left out where that depends on the number of dimensions. */
  readonly finishes?: boolean;
  /** Whether the start is the first point asked for. */
  readonly beginsAtStart: boolean;
}

const mixed: readonly Dimension[] = [
  { kind: "continuous" },
  { kind: "ordered", levels: 5 },
  { kind: "categorical", levels: 3 },
  { kind: "continuous" },
  { kind: "ordered", levels: 1 },
];

/** A smooth bowl with a preferred category; the same for any dimensions. */
export function bowl(dimensions: readonly Dimension[], point: Point): number {
  return point.reduce((sum, x, d) => {
    const dimension = dimensions[d];
    if (dimension.kind === "continuous") return sum + (x - 0.3) ** 2;
    if (dimension.kind === "categorical") return sum + (x === dimension.levels - 1 ? 0 : 0.2);
    return sum + (x / dimension.levels - 0.4) ** 2;
  }, 0);
}

interface Step {
  readonly points: readonly Point[];
  readonly losses: readonly number[];
}

type Loss = (point: Point, index: number) => number;

function run(optimizer: Optimizer, problem: Problem, generations: number, loss?: Loss, viaJson = false): Step[] {
  const lossOf = loss ?? ((point) => bowl(problem.dimensions, point));
  const steps: Step[] = [];
  let state = optimizer.init(problem);
  let count = 0;
  for (let generation = 0; generation < generations; generation++) {
    if (viaJson) state = JSON.parse(JSON.stringify(state)) as OptimizerState;
    const points = optimizer.ask(state);
    const losses = points.map((point) => lossOf(point, count++));
    steps.push({ points, losses });
    if (points.length === 0) break;
    state = optimizer.tell(state, losses);
  }
  return steps;
}

function expectInside(dimensions: readonly Dimension[], steps: readonly Step[]): void {
  for (const point of steps.flatMap(({ points }) => points)) {
    expect(point.length).toBe(dimensions.length);
    for (const [d, dimension] of dimensions.entries()) {
      const x = point[d];
      const fits = dimension.kind === "continuous" ? x >= 0 && x <= 1 : Number.isInteger(x) && x >= 0 && x < dimension.levels;
      expect(fits && !Object.is(x, -0), `coordinate ${d} is ${x}`).toBe(true);
    }
  }
}

/** What every optimizer promises. */
export function describeOptimizer(optimizerCase: OptimizerCase): void {
  const create = (): Optimizer => createOptimizer(optimizerCase.options);
  let steps: Step[] | undefined;
  const plain = (): Step[] => (steps ??= run(create(), problem, optimizerCase.generations));

  describe(`optimizer contract: ${optimizerCase.title}`, () => {
    itIsAFunctionOfItsState(create, plain, optimizerCase);
    itStaysInside(create, plain, optimizerCase);
    itRefusesNonsense(create);
  });
}

const problem: Problem = { dimensions: mixed, seed: 4 };

/** @param plain the steps on the problem as it is, made once */
function itIsAFunctionOfItsState(create: () => Optimizer, plain: () => Step[], { options, generations, finishes }: OptimizerCase): void {
  it("is registered under its type, and rejects options that it does not have", () => {
    expect(create().type).toBe(options.type);
    expect(optimizerSchema.safeParse(options).success).toBe(true);
    expect(() => createOptimizer({ ...options, partcles: 3 })).toThrow(InvalidParameterError);
  });

  it("asks for the same points twice, and leaves the state alone", () => {
    const optimizer = create();
    let state = optimizer.init(problem);
    for (let generation = 0; generation < generations; generation++) {
      const before = JSON.stringify(state);
      const points = optimizer.ask(state);
      expect(optimizer.ask(state)).toEqual(points);
      expect(JSON.stringify(state), "state after ask").toBe(before);
      if (points.length === 0) break;
      const losses = points.map((point) => bowl(mixed, point));
      const next = optimizer.tell(state, losses);
      expect(JSON.stringify(state), "state after tell").toBe(before);
      expect(optimizer.tell(state, losses), "told twice").toEqual(next);
      state = next;
    }
  });

  it("continues to the same bits from a state that went through JSON at every step, by another instance", () => {
    expect(run(create(), problem, generations, undefined, true)).toEqual(plain());
  });

  it("is decided by the seed", () => {
    const again = (seed: number): string => JSON.stringify(run(create(), { dimensions: mixed, seed }, generations));
    expect(again(problem.seed)).toBe(JSON.stringify(plain()));
    expect(again(problem.seed + 1)).not.toBe(JSON.stringify(plain()));
  });

  if (finishes !== undefined) {
    it(finishes ? "finishes" : "goes on", () => {
      const last = plain().at(-1);
      expect(last.points.length === 0).toBe(finishes);
    });
  }
}

function itStaysInside(create: () => Optimizer, plain: () => Step[], { generations, beginsAtStart }: OptimizerCase): void {
  const start = [0.25, 3, 1, 0.75, 0];

  it("stays inside mixed dimensions, with and without a start", () => {
    expectInside(mixed, plain());
    const steps = run(create(), { ...problem, start }, generations);
    expectInside(mixed, steps);
    if (beginsAtStart) expect(steps[0].points[0]).toEqual(start);
  });

  it.each<readonly [string, readonly Dimension[]]>([
    ["one continuous dimension", [{ kind: "continuous" }]],
    ["one ordered dimension", [{ kind: "ordered", levels: 4 }]],
    ["one categorical dimension", [{ kind: "categorical", levels: 4 }]],
    ["levels without a choice", [{ kind: "ordered", levels: 1 }, { kind: "categorical", levels: 1 }]],
    ["twenty dimensions", Array.from({ length: 20 }, (_, d) => (d % 5 === 0 ? { kind: "ordered", levels: 1000 } : { kind: "continuous" }))],
  ])("handles %s", (_, dimensions) => {
    expectInside(dimensions, run(create(), { dimensions, seed: 1 }, Math.min(generations, 12)));
  });

  it("handles ties, huge penalties, and losses below zero", () => {
    for (const loss of [() => 1, (_point: Point, i: number) => (i % 3 === 0 ? 1e30 : bowl(mixed, _point)), (_point: Point, i: number) => -1e9 - i, () => 0]) {
      const steps = run(create(), problem, generations, loss);
      expectInside(mixed, steps);
      expect(steps.length).toBeGreaterThan(1);
    }
  });
}

function itRefusesNonsense(create: () => Optimizer): void {
  it("refuses losses that are not one finite number per point", () => {
    const optimizer = create();
    const state = optimizer.init(problem);
    const n = optimizer.ask(state).length;
    expect(() => optimizer.tell(state, Array(n + 1).fill(1) as number[])).toThrow(InvalidParameterError);
    expect(() => optimizer.tell(state, Array(n).fill(Number.NaN) as number[])).toThrow(InvalidParameterError);
    expect(() => optimizer.tell(state, Array(n).fill(Infinity) as number[])).toThrow(InvalidParameterError);
  });

  it("refuses problems that make no sense", () => {
    const optimizer = create();
    expect(() => optimizer.init({ dimensions: [], seed: 1 })).toThrow(InvalidParameterError);
    expect(() => optimizer.init({ dimensions: [{ kind: "ordered", levels: 0 }], seed: 1 })).toThrow(InvalidParameterError);
    expect(() => optimizer.init({ dimensions: [{ kind: "continuous" }], seed: 1, start: [1.5] })).toThrow(/start is 1.5/);
    expect(() => optimizer.init({ dimensions: [{ kind: "categorical", levels: 3 }], seed: 1, start: [3] })).toThrow(/0 to 2/);
    expect(() => optimizer.init({ dimensions: [{ kind: "continuous" }], seed: 1, start: [0, 0] })).toThrow(/2 coordinates/);
  });
}
