// Active sets: laws of the largest volume, blocks, functions that the data do not show. Another program's sets are in test/reference/fits.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError, NumericalError } from "../../src/errors.js";
import { type ActiveRows, extrapolationGrades } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { chooseActiveSet, updateActiveSet } from "../../src/select/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { product, randomArray } from "../linalg/dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const grades = (active: ActiveRows, rows: ArrayLike<number>): Float64Array => extrapolationGrades(executor, active, Float64Array.from(rows));
const rowsOf = (values: Float64Array, m: number, indices: ArrayLike<number>): number[] => Array.from(indices, (i) => [...values.subarray(i * m, (i + 1) * m)]).flat();

/** Features as they are: smooth, correlated, of very different sizes. */
function features(n: number, m: number, seed: number): Float64Array {
  const mixed = product(n, m, m, randomArray(n * m, seed), randomArray(m * m, 99));
  return mixed.map((value, e) => value * 10 ** -(e % m));
}

describe("chooseActiveSet", () => {
  it("encloses all data, in one block and in many, and knows its rows", async () => {
    const [n, m] = [400, 7];
    const values = features(n, m, 3);
    const volumes: number[] = [];
    for (const blockRows of [n, 30, 7, 1]) {
      const { active } = await chooseActiveSet([values], m, { blockRows }, { executor });
      expect([active.nRows, active.members.length, [...active.functions]]).toEqual([n, m, [0, 1, 2, 3, 4, 5, 6]]);
      expectClose(active.values, rowsOf(values, m, active.members), 0);
      for (const row of active.members) expectClose(grades(active, values.subarray(row * m, (row + 1) * m)), [1], 1e-9);
      // what was let go in early blocks stays inside: the volume only grows
      const worst = Math.max(...grades(active, values));
      expect(worst <= (blockRows === n ? 1.001 + 1e-9 : 2), `${worst}`).toBe(true);
      volumes.push(active.logVolume);
    }
    for (const volume of volumes) expect(Math.abs(volume - volumes[0]) < 1, `${volumes}`).toBe(true);
  });

  it("does not mind how blocks are cut, and takes streams", async () => {
    const values = features(300, 5, 4);
    async function* pieces(): AsyncGenerator<Float64Array> {
      for (let e = 0; e < values.length; e += 35) yield await Promise.resolve(values.slice(e, e + 35));
    }
    const [left, right] = [await chooseActiveSet([values], 5, { blockRows: 50 }, { executor }), await chooseActiveSet(pieces(), 5, { blockRows: 50 }, { executor })];
    expect(right).toEqual(left);
  });

  it("gives grades that no linear change of the functions changes", async () => {
    const m = 4;
    const values = randomArray(60 * m, 8);
    const { active } = await chooseActiveSet([values], m, {}, { executor });
    const change = randomArray(m * m, 21);
    const test = randomArray(10 * m, 22).map((x) => 3 * x);
    const changed = rowsOf(product(60, m, m, values, change), m, active.members);
    // the same rows, other functions
    const { active: other } = await chooseActiveSet([Float64Array.from(changed)], m, {}, { executor });
    expectClose(grades(other, product(10, m, m, test, change)), grades(active, test), 1e-10);
    expect(Math.max(...grades(active, test)) > 1.5).toBe(true);
  });

  it("multiplies the volume by the grade of a row that comes in", async () => {
    const m = 3;
    const { active } = await chooseActiveSet([randomArray(30 * m, 5)], m, {}, { executor });
    const outside = Float64Array.of(3, -2, 1);
    const [grade] = grades(active, outside);
    expect(grade > 1.001).toBe(true);
    const { active: updated, swaps } = await updateActiveSet(active, [outside], { tolerance: grade - 1.0001 }, { executor });
    expect([swaps, updated.members.includes(30), updated.nRows]).toEqual([1, true, 31]);
    expectClose([updated.logVolume - active.logVolume], [Math.log(grade)], 1e-10);
    expectClose(grades(updated, outside), [1], 1e-10);
    const same = await updateActiveSet(updated, [outside], {}, { executor });
    expect(same.active.nRows).toBe(32);
  });

  it("drops functions that vanish or depend on others, and calls what shows them infinitely far outside", async () => {
    const m = 5;
    const values = randomArray(100 * m, 6).map((value, e) => (e % m === 2 ? 0 : value));
    for (let i = 0; i < 100; i++) values[i * m + 4] = 2 * values[i * m] - values[i * m + 1];
    const { active } = await chooseActiveSet([values], m, {}, { executor });
    expect(active.functions.length).toBe(3);
    expect(active.functions.includes(2)).toBe(false);
    expect(Math.max(...grades(active, values)) <= 1.001 + 1e-9).toBe(true);
    const row = [...values.subarray(0, m)];
    expect(grades(active, [...row.slice(0, 2), 0.01, ...row.slice(3)])[0]).toBe(Infinity);
    expect(grades(active, [...row.slice(0, 4), row[4] + 0.01])[0]).toBe(Infinity);
    const far = row.map((value) => 1000 * value);
    expect(Number.isFinite(grades(active, far)[0])).toBe(true);
    // data that show the function take it in
    const shows = Float64Array.of(0.1, 0.2, 0.5, 0.3, 0);
    const { active: updated } = await updateActiveSet(active, [shows], {}, { executor });
    expect([...updated.functions].includes(2)).toBe(true);
    expect(updated.functions.length).toBe(4);
    expect(Number.isFinite(grades(updated, shows)[0])).toBe(true);
  });

  it("encloses data whose functions nearly depend on each other, over twenty orders of magnitude", async () => {
    for (let trial = 1; trial <= 40; trial++) {
      const [n, m, rank] = [20 + trial, 3 + (trial % 15), 1 + (trial % 7)];
      const left = randomArray(n * rank, trial).map((value, e) => value * 10 ** ((-3 * trial * (e % rank)) / (6 * rank)));
      const values = product(n, m, rank, left, randomArray(rank * m, 100 + trial)).map((value, e) => (e % 37 === 5 ? 0 : value * 10 ** ((-trial * (e % m)) / (2 * m))));
      const half = Math.ceil(n / 2) * m;
      const { active } = await chooseActiveSet([values.slice(0, half)], m, { blockRows: 7 }, { executor });
      const { active: updated } = await updateActiveSet(active, [values.slice(half)], {}, { executor });
      for (const grade of grades(updated, values)) expect(grade < 5, `trial ${trial}: ${grade}`).toBe(true);
      expect(active.functions.every((j) => updated.functions.includes(j))).toBe(true);
    }
  });

  it("makes do with fewer environments than functions", async () => {
    const { active } = await chooseActiveSet([randomArray(3 * 8, 2)], 8, {}, { executor });
    expect([active.members.length, active.functions.length]).toEqual([3, 3]);
    expect(grades(active, randomArray(8, 77))[0]).toBe(Infinity);
  });

  it("names bad input", async () => {
    const context = { executor };
    await expect(chooseActiveSet([], 3, {}, context)).rejects.toThrow(InvalidParameterError);
    await expect(chooseActiveSet([Float64Array.of(1)], 0, {}, context)).rejects.toThrow(InvalidParameterError);
    await expect(chooseActiveSet([Float64Array.of(1, 2)], 3, {}, context)).rejects.toThrow(/no whole number of rows of 3 features/);
    await expect(chooseActiveSet([Float64Array.of(1, 2, 3, NaN)], 2, {}, context)).rejects.toThrow(/feature 1 of environment 1 is NaN/);
    await expect(chooseActiveSet([new Float64Array(6)], 2, {}, context)).rejects.toThrow(NumericalError);
    await expect(chooseActiveSet([Float64Array.of(1, 2)], 2, {}, { executor, signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    const { active } = await chooseActiveSet([Float64Array.of(1, 0, 0, 1)], 2, {}, context);
    expect(() => grades(active, [1, 2, 3])).toThrow(InvalidParameterError);
    expect(Number.isNaN(grades(active, [NaN, 1])[0])).toBe(true);
  });
});
