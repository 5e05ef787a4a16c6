// Singular values of ∂X/∂R against finite differences and another decomposition, and why some are 0.
import { Matrix, SVD } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blindDirections, describeBlindDirections, modeDisplacements, sensitivityAt, sensitivityOf, type SensitivityOptions } from "../../../src/analysis/index.js";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { atomicMass } from "../../../src/structures/index.js";
import { rattledCrystal } from "../../descriptors/systems.js";
import { expectClose, testExecutor } from "../../expect.js";
import { acsfParameters, generic, methane, pairA, singular, tetrahedral } from "../methane.js";

const soap = { type: "soap", nMax: 4, lMax: 6, sigma: 0.3, cutoff: { radius: 2.5 }, species: ["C", "H"] };
const all = { ...acsfParameters, species: ["H", "C"] };

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

function withDescriber<Result>(parameters: { type: string }, use: (describer: EnvironmentDescriber) => Result): Result {
  const describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor(parameters, "this test"), [1, 6]);
  try {
    return use(describer);
  } finally {
    describer.release();
  }
}

const sensitivity = (parameters: { type: string }, environment: SingleEnvironment, options?: SensitivityOptions) =>
  withDescriber(parameters, (describer) => sensitivityOf(executor, describer, environment, options));

/** Singular values of the matrix of central differences, mass-weighted or not; rotations are those of its last values. */
function byDifferences(parameters: { type: string }, environment: SingleEnvironment, mass: (atom: number) => number, moving: "neighbors" | "all"): number[] {
  return withDescriber(parameters, (describer) => {
    const h = 1e-5;
    const at = (coordinate: number, by: number): Float64Array => {
      const displacements = environment.displacements.slice();
      if (coordinate >= 0) displacements[coordinate] += by;
      else for (let k = 3 + coordinate; k < displacements.length; k += 3) displacements[k] -= by;
      return describer.values({ ...environment, displacements });
    };
    const coordinates = Array.from({ length: environment.displacements.length + (moving === "all" ? 3 : 0) }, (_, k) => k - (moving === "all" ? 3 : 0));
    const rows = coordinates.map((k) => {
      const [ahead, behind] = [at(k, h), at(k, -h)];
      return Array.from(ahead, (value, f) => (value - behind[f]) / (2 * h) / Math.sqrt(mass(Math.floor(k / 3))));
    });
    return new SVD(new Matrix(rows).transpose(), { autoTranspose: true }).diagonal;
  });
}

describe.each([["soap", soap], ["acsf", all]] as const)("%s", (_, parameters) => {
  it.each(["neighbors", "all"] as const)("has the singular values of differences, moving: %s", (moving) => {
    for (const massWeighted of [false, true]) {
      const found = sensitivity(parameters, generic, { moving, massWeighted });
      const mass = (atom: number): number => (massWeighted ? atomicMass(atom < 0 ? 6 : 1) : 1);
      const expected = byDifferences(parameters, generic, mass, moving);
      expect(found.singularValues.length).toBe(9);
      expect(found.nTrivial).toBe(moving === "all" ? 6 : 3);
      expect(found.onTrivialModes).toBeLessThan(1e-12);
      expectClose(found.singularValues, expected.slice(0, 9), 1e-8, "relative-to-max");
      expect(expected[9] / expected[0]).toBeLessThan(1e-7);
    }
  });

  it("has orthonormal modes that change the fingerprint as much as their values say, and do not turn the environment", () => {
    const options = { moving: "all", massWeighted: true } as const;
    const found = sensitivity(parameters, generic, options);
    const n = found.scales.length;
    const modes = found.singularValues.reduce<Float64Array[]>((list, _value, k) => [...list, found.modes.subarray(k * n, (k + 1) * n)], []);
    const dots = modes.flatMap((a) => modes.map((b) => a.reduce((sum, value, k) => sum + value * b[k], 0)));
    expectClose(dots, modes.flatMap((_mode, i) => modes.map((__, j) => Number(i === j))), 1e-13);
    withDescriber(parameters, (describer) => {
      const { jacobian } = describer.derivatives(generic, "all");
      const width = describer.nFeatures;
      const changes = modes.map((mode) => Math.hypot(...Array.from({ length: width }, (_f, f) => mode.reduce((sum, value, k) => sum + value * found.scales[k] * jacobian[k * width + f], 0))));
      expectClose(changes, found.singularValues, 1e-12, "relative-to-max");
    });
    const total = [0, 1, 2].map((axis) => modes[8].reduce((sum, value, k) => (k % 3 === axis ? sum + value / found.scales[k] : sum), 0));
    expectClose(total, [0, 0, 0], 1e-12);
    const moved = modeDisplacements(found, -1);
    expect(Math.hypot(...moved)).toBeCloseTo(1, 12);
    expect(moved[3] / moved[0]).toBeCloseTo((found.modes[8 * n + 3] * found.scales[3]) / (found.modes[8 * n] * found.scales[0]), 10);
  });
});

