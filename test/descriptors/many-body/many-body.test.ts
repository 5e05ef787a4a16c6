// Many-body tensors against direct sums, bad input, and what is documented of borders.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor, type StructureDescriptor } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { largest } from "../../linalg/dense.js";
import { Calculator, type System } from "../calculator.js";
import { StructureCalculator } from "../structure-calculator.js";
import { contractSystems, speciesOf } from "../systems.js";
import { type DirectTerm, directLocal, directTensor } from "./direct.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const [, mixed, molecule, small, slab] = contractSystems();
const place = (atomicNumbers: number[], positions: number[]): System => ({ name: "molecule", atomicNumbers, positions: Float64Array.from(positions), cell: null, pbc: [false, false, false] });

function valuesOf(descriptor: StructureDescriptor, system: System, species = speciesOf(system)): Float64Array {
  const calculator = new StructureCalculator(executor, descriptor, species);
  try {
    return calculator.values(system);
  } finally {
    calculator.release();
  }
}

const smooth = (x: number, y: number): number => (x > 1 ? 0 : 1 + y * x ** (y + 1) - (y + 1) * x ** y);
const perimeter = (s: number, threshold: number) => (ra: number, rb: number, rc: number): number => (Math.exp(-s * (ra + rb + rc)) < threshold ? 0 : Math.exp(-s * (ra + rb + rc)));

/** [k, parameters, formula] */
const cases: [2 | 3, { geometry: string; grid: DirectTerm["grid"]; weighting: object }, Pick<DirectTerm, "weight" | "range">][] = [
  [2, { geometry: "distance", grid: { min: 0.5, max: 4, sigma: 0.03, n: 40 }, weighting: { function: "exp", scale: 1.5, threshold: 1e-3 } }, { weight: (r) => (r <= Math.log(1e3) / 1.5 ? Math.exp(-1.5 * r) : 0), range: 5 }],
  // bins much wider, and much narrower than the Gaussians; Gaussians that reach in from outside
  [2, { geometry: "inverse-distance", grid: { min: 0.3, max: 0.6, sigma: 0.002, n: 5 }, weighting: { function: "exp", cutoff: 4, threshold: 1e-2 } }, { weight: (r) => (r <= 4 ? Math.exp((Math.log(1e-2) / 4) * r) : 0), range: 5 }],
  [2, { geometry: "inverse-distance", grid: { min: 0.3, max: 0.6, sigma: 0.1, n: 50 }, weighting: { function: "inverse-square", cutoff: 3.7 } }, { weight: (r) => (r <= 3.7 ? 1 / (r * r) : 0), range: 5 }],
  [3, { geometry: "angle", grid: { min: 30, max: 170, sigma: 6, n: 17 }, weighting: { function: "smooth-cutoff", cutoff: 3, sharpness: 2 } }, { weight: (ra, rb) => smooth(ra / 3, 2) * smooth(rb / 3, 2), range: 3 }],
  [3, { geometry: "cosine", grid: { min: -1, max: 1, sigma: 0.08, n: 20 }, weighting: { function: "smooth-cutoff", cutoff: 2.8, sharpness: 3.3 } }, { weight: (ra, rb) => smooth(ra / 2.8, 3.3) * smooth(rb / 2.8, 3.3), range: 2.8 }],
  [3, { geometry: "cosine", grid: { min: -1, max: 1, sigma: 0.3, n: 9 }, weighting: { function: "exp", scale: 0.8, threshold: 2e-3 } }, { weight: perimeter(0.8, 2e-3), range: 4 }],
  [3, { geometry: "angle", grid: { min: 0, max: 180, sigma: 7, n: 12 }, weighting: { function: "exp", cutoff: 4.2, threshold: 1e-2 } }, { weight: perimeter(-Math.log(1e-2) / 8.4, 1e-2), range: 4.3 }],
];

