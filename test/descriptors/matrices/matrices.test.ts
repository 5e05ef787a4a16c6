// Coulomb and sine matrices from their formulas, bad input, and the way from a file to fingerprints.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyDescriptor, createDescriptor, requireCenterRows, type StructureDescriptor } from "../../../src/descriptors/index.js";
import { describeStructures } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { parseStructures } from "../../../src/structures/index.js";
import { runMain } from "../../cli/run-pestle.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomSource } from "../../linalg/dense.js";
import type { System } from "../calculator.js";
import { StructureCalculator } from "../structure-calculator.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const molecule = (atomicNumbers: number[], positions: number[]): System => ({ name: "molecule", atomicNumbers, positions: Float64Array.from(positions), cell: null, pbc: [false, false, false] });

function valuesOf(descriptor: StructureDescriptor, system: System): Float64Array {
  const calculator = new StructureCalculator(executor, descriptor, [...new Set(system.atomicNumbers)].sort((a, b) => a - b));
  try {
    return calculator.values(system);
  } finally {
    calculator.release();
  }
}

describe("matrices of pairs", () => {
  it("of any size are those of the formulas", () => {
    const random = randomSource(4);
    for (const n of [1, 2, 3, 5, 17]) {
      const positions = Array.from({ length: 3 * n }, () => 4 * random());
      const numbers = Array.from({ length: n }, (_, i) => [1, 6, 8][i % 3]);
      const cell = [7, 0.3, 0, -0.5, 6, 0.2, 0.1, 0.4, 8];
      const coulomb = numbers.flatMap((p, i) =>
        numbers.map((q, j) => (i === j ? 0.5 * p ** 2.4 : (p * q) / Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k])))),
      );
      expectClose(valuesOf(createDescriptor({ type: "coulomb-matrix", nAtomsMax: n, permutation: "none" }), molecule(numbers, positions)), coulomb, 1e-14, "relative-to-max");
      // fractional coordinates are the given numbers / 4
      const cartesian = Array.from({ length: 3 * n }, (_, x) => [0, 1, 2].reduce((sum, k) => sum + (positions[3 * Math.floor(x / 3) + k] / 4) * cell[3 * k + (x % 3)], 0));
      const sine = numbers.flatMap((p, i) =>
        numbers.map((q, j) => {
          const weights = [0, 1, 2].map((k) => Math.sin((Math.PI * (positions[3 * i + k] - positions[3 * j + k])) / 4) ** 2);
          return i === j ? 0.5 * p ** 2.4 : (p * q) / Math.hypot(...[0, 1, 2].map((x) => weights[0] * cell[x] + weights[1] * cell[3 + x] + weights[2] * cell[6 + x]));
        }),
      );
      const crystal: System = { ...molecule(numbers, cartesian), cell: Float64Array.from(cell), pbc: [true, true, true] };
      expectClose(valuesOf(createDescriptor({ type: "sine-matrix", nAtomsMax: n, permutation: "none" }), crystal), sine, 1e-13, "relative-to-max");
    }
  });

  it("give eigenvalues that are the same the mean of their derivatives", () => {
    // a square of four equal atoms: two eigenvalues are the same
    const square = molecule([6, 6, 6, 6], [0, 0, 0, 2, 0, 0, 2, 2, 0, 0, 2, 0]);
    const calculator = new StructureCalculator(executor, createDescriptor({ type: "coulomb-matrix", nAtomsMax: 4, permutation: "eigenspectrum" }), [6]);
    const values = calculator.values(square);
    const { positions } = calculator.jacobian(square);
    const numeric = calculator.byDifferences(square).positions;
    calculator.release();
    const [first] = [0, 1, 2].filter((k) => Math.abs(values[k] - values[k + 1]) < 1e-9);
    expect(first).toBeGreaterThanOrEqual(0);
    for (let row = 0; row < 12; row++) {
      expect(positions[4 * row + first]).toBe(positions[4 * row + first + 1]);
      // their sum is smooth, each alone is not
      expectClose([positions[4 * row + first] * 2], [numeric[4 * row + first] + numeric[4 * row + first + 1]], 1e-6);
    }
  });

  it("sorted at random are rows of the sorted one, and change with the seed", () => {
    const random = randomSource(8);
    const system = molecule(Array<number>(12).fill(6), Array.from({ length: 36 }, () => 5 * random()));
    const [sorted, one, again, two] = [{}, { permutation: "random", sigma: 20 }, { permutation: "random", sigma: 20 }, { permutation: "random", sigma: 20, seed: 2 }].map((options) =>
      valuesOf(createDescriptor({ type: "coulomb-matrix", nAtomsMax: 12, ...options }), system),
    );
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
    expect(one).not.toEqual(sorted);
    expect([...one].sort()).toEqual([...sorted].sort());
  });
});

