// Potentials on the overlap matrix: with smooth functions of the matrix forces are derivatives of the energy everywhere, with eigenvalues not where these are equal.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitLinear, linearSchema } from "../../src/fit/index.js";
import { evaluateStructure, type Model } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const TETRAHEDRON = [0, 0, 0, 1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1].map((x) => 0.63 * x);

function methane(positions: ArrayLike<number>): Structure {
  const own = Float64Array.from(positions);
  let energy = 0;
  const forces = new Float64Array(15);
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < i; j++) {
      const between = [0, 1, 2].map((k) => own[3 * i + k] - own[3 * j + k]);
      const square = between.reduce((sum, x) => sum + x * x, 0);
      energy += 1 / square;
      between.forEach((x, k) => {
        forces[3 * i + k] += (2 * x) / square ** 2;
        forces[3 * j + k] -= (2 * x) / square ** 2;
      });
    }
  }
  return { positions: own, atomicNumbers: Uint8Array.from([6, 1, 1, 1, 1]), cell: undefined, pbc: [false, false, false], targets: { energy, forces }, label: "methane", configType: "" } as never;
}

const next = randomSource(7);
const data = Dataset.from(Array.from({ length: 8 }, () => methane(TETRAHEDRON.map((x) => x + 0.15 * (next() - 0.5)))));

async function fitted(form: object): Promise<Model> {
  const descriptor = { type: "overlap-matrix", cutoff: { radius: 4 }, widths: 0.7, maxNeighbors: 4, ...form };
  const model = linearSchema.parse({ type: "linear", isolatedAtomEnergies: { H: 0, C: 0 }, terms: [{ descriptor }] });
  return (await fitLinear({ model, fit: { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: "ridge", regularization: 1e-4 } } as never }, data, executor)).model;
}

const energyOf = async (model: Model, positions: ArrayLike<number>): Promise<number> => (await evaluateStructure(model, methane(positions), executor, { want: {} })).energy;
const forcesOf = async (model: Model, positions: ArrayLike<number>): Promise<Float64Array> => (await evaluateStructure(model, methane(positions), executor, { want: { forces: true } })).forces!;

/** −(E(+h) − E(−h)) / 2h by every coordinate, without the error of h². */
async function differences(model: Model, positions: readonly number[], h = 2e-3): Promise<number[]> {
  const slope = async (k: number, step: number): Promise<number> => {
    const [up, down] = [step, -step].map((own) => energyOf(model, positions.map((x, i) => (i === k ? x + own : x))));
    return (await up - await down) / (2 * step);
  };
  const found: number[] = [];
  for (let k = 0; k < positions.length; k++) found.push(-(4 * (await slope(k, h)) - (await slope(k, 2 * h))) / 3);
  return found;
}

const bent = TETRAHEDRON.map((x, i) => x + 0.1 * Math.sin(3 * i + 1));
// Hydrogen off its place along x: C_s with equal eigenvalues nearby
const nearly = TETRAHEDRON.map((x, i) => (i === 3 ? x + 1e-4 : x));

describe.each([
  ["moments", { form: "moments", moments: 6 }],
  ["smoothed", { form: "smoothed", smoothing: { count: 8, to: 4, width: 0.6 } }],
])("a linear fit on %s", (_, form) => {
  it("has forces that are derivatives of its energy, at T_d, near it and away from it", async () => {
    const model = await fitted(form);
    for (const positions of [TETRAHEDRON, nearly, bent]) {
      const forces = await forcesOf(model, positions);
      expect(Math.max(...forces.map(Math.abs))).toBeGreaterThan(0.05);
      expectClose(forces, await differences(model, positions), 1e-6);
    }
  });
});

describe("a linear fit on eigenvalues", () => {
  it("has forces that are derivatives of its energy where no two are equal, and at T_d the mean of the slopes on both sides", async () => {
    const model = await fitted({ form: "eigenvalues" });
    expectClose(await forcesOf(model, bent), await differences(model, bent, 1e-4), 1e-5);
    const forces = await forcesOf(model, TETRAHEDRON);
    // by symmetry: no force on carbon, equal ones along the bonds
    const radial = TETRAHEDRON.map((x) => (x * forces[3]) / TETRAHEDRON[3]);
    expectClose(forces, radial, 1e-9);
    // the energy has a kink: slopes to both sides differ, by much more than their curvature
    const h = 1e-5;
    const at = await energyOf(model, TETRAHEDRON);
    const [up, down] = await Promise.all([h, -h].map((step) => energyOf(model, TETRAHEDRON.map((x, i) => (i === 4 ? x + step : x)))));
    expect(Math.abs((up - at) / h - (at - down) / h)).toBeGreaterThan(1e-3);
  });
});
