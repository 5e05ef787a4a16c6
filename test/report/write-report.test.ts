import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError, NumericalError } from "../../src/errors.js";
import { writeReport } from "../../src/report/index.js";
import type { ReportData, StructureRecord } from "../../src/report/report-data.js";
import { findChromium, softwareWebGL, withoutWebGL } from "../browser/chromium.js";
import { dumpPage } from "./dump-page.js";
import { fewPoints, syntheticReport } from "./synthetic.js";
import { xmlDefect } from "./well-formed.js";

const chromium = findChromium();
let folder: string;
let plain: WrittenPage;
let hostilePage: WrittenPage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-report-"));
  plain = await written("plain", syntheticReport());
  hostilePage = await written("hostile", hostileReport());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hostile = [
  "</script><img src=x onerror=\"document.title='owned'\">",
  "<b onclick='x'>\"bold\" & 'brave'</b> &amp; more",
  "bell \u0007 escape \u001b[31m lone \ud800 end \uffff",
  "${constructor} `${1}` {{x}} \\u003c",
  "",
];

/** A report on one atom. */
function smallReport(energy = { reference: 0, predicted: 0 }): ReportData {
  const record: StructureRecord = { group: "", label: "frame 1", nAtoms: 1, energy };
  return { title: "Little", kind: "evaluate", datasets: [{ name: "data", records: [record] }] };
}

/** The synthetic report with texts that try to break out wherever the data can hold text. */
function hostileReport(): ReportData {
  const plain = fewPoints(syntheticReport());
  const groups = [...new Set(plain.datasets[0].records.map(({ group }) => group))];
  const rename = (group: string): string => hostile[groups.indexOf(group)];
  return {
    ...plain,
    title: hostile[0],
    description: hostile[1],
    datasets: plain.datasets.map(({ records, ...dataset }) => ({
      ...dataset,
      source: hostile[0],
      records: records.map((record) => ({ ...record, group: rename(record.group), label: hostile[0] })),
    })),
    tables: plain.tables?.map(({ columns, rows }) => ({ title: hostile[0], columns: columns.map(() => hostile[1]), rows: rows.map(() => columns.map((_, i) => (i === 2 ? [[hostile[0], 3]] : hostile[1]))) })),
    plots: [{ name: "curve", title: hostile[0], x: hostile[1], y: hostile[2], caption: hostile[1], curves: [{ name: hostile[0], points: [[1, 2], [10, 1]] }] }],
    timings: [{ stage: hostile[0], seconds: 1 }],
    memory: [{ name: hostile[0], bytes: 1 }],
    warnings: hostile,
    settings: `${hostile[0]}\n${hostile[1]}`,
    provenance: [[hostile[0], hostile[1]]],
    worstStructures: plain.worstStructures?.map((structure) => ({ ...structure, label: hostile[0], group: hostile[1] })),
  };
}

/** The page without its scripts. */
function withoutScripts(page: string): string {
  return page.replace(/<script\b[\s\S]*?<\/script>/g, "");
}

interface WrittenPage {
  readonly path: string;
  readonly page: string;
  readonly svgs: readonly { readonly name: string; readonly text: string }[];
}

async function written(name: string, data: ReportData): Promise<WrittenPage> {
  const { html, svgs } = await writeReport(join(folder, name), data);
  return {
    path: html,
    page: await readFile(html, "utf8"),
    svgs: await Promise.all(svgs.map(async (path) => ({ name: basename(path), text: await readFile(path, "utf8") }))),
  };
}

