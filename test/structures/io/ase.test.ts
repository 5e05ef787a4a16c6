// Exchange with ASE, where the machine has it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellVolume, parseStructures, readDataset, type Structure, writeStructures } from "../../../src/structures/index.js";
import { expectClose } from "../../expect.js";

const PYTHON = "/usr/bin/python3";
const script = fileURLToPath(new URL("ase_exchange.py", import.meta.url));

function hasAse(): boolean {
  if (!existsSync(PYTHON)) return false;
  try {
    execFileSync(PYTHON, ["-c", "import ase"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
const available = hasAse();
const title = available ? "exchange with ASE" : `exchange with ASE (skipped: ${PYTHON} cannot import ase)`;

interface AseFrame {
  readonly numbers: number[];
  readonly positions: number[][];
  readonly cell: number[][];
  readonly pbc: boolean[];
  readonly energy: number | null;
  readonly forces: number[][] | null;
  readonly stress: number[] | null;
  readonly info: Record<string, unknown>;
  readonly arrays: Record<string, unknown>;
}

/** A real in Python's hexadecimal form, such as -0x1.8p+1. */
function fromHex(text: string): number {
  const match = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text);
  if (!match) return Number(text);
  const [, sign, lead, digits, exponent] = match;
  // 52 bits of the fraction are exact in a double, and so is the scaling outside the subnormal range
  const fraction = parseInt(digits.padEnd(13, "0") || "0", 16) / 2 ** 52;
  return (sign === "-" ? -1 : 1) * (Number(lead) + fraction) * 2 ** Number(exponent);
}

function readWithAse(path: string): AseFrame[] {
  const output = execFileSync(PYTHON, [script, "read", path], { encoding: "utf8", maxBuffer: 1 << 28 });
  return JSON.parse(output, (_key, value: unknown) => (typeof value === "string" && /^-?0x/.test(value) ? fromHex(value) : value)) as AseFrame[];
}

function expectSame(structure: Structure, ase: AseFrame): void {
  expect([...structure.atomicNumbers]).toEqual(ase.numbers);
  expect([...structure.positions]).toStrictEqual(ase.positions.flat());
  expect(structure.cell ? [...structure.cell] : new Array<number>(9).fill(0)).toStrictEqual(ase.cell.flat());
  expect(structure.pbc).toEqual(ase.pbc);
  expect(structure.targets.energy ?? null).toBe(ase.energy);
  expect(structure.targets.forces ? [...structure.targets.forces] : null).toStrictEqual(ase.forces?.flat() ?? null);
}

describe.skipIf(!available)(title, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pestle-ase-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads what ASE writes", async () => {
    const path = join(folder, "ase.xyz");
    execFileSync(PYTHON, [script, "write", path]);
    const dataset = await readDataset(path);
    const frames = readWithAse(path);
    expect(dataset.nStructures).toBe(2);
    for (const [i, frame] of frames.entries()) expectSame(dataset.structure(i), frame);
    const slab = dataset.structure(0);
    expect(slab.targets.energy).toBe(-12.345678901234567);
    const [xx, yy, zz, yz, xz, xy] = [0.01, 0.02, 0.03, 0.004, 0.005, 0.006];
    expectClose(slab.targets.virial!, [xx, xy, xz, xy, yy, yz, xz, yz, zz].map((stress) => -cellVolume(slab.cell!) * stress), 1e-14);
    expect(Object.fromEntries(slab.info)).toEqual({
      text: "two words",
      word: "one",
      quoted: 'say "x"',
      whole: 3,
      real: 1.5,
      whole_real: 2,
      flag: true,
      off: false,
      integers: [1, 2, 3],
      reals: [1.5, -2.25, 1e-12],
      flags: [true, false],
      matrix: [[1, 2], [3, 4]],
      words: ["a", "b c"],
      table: { a: [1, 2.5], b: "x" },
    });
    expect(slab.configType).toBe("bulk");
    expect([...slab.source!.realKeys!]).toEqual(["whole_real"]);
    expect(slab.atomInfo.map(({ name, type }) => `${name}:${type}`)).toEqual(["tag_values:integer", "charge_values:real", "fixed_values:logical"]);
  });

  it("writes what ASE reads, to the last bit", async () => {
    const [structure] = parseStructures(
      '2\nLattice="4 0.1 0 0 5.3 0 0.7 0 6" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1:ok:L:1:site:S:1 energy=-3 config_type="two words" ' +
        'n=1 x=1.0 third=0.3333333333333333 list="1 2 3" reals="1.0 2.0" flags="T F" say="a \\"b\\" \\\\ c" matrix="_JSON [[1, 2], [3, 4]]" number="_JSON \\"12\\"" pbc="T F T"\n' +
        "Si 0.1 1e-300 -0 1.7976931348623157e308 5e-324 3 7 T a\nO 1 2 3 4 5 6 8 F b\n",
    );
    const path = join(folder, "ours.xyz");
    await writeStructures(path, [structure]);
    const [frame] = readWithAse(path);
    expectSame(structure, frame);
    expect(frame.info).toEqual({
      config_type: "two words",
      n: 1,
      x: 1,
      third: 1 / 3,
      list: [1, 2, 3],
      reals: [1, 2],
      flags: [true, false],
      say: 'a "b" \\ c',
      matrix: [[1, 2], [3, 4]],
      number: "12",
    });
    expect(frame.arrays).toEqual({ tag: [7, 8], ok: [true, false], site: ["a", "b"] });
  });

  it("agrees on the silicon data, and on what is written of it", async () => {
    const dataset = await readDataset(fileURLToPath(new URL("../../../examples/data/Si_test.xyz.gz", import.meta.url)));
    const path = join(folder, "si.xyz.gz");
    await writeStructures(path, dataset);
    const frames = readWithAse(path);
    expect(frames.length).toBe(25);
    for (const [i, frame] of frames.entries()) expectSame(dataset.structure(i), frame);
  });

  it("reads the hexadecimal reals of Python exactly", async () => {
    const values = [0, -0, 1, -1.5, 1 / 3, 1e-300, 1e300, 2 ** 53 - 1, Number.MAX_VALUE];
    const path = join(folder, "reals.txt");
    await writeFile(path, values.map((value) => (Object.is(value, -0) ? "-0.0" : String(value))).join("\n"));
    const output = execFileSync(PYTHON, ["-c", "import sys\nfor line in open(sys.argv[1]): print(float(line).hex())", path], { encoding: "utf8" });
    expect(output.trim().split("\n").map(fromHex)).toStrictEqual(values);
  });
});
