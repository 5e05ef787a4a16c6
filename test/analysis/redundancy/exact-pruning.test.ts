import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactRanks, pruneExactly, type Invariant, PRIMES } from "../../../src/analysis/index.js";
import { couplingTree } from "../../../src/analysis/redundancy/coupling-trees.js";
import { invariantGradient, type SumValues } from "../../../src/analysis/redundancy/invariant-gradient.js";
import { exactTables } from "../../../src/analysis/redundancy/invariants.js";
import { factorSets, functionsOf } from "../../../src/descriptors/ace/selection.js";
import { countInvariants } from "../../../src/descriptors/ace/invariant-count.js";
import { CancelledError } from "../../../src/errors.js";
import type { Executor, Progress } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const sets = (order: number, degree: number, lWeight = 1, nSpecies = 1): ReturnType<typeof factorSets> => factorSets({ nSpecies, degrees: new Array<number>(order).fill(degree), lWeight });
const name = ({ factors, labels }: Invariant): string => `${factors.map(({ species, n, l }) => `${species}:${n},${l}`).join(" ")} L ${labels.join(",")}`;

describe("invariants", () => {
  it("are counted as the couplings of the descriptor", () => {
    const all = [...sets(4, 10), ...sets(5, 9), ...sets(3, 6, 1, 2)];
    expect(all.map(({ factors }) => countInvariants(factors))).toEqual(all.map(({ factors }) => functionsOf(factors).length));
  });

  it("have derivatives that are those of a polynomial", () => {
    const tables = exactTables(PRIMES[0]);
    const { field } = tables;
    const factors: SumValues[] = [1, 2, 2, 3, 2].map((l, t) => ({ l, values: Float64Array.from({ length: 2 * l + 1 }, (_, m) => field.power(3 + t, 90 + m)) }));
    const tree = couplingTree([1, 2, 2, 3, 2], [2, 3]);
    const at = (t: number, m: number, step: number): number => {
      const moved = factors.map((own, i) => (i === t ? { l: own.l, values: own.values.map((value, j) => (j === m ? field.add(value, step) : value)) } : own));
      return invariantGradient(field, tables.couplings, tree, moved).value;
    };
    const { value, gradients } = invariantGradient(field, tables.couplings, tree, factors);
    expect(value).not.toBe(0);
    // each factor stands in the function once, so that the difference over a step of any length is exact
    gradients.forEach((own, t) => own.forEach((slope, m) => expect(field.multiply(slope, 7), `factor ${t}, m ${m}`).toBe(field.add(at(t, m, 7), field.negative(value)))));
  });
});

