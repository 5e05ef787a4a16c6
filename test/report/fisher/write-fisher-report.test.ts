import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FisherInformation } from "../../../src/analysis/index.js";
import { writeFisherReport } from "../../../src/report/index.js";
import { findChromium, withoutWebGL } from "../../browser/chromium.js";
import { dumpPage } from "../dump-page.js";
import { xmlDefect } from "../well-formed.js";
import { syntheticFisher } from "./synthetic-fisher.js";

const chromium = findChromium();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-fisher-report-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, information: FisherInformation): Promise<{ html: string; markup: string; svgs: Map<string, string> }> {
  const { html, svgs } = await writeFisherReport(join(folder, name), { title: "<b>Nb</b>", information, provenance: [["model m.pestle", "SHA-256 0"]] });
  const texts = await Promise.all(svgs.map(async (path) => [basename(path, ".svg"), await readFile(path, "utf8")] as const));
  const page = await readFile(html, "utf8");
  return { html, markup: page.replace(/<script\b[\s\S]*?<\/script>/g, ""), svgs: new Map(texts) };
}

describe("writeFisherReport", () => {
  it("shows ladders, precision, directions, parameters and predictions", async () => {
    const information = syntheticFisher();
    const { markup, svgs } = await written("whole", information);
    expect([...svgs.keys()]).toEqual(["eigenvalue-ladders", "scaled-ladders", "participation"]);
    for (const [name, text] of svgs) {
      expect(xmlDefect(text), name).toBeUndefined();
      expect(/.{0,60}(?:NaN|undefined|Infinity|null(?! modes)).{0,20}/.exec(text)?.[0], name).toBeUndefined();
    }
    expect(/.{0,60}(?:NaN|undefined|Infinity|\[object).{0,20}/.exec(markup)?.[0]).toBeUndefined();
    expect(markup).toContain("&lt;b&gt;Nb&lt;/b&gt;");
    // κ by each way, and what of it holds
    for (const text of ["17.20", "31.40", "36.00", "256 bits, digits compared with those of 512", "10<sup>42.0</sup>"]) expect(markup).toContain(text);
    expect(markup).toMatch(/known 10<sup>15\.0<\/sup>\stimes as well as the worst; 3\sof 6\sdirections are sloppy/u);
    expect(markup).toContain("1.3·10<sup>−42</sup>");
    expect(markup).toContain("a.&lt;b&gt; 70 %");
    // error of α by its logarithm, of a coefficient by its value
    expect(markup).toContain("errors of the logarithm");
    expect(markup).toContain("1 parameter of 9 is smaller than the error");
    // 20 meV of two atoms; the largest of the forces is at the first
    expect(markup).toMatch(/frame &lt;1&gt;<\/th><td[^>]*>2<\/td><td[^>]*>10\.0<\/td><td[^>]*>0\.337<\/td><td[^>]*>0\.700<\/td><td[^>]*>1</u);
  });

  it("draws each eigenvalue, those of a double J too, and marks rounding", async () => {
    const { precision, spectra: [linear], ...others } = syntheticFisher();
    const rungs = (svg: string, color: string): number => [...svg.matchAll(new RegExp(`<line[^>]*stroke="${color}"[^>]*stroke-width="1\\.6"`, "gu"))].length;
    const high = (await written("high", { ...others, precision, spectra: [linear] })).svgs.get("eigenvalue-ladders")!;
    const [significant, sloppy, rounding] = ["#0072B2", "#7b8794", "#e4e7eb"];
    // 0, −6, −12 of 6 in high precision, 0, −5.5, −11 of 6 in double
    expect([rungs(high, significant), rungs(high, sloppy), rungs(high, rounding)]).toEqual([6, 6, 0]);
    const raw = { ...linear.raw, digits: [9, 7, 5, 3, 0, 0], isCertain: false };
    const double = { ...precision, tier: "double" as const, bits: null, log10Kappa: { ...precision.log10Kappa, high: null }, log10EigenvaluesInDouble: null };
    const { markup, svgs } = await written("double", { ...others, precision: double, spectra: [{ ...linear, raw }] });
    const drawn = svgs.get("eigenvalue-ladders")!;
    expect([rungs(drawn, significant), rungs(drawn, sloppy), rungs(drawn, rounding)]).toEqual([3, 1, 2]);
    expect(markup).toContain("more than 10<sup>15.0</sup>");
  });

  it("does without error bars, participation and eigenvalues", async () => {
    const { spectra, ...others } = syntheticFisher();
    const empty = { ...spectra[0].raw, eigenvalues: [], digits: [], log10Kappa: null, sloppyDirections: [], significant: { count: 0, share: 0 }, isCertain: false };
    const parameters = others.parameters.map((own) => ({ ...own, error: null, errorLinear: null }));
    const { markup, svgs } = await written("empty", { ...others, parameters, residualVariance: null, participation: null, predictions: [], spectra: [{ ...spectra[0], raw: empty, scaled: empty }] });
    expect([...svgs.keys()]).toEqual([]);
    expect(markup).toContain("There are too few rows for error bars.");
    expect(markup).toContain("Nothing in the data depends on the linear parameters.");
    expect(markup).not.toContain("<h2>Predictions");
  });

  it.skipIf(!chromium)("runs without a complaint", async () => {
    const { html } = await written("run", syntheticFisher());
    const { console: lines, dom } = await dumpPage(chromium!, html, withoutWebGL);
    expect(lines).toEqual([]);
    expect(dom).toContain("aria-sort");
  });
});
