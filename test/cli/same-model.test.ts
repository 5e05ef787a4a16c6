// A model file does not know where it was fitted: neither the working directory nor the spelling of paths changes its bytes.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadModel } from "../../src/models/index.js";
import { runPestle } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const descriptor = { type: "soap", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } };

let folder: string;
let project: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-same-model-"));
  project = join(folder, "project");
  mkdirSync(join(project, "data"), { recursive: true });
  mkdirSync(join(project, "out"));
  copyFileSync(silicon, join(project, "data", "si.xyz.gz"));
  const parameters = "nMax=3,lMax=2,sigma=0.5,cutoff.radius=4";
  const points = ["describe", "data/si.xyz.gz", "-d", "soap", "-p", parameters, "--centers", "0,1", "-o", "data/points.npy"];
  expect(await runPestle([...points, "--quiet", "--threads", "1"], { cwd: project })).toMatchObject({ status: 0, stderr: "" });
  writeFit(join(project, "fit.yaml"), "data/");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @param data how the files are spelled before their names */
function writeFit(path: string, data: string): void {
  writeFileSync(path, JSON.stringify({
    data: { train: `${data}si.xyz.gz`, split: { test: 0.4 } },
    model: {
      type: "sparse-gp",
      isolatedAtomEnergies: { Si: -0.79 },
      terms: [{ descriptor, kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "file", path: `${data}points.npy` } }],
    },
    fit: { sigma: { energy: 0.01, forces: 0.2 } },
  }));
}

async function modelFrom(cwd: string, config: string): Promise<Buffer> {
  const output = join(folder, "model.pestle");
  expect(await runPestle(["fit", config, "-o", output, "--quiet", "--threads", "1"], { cwd })).toMatchObject({ status: 0, stderr: "" });
  return readFileSync(output);
}

it("is the same from any directory, with relative and absolute paths, and in a folder that was moved", async () => {
  const first = await modelFrom(project, "fit.yaml");
  const { provenance } = await loadModel(join(folder, "model.pestle"));
  expect(provenance.data?.map(({ path }) => path)).toEqual(["si.xyz.gz"]);
  expect(provenance.options).toMatchObject({ model: { terms: [{ sparse: { path: "points.npy" } }] } });
  expect((await modelFrom(join(project, "out"), "../fit.yaml")).equals(first)).toBe(true);
  expect((await modelFrom(dirname(folder), join(basename(folder), "project", "fit.yaml"))).equals(first)).toBe(true);
  expect((await modelFrom(project, join(project, "fit.yaml"))).equals(first)).toBe(true);
  writeFit(join(project, "fit.yaml"), join(project, "out", "..", "data/"));
  expect((await modelFrom(project, "fit.yaml")).equals(first)).toBe(true);
  const moved = join(folder, "moved");
  renameSync(project, moved);
  writeFit(join(moved, "out", "fit.yaml"), "../data/");
  expect((await modelFrom(moved, "out/fit.yaml")).equals(first)).toBe(true);
});
