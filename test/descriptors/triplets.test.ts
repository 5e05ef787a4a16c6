import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeStructures } from "../../src/environments/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { parseStructures } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { descriptorContract } from "../contracts/descriptor.js";
import { expectClose } from "../expect.js";
import { triplets } from "./triplets.mjs";

const taskModules = [new URL("triplets.mjs", import.meta.url).href];

descriptorContract("triplets, whose rows are no centers", triplets, { isRegistered: false, taskModules });

const text = `4
Properties=species:S:1:pos:R:3
O 0.0 0.0 0.0
H 0.9 0.1 0.0
H -0.2 0.9 0.3
C 0.1 -0.3 1.9
2
Properties=species:S:1:pos:R:3
H 0 0 0
H 0 0 0.8
3
Properties=species:S:1:pos:R:3
C 0 0 0
O 1.2 0 0
H 0 1.1 0
`;

describe.runIf(isShared(await detectBuild()))("fingerprints of triplets", () => {
  let executors: Executor[];
  beforeAll(async () => {
    executors = await Promise.all([1, 2].map((threads) => createExecutor({ threads, taskModules })));
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));

  it("say which atoms a row is about, on any number of threads", async () => {
    const structures = parseStructures(text);
    for (const executor of executors) {
      for await (const { nRows, values, frames, atoms, atomicNumbers, neighbors } of describeStructures(executor, triplets(), structures, { species: [1, 6, 8] })) {
        // 4 centers with 3 neighbors; two atoms make no triplet; 3 centers with 2 neighbors
        expect(nRows).toBe(4 * 3 + 0 + 3);
        expect([...frames]).toEqual([...Array<number>(12).fill(0), 2, 2, 2]);
        expect([...atoms]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 1, 2]);
        expect(neighbors!.length).toBe(2 * nRows);
        for (let row = 0; row < nRows; row++) {
          const { positions, atomicNumbers: numbers } = structures[frames[row]];
          const [i, j, k] = [atoms[row], neighbors![2 * row], neighbors![2 * row + 1]];
          expect(new Set([i, j, k]).size).toBe(3);
          expect(atomicNumbers[row]).toBe(numbers[i]);
          const [d, e] = [j, k].map((other) => [0, 1, 2].map((axis) => positions[3 * other + axis] - positions[3 * i + axis]));
          const dot = (a: number[], b: number[]): number => a.reduce((sum, x, axis) => sum + x * b[axis], 0);
          const fade = (vector: number[]): number => Math.max(0, 1 - dot(vector, vector) / 3.4 ** 2) ** 3;
          const w = fade(d) * fade(e);
          expectClose(values.slice(2 * row, 2 * row + 2), [w * dot(d, e), w * (dot(d, d) + dot(e, e))], 1e-12);
        }
      }
    }
  });

  it("are rows of the chosen centers only", async () => {
    for await (const block of describeStructures(executors[0], triplets(), parseStructures(text), { species: [1, 6, 8], centers: { species: [6] } })) {
      expect([...block.frames]).toEqual([0, 0, 0, 2]);
      expect([...block.atoms]).toEqual([3, 3, 3, 0]);
    }
  });
});
