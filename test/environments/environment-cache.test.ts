import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attachDescriptor, createDescriptor } from "../../src/descriptors/index.js";
import { CancelledError, InvalidStructureError, ResourceError } from "../../src/errors.js";
import { fitSparseGp } from "../../src/fit/index.js";
import { encodeModel, evaluateDataset, type Prediction } from "../../src/models/index.js";
import { type DescribedStructures, EnvironmentCache } from "../../src/environments/index.js";
import { ByteCache } from "../../src/environments/cache/byte-cache.js";
import { buildEnvironments, describeEnvironments } from "../../src/environments/environments.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { testExecutor } from "../expect.js";
import { makeStructure, randomModel, randomStructure, termOptions } from "../models/systems.js";

let executor: Executor;
let dataset: Dataset;
let cache: EnvironmentCache;
const heldBytes = (): number => executor.pool.bytesInUse - executor.scratchBytes;

const soap = (changes: object = {}) =>
  createDescriptor({ type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 3.5, width: 0.5 }, ...changes });
const request = (changes: object = {}) => ({ descriptor: soap(), species: [11, 17], centers: null, withState: true, ...changes });

beforeEach(async () => {
  executor = await testExecutor();
  const model = await randomModel(executor, 3);
  const structures: Structure[] = [];
  const atoms = Array.from({ length: 11 }, (_, i) => randomStructure(40 + i, 1 + (i % 6), i % 3 !== 0));
  for await (const { structure, prediction } of evaluateDataset(model, Dataset.from(atoms), executor, { want: { forces: true, virial: true } })) {
    structures.push(makeStructure(structure, { ...prediction }, ["a", "b"][structures.length % 2]));
  }
  dataset = Dataset.from(structures);
  cache = new EnvironmentCache(executor);
});

afterEach(async () => {
  cache.release();
  expect(heldBytes()).toBe(0);
  await executor.close();
});

/** Values of a structure computed without the cache. */
function directValues(structure: Structure, descriptor = soap(), centers?: number[], species = [11, 17]): number[] {
  const prepared = descriptor.prepare(executor.wasm, executor.pool, species);
  const values = withScratch(executor.pool, (arena) => {
    const atoms = Int32Array.from(centers ?? structure.atomicNumbers.keys());
    const environments = buildEnvironments(executor.wasm, arena, structure, prepared.tables, atoms);
    const described = describeEnvironments(arena, environments, attachDescriptor(executor.wasm, prepared.tables));
    return [...executor.wasm.f64(described.values, atoms.length * prepared.tables.nFeatures)];
  });
  prepared.release();
  return values;
}

function cachedValues(described: DescribedStructures, structure: number): number[] {
  const { values, batch } = described.of(structure)!;
  return [...executor.wasm.f64(values, batch.nCenters * described.tables.nFeatures)];
}

