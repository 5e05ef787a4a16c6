import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptors/index.js";
import { describeStructures, type DescribeOptions, parseCenterSelection, blockSizes, selectCenters } from "../../src/environments/index.js";
import { InvalidParameterError, InvalidStructureError } from "../../src/errors.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, parseStructures, type Structure } from "../../src/structures/index.js";
import { expectClose } from "../expect.js";

const parameters = { type: "soap", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 3 } };

let serial: Executor;
let threads: Executor;
beforeAll(async () => {
  serial = await createExecutor({ threads: 1 });
  threads = await createExecutor({ threads: 2 });
});
afterAll(async () => {
  await serial.close();
  await threads.close();
});

/** Silicon and oxygen atoms on a jittered grid, periodic; sizes as given. */
function structures(sizes: readonly number[]): Structure[] {
  let state = 12345;
  const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const text = sizes.map((size) => {
    const side = Math.ceil(Math.cbrt(size));
    const rows = Array.from({ length: size }, (_, i) => {
      const place = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)].map((x) => 2.2 * x + 0.4 * random());
      return `${i % 3 === 2 ? "O" : "Si"} ${place.join(" ")}`;
    });
    const edge = side * 2.2;
    return `${size}\nLattice="${edge} 0 0 0 ${edge} 0 0 0 ${edge}" Properties=species:S:1:pos:R:3 pbc="T T T"\n${rows.join("\n")}\n`;
  });
  return parseStructures(text.join(""), "test.xyz");
}

interface Rows {
  values: number[][];
  frames: number[];
  atoms: number[];
  atomicNumbers: number[];
}

async function collect(
  executor: Executor,
  input: Iterable<Structure>,
  options: Partial<DescribeOptions> & { parameters?: object } = {},
): Promise<Rows> {
  const rows: Rows = { values: [], frames: [], atoms: [], atomicNumbers: [] };
  const descriptor = createDescriptor({ ...parameters, ...options.parameters });
  const nFeatures = descriptor.featureCount([8, 14]);
  for await (const block of describeStructures(executor, descriptor, input, { species: [8, 14], ...options })) {
    expect(block.values.length).toBe(block.nRows * nFeatures);
    for (let row = 0; row < block.nRows; row++) {
      rows.values.push(Array.from(block.values.subarray(row * nFeatures, (row + 1) * nFeatures)));
      rows.frames.push(block.frames[row]);
      rows.atoms.push(block.atoms[row]);
      rows.atomicNumbers.push(block.atomicNumbers[row]);
    }
  }
  return rows;
}

