import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { type TuneReportData, writeTuneReport } from "../../../src/report/index.js";
import type { EvaluationRecord, StageResult } from "../../../src/tune/search-result.js";
import { findChromium, withoutWebGL } from "../../browser/chromium.js";
import { dumpPage } from "../dump-page.js";
import { searchOf, syntheticSearch } from "./synthetic-search.js";
import { xmlDefect } from "../well-formed.js";

const chromium = findChromium();
let folder: string;
let plain: WrittenPage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-tune-report-"));
  plain = await written("plain", syntheticSearch());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface WrittenPage {
  readonly path: string;
  readonly page: string;
  readonly svgs: ReadonlyMap<string, string>;
}

async function written(name: string, data: TuneReportData): Promise<WrittenPage> {
  const { html, svgs } = await writeTuneReport(join(folder, name), data);
  const texts = await Promise.all(svgs.map(async (path) => [basename(path, ".svg"), await readFile(path, "utf8")] as const));
  return { path: html, page: await readFile(html, "utf8"), svgs: new Map(texts) };
}

/** The page without its scripts. */
function markupOf({ page }: WrittenPage): string {
  return page.replace(/<script\b[\s\S]*?<\/script>/g, "");
}

function expectSound({ page, svgs }: WrittenPage): void {
  expect(/.{0,60}(?:NaN|undefined|Infinity|\[object).{0,20}/.exec(page.replace(/<script\b[\s\S]*?<\/script>/g, ""))?.[0]).toBeUndefined();
  for (const [name, text] of svgs) {
    expect(xmlDefect(text), name).toBeUndefined();
    expect(/.{0,60}(?:NaN|undefined|Infinity|null).{0,20}/.exec(text)?.[0], name).toBeUndefined();
  }
}

/** The last stage of the synthetic search with other records. */
function searchWith(change: (record: EvaluationRecord) => EvaluationRecord | undefined, title = "Changed"): TuneReportData {
  const stage = syntheticSearch(4).result.stages[1];
  const records = stage.records.flatMap((record) => change(record) ?? []);
  const done = records.filter(({ status }) => status === "done").sort((a, b) => a.loss - b.loss);
  return { title, result: searchOf([{ ...stage, records, best: done[0] }]) };
}

describe("writeTuneReport", () => {
  it("writes one page and the figures of every stage", async () => {
    expect(plain.path).toBe(join(folder, "plain", "report.html"));
    expect([...plain.svgs.keys()]).toEqual([
      "stage-1-convergence", "stage-1-parallel-coordinates", "stage-1-slices", "stage-1-pairs", "stage-1-kernel-histograms",
      "stage-2-convergence", "stage-2-parallel-coordinates", "stage-2-slices", "stage-2-pairs", "stage-2-pareto-front",
    ]);
    expect((await readdir(join(folder, "plain", "figures"))).length).toBe(10);
    expectSound(plain);
  });

  it("gives the same bytes for the same data", async () => {
    const [first, second] = [await written("first", syntheticSearch(3)), await written("second", syntheticSearch(3))];
    expect(first.page === second.page).toBe(true);
  });

  it("needs nothing from outside and lets the browser refuse it", () => {
    const markup = markupOf(plain);
    expect(/\b(?:src|srcset|href|action|data|poster|background)\s*=|url\(|@import|<link|<iframe|<object|<embed|<base/i.exec(markup)?.[0]).toBeUndefined();
    expect(markup.includes('<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;')).toBe(true);
  });

  it("shows what the best evaluation of each stage found, with units", () => {
    const markup = markupOf(plain);
    for (const { best, name } of syntheticSearch().result.stages) {
      expect(markup.includes(`Stage ${name}`), `Stage ${name}`).toBe(true);
      expect(markup.includes(`the best is evaluation ${best?.id}`), `best (evaluation ${best?.id})`).toBe(true);
      expect(markup.includes(best!.loss.toPrecision(3)), best!.loss.toPrecision(3)).toBe(true);
    }
    for (const text of ["meV/atom", "eV/Å", "µs/atom", "fit.sigma.forces (eV/Å)", "0.001 to 0.1, logarithmic", "4 to 8, whole", "at the upper bound"]) {
      expect(markup.includes(text), text).toBe(true);
    }
    expect(markup.includes("pestle fit si-best.yaml -o si.pestle"), "pestle fit si-best.yaml -o si.pestle").toBe(true);
    expect(markup.includes("type: soap-turbo"), "type: soap-turbo").toBe(true);
    expect(markup.includes("57148b295cb2b124"), "57148b295cb2b124").toBe(true);
  });

  it("counts failures that differ in numbers only together", () => {
    const tables = [...markupOf(plain).matchAll(/<table class="wide failures">[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables.length).toBe(2);
    syntheticSearch().result.stages.forEach(({ records }, i) => {
      const counts = [...tables[i].matchAll(/<td class="count">(\d+)<\/td>/g)].map((match) => Number(match[1]));
      expect(counts.length).toBe(2);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(records.filter(({ status }) => status === "failed").length);
    });
  });

  it("holds every evaluation for sorting and saving", () => {
    const [, json] = /<script type="application\/json" id="evaluations">([\s\S]*?)<\/script>/.exec(plain.page)!;
    const tables = JSON.parse(json) as { columns: { key: string }[]; rows: unknown[][] }[];
    syntheticSearch().result.stages.forEach(({ records, best, parameters }, i) => {
      const { columns, rows } = tables[i];
      const at = (key: string): number => columns.findIndex((column) => column.key === key);
      expect(rows.length).toBe(records.length);
      for (const record of records) {
        const row = rows.find((values) => values[at("evaluation")] === (record.id < 0 ? "start" : record.id))!;
        expect(row[at("loss")]).toBe(record.loss);
        expect(row[at("status")]).toBe(record.status);
        expect(row[at("reason")]).toBe(record.reason ?? null);
        for (const { path } of parameters) expect(row[at(path)]).toBe(record.values[path] ?? null);
      }
      expect(rows[0][0]).toBe("start");
      expect(rows[1][0]).toBe(best?.id);
    });
  });

  it("stays below 3 MB at 2000 evaluations", async () => {
    const data = syntheticSearch(56);
    expect(data.result.stages.reduce((sum, { records }) => sum + records.length, 0)).toBeGreaterThan(2000);
    const large = await written("large", data);
    expect((await stat(large.path)).size).toBeLessThan(3e6);
    expectSound(large);
    expect(/\d+ of [\d,]+ evaluations are drawn/.test(markupOf(large))).toBe(true);
  });

  it("shows what there is of a search without a result", async () => {
    const failed = searchWith((record) => ({ ...record, status: "failed", reason: "everything went wrong", loss: 1e6, metrics: {} }));
    const { page, svgs, ...rest } = await written("failed", failed);
    expectSound({ page, svgs, ...rest });
    expect(page.includes("No evaluation was completed"), "No evaluation was completed").toBe(true);
    expect(page.includes("everything went wrong"), "everything went wrong").toBe(true);
    expect([...svgs.keys()]).toEqual([]);
    const none = await written("none", searchWith(() => undefined));
    expectSound(none);
    const empty = await written("empty", { title: "Empty", result: searchOf([]) });
    expectSound(empty);
  });

  it("shows a search with a single evaluation", async () => {
    const one = await written("one", searchWith((record) => (record.id < 0 ? record : undefined)));
    expectSound(one);
    expect(one.page.includes("start was not improved on"), "start was not improved on").toBe(true);
    const two = await written("two", searchWith((record) => (record.id === 0 ? { ...record, status: "done", loss: 0.5 } : undefined)));
    expectSound(two);
    expect(two.page.includes("The start could not be evaluated"), "The start could not be evaluated").toBe(true);
    expect(two.svgs.has("convergence")).toBe(true);
  });

  it("draws equal losses, losses that are not positive, penalties among completed evaluations and parameters that are not active", async () => {
    const equal = await written("equal", searchWith((record) => ({ ...record, loss: 0 })));
    expectSound(equal);
    const negative = await written("negative", searchWith((record) => ({ ...record, loss: -record.loss, metrics: {} })));
    expectSound(negative);
    expect(negative.svgs.has("pareto-front")).toBe(false);
    const inactive = await written("inactive", searchWith(({ values, ...record }) => ({
      ...record, loss: record.id === 5 ? 1e9 : record.loss,
      values: Object.fromEntries(Object.entries(values).slice(record.id % 2)),
    })));
    expectSound(inactive);
  });

  it("escapes whatever the search says", async () => {
    const script = "</script><img src=x onerror=\"document.title='owned'\">";
    const hostile = `${script} \u0007 \ud800`;
    const { result, ...texts } = syntheticSearch(3);
    const stages = result.stages.map((stage): StageResult => ({
      ...stage,
      name: hostile, optimizer: hostile, objective: hostile,
      parameters: stage.parameters.map((parameter, i) => ({ ...parameter, label: `${i} ${hostile}` })),
      records: stage.records.map((record) => ({ ...record, reason: record.reason && `${hostile} ${record.reason}`, metrics: { ...record.metrics, [hostile]: 1 } })),
    }));
    const data = { ...texts, title: hostile, description: hostile, fitFile: script, nextCommand: script, settings: script, provenance: [[hostile, hostile]] as const };
    const page = await written("hostile", { ...data, result: { ...result, stages } });
    expectSound(page);
    expect(/<img.{0,30}|.{0,60}(?!\n)\p{Cc}.{0,20}/u.exec(markupOf(page))?.[0]).toBeUndefined();
    const scripts = (text: string): number => [...text.matchAll(/<script\b[^>]*>/g)].length;
    expect(scripts(page.page)).toBe(scripts(plain.page));
  });

  it("stops when it is told to and leaves nothing behind", async () => {
    const target = join(folder, "stopped");
    await expect(writeTuneReport(target, syntheticSearch(2), { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect((await readdir(folder)).includes("stopped")).toBe(false);
  });
});

describe.skipIf(!chromium)("the page in headless Chromium", () => {
  it("sorts, unfolds and saves the evaluations without a word on the console", async () => {
    const script = `<script>
      const root = document.querySelector('[data-evaluations="1"]');
      const first = () => root.querySelector("tbody tr").firstChild.textContent;
      const loss = [...root.querySelectorAll("th[scope=col] button")].find((button) => button.textContent === "loss");
      document.body.dataset.before = first();
      loss.click();
      document.body.dataset.ascending = first();
      loss.click();
      document.body.dataset.descending = root.querySelector("tbody td").textContent;
      document.body.dataset.sorted = loss.parentElement.getAttribute("aria-sort");
      document.body.dataset.folded = root.querySelectorAll("tbody tr").length;
      root.querySelector("[data-command=all]").click();
      document.body.dataset.unfolded = root.querySelectorAll("tbody tr").length;
      document.body.dataset.overflow = document.documentElement.scrollWidth > innerWidth;
      HTMLAnchorElement.prototype.click = function () { document.body.dataset[this.download.endsWith("csv") ? "csv" : "json"] = this.download; };
      const Plain = Blob;
      window.Blob = class extends Plain { constructor(parts, options) { super(parts, options); document.body.dataset.lines = parts[0].split("\\n").length; } };
      root.querySelector("[data-command=json]").click();
      root.querySelector("[data-command=csv]").click();
    </script></body>`;
    const path = join(folder, "interaction.html");
    await writeFile(path, plain.page.replace("</body>", () => script));
    const { dom, console } = await dumpPage(chromium!, path, withoutWebGL);
    expect(console).toEqual([]);
    const { records, best } = syntheticSearch().result.stages[1];
    for (const expected of [
      'data-before="start"', `data-ascending="${best?.id}"`, 'data-descending="failed"', 'data-sorted="descending"', 'data-folded="20"',
      `data-unfolded="${records.length}"`, 'data-overflow="false"', 'data-csv="evaluations-fit.csv"', 'data-json="evaluations-fit.json"',
      `data-lines="${records.length + 2}"`,
    ]) {
      expect(dom.includes(expected), expected).toBe(true);
    }
  });
});
