// Structures that reach few columns are reduced in these, then spread: against the reduction of all rows in all columns.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Holdings } from "../../../src/parallel/holdings.js";
import { fitLinear, type LinearFit, planLinearFit, triangleBytes } from "../../../src/fit/index.js";
import { readReduced, type ReducedColumns } from "../../../src/fit/linear/reduced.js";
import type { Pattern } from "../../../src/fit/linear/reach/patterns.js";
import { reducePlanned } from "../../../src/fit/linear/reach/reduce-rows.js";
import { planRows, type RowPlan } from "../../../src/fit/linear/reach/row-plan.js";
import { planByNeighbors } from "../../../src/fit/linear/reach/structure-reach.js";
import { openRows } from "../../../src/fit/linear/rows.js";
import { resolveLinearFit } from "../../../src/fit/linear/schema.js";
import { Dataset } from "../../../src/structures/index.js";
import { detectBuild, isShared } from "../../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../../expect.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";
import { molecule } from "./molecules.js";

const hasThreads = isShared(await detectBuild());

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const ace = { type: "ace", cutoff: { radius: 4 }, order: 3, degree: [6, 5, 4] };
const request: LinearFit = {
  model: { type: "linear", isolatedAtomEnergies: "least-squares", terms: [{ descriptor: ace }, { descriptor: { type: "acsf", cutoff: { radius: 3 }, g2: [[1, 0.5]] }, centers: ["C"] }] as never },
  fit: { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: "ridge", regularization: 1e-3 } },
};

/** Most structures of hydrogen, or of hydrogen and carbon; some with oxygen, and one of each species alone. */
function mixture(): Dataset {
  const structures = Array.from({ length: 150 }, (_, i) => molecule(i, [[1, 1, 1, 1, 1, 1], [6, 1, 1, 6, 1, 1], [1, 1, 6, 1, 6, 1], [1, 1, 1, 1, 1], [8, 1, 6, 6, 8]][i % 15 === 14 ? 4 : i % 4], 3.5));
  return Dataset.from([...structures, molecule(901, [8]), molecule(902, [6]), molecule(903, [1]), molecule(904, [8, 1])]);
}

async function reduced(data: Dataset, change: (plan: RowPlan) => RowPlan): Promise<{ plan: RowPlan; columns: ReducedColumns }> {
  const holdings = new Holdings(executor);
  try {
    const job = { options: resolveLinearFit(request), dataset: data, species: data.species(), isolated: undefined, context: {} };
    const rows = await openRows(job, holdings);
    const { classes, plan } = await planByNeighbors(job, rows, executor);
    const changed = change(plan);
    const triangle = await reducePlanned(rows, classes, changed, holdings, { executor });
    return { plan: changed, columns: readReduced(executor.wasm, triangle, 1) };
  } finally {
    holdings.release();
  }
}

/** yᵀy, AᵀA and Aᵀy by the triangle: columns depend on others here, so that R itself has rows of rounding. */
function products({ rows: { nColumns, factor, target, residual } }: ReducedColumns): number[] {
  const row = (i: number): number[] => Array.from({ length: nColumns + 1 }, (_, j) => (j === nColumns ? target[i] : j < i ? 0 : factor[i * nColumns + j]));
  const all = Array.from({ length: nColumns }, (_, i) => row(i));
  const squares = target.reduce((sum, x) => sum + x * x, residual ** 2);
  return [squares, ...Array.from({ length: nColumns }, (_, a) => Array.from({ length: nColumns + 1 }, (__, b) => all.reduce((sum, own) => sum + own[a] * own[b], 0))).flat()];
}

const inAllColumns = (plan: RowPlan): RowPlan => {
  return { ...plan, groups: [], others: [...plan.others, ...plan.groups.flatMap(({ structures }) => structures)].sort((a, b) => a - b) };
};

