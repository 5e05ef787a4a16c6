import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, FormatError, InvalidParameterError, InvalidStructureError } from "../../../src/errors.js";
import { Dataset, parseStructures, readDataset, readStructures, type Structure, writeStructures } from "../../../src/structures/index.js";
import { extxyzReader } from "./extxyz-reader.js";

const exampleData = (name: string): string => fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url));

let folder: string;
const inFolder = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-io-"));
});
afterEach(async () => {
  for (const name of await readdir(folder)) await rm(inFolder(name), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

async function collect(structures: AsyncIterable<Structure>): Promise<Structure[]> {
  const list: Structure[] = [];
  for await (const structure of structures) list.push(structure);
  return list;
}

const frame = (i: number): string => `1\nProperties=species:S:1:pos:R:3 energy=${i}.5\nH 0 0 ${i}\n`;
const frames = Array.from({ length: 5 }, (_, i) => frame(i)).join("");

describe("reading files", () => {
  it("reads plain and compressed files alike, whatever their names", async () => {
    const expected = parseStructures(frames, "a.xyz");
    await writeFile(inFolder("a.xyz"), frames);
    expect(await collect(readStructures(inFolder("a.xyz")))).toEqual(expected);
    await writeFile(inFolder("a.xyz"), gzipSync(frames));
    expect(await collect(readStructures(inFolder("a.xyz")))).toEqual(expected);
    // several gzip members, as `cat a.gz b.gz` makes them
    await writeFile(inFolder("a.xyz"), Buffer.concat([gzipSync(frame(0) + frame(1)), gzipSync(frame(2) + frame(3) + frame(4))]));
    expect(await collect(readStructures(inFolder("a.xyz")))).toEqual(expected);
  });

  it("reads the silicon data of the examples, with the counts that its authors state", async () => {
    const train = await readDataset(exampleData("Si_train.xyz.gz"), { require: ["energy", "forces", "virial"] });
    expect(train.report).toMatchObject({ structures: 214, atoms: 13233, energies: 214, forceComponents: 3 * 13233, virials: 214, warnings: [] });
    expect(train.report.species).toEqual([{ atomicNumber: 14, symbol: "Si", atoms: 13233 }]);
    expect(train.report.configTypes.map(({ name, structures }) => [name, structures])).toEqual([
      ["AIMD-NVT", 90],
      ["Elastic", 55],
      ["Surface", 12],
      ["Vacancy", 57],
    ]);
    expect(train.energies[0]).toBe(-295.49753016);
    expect([...train.positions.subarray(0, 3)]).toEqual([0.29508405, 9.03355219, 4.74853937]);
    expect([...train.forces.subarray(0, 3)]).toEqual([-2.98187262, 0.6069187, 3.48143607]);
    expect(train.virials[0]).toBe(-4.856013467);
    expect(train.structure(0).info.get("description")).toBe("Snapshot 1 of 32 of Vacancy AIMD NVT simulation at 300 K");
    const test = await readDataset(exampleData("Si_test.xyz.gz"));
    expect([test.nStructures, test.nAtoms]).toEqual([25, 1525]);
  });

  it("agrees with a plain split of every line of the silicon data", async () => {
    const dataset = await readDataset(exampleData("Si_test.xyz.gz"));
    const lines = gunzipSync(await readFile(exampleData("Si_test.xyz.gz"))).toString().split("\n");
    let line = 0;
    for (const structure of dataset) {
      const nAtoms = Number(lines[line]);
      const rows = lines.slice(line + 2, line + 2 + nAtoms).map((row) => row.trim().split(/\s+/).slice(1).map(Number));
      expect([...structure.positions]).toEqual(rows.flatMap((row) => row.slice(0, 3)));
      expect([...structure.targets.forces!]).toEqual(rows.flatMap((row) => row.slice(3)));
      line += nAtoms + 2;
    }
    expect(lines.slice(line)).toEqual([""]);
  });

  it("gives frames before it has read the whole file, and can be left at any time", async () => {
    const first = (await readStructures(exampleData("Si_train.xyz.gz")).next()).value as Structure;
    expect(first.label).toBe("frame 1 of Si_train.xyz.gz");
    for await (const structure of readStructures(exampleData("Si_train.xyz.gz"))) if (structure.label.startsWith("frame 3 ")) break;
  });

  it("says what is wrong with a file that cannot be read", async () => {
    await expect(readDataset(inFolder("none.xyz"))).rejects.toThrow(InvalidParameterError);
    await expect(readDataset(inFolder("none.xyz"))).rejects.toThrow(/cannot read .*none\.xyz: there is no such file/);
    await expect(readDataset(folder)).rejects.toThrow(/it is a folder/);
    await writeFile(inFolder("empty.xyz"), "\n");
    await expect(readDataset(inFolder("empty.xyz"))).rejects.toThrow(/empty\.xyz: there are no structures/);
    await writeFile(inFolder("cut.xyz.gz"), gzipSync(frames).subarray(0, 60));
    await expect(readDataset(inFolder("cut.xyz.gz"))).rejects.toThrow(FormatError);
    await expect(readDataset(inFolder("cut.xyz.gz"))).rejects.toThrow(/cut\.xyz\.gz: the gzip data is damaged or cut off/);
    await writeFile(inFolder("bad.xyz"), `${frames}2\n\nH 0 0 0\n`);
    await expect(readDataset(inFolder("bad.xyz"))).rejects.toThrow(/bad\.xyz:19: the file ends after 1 of the 2 atoms/);
  });

  it("refuses a target that no frame has, and names the keys that exist", async () => {
    await writeFile(inFolder("a.xyz"), frames);
    await expect(readDataset(inFolder("a.xyz"), { require: ["energy"] })).resolves.toBeInstanceOf(Dataset);
    await expect(readDataset(inFolder("a.xyz"), { require: ["forces"] })).rejects.toThrow(
      /none of 5 frames has a reference forces; the columns are: pos, species; choose one with keys\.forces/,
    );
    await expect(readDataset(inFolder("a.xyz"), { keys: { energy: "enrgy" } })).rejects.toThrow(
      /no frame has the energy key "enrgy"; the keys of the comment lines are: energy; did you mean "energy"\?/,
    );
    await expect(collect(readStructures(inFolder("a.xyz"), { require: ["virial"] }))).rejects.toThrow(InvalidParameterError);
  });

  it("stops when cancelled", async () => {
    await writeFile(inFolder("a.xyz"), frames.repeat(10_000));
    await expect(readDataset(inFolder("a.xyz"), { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    const controller = new AbortController();
    let count = 0;
    const reading = (async () => {
      for await (const _ of readStructures(inFolder("a.xyz"), { signal: controller.signal })) if (++count === 10) controller.abort();
    })();
    await expect(reading).rejects.toThrow(CancelledError);
    expect(count).toBeLessThan(50_000);
  });
});

describe("writing files", () => {
  it("gives the same bits back, plain and compressed", async () => {
    const original = await readDataset(exampleData("Si_test.xyz.gz"));
    for (const name of ["out.xyz", "out.xyz.gz"]) {
      await writeStructures(inFolder(name), original);
      const again = await readDataset(inFolder(name));
      const relabelled = [...again].map((structure, i) => ({ ...structure, label: original.labels[i] }));
      expect(relabelled).toStrictEqual([...original]);
    }
    const bytes = await readFile(inFolder("out.xyz.gz"));
    expect([bytes[0], bytes[1]]).toEqual([0x1f, 0x8b]);
    expect(gunzipSync(bytes).equals(await readFile(inFolder("out.xyz")))).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["out.xyz", "out.xyz.gz"]);
  });

  it("takes a stream and adds predictions", async () => {
    await writeFile(inFolder("a.xyz"), frames);
    await writeStructures(inFolder("b.xyz"), readStructures(inFolder("a.xyz")), {
      predictions: (structure, index) => (index === 2 ? undefined : { energy: structure.targets.energy! + index }),
    });
    const read = await readDataset(inFolder("b.xyz"));
    expect([...read.energies]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5]);
    expect([...read].map(({ info }) => info.get("pestle_energy"))).toEqual([0.5, 2.5, undefined, 6.5, 8.5]);
  });

  it("leaves nothing behind when a structure is bad, and keeps what was there", async () => {
    const good = parseStructures(frames);
    const bad = { ...good[0], positions: Float64Array.of(NaN, 0, 0) };
    await expect(writeStructures(inFolder("out.xyz"), [...good, bad])).rejects.toThrow(InvalidStructureError);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(inFolder("out.xyz"), "earlier");
    await expect(writeStructures(inFolder("out.xyz"), [...good, bad])).rejects.toThrow(InvalidStructureError);
    expect(await readdir(folder)).toEqual(["out.xyz"]);
    expect(await readFile(inFolder("out.xyz"), "utf8")).toBe("earlier");
  });

  it("leaves nothing behind when cancelled", async () => {
    const [structure] = parseStructures(frame(1));
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Structure> {
      for (let i = 0; ; i++) {
        yield structure;
        if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (i === 50_000) controller.abort();
      }
    }
    for (const name of ["out.xyz", "out.xyz.gz"]) {
      await expect(writeStructures(inFolder(name), endless(), { signal: controller.signal })).rejects.toThrow(CancelledError);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("says why a file cannot be written", async () => {
    const structures = parseStructures(frames);
    await expect(writeStructures(inFolder("none/out.xyz"), structures)).rejects.toThrow(/there is no folder/);
    await expect(writeStructures(folder, structures)).rejects.toThrow(/it is a folder/);
  });
});

describe("memory", () => {
  it("does not grow with what has been read", () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const inUse = (): number => {
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const chunk = new TextEncoder().encode(frames.repeat(2000)); // 0.6 MB
    const parser = extxyzReader("large.xyz");
    const read = (chunks: number): number => {
      let count = 0;
      for (let i = 0; i < chunks; i++) for (const _ of parser.push(chunk)) count++;
      return count;
    };
    expect(read(2)).toBe(20_000);
    const before = inUse();
    expect(read(8)).toBe(80_000);
    expect(inUse() - before).toBeLessThan(1e6);
  });
});