describe("described environments of a data set", () => {
  it.each([true, false])("are those of each structure (state: %s)", async (withState) => {
    const described = (await cache.of(dataset).describe(request({ withState })))!;
    for (let i = 0; i < dataset.nStructures; i++) {
      expect(cachedValues(described, i)).toEqual(directValues(dataset.structure(i)));
      expect(described.of(i)!.state === 0).toBe(!withState);
    }
    described.release();
  });

  it("are those of the centers asked for, and of the structures at hand", async () => {
    const indices = [7, 2, 9];
    const described = (await cache.of(dataset, indices).describe(request({ centers: [17] })))!;
    indices.forEach((index, i) => {
      const structure = dataset.structure(index);
      const atoms = [...structure.atomicNumbers.keys()].filter((atom) => structure.atomicNumbers[atom] === 17);
      if (atoms.length === 0) {
        expect(described.of(i)).toBeNull();
        return;
      }
      const values = directValues(structure, soap(), atoms);
      expect(cachedValues(described, i)).toEqual(values);
      const { nFeatures } = described.tables;
      const last = described.vector(i, atoms[atoms.length - 1]);
      expect([...executor.wasm.f64(last, nFeatures)]).toEqual(values.slice(-nFeatures));
    });
    expect(indices.some((_, i) => described.of(i) !== null)).toBe(true);
    described.release();
  });

  it.each([[[17], null], [null, [17]], [[11], [17]]])("are those of the centers asked for, whatever was asked for before (%o, then %o)", async (before, centers) => {
    (await cache.of(dataset).describe(request({ centers: before })))!.release();
    const described = (await cache.of(dataset).describe(request({ centers })))!;
    for (const [i, structure] of [...dataset].entries()) {
      const atoms = [...structure.atomicNumbers.keys()].filter((atom) => centers === null || centers.includes(structure.atomicNumbers[atom]));
      if (atoms.length > 0) expect(cachedValues(described, i)).toEqual(directValues(structure, soap(), atoms));
      else expect(described.of(i)).toBeNull();
    }
    described.release();
  });

  it("are made once, with and without the state, and lists serve every descriptor of a cutoff", async () => {
    const submit = vi.spyOn(executor, "submit");
    const tasks = (): string[] => submit.mock.calls.splice(0).map(([{ name }]) => name);
    const source = cache.of(dataset);
    const held = [await source.describe(request())];
    expect(new Set(tasks())).toEqual(new Set(["environments/list", "environments/describe"]));
    held.push(await source.describe(request()), await source.describe(request({ withState: false })));
    expect(tasks()).toEqual([]);
    held.push(await source.describe(request({ descriptor: soap({ sigma: 0.4, nMax: 2 }) })));
    expect(new Set(tasks())).toEqual(new Set(["environments/describe"]));
    held.push(await source.describe(request({ descriptor: soap({ cutoff: { radius: 3.4, width: 0.5 } }) })));
    expect(tasks()).toContain("environments/list");
    for (const described of held) described!.release();
  });

  it("are those of the species and of the data set asked for", async () => {
    const other = Dataset.from([3, 9, 1, 5].map((i) => dataset.structure(i)));
    for (const withState of [true, false]) {
      for (const species of [[11, 17], [8, 11, 17], [11, 17, 35]]) {
        for (const data of [dataset, other]) {
          const described = (await cache.of(data).describe(request({ species, withState })))!;
          for (let i = 0; i < data.nStructures; i++) expect(cachedValues(described, i)).toEqual(directValues(data.structure(i), soap(), undefined, species));
          described.release();
        }
      }
    }
  });

  it("grow beyond the estimate where atoms crowd in a part of the cell", async () => {
    const cell = Float64Array.of(60, 0, 0, 0, 60, 0, 0, 0, 60);
    const positions = Float64Array.from({ length: 3 * 64 }, (_, i) => 2 * (Math.floor(Math.floor(i / 3) / [1, 4, 16][i % 3]) % 4));
    const crowd = Array.from({ length: 4 }, (_, i) =>
      makeStructure({ atomicNumbers: new Uint8Array(64).fill(i % 2 ? 11 : 17), positions, cell, pbc: [true, true, true], label: `crowd ${i}` }),
    );
    const sparse = Dataset.from(crowd);
    const submit = vi.spyOn(executor, "submit");
    const described = (await cache.of(sparse).describe(request()))!;
    expect(submit.mock.calls.filter(([{ name }]) => name === "environments/list").length).toBeGreaterThan(1);
    crowd.forEach((structure, i) => expect(cachedValues(described, i)).toEqual(directValues(structure)));
    described.release();
  });

  it("name the structure that is wrong, and leave nothing behind", async () => {
    const bad = Dataset.from([dataset.structure(1), { ...dataset.structure(2), positions: new Float64Array(9), label: "frame 2 of bad.xyz" }]);
    await expect(cache.of(bad).describe(request())).rejects.toThrow(InvalidStructureError);
    await expect(cache.of(bad).describe(request())).rejects.toThrow(/frame 2 of bad.xyz/);
    await expect(cache.of(dataset).describe(request({ species: [11] }))).rejects.toThrow(InvalidStructureError);
    expect(cache.bytes).toBe(0);
  });

  it("are described again by those who waited when the one who began is cancelled", async () => {
    const controller = new AbortController();
    const first = cache.of(dataset).describe(request(), controller.signal);
    const second = cache.of(dataset).describe(request());
    controller.abort();
    await expect(first).rejects.toThrow(CancelledError);
    const described = (await second)!;
    expect(cachedValues(described, 3)).toEqual(directValues(dataset.structure(3)));
    described.release();
  });
});

