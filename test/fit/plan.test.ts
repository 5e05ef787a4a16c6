// What a plan says before a fit, against what the fit then takes.
import { beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { fitSparseGp, planSparseGpFit, type SparseGpFit } from "../../src/fit/index.js";
import { createExecutor } from "../../src/parallel/index.js";
import { SerialExecutor } from "../../src/parallel/serial.js";
import { Dataset, readDataset, type Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { readField } from "../../src/wasm/records.js";
import { loadWasm, type Wasm } from "../../src/wasm/wasm.js";
import { makeStructure } from "../models/systems.js";

const threadCounts = isShared(await detectBuild()) ? [1, 2] : [1];
let silicon: Dataset;
/** Large structures of two species. */
let large: Dataset;

beforeAll(async () => {
  silicon = (await readDataset("examples/data/Si_train.xyz.gz")).subset(Array.from({ length: 30 }, (_, i) => i));
  large = Dataset.from([0, 1, 2].map(() => crystal(4)));
});

/** Cubic cells of diamond, n in each direction, two species in turn; off their places, or the energies could not be fitted. */
function crystal(n: number): Structure {
  const basis = [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]];
  const cells = Array.from({ length: n ** 3 }, (_, i) => [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)]);
  const places = cells.flatMap((cell) => basis.map((site) => site.map((quarters, k) => 5.4 * (cell[k] + quarters / 4))));
  const positions = Float64Array.from(places.flat(), (x, i) => x + 0.1 * Math.sin(7 * i));
  const edge = 5.4 * n;
  return makeStructure(
    {
      atomicNumbers: Uint8Array.from(places, (_, i) => (i % 2 === 0 ? 14 : 32)), positions, cell: Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge),
      pbc: [true, true, true], label: "crystal",
    },
    { energy: -1000, forces: positions.map((x) => Math.sin(x)) },
  );
}

function soap(nMax: number, lMax: number, radius: number): Record<string, unknown> {
  return { type: "soap", basis: "equispaced-gaussian", nMax, lMax, sigma: 0.5, cutoff: { radius, width: 0.5 } };
}

type Terms = readonly (readonly [descriptor: Record<string, unknown>, method: string, count: number])[];

function request(terms: Terms, sigma: Record<string, number>): SparseGpFit {
  const kernel = { type: "dot-product", zeta: 2 };
  const model = {
    type: "sparse-gp", isolatedAtomEnergies: "least-squares",
    terms: terms.map(([descriptor, method, count]) => ({ descriptor, kernel, sparse: { method, count } })),
  };
  return { model, fit: { sigma, jitter: 1e-3 } } as unknown as SparseGpFit;
}

const forces = { energy: 0.01, forces: 0.1 };
const kernel = { type: "squared-exponential", lengthScale: 0.8 };
const tuples = {
  model: {
    type: "sparse-gp", isolatedAtomEnergies: "least-squares",
    terms: [
      { descriptor: { type: "distance-2b", species: ["Si", "Ge"], cutoff: { radius: 5 } }, kernel, sparse: { method: "uniform", count: 20 } },
      { descriptor: { type: "angle-3b", center: "Si", species: ["*", "*"], cutoff: { radius: 4.2 } }, kernel, sparse: { method: "uniform", count: 60 } },
      { descriptor: soap(2, 2, 4), kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count: 50 } },
    ],
  },
  fit: { sigma: forces, jitter: { relative: 1e-4 } },
} as unknown as SparseGpFit;
const shapes: readonly (readonly [name: string, data: () => Dataset, SparseGpFit])[] = [
  ["many sparse points", () => silicon, request([[soap(2, 2, 3), "random", 1100]], forces)],
  ["many features, energies only", () => silicon, request([[soap(10, 8, 4), "random", 150]], { energy: 0.01 })],
  ["sparse points by CUR", () => silicon, request([[soap(10, 8, 3), "cur", 100]], { energy: 0.01 })],
  ["forces of large structures", () => large, request([[soap(4, 4, 5), "random", 120]], forces)],
  ["virials and two terms", () => silicon, request([[soap(6, 4, 4), "random", 200], [soap(3, 3, 3), "farthest-point", 150]], { ...forces, virial: 0.1 })],
];

