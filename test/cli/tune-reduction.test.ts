// Searches over what a reduction leaves: how many components, how exact radial functions, and with a pruned list.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { tuneFile, writeSearch } from "./dimers.js";
import { runMain } from "./run-pestle.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-tune-reduction-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const few = tuneFile.replace("particles: 6", "particles: 3").replace("evaluations: 20", "evaluations: 6");
const sigma = "model.terms[0].descriptor.sigma: { from: 0.2, to: 1, scale: log }";
const reduced = (reduction: string): string => few.replace("cutoff: { radius: 4 } }", `cutoff: { radius: 4 }, reduction: ${reduction} }`);

async function descriptorOf(text: string): Promise<{ reduction?: { components?: number; tolerance?: number; type?: string }; functions?: unknown[] }> {
  const own = mkdtempSync(join(folder, "search-"));
  const { status, stderr } = await runMain(["tune", writeSearch(own, text), "--quiet", "--threads", "1"]);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return parse(readFileSync(join(own, "tune-best.yaml"), "utf8")).model.terms[0].descriptor;
}

describe("pestle tune", () => {
  it("searches how many components there are", async () => {
    const { reduction } = await descriptorOf(reduced("{ type: principal-components, components: 4 }").replace(sigma, "model.terms[0].descriptor.reduction.components: { from: 2, to: 8 }"));
    expect(reduction?.type).toBe("principal-components");
    expect(Number.isInteger(reduction?.components) && reduction!.components! >= 2 && reduction!.components! <= 8).toBe(true);
    expect(reduction).not.toHaveProperty("learned");
  });

  it("searches how exact radial functions are", async () => {
    const { reduction } = await descriptorOf(reduced("{ type: radial, tolerance: 1e-6 }").replace(sigma, "model.terms[0].descriptor.reduction.tolerance: { from: 1e-8, to: 1e-3, scale: log }"));
    expect(reduction!.tolerance! >= 1e-8 && reduction!.tolerance! <= 1e-3).toBe(true);
  });

  it("searches beside a list that pestle reduce gave", async () => {
    const config = join(folder, "whole.yaml");
    const ace = few.replace(/descriptor: .* # of the search/u, "descriptor: { type: ace, cutoff: { radius: 4 }, order: 2, degree: 5 }").replace(sigma, "model.terms[0].descriptor.cutoff.radius: { from: 3, to: 5 }");
    writeSearch(folder, ace);
    writeFileSync(config, ace);
    const output = join(folder, "pruned.yaml");
    expect(await runMain(["reduce", "-c", config, "-o", output, "--quiet", "--threads", "1"])).toMatchObject({ status: 0 });
    const { functions } = await descriptorOf(readFileSync(output, "utf8"));
    expect(functions!.length).toBeGreaterThan(3);
  });
});
