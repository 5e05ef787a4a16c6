import { describe, expect, it } from "vitest";
import { KeptResults } from "../../src/fit/kept-results.js";

describe("kept results", () => {
  it("are made once for a key and a data set, and go in the order of their last use", async () => {
    const kept = new KeptResults(100);
    const made: string[] = [];
    const ask = (dataset: string, key: string, bytes = 40): Promise<string> =>
      kept.of(dataset)(key, async () => Promise.resolve(`${dataset}${key}${made.push(dataset + key)}`), () => bytes);
    expect(await ask("x", "a")).toBe("xa1");
    expect(await ask("y", "a")).toBe("ya2");
    expect(await ask("x", "a")).toBe("xa1");
    expect(kept.bytes).toBe(80);
    await ask("x", "b"); // y a was not used for the longest time
    expect(kept.bytes).toBe(80);
    expect(await ask("x", "a")).toBe("xa1");
    expect(await ask("y", "a")).toBe("ya4");
    await ask("x", "large", 101);
    await ask("x", "large", 101);
    expect(made.filter((name) => name === "xlarge").length).toBe(2);
    expect(kept.bytes).toBe(80);
    kept.release();
    expect(kept.bytes).toBe(0);
  });

  it("hold nothing of what failed", async () => {
    const kept = new KeptResults(100);
    const recall = kept.of("x");
    await expect(recall("a", () => Promise.reject(new Error("no")), () => 1)).rejects.toThrow("no");
    expect(await recall("a", () => Promise.resolve(7), () => 1)).toBe(7);
  });
});
