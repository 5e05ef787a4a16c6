// scikit-matter's numbers on seeded rows: test/data/reconstruction-scikit-matter.md.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix, readMatrix, type Matrix } from "../../../src/linalg/matrix.js";
import { multiply } from "../../../src/linalg/dense.js";
import { prepareSourceTask, reconstructTask } from "../../../src/analysis/information/reconstruction-tasks.js";
import { regressionSize, residuals, scaledRows, scalingOf } from "../../../src/analysis/information/reconstruction.js";
import { rowCoordinates } from "../../../src/analysis/information/row-coordinates.js";
import { singularRows } from "../../../src/analysis/information/singular-rows.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { Holdings, type Executor } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../../expect.js";

interface Reference {
  readonly sets: Readonly<Record<"A" | "B", number[][]>>;
  readonly train: number[];
  readonly test: number[];
  readonly secondFold: number[];
  readonly neighbors: number;
  readonly secondLocalFold: number[];
  readonly errors: readonly {
    readonly from: "A" | "B" | "C";
    readonly to: "A" | "B" | "C";
    readonly global: number;
    readonly local: number;
    readonly pointwiseGlobal: number[];
  }[];
}

const reference = JSON.parse(readFileSync(new URL("../../data/reconstruction-scikit-matter.json", import.meta.url), "utf8")) as Reference;
const split = {
  train: Int32Array.from(reference.train),
  test: Int32Array.from(reference.test),
  secondFold: Int32Array.from(reference.secondFold),
  secondLocalFold: Int32Array.from(reference.secondLocalFold),
  neighbors: reference.neighbors,
};

let executor: Executor;
let holdings: Holdings;
beforeAll(async () => {
  executor = await testExecutor();
  holdings = new Holdings(executor);
});
afterAll(async () => {
  holdings.release();
  await executor.close();
});

function place(rows: readonly (readonly number[])[]): Matrix {
  const region = holdings.allocate(8 * rows.length * rows[0].length, "test");
  executor.wasm.f64(region.pointer, rows.length * rows[0].length).set(rows.flat());
  return matrix(region.pointer, rows.length, rows[0].length);
}

async function errors(of: Matrix, to: Matrix): Promise<{ global: number; local: number; pointwise: Float64Array }> {
  const { train, test, secondFold } = split;
  // 54 columns of 40 rows become 40
  const [{ rows: from }, y] = await rowCoordinates([of, to], holdings, undefined);
  const out = holdings.allocate(8 * regressionSize(train.length, test.length, from.columns, secondFold.length), "test").pointer;
  const source = await executor.submit(prepareSourceTask, { x: from, split, localTests: Int32Array.from(test.keys()), out });
  const { global, local } = (await executor.submit(reconstructTask, { source: source!, y, split }))!;
  const arena = new Arena(holdings.allocate(1e6, "test"));
  const { wasm } = executor;
  const scaling = scalingOf(wasm, to, train);
  const [fitted, tested] = [train, test].map((rows) => scaledRows(wasm, arena, to, rows, scaling));
  return { global, local, pointwise: residuals(wasm, arena, source!.global, { train: fitted, test: tested, columns: fitted }, secondFold) };
}

describe("reconstruction errors", () => {
  it("are those of scikit-matter", async () => {
    const { A, B } = reference.sets;
    const C = A.map((row) => [...row, ...row.flatMap((a, i) => row.slice(i).map((b) => a * b))]);
    const sets = { A: place(A), B: place(B), C: place(C) };
    for (const { from, to, global, local, pointwiseGlobal } of reference.errors) {
      const own = await errors(sets[from], sets[to]);
      expectClose([own.global, own.local], [global, local], 1e-9);
      expectClose(own.pointwise.slice(0, 5), pointwiseGlobal, 1e-9);
    }
    expect(reference.errors).toHaveLength(9);
  });

  it("vanish for a linear map and for fewer columns of the same", async () => {
    const { B } = reference.sets;
    const map = [0, 1, 2].map((i) => B[0].map((_, f) => Math.sin(3 * i + f)));
    const mapped = B.map((row) => map.map((weights) => 2 + weights.reduce((sum, weight, f) => sum + weight * row[f], 0)));
    const { global, local } = await errors(place(B), place(mapped));
    expectClose([global, local], [0, 0], 1e-9);
    expect((await errors(place(mapped), place(B))).global).toBeGreaterThan(0.1);
  });
});

describe("singular rows", () => {
  it.each([
    [12, 30],
    [40, 40],
  ])("have the small singular values, too (%i × %i)", (m, p) => {
    // X = Q₁ diag(σ) Q₂ with σ over eleven decades: rounding of X Xᵀ is far above the squares of most of them
    const random = seededRandom(m);
    const sigma = Array.from({ length: m }, (_, i) => 10 ** ((-11 * i) / (m - 1)));
    const [q1, q2] = [orthogonal(m, m, random), orthogonal(m, p, random)];
    const x = multiply(executor, m, p, m, q1, q2.map((value, at) => value * sigma[Math.floor(at / p)]));
    const arena = new Arena(holdings.allocate(1e6, "test"));
    const placed = place(Array.from({ length: m }, (_, i) => Array.from(x.subarray(i * p, (i + 1) * p))));
    const { values, left, scaled } = singularRows(executor.wasm, arena, placed);
    // ε of the largest is what any method keeps
    const kept = sigma.filter((value) => value > 1e-9);
    expectClose(values.slice(0, kept.length).map((value, i) => value / kept[i]), kept.map(() => 1), 1e-5);
    const [u, rows] = [readMatrix(executor.wasm, left), readMatrix(executor.wasm, scaled)];
    const ut = Float64Array.from({ length: m * m }, (_, at) => u[(at % m) * m + Math.floor(at / m)]);
    expectClose(multiply(executor, m, p, m, ut, rows), x, 1e-14);
    expectClose(multiply(executor, m, m, m, u, ut), Float64Array.from({ length: m * m }, (_, at) => Number(at % (m + 1) === 0)), 1e-13);
  });
});

/** Orthonormal rows. */
function orthogonal(m: number, p: number, random: ReturnType<typeof seededRandom>): Float64Array {
  const rows: Float64Array[] = [];
  for (let i = 0; i < m; i++) {
    const row = Float64Array.from({ length: p }, () => standardNormal(random));
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) {
        const share = row.reduce((sum, value, f) => sum + value * other[f], 0);
        row.forEach((value, f) => (row[f] = value - share * other[f]));
      }
    }
    const length = Math.hypot(...row);
    rows.push(row.map((value) => value / length));
  }
  return Float64Array.from(rows.flatMap((row) => Array.from(row)));
}