describe("the memory of the cache", () => {
  it("refuses what does not fit, lets the oldest go, and keeps what is in use", async () => {
    const probe = (await cache.of(dataset).describe(request()))!;
    const size = cache.bytes;
    probe.release();
    cache.release();
    cache = new EnvironmentCache(executor, 1000);
    expect(await cache.of(dataset).describe(request())).toBeUndefined();
    expect(cache.bytes).toBe(0);
    cache = new EnvironmentCache(executor, 1.7 * size);
    const held = (await cache.of(dataset).describe(request()))!;
    const values = cachedValues(held, 4);
    for (const radius of [3.3, 3.4, 3.45]) {
      const other = await cache.of(dataset).describe(request({ withState: false, descriptor: soap({ cutoff: { radius, width: 0.5 } }) }));
      other?.release();
      expect(cache.bytes).toBeLessThanOrEqual(1.7 * size);
    }
    expect(cachedValues(held, 4)).toEqual(values);
    held.release();
    held.release();
  });

  it("is given back after its last user when the cache was emptied meanwhile", async () => {
    const held = (await cache.of(dataset).describe(request()))!;
    cache.release();
    expect(heldBytes()).toBeGreaterThan(0);
    expect(cachedValues(held, 4)).toEqual(directValues(dataset.structure(4)));
    held.release();
    expect(heldBytes()).toBe(0);
  });

  it("makes room for what needs memory when the pool is full", async () => {
    const small = await createExecutor({ threads: 1, maximumBytes: 24 << 20 });
    const bytes = 8 << 20;
    const held = new ByteCache(small.pool, 1e9);
    const make = () => {
      const region = small.pool.allocate(bytes, "test");
      return Promise.resolve({ bytes, release: () => small.pool.release(region) });
    };
    for (const key of ["a", "b", "c", "d"]) (await held.lease(key, make)).release();
    expect([held.has("a"), held.has("d")]).toEqual([false, true]);
    // Anybody's need counts, but not against what is in use.
    const lease = await held.lease("d", make);
    const region = small.pool.allocate(bytes, "somebody else's");
    expect([held.has("c"), held.has("d")]).toEqual([false, true]);
    expect(() => small.pool.allocate(2 * bytes, "too much")).toThrow(ResourceError);
    lease.release();
    small.pool.release(region);
    held.release();
    expect(small.pool.bytesInUse).toBe(0);
    await small.close();
  });
});