describe("groups of columns", () => {
  it("give the triangle of all rows in all columns", async () => {
    const data = mixture();
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const [own, dense] = [await reduced(data, (plan) => plan), await reduced(data, inAllColumns)];
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    expect(own.plan.groups.length > 0 && own.plan.others.length > 0 && own.plan.share < 0.6, JSON.stringify(own.plan.share)).toBe(true);
    expect([...own.plan.groups.flatMap(({ structures }) => structures), ...own.plan.others].sort((a, b) => a - b)).toEqual([...Array(154).keys()]);
    expect([...own.columns.kept]).toEqual([...dense.columns.kept]);
    expectClose(own.columns.norms, dense.columns.norms, 1e-12, "relative-to-max");
    expectClose(products(own.columns), products(dense.columns), 1e-12, "relative-to-max");
  });

  it("are told, and planned for", async () => {
    const data = mixture();
    const { summary } = await fitLinear(request, data, executor);
    const { groups, columns, share } = summary.columnGroups!;
    const plan = planLinearFit(request, data, 1);
    expect(columns).toBe(plan.reachedColumns);
    expect(groups.every((own) => own.columns < columns && own.rows > own.columns)).toBe(true);
    expect(summary.stages[1].name).toContain(`rows of ${groups.reduce((sum, { structures }) => sum + structures, 0)} structures in ${groups.length} group`);
    expect(summary.stages[1].name).toContain(`${share.toFixed(2)} of the arithmetic`);
    expect(plan.memory.find(({ what }) => what.includes("groups of columns"))!.bytes).toBe(triangleBytes(columns));
    const alike = Dataset.from(Array.from({ length: 40 }, (_, i) => molecule(i, [6, 1, 1, 8], 2)));
    expect((await fitLinear(request, alike, executor)).summary.columnGroups).toBeUndefined();
  });

  it.runIf(hasThreads)("have the same bits for any number of threads and order of tasks", async () => {
    const data = mixture();
    const done: number[] = [];
    const onProgress = (progress: { stage: string; done: number; total?: number }): void => {
      if (progress.stage === "fit") done.push(progress.done / progress.total!);
    };
    const { model } = await fitLinear(request, data, executor, { onProgress });
    expect(done.every((share, i) => share > (done[i - 1] ?? 0) && share <= 1) && done.at(-1) === 1).toBe(true);
    const threads = await createExecutor({ threads: 2 });
    try {
      for (const other of [new DelayingExecutor(executor, 5, 3), threads]) {
        const again = await fitLinear(request, data, other);
        expect(again.model.terms.map(({ coefficients }) => coefficients)).toEqual(model.terms.map(({ coefficients }) => coefficients));
      }
    } finally {
      await threads.close();
    }
  });
});

describe("the choice of groups", () => {
  const classes = (sizes: readonly number[]) => ({ classes: sizes.map((size, center) => ({ term: 0, center, needed: 0n, size })), classOf: new Int32Array(0) });
  const pattern = (first: number, count: number, nRows: number, reached: readonly number[]): Pattern => {
    return { structures: Array.from({ length: count }, (_, i) => first + i), nRows, reached: Uint8Array.from(reached) };
  };

  it("leaves rows that are fewer than their columns to the others", () => {
    const few = planRows(classes([500, 500]), [pattern(0, 10, 300, [1, 0]), pattern(10, 10, 300, [0, 1])]);
    expect([few.groups.length, few.others.length, few.share, few.nColumns]).toEqual([0, 20, 1, 1000]);
    const many = planRows(classes([500, 500]), [pattern(0, 10, 30_000, [1, 0]), pattern(10, 10, 30_000, [0, 1])]);
    expect(many.groups.map(({ nColumns, structures }) => [nColumns, structures.length])).toEqual([[500, 10], [500, 10]]);
    // a quarter of the squares, with what rows take besides and the way into the large triangle
    expect(many.share > 0.25 && many.share < 0.35).toBe(true);
  });

  it("puts many small patterns together", () => {
    const sizes = Array.from({ length: 12 }, () => 40);
    const patterns = Array.from({ length: 2000 }, (_, i) => pattern(i, 1, 20, sizes.map((__, c) => (c < 6 && (c === 0 || (i >> c) & 1) ? 1 : 0))));
    const rest = pattern(2000, 1, 500, sizes.map(() => 1));
    const { groups, others, share } = planRows(classes(sizes), [...patterns, rest]);
    expect(groups.length >= 1 && groups.length <= 8).toBe(true);
    expect(groups.reduce((sum, { structures }) => sum + structures.length, others.length)).toBe(2001);
    for (const { reached, structures } of groups) {
      for (const i of structures) expect(patterns[i].reached.every((there, c) => there <= reached[c])).toBe(true);
    }
    expect(others.length < 400 && others.at(-1) === 2000).toBe(true);
    expect(share < 0.5).toBe(true);
  });

  it("needs no more memory for groups than for all columns, and has none where none may be", () => {
    const sizes = Array.from({ length: 6 }, () => 300);
    const patterns = sizes.map((_, c) => pattern(c, 1, 100_000, sizes.map((__, k) => (k === c || k === (c + 1) % 6 ? 0 : 1))));
    const { groups, nColumns } = planRows(classes(sizes), patterns);
    expect(groups.length).toBe(2);
    expect(groups.reduce((sum, own) => sum + triangleBytes(own.nColumns), 0) <= triangleBytes(nColumns)).toBe(true);
    const two = [pattern(0, 10, 30_000, [1, 0]), pattern(10, 10, 30_000, [0, 1])];
    expect(planRows(classes([500, 500]), two, false).groups).toEqual([]);
  });
});
