import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderCache, MemoryCache } from "../../src/compare/result-cache.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-cache-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const value = { median: 1.5, error: NaN, list: [Infinity, -Infinity, 0], text: "NaN", nested: [{ a: null }] };

describe.each(["folder", "memory"])("a cache in a %s", (kind) => {
  it("gives back what was put under the same key, whatever the order of its parts", async () => {
    const cache = kind === "folder" ? new FolderCache(join(folder, "new", "cache")) : new MemoryCache();
    expect(cache.get({ kind: "cost", a: 1, b: 2 })).toBeUndefined();
    await cache.put({ kind: "cost", a: 1, b: 2 }, value);
    expect(cache.get({ b: 2, kind: "cost", a: 1 })).toEqual(value);
    expect(cache.get({ kind: "cost", a: 1, b: 3 })).toBeUndefined();
    expect(cache.get({ kind: "scaling", a: 1, b: 2 })).toBeUndefined();
  });
});

describe("a cache in a folder", () => {
  it("knows nothing of a file that is damaged, and replaces it", async () => {
    const own = join(folder, "damaged");
    const cache = new FolderCache(own);
    await cache.put({ kind: "cost" }, value);
    for (const name of readdirSync(own)) writeFileSync(join(own, name), '{"key": "{');
    expect(cache.get({ kind: "cost" })).toBeUndefined();
    await cache.put({ kind: "cost" }, 2);
    expect(cache.get({ kind: "cost" })).toBe(2);
    expect(readdirSync(own).length).toBe(1);
  });

  it("does not take the result of another key that has come to the same file", async () => {
    const own = join(folder, "shared");
    const cache = new FolderCache(own);
    await cache.put({ kind: "cost", of: "soap" }, value);
    const [name] = readdirSync(own);
    writeFileSync(join(own, name), readFileSync(join(own, name), "utf8").replace("soap", "acsf"));
    expect(cache.get({ kind: "cost", of: "soap" })).toBeUndefined();
  });

  it("is none where it cannot be written", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const cache = new FolderCache(join(file, "below"));
    await cache.put({ kind: "cost" }, value);
    expect(cache.get({ kind: "cost" })).toBeUndefined();
  });
});
