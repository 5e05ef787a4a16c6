// A frame without atoms is kept in its place by every command, with a warning, and its energy is not used.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseStructures } from "../../src/structures/index.js";
import { dimers, writeSearch } from "./dimers.js";
import { runMain, type RunResult } from "./run-pestle.js";

const EMPTY = '0\nProperties=species:S:1:pos:R:3:forces:R:3 energy=7.5 pbc="F F F"\n';
const WARNING = /warning: .*a frame has no atoms/;
const fitFile = `data: { train: train.xyz, test: validation.xyz }
model:
  type: sparse-gp
  isolatedAtomEnergies: { C: 0 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 8 }
fit: { sigma: { energy: 0.001, forces: 0.05 } }
`;

let folder: string;
const inFolder = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-empty-"));
  for (const part of [0, 1] as const) writeFileSync(inFolder(["plain-train.xyz", "plain-validation.xyz"][part]), dimers(part));
  writeSearch(folder);
  for (const name of ["train.xyz", "validation.xyz"]) {
    const text = readFileSync(inFolder(name), "utf8");
    const end = text.indexOf("2\nLattice", 1);
    writeFileSync(inFolder(name), text.slice(0, end) + EMPTY + text.slice(end) + EMPTY);
  }
  writeFileSync(inFolder("fit.yaml"), fitFile);
  writeFileSync(inFolder("plain.yaml"), fitFile.replace("train.xyz", "plain-train.xyz").replace("validation.xyz", "plain-validation.xyz"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<RunResult> {
  const result = await runMain(args);
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return result;
}

it("info counts them", async () => {
  const { stdout, stderr } = await run("info", inFolder("train.xyz"), "--json");
  expect(stderr).toMatch(WARNING);
  expect(JSON.parse(stdout)).toMatchObject({ structures: 14, atoms: 24 });
});

it("describe gives rows of atoms, with the numbers of the frames that they are of", async () => {
  const output = inFolder("rows.npy");
  const { stderr } = await run("describe", inFolder("train.xyz"), "-d", "soap", "-p", "nMax=3,lMax=2,sigma=0.5,cutoff.radius=4", "-o", output);
  expect(stderr).toMatch(WARNING);
  const { centers } = JSON.parse(readFileSync(`${output}.json`, "utf8")) as { centers: [frame: number, atom: number, species: number][] };
  const expected = [0, ...Array.from({ length: 11 }, (_, k) => k + 2)].flatMap((frame) => [[frame, 0, 6], [frame, 1, 6]]);
  expect(centers).toEqual(expected);
});

it("fit learns nothing from them, and evaluate writes them in their places", async () => {
  const fitted = await run("fit", inFolder("fit.yaml"), "-o", inFolder("with.pestle"));
  expect(fitted.stderr).toMatch(WARNING);
  await run("fit", inFolder("plain.yaml"), "-o", inFolder("without.pestle"));
  const predict = async (model: string, data: string): Promise<number[]> => {
    const output = inFolder(`${model}-${data}`);
    await run("evaluate", inFolder(model), inFolder(data), "-o", output);
    return parseStructures(readFileSync(output)).map(({ info, atomicNumbers }) => (atomicNumbers.length === 0 ? NaN : Number(info.get("pestle_energy"))));
  };
  const all = await predict("with.pestle", "validation.xyz");
  expect(all.map(Number.isNaN)).toEqual(Array.from({ length: 14 }, (_, k) => k === 1 || k === 13));
  expect(all.filter((energy) => !Number.isNaN(energy))).toEqual(await predict("without.pestle", "plain-validation.xyz"));
});

it("tune passes over them", async () => {
  const { stderr } = await run("tune", inFolder("tune.yaml"), "-o", inFolder("best.yaml"), "--threads", "1");
  expect(stderr).toMatch(WARNING);
});
