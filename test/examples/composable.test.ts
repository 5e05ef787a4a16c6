// The page of composable potentials says what its results say.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "docs", "results");
const page = readFileSync(join(folder, "composable.md"), "utf8");
const text = readFileSync(join(folder, "composable", "results.json"), "utf8");

interface Potential {
  readonly name: string;
  readonly linear: number;
  readonly nonLinear: number;
  readonly train: Record<string, number>;
  readonly test: Record<string, number>;
  readonly fisher: { readonly sample: { readonly sets: Record<string, { readonly log10Kappa: number; readonly log10Eigenvalues: readonly number[] }> } };
}
interface Results {
  readonly recipe: { readonly names: readonly string[]; readonly sampleEvery: number; readonly radius: number };
  readonly data: Record<"train" | "test", { readonly structures: number; readonly atoms: number; readonly groups: Record<string, number> }>;
  readonly potentials: readonly Potential[];
  readonly claims: readonly { readonly verdict: string }[];
}
const results = JSON.parse(text) as Results;

async function module<Exports>(name: string): Promise<Exports> {
  return (await import(pathToFileURL(join(root, "examples", "composable", name)).href)) as Exports;
}

const [head, generated] = page.split("<!-- tables -->");

describe("results of composable potentials", () => {
  it("tables of the page are those of the results", async () => {
    const { pageTables } = await module<{ pageTables(results: Results): string }>("tables.mjs");
    expect(generated.split("<!-- end of tables -->")[0].trim()).toBe(pageTables(results).trim());
  });

  it("verdicts are those of the numbers", async () => {
    const { claimsOf } = await module<{ claimsOf(results: Results): unknown }>("claims.mjs");
    expect(claimsOf(results)).toEqual(results.claims);
    for (const { verdict } of results.claims) expect(["holds", "mixed", "does not hold"]).toContain(verdict);
  });

  it("a verdict follows the numbers", async () => {
    const { claimsOf } = await module<{ claimsOf(results: unknown): { claim: string; verdict: string }[] }>("claims.mjs");
    const verdict = (own: unknown): string => claimsOf(own).find(({ claim }) => claim.startsWith("G8 ⊗ G8 beats"))!.verdict;
    const worse = (own: Potential): Potential => (own.name === "G8 x G8" ? { ...own, train: { forces: 9, energy: 9, amplitude: 9, angle: 9 } } : own);
    const better = (own: Potential): Potential => (own.name === "G8 x G8" ? { ...own, train: { forces: 0, energy: 0, amplitude: 0, angle: 0 } } : own);
    expect(verdict({ ...results, potentials: results.potentials.map(worse) })).toBe("does not hold");
    expect(verdict({ ...results, potentials: results.potentials.map(better) })).toBe("holds");
  });

  it("every potential of the recipe is there, with finite numbers, and sizes of the paper", () => {
    expect(results.potentials.map(({ name }) => name)).toEqual(results.recipe.names);
    const sizes = Object.fromEntries(results.potentials.map(({ name, linear, nonLinear }) => [name, [linear, nonLinear]]));
    expect(sizes).toMatchObject({ G4: [5, 2], C40: [41, 0], "E[G8L4]": [33, 6], "N[E[G6L5]]": [31, 7], "G8 x G8": [19, 4], "G12 x E[G8L4]": [47, 8], "E[G8L4] + N[E[G8L4]]": [65, 10] });
    for (const { name, train, test, fisher } of results.potentials) {
      const { log10Kappa, log10Eigenvalues } = fisher.sample.sets.linear;
      for (const value of [...Object.values(train), ...Object.values(test), log10Kappa, ...log10Eigenvalues]) expect(Number.isFinite(value), name).toBe(true);
      expect(log10Eigenvalues[0] - log10Eigenvalues[log10Eigenvalues.length - 1], name).toBeCloseTo(log10Kappa, 2);
    }
  });

  it("what the text says of the data is so", () => {
    const { train, test } = results.data;
    expect(head).toContain(`${train.structures} structures of ${train.atoms} atoms to train on`);
    const others = Object.entries(test.groups).filter(([group]) => group.includes("pctV")).reduce((sum, [, count]) => sum + count, 0);
    expect(head).toContain(`${test.structures} structures of molecular dynamics to test on, ${others} of them at 90 and 110 % of the volume`);
    expect(head).toContain(`every ${results.recipe.sampleEvery}th structure`);
    expect(head).toContain(`Cutoff ${results.recipe.radius} Å`);
  });

  it("figures are there", () => {
    const names = [...page.matchAll(/\]\((composable\/[\w.]+)\)/g)].map(([, name]) => name);
    expect(names).toContain("composable/spectra.svg");
    for (const name of names) expect(existsSync(join(folder, name)), name).toBe(true);
  });

  it("numbers of the summary are numbers of the tables", () => {
    const summary = head.slice(head.indexOf("## In short"), head.indexOf("## Recipe"));
    const numbers = summary.match(/\d+\.\d+/g) ?? [];
    expect(numbers.length).toBeGreaterThan(5);
    const known = new Set(generated.match(/\d+\.\d+/g));
    expect(numbers.filter((number) => !known.has(number))).toEqual([]);
  });
});

describe("rank correlations", () => {
  it("are those of ranks, with the share of permutations beyond", async () => {
    const { rankCorrelation } = await module<{ rankCorrelation(pairs: readonly (readonly [number, number])[], permutations?: number): { n: number; rho: number; p: number } }>("statistics.mjs");
    const x = [1, 2, 3, 4, 5];
    expect(rankCorrelation(x.map((value) => [value, Math.exp(value)])).rho).toBeCloseTo(1, 12);
    // Σ d² = 4 + 1 + 1 + 1 + 1 = 8, ρ = 1 − 6 · 8 / (5 · 24)
    expect(rankCorrelation([[1, 3], [2, 1], [3, 2], [4, 5], [5, 4]]).rho).toBeCloseTo(0.6, 12);
    // of 120 orders of five, the two monotonic ones
    const { p } = rankCorrelation(x.map((value) => [value, -value]), 20_000);
    expect(Math.abs(p - 2 / 120) < 0.005).toBe(true);
    // equal values share a rank: ranks 1.5, 1.5, 3 and 1, 2, 3
    expect(rankCorrelation([[1, 1], [1, 2], [2, 3]]).rho).toBeCloseTo(Math.sqrt(3) / 2, 12);
  });
});
