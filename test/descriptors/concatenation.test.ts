import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Concatenation, createDescriptor, createEnvironmentDescriptor, type Descriptor, Soap, type StateSize } from "../../src/descriptors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { descriptorContract } from "../contracts/descriptor.js";
import { testExecutor } from "../expect.js";
import { Calculator } from "./calculator.js";
import { contractSystems, speciesOf } from "./systems.js";

const systems = contractSystems();
const species = speciesOf(...systems);
const cosine = (radius: number): object => ({ radius, function: "cosine", width: 0.6 });
const near = { type: "soap" as const, nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine(2.7) };
const far = { type: "soap" as const, basis: "equispaced-gaussian", nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine(4) };

const expansion = { type: "spherical-expansion" as const, nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine(2.7) };

const cases = {
  "a short and a long range": { parts: [near, far] },
  "means over the structure": { parts: [{ ...near, average: "inner" }, { ...far, average: "outer" }] },
  "coefficients that turn, with what does not": { parts: [expansion, { ...expansion, lMax: 2, cutoff: cosine(4) }, near] },
  "its mean": { parts: [far, near], average: "outer" },
};
for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`concatenation: ${name}`, () => createDescriptor({ type: "concatenation", ...parameters }), { systems: systems.slice(1, 4), differenceTolerance: 1e-8 });
}

describe("concatenation", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  const valuesOf = (parameters: object, system: (typeof systems)[number]): { values: Float64Array; nFeatures: number } => {
    const calculator = new Calculator(executor, createEnvironmentDescriptor(parameters as { type: string }, "these tests"), species);
    try {
      return { values: calculator.compute(calculator.environments(system)).values, nFeatures: calculator.nFeatures };
    } finally {
      calculator.release();
    }
  };

  it("has the columns of its parts side by side, to the last bit", () => {
    const system = systems[2];
    const parts = [near, far].map((part) => valuesOf(part, system));
    const whole = valuesOf({ type: "concatenation", parts: [near, far] }, system);
    const expected = system.atomicNumbers.flatMap((_, row) => parts.flatMap(({ values, nFeatures }) => [...values.subarray(row * nFeatures, (row + 1) * nFeatures)]));
    expect([...whole.values]).toEqual(expected);
  });

  it("keeps what its parts leave for derivatives, and makes again what does not stand with the centers", () => {
    const bytesOf = (descriptor: Descriptor): StateSize => descriptor.stateSize(species);
    const parts = [createDescriptor(near), createDescriptor(far)];
    expect(parts.every((part) => bytesOf(part).perCenter > 0)).toBe(true);
    const whole = new Concatenation(parts);
    expect(bytesOf(whole)).toEqual({ perBatch: 0, perCenter: bytesOf(parts[0]).perCenter + bytesOf(parts[1]).perCenter, perPair: 0 });
    const forgetful = new Concatenation([new WithPairs(near), parts[1]]);
    expect(bytesOf(forgetful)).toEqual(bytesOf(parts[1]));
    const [kept, again] = [whole, forgetful].map((descriptor) => {
      const calculator = new Calculator(executor, descriptor, species);
      try {
        const environments = calculator.environments(systems[2]);
        const gradients = Float64Array.from({ length: environments.centerSpecies.length * calculator.nFeatures }, (_, i) => Math.sin(i));
        return calculator.compute(environments, { jacobian: true, gradients });
      } finally {
        calculator.release();
      }
    });
    expect(kept).toEqual(again);
  });

  it("names its columns by part", () => {
    const labels = createDescriptor({ type: "concatenation", parts: [near, far] }).features([14]).map(({ label }) => label);
    const own = createDescriptor(near).features([14]).map(({ label }) => label);
    expect(labels[0]).toBe(`1:soap ${own[0]}`);
    expect(labels[own.length]).toMatch(/^2:soap /u);
  });

  it("turns where a part does: sets of columns stay apart, and what does not turn is of degree 0", () => {
    const whole = createDescriptor({ type: "concatenation", parts: [expansion, expansion, near] });
    expect([whole.turns, createDescriptor({ type: "concatenation", parts: [near, far] }).turns]).toEqual(["spherical", undefined]);
    const features = whole.features([14]);
    const degrees = (part: number): number[] => features.filter(({ label }) => label.startsWith(`${part}:`)).map(({ harmonic }) => harmonic!.degree);
    expect(degrees(2)).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
    expect(new Set(degrees(3))).toEqual(new Set([0]));
    expect(features.find(({ harmonic }) => harmonic!.degree === 1)!.harmonic!.set).toBe("1:spherical-expansion Si n=1 l=1");
    expect(createDescriptor({ type: "concatenation", parts: [near] }).features([14])[0]).not.toHaveProperty("harmonic");
  });

  it("refuses parts that do not fit together", () => {
    const of = (...parts: object[]): (() => unknown) => () => createDescriptor({ type: "concatenation", parts });
    expect(of()).toThrow(/parts/u);
    expect(of({ type: "sope" })).toThrow(/soap/u);
    expect(of({ type: "distance-2b", species: ["Si", "Si"], cutoff: { radius: 3 } })).toThrow('parts[0].type is "distance-2b"; it must be one of "soap"');
    expect(of(near, { ...far, average: "outer" })).toThrow("soap has a row for each structure, soap for each center; all parts need a row for each center");
    const two = createDescriptor({ type: "concatenation", parts: [{ ...near, species: ["Si", "O"] }, { ...far, species: ["Si"] }] });
    expect(() => two.featureCount([14])).toThrow("soap is for Si, but data and parts together have O, Si");
    expect(createDescriptor({ type: "concatenation", parts: [{ ...near, species: ["Si", "O"] }, far] }).ownSpecies).toEqual([8, 14]);
  });
});

/** SOAP that says it keeps something for each pair. */
class WithPairs extends Soap {
  override stateSize(of: readonly number[]): StateSize {
    return { ...super.stateSize(of), perPair: 8 };
  }

  override prepare(...given: Parameters<Soap["prepare"]>): ReturnType<Soap["prepare"]> {
    const { tables, release } = super.prepare(...given);
    return { tables: { ...tables, stateSize: { ...tables.stateSize, perPair: 8 } }, release };
  }
}
