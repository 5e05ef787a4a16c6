import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComposeReportData } from "../../../src/report/compose/compose-report-data.js";
import { writeComposeReport } from "../../../src/report/compose/write-compose-report.js";
import { findChromium, withoutWebGL } from "../../browser/chromium.js";
import { dumpPage } from "../dump-page.js";
import { xmlDefect } from "../well-formed.js";
import { syntheticCompose } from "./synthetic-compose.js";

const chromium = findChromium();
let folder: string;
let data: ComposeReportData;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-compose-report-"));
  data = await syntheticCompose();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, given: ComposeReportData): Promise<{ html: string; page: string; svgs: Map<string, string> }> {
  const { html, svgs } = await writeComposeReport(join(folder, name), given);
  const texts = await Promise.all(svgs.map(async (path) => [basename(path, ".svg"), await readFile(path, "utf8")] as const));
  return { html, page: await readFile(html, "utf8"), svgs: new Map(texts) };
}

describe("writeComposeReport", () => {
  it("shows the way, errors, ladders, parameters and every candidate", async () => {
    const { page, svgs } = await written("whole", data);
    expect([...svgs.keys()]).toEqual(["family-tree", "force-size", "energy-size", "force-cost", "energy-cost", "eigenvalue-ladders"]);
    for (const [name, text] of svgs) {
      expect(xmlDefect(text), name).toBeUndefined();
      expect(/.{0,60}(?:NaN|undefined|Infinity|null).{0,20}/.exec(text)?.[0], name).toBeUndefined();
    }
    const markup = page.replace(/<script\b[\s\S]*?<\/script>/g, "");
    expect(/.{0,60}(?:NaN|undefined|Infinity|\[object).{0,20}/.exec(markup)?.[0]).toBeUndefined();
    for (const { notation } of data.result.candidates) expect(markup).toContain(notation);
    for (const { name } of data.summary.parameters) expect(markup).toContain(name);
    expect(markup).toContain(data.result.ends.growth);
    expect(markup).toContain("are smaller than the error");
    expect(markup).toContain("pestle fit nb.yaml -o nb.pestle");
  });

  it("does with one candidate, data without energies, and text that looks like markup", async () => {
    const [first] = data.result.candidates;
    const none = { energy: null, force: 0.2, amplitude: null, angle: null };
    const only = { ...first, outcome: "accepted" as const, errors: { train: none, validation: none } };
    const { page, svgs } = await written("one", {
      title: "<b>one</b>",
      result: { ...data.result, candidates: [only], incumbents: [0], best: { ...data.result.best, ...only }, ends: {} },
      summary: { parameters: [], errors: { train: none, validation: none, test: none } },
    });
    expect([...svgs.keys()]).toEqual(["eigenvalue-ladders"]);
    expect(page).toContain("&lt;b&gt;one&lt;/b&gt;");
    expect(page).toContain("The search has never seen the test structures");
  });

  it.skipIf(!chromium)("runs without a complaint", async () => {
    const { html } = await written("run", data);
    const { console: lines, dom } = await dumpPage(chromium!, html, withoutWebGL);
    expect(lines).toEqual([]);
    expect(dom).toContain("aria-sort");
  });
});
