import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Soap } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator } from "../calculator.js";
import { expectDerivatives } from "../expect-derivatives.js";
import { randomEnvironments } from "./environments.js";
import { SoapTwin } from "./twin.js";

/** Splines are good to 10⁻¹¹ of each radial function; a feature is a sum of products of two of them. */
const TOLERANCE = 1e-10;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const elements = [1, 6, 8, 14];
/** Around the 32 slots that are processed together, and the pairs of lanes. */
const counts = [0, 1, 2, 31, 32, 33, 70];

function withCalculator(parameters: object, nSpecies: number, use: (calculator: Calculator, soap: Soap) => void): void {
  const soap = new Soap({ type: "soap", ...parameters });
  const calculator = new Calculator(executor, soap, elements.slice(0, nSpecies));
  try {
    use(calculator, soap);
  } finally {
    calculator.release();
  }
}

function expectTwin(parameters: object, nSpecies: number, numbers: readonly number[], seed: number): void {
  withCalculator(parameters, nSpecies, (calculator, soap) => {
    const environments = randomEnvironments(numbers, nSpecies, soap.cutoff, seed);
    const twin = new SoapTwin(soap.parameters, elements.slice(0, nSpecies).map(symbolOf));
    const { values } = calculator.compute(environments);
    const expected = twin.values(environments);
    const { nFeatures } = calculator;
    // center by center: a crowded one must not hide an empty one
    numbers.forEach((_, center) => {
      const [from, to] = [center * nFeatures, (center + 1) * nFeatures];
      expectClose(values.slice(from, to), expected.slice(from, to), TOLERANCE, "relative-to-max");
    });
    expectDerivatives(calculator, environments, 1e-10);
  });
}

const gto = { nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4, function: "cosine" } };
const quip = { basis: "equispaced-gaussian", nMax: 5, lMax: 4, sigma: 0.5, cutoff: { radius: 4.5 } };

describe("SOAP against its formulas", () => {
  it.each([1, 2, 3, 4])("%i species, around the size of a chunk", (nSpecies) => {
    expectTwin(gto, nSpecies, counts, nSpecies);
    expectTwin(quip, nSpecies, counts, 10 + nSpecies);
  });

  it.each([0, 1, 2, 3, 5, 7, 9])("lMax %i", (lMax) => {
    expectTwin({ ...gto, lMax, nMax: 3 }, 2, [33], lMax);
    expectTwin({ ...quip, lMax, nMax: 4 }, 2, [33], lMax);
  });

  it.each([1, 2, 3, 5, 6, 7, 8, 9])("nMax %i", (nMax) => {
    expectTwin({ ...quip, nMax, lMax: 2 }, 2, [31, 3], nMax);
    if (nMax <= 6) expectTwin({ ...gto, nMax, lMax: 2 }, 2, [31, 3], nMax);
  });

  const modes = [
    "off", "mu2", "mu1nu1", "crossover", "diagonal-radial", { mode: "mu2", speciesWeights: { H: 0.5, O: -2 } },
    ...[0, 1, 2].flatMap((nuR) => [0, 1, 2].map((nuS) => ({ mode: "nu", nuR, nuS }))),
  ];
  it.each(modes.map((compression) => ({ compression })))("compression $compression", ({ compression }) => {
    if (compression !== "diagonal-radial") expectTwin({ ...gto, nMax: 3, lMax: 2, compression }, 3, [5, 40], 1);
    if (compression !== "crossover") expectTwin({ ...quip, nMax: 3, lMax: 2, compression }, 3, [5, 40], 1);
    if (compression !== "diagonal-radial") expectTwin({ ...quip, basis: "librascal-dvr", nMax: 3, lMax: 2, compression }, 3, [5], 1);
  });

  const weights = [
    { weighting: { function: "poly", c: 2, m: 3, r0: 3.5 } },
    { weighting: { function: "poly", m: 0.75, r0: 6 } },
    { weighting: { function: "pow", c: 1.5, d: 2, m: 2.5, r0: 1.2 } },
    { weighting: { function: "exp", c: 3, d: 0, r0: 2 } },
    { centralWeight: 0 },
    { centralWeight: 2.5, weighting: { function: "pow", d: 0, m: 2, r0: 2 } },
    { cutoff: { radius: 4 } },
    { cutoff: { radius: 4, function: "cosine", width: 4 } },
    { normalize: true },
    { centralReference: "all", centralWeight: 0.5 },
    ...["quip-gto", "quip-polynomial", "librascal-gto", "librascal-dvr"].map((basis) => ({ basis, nMax: 3 })),
    { basis: "polynomial" },
    { basis: "polynomial", cutoff: { radius: 4 }, normalize: true },
  ];
  it.each(weights.map((options) => ({ options })))("$options", ({ options }) => {
    expectTwin({ ...gto, ...options }, 2, [12, 1], 1);
  });

  it.each(["off", "mu1nu1"])("species of its own, more than the data has, compression %s", (compression) => {
    const soap = new Soap({ type: "soap", ...gto, compression, species: ["Si", "C", "H", "O"] });
    const few = new Calculator(executor, soap, [6, 14]);
    const all = new Calculator(executor, new Soap({ type: "soap", ...gto, compression }), elements);
    expect(few.prepared.tables.species).toEqual(elements);
    const environments = randomEnvironments([5, 33], 4, soap.cutoff, 1);
    const wanted = { jacobian: true, gradients: randomArray(2 * few.nFeatures, 1) };
    expect(few.compute(environments, wanted)).toEqual(all.compute(environments, wanted));
    few.release();
    all.release();
  });

  it("any parameters", () => {
    const parameters = fc.record({
      basis: fc.constantFrom("gto", "polynomial", "equispaced-gaussian"),
      nMax: fc.integer({ min: 1, max: 4 }),
      lMax: fc.integer({ min: 0, max: 4 }),
      sigma: fc.double({ min: 0.3, max: 0.8, noNaN: true }),
      cutoff: fc.record({ radius: fc.double({ min: 3, max: 5, noNaN: true }), function: fc.constantFrom("none", "cosine") }),
      normalize: fc.boolean(),
      compression: fc.constantFrom("off", "mu2", "mu1nu1"),
    });
    const shape = fc.record({
      parameters,
      nSpecies: fc.integer({ min: 1, max: 4 }),
      numbers: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 2 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(shape, (given) => {
        expectTwin(given.parameters, given.nSpecies, given.numbers, given.seed);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});
