// Ridge regression with free energies of the species, against dense algebra; forces against differences of energies.
import { Matrix, inverse, pseudoInverse } from "ml-matrix";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { forceDesign, type ForceEquationsInput, forceEquationsTask } from "../../../src/analysis/information/force-equations.js";
import { predictByRidge, solveByCrossValidation, squaredErrors, sumEquations } from "../../../src/analysis/information/ridge.js";
import { structureSumsTask } from "../../../src/analysis/information/structure-sums.js";
import { createDescriptor } from "../../../src/descriptors/index.js";
import { matrix, readMatrix } from "../../../src/linalg/matrix.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { type Executor, Holdings } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomStructure } from "../../models/systems.js";

let executor: Executor;
let holdings: Holdings;
beforeAll(async () => {
  executor = await testExecutor();
  holdings = new Holdings(executor);
});
afterEach(() => holdings.release());
afterAll(() => executor.close());
const arena = (): Arena => new Arena(holdings.allocate(1e7, "test"));

const n = 24;
const random = seededRandom(9);
const normals = (count: number): number[] => Array.from({ length: count }, () => standardNormal(random));
const features = Array.from({ length: n }, () => normals(5));
const composition = Array.from({ length: n }, (_, i) => [(i % 5) / 4, 1 - (i % 5) / 4]);
const kernel = Float64Array.from(features.flatMap((a) => features.map((b) => a.reduce((sum, x, f) => sum + x * b[f], 0))));
const dataOf = (targets: number[]) => ({ kernel, n, composition: Float64Array.from(composition.flat()), nSpecies: 2, targets: Float64Array.from(targets) });
const [train, test] = [Int32Array.from({ length: 16 }, (_, i) => i), Int32Array.from({ length: 8 }, (_, i) => 16 + i)];

describe("ridge regression of energies", () => {
  it("finds what is linear, with energies of the species", () => {
    const exact = features.map((x, i) => x[0] - 2 * x[3] - 7 * composition[i][0] - 300 * composition[i][1]);
    const predicted = predictByRidge(executor.wasm, arena(), dataOf(exact), train, test);
    expectClose(predicted, exact.slice(16), 1e-5);
  });

  it("has the coefficients and the λ of leaving out each structure in turn", () => {
    const noisy = features.map((x, i) => x[0] - 2 * x[3] + 0.7 * Math.sin(9 * i) - 3 * composition[i][0]);
    const predicted = predictByRidge(executor.wasm, arena(), dataOf(noisy), train, test);
    const columns = features.map((x, i) => [...composition[i], ...x]);
    const fit = (rows: number[], lambda: number): number[] => {
      const a = new Matrix(rows.map((row) => columns[row]));
      const penalty = Matrix.diag([0, 0, 1, 1, 1, 1, 1].map((value) => value * lambda));
      return inverse(a.transpose().mmul(a).add(penalty)).mmul(a.transpose()).mmul(Matrix.columnVector(rows.map((row) => noisy[row]))).to1DArray();
    };
    const predict = (coefficients: number[], row: number): number => columns[row].reduce((sum, value, f) => sum + value * coefficients[f], 0);
    // the largest eigenvalue of the kernel without what the composition explains
    const c = new Matrix(Array.from(train, (row) => composition[row]));
    const rest = Matrix.eye(16).sub(c.mmul(pseudoInverse(c)));
    const x = rest.mmul(new Matrix(Array.from(train, (row) => features[row])));
    const largest = x.transpose().mmul(x);
    let eigenvalue = 0;
    let vector = Matrix.ones(5, 1);
    for (let step = 0; step < 200; step++) {
      vector = largest.mmul(vector);
      eigenvalue = vector.norm();
      vector = vector.div(eigenvalue);
    }
    const rows = Array.from(train);
    const losses = Array.from({ length: 27 }, (_, i) => eigenvalue * 10 ** (-12 + i / 2)).map((lambda) => {
      const errors = rows.map((left) => noisy[left] - predict(fit(rows.filter((row) => row !== left), lambda), left));
      return { lambda, loss: errors.reduce((sum, error) => sum + error * error, 0) };
    });
    const { lambda } = losses.reduce((best, own) => (own.loss < best.loss ? own : best));
    expect(lambda / eigenvalue).toBeGreaterThan(1e-4);
    const coefficients = fit(rows, lambda);
    expectClose(predicted, Array.from(test, (row) => predict(coefficients, row)), 1e-9);
  });

  it("leaves to the composition what features do not know", () => {
    const targets = composition.map(([a, b]) => -3 * a - 5 * b);
    const none = { ...dataOf(targets), kernel: new Float64Array(n * n) };
    expectClose(predictByRidge(executor.wasm, arena(), none, train, test), targets.slice(16), 1e-9);
  });
});

