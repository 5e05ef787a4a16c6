// What is timed is verified first: that must fail where something is wrong.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWork } from "../../src/compare/cost/open-work.js";
import { verifyEnvironments } from "../../src/compare/cost/verify-environments.js";
import { relativeError } from "../../src/compare/cost/verified.js";
import { attachDescriptor, createDescriptor, type DescriptorEvaluator, descriptorNames } from "../../src/descriptors/index.js";
import { learnFromData } from "../../src/environments/index.js";
import { buildEnvironments } from "../../src/environments/environments.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { exampleParameters } from "../descriptors/examples.js";
import { testExecutor } from "../expect.js";

const species = [8, 14];
const structure: Structure = {
  atomicNumbers: Uint8Array.of(14, 8, 8, 14),
  positions: Float64Array.of(0.1, 0.2, 0.3, 1.6, 0.4, 0.1, 0.3, 1.9, 0.4, 1.9, 2.0, 1.7),
  cell: Float64Array.of(4.1, 0, 0, 0.3, 3.9, 0, -0.2, 0.1, 4.4),
  pbc: [true, true, true],
  targets: {},
  configType: "",
  label: "a cell",
  info: {},
  arrays: {},
} as unknown as Structure;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

describe("work", () => {
  it.each(descriptorNames)("of %s is verified, and gives its memory back", async (name) => {
    const { wasm, pool } = executor;
    const descriptor = await learnFromData(executor, createDescriptor<string>({ ...exampleParameters[name], type: name }), [structure], { species });
    const before = pool.bytesInUse;
    const { work, verified, close, peakBytes } = openWork(wasm, pool, { descriptor, species, structures: [{ geometry: structure, centers: null }] });
    expect(verified).toBeLessThan(1e-7);
    expect(work.size).toBe(descriptor.describes === "structures" ? 1 : 4);
    expect(peakBytes).toBeGreaterThan(0);
    close();
    expect(pool.bytesInUse).toBe(before);
  });
});

describe("work in a perfect crystal", () => {
  const a = 4.3;
  const crystal = {
    ...structure,
    atomicNumbers: new Uint8Array(8).fill(14),
    positions: Float64Array.from([[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]].flat(), (x) => (x * a) / 4),
    cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
  };

  // equal eigenvalues; neighbors where weights end
  it.each([
    ["sine-matrix", { permutation: "eigenspectrum", nAtomsMax: 8 }],
    ["local-mbtr", { k2: { geometry: "distance", grid: { min: 0.5, max: a, n: 50 }, weighting: { function: "exp", cutoff: a } } }],
  ])("of %s is verified beside what has no derivatives", (type, parameters) => {
    const descriptor = createDescriptor<string>({ type, ...parameters });
    const { verified, close } = openWork(executor.wasm, executor.pool, { descriptor, species: [14], structures: [{ geometry: crystal, centers: null }] });
    close();
    expect(verified).toBeLessThan(1e-7);
  });
});

describe("verifyEnvironments", () => {
  const wrong: Readonly<Record<string, (right: DescriptorEvaluator) => Partial<DescriptorEvaluator>>> = {
    "rows that depend on the direction": ({ values, tables }) => ({
      values(batch, out, state, scratch) {
        values.call(this, batch, out, state, scratch);
        const elements = executor.wasm.f64(out, tables.nFeatures);
        for (let f = 0; f < elements.length; f++) elements[f] *= 1 + 1e-5 * executor.wasm.f64(batch.dx, 1)[0];
      },
    }),
    "a Jacobian that is too large": ({ jacobian, tables }) => ({
      jacobian(batch, values, state, out, scratch) {
        jacobian.call(this, batch, values, state, out, scratch);
        const elements = executor.wasm.f64(out, 3 * batch.rows.nEntries * tables.nFeatures);
        for (let i = 0; i < elements.length; i++) elements[i] *= 1.01;
      },
    }),
    "contracted derivatives that are none": ({ backward }) => ({
      backward(batch, values, state, gradients, out, scratch) {
        backward.call(this, batch, values, state, gradients, out, scratch);
        executor.wasm.f64(out, 1)[0] = NaN;
      },
    }),
  };

  it.each(Object.keys(wrong))("sees %s", (what) => {
    const { wasm, pool } = executor;
    const { tables, release } = createDescriptor({ type: "acsf", cutoff: { radius: 3.5 } }).prepare(wasm, pool, species);
    const right = attachDescriptor(wasm, tables);
    const methods = { tables, rows: right.rows.bind(right), values: right.values.bind(right), jacobian: right.jacobian.bind(right), backward: right.backward.bind(right) };
    const region = pool.allocate(4e6, "test");
    const arena = new Arena(region);
    const { batch } = buildEnvironments(wasm, arena, structure, tables, Int32Array.of(0));
    const rows = { ...batch, rows: right.rows(batch, arena) };
    expect(verifyEnvironments(wasm, methods, rows, arena, true)).toBeLessThan(1e-7);
    const error = verifyEnvironments(wasm, { ...methods, ...wrong[what](right), ...bound(wrong[what], right) }, rows, arena, true);
    expect(error <= 1e-6).toBe(false);
    pool.release(region);
    release();
  });

  /** The wrong methods, which call the right ones. */
  function bound(make: (typeof wrong)[string], right: DescriptorEvaluator): Partial<DescriptorEvaluator> {
    return Object.fromEntries(Object.entries(make(right)).map(([key, method]) => [key, (method as () => void).bind(right)]));
  }
});

describe("relativeError", () => {
  it("is by the largest expected number, and no number where there is none", () => {
    expect(relativeError(Float64Array.of(1, 2.5), Float64Array.of(1, 2))).toBe(0.25);
    expect(relativeError(Float64Array.of(1e-3, 0), Float64Array.of(0, 0))).toBe(1e-3);
    expect(relativeError(Float64Array.of(1, NaN), Float64Array.of(1, 2))).toBeNaN();
  });
});