describe.each(threadCounts)("memory of a fit on %i threads", (threads) => {
  it.each([...shapes, ["pairs, triplets and environments", () => large, tuples] as const])("%s: the plan is above the peak, by half of it at most", async (_, data, fit) => {
    const executor = await createExecutor({ threads });
    try {
      const plan = await planSparseGpFit(fit, data(), threads);
      const before = executor.pool.bytesInUse;
      await fitSparseGp(fit, data(), executor);
      const peak = executor.pool.peakBytes - before;
      expect(peak > 4e6).toBe(true);
      expect(plan.wasmBytes / peak).toBeGreaterThanOrEqual(1);
      expect(plan.wasmBytes / peak).toBeLessThanOrEqual(1.5);
      expect(plan.memory.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(plan.bytes, 0);
    } finally {
      await executor.close();
    }
  });
});

it("expects as many pairs and triplets as there are", async () => {
  const executor = await createExecutor({ threads: 1 });
  try {
    const { terms, outline } = await planSparseGpFit(tuples, large, 1);
    expect(outline[1].text).toMatch(/^angle-3b: about \d+ tuples × 4 features, 60 sparse points$/u);
    for (const [t, { descriptor: parameters }] of tuples.model.terms.entries()) {
      const descriptor = createEnvironmentDescriptor(parameters, "these tests");
      let nRows = 0;
      for await (const block of describeStructures(executor, descriptor, large, { species: large.species() })) nRows += block.nRows;
      expect(terms[t].nRows / nRows).toBeGreaterThan(0.8);
      expect(terms[t].nRows / nRows).toBeLessThan(1.25);
    }
  } finally {
    await executor.close();
  }
});

it("says that 28 000 sparse points fit into 4 GiB, and 40 000 do not", async () => {
  const repeated = silicon.subset(new Int32Array(800));
  const bytesOf = async (count: number): Promise<number> => (await planSparseGpFit(request([[soap(6, 5, 4), "random", count]], forces), repeated, 2)).wasmBytes;
  expect(repeated.nAtoms).toBeGreaterThan(40_000);
  const fits = await bytesOf(28_000);
  expect(fits > 3.1e9 && fits < 2 ** 32).toBe(true);
  expect((await bytesOf(40_000)) > 2 ** 32).toBe(true);
});

/** Counts the operations of matrix products and decompositions; of eigenvectors as Golub and Van Loan do, Matrix Computations, 8.3. */
function counting(wasm: Wasm): { readonly wasm: Wasm; readonly flops: () => number } {
  let flops = 0;
  const depth = (matrix: number): number => readField(wasm, matrix, "Matrix", "columns");
  const elements = (matrix: number): number => readField(wasm, matrix, "Matrix", "rows") * depth(matrix);
  const count: Record<string, (sizes: readonly number[]) => number> = {
    gemmPackedB: ([, left, , , target]) => 2 * depth(left) * elements(target),
    gemm: ([, left, , , target]) => 2 * depth(left) * elements(target),
    syrk: ([, , factor, , target]) => depth(factor) * elements(target),
    symmetricEigen: ([n]) => 9 * n ** 3,
    qrUpdate: ([n, rows]) => 2 * rows * n * n,
    qrMerge: ([n]) => (2 * n ** 3) / 3,
  };
  const routines = new Proxy(wasm.routines, {
    get(target, name) {
      const routine = Reflect.get(target, name) as (...sizes: number[]) => number;
      const operations = count[String(name)];
      if (!operations) return routine;
      return (...sizes: number[]): number => {
        flops += operations(sizes);
        return routine(...sizes);
      };
    },
  });
  return { wasm: Object.create(wasm, { routines: { value: routines } }) as Wasm, flops: () => flops };
}

// Seconds on a machine that others use cannot be tested: the operations that they are made of can.
it.each(shapes)("operations of a fit, %s: the plan is right within a factor of two", async (_, data, fit) => {
  const { wasm, pool } = await loadWasm({});
  const counted = counting(wasm);
  const executor = new SerialExecutor(counted.wasm, pool);
  const [plan, onThree] = await Promise.all([1, 3].map((threads) => planSparseGpFit(fit, data(), threads)));
  await fitSparseGp(fit, data(), executor);
  expect(counted.flops() > 1e5).toBe(true);
  expect(plan.flops / counted.flops()).toBeGreaterThan(0.5);
  expect(plan.flops / counted.flops()).toBeLessThan(2);
  // leverage scores are computed on one thread
  const [term] = fit.model.terms;
  if (term.sparse.method === "cur") expect(plan.seconds / onThree.seconds > 1 && plan.seconds / onThree.seconds < 3).toBe(true);
  else expect(plan.seconds / onThree.seconds).toBeCloseTo(3, 12);
});
