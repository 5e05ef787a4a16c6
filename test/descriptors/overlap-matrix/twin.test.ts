import { afterAll, beforeAll, describe, it } from "vitest";
import { OverlapMatrix } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator, type Environments } from "../calculator.js";
import { expectDerivatives } from "../expect-derivatives.js";
import { randomEnvironments } from "../soap/environments.js";
import { twinEigenvalues, type TwinParameters } from "./twin.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const most = 40;
const plain: TwinParameters = { orbitals: "sp", cutoff: 4, exponent: 2, widths: [0.31, 0.76, 0.6] };

function withCalculator({ orbitals, cutoff, exponent, widths }: TwinParameters, form: object, use: (calculator: Calculator) => void): void {
  const parameters = { type: "overlap-matrix", orbitals, cutoff: { radius: cutoff, exponent }, widths: { H: widths[0], C: widths[1], O: widths[2] }, maxNeighbors: most };
  const calculator = new Calculator(executor, new OverlapMatrix({ ...parameters, ...form }), [1, 6, 8]);
  try {
    use(calculator);
  } finally {
    calculator.release();
  }
}

/** Columns of each center from its eigenvalues. */
function expectColumns(parameters: TwinParameters, form: object, environments: Environments, columnsOf: (eigenvalues: readonly number[]) => number[]): void {
  withCalculator(parameters, form, (calculator) => {
    const { values } = calculator.compute(environments);
    twinEigenvalues(parameters, environments).forEach((eigenvalues, center) => {
      const row = values.subarray(center * calculator.nFeatures, (center + 1) * calculator.nFeatures);
      const expected = columnsOf(eigenvalues);
      expectClose(row, expected, 1e-13 * Math.max(1, ...expected));
    });
  });
}

const padded = (eigenvalues: readonly number[], orbitals: number): number[] =>
  Array.from({ length: orbitals * (most + 1) }, (_, k) => Math.max(0, eigenvalues[k] ?? 0));

describe("the overlap matrix against its formulas", () => {
  const counts = [0, 1, 2, 3, 4, 5, 13, 26, 27];
  const cases: Partial<TwinParameters>[] = [{}, { orbitals: "s" }, { exponent: 1 }, { exponent: 5, orbitals: "s" }, { widths: [0.8, 0.8, 0.8], cutoff: 3 }];

  it.each(cases)("%j", (some) => {
    const parameters = { ...plain, ...some };
    const environments = randomEnvironments(counts, 3, parameters.cutoff, 1);
    expectColumns(parameters, {}, environments, (eigenvalues) => padded(eigenvalues, parameters.orbitals === "s" ? 1 : 4));
    // eigenvalues that come close to each other bend too much for better differences
    withCalculator(parameters, {}, (calculator) => expectDerivatives(calculator, randomEnvironments([0, 1, 2, 3, 4], 3, parameters.cutoff, 2), 1e-7));
  });

  it("sums of powers and of smooth functions", () => {
    const environments = randomEnvironments(counts, 3, plain.cutoff, 3);
    const moment = (eigenvalues: readonly number[], k: number): number => eigenvalues.reduce((sum, value) => sum + value ** k, 0);
    expectColumns(plain, { form: "moments", moments: 5 }, environments, (eigenvalues) => [1, 2, 3, 4, 5].map((k) => moment(eigenvalues, k)));
    const smoothed = (eigenvalues: readonly number[], x: number): number => eigenvalues.reduce((sum, value) => sum + value * Math.exp(-((value - x) ** 2) / 0.5), 0);
    const places = [0.75, 1.5, 2.25, 3];
    expectColumns(plain, { form: "smoothed", smoothing: { count: 4, to: 3, width: 0.5 } }, environments, (eigenvalues) => places.map((x) => smoothed(eigenvalues, x)));
    for (const form of [{ form: "moments", moments: 5 }, { form: "smoothed" }]) {
      withCalculator(plain, form, (calculator) => expectDerivatives(calculator, randomEnvironments([0, 1, 2, 5, 20], 3, 4, 4), 1e-9));
    }
  });

  it("points in space have the orbitals of their neighbors alone", () => {
    const environments = { ...randomEnvironments([0, 1, 6], 3, 4, 5), centerSpecies: [-1, -1, -1] };
    expectColumns(plain, {}, environments, (eigenvalues) => padded(eigenvalues, 4));
    withCalculator(plain, {}, (calculator) => expectDerivatives(calculator, environments, 1e-9));
  });
});
