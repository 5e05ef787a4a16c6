import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importGraph, importsOf, sourceFiles } from "../../.ci/layers.mjs";
import * as browser from "../../src/browser.js";
import { expectClose } from "../expect.js";
import { findChromium, openPage } from "./chromium.js";
import { computeFingerprint } from "./fingerprint.mjs";
import { servePage } from "./server.js";

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

describe.skipIf(!chromium)("in headless Chromium without cross-origin isolation", () => {
  it("computes the fingerprint that Node computes", async () => {
    const server = await servePage();
    const close = openPage(chromium!, `${server.origin}/test/browser/page.html`);
    try {
      const limit = new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`no result from the page; it asked for ${server.requested.join(", ") || "nothing"}`)), 45_000).unref();
      });
      const result = (await Promise.race([server.result, limit])) as { error?: string; build: string; values: number[]; isIsolated: boolean };
      expect(result.error).toBeUndefined();
      expect(result.isIsolated).toBe(false);
      expect(result.build).toBe("unshared");
      const expected = await computeFingerprint(browser, "unshared");
      // the tables come from JavaScript, whose elementary functions differ in the last bit between engines
      expectClose(result.values, expected.values, 1e-11, "relative-to-max");
    } finally {
      await close();
      await server.close();
    }
  });
});
