// Kondati Natarajan & Caro, arXiv:2101.00049, table 2: two naive sets of soap_turbo parameters for 30 carbon dimers, 0.8 to 3.7 Å.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { kernelDistribution, type KernelTerm } from "../../../src/analysis/kernel-distribution/distribution.js";
import { testExecutor } from "../../expect.js";
import { makeStructure } from "../../models/systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const dimers = Dataset.from(
  Array.from({ length: 30 }, (_, i) =>
    makeStructure({
      atomicNumbers: Uint8Array.of(6, 6),
      positions: Float64Array.of(0, 0, 0, 0.8 + 0.1 * i, 0, 0),
      cell: null,
      pbc: [false, false, false],
      label: `dimer ${i}`,
    }),
  ),
);

const sets = {
  first: { soft: 4.21, sigmaRadial: 0.69, sigmaAngular: 0.74, sigmaRadialScaling: 0.88, sigmaAngularScaling: 0.69, amplitudeScaling: 0.64, centralWeight: 0.53, radialEnhancement: 0 },
  second: { soft: 3.4, sigmaRadial: 0.13, sigmaAngular: 1.39, sigmaRadialScaling: 0.13, sigmaAngularScaling: 0.51, amplitudeScaling: 1.45, centralWeight: 1.26, radialEnhancement: 2 },
};

function term({ soft, ...parameters }: (typeof sets)[keyof typeof sets], zeta: number): KernelTerm {
  const descriptor = { type: "soap-turbo", basis: "poly3gauss", nMax: 6, lMax: 6, cutoff: { radius: 5, soft }, ...parameters };
  return { descriptor, kernel: { type: "dot-product", zeta, delta: 1 } };
}

/** The numbers of the paper come out when the kernel of every environment with itself, 1, is counted too. */
async function withSelf(what: KernelTerm): Promise<[number, number, number]> {
  const { mean, std, skewness, pairs, environments } = await kernelDistribution(dimers, what, executor);
  const raw = [mean, std ** 2 + mean ** 2, skewness * std ** 3 + 3 * mean * std ** 2 + mean ** 3];
  const [first, second, third] = raw.map((moment) => (moment * pairs + environments) / (pairs + environments)) as [number, number, number];
  const variance = second - first ** 2;
  return [first, Math.sqrt(variance), (third - 3 * first * variance - first ** 3) / variance ** 1.5];
}

describe("kernels of carbon dimers", () => {
  // |skewness| from the text; ζ = 1 of the first set is 1.6 there
  it.each([
    ["first", 1, 0.994, 0.008, 1.6],
    ["first", 10, 0.944, 0.075, 1.5],
    ["second", 1, 0.358, 0.379, 0.5],
    ["second", 10, 0.132, 0.28, 2.08],
  ] as const)("%s set, ζ = %d: mean %d, standard deviation %d, |skewness| %d", async (name, zeta, mean, std, skewness) => {
    const found = await withSelf(term(sets[name], zeta));
    // parameters are printed to two digits, results to three
    expect(Math.abs(found[0] - mean) <= 0.002).toBe(true);
    expect(Math.abs(found[1] - std) <= 0.001).toBe(true);
    expect(Math.abs(Math.abs(found[2]) - skewness) <= 0.05).toBe(true);
    // the paper prints no signs: kernels near 1 have their tail to the left
    expect(Math.sign(found[2])).toBe(mean > 0.5 ? -1 : 1);
  });
});
