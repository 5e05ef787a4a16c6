// Warnings are said where the user looks: on the terminal, in the record and on the report page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-warnings-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fitFile = `data:
  train: ${JSON.stringify(silicon)}
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 20 }
fit:
  sigma: { energy: 0.01 }
`;

/** A small fit; `changes` are assignments of --set. */
async function fit(changes: readonly string[], ...flags: string[]) {
  const config = join(folder, "fit.yaml");
  writeFileSync(config, fitFile);
  const run = await runMain(["fit", config, "-o", join(folder, "x.pestle"), "--threads", "1", ...changes.flatMap((change) => ["--set", change]), ...flags]);
  expect(run.status).toBe(0);
  return { ...run, warnings: run.stderr.split("\n").filter((line) => line.startsWith("warning: ")).map((line) => line.slice("warning: ".length)) };
}

describe("pestle fit", () => {
  it("warns of nothing where there is nothing", async () => {
    const { warnings, stdout } = await fit([], "--json", "--report", join(folder, "good"));
    expect(warnings).toEqual([]);
    expect((JSON.parse(stdout) as { fit: { warnings: string[] } }).fit.warnings).toEqual([]);
    expect(readFileSync(join(folder, "good", "report.html"), "utf8")).not.toContain('class="warnings"');
  });

  it("says on the terminal, in the record and in the report what may ruin it", async () => {
    const report = join(folder, "bad");
    const changes = ["model.isolatedAtomEnergies.Si=300", "fit.jitter=1e-8", "model.terms.0.descriptor.normalize=false", "model.terms.0.sparse.count=3000"];
    const { warnings, stdout } = await fit(changes, "--json", "--report", report);
    expect(warnings.map((text) => text.replace(/ .*/, ""))).toEqual([expect.stringMatching(/^\d+$/), "fit.jitter", "the"]);
    expect((JSON.parse(stdout) as { fit: { warnings: string[] } }).fit.warnings).toEqual(warnings);
    const page = readFileSync(join(report, "report.html"), "utf8");
    expect(page).toContain("<h2>3 warnings</h2>");
    // before every number but the headline
    expect(page.indexOf('<section class="warnings">')).toBeLessThan(page.indexOf("<table"));
    for (const text of warnings) expect(page).toContain(text);
    expect((await fit(changes, "--quiet")).stderr).toBe("");
  });
});
