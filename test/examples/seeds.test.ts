// The table over seeds of examples/blind-spots.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const first = join(root, "docs", "results", "blind-spots", "results.json");
const folder = mkdtempSync(join(tmpdir(), "pestle-seeds-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Results {
  readonly learning: { readonly fingerprint: string; readonly experiment: string; readonly points: (number | null)[][] }[];
}

/** The results of seed 1 as those of another seed, with all errors multiplied. */
function withErrors(factor: number, change: object): string {
  const results = JSON.parse(readFileSync(first, "utf8")) as Results;
  const learning = results.learning.map((own) => ({ ...own, points: own.points.map((point) => point.map((value, i) => (i > 1 && i % 2 === 0 && value !== null ? factor * value : value))) }));
  const path = join(folder, `${JSON.stringify(change).replaceAll(/\W/gu, "")}.json`);
  writeFileSync(path, JSON.stringify({ ...results, learning, ...change }));
  return path;
}

const run = (...files: string[]) => spawnSync(process.execPath, [join(root, "examples", "blind-spots", "seeds.mjs"), ...files], { encoding: "utf8" });

it("has the smallest and the largest of each number", () => {
  const { status, stdout } = run(first, withErrors(2, { seed: 2 }));
  expect(status).toBe(0);
  expect(stdout).toContain("seeds 1, 2\n");
  // 0.043 for ordinary frames, 0.29 on M1
  expect(stdout).toMatch(/^\| SOAP n = l = 8, σ = 0\.2 Å \| none \| 0\.043–0\.086 \| 0\.29–0\.58 \| 0\.69 \|/mu);
});

it.each([
  [() => [first], "error: give the results.json of at least two seeds"],
  [() => [first, first], "error: the seeds are 1, 1: give each once"],
  [() => [first, withErrors(1, { seed: 3, samples: 5 })], "error: the files are of different sizes: compare those of the same --samples"],
])("refuses %#", (files, message) => {
  const { status, stderr } = run(...files());
  expect({ status, stderr: stderr.trim() }).toEqual({ status: 2, stderr: message });
});