describe("Ewald sums", () => {
  /** −Σ q_i q_j φ_ij / 2 over the atoms of a cell, q = ±1, times the distance of nearest neighbors over the number of pairs. */
  function madelung(cell: number[], sites: readonly (readonly [number, number, number, 1 | -1])[], nearest: number, options: object = {}): number {
    const positions = sites.flatMap(([p, q, r]) => [0, 1, 2].map((k) => p * cell[k] + q * cell[3 + k] + r * cell[6 + k]));
    const system: System = { ...molecule(sites.map(() => 1), positions), cell: Float64Array.from(cell), pbc: [true, true, true] };
    const n = sites.length;
    const elements = valuesOf(createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: n, permutation: "none", ...options }), system);
    let energy = 0;
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) energy += sites[i][3] * sites[j][3] * elements[i * n + j];
    return (-energy * nearest * 2) / n;
  }

  it("give Madelung constants to 10⁻¹⁰, whatever a is", () => {
    // Tosi, Solid State Phys. 16, 1 (1964), 10.1016/S0081-1947(08)60515-9; more digits: Crandall & Buhler, J. Phys. A 20, 5497 (1987)
    const fcc = [0, 2, 2, 2, 0, 2, 2, 2, 0];
    const cubic = [3, 0, 0, 0, 3, 0, 0, 0, 3];
    for (const options of [{}, { a: 0.9 }, { w: 4 }]) {
      expectClose([madelung(fcc, [[0, 0, 0, 1], [0.5, 0.5, 0.5, -1]], 2, options)], [1.747564594633182], 1e-10);
      expectClose([madelung(cubic, [[0, 0, 0, 1], [0.5, 0.5, 0.5, -1]], 1.5 * Math.sqrt(3), options)], [1.762674773070991], 1e-10);
      expectClose([madelung(fcc, [[0, 0, 0, 1], [0.25, 0.25, 0.25, -1]], Math.sqrt(3), options)], [1.638055053388789], 1e-10);
    }
    // Wigner's lattice: one charge in its background, E = −0.895929255682 / (radius of its sphere)
    const radius = ((3 * 16) / (4 * Math.PI)) ** (1 / 3);
    const [own] = valuesOf(createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: 1 }), { ...molecule([1], [0, 0, 0]), cell: Float64Array.from([-2, 2, 2, 2, -2, 2, 2, 2, -2].map((x) => x * 0.7937005259840998)), pbc: [true, true, true] });
    expectClose([own * radius], [-0.895929255682], 1e-10);
  });
});

