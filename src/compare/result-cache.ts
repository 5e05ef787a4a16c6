import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolders, writeWholeFile } from "../output-file.js";
import { encodeSpecials, decodeSpecials } from "./special-numbers.js";

/** Where results are found again: by everything that they depend on. */
export interface ResultCache {
  /** What was kept under a key; undefined where there is nothing, or it cannot be read. */
  get(key: CacheKey): unknown;
  /** Keeps a result, plain data. */
  put(key: CacheKey, value: unknown): Promise<void>;
}

/** Plain data that a result depends on, with `kind` for what it is. */
export type CacheKey = Readonly<Record<string, unknown>> & {
  /** What the result is. */
  readonly kind: string;
};

/** Files kept at the most; the oldest make room. */
const MOST_FILES = 2000;

/**
 * $XDG_CACHE_HOME/pestle/compare, or that in ~/.cache.
 * @param command whose results they are
 */
export function defaultCacheFolder(command = "compare"): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pestle", command);
}

/** A folder with a file for each result. A folder that cannot be used is no cache, which costs time only. */
export class FolderCache implements ResultCache {
  constructor(private readonly folder: string) {}

  get(key: CacheKey): unknown {
    try {
      const { key: stored, value } = JSON.parse(readFileSync(this.pathOf(key), "utf8")) as { key: string; value: unknown };
      return stored === textOf(key) ? decodeSpecials(value) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps a result, plain data; fails silently. */
  async put(key: CacheKey, value: unknown): Promise<void> {
    try {
      makeFolders(this.folder);
      await writeWholeFile(this.pathOf(key), JSON.stringify({ key: textOf(key), value: encodeSpecials(value) }));
      this.makeRoom();
    } catch {
      // the result is there all the same
    }
  }

  private pathOf(key: CacheKey): string {
    return join(this.folder, `${key.kind}-${createHash("sha256").update(textOf(key)).digest("hex").slice(0, 32)}.json`);
  }

  private makeRoom(): void {
    const names = readdirSync(this.folder).filter((name) => name.endsWith(".json"));
    if (names.length <= MOST_FILES) return;
    const aged = names.map((name) => ({ name, time: statSync(join(this.folder, name)).mtimeMs })).sort((a, b) => a.time - b.time);
    for (const { name } of aged.slice(0, names.length - MOST_FILES)) rmSync(join(this.folder, name), { force: true });
  }
}

/** Results of one process, or none. */
export class MemoryCache implements ResultCache {
  private readonly values = new Map<string, unknown>();

  get(key: CacheKey): unknown {
    return this.values.get(textOf(key));
  }

  /** Keeps a result. */
  put(key: CacheKey, value: unknown): Promise<void> {
    this.values.set(textOf(key), value);
    return Promise.resolve();
  }
}

/** Keys of objects in alphabetical order, so that equal ones have one text. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
