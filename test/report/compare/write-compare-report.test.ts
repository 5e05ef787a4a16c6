import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { type CompareReportData, writeCompareReport } from "../../../src/report/index.js";
import { comparisonView } from "../../../src/report/compare/compared-view.js";
import { equalCostPlot } from "../../../src/report/compare/plots/equal-cost.js";
import { learningPlots } from "../../../src/report/compare/plots/learning-curves.js";
import { findChromium, withoutWebGL } from "../../browser/chromium.js";
import { DevtoolsPage } from "../../browser/devtools.js";
import { dumpPage } from "../dump-page.js";
import { cutTexts, faintMarks, overlappingCells, overlappingTexts, stickyCells, wideElements } from "../measures.js";
import { pagesOfPdf } from "../pdf-pages.js";
import { htmlDefect, xmlDefect } from "../well-formed.js";
import { emptyComparison, manyDescriptors, minimalComparison, syntheticComparison, unmeasuredComparison } from "./synthetic-comparison.js";

/** CSS pixels between the margins of A4: 180 mm. */
const PAPER_WIDTH = 680;
/** pt: larger than any text that is not a heading. */
const HEADING_SIZE = 11.7;

interface WrittenPage {
  readonly path: string;
  readonly page: string;
  readonly svgs: ReadonlyMap<string, string>;
}

const chromium = findChromium();
let folder: string;
let full: WrittenPage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-compare-report-"));
  full = await written("full", syntheticComparison());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, data: CompareReportData): Promise<WrittenPage> {
  const { html, svgs } = await writeCompareReport(join(folder, name), data);
  const texts = await Promise.all(svgs.map(async (path) => [basename(path, ".svg"), await readFile(path, "utf8")] as const));
  return { path: html, page: await readFile(html, "utf8"), svgs: new Map(texts) };
}

/** The page without its scripts. */
function markupOf({ page }: WrittenPage): string {
  return page.replace(/<script\b[\s\S]*?<\/script>/g, "");
}

/** What a reader sees of the page, in a line. */
function textOf(page: WrittenPage): string {
  const text = markupOf(page).replace(/<style>[\s\S]*?<\/style>/g, "").replace(/<wbr>/g, "").replace(/<[^>]+>/g, " ");
  return text.replace(/[\s\u00a0]+/g, " ").replaceAll("\u2060", "");
}

