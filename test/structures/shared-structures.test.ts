import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DataSection, dataSchema, loadData, sharedDataWarnings } from "../../src/structures/index.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-shared-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const header = (energy: number, cell = "4 0 0 0 4 0 0 0 4"): string => `Lattice="${cell}" Properties=species:S:1:pos:R:3 energy=${energy}`;
const frame = (x: string, energy = -1, cell?: string): string => `2\n${header(energy, cell)}\nSi 0 0 0\nSi ${x} 0.5 -0.0\n`;

async function warningsOf(files: Readonly<Record<string, string>>, section: Partial<DataSection>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return sharedDataWarnings(await loadData(dataSchema.parse(section), { seed: 1, folder }));
}

it("says nothing where parts share nothing but isolated atoms", async () => {
  const atom = `1\nProperties=species:S:1:pos:R:3 energy=-0.5 config_type=IsolatedAtom\nSi 0 0 0\n`;
  const files = { "a.xyz": atom + frame("1.5") + frame("1.6"), "b.xyz": atom + frame("1.5001") + frame("1.5", -1, "4 0 0 0 4 0 0 0 4.1") };
  expect(await warningsOf(files, { train: "a.xyz", test: "b.xyz" })).toEqual([]);
});

it("names a file that is in two parts, under whatever name", async () => {
  const files = { "a.xyz": frame("1.5"), "b.xyz": frame("1.6"), "c.xyz": frame("1.6") };
  const [file, frames, ...others] = await warningsOf(files, { train: ["a.xyz", "b.xyz"], test: "c.xyz" });
  expect(file).toBe("c.xyz has the checksum of b.xyz: it is training and test data; errors of the test are not those of new structures");
  expect(frames).toMatch(/^1 of 1 structures of the test stand in the training data, too \(frame 1 of c\.xyz = frame 1 of b\.xyz\)/);
  expect(others).toEqual([]);
  expect((await warningsOf(files, { train: "a.xyz", validation: "a.xyz" }))[0]).toMatch(/^a\.xyz is training and validation data;/);
});

it("counts and names structures, however their numbers are written and whatever their energies", async () => {
  const files = {
    "a.xyz": ["1.5", "1.6", "1.7", "1.8", "1.9"].map((x) => frame(x)).join(""),
    "b.xyz": [frame("1.50000000001", -2), frame("3"), ...["1.6", "1.7e0", "1.80"].map((x) => frame(x, -3))].join(""),
  };
  const [text, ...others] = await warningsOf(files, { train: "a.xyz", test: "b.xyz" });
  expect(others).toEqual([]);
  expect(text).toBe(
    "4 of 5 structures of the test stand in the training data, too (frame 1 of b.xyz = frame 1 of a.xyz; frame 3 of b.xyz = frame 2 of a.xyz; " +
      "frame 4 of b.xyz = frame 3 of a.xyz, and 1 more); errors of the test are too small by them",
  );
});

it("finds structures that a file holds twice when it is split", async () => {
  const twice = Array.from({ length: 10 }, () => frame("1.5")).join("");
  const [text] = await warningsOf({ "a.xyz": twice }, { train: "a.xyz", split: { test: 0.4 } });
  expect(text).toMatch(/^4 of 4 structures of the test stand in the training data, too/);
});