describe("fits and predictions from the cache", () => {
  const model = (sparse: object) => ({
    type: "sparse-gp" as const,
    isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 },
    terms: termOptions.map(({ centers, ...term }) => ({ ...term, sparse: { method: "cur" as const, count: 9, ...sparse }, ...(centers && { centers: [...centers] }) })),
  });
  const fits = [
    { model: model({}), fit: { sigma: { energy: 0.01, forces: 0.1, virial: 0.05 }, jitter: 1e-6 } },
    { model: model({}), fit: { sigma: { energy: 0.01 }, jitter: 1e-6 } },
    {
      model: {
        ...model({}),
        terms: [
          {
            descriptor: { type: "soap-turbo" as const, nMax: 3, lMax: 2, cutoff: { radius: 3.4 }, sigmaRadial: { Na: 0.5, Cl: 0.6 }, compression: "trivial" as const },
            kernel: { type: "dot-product" as const, zeta: 2.5 },
            sparse: { method: "cur" as const, count: 8 },
          },
        ],
      },
      fit: { sigma: { energy: 0.01, forces: 0.1, virial: 0.05 }, jitter: 1e-6 },
    },
    { model: model({ method: "farthest-point", count: { Na: 5 } }), fit: { sigma: { energy: 0.01, forces: 0.1 }, jitter: 1e-6 } },
  ];

  const predictions = async (potential: Parameters<typeof evaluateDataset>[0], data: Dataset, environments?: ReturnType<EnvironmentCache["of"]>) => {
    const all: Prediction[] = [];
    const want = { forces: true, virial: true, variance: true };
    for await (const { prediction } of evaluateDataset(potential, data, executor, { want, environments })) all.push(prediction);
    return all;
  };

  it.each(fits)("have the same bits as without it", async (fit) => {
    const plain = await fitSparseGp(fit, dataset, executor);
    const cached = await fitSparseGp(fit, dataset, executor, { environments: cache.of(dataset) });
    const bytes = cache.bytes;
    expect(await encodeModel(cached.model)).toEqual(await encodeModel(plain.model));
    expect(await predictions(plain.model, dataset, cache.of(dataset))).toEqual(await predictions(plain.model, dataset));
    const again = await fitSparseGp(fit, dataset, executor, { environments: cache.of(dataset) });
    expect(await encodeModel(again.model)).toEqual(await encodeModel(plain.model));
    expect(bytes).toBeGreaterThan(0);
  });

  it("compute leverage scores once for fits that differ in the kernel and the number of points", async () => {
    const submit = vi.spyOn(executor, "submit");
    const changed = { ...fits[0], model: { ...model({ count: 7 }), terms: model({ count: 7 }).terms.map((term) => ({ ...term, kernel: { ...term.kernel, zeta: 2.2 } })) } };
    const count = (): number => submit.mock.calls.splice(0).filter(([{ name }]) => name === "select/leverages").length;
    const environments = cache.of(dataset);
    await fitSparseGp(fits[0], dataset, executor, { environments });
    expect(count()).toBe(2);
    const cached = await fitSparseGp(changed, dataset, executor, { environments });
    expect(count()).toBe(0);
    // other structures have other scores
    const part = dataset.subset([1, 2, 4, 6, 7]);
    const ofPart = await fitSparseGp(changed, part, executor, { environments: cache.of(dataset, [1, 2, 4, 6, 7]) });
    expect(count()).toBeGreaterThan(0);
    expect(await encodeModel(cached.model)).toEqual(await encodeModel((await fitSparseGp(changed, dataset, executor)).model));
    expect(await encodeModel(ofPart.model)).toEqual(await encodeModel((await fitSparseGp(changed, part, executor)).model));
  });

  it("have the same bits for a part of the data, and where the cache is too small", async () => {
    const indices = [0, 2, 3, 5, 8, 10];
    const part = dataset.subset(indices);
    const plain = await fitSparseGp(fits[0], part, executor);
    const tiny = new EnvironmentCache(executor, 2000);
    for (const environments of [cache.of(dataset, indices), cache.of(part), tiny.of(part)]) {
      const cached = await fitSparseGp(fits[0], part, executor, { environments });
      expect(await encodeModel(cached.model)).toEqual(await encodeModel(plain.model));
      expect(await predictions(cached.model, part, environments)).toEqual(await predictions(plain.model, part));
    }
    tiny.release();
  });

  it("leave structures alone that are divided over the threads", async () => {
    const { cell, positions, atomicNumbers } = dataset.structure(4);
    const copies = 1100 / atomicNumbers.length;
    const large = makeStructure({
      atomicNumbers: Uint8Array.from({ length: 1100 }, (_, i) => atomicNumbers[i % atomicNumbers.length]),
      positions: Float64Array.from({ length: 3300 }, (_, i) => positions[i % positions.length] + (i % 3 === 0 ? 5.2 * Math.floor(i / positions.length) : 0)),
      cell: cell ?? Float64Array.of(5.2, 0, 0, 0, 9, 0, 0, 0, 9),
      pbc: [false, true, true],
      label: `${copies} copies`,
    });
    const potential = await randomModel(executor, 4);
    const mixed = Dataset.from([dataset.structure(1), large, dataset.structure(2), dataset.structure(3)]);
    expect(await predictions(potential, mixed, cache.of(mixed))).toEqual(await predictions(potential, mixed));
  });
});
