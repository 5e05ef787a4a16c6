// Fingerprints and derivatives of single environments: those of structures, and central differences of their values.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor, createEnvironmentDescriptor, type Descriptor } from "../../src/descriptors/index.js";
import { describeStructures, EnvironmentDescriber, environmentOf, type SingleEnvironment, speciesOfEnvironments } from "../../src/environments/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { exampleParameters } from "../descriptors/examples.js";
import { rattledCrystal } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const CUTOFF = 3.5;
const crystal = rattledCrystal("a crystal", [8, 14, 14], 3.2, [true, true, true], 5);
const structure: Structure = {
  label: "frame 1",
  atomicNumbers: Uint8Array.from(crystal.atomicNumbers),
  positions: crystal.positions,
  cell: crystal.cell,
  pbc: crystal.pbc,
  targets: {},
  configType: "",
  info: new Map(),
  atomInfo: [],
};

const centered = Object.entries(exampleParameters).flatMap(([type, parameters]) => {
  // there is no data that the room for neighbors could be learned from
  const descriptor = createDescriptor({ type, ...parameters, ...(type === "overlap-matrix" && { maxNeighbors: 40 }) });
  return descriptor.describes !== "structures" && descriptor.rows === "center" ? [[type, descriptor] as const] : [];
});
const acsf = createEnvironmentDescriptor({ type: "acsf", ...exampleParameters.acsf }, "this test");

function withDescriber<Result>(descriptor: Descriptor, species: readonly number[], use: (describer: EnvironmentDescriber) => Result): Result {
  const describer = new EnvironmentDescriber(executor, descriptor, species);
  try {
    return use(describer);
  } finally {
    describer.release();
  }
}

function moved(environment: SingleEnvironment, coordinate: number, by: number): SingleEnvironment {
  const displacements = environment.displacements.slice();
  displacements[coordinate] += by;
  return { ...environment, displacements };
}

it("covers the descriptors of environments", () => expect(centered.length).toBeGreaterThan(7));

describe.each(centered)("%s", (_, descriptor) => {
  it("describes an environment as in its structure", async () => {
    const species = [8, 14];
    const expected: number[] = [];
    for await (const { values } of describeStructures(executor, descriptor, [structure], { species })) expected.push(...values);
    const found = [0, 1, 2].flatMap((atom) =>
      withDescriber(descriptor, species, (describer) => [...describer.values(environmentOf(executor, structure, atom, describer.cutoff))]),
    );
    expectClose(found, expected, 1e-12, "relative-to-max");
  });

  it("has the derivatives of central differences", () => {
    withDescriber(descriptor, [8, 14], (describer) => {
      const environment = environmentOf(executor, structure, 1, CUTOFF - 0.01);
      const { values, jacobian } = describer.derivatives(environment);
      expect(values).toEqual(describer.derivatives(environment, "all").values);
      const h = 1e-5;
      const coordinates = [0, 4, 3 * environment.neighbors.length - 1];
      const differences = coordinates.flatMap((k) => {
        const [ahead, behind] = [h, -h].map((by) => describer.values(moved(environment, k, by)));
        return Array.from(ahead, (value, f) => (value - behind[f]) / (2 * h));
      });
      const own = coordinates.flatMap((k) => [...jacobian.subarray(k * describer.nFeatures, (k + 1) * describer.nFeatures)]);
      expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(1e-3);
      expectClose(own, differences, 1e-7, "relative-to-max");
    });
  });
});

it("the center moves against all neighbors", () => {
  withDescriber(acsf, [8, 14], (describer) => {
    const environment = environmentOf(executor, structure, 0, CUTOFF);
    const { jacobian } = describer.derivatives(environment);
    const all = describer.derivatives(environment, "all").jacobian;
    const width = 3 * describer.nFeatures;
    expect(all.subarray(width)).toEqual(jacobian);
    const sums = Array.from({ length: width }, (_, k) => jacobian.reduce((sum, value, i) => (i % width === k ? sum - value : sum), 0));
    expectClose(all.subarray(0, width), sums, 1e-13, "relative-to-max");
  });
});

it("neighbors beyond the cutoff have no part, and move nothing", () => {
  withDescriber(acsf, [8, 14], (describer) => {
    const near: SingleEnvironment = { center: 8, neighbors: [14], displacements: Float64Array.of(1.5, 0.2, 0), label: "one" };
    const both = { ...near, neighbors: [8, 14], displacements: Float64Array.of(3.4, 0, 1, 1.5, 0.2, 0) };
    expect(describer.values(both)).toEqual(describer.values(near));
    const { jacobian } = describer.derivatives(both);
    expect(jacobian.subarray(0, 3 * describer.nFeatures).every((value) => value === 0)).toBe(true);
    expect(jacobian.subarray(3 * describer.nFeatures)).toEqual(describer.derivatives(near).jacobian);
  });
});

it("an atom alone has a fingerprint and no derivatives", () => {
  const alone: SingleEnvironment = { center: 8, neighbors: [], displacements: new Float64Array(0), label: "alone" };
  for (const [, descriptor] of centered) {
    withDescriber(descriptor, [8, 14], (describer) => {
      expect(describer.derivatives(alone).jacobian.length).toBe(0);
      expect(describer.derivatives(alone, "all").jacobian.every((value) => value === 0)).toBe(true);
    });
  }
});

it("says what is wrong with an environment", () => {
  withDescriber(acsf, [8, 14], (describer) => {
    const of = (displacements: readonly number[], neighbors = [14]) => () =>
      describer.derivatives({ center: 8, neighbors, displacements: Float64Array.from(displacements), label: "a test" });
    expect(of([0, 0, 0])).toThrow("a test: neighbor 1 (Si) is 0.0e+0 Å from the center; atoms must be at least 10⁻⁶ Å apart");
    expect(of([1, NaN, 0])).toThrow("a test: neighbor 1 (Si) is at 1 NaN 0; displacements must be finite");
    expect(of([1, 0])).toThrow("2 components of displacements for 1 neighbors");
    expect(of([1, 0, 0], [6])).toThrow("a test: acsf was prepared for O, Si, not for C");
  });
  expect(() => environmentOf(executor, structure, 3, 2)).toThrow("frame 1 has 3 atoms: there is no atom 3 (from 0)");
  const pairs = createEnvironmentDescriptor({ type: "distance-2b", ...exampleParameters["distance-2b"] }, "this test");
  expect(() => new EnvironmentDescriber(executor, pairs, [8, 14])).toThrow("distance-2b has a row for each tuple here; derivatives of environments need one for each center");
});

it("coincident neighbors have finite numbers or a clear error", () => {
  const same: SingleEnvironment = { center: 8, neighbors: [14, 14], displacements: Float64Array.of(1.5, 0.2, 0, 1.5, 0.2, 0), label: "twice" };
  for (const [, descriptor] of centered) {
    withDescriber(descriptor, speciesOfEnvironments([same]), (describer) => {
      try {
        expect(describer.derivatives(same).jacobian.every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(String(error)).toContain("two neighbors may coincide");
      }
    });
  }
});