describe("writeReport", () => {
  it("writes one page and a figure per quantity and kind, and nothing else", async () => {
    const { path, svgs } = plain;
    expect(path).toBe(join(folder, "plain", "report.html"));
    expect(await readdir(join(folder, "plain"))).toEqual(["figures", "report.html"]);
    expect(svgs.map(({ name }) => name).sort()).toEqual([
      "distribution-energy.svg", "distribution-forces.svg", "distribution-virial.svg",
      "parity-energy.svg", "parity-forces.svg", "parity-virial.svg",
    ]);
    expect((await readdir(join(folder, "plain", "figures"))).length).toBe(6);
  });

  it("draws how the model was made, where the fit tells, also of a single point", async () => {
    const curve = { name: "greedy-path", title: "Greedy selection", x: "functions", y: "error (σ)", caption: "Falls." };
    const training = { name: "training", points: Array.from({ length: 2000 }, (_, i) => [i + 1, 50 / Math.sqrt(i + 1)] as const) };
    const { page, svgs } = await written("curves", { ...smallReport(), plots: [{ ...curve, curves: [training, { name: "validation", points: [[1, 60]] }] }, { ...curve, name: "one", curves: [{ name: "training", points: [[1, 2]] }] }] });
    expect(page).toContain("<h2>How the model was made</h2>");
    const drawn = svgs.filter(({ name }) => ["greedy-path.svg", "one.svg"].includes(name)).map(({ text }) => text);
    expect(drawn.length).toBe(2);
    for (const text of drawn) expect({ defect: xmlDefect(text), isDrawn: !/NaN|Infinity/u.test(text) }).toEqual({ defect: undefined, isDrawn: true });
    expect(drawn[0]).toContain("validation (dashed)");
    const [path] = /d="M[^"]{500,}"/u.exec(drawn[0])!;
    expect(path.split("L").length).toBeGreaterThan(100);
    expect(path.split("L").length).toBeLessThan(320);
    expect(plain.page).not.toContain("How the model was made");
  });

  it("takes a file name too, and replaces what was there", async () => {
    const target = join(folder, "named.html");
    await writeFile(target, "old");
    const { html, svgs } = await writeReport(target, smallReport());
    expect(html).toBe(target);
    expect(svgs.every((path) => path.startsWith(join(folder, "named-figures")))).toBe(true);
    expect(await readFile(target, "utf8")).toMatch(/^<!doctype html>/);
  });

  it("gives the same bytes for the same data", async () => {
    const again = await written("again", syntheticReport());
    expect(again.page === plain.page).toBe(true);
    expect(again.svgs.map(({ text }, i) => text === plain.svgs[i].text)).toEqual(again.svgs.map(() => true));
  });

  it("needs nothing from outside and lets the browser refuse it", () => {
    const markup = withoutScripts(plain.page);
    expect(markup).not.toMatch(/\b(?:src|srcset|href|action|data|poster|background)\s*=/i);
    expect(markup).not.toMatch(/url\(|@import|<link|<iframe|<object|<embed|<base/i);
    expect(markup.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:\/\/|\/\/\w+\.\w+/);
    expect(markup).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/);
  });

  it("carries the license of the viewer", () => {
    expect(/Copyright \(c\) 2014, University of Pittsburgh[\s\S]*Redistributions in binary form must reproduce/.test(plain.page)).toBe(true);
  });

  it("shows headline numbers, every group of every data set, and the details of the run", () => {
    const markup = withoutScripts(plain.page);
    const tables = [...markup.matchAll(/<table class="errors"[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables.length).toBe(2);
    for (const table of tables) {
      const rows = [...table.matchAll(/<th class="name" scope="row">(?:<span[^>]*><\/span>)?([^<]*)<\/th>/g)].map((match) => match[1]);
      expect(rows).toEqual(["AIMD-NVT", "Elastic", "Surface", "Vacancy", "total"]);
    }
    const details = ["kernel and design matrix", "48.4 s", "846 MB", "13,233", "isolatedAtomEnergies", "57148b295cb2b124"];
    for (const text of ["meV/atom", "eV/Å", "Si_train.xyz.gz", ...details]) {
      expect(markup).toContain(text);
    }
    expect(markup).toMatch(/[12],\d{3} of 40,830 points are drawn/);
    const [, vectors] = markup.split("<h3>Lengths and directions of forces</h3>");
    expect(vectors).toContain("above 1e-6 eV/Å");
    expect([...vectors.split("</table>")[0].matchAll(/<th class="name" scope="row">([^<]*)</g)].map((match) => match[1])).toEqual(["AIMD-NVT", "Elastic", "Surface", "Vacancy", "total", "AIMD-NVT", "Elastic", "Surface", "Vacancy", "total"]);
  });

  it("writes well-formed SVG with a unit on every value axis", () => {
    for (const { svgs } of [plain, hostilePage]) {
      for (const { name, text } of svgs) expect(xmlDefect(text), name).toBeUndefined();
      const text = Object.fromEntries(svgs.map((svg) => [svg.name, svg.text]));
      expect(text["parity-energy.svg"]).toContain("reference E − ΣE₀ (eV/atom)");
      expect(text["parity-energy.svg"]).toContain("predicted E − ΣE₀ (eV/atom)");
      expect(text["parity-forces.svg"]).toContain("ΔF (eV/Å)");
      expect(text["distribution-energy.svg"]).toContain("|ΔE| (meV/atom)");
    }
  });

  it("escapes whatever the data says", () => {
    const { page } = hostilePage;
    const scripts = (text: string): number => [...text.matchAll(/<script\b[^>]*>/g)].length;
    expect(scripts(page)).toBe(scripts(plain.page));
    expect(withoutScripts(page)).not.toMatch(/<img|<b\b|onerror="|(?!\n)\p{Cc}/u);
    expect(withoutScripts(page)).toContain("&lt;/script&gt;&lt;img src=x");
  });

  it("shows what there is when there is little", async () => {
    const { page, svgs } = await written("little", smallReport());
    expect(page).toContain("(no config_type)");
    expect(page).not.toContain("$3Dmol");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(svgs.map(({ name }) => name)).toEqual(["parity-energy.svg"]);
    const { page: empty } = await written("empty", { title: "Empty", kind: "evaluate", datasets: [] });
    expect(empty).toContain("no structure to measure errors on");
    expect(empty).not.toMatch(/NaN|undefined/);
  });

  it("draws more groups than it has colors", async () => {
    const { datasets } = syntheticReport();
    const elastic = datasets[1].records.slice(14, 19);
    const records = Array.from({ length: 40 }, (_, i): StructureRecord => ({ ...elastic[i % 5], group: `group number ${i % 13}` }));
    const { page, svgs } = await written("groups", { title: "Groups", kind: "evaluate", datasets: [{ name: "test", records }] });
    for (let i = 0; i < 13; i++) expect(page).toContain(`group number ${i}<`);
    expect(svgs[0].text).toContain("6 other groups");
  });

  it("leaves nothing behind when it fails", async () => {
    const data = smallReport();
    await expect(writeReport(join(folder, "broken"), smallReport({ reference: 1, predicted: NaN }))).rejects.toThrow(NumericalError);
    await expect(writeReport(join(folder, "stopped"), data, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    await writeFile(join(folder, "file"), "");
    await expect(writeReport(join(folder, "file", "below"), data)).rejects.toThrow(InvalidParameterError);
    const left = await readdir(folder);
    expect(left.filter((name) => ["broken", "stopped"].includes(name) || name.endsWith(".tmp"))).toEqual([]);
  });
});

describe.skipIf(!chromium)("the page in headless Chromium", () => {
  it("would be heard complaining", async () => {
    const path = join(folder, "complaints.html");
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">`;
    await writeFile(path, `${policy}<img src="x.png"><script>console.error("said", 1);</script><script>throw new RangeError("thrown");</script>`);
    const { console } = await dumpPage(chromium!, path, withoutWebGL);
    for (const complaint of [/x\.png.*Content Security Policy/, /^said 1$/, /RangeError: thrown/]) {
      expect(console.some((line) => complaint.test(line)), String(complaint)).toBe(true);
    }
  });

  it("shows the worst structures in 3D, switches between them and names the chosen atom, without a word on the console", async () => {
    const data = fewPoints(syntheticReport());
    const { page } = await written("few", data);
    const svgs = JSON.stringify([...plain.svgs, ...hostilePage.svgs].map(({ text }) => text)).replace(/</g, "\\u003c");
    const script = `<script>
      document.body.dataset.first = document.getElementById("viewer-stage").dataset.atoms;
      const select = document.getElementById("viewer-structure");
      select.selectedIndex = 1;
      select.dispatchEvent(new Event("change"));
      document.querySelector('[data-structure="1"] tr[data-atom]').click();
      const defects = ${svgs}.map((text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror"));
      document.body.dataset.defects = defects.filter(Boolean).length;
      document.body.dataset.overflow = document.documentElement.scrollWidth > innerWidth;
    </script></body>`;
    const path = join(folder, "interaction.html");
    await writeFile(path, page.replace("</body>", () => script));
    const { dom, console } = await dumpPage(chromium!, path, softwareWebGL);
    expect(console).toEqual([]);
    const [first, second] = data.worstStructures ?? [];
    const worst = Math.max(...Array.from(second.forceErrors));
    for (const expected of [
      'data-state="ready"', `data-first="${first.symbols.length}"`, 'data-defects="0"', 'data-overflow="false"', "<canvas",
      `role="status">Si ${Array.from(second.forceErrors).indexOf(worst) + 1}: |ΔF| = ${worst.toFixed(3)} eV/Å</p>`,
      '<div data-structure="0" hidden="">', 'aria-selected="true"',
    ]) {
      expect(dom.includes(expected), expected).toBe(true);
    }
  });

  it("shows tables and a message where there is no WebGL", async () => {
    const { path } = await written("tables", fewPoints(syntheticReport()));
    const { dom, console } = await dumpPage(chromium!, path, withoutWebGL);
    expect(console.filter((line) => !/WebGL/i.test(line))).toEqual([]);
    expect(/data-state="fallback"[^>]*><p>The 3D view needs WebGL/.test(dom)).toBe(true);
  });

  it("runs nothing that the data brings", async () => {
    const { dom, console } = await dumpPage(chromium!, hostilePage.path, softwareWebGL);
    expect(console).toEqual([]);
    expect(/<title>owned|<img/.test(dom.replace(/<script\b[\s\S]*?<\/script>/g, ""))).toBe(false);
    expect(dom.includes('data-state="ready"')).toBe(true);
  });
});
