// Scans of fits to energies and forces against fits without the structures that are left out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { encodeModel, evaluateStructure } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, smallData, soap, type TermInput } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

// sums over atoms keep the mean of the energies, so that fits to parts of the data are fits to the same numbers
const terms: TermInput[] = [{ descriptor: soap, kernel: gaussian }, { descriptor: { ...soap, nMax: 2 }, kernel: { type: "dot-product", zeta: 2, delta: 0.3 }, centers: ["Na"] }];
const [sigmaE, sigmaF] = [0.05, 0.2];
/** One structure has no energy, one no forces. */
const data = Dataset.from(
  [...smallData(7)].map((structure, i) => {
    const { energy, forces } = structure.targets;
    return { ...structure, targets: i === 2 ? { forces } : i === 4 ? { energy } : { energy, forces } };
  }),
);

type Scan = Extract<NonNullable<NonNullable<KernelRidgeFit["fit"]>["regularization"]>, object>["scan"];
const requestOf = (scan: Scan | undefined, lengthScale = 0.8, factor = 1): KernelRidgeFit => ({
  model: {
    type: "kernel-ridge", isolatedAtomEnergies: { Na: -1, Cl: -2 },
    terms: terms.map((term, t) => (t === 0 ? { ...term, kernel: { ...gaussian, lengthScale } as TermInput["kernel"] } : term)),
  },
  fit: { sigma: { energy: Math.sqrt(factor) * sigmaE, forces: Math.sqrt(factor) * sigmaF, perAtom: false }, ...(scan && { regularization: { scan } }) },
});

const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** Errors of energies and forces of parts of the data that a fit to the rest makes, and both over σ. */
async function refitted(parts: readonly number[][], lengthScale: number, factor: number): Promise<{ energies: number; forces: number; overSigma: number }> {
  const [energies, forces]: [number[], number[]] = [[], []];
  for (const part of parts) {
    const rest = data.subset(Array.from({ length: data.nStructures }, (_, i) => i).filter((i) => !part.includes(i)));
    const { model } = await fitKernelRidge(requestOf(undefined, lengthScale, factor), rest, executor);
    for (const i of part) {
      const { targets, ...structure } = data.structure(i);
      const found = await evaluateStructure(model, structure, executor);
      if (targets.energy !== undefined) energies.push(targets.energy - found.energy);
      if (targets.forces) forces.push(...targets.forces.map((force, k) => force - found.forces![k]));
    }
  }
  // errors over σ as they are given, since λ is a factor of them
  return { energies: rms(energies), forces: rms(forces), overSigma: rms([...energies.map((error) => error / sigmaE), ...forces.map((error) => error / sigmaF)]) };
}

describe("a scan of a fit to energies and forces", () => {
  const lengths = [0.6, 1.5];
  const lambda = [0.1, 4];

  it("has the errors of fits without structures or groups, the evidence, and takes the best", async () => {
    const { summary, model } = await fitKernelRidge(requestOf({ lengthScale: lengths, lambda, by: "leave-group-out" }), data, executor);
    expect(summary.scan!.map((point) => [point.lengthScales[0], point.lambda])).toEqual(lengths.flatMap((length) => lambda.map((factor) => [length, factor])));
    for (const { lengthScales: [length], lambda: factor, leaveOneOut, leaveGroupOut, leftOutOverSigma, logEvidence } of summary.scan!) {
      const alone = await refitted(Array.from({ length: 7 }, (_, i) => [i]), length, factor);
      expectClose(leaveOneOut, [alone.energies, alone.forces], 1e-6);
      const groups = await refitted([0, 1, 2].map((g) => [0, 1, 2, 3, 4, 5, 6].filter((i) => i % 3 === g)), length, factor);
      expectClose(leaveGroupOut!, [groups.energies, groups.forces], 1e-6);
      expectClose([leftOutOverSigma!], [groups.overSigma], 1e-6);
      const { summary: same } = await fitKernelRidge(requestOf(undefined, length, factor), data, executor);
      // of the same density, with K + λR in place of K + R
      expectClose([logEvidence], [same.logEvidence!], 1e-6);
    }
    const best = summary.scan!.reduce((a, b) => (b.leftOutOverSigma! < a.leftOutOverSigma! ? b : a));
    expect([summary.lambda, summary.noiseScale, ...summary.lengthScales.slice(0, 1)]).toEqual([undefined, best.lambda, best.lengthScales[0]]);
    const { model: same } = await fitKernelRidge(requestOf(undefined, best.lengthScales[0], best.lambda), data, executor);
    const fresh = smallData(1, 500).structure(0);
    const [a, b] = [await evaluateStructure(model, fresh, executor), await evaluateStructure(same, fresh, executor)];
    expectClose([a.energy, ...a.forces!], [b.energy, ...b.forces!], 1e-9);
    expectClose([model.residualNoise!.energy!, model.residualNoise!.forces!], [same.residualNoise!.energy!, same.residualNoise!.forces!], 1e-12);
    expect(summary.tables[2].columns).toContain("left out / (eV/Å)");
    expect(summary.plots![0].y).toBe("error (σ)");
  });

  it.each(["leave-one-out", "evidence"] as const)("by %s takes the best point, of factors that it has by default", async (by) => {
    const { summary } = await fitKernelRidge(requestOf({ lengthScale: { ofMedian: [1, 3] }, by }), data, executor);
    const points = summary.scan!;
    expect(points.slice(0, 5).map((point) => point.lambda)).toEqual([1e-2, 1e-1, 1, 1e1, 1e2]);
    const measure = (point: (typeof points)[0]): number => (by === "evidence" ? -point.scaledLogEvidence : point.leftOutOverSigma!);
    const best = points.reduce((a, b) => (measure(b) < measure(a) ? b : a));
    expect([summary.noiseScale, ...summary.lengthScales]).toEqual([best.lambda, ...best.lengthScales]);
  });

  it("has the same bits for any number of threads, and refuses what it cannot do", async () => {
    const bits: string[] = [];
    for (const threads of [1, 3]) {
      const several = await createExecutor({ threads });
      const { model, summary } = await fitKernelRidge(requestOf({ lengthScale: lengths, lambda }), data, several);
      bits.push(Buffer.from(await encodeModel(model)).toString("base64") + JSON.stringify(summary.scan));
      await several.close();
    }
    expect(bits[1]).toBe(bits[0]);
    await expect(fitKernelRidge(requestOf({ by: "validation" }), data, executor)).rejects.toThrow(/by is validation, which is for fits to energies alone/u);
    const both: KernelRidgeFit = { ...requestOf(undefined), fit: { ...requestOf(undefined).fit, regularization: 1e-3 } };
    await expect(fitKernelRidge(both, data, executor)).rejects.toThrow(/say the same thing twice/u);
    const none = requestOf({ lambda: [0] });
    const twice = Dataset.from([...data, ...data]);
    await expect(fitKernelRidge(none, twice, executor)).rejects.toThrow(/no point of regularization\.scan has a kernel matrix that is positive definite/u);
  });
});