it("divides features by their deviations and drops those that are constant", () => {
  const deviations = Array.from({ length: withDescriber(all, ({ nFeatures }) => nFeatures) }, (_, f) => (f % 3 === 1 ? 0 : 1 + f));
  const found = sensitivity(all, generic, { deviations });
  expect(found.nFeatures).toBe(deviations.filter((value) => value > 0).length);
  const expected = withDescriber(all, (describer) => {
    const { jacobian } = describer.derivatives(generic);
    const rows = Array.from({ length: 12 }, (_, k) => deviations.map((value, f) => (value > 0 ? jacobian[k * deviations.length + f] / value : 0)));
    return new SVD(new Matrix(rows).transpose(), { autoTranspose: true }).diagonal.slice(0, 9);
  });
  expectClose(found.singularValues, expected, 1e-12, "relative-to-max");
  expect(() => sensitivity(all, generic, { deviations: [1] })).toThrow(/1 deviations for \d+ features/u);
  expect(() => sensitivity(all, generic, { deviations: deviations.map(() => NaN) })).toThrow("the deviation of feature 1 is NaN");
});

const line = methane([[0, 0, 1], [0, 0, -1], [0, 0, 1.7]]);
const cases: readonly (readonly [string, SingleEnvironment, number, number])[] = [
  ["no neighbor", methane([]), 0, 0],
  ["one neighbor", methane([[0.3, 1, 0.2]]), 1, 1],
  ["in line", line, 7, 3],
  ["in a plane", methane([[1, 0, 0], [0.2, 1.1, 0], [-0.8, -0.4, 0]]), 6, 5],
  ["tetrahedral", tetrahedral, 9, 1],
  ["two neighbors at one place", methane([[1, 0.2, 0], [1, 0.2, 0], [-0.3, 1, 0.4]]), 6, 3],
];

it.each(cases)("%s: documented numbers, none of them NaN", (_, environment, nModes, rank) => {
  const found = sensitivity(soap, environment);
  expect(found.singularValues.length).toBe(nModes);
  expect(found.singularValues.filter((value) => value > 1e-10 * found.singularValues[0]).length).toBe(rank);
  expect([...found.singularValues, ...found.modes, found.onTrivialModes].every(Number.isFinite)).toBe(true);
  for (const moving of ["neighbors", "all"] as const) expect(sensitivity(soap, environment, { moving }).singularValues.length).toBe(nModes);
});

