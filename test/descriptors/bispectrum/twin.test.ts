import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bispectrum } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { largest } from "../../linalg/dense.js";
import { Calculator } from "../calculator.js";
import { expectDerivatives } from "../expect-derivatives.js";
import { randomEnvironments } from "../soap/environments.js";
import { type TwinParameters, twinValues } from "./twin.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const elements = [1, 6, 8, 14];
const bySpecies = (values: readonly number[]): Record<string, number> => Object.fromEntries(values.map((value, i) => [symbolOf(elements[i]), value]));

/** Parameters of the twin as ours. */
function parametersOf({ twoJMax, radii, weights, inner, elements: channels, nElements, ...same }: TwinParameters): object {
  const { rcutfac, rfac0, rmin0, bzero, bnorm, wselfall } = same;
  return {
    type: "bispectrum", twoJMax, rcutfac, rfac0, rmin0, bzero, bnorm, wselfall, switch: same.switch,
    radii: bySpecies(radii),
    weights: bySpecies(weights),
    ...(inner && { innerSwitch: { center: bySpecies(inner.center), halfWidth: bySpecies(inner.halfWidth) } }),
    ...(nElements > 1 && { chem: bySpecies(channels) }),
  };
}

const plain: TwinParameters = {
  twoJMax: 4, rcutfac: 4, radii: [0.5, 0.55], weights: [1, 0.7], rfac0: 0.99363, rmin0: 0, switch: true,
  bzero: true, bnorm: false, elements: [0, 0], nElements: 1, wselfall: false,
};

function withCalculator(parameters: TwinParameters, use: (calculator: Calculator) => void): void {
  const calculator = new Calculator(executor, new Bispectrum(parametersOf(parameters)), elements.slice(0, parameters.radii.length));
  try {
    use(calculator);
  } finally {
    calculator.release();
  }
}

function expectTwin(options: Partial<TwinParameters>, numbers: readonly number[], seed: number): void {
  const parameters = { ...plain, ...options };
  withCalculator(parameters, (calculator) => {
    const environments = randomEnvironments(numbers, parameters.radii.length, calculator.descriptor.cutoff, seed);
    const expected = twinValues(parameters, environments);
    const { nFeatures } = calculator;
    const { values } = calculator.compute(environments);
    expect(nFeatures).toBe(expected.length / numbers.length);
    // center by center: a crowded one must not hide an empty one
    numbers.forEach((_, center) => {
      const row = expected.slice(center * nFeatures, (center + 1) * nFeatures);
      // what an isolated atom has is subtracted from numbers of its size
      expectClose(values.slice(center * nFeatures, (center + 1) * nFeatures), row, 1e-13 * Math.max(parameters.twoJMax + 1, largest(row)));
    });
    expectDerivatives(calculator, environments, 1e-9);
  });
}

describe("the bispectrum against its formulas", () => {
  it("around the size of a chunk of neighbors", () => {
    expectTwin({}, [0, 1, 2, 31, 32, 33, 70], 1);
  });

  it.each([0, 1, 2, 3, 5, 6, 7, 10])("2J = %i", (twoJMax) => {
    expectTwin({ twoJMax }, [12, 5, 0], twoJMax);
  });

  const options: Partial<TwinParameters>[] = [
    { rmin0: 0.8, rfac0: 0.9, switch: false },
    { rmin0: 1.7 }, // most of one shell is below it
    { bzero: false, bnorm: true, weights: [-0.5, 1.3] },
    { inner: { center: [1.2, 1.6], halfWidth: [0.4, 0.3] } },
    { elements: [1, 0], nElements: 2, twoJMax: 3 },
    { elements: [0, 1], nElements: 2, twoJMax: 4, wselfall: true, bnorm: true },
    { elements: [0, 1, 0], nElements: 2, twoJMax: 2, radii: [0.5, 0.6, 0.45], weights: [1, 0.8, 1.2] },
    { elements: [2, 0, 1, 2], nElements: 3, twoJMax: 2, radii: [0.5, 0.5, 0.5, 0.5], weights: [1, 1, 1, 0.5], bzero: false },
  ];
  it.each(options.map((some) => ({ some })))("$some", ({ some }) => {
    expectTwin(some, [14, 3, 40], 3);
  });
});
