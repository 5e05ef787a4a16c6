import fs, { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDescriptor } from "../src/descriptors/index.js";
import { holdFiles } from "../src/held-files.js";
import { checkParameters, createSearchSpace } from "../src/tune/index.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-held-"));
  file = join(folder, "compress.txt");
  // three features of two radial functions and l up to 1
  writeFileSync(file, "2 1 3\n1\n2\n5\n");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({ type: "soap-turbo", nMax: 2, lMax: 1, cutoff: { radius: 4 }, basis: "poly3", species: ["Si"], compression: { mode: "file", path: file } });
const reads = (): number => vi.mocked(fs.readFileSync).mock.calls.filter(([path]) => path === file).length;

describe("files that are held", () => {
  it("are read once, and outlive the file", () => {
    const release = holdFiles();
    vi.spyOn(fs, "readFileSync");
    expect(createDescriptor(options()).featureCount([14])).toBe(3);
    rmSync(file);
    expect(createDescriptor(options()).featureCount([14])).toBe(3);
    expect(reads()).toBe(1);
    release();
    release();
    expect(() => createDescriptor(options())).toThrow(/cannot read the compression file/);
  });

  it("are held until the last one who needs them is done, and read again afterwards", () => {
    const [first, second] = [holdFiles(), holdFiles()];
    createDescriptor(options());
    first();
    first();
    writeFileSync(file, "2 1 2\n1\n2\n");
    expect(createDescriptor(options()).featureCount([14])).toBe(3);
    second();
    expect(createDescriptor(options()).featureCount([14])).toBe(2);
  });

  it("serve every candidate of a search space", () => {
    const release = holdFiles();
    try {
      vi.spyOn(fs, "readFileSync");
      const model = { type: "sparse-gp", isolatedAtomEnergies: { Si: 0 }, terms: [{ descriptor: options(), kernel: { type: "dot-product" }, sparse: { method: "random", count: 3 } }] };
      const base = { model, fit: { sigma: { energy: 0.01 } }, seed: 1 };
      const parameters = { "model.terms[0].kernel.zeta": { from: 1, to: 4 } };
      checkParameters(parameters, base);
      rmSync(file);
      createSearchSpace(parameters, base, { species: ["Si"] });
      expect(reads()).toBe(1);
    } finally {
      release();
    }
  });
});