describe("describeStructures", () => {
  it("gives one row per atom, in the order of the structures, with the same bits for any number of threads", async () => {
    // small ones are gathered into a block, the large one is cut
    const input = structures([2, 1, 30, 700, 5, 3]);
    const rows = await collect(serial, input);
    expect(rows.frames).toEqual(input.flatMap(({ atomicNumbers }, frame) => Array.from(atomicNumbers, () => frame)));
    expect(rows.atoms).toEqual(input.flatMap(({ atomicNumbers }) => Array.from(atomicNumbers, (_, atom) => atom)));
    expect(rows.atomicNumbers).toEqual(input.flatMap(({ atomicNumbers }) => Array.from(atomicNumbers)));
    expect(rows.values.every((row) => row.some((value) => value !== 0) && row.every(Number.isFinite))).toBe(true);
    expect(await collect(threads, input)).toEqual(rows);
  });

  it("takes the species of the descriptor, where it knows more than the data", async () => {
    const input = structures([9, 4]);
    const species = ["H", "O", "C", "Si"];
    const own = await collect(serial, input, { parameters: { species } });
    const given = await collect(serial, input, { species: [1, 6, 8, 14], parameters: { species } });
    expect(own).toEqual(given);
    const plain = await collect(serial, input);
    const labels = (parts: object, list: number[]): string[] => createDescriptor({ ...parameters, ...parts }).features(list).map(({ label }) => label);
    const columns = labels({}, [8, 14]).map((label) => labels({ species }, [8, 14]).indexOf(label));
    expect(plain.values).toEqual(own.values.map((row) => columns.map((column) => row[column])));
  });

  it("does not depend on how structures are gathered", async () => {
    const input = structures([4, 600, 9]);
    const whole = await collect(serial, input);
    const single = await Promise.all(input.map((structure) => collect(serial, [structure])));
    const nFeatures = whole.values[0].length;
    expect(nFeatures).toBeGreaterThan(0);
    expectClose(whole.values.flat(), single.flatMap(({ values }) => values).flat(), 1e-13, "relative-to-max");
  });

  it("takes structures of a data set, which are views", async () => {
    const input = structures([3, 8]);
    expect(await collect(threads, Dataset.from(input))).toEqual(await collect(serial, input));
  });

  it("selects centers by index and by species", async () => {
    const input = structures([7, 5]);
    const all = await collect(serial, input);
    const pick = (keep: (row: number) => boolean): number[][] => all.values.filter((_, row) => keep(row));
    const oxygen = await collect(serial, input, { centers: { species: [8] } });
    expect(oxygen.atomicNumbers.length).toBeGreaterThan(0);
    expect(oxygen.values).toEqual(pick((row) => all.atomicNumbers[row] === 8));
    const chosen = await collect(serial, input, { centers: { indices: [0, 4] } });
    expect(chosen.atoms).toEqual([0, 4, 0, 4]);
    expect(chosen.values).toEqual(pick((row) => all.atoms[row] === 0 || all.atoms[row] === 4));
  });

  it("averages over the centers of each structure", async () => {
    const input = structures([300, 2, 5]);
    const all = await collect(serial, input);
    const outer = await collect(serial, input, { parameters: { average: "outer" } });
    expect(outer.frames).toEqual([0, 1, 2]);
    expect(outer.atoms).toEqual([-1, -1, -1]);
    expect(outer.atomicNumbers).toEqual([0, 0, 0]);
    const means = [0, 1, 2].map((frame) => {
      const rows = all.values.filter((_, row) => all.frames[row] === frame);
      return rows[0].map((_, f) => rows.reduce((sum, row) => sum + row[f], 0) / rows.length);
    });
    expectClose(outer.values.flat(), means.flat(), 1e-12, "relative-to-max");
    const inner = await collect(threads, input, { parameters: { average: "inner" } });
    expect(inner.frames).toEqual([0, 1, 2]);
    expect(inner.values.flat().every(Number.isFinite)).toBe(true);
    expect(inner).toEqual(await collect(serial, input, { parameters: { average: "inner" } }));
  });

  it("gives all memory back, also when it is left early or fails", async () => {
    const input = structures([600, 600, 600, 600]);
    await collect(threads, input);
    const before = threads.pool.bytesInUse;
    for await (const block of describeStructures(threads, createDescriptor(parameters), input, { species: [8, 14] })) {
      expect(block.nRows).toBeGreaterThan(0);
      break;
    }
    expect(threads.pool.bytesInUse).toBe(before);
    await expect(collect(threads, input, { species: [14] })).rejects.toThrow(InvalidStructureError);
    const controller = new AbortController();
    controller.abort();
    await expect(collect(threads, input, { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
    expect(threads.pool.bytesInUse).toBe(before);
  });

  it("names the structure in errors", async () => {
    const [first, second] = structures([2, 2]);
    const coincident = { ...second, positions: new Float64Array(6) };
    await expect(collect(threads, [first, coincident])).rejects.toThrow(/^frame 2 of test\.xyz: /);
    await expect(collect(serial, [first], { species: [14, 15] })).resolves.toBeDefined();
    await expect(collect(serial, structures([3]), { species: [14] })).rejects.toThrow("frame 1 of test.xyz: O is not among the species Si");
  });

  it("gives nothing for nothing", async () => {
    expect((await collect(serial, [])).values).toEqual([]);
    expect((await collect(serial, structures([2]), { centers: { species: [1] } })).values).toEqual([]);
  });
});

describe("blockSizes", () => {
  it("bounds the memory of a block", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 64 }), (nFeatures, count) => {
        const { rowsPerBlock, maximumRows, inFlight } = blockSizes(nFeatures, count);
        expect(rowsPerBlock >= 1 && rowsPerBlock <= maximumRows && inFlight >= count).toBe(true);
        expect(rowsPerBlock === 1 || rowsPerBlock * nFeatures * 8 <= 8e6).toBe(true);
      }),
    );
  });
});

describe("center selection", () => {
  it("reads symbols and positions", () => {
    expect(parseCenterSelection("Si, O")).toEqual({ species: [14, 8] });
    expect(parseCenterSelection("0,12")).toEqual({ indices: [0, 12] });
    for (const text of ["", "Si,0", "Xx", "-1"]) expect(() => parseCenterSelection(text), text).toThrow(InvalidParameterError);
  });

  it("finds them among the atoms", () => {
    const atoms = Uint8Array.of(14, 8, 14);
    expect(selectCenters(atoms, undefined, "x")).toBeNull();
    expect(selectCenters(atoms, { species: [14] }, "x")).toEqual(Int32Array.of(0, 2));
    expect(selectCenters(atoms, { indices: [2, 1] }, "x")).toEqual(Int32Array.of(2, 1));
    expect(() => selectCenters(atoms, { indices: [3] }, "frame 4")).toThrow("center 3 does not exist in frame 4");
  });
});