describe("many-body tensors", () => {
  it.each(cases)("of order %i are the sums of the formulas: %j", (order, parameters, formula) => {
    // the small cell has too many images for a direct sum over a long range
    for (const system of order === 3 && formula.range > 4 ? [mixed, molecule, slab] : [mixed, molecule, small, slab]) {
      const species = speciesOf(mixed, molecule, system);
      const term = { ...parameters, ...formula };
      const key = `k${order}`;
      const expected = directTensor(system, order, term, species);
      expect(largest(Float64Array.from(expected))).toBeGreaterThan(0);
      expectClose(valuesOf(createDescriptor({ type: "mbtr", [key]: parameters }), system, species), expected, 2e-13, "relative-to-max");
      const calculator = new Calculator(executor, createDescriptor({ type: "local-mbtr", [key]: parameters }), species);
      const point = [0.3, 0.7, -0.4] as const;
      const environments = calculator.environments(system, { centers: Int32Array.of(1), extraCenters: Float64Array.from(point) });
      const atom = [system.positions[3], system.positions[4], system.positions[5]] as const;
      const local = [atom, point].flatMap((center) => directLocal(system, center, order, term, species));
      expectClose(calculator.compute(environments).values, local, 2e-13, "relative-to-max");
      calculator.release();
    }
  });

  it("count every pair and angle of a molecule once with weight one", () => {
    const species = speciesOf(molecule);
    const grids = { k2: { geometry: "distance", grid: { min: 0, max: 6, sigma: 0.2, n: 13 } }, k3: { geometry: "angle", grid: { min: 0, max: 180, sigma: 9, n: 13 } } };
    const unity = { weight: () => 1, range: 100 };
    const expected = [...directTensor(molecule, 2, { ...grids.k2, ...unity }, species), ...directTensor(molecule, 3, { ...grids.k3, ...unity }, species)];
    const weighting = { function: "unity" };
    const both = createDescriptor({ type: "mbtr", k2: { ...grids.k2, weighting }, k3: { ...grids.k3, weighting } });
    expectClose(valuesOf(both, molecule), expected, 2e-13, "relative-to-max");
    expect(both.features(species)[13].label).toBe("k2 H-C 1 (distance=0)");
  });

  it("are normalised as a whole", () => {
    const k2 = { geometry: "distance", grid: { min: 0, max: 6, sigma: 0.2, n: 13 }, weighting: { function: "inverse-square", cutoff: 4 } };
    const [plain, unit, byAtoms, byDensity] = ["none", "l2", "n-atoms", "valle-oganov"].map((normalization) => valuesOf(createDescriptor({ type: "mbtr", k2, normalization }), mixed));
    expectClose(unit, plain.map((x) => x / Math.hypot(...plain)), 1e-13);
    expectClose(byAtoms, plain.map((x) => x / 8), 1e-13);
    // far from its center, the fingerprint of an ideal gas is 1; here: the sum of the pairs of unlike atoms
    const c = mixed.cell!;
    const volume = Math.abs(c[0] * (c[4] * c[8] - c[5] * c[7]) + c[1] * (c[5] * c[6] - c[3] * c[8]) + c[2] * (c[3] * c[7] - c[4] * c[6]));
    expectClose(byDensity.slice(13, 26), plain.slice(13, 26).map((x) => (x * volume) / (4 * Math.PI * 4 * 4)), 1e-13);
  });

  it("give the angle of three atoms in a line no derivative, and 180 degrees", () => {
    const line = place([6, 8, 8], [0, 0, 0, 1.1, 0, 0, -1.2, 0, 0]);
    const k3 = { geometry: "angle", grid: { min: 90, max: 180, sigma: 5, n: 19 }, weighting: { function: "smooth-cutoff", cutoff: 2 } };
    const calculator = new StructureCalculator(executor, createDescriptor({ type: "mbtr", k3 }), [6, 8]);
    const values = calculator.values(line).slice(2 * 19, 3 * 19);
    expect(values.indexOf(Math.max(...values))).toBe(18);
    const { positions } = calculator.jacobian(line);
    expect(positions.every(Number.isFinite)).toBe(true);
    expectClose(positions, calculator.byDifferences(line).positions, 2e-3, "relative-to-max");
    calculator.release();
  });
});

describe("bad input of many-body tensors", () => {
  const exp = { function: "exp", scale: 2 };
  const two = createDescriptor({ type: "mbtr", k2: { geometry: "distance", weighting: { function: "unity" } } });

  it("is told with a remedy", () => {
    expect(() => createDescriptor({ type: "mbtr" })).toThrow(/mbtr has no terms: give at least one of k1, k2, k3/);
    expect(() => createDescriptor({ type: "local-mbtr" })).toThrow(/local-mbtr has no terms/);
    expect(() => createDescriptor({ type: "local-mbtr", k2: { weighting: { function: "unity" } } })).toThrow(/k2\.weighting unity has no end: give it a cutoff/);
    expect(() => createDescriptor({ type: "mbtr", k2: { grid: { min: 2, max: 1 } } })).toThrow(/mbtr: k2\.grid goes from 2 to 1: max must be above min/);
    expect(() => createDescriptor({ type: "mbtr", k2: { grid: { min: 0, max: 1, sigma: 1e-6 } } })).toThrow(/sigma must be from 0\.0000101 to 10\.1: change sigma or n/);
    expect(() => createDescriptor({ type: "mbtr", k2: { weighting: { ...exp, cutoff: 3 } } })).toThrow(/scale 2 and cutoff 3, which both say how fast the weight falls/);
    expect(() => createDescriptor({ type: "mbtr", k3: { weighting: { function: "smooth-cutoff", cutoff: 0 } } })).toThrow(/cutoff/);
    expect(() => createDescriptor({ type: "mbtr", k2: { geometry: "angle" } })).toThrow(/geometry/);
    expect(() => createDescriptor({ type: "mbtr", k1: {}, species: ["H"] }).featureCount([1, 8])).toThrow(/mbtr: the data contains O, which is not in species \[H\]/);
    expect(() => valuesOf(two, mixed)).toThrow(/weighting unity has no end in a periodic structure: use exp/);
    expect(() => valuesOf(two, place([1, 1], [0, 0, 0, 0.03, 0, 0]))).toThrow(/0\.0300 Å from center 0.*at least 0\.05 Å apart/);
    expect(() => valuesOf(two, place([1, 1], [0, 0, 0, NaN, 0, 0]))).toThrow(/NaN/);
    expect(() => valuesOf(createDescriptor({ type: "valle-oganov", cutoff: { radius: 3 } }), molecule)).toThrow(/normalised by the volume here, which only structures that are periodic/);
  });

  it("fills in what a practitioner would choose", () => {
    expect(createDescriptor({ type: "mbtr", k2: {}, k3: {} }).parameters).toMatchObject({
      k2: { geometry: "inverse-distance", grid: { min: 0, max: 1, sigma: 0.02, n: 100 }, weighting: { function: "exp", scale: 0.5, threshold: 1e-3 } },
      k3: { geometry: "cosine", grid: { min: -1, max: 1, sigma: 0.04, n: 100 } },
      normalization: "none",
    });
    expect(createDescriptor({ type: "valle-oganov", cutoff: { radius: 5 } }).parameters).toMatchObject({ function: "distance", n: 100, sigma: 0.1 });
  });
});
