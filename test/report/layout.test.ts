// How reports look on a phone, on a dark ground and on paper, measured in a Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeReport, writeTuneReport } from "../../src/report/index.js";
import { findChromium, softwareWebGL, withoutWebGL } from "../browser/chromium.js";
import { DevtoolsPage } from "../browser/devtools.js";
import { TIME_LIMIT } from "../time-limit.js";
import { cutTexts, drawnPart, faintMarks, overlappingCells, overlappingTexts, stickyCells, wideElements } from "./measures.js";
import { pagesOfPdf } from "./pdf-pages.js";
import { searchOf, syntheticSearch, syntheticStage, twoParameters } from "./search/synthetic-search.js";
import { fewPoints, unwieldyReport } from "./synthetic.js";

/** CSS pixels between the margins of A4: 180 mm. */
const PAPER_WIDTH = 680;
/** pt: 13 mm. */
const MARGIN = 37;
/** pt: larger than any text that is not a heading. */
const HEADING_SIZE = 11.7;

/** A table that may be wider than its place. */
interface Place {
  readonly isWide: boolean;
  readonly hint: string;
  readonly takesKeys: boolean;
  /** CSS pixels of a first column that stays where it is. */
  readonly standing: number;
  readonly width: number;
}

const chromium = findChromium();
const reports = {
  "a fit with long names and numbers": (path: string) => writeReport(path, fewPoints(unwieldyReport())),
  "a search in two stages": (path: string) => writeTuneReport(path, syntheticSearch(3)),
  "a search of two parameters": (path: string) =>
    writeTuneReport(path, {
      title: "Two parameters",
      result: searchOf([syntheticStage({ name: "fit", parameters: twoParameters, objective: "validation-loss", generations: 4, particles: 6, seed: 1 })]),
    }),
};

/** Writes a report and opens it before the tests of a group, which get the page by calling what is returned. */
function openedPage(write: (path: string) => Promise<{ readonly html: string }>, flags: readonly string[]): () => DevtoolsPage {
  let folder: string;
  let page: DevtoolsPage;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pestle-layout-"));
    const { html } = await write(join(folder, "report"));
    page = await DevtoolsPage.open(chromium!, flags);
    await page.look({ width: 1280 });
    await page.goTo(pathToFileURL(html).href);
  });
  afterAll(async () => {
    await page.close();
    await rm(folder, { recursive: true });
  });
  return () => page;
}

describe.skipIf(!chromium).each(Object.entries(reports))("the report of %s", (_, write) => {
  const page = openedPage(write, withoutWebGL);

  it("has what the measures look at", async () => {
    for (const selector of ["figure svg text", "figure svg :is(path, line, rect, circle)", "tr > * + *", ".scroll"]) {
      expect(await page().evaluate(`() => document.querySelectorAll(${JSON.stringify(selector)}).length`)).toBeGreaterThan(1);
    }
  });

  it.each([320, 390, 768, 1280])("stays within a screen of %i px", async (width) => {
    await page().look({ width });
    expect(await page().evaluate(wideElements)).toEqual([]);
  });

  it("says on a phone which tables go on sideways, and lets keys scroll them", async () => {
    await page().look({ width: 390 });
    const places = (): Promise<Place[]> =>
      page().evaluate(() => {
        const shown = Array.from(document.querySelectorAll(".scroll")).filter((place) => place.clientWidth > 0);
        return shown.map((place) => ({
          isWide: place.scrollWidth > place.clientWidth + 1,
          hint: getComputedStyle(place, "::before").content,
          takesKeys: (place as HTMLElement).tabIndex === 0,
          standing: Math.max(0, ...Array.from(place.querySelectorAll("tbody th"), (cell) => (getComputedStyle(cell).position === "sticky" ? cell.clientWidth : 0))),
          width: place.clientWidth,
        }));
      });
    // the page looks at its tables anew in a frame after the one in which its width changed
    await vi.waitFor(async () => expect((await places()).every(({ isWide, hint }) => hint.includes("sideways") === isWide)).toBe(true), { timeout: TIME_LIMIT });
    const settled = await places();
    expect(settled.some(({ isWide }) => isWide)).toBe(true);
    for (const { isWide, hint, takesKeys, standing, width } of settled) {
      expect(standing).toBeLessThan(0.6 * width);
      expect(hint.includes("sideways")).toBe(isWide);
      expect(takesKeys).toBe(isWide);
    }
  });

  it("has marks that stand out from a dark ground", async () => {
    await page().look({ width: 1280, scheme: "dark" });
    expect(await page().evaluate(faintMarks)).toEqual([]);
  });

  it("keeps numbers and texts apart on screens and on paper", async () => {
    for (const look of [{ width: 390 }, { width: 768 }, { width: 1280 }, { width: PAPER_WIDTH, media: "print" as const }]) {
      await page().look(look);
      expect(await page().evaluate(overlappingCells)).toEqual([]);
      expect(await page().evaluate(overlappingTexts)).toEqual([]);
      expect(await page().evaluate(cutTexts)).toEqual([]);
    }
  });

  it("fits the width of paper without being shrunk", async () => {
    await page().look({ width: PAPER_WIDTH, media: "print" });
    expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PAPER_WIDTH);
    expect(await page().evaluate(stickyCells)).toEqual([]);
  });

  it("prints with margins, not shrunk, without empty pages, and no heading ends a page", async () => {
    await page().look({ width: 1280 });
    const pages = pagesOfPdf(await page().print());
    expect(pages.length).toBeGreaterThan(1);
    for (const { texts, scale, width, height } of pages) {
      expect(texts.length).toBeGreaterThan(0);
      expect(scale).toBeGreaterThan(0.745);
      expect(Math.min(...texts.map(({ x }) => Math.min(x, width - x)))).toBeGreaterThan(MARGIN);
      expect(Math.min(...texts.map(({ y }) => Math.min(y, height - y)))).toBeGreaterThan(MARGIN);
      const last = texts.reduce((lowest, text) => (text.y > lowest.y ? text : lowest));
      expect(last.size).toBeLessThan(HEADING_SIZE);
    }
  });
});

describe.skipIf(!chromium)("the picture of the worst structures", () => {
  const page = openedPage((path) => writeReport(path, fewPoints(unwieldyReport())), softwareWebGL);

  it.each([0, 1, 3])("fills its place with structure %i and cuts nothing off", async (index) => {
    await page().evaluate(`() => {
      const select = document.getElementById("viewer-structure");
      select.selectedIndex = ${index};
      select.dispatchEvent(new Event("change"));
    }`);
    const { left, right, top, bottom } = await page().evaluate(drawnPart);
    expect(Math.min(left, 1 - right, top, 1 - bottom)).toBeGreaterThan(0);
    expect(Math.max(right - left, bottom - top)).toBeGreaterThan(0.4);
  });

  it("stands on paper above the atoms of all structures", async () => {
    await page().look({ width: PAPER_WIDTH, media: "print" });
    const shown = await page().evaluate(() => Array.from(document.querySelectorAll(".atoms > div"), ({ clientHeight }) => clientHeight > 50));
    expect(shown).toEqual(unwieldyReport().worstStructures?.map(() => true));
  });
});
