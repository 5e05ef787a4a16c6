// What is kept of chains while they go on: states between updates and nothing else.
import { describe, expect, it } from "vitest";
import { ChainFiles } from "../../../src/fit/checkpoint/chain-files.js";
import { FakeFolder } from "./fake-folder.js";

const reduction = { name: "rows", chains: 2, blocks: 6, elements: 3 };
const triangle = (value: number): Float64Array => new Float64Array(3).fill(value);

describe("chains", () => {
  it("are copied when they rest, not when the file is written", async () => {
    const folder = new FakeFolder();
    const chains = new ChainFiles(folder, reduction);
    const memory = triangle(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    chains.resting(0, 1, () => memory);
    chains.working(0);
    memory.fill(NaN);
    // the first one is still on its way
    chains.resting(1, 1, () => triangle(10));
    folder.finish();
    expect(folder.parts.get("rows, chain 1")).toEqual({ meta: 1, arrays: [triangle(1)] });
    expect(folder.parts.has("rows, chain 2")).toBe(false);
    expect(chains.safeBlocks).toBe(1);
  });

  it("that rest are kept at the end, one after the other; those that change are as they were", async () => {
    const folder = new FakeFolder();
    const chains = new ChainFiles(folder, reduction);
    await new Promise((resolve) => setTimeout(resolve, 2));
    chains.resting(0, 1, () => triangle(1));
    chains.resting(1, 2, () => triangle(20));
    chains.working(0);
    const done = chains.interrupted();
    folder.isHasty = true;
    folder.finish();
    await done;
    expect(folder.parts.get("rows, chain 1")).toEqual({ meta: 1, arrays: [triangle(1)] });
    expect(folder.parts.get("rows, chain 2")).toEqual({ meta: 2, arrays: [triangle(20)] });
    expect(chains.safeBlocks).toBe(3);
  });

  it("are gone on with, and give way to the triangle that they were merged in", async () => {
    const folder = new FakeFolder();
    folder.isHasty = true;
    folder.parts.set("rows, chain 2", { meta: 2, arrays: [triangle(20)] });
    const chains = new ChainFiles(folder, reduction);
    expect(await chains.finished()).toBeUndefined();
    expect(await chains.restore(0)).toBeUndefined();
    expect(await chains.restore(1)).toEqual({ blocks: 2, elements: triangle(20) });
    expect(chains.safeBlocks).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 2));
    chains.merged(() => triangle(5));
    expect([...folder.parts.keys()]).toEqual(["rows, merged"]);
    expect(chains.safeBlocks).toBe(6);
    expect(await new ChainFiles(folder, reduction).finished()).toEqual(triangle(5));
  });
});