describe("exact pruning", () => {
  it("keeps the same number with another prime and another point", async () => {
    const [one, two] = [await pruneExactly(executor, sets(4, 9)), await pruneExactly(executor, sets(4, 9), { prime: PRIMES[1], seed: 5 })];
    expect(one.rank).toBeGreaterThan(30);
    expect(two.kept).toEqual(one.kept);
    expect([one.prime, two.prime, two.seed]).toEqual([PRIMES[0], PRIMES[1], 5]);
  });

  it("keeps what was counted elsewhere where orders have degrees of their own", async () => {
    const found = async (...degrees: number[]): Promise<number[]> => {
      const { invariants, rank } = await pruneExactly(executor, factorSets({ nSpecies: 1, degrees, lWeight: 1.5 }));
      return [invariants.length, rank];
    };
    expect(await found(16, 12, 8)).toEqual([106, 45]);
    expect(await found(25, 21, 17)).toEqual([1016, 233]);
    expect(await found(20, 16, 12, 10)).toEqual([345, 102]);
  });

  it("is nested by degree", async () => {
    let before = new Set<string>();
    for (let degree = 3; degree <= 10; degree++) {
      const pruning = await pruneExactly(executor, sets(4, degree));
      const kept = new Set(pruning.invariants.filter((_, index) => pruning.kept[index]).map(name));
      expect([...before].filter((own) => !kept.has(own)), `degree ${degree}`).toEqual([]);
      expect(kept.size).toBeGreaterThan(before.size);
      before = kept;
    }
  });

  it("knows what rotations take: nothing, two angles, three", async () => {
    expect(await pruneExactly(executor, sets(3, 4, 9))).toMatchObject({ rank: 4, variables: 4, orbitDimension: 0 });
    expect(await pruneExactly(executor, sets(2, 5))).toMatchObject({ rank: 7, variables: 11, orbitDimension: 3 });
    const onlyOne = sets(2, 4).filter(({ factors }) => factors.every(({ n, l }) => n === 1 && l === 1));
    expect(await pruneExactly(executor, onlyOne)).toMatchObject({ rank: 1, variables: 3, orbitDimension: 2 });
  });

  it("never has more independent functions than neighbors have positions up to rotation", async () => {
    const { invariants } = await pruneExactly(executor, sets(5, 9));
    const positions = [[3, 2, 7], [5, -4, 3], [-2, 6, 1], [1, -3, -5], [7, 1, -2]];
    for (let count = 1; count <= positions.length; count++) {
      const ranks = await exactRanks(executor, invariants, { positions: positions.slice(0, count) });
      expect(ranks.positions).toBe(count === 1 ? 1 : 3 * count - 3);
    }
  });

  it("takes several species apart: one of which there is no neighbor adds nothing", async () => {
    const { invariants, rank, variables } = await pruneExactly(executor, sets(3, 6, 1, 2));
    expect(rank).toBeLessThanOrEqual(variables - 3);
    const one = await pruneExactly(executor, sets(3, 6));
    const positions = [[3, 2, 7], [5, -4, 3], [-2, 6, 1], [1, -3, -5]];
    const alone = await exactRanks(executor, one.invariants, { positions });
    expect((await exactRanks(executor, invariants, { positions, species: [1, 1, 1, 1] })).positions).toBe(alone.positions);
    expect((await exactRanks(executor, invariants, { positions, species: [0, 1, 0, 1] })).positions).toBe(9);
  });

  it("says what is wrong with an environment", async () => {
    const bad = { positions: [[0.5, 0, 1]] };
    await expect(pruneExactly(executor, sets(2, 4), { environments: [bad] })).rejects.toThrow("environment 1 has a neighbor at 0.5, 0, 1: exact ranks take three whole numbers");
    await expect(exactRanks(executor, [], { positions: [] })).rejects.toThrow("environment 1 has no neighbors");
    await expect(exactRanks(executor, [], { positions: [[1, 2, 3]], species: [0, 1] })).rejects.toThrow("has 1 neighbors and 2 species");
    await expect(pruneExactly(executor, sets(2, 4), { prime: 2147483647 })).rejects.toThrow(/not a prime between/u);
  });

  it("refuses more factors than its couplings have, and finds nothing in nothing", async () => {
    await expect(pruneExactly(executor, sets(6, 6))).rejects.toThrow("products of 6 factors are not pruned exactly: 5 is the largest order");
    expect(await pruneExactly(executor, [])).toMatchObject({ rank: 0, variables: 0, orbitDimension: 0, invariants: [] });
    expect(await exactRanks(executor, [], { positions: [[1, 2, 3]] })).toEqual({ sums: 0, positions: 0 });
  });

  it("hears of a signal, tells its progress and gives its memory back", async () => {
    const controller = new AbortController();
    const told: Progress[] = [];
    const before = executor.pool.bytesAvailable;
    const run = { signal: controller.signal, onProgress: (progress: Progress) => (told.push(progress), controller.abort()) };
    await expect(pruneExactly(executor, sets(5, 17), run)).rejects.toThrow(CancelledError);
    expect(told.length).toBe(1);
    expect(told[0]).toMatchObject({ stage: "independent functions", unit: "functions" });
    expect(told[0].done).toBeLessThan(told[0].total!);
    expect(executor.pool.bytesAvailable).toBe(before);
  });
});