function expectSound(written: WrittenPage): void {
  expect(htmlDefect(written.page)).toBeUndefined();
  expect(/.{0,60}(?:NaN|undefined|Infinity|\[object).{0,20}/.exec(markupOf(written))?.[0]).toBeUndefined();
  for (const [name, text] of written.svgs) {
    expect(xmlDefect(text), name).toBeUndefined();
    expect(/.{0,60}(?:NaN|undefined|Infinity|null).{0,20}/.exec(text)?.[0], name).toBeUndefined();
  }
}

function equalCostRows(comparison: CompareReportData["comparison"]): string[] {
  return equalCostPlot(comparisonView(comparison))!.description.replace(/\u00a0/g, " ").split("; ");
}

function expectTexts(page: WrittenPage, texts: readonly string[]): void {
  const shown = textOf(page);
  for (const text of texts) expect(shown.includes(text), text).toBe(true);
}

describe("writeCompareReport", () => {
  it("writes one sound page and its figures", async () => {
    expect([...full.svgs.keys()]).toEqual([
      "cost-energy", "cost-energy-at-length", "cost-force", "cost-rank", "times", "stages",
      "scaling-cutoff", "scaling-nMax", "scaling-lMax", "scaling-species", "scaling-threads", "spectra", "kernel-histograms",
      "learning-energy", "learning-energy-at-length", "equal-cost", "learning-forces-at-length",
    ]);
    expect((await readdir(join(folder, "full", "figures"))).length).toBe(17);
    expectSound(full);
  });

  it("says what was compared on what, and who stands on the front", () => {
    expectTexts(full, [
      "6 descriptors on Si_train.xyz: 239 structures (13,207 atoms) of Si and Ge, periodic, all with energies and forces",
      "one core of AMD EPYC 9B14 96-Core Processor; what was not in the cache was measured in",
      "where nothing that costs less has a smaller error of energies, stand weighted-acsf, soap small, acsf, soap-turbo and soap large.",
      "1 descriptor could not be measured", "coulomb-matrix", "take the sine matrix", "two points have a slope",
      "soap-turbo takes 31 µs per environment", "cutoff: { radius: 5 }, nMax: 4", "12 columns are constant (soap large)", "(all descriptors)",
      "What more would cost extrapolated", "10⁶ atoms, values", "relaxed-simd", "31.2 GFLOP/s", "soap small: cost, information", "sha256 57148b295cb2b124", "among the 40 most similar ones", "LFRE is that of 100",
    ]);
    expect(/acsf[\s\S]*names? in bold|named in bold/.test(full.svgs.get("cost-energy")!)).toBe(true);
  });

  it("shows the numbers of each descriptor with their errors", () => {
    const { comparison: { descriptors } } = syntheticComparison();
    const [row] = /<tr><th scope="row" class="name" data-value="3">[\s\S]*?<\/tr>/.exec(full.page)!;
    const values = [...row.matchAll(/data-value="([^"]*)"/g)].map((match) => Number(match[1]));
    const { length, cost, information } = descriptors[2];
    expect(values.slice(1, 5)).toEqual([length, ...[cost!.values, cost!.jacobian!, cost!.backward].map(({ median }) => 1e6 * median)]);
    expect(values.at(-1)).toBe(5);
    expect(values).toContain(information!.learning.energy!.points.at(-1)!.rmse.mean);
    expect(values).toContain(information!.distanceCorrelation.energy!.mean);
    expectTexts(full, ["5.40 ± 0.32", "2.300 ± 0.030", "∞", "1.1 × 10⁸", "0.110"]);
  });

  it("shows errors at equal cost, and what is within the standard errors", () => {
    const close = syntheticComparison();
    const rows = equalCostRows(close.comparison);
    expect(rows.map((row) => /(\d)\. /.exec(row)![1])).toEqual(["5", "1", "4", "3", "6", "2"]);
    // 7.9 and 5.4 meV/atom, each ± 6 %; 14.1 and 11.8 likewise
    expect(rows[4]).toMatch(/6\. bispectrum: 42\.9 µs per environment, 7\.90 meV\/atom, 1\.46 ± 0\.12 × no\. 3$/);
    expect(rows[1]).toMatch(/, front$/);
    const [, second] = equalCostRows({ ...close.comparison, descriptors: close.comparison.descriptors.map((descriptor) => ({ ...descriptor, isClear: descriptor.name !== "soap small" })) });
    expect(second).toMatch(/soap small.*front, within errors$/);
  });

  it("names descriptors that were learned from fewer structures", () => {
    const { comparison } = syntheticComparison();
    const descriptors = comparison.descriptors.map((descriptor, i) => {
      const { information } = descriptor;
      if (i !== 2) return descriptor;
      return { ...descriptor, information: { ...information!, learning: { ...information!.learning, energy: { ...information!.learning.energy!, leftOut: 40 } } } };
    });
    const view = comparisonView({ ...comparison, descriptors });
    expect(equalCostPlot(view)!.caption).toMatch(/fewer structures.*3\.\u00a0soap-turbo\.$/);
    const [all, atLength] = learningPlots(view, ["energy", "energy-at-length"]).map(({ caption }) => caption);
    expect(all).toMatch(/Fewer structures.*3\.\u00a0soap-turbo\./);
    expect(atLength).not.toMatch(/Fewer/);
  });

  it("colors the matrices by their numbers and leaves those empty that could not be compared", () => {
    const tables = [...full.page.matchAll(/<table class="matrix">[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables.length).toBe(3);
    for (const table of tables) {
      expect([...table.matchAll(/<td class="empty"><\/td>/g)].length).toBe(4);
      expect([...table.matchAll(/<td style="--share: (\d+)%"[^>]*>(\d\.\d\d)<\/td>/g)].length).toBe(32);
    }
    expect(/--share: 100%" title="1\.\u00a0soap small → 1\.\u00a0soap small: 0">0\.00</.test(tables[0])).toBe(true);
    expect(/--share: 43%"[^>]*>0\.43</.test(tables[2])).toBe(true);
  });

  it("needs nothing from outside and lets the browser refuse it", () => {
    const markup = markupOf(full).replace(/ data-[\w-]+=/g, " ");
    expect(/\b(?:src|srcset|href|action|data|poster|background)\s*=|url\(|@import|<link|<iframe|<object|<embed|<base/i.exec(markup)?.[0]).toBeUndefined();
    expect(markup.includes("default-src &#39;none&#39;")).toBe(true);
  });

  it("has a sentence where one descriptor without energies leaves nothing to draw", async () => {
    const minimal = await written("minimal", minimalComparison());
    expectSound(minimal);
    expect([...minimal.svgs.keys()]).toEqual(["cost-rank", "times", "spectra"]);
    expectTexts(minimal, [
      "1 structure (", "without energies, without forces", "judged by their effective rank instead", "soap small is the only one",
      "The stages of the time are not known", "How the time grows was not measured", "There are no predictions", "No model was fitted",
      "there is one descriptor, and nothing to compare it with", "No two environments were compared", "The page holds no structures to open",
    ]);
  });

  it("shows what there is where nothing could be measured", async () => {
    const empty = await written("empty", emptyComparison());
    expectSound(empty);
    expect(empty.svgs.size).toBe(0);
    expectTexts(empty, ["No descriptor could be measured.", "take the sine matrix", "Machine and run"]);
    const bare = await written("bare", unmeasuredComparison());
    expectSound(bare);
    expect(bare.svgs.size).toBe(0);
    expectTexts(bare, ["the time did not suffice for measurements of cost", "No descriptor has both a time and a measure", "the budget ended before", "There is nothing to draw"]);
  });

  it("escapes whatever the comparison says", async () => {
    const script = "</script><img src=x onerror=\"document.title='owned'\">";
    const hostile = `${script} \u0007 \ud800 & <b>`;
    const { comparison, structures, ...rest } = syntheticComparison();
    const descriptors = comparison.descriptors.slice(0, 2).map((descriptor, i) => ({
      ...descriptor, name: `${i} ${hostile}`, sentence: hostile, cached: [hostile], parameters: { [hostile]: hostile }, scaling: [],
      information: { ...descriptor.information!, remarks: [hostile], learning: { length: 3 } },
      cost: { ...descriptor.cost!, stages: [{ stage: hostile, share: 1 }] }, predictions: [{ what: hostile, hours: 1, bytes: 1 }],
    }));
    const { agreement: _agreement, ...others } = comparison;
    const page = await written("hostile", {
      ...rest, title: hostile, date: hostile, warnings: [hostile], settings: script, provenance: [[hostile, hostile]],
      comparison: {
        ...others, descriptors, refused: [{ name: hostile, parameters: {}, reason: hostile }], warnings: [hostile],
        data: { ...comparison.data, name: hostile, species: [hostile] }, machine: { ...comparison.machine, cpu: hostile, node: hostile, build: hostile },
      },
      structures: structures!.map((structure) => ({ ...structure, label: hostile, symbols: structure.symbols.map(() => hostile) })),
    });
    expectSound(page);
    expect(/<img.{0,30}|.{0,60}(?!\n)\p{Cc}.{0,20}/u.exec(markupOf(page))?.[0]).toBeUndefined();
    const scripts = (text: string): number => [...text.matchAll(/<script\b[^>]*>/g)].length;
    expect(scripts(page.page)).toBe(scripts(full.page));
  });

  it("stops when it is told to and leaves nothing behind", async () => {
    await expect(writeCompareReport(join(folder, "stopped"), syntheticComparison(), { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect((await readdir(folder)).includes("stopped")).toBe(false);
  });
});

describe.skipIf(!chromium)("the page in headless Chromium", () => {
  it("sorts, saves, draws maps and opens environments without a word on the console", async () => {
    const script = `<script>
      const note = (name, value) => { document.body.dataset[name] = value; };
      const table = document.querySelector("table[data-sortable=descriptors]");
      const names = () => [...table.tBodies[0].rows].map((row) => row.cells[0].dataset.value).join("");
      const heading = (key) => table.querySelector("th[data-key=" + key + "]");
      heading("values-us").firstChild.click();
      note("ascending", names());
      heading("condition-number").firstChild.click();
      heading("condition-number").firstChild.click();
      note("descending", names() + heading("condition-number").getAttribute("aria-sort"));
      heading("jacobian-us").firstChild.click();
      heading("jacobian-us").firstChild.click();
      note("absent", names());
      HTMLAnchorElement.prototype.click = function () { note("saved", this.download); };
      document.querySelector(".controls button").click();
      const map = document.getElementById("map-plot");
      note("points", map.dataset.points);
      const before = map.innerHTML;
      const choose = (id, index) => { const select = document.getElementById(id); select.selectedIndex = index; select.dispatchEvent(new Event("change")); };
      choose("map-descriptor", 3);
      note("moved", before !== map.innerHTML);
      choose("map-color", 1);
      note("ramp", document.getElementById("map-legend").textContent.includes("eV/atom"));
      const circle = map.querySelectorAll("circle")[17].getBoundingClientRect();
      map.dispatchEvent(new MouseEvent("click", { clientX: circle.x + circle.width / 2, clientY: circle.y + circle.height / 2 }));
      note("clicked", document.getElementById("map-status").textContent);
      document.querySelectorAll("[data-open]")[3].click();
      note("opened", document.getElementById("map-status").textContent);
      note("stage", document.getElementById("map-stage").dataset.state + map.querySelectorAll(".chosen").length);
    </script></body>`;
    const path = join(folder, "interaction.html");
    await writeFile(path, full.page.replace("</body>", () => script));
    const { dom, console } = await dumpPage(chromium!, path, withoutWebGL);
    expect(console).toEqual([]);
    for (const expected of [
      'data-ascending="514362"', 'data-descending="236415descending"', 'data-absent="634152"', 'data-saved="descriptors.csv"', 'data-points="300"',
      'data-moved="true"', 'data-ramp="true"', 'data-clicked="frame 18 of Si_train.xyz, atom 8 (Si)"', 'data-opened="frame 4 of Si_train.xyz, atom 6 (Si)"', 'data-stage="fallback1"',
    ]) {
      expect(dom.includes(expected), `${expected} in ${/<body[^>]*>/.exec(dom)?.[0]}`).toBe(true);
    }
  });
});

describe.skipIf(!chromium)("the page of twenty descriptors with long names", () => {
  let page: DevtoolsPage;
  beforeAll(async () => {
    const many = await written("many", manyDescriptors());
    expectSound(many);
    page = await DevtoolsPage.open(chromium!, withoutWebGL);
    await page.look({ width: 1280 });
    await page.goTo(pathToFileURL(many.path).href);
  });
  afterAll(() => page.close());

  it.each([{ width: 390 }, { width: 1280, scheme: "dark" as const }, { width: PAPER_WIDTH, media: "print" as const }])("stays readable at $width px", async (look) => {
    await page.look(look);
    if (look.media) {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PAPER_WIDTH);
      expect(await page.evaluate(stickyCells)).toEqual([]);
    } else {
      expect(await page.evaluate(wideElements)).toEqual([]);
    }
    // names that stand letter by letter are as high as they are long
    expect(await page.evaluate(() => Math.max(...Array.from(document.querySelectorAll("tbody th.name"), ({ clientHeight }) => clientHeight)))).toBeLessThan(250);
    expect(await page.evaluate(overlappingCells)).toEqual([]);
    expect(await page.evaluate(overlappingTexts)).toEqual([]);
    expect(await page.evaluate(cutTexts)).toEqual([]);
    if (look.scheme) expect(await page.evaluate(faintMarks)).toEqual([]);
  });

  it("prints pages that are neither shrunk nor empty, and no heading ends one", async () => {
    await page.look({ width: 1280 });
    const pages = pagesOfPdf(await page.print());
    expect(pages.length).toBeGreaterThan(5);
    for (const { texts, scale } of pages) {
      expect(texts.length).toBeGreaterThan(0);
      expect(scale).toBeGreaterThan(0.745);
      const last = texts.reduce((lowest, text) => (text.y > lowest.y ? text : lowest));
      expect(last.size).toBeLessThan(HEADING_SIZE);
    }
  });
});
