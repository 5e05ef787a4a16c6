// The page on what descriptors see of an environment.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { blindnessOf, followManifold, sensitivityOf } from "../../../src/analysis/index.js";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../../src/environments/index.js";
import { type ManifoldView, writeManifoldReport } from "../../../src/report/index.js";
import { acsfParameters, methane, start } from "../../analysis/methane.js";
import { testExecutor } from "../../expect.js";

const folder = mkdtempSync(join(tmpdir(), "pestle-manifold-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function viewOf(environment: SingleEnvironment, isFollowed: boolean): Promise<ManifoldView> {
  const executor = await testExecutor();
  const describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor({ ...acsfParameters, species: ["H", "C"] }, "this test"), [1, 6]);
  const sensitivity = sensitivityOf(executor, describer, environment);
  const manifold = isFollowed ? await followManifold(executor, describer, environment, { length: 0.05 }) : undefined;
  const blindness = manifold && blindnessOf(describer, manifold, environment, { samples: 5 });
  describer.release();
  await executor.close();
  return { name: "symmetry <functions>", environment, sensitivity, manifold, blindness, zeros: isFollowed ? ["1 displacement that nothing sees."] : undefined };
}

it("shows singular values, the softest direction and what changes along the path", async () => {
  const { html, svgs } = await writeManifoldReport(join(folder, "page.html"), { title: "Methane & more", views: [await viewOf(start, true), await viewOf(methane([[0, 0, 1]], "one"), false)] });
  const text = readFileSync(html, "utf8");
  expect(svgs.length).toBe(3);
  expect(text).toContain("symmetry &lt;functions&gt;");
  expect(text).toContain("Methane &amp; more");
  expect(text).toContain("1&nbsp;displacement that nothing sees.".replace("&nbsp;", "\u00a0"));
  const data = [...text.matchAll(/data-part="data">(.*?)<\/script>/gu)].map(([, json]) => JSON.parse(json) as { symbols: string[]; frames: number[][]; arrows: number[]; texts: string[] });
  expect(data.map(({ symbols }) => symbols)).toEqual([["C", "H", "H", "H", "H"], ["C", "H"]]);
  expect(data.map(({ frames }) => frames.length)).toEqual([6, 1]);
  expect(data[0].texts[0]).toContain("0.00 Å: fingerprint changed by 0");
  const lengths = [1, 2, 3, 4].map((atom) => Math.hypot(...data[0].arrows.slice(3 * atom, 3 * atom + 3)));
  expect(Math.max(...lengths)).toBeCloseTo(1.3, 3);
  expect(data[0].arrows.slice(0, 3)).toEqual([0, 0, 0]);
  expect(data[1].arrows[5]).toBeCloseTo(1.3, 3);
  for (const svg of svgs) expect(readFileSync(svg, "utf8")).not.toContain("NaN");
});

it("has a place for an environment without neighbors", async () => {
  const { html, svgs } = await writeManifoldReport(join(folder, "alone.html"), { title: "Alone", views: [await viewOf(methane([], "a carbon alone"), false)] });
  expect(svgs.length).toBe(0);
  expect(readFileSync(html, "utf8")).toContain("a carbon alone: there is no neighbor, so there is nothing to see.");
});