describe("normal equations", () => {
  it("give the coefficients and errors of their rows", () => {
    const rows = Array.from({ length: 40 }, () => normals(4));
    const w = [1, -2, 0.5, 0];
    const y = rows.map((row) => row.reduce((sum, value, k) => sum + value * w[k], 0));
    const part = (from: number, to: number) => ({
      products: Float64Array.from({ length: 16 }, (_, at) => rows.slice(from, to).reduce((sum, row) => sum + row[at >> 2] * row[at & 3], 0)),
      moments: Float64Array.from({ length: 4 }, (_, k) => rows.slice(from, to).reduce((sum, row, i) => sum + row[k] * y[from + i], 0)),
      squares: y.slice(from, to).reduce((sum, value) => sum + value * value, 0),
      count: to - from,
    });
    const equations = sumEquations([part(0, 15), part(15, 40)]);
    expect(equations.count).toBe(40);
    expectClose(solveByCrossValidation(executor.wasm, arena(), equations), w, 1e-9);
    const other = [1.1, -2, 0, 0.2];
    const direct = rows.reduce((sum, row, i) => sum + (y[i] - row.reduce((s, value, k) => s + value * other[k], 0)) ** 2, 0);
    expectClose([squaredErrors(equations, Float64Array.from(other))], [direct], 1e-10);
  });
});

describe("forces of a ridge model", () => {
  const species = [11, 17];

  it.each([
    { type: "soap" as const, nMax: 2, lMax: 1, cutoff: { radius: 3 }, sigma: 0.5 },
    { type: "soap" as const, nMax: 2, lMax: 1, cutoff: { radius: 3 }, sigma: 0.5, average: "outer" as const },
    { type: "coulomb-matrix" as const, nAtomsMax: 5 },
  ])("are minus the derivatives of its energy ($type, $average)", async (parameters) => {
    const structure = randomStructure(3, 5, parameters.type === "soap");
    const descriptor = createDescriptor(parameters);
    const { tables } = holdings.keep(descriptor.prepare(executor.wasm, executor.pool, species));
    const d = tables.nFeatures;
    const blocks = tables.rows === "center" ? 2 : 1;
    const length = 3;
    const components = matrix(holdings.allocate(8 * length * d, "test").pointer, length, d);
    executor.wasm.f64(components.pointer, length * d).set(normals(length * d));
    const w = normals(blocks * length);
    const nAtoms = structure.atomicNumbers.length;
    const out = holdings.allocate(8 * blocks * d, "test").pointer;
    const energy = async (positions: Float64Array): Promise<number> => {
      await executor.submit(structureSumsTask, { tables, species, geometry: { ...structure, positions }, out });
      const sums = executor.wasm.f64(out, blocks * d);
      const v = readMatrix(executor.wasm, components);
      return w.reduce((sum, weight, at) => {
        const [block, k] = [Math.floor(at / length), at % length];
        for (let f = 0; f < d; f++) sum += nAtoms * weight * v[k * d + f] * sums[block * d + f];
        return sum;
      }, 0);
    };
    const forces: number[] = [];
    for (let i = 0; i < 3 * nAtoms; i++) {
      const at = (step: number): Float64Array => structure.positions.map((x, k) => (k === i ? x + step : x));
      forces.push(-((await energy(at(1e-4))) - (await energy(at(-1e-4)))) / 2e-4);
    }
    const input: ForceEquationsInput = { tables, species, components, geometry: structure, forces: Float64Array.from(forces) };
    const design = forceDesign({ wasm: executor.wasm, scratch: arena() }, input);
    const rows = readMatrix(executor.wasm, design);
    const predicted = forces.map((_, row) => w.reduce((sum, weight, k) => sum + weight * rows[row * w.length + k], 0));
    expectClose(predicted, forces, 1e-6, "relative-to-max");
    const equations = await executor.submit(forceEquationsTask, input);
    expectClose([Math.sqrt(squaredErrors(equations, Float64Array.from(w)) / equations.squares)], [0], 1e-5);
  });
});
