import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { dataSchema, loadData } from "../../src/structures/index.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-data-"));
  const frames = Array.from({ length: 20 }, (_, i) => `2\nenergy=${i}.5 config_type=${i % 2 ? "odd" : "even"}\nH 0 0 0\nH 0 0 1\n`);
  await writeFile(join(folder, "a.xyz"), frames.join(""));
  await writeFile(join(folder, "b.xyz"), frames.slice(0, 5).join(""));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the data section", () => {
  it("accepts files, lists of files, splits and keys", () => {
    for (const section of [
      { train: "a.xyz" },
      { train: ["a.xyz", "b.xyz"], test: "c.xyz", validation: ["d.xyz"] },
      { train: "a.xyz", split: { test: 0.1, validation: 0.1, stratify: true, configTypes: { train: ["x"] } } },
      { train: "a.xyz", test: "b.xyz", split: { validation: 0.1 } },
      { train: "a.xyz", columns: { s: { key: "energy_sigma", unit: "meV", per: "structure" }, force_mask: {} } },
      { train: "a.xyz", keys: { energy: "E", forces: false, virial: "W", stress: "s", configType: "group" } },
    ]) {
      expect(dataSchema.parse(section)).toEqual(section);
    }
  });

  it("refuses what contradicts itself or is misspelled", () => {
    for (const section of [
      {},
      { train: "" },
      { train: [] },
      { train: "a.xyz", tests: "b.xyz" },
      { train: "a.xyz", split: { test: 1.5 } },
      { train: "a.xyz", test: "b.xyz", split: { test: 0.1 } },
      { train: "a.xyz", test: "b.xyz", split: { configTypes: { test: ["x"] } } },
      { train: "a.xyz", keys: { forces: true } },
      { train: "a.xyz", columns: { q: { unit: "parsec" } } },
      { train: "a.xyz", columns: { q: { width: 3 } } },
      { train: "a.xyz", columns: { q: { per: "frame" } } },
      { train: "a.xyz", columns: { "": {} } },
      { train: "a.xyz", columns: { virial: { key: "W" } } },
    ]) {
      expect(dataSchema.safeParse(section).success, JSON.stringify(section)).toBe(false);
    }
  });

  it("has a JSON Schema for editors", () => {
    const schema = z.toJSONSchema(dataSchema, { io: "input" });
    expect(Object.keys(schema.properties!)).toEqual(["train", "validation", "test", "split", "keys", "columns", "types"]);
  });
});

describe("loading a data section", () => {
  it("reads columns, in all parts; only the training data must have them", async () => {
    const frames = [0.1, NaN, 0.3, 0.4].map((sigma, i) => `1\nenergy=${i}.5 energy_sigma=${sigma}\nH 0 0 0\n`);
    await writeFile(join(folder, "sigma.xyz"), frames.join(""));
    const columns = { s: { key: "energy_sigma", unit: "eV" } };
    const { train, test } = await loadData({ train: "sigma.xyz", test: "b.xyz", columns }, { seed: 1, folder });
    expect([...train.columns.get("s")!.values]).toEqual([0.1, NaN, 0.3, 0.4]);
    expect(test!.columns.has("s")).toBe(false);
    const both = await loadData({ train: ["b.xyz", "sigma.xyz"], columns }, { seed: 1, folder });
    expect([...both.train.columns.get("s")!.values]).toEqual([NaN, NaN, NaN, NaN, NaN, 0.1, NaN, 0.3, 0.4]);
    await expect(loadData({ train: "b.xyz", test: "sigma.xyz", columns }, { seed: 1, folder })).rejects.toThrow(
      /b\.xyz: the column "s" was asked for, but no frame has a key or a column "energy_sigma"; the keys of the comment lines are: energy; /,
    );
  });

  it("reads files from the folder", async () => {
    const data = await loadData({ train: ["a.xyz", "b.xyz"], test: join(folder, "b.xyz") }, { seed: 1, folder });
    expect(data.train.nStructures).toBe(25);
    expect(data.test?.nStructures).toBe(5);
    expect(data.validation).toBeUndefined();
    expect(data.train.labels[20]).toBe("frame 1 of b.xyz");
    expect(data.train.report.files).toEqual([join(folder, "a.xyz"), join(folder, "b.xyz")]);
  });

  it("splits the training file", async () => {
    const data = await loadData({ train: "a.xyz", split: { test: 0.2, configTypes: { validation: ["odd"] } } }, { seed: 1, folder });
    expect([data.train.nStructures, data.validation!.nStructures, data.test!.nStructures]).toEqual([8, 10, 2]);
    const energies = [data.train, data.validation!, data.test!].flatMap((part) => [...part.energies]);
    expect(energies.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 0.5));
  });

  it("refuses a share that rounds to nothing", async () => {
    await expect(loadData({ train: "b.xyz", split: { test: 0.05 } }, { seed: 1, folder })).rejects.toThrow(/data\.split\.test leaves no structure/);
  });

  it("asks for the targets of the training data", async () => {
    await expect(loadData({ train: "a.xyz" }, { seed: 1, folder, require: ["energy", "forces"] })).rejects.toThrow(/none of 20 frames has a reference forces/);
  });
});
