// Fits that there is no memory for are refused before anything is computed, with numbers and a remedy.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ResourceError } from "../../src/errors.js";
import { requireMemory } from "../../src/fit/design/require-memory.js";
import { fitLinear, fitSparseGp, planLinearFit, planSparseGpFit } from "../../src/fit/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { ADDRESSABLE_BYTES } from "../../src/wasm/memory.js";
import { makeStructure, randomStructure } from "../models/systems.js";

const pool = (bytes: number) => ({ bytesObtainable: bytes, maximumBytes: Math.max(bytes, 1000) });
const needed = (columns: number) => [{ what: "triangular factors", bytes: 4 * columns ** 2 }, { what: "blocks", bytes: 10 * columns }, { what: "scratch of the threads", bytes: 1e6 }];

describe("the memory that a fit takes in any case", () => {
  it("is let pass where it is there, whatever the scratch", () => {
    expect(() => requireMemory(pool(4 * 100 ** 2 + 1000), { columns: 100, what: "coefficients", needed })).not.toThrow();
    expect(() => requireMemory(pool(4 * 100 ** 2 + 999), { columns: 100, what: "coefficients", needed })).toThrow(ResourceError);
  });

  it("is told with what takes it and with the number of columns that has room, scratch included", () => {
    const available = 1e6 + 4 * 1234 ** 2 + 10 * 1234;
    const refuse = (maximumBytes: number) => () => requireMemory({ bytesObtainable: available, maximumBytes }, { columns: 5000, what: "sparse points", needed });
    expect(refuse(1e9)).toThrow(
      "the fit of 5000 sparse points takes at least 100 MB of numerical memory (triangular factors 100 MB, blocks 50.0 kB), and 7.10 MB can be had: " +
        "use at most about 1200 sparse points, or raise the memory limit (at most 4.29 GB)",
    );
    expect(refuse(ADDRESSABLE_BYTES)).toThrow(/at most about 1200 sparse points$/);
  });
});

describe("a fit without its memory", () => {
  let executor: Executor;
  let data: Dataset;
  beforeAll(async () => {
    executor = await createExecutor({ threads: 1, maximumBytes: 24e6 });
    data = Dataset.from(Array.from({ length: 300 }, (_, i) => {
      const atoms = randomStructure(i % 20, 8);
      return makeStructure(atoms, { energy: -8, forces: new Float64Array(24).fill(0.1) });
    }));
  });
  afterAll(() => executor.close());

  const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };
  const soap = { type: "soap", nMax: 2, lMax: 2, sigma: 0.6, cutoff: { radius: 3 } };

  it("is refused before sparse points are chosen", async () => {
    const term = (count: number) => ({ descriptor: soap, kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count } });
    const request = (count: number) => ({ model: { type: "sparse-gp", isolatedAtomEnergies, terms: [term(count)] } }) as never;
    const heard: string[] = [];
    const error: unknown = await fitSparseGp(request(2000), data, executor, { onProgress: ({ stage }) => heard.push(stage) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ResourceError);
    expect(heard).toEqual([]);
    const [, most] = /use at most about (\d+) sparse points/.exec((error as Error).message)!;
    // what is advised has room by the plan
    expect((await planSparseGpFit(request(Number(most)), data, 1)).wasmBytes <= 24e6).toBe(true);
    expect((await planSparseGpFit(request(1.2 * Number(most)), data, 1)).wasmBytes > 24e6).toBe(true);
  });

  it("is refused before rows of a linear model are reduced", async () => {
    const request = { model: { type: "linear", isolatedAtomEnergies, terms: [{ descriptor: { type: "bispectrum", rcutfac: 3, twoJMax: 6 }, quadratic: true }] }, fit: { solver: { type: "ridge", regularization: 1 } } } as never;
    const wide = await createExecutor({ threads: 1, maximumBytes: 18e6 });
    try {
      expect(planLinearFit(request, data, 1).wasmBytes > 18e6).toBe(true);
      const heard: string[] = [];
      await expect(fitLinear(request, data, wide, { onProgress: ({ stage }) => heard.push(stage) })).rejects.toThrow(/the fit of \d+ coefficients takes at least .* use at most about \d+ coefficients, or raise the memory limit/);
      expect(heard).not.toContain("fit");
    } finally {
      await wide.close();
    }
  });
});
