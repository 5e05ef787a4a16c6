import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importGraph, importsOf, sourceFiles } from "../../.ci/layers.mjs";
import * as browser from "../../src/browser.js";
import { expectClose } from "../expect.js";
import { findChromium } from "./chromium.js";
import { computeFingerprint } from "./fingerprint.mjs";
import { resultOfPage } from "./result-of-page.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const chromium = findChromium();

/** All files that importing `entry` loads at once. */
function loadedBy(entry: string): string[] {
  const graph = importGraph(sourceFiles(join(root, "src")), { runtimeOnly: true, staticOnly: true });
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    graph.get(file)?.forEach(visit);
  };
  visit(entry);
  return [...loaded];
}

describe("the browser entry", () => {
  it("loads nothing that only Node has", () => {
    const pageHtml = readFileSync(new URL("page.html", import.meta.url), "utf8");
    const { imports } = JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(pageHtml)![1]) as { imports: Record<string, string> };
    const files = loadedBy(join(root, "src", "browser.ts"));
    expect(files.length).toBeGreaterThan(5);
    const bare = files.flatMap((file) =>
      importsOf(readFileSync(file, "utf8"))
        .filter(({ specifier, isType, isDynamic }) => !specifier.startsWith(".") && !isType && !isDynamic)
        .map(({ specifier }) => specifier),
    );
    expect([...new Set(bare)].filter((specifier) => !(specifier in imports))).toEqual([]);
  });

  it("computes the same on builds with and without shared memory", async () => {
    const reference = await computeFingerprint(browser, "simd");
    const unshared = await computeFingerprint(browser, "unshared");
    expect(unshared.build).toBe("unshared");
    expect(unshared.values).toEqual(reference.values);
    expect(Math.max(...reference.values)).toBeGreaterThan(0);
  });
});

describe("the module for pages", () => {
  const text = readFileSync(join(root, "dist", "pestle-browser.js"), "utf8");

  it("imports nothing and names the licenses of what it holds", () => {
    const start = text.indexOf("*/") + 2;
    expect(importsOf(text.slice(start))).toEqual([]);
    expect(text.slice(start).match(/["'`]node:\w+/g)).toBeNull();
    const named = [...text.slice(0, start).matchAll(/^(\S+) \d+\.\d+\.\d+ \((?:MIT|Apache-2\.0|ISC|BSD-\d-Clause)\)$/gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(["pestle", "@assemblyscript/loader", "ml-matrix", "wasm-feature-detect", "zod"]));
    expect(text.length).toBeLessThan(1_500_000);
  });

  it("has what the modules have", async () => {
    const bundled = (await import(/* @vite-ignore */ new URL("../../dist/pestle-browser.js", import.meta.url).href)) as typeof browser;
    expect(Object.keys(bundled).sort()).toEqual(Object.keys(browser).sort());
    const expected = await computeFingerprint(browser, "unshared");
    expect(await computeFingerprint(bundled)).toEqual(expected);
  });
});

interface PageResult {
  readonly error?: string;
  readonly build: string;
  readonly values: number[];
  readonly isIsolated: boolean;
}

describe.skipIf(!chromium).each([{ isIsolated: false }, { isIsolated: true }])("in headless Chromium, isolated from other origins: $isIsolated", ({ isIsolated }) => {
  it.each(["page.html", "bundle.html"])("%s computes the fingerprint that Node computes", async (page) => {
    const { result, requested } = await resultOfPage<PageResult>(chromium!, `/test/browser/${page}`, { isIsolated });
    expect(result.error).toBeUndefined();
    expect(result.isIsolated).toBe(isIsolated);
    expect(result.build).toMatch(isIsolated ? /^(relaxed-)?simd$/ : /^unshared$/);
    const expected = await computeFingerprint(browser, "unshared");
    // the tables come from JavaScript, whose elementary functions differ in the last bit between engines
    expectClose(result.values, expected.values, 1e-11, "relative-to-max");
    if (page === "bundle.html") expect(requested.filter((path) => /dist|build|node_modules/.test(path))).toEqual(["/dist/pestle-browser.js"]);
  });
});