const none = { range: 0, symmetry: 0, incompleteness: 0, truncation: 0, unknown: 0 };
const causes: readonly (readonly [string, { type: string }, SingleEnvironment, object])[] = [
  ["T_d", soap, tetrahedral, { ...none, rank: 1, symmetry: 8, nOperations: 24 }],
  ["T_d, four bodies", { type: "bispectrum", twoJMax: 4, rcutfac: 2.5 } as never, tetrahedral, { ...none, rank: 1, symmetry: 8 }],
  ["the meeting of a degenerate pair", soap, singular, { ...none, rank: 8, incompleteness: 1, nOperations: 1 }],
  ["the same for symmetry functions", all, singular, { ...none, rank: 8, incompleteness: 1 }],
  ["the same for four bodies", { type: "bispectrum", twoJMax: 6, rcutfac: 2.5 } as never, singular, { ...none, rank: 9 }],
  ["a low degree", { ...soap, lMax: 4 } as never, pairA, { ...none, rank: 8, truncation: 1 }],
  ["an ordinary environment", soap, generic, { ...none, rank: 9 }],
  ["a neighbor beyond the cutoff", soap, methane([[1, 0.1, 0.3], [0, 1, 0.1], [4, 1, 1]]), { ...none, rank: 3, range: 3 }],
  ["two neighbors at one place", soap, methane([[1, 0.2, 0], [1, 0.2, 0], [-0.3, 1, 0.4]]), { ...none, nModes: 6, rank: 3, symmetry: 3, nOperations: 4 }],
  ["atoms in line", soap, line, { ...none, rank: 3, symmetry: 4, nOperations: 2 }],
  ["no neighbor", soap, methane([]), { ...none, rank: 0 }],
  ["a fingerprint of distances alone", { type: "acsf", cutoff: { radius: 3 }, g2: [[1, 0], [4, 1], [0.3, 0], [9, 1.2], [3, 0.4]] } as never, generic, { ...none, rank: 4, incompleteness: 5 }],
];

it.each(causes)("says why values are 0: %s", (_, parameters, environment, expected) => {
  const found = withDescriber(parameters, (describer) => blindDirections(executor, describer, environment));
  expect(found).toMatchObject(expected);
  const zeros = found.range + found.symmetry + found.incompleteness + found.truncation + found.unknown;
  expect(zeros).toBe(found.nModes - found.rank);
  expect(describeBlindDirections(found).length).toBe([found.range, found.symmetry, found.incompleteness, found.truncation, found.unknown].filter((count) => count > 0).length);
});

it("does not guess for fingerprints that turn", () => {
  const parameters = { type: "spherical-expansion", nMax: 2, lMax: 2, sigma: 0.4, cutoff: { radius: 2.5 }, species: ["H", "C"] };
  const found = withDescriber(parameters, (describer) => blindDirections(executor, describer, methane([[1, 0.1, 0.3], [0, 1, 0.1], [4, 1, 1]])));
  expect(found).toEqual({ ...none, nModes: 9, rank: 6, nOperations: 2, range: 3 });
  expect(sensitivity(parameters, generic).nTrivial).toBe(0);
});

it("takes an atom of a periodic structure, whose images move independently", () => {
  const crystal = rattledCrystal("a crystal", [8, 14], 2.6, [true, true, true], 5);
  const structure = { ...crystal, label: "frame 1", atomicNumbers: Uint8Array.from(crystal.atomicNumbers) };
  const descriptor = createEnvironmentDescriptor({ type: "acsf", cutoff: { radius: 3 }, g2: [[0.5, 0], [1, 1]], g4: [[0.1, 1, 1], [0.1, 4, -1]] }, "this test");
  const found = sensitivityAt(executor, descriptor, structure, 0);
  expect(found.scales.length).toBe(3 * ((found.singularValues.length + 3) / 3));
  expect(found.scales.length / 3).toBeGreaterThan(2 * crystal.atomicNumbers.length);
  expect(found.singularValues[found.nFeatures]).toBe(0);
});

it("refuses what has no such derivatives", () => {
  const inner = createEnvironmentDescriptor({ ...soap, average: "inner" }, "this test");
  const structure = { label: "frame 1", atomicNumbers: Uint8Array.of(1, 6), positions: Float64Array.of(0, 0, 0, 0, 0, 1), cell: null, pbc: [false, false, false] as const };
  expect(() => sensitivityAt(executor, inner, structure, 0)).toThrow("soap has a row for each structure here");
  expect(() => modeDisplacements(sensitivity(soap, generic), 9)).toThrow("there is no mode 9 among 9");
});
