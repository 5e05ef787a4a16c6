import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../../src/errors.js";
import { type Column, formats, parseStructures, readDataset, readStructures, registerFormat, TextLines, type Structure, writeStructures } from "../../../src/structures/index.js";
import { extendedXyz } from "../../../src/structures/io/extxyz/extxyz.js";
import { formatContract } from "../../contracts/format.js";
import { expectClose } from "../../expect.js";
import { hartreeBohr } from "./hartree-bohr.js";
import { TIME_LIMIT } from "../../time-limit.js";

const root = new URL("../../../", import.meta.url);
const HYDROGEN = "#hartree-bohr\nmolecule 2 -1.1745\nH 0 0 0 0 0 0.25\nH 0 0 1.4 0 0 -0.25\nmolecule 1 -0.5\nH 0 0 0 0 0 0\n";
const molecules = parseStructures(
  "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-31.96\nH 0.1 0.2 0.3 1 -2 3\nO 0 0 0.97 -1 2 -3\n" +
    "3\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-2081\nO 0 0 0 0.5 0 0\nH 0.76 0.58 0 0 0.25 0\nH -0.76 0.58 0 0 0 -0.125\n",
);
const crystals = parseStructures(
  '2\nLattice="4 0.1 0 0 5 0 0 0 6.5" Properties=species:S:1:pos:R:3:forces:R:3 energy=-3 virial="1 2 3 2 5 6 3 6 9" pbc="T T F"\n' +
    "Si 0.1 0.2 0.3 1 -2 3\nO 0 0 1.97 -1 2 -3\n2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0 0.7\n",
);

const charge = (value: number): Column => ({ name: "charge", unit: "e", per: "structure", width: 1, values: Float64Array.of(value) });
const charges = (...values: number[]): Column => ({ name: "charges", unit: "e", per: "atom", width: 1, values: Float64Array.from(values) });
const columned = (structure: Structure, ...columns: Column[]): Structure => ({ ...structure, columns: new Map(columns.map((column) => [column.name, column])) });
const ions = [columned(molecules[0], charge(-1)), columned(molecules[1], charge(0.125))];

formatContract(extendedXyz, {
  path: "a.xyz",
  structures: [...crystals, ...ions, columned(molecules[0], charges(0.1, NaN), charge(2))],
  relativeTolerance: 0,
  columns: { charges: { unit: "e" }, charge: { unit: "e" } },
});
formatContract(hartreeBohr, { path: "a.hb", structures: ions, relativeTolerance: 1e-15, columns: { charge: { unit: "e" } } });

let folder: string;
const inFolder = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-formats-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a registered format", () => {
  let unregister: () => void;
  beforeAll(() => {
    unregister = registerFormat(hartreeBohr);
  });
  afterAll(() => unregister());

  it("is read by every function, in the units of pestle, whatever the name of the file", async () => {
    await writeFile(inFolder("a.hb"), HYDROGEN);
    await writeFile(inFolder("b.xyz"), gzipSync(HYDROGEN));
    for (const dataset of [await readDataset(inFolder("a.hb")), await readDataset(inFolder("b.xyz"), { require: ["energy", "forces"] })]) {
      expect([...dataset.atomicNumbers]).toEqual([1, 1, 1]);
      expectClose(dataset.energies, [-31.95977315, -13.605693123], 1e-8);
      expectClose(dataset.positions, [0, 0, 0, 0, 0, 0.7408480953, 0, 0, 0], 1e-9);
      expectClose(dataset.forces, [0, 0, 12.855516869, 0, 0, -12.855516869, 0, 0, 0], 1e-8);
      expect(dataset.report).toMatchObject({ energies: 2, forceComponents: 9, virials: 0, keys: { energy: [] } });
    }
    const labels: string[] = [];
    for await (const { label } of readStructures(inFolder("a.hb"))) labels.push(label);
    expect(labels).toEqual(["molecule 1 of a.hb", "molecule 2 of a.hb"]);
    expect(parseStructures(HYDROGEN).length).toBe(2);
  });

  it("stands beside other formats in one data set", async () => {
    await writeFile(inFolder("a.hb"), HYDROGEN);
    await writeStructures(inFolder("c.xyz"), crystals);
    const dataset = await readDataset([inFolder("c.xyz"), inFolder("a.hb")], { require: ["energy", "virial"] });
    expect(dataset.report).toMatchObject({ structures: 4, energies: 3, files: [inFolder("c.xyz"), inFolder("a.hb")] });
    expect(dataset.report.keys.energy).toEqual([{ key: "energy", structures: 1 }]);
  });

  it("has to follow `keys` and `require`", async () => {
    await writeFile(inFolder("a.hb"), HYDROGEN);
    await expect(readDataset(inFolder("a.hb"), { require: ["virial"] })).rejects.toThrow(/a\.hb: none of 2 frames has a reference virial$/);
    const withoutForces = await readDataset(inFolder("a.hb"), { keys: { forces: false } });
    expect(withoutForces.report).toMatchObject({ energies: 2, forceComponents: 0 });
  });

  it("gives the columns that are asked for, under any key and in any unit", async () => {
    await writeFile(inFolder("q.hb"), HYDROGEN.replace("-1.1745", "-1.1745 Q=2 excited=0.25"));
    const dataset = await readDataset(inFolder("q.hb"), { columns: { charge: { key: "Q", unit: "e" }, excitation: { key: "excited", unit: "hartree" } } });
    expect([...dataset.columns.get("charge")!.values]).toEqual([2, NaN]);
    expectClose(dataset.columns.get("excitation")!.values.subarray(0, 1), [6.8028465615], 1e-9);
    expect(dataset.columns.get("excitation")).toMatchObject({ unit: "eV", per: "structure", width: 1 });
    await expect(readDataset(inFolder("q.hb"), { columns: { e: { key: "excitd" } } })).rejects.toThrow(
      /q\.hb: the column "e" was asked for, but no frame has a key or a column "excitd"; .*Q, excited.*; did you mean "excited"\?/,
    );
  });

  it("is written where the name asks for it", async () => {
    await writeStructures(inFolder("d.hb"), molecules, { predictions: (_, index) => (index === 0 ? { energy: -54.422772491976 } : undefined) });
    const text = await readFile(inFolder("d.hb"), "utf8");
    expect(text.split("\n").slice(0, 2)).toEqual(["#hartree-bohr", "molecule 2 -2"]);
    await writeStructures(inFolder("e.hb.gz"), molecules);
    expectClose((await readDataset(inFolder("e.hb.gz"))).energies, [-31.96, -2081], 1e-12);
    await writeStructures(inFolder("f.xyz"), molecules);
    expect(await readFile(inFolder("f.xyz"), "utf8")).toMatch(/^2\nProperties=/);
  });

  it("tells the line of what is wrong", async () => {
    await writeFile(inFolder("bad.hb"), HYDROGEN.replace("1.4", "1,4"));
    await expect(readDataset(inFolder("bad.hb"))).rejects.toThrow(`${inFolder("bad.hb")}:4: "1,4" is not a number`);
  });

  it("is there once", () => {
    expect(formats().map(({ name }) => name)).toEqual(["Hartree-Bohr", "QM9", "extended XYZ"]);
    expect(() => registerFormat(hartreeBohr)).toThrow(InvalidParameterError);
    expect(() => registerFormat({ ...hartreeBohr, name: "extended XYZ" })).toThrow('there is a format "extended XYZ" already');
  });
});