describe("bad input of matrices", () => {
  const cubic = { cell: Float64Array.from([4, 0, 0, 0, 4, 0, 0, 0, 4]), pbc: [true, true, true] as const };
  const coulomb = createDescriptor({ type: "coulomb-matrix", nAtomsMax: 2 });
  const sine = createDescriptor({ type: "sine-matrix", nAtomsMax: 2 });

  it("is told with a remedy", () => {
    expect(() => valuesOf(coulomb, molecule([1, 1, 1], [0, 0, 0, 1, 0, 0, 2, 0, 0]))).toThrow(/3 atoms do not fit into a coulomb-matrix of nAtomsMax 2, which was given or learned from smaller structures: raise nAtomsMax to 3/);
    expect(() => valuesOf(coulomb, molecule([1, 1], [0, 0, 0, 0.04, 0, 0]))).toThrow(/atoms 0 and 1 \(from 0\) are 0\.0400 Å apart; atoms must be at least 0\.05/);
    expect(() => valuesOf(sine, { ...molecule([1, 1], [0, 0, 0, 4.01, 0, 0]), ...cubic })).toThrow(/0\.0100 Å apart/);
    expect(() => valuesOf(coulomb, molecule([1, 1], [0, 0, 0, NaN, 0, 0]))).toThrow(/NaN/);
    expect(() => valuesOf(sine, molecule([1, 1], [0, 0, 0, 1, 0, 0]))).toThrow(/the sine matrix needs a crystal, periodic along all three lattice vectors; this structure is without a cell/);
    expect(() => valuesOf(sine, { ...molecule([1], [0, 0, 0]), ...cubic, pbc: [true, true, false] })).toThrow(/periodic along 2 of 3 lattice vectors/);
    const ewald = createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: 2 });
    expect(() => valuesOf(ewald, molecule([1, 1], [0, 0, 0, 1, 0, 0]))).toThrow(/the Ewald-sum matrix needs a crystal/);
    expect(() => valuesOf(createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: 1, a: 100, rCut: 1 }), { ...molecule([1], [0, 0, 0]), ...cubic })).toThrow(/reciprocal vectors in this cell: lower gCut or a/);
    expect(() => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 2, permutation: "random" })).toThrow(/permutation random needs sigma/);
    expect(() => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 2, sigma: 1 })).toThrow(/sigma belongs to permutation random/);
    expect(() => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 0 })).toThrow(/nAtomsMax/);
    expect(() => createDescriptor({ type: "coulomb-matrix" }).featureCount([1])).toThrow(/nAtomsMax is not known: give it, or let the descriptor learn it/);
  });

  it("includes work that needs environments, and centers", async () => {
    const descriptor: AnyDescriptor = coulomb;
    expect(() => requireCenterRows(descriptor, "kernels")).toThrow(/coulomb-matrix describes whole structures; kernels need a descriptor of the environments of atoms/);
    const [structure] = parseStructures("1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n");
    await expect(describeStructures(executor, coulomb, [structure], { species: [1], centers: { indices: [0] } }).next()).rejects.toThrow(/centers cannot be chosen/);
  });
});

describe("pestle describe with a descriptor of structures", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pestle-matrices-"));
    writeFileSync(join(folder, "data.xyz"), "2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nO 0 0 1\n0\nProperties=species:S:1:pos:R:3\n3\nProperties=species:S:1:pos:R:3\nH 0 0 0\nO 0 0 1\nH 0 1 1\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes room for the largest structure of the data, and writes down for how many atoms", async () => {
    const [data, output] = ["data.xyz", "x.json"].map((name) => join(folder, name));
    const { status, stdout } = await runMain(["describe", data, "-d", "coulomb-matrix", "-p", "permutation=none", "-o", output, "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2, features: 9, descriptor: { nAtomsMax: 3 } });
    const written = JSON.parse(readFileSync(output, "utf8")) as { rows: string; cutoff?: number; descriptor: { nAtomsMax: number }; values: number[][] };
    expect(written).toMatchObject({ rows: "structures", descriptor: { type: "coulomb-matrix", nAtomsMax: 3 } });
    expect(written.cutoff).toBeUndefined();
  });

  it("plans, and refuses what does not fit", async () => {
    const data = join(folder, "data.xyz");
    const plan = await runMain(["describe", data, "-d", "coulomb-matrix", "--dry-run"]);
    expect(plan).toMatchObject({ status: 0 });
    expect(plan.stdout).toMatch(/2 rows × 9 features/);
    const small = await runMain(["describe", data, "-d", "coulomb-matrix", "-p", "nAtomsMax=2", "-o", join(folder, "y.npy")]);
    expect(small.status).toBe(2);
    expect(small.stderr).toMatch(/frame 3.*3 atoms do not fit into a coulomb-matrix of nAtomsMax 2/);
    const centers = await runMain(["describe", data, "-d", "coulomb-matrix", "--centers", "H", "-o", join(folder, "z.npy")]);
    expect(centers.stderr).toMatch(/describes whole structures, so centers cannot be chosen/);
  });

  it("writes HDF5 and .npy without a cutoff", async () => {
    const data = join(folder, "data.xyz");
    for (const name of ["a.h5", "a.npy"]) {
      const { status, stderr } = await runMain(["describe", data, "-d", "coulomb-matrix", "-o", join(folder, name)]);
      expect([status, stderr.replace(/^warning.*$/gmu, "").trim()]).toEqual([0, ""]);
    }
  });
});
