// The page of examples/browser, used in a Chromium: a file is dropped, and what it shows is what Node computes.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as browser from "../../src/browser.js";
import { expectClose } from "../expect.js";
import { findChromium } from "./chromium.js";
import { resultOfPage } from "./result-of-page.js";

interface Row {
  readonly name: string;
  readonly group: string;
  readonly values: Float64Array;
}
interface Analysis {
  readFile(file: File): Promise<unknown[]>;
  fingerprintsOf(executor: unknown, structures: unknown[], settings: object): Promise<{ rows: Row[]; nRows: number; labels: string[] }>;
  similarityMatrix(rows: readonly Row[], zeta: number): Float64Array;
  similarityMap(matrix: Float64Array, n: number): { points: number[][]; shares: number[] };
  mostAlike(matrix: Float64Array, n: number, row: number, count: number): { other: number; similarity: number }[];
}
interface Shown {
  readonly error?: string;
  readonly dropped: { readonly state: string; readonly text: string };
  readonly refused: Shown["dropped"];
  readonly sample: Shown["dropped"];
  readonly isIsolated: boolean;
  readonly chosen: string;
  readonly alike: string[][];
  readonly legend: string[];
  readonly colors: number[];
  readonly overflow: number;
  readonly loaded: string[];
}

const chromium = findChromium();
const analysis = (await import(/* @vite-ignore */ new URL("../../examples/browser/analysis.mjs", import.meta.url).href)) as Analysis;
const { createExecutor } = (await import(/* @vite-ignore */ new URL("../../dist/pestle-browser.js", import.meta.url).href)) as typeof browser;
const settings = { rows: "structure", radius: 5, sigma: 0.5, nMax: 6, lMax: 4 };

describe("the similarity map", () => {
  it("keeps the distances of points of a plane", () => {
    const plane = [[0, 0], [3, 0], [0, 4], [3, 4], [1, 1]];
    const gram = Float64Array.from(plane.flatMap(([x, y]) => plane.map(([u, v]) => x * u + y * v)));
    const { points, shares } = analysis.similarityMap(gram, plane.length);
    const distances = (of: number[][]): number[] => of.flatMap(([x, y]) => of.map(([u, v]) => Math.hypot(x - u, y - v)));
    expectClose(distances(points), distances(plane), 1e-5);
    expectClose([shares[0] + shares[1]], [1], 1e-9);
  });

  it("is one point for rows that are the same", () => {
    expect(analysis.similarityMap(new Float64Array(9).fill(1), 3)).toEqual({ points: [[0, 0], [0, 0], [0, 0]], shares: [0, 0] });
  });
});

describe.skipIf(!chromium).each([{ isIsolated: false }, { isIsolated: true }])("the example page, isolated from other origins: $isIsolated", ({ isIsolated }) => {
  it("shows fingerprints of a dropped file and how alike they are", async () => {
    const { result } = await resultOfPage<Shown>(chromium!, "/test/browser/example.html", { isIsolated });
    expect(result.error).toBeUndefined();
    expect(result.isIsolated).toBe(isIsolated);
    expect(result.dropped.state).toBe("ready");
    const file = new File([readFileSync(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url))], "Si_test.xyz.gz");
    const executor = await createExecutor({ threads: 1 });
    const { rows, labels } = await analysis.fingerprintsOf(executor, await analysis.readFile(file), settings);
    await executor.close();
    expect(result.dropped.text).toContain(`${rows.length} rows with ${labels.length} features`);
    expect(result.dropped.text).toMatch(isIsolated ? /build (relaxed-)?simd\)/ : /build unshared\)/);
    const matrix = analysis.similarityMatrix(rows, 4);
    const alike = analysis.mostAlike(matrix, rows.length, 0, 6);
    expect(result.chosen).toBe(`${rows[0].name} · ${rows[0].group}`);
    expectClose(result.alike.map(([, , similarity]) => Number(similarity)), alike.map(({ similarity }) => similarity), 2e-6);
    expect(result.legend).toEqual([...new Set(rows.map(({ group }) => group))]);
    expect(Math.min(...result.colors)).toBeGreaterThan(1);
    expect(result.overflow).toBeLessThanOrEqual(0);
    expect(result.loaded.filter((path) => !/^\/(examples\/browser\/|dist\/pestle-browser\.js$)/.test(path))).toEqual([]);
    expect(result.refused).toMatchObject({ state: "failed", text: expect.stringMatching(/^broken\.xyz:4/) as string });
    expect(result.sample).toMatchObject({ state: "ready", text: expect.stringContaining("silicon.xyz: 60 structures") as string });
  });
});
