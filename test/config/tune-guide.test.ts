// The how-to for searches shows files that work.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { candidateOf, tuneFileSchema } from "../../src/config/index.js";
import { createOptimizer } from "../../src/optimizers/index.js";
import { createSearchSpace, stagesOf } from "../../src/tune/index.js";
import { validate } from "../../src/validation.js";

const page = readFileSync(fileURLToPath(new URL("../../docs/how-to/tune.md", import.meta.url)), "utf8");
const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block]) => block);

const descriptor = { type: "soap", nMax: 4, lMax: 4, sigma: 0.5, cutoff: { radius: 5 } };
const term = { descriptor, kernel: { type: "dot-product" }, sparse: { method: "cur", count: 100 } };
const file = {
  data: { train: "a.xyz", validation: "b.xyz" },
  model: { type: "sparse-gp", terms: [term, term] },
  tune: { parameters: { "model.terms.0.kernel.zeta": { from: 1, to: 8 } }, budget: { evaluations: 1 } },
};

const { tune: _, ...linear } = parse(readFileSync(fileURLToPath(new URL("../../examples/si-ace-tune.yaml", import.meta.url)), "utf8")) as Record<string, unknown>;

/** A block as a whole file: a part of one, or of its `tune` section, stands in a file with two terms of SOAP, or in that of a linear ACE. */
function completed(block: string): Record<string, unknown> {
  const given = parse(block.startsWith("  ") ? `tune:\n${block}` : block) as Record<string, Record<string, unknown>>;
  if ("model" in given) return given;
  const tune = "stages" in given.tune ? given.tune : { ...file.tune, ...given.tune };
  return structuredClone({ ...file, ...(block.includes(".degree.") && linear), ...given, tune });
}

describe("docs/how-to/tune.md", () => {
  it("shows files of every kind", () => {
    expect(blocks.length).toBe(8);
    expect(blocks.filter((block) => block.includes("stages:")).length).toBeGreaterThan(0);
  });

  it.each(blocks)("shows what is valid\n%s", (block) => {
    const given = completed(block);
    const config = validate(tuneFileSchema(given), given);
    for (const { parameters, optimizer } of stagesOf(config.tune)) {
      const space = createSearchSpace(parameters, candidateOf(given, config), { species: ["H", "O"] });
      expect(space.dimensions.length).toBeGreaterThan(0);
      createOptimizer(optimizer).init({ dimensions: space.dimensions, seed: 1 });
    }
  });

  it("names every optimizer that there is, and no other", () => {
    const types = (tuneFileSchema().shape.tune.shape.optimizer.unwrap() as unknown as { options: { shape: { type: { value: string } } }[] }).options.map(({ shape }) => shape.type.value);
    const table = page.slice(page.indexOf("| type | when |"), page.indexOf("The values of the file are evaluated first"));
    const named = [...table.matchAll(/^\| (.*?) \|/gmu)].flatMap(([, cell]) => [...cell.matchAll(/`([\w-]+)`/gu)].map(([, name]) => name));
    expect(named.sort()).toEqual([...types].sort());
  });
});