describe("content of no known format", () => {
  it.each([
    ["of HDF5", Buffer.from("\x89HDF\r\n\x1a\n\0\0\0", "latin1"), /binary: the content is of no known format; known formats: extended XYZ, QM9$/],
    ["compressed with xz", Buffer.from("\xfd7zXZ\0\0\x04", "latin1"), /binary: it is compressed with xz; decompress it, or use gzip/],
    ["of text", Buffer.from("hello\n"), /binary:1:1: expected the number of atoms of frame 1.*found "hello"; known formats: extended XYZ, QM9$/],
    ["of text in UTF-16", Buffer.from("\xff\xfe1\0\n\0", "latin1"), /binary:1:1: the file is UTF-16; save it as UTF-8/],
  ])("%s is refused", async (_, bytes, message) => {
    await writeFile(inFolder("binary"), bytes);
    await expect(readDataset(inFolder("binary"))).rejects.toThrow(message);
    await expect(readDataset(inFolder("binary"))).rejects.toThrow(FormatError);
    await writeFile(inFolder("binary"), gzipSync(bytes));
    await expect(readDataset(inFolder("binary"))).rejects.toThrow(message);
  });

  it("is not guessed at when it begins as extended XYZ", async () => {
    await writeFile(inFolder("cut.xyz"), "3\n\nH 0 0 0\n");
    await expect(readDataset(inFolder("cut.xyz"))).rejects.toThrow(/the file ends after 1 of the 3 atoms of the frame that starts in line 1$/);
  });

  it("of a format that can only be read is not written", async () => {
    const unregister = registerFormat({ ...hartreeBohr, write: undefined });
    try {
      await expect(writeStructures(inFolder("g.hb"), molecules)).rejects.toThrow(/g\.hb: Hartree-Bohr can only be read; formats that can be written: extended XYZ/);
    } finally {
      unregister();
    }
  });
});

describe("lines of text", () => {
  it("are the same for chunks of any size", () => {
    const bytes = new TextEncoder().encode("\uFEFFα one\r\n\ntwo\nthree");
    for (const size of [1, 2, 3, 100]) {
      const lines = new TextLines();
      const found: [number, string][] = [];
      for (let start = 0; start < bytes.length; start += size) for (const line of lines.push(bytes.subarray(start, start + size))) found.push([lines.number, line]);
      for (const line of lines.finish()) found.push([lines.number, line]);
      expect(found).toEqual([[1, "α one"], [2, ""], [3, "two"], [4, "three"]]);
    }
  });
});

describe("the guide to new formats", () => {
  it("shows the format of this test, which works for the command line as it stands", async () => {
    const source = await readFile(new URL("hartree-bohr.ts", import.meta.url), "utf8");
    const guide = await readFile(new URL("docs/how-to/new-format.md", root), "utf8");
    expect(guide).toContain(source.replace("../../../src/index.js", "pestle").trimEnd());
    const script = [...guide.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1])[0];
    const dist = new URL("dist/index.js", root).href;
    const compiled = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } }).outputText;
    await writeFile(inFolder("hartree-bohr.js"), compiled.replace("../../../src/index.js", dist));
    await writeFile(inFolder("register.mjs"), script.replace('"pestle"', `"${dist}"`));
    await writeFile(inFolder("package.json"), '{ "type": "module" }');
    await writeFile(inFolder("h2.hb"), HYDROGEN);
    const bin = fileURLToPath(new URL("bin/pestle.js", root));
    const text = execFileSync(process.execPath, ["--import", "./register.mjs", bin, "info", "h2.hb"], { cwd: folder, encoding: "utf8", timeout: TIME_LIMIT });
    expect(text).toContain("structures 2, 3 atoms (H 3)");
  });
});
