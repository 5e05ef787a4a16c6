// The examples run as they are shown; npm start, which takes minutes, is tried with a small model.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { candidateOf, readConfigFile, resolveConfig, tuneFileSchema } from "../../src/config/index.js";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { planSparseGpFit, type SparseGpFit, trainerOf } from "../../src/fit/index.js";
import { readDataset } from "../../src/structures/index.js";
import { createSearchSpace } from "../../src/tune/index.js";
import { validate } from "../../src/validation.js";
import { termsOf } from "../terms.js";
import { TIME_LIMIT } from "../time-limit.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

async function runExample(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, "examples", name), ...args], { timeout: TIME_LIMIT });
  return stdout;
}

describe("examples", () => {
  it("fingerprints.mjs: equal environments have similarity 1", async () => {
    const text = await runExample("fingerprints.mjs");
    expect(text).toContain("H and H: 1.000000000000");
    const between = Number(/O and H: ([\d.]+)/.exec(text)![1]);
    expect(between > 0 && between < 0.9).toBe(true);
  });

  it("descriptors.mjs: every kind of fingerprint, and columns of mean 0 and deviation 1", async () => {
    const text = await runExample("descriptors.mjs");
    for (const [name, rows, columns] of [["soap", "center", 252], ["bispectrum", "center", 55], ["angle-3b", "tuple", 4], ["mbtr", "structure", 200]]) {
      expect(text).toMatch(new RegExp(`^${name} +${rows} +${columns} +\\d+\\.\\d$`, "m"));
    }
    const [, mean, lowest, highest] = /\|mean\| up to (\S+), deviations (\S+) to (\S+)/.exec(text)!.map(Number);
    expect(mean < 1e-12).toBe(true);
    expect([lowest, highest]).toEqual([1, 1]);
  });

  it("fit-and-predict.mjs: predicts a structure that it has not seen", async () => {
    const text = await runExample("fit-and-predict.mjs");
    expect(text).toContain("100 sparse points from ");
    const [, predicted, reference] = /: (-[\d.]+) eV, reference (-[\d.]+) eV/.exec(text)!.map(Number);
    expect(Math.abs(predicted / reference - 1) < 0.01).toBe(true);
  });

  it("tune.mjs: finds better parameters, and writes a fit file", async () => {
    const text = await runExample("tune.mjs");
    const [, start, best] = /loss ([\d.e-]+) at the start, ([\d.e-]+) found in 25 evaluations/.exec(text)!.map(Number);
    expect(best < start).toBe(true);
    const config = validate(fitFileSchema(), parse(text.slice(text.indexOf("# ready for pestle fit"))));
    expect(termsOf(config)[0].sparse).toEqual({ method: "random", count: 50 });
  });

  it("start.mjs: the main job, end to end, with a small model", async () => {
    const small = ["--set", "model.terms.0.descriptor.nMax=4,model.terms.0.descriptor.lMax=3,model.terms.0.sparse.count=20"];
    const folder = join(root, "out");
    const text = await runExample("start.mjs", ...small, "--set", "data.train=data/Si_test.xyz.gz", "-o", join(folder, "small.pestle"), "--report", join(folder, "small"));
    expect(text).toMatch(/^total +25 +1,525 /m);
    const report = /report → (.+)$/m.exec(text)![1];
    expect(existsSync(report)).toBe(true);
  });

  it("si.yaml: is valid and names files that exist", async () => {
    const path = join(root, "examples", "si.yaml");
    const config = resolveConfig(fitFileSchema, await readConfigFile(path), {});
    expect(termsOf(config)[0].sparse).toMatchObject({ method: "cur", count: 1000 });
    for (const file of [config.data.train, config.data.test].flat()) expect(existsSync(join(root, "examples", file!))).toBe(true);
  });

  it("si-gap.yaml: is valid and planned with all its terms", async () => {
    const config = resolveConfig(fitFileSchema, await readConfigFile(join(root, "examples", "si-gap.yaml")), {});
    const small = (await readDataset(join(root, "examples", "data", "Si_train.xyz.gz"))).subset(Int32Array.of(0, 1, 2));
    const { terms } = await planSparseGpFit({ model: config.model, fit: config.fit } as SparseGpFit, small, 1);
    expect(terms.map(({ descriptor, nSparse }) => [descriptor, nSparse])).toEqual([["distance-2b", 30], ["angle-3b", 100], ["soap", expect.any(Number)]]);
  });

  it.each([["3bpa", 4, 9], ["carbon", 1, 2], ["iron", 1, 1], ["water", 2, 3]])("gap/%s.yaml: is valid, terms of centers are beside those of pairs and triplets", async (name, nCenters, nTuples) => {
    const config = resolveConfig(fitFileSchema, await readConfigFile(join(root, "examples", "gap", `${name}.yaml`)), {});
    const isTuple = ({ descriptor }: { descriptor: { type?: unknown } }) => ["distance-2b", "angle-3b"].includes(String(descriptor.type));
    const terms = termsOf(config);
    expect([terms.filter((term) => !isTuple(term)).length, terms.filter(isTuple).length]).toEqual([nCenters, nTuples]);
    for (const term of terms) expect(term.sparse.method).toBe(isTuple(term) ? "uniform" : "cur");
  });

  it("si-turbo.yaml: is valid and names files that exist", async () => {
    const config = resolveConfig(fitFileSchema, await readConfigFile(join(root, "examples", "si-turbo.yaml")), {});
    expect(termsOf(config)[0].descriptor).toMatchObject({ type: "soap-turbo", compression: { mode: "trivial" } });
    for (const file of [config.data.train, config.data.test].flat()) expect(existsSync(join(root, "examples", file!))).toBe(true);
  });

  it.each(["si-tune.yaml", "si-ace-tune.yaml"])("%s: is valid, and its start lies in what is searched", async (name) => {
    const given = await readConfigFile(join(root, "examples", name));
    const config = resolveConfig(tuneFileSchema, given, {});
    expect(existsSync(join(root, "examples", String(config.data.train)))).toBe(true);
    const base = candidateOf(given.value as Record<string, unknown>, config);
    const space = createSearchSpace(config.tune.parameters!, base, { species: ["Si"] });
    expect(space.encode(base)).toBeDefined();
  });

  it("kernel-ridge/recipes.mjs: every representation is a model that can be fitted", async () => {
    const { representations, fitOf } = (await import(pathToFileURL(join(root, "examples", "kernel-ridge", "recipes.mjs")).href)) as {
      representations: readonly { key: string; terms: unknown[] }[];
      fitOf: (representation: unknown) => Record<string, unknown>;
    };
    expect(new Set(representations.map(({ key }) => key)).size).toBe(representations.length);
    for (const representation of representations) {
      const { key, terms } = representation;
      const trainer = trainerOf({ type: "kernel-ridge" });
      expect(() => validate(trainer.schema, { type: "kernel-ridge", terms }), key).not.toThrow();
      expect(() => validate(trainer.fitSchema, fitOf(representation)), key).not.toThrow();
    }
  });

  it("the README names examples that exist", () => {
    const names = readFileSync(join(root, "README.md"), "utf8").match(/examples\/[\w./-]+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(existsSync(join(root, name)), name).toBe(true);
  });
});
