// Fits of composed potentials to what another one predicts for small crystals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential } from "../../../src/analysis/index.js";
import { type ComposedFit, fitComposed, trainerOf } from "../../../src/fit/index.js";
import { ComposedModel } from "../../../src/models/composed/model.js";
import { evaluateStructure, layoutParameters, parseNotation } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

const cutoff = { radius: 4.5, function: "poly4" } as const;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** A potential of sodium and chlorine, or of one of them, with values that are made up. */
function potential(text: string, species: readonly number[]): ComposedModel {
  const form = { cutoff, ...parseNotation(text) };
  const { parameters } = layoutParameters(form, species.length);
  const values = Float64Array.from(parameters, ({ kind }, i) => {
    const made = { alpha: 0.11, beta: 1.8, exponent: i % 2 ? -0.6 : 0.35, weight: 1 + 0.2 * Math.sin(i), shift: -1.5 - i, coefficient: 0.5 * Math.cos(3 * i) };
    return made[kind];
  });
  return new ComposedModel({ species, form, values });
}

/** Structures with energies, forces and virials of a potential. */
async function predictedBy(model: ComposedModel, structures: readonly Structure[]): Promise<Dataset> {
  const known: Structure[] = [];
  for (const [i, structure] of structures.entries()) {
    const { energy, forces, virial } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true } });
    known.push(makeStructure(structure, { energy, forces, virial }, i % 2 ? "odd" : "even"));
  }
  return Dataset.from(known);
}

const salts = (count: number, nAtoms = 5): Structure[] => Array.from({ length: count }, (_, i) => randomStructure(300 + i, nAtoms));
const metals = (count: number): Structure[] => salts(count).map((structure) => ({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 11) }));

function request(text: string, fit: ComposedFit["fit"] = {}): ComposedFit {
  return { model: { type: "composed", potential: text, cutoff }, fit: { starts: 4, ...fit }, seed: 2 };
}

describe("fits of composed potentials", () => {
  it.each(["G3", "C5", "E[G2 L2]"])("find %s again", async (text) => {
    const data = await predictedBy(potential(text, [11]), metals(8));
    const { model, summary } = await fitComposed(request(text), data, executor);
    expect(summary.loss).toBeLessThan(1e-10);
    const { energy, forces } = await evaluateStructure(model, data.structure(0), executor, { want: { forces: true } });
    expectClose([energy], [data.energies[0]], 1e-4);
    expectClose(forces!, data.forces.subarray(0, forces!.length), 1e-4);
  });

  it("find factors of species again", async () => {
    const data = await predictedBy(potential("G2", [11, 17]), salts(12));
    const { model, summary } = await fitComposed(request("G2", { tolerance: 1e-9 }), data, executor);
    expect(summary.loss).toBeLessThan(1e-8);
    expect(model.layout.parameters.flatMap(({ kind }, i) => (kind === "weight" ? [model.values[i]] : [])).slice(0, 2)).toEqual([1, 1]);
  });

  it("take virials, and σ by configuration type", async () => {
    const data = await predictedBy(potential("G3", [11]), metals(8));
    const sigma = { energy: 0.01, forces: 0.1, virial: 0.02, configTypes: { odd: { forces: 0.5 } } };
    const { summary } = await fitComposed(request("G3", { sigma }), data, executor);
    expect([summary.targets.virialComponents, summary.loss < 1e-6]).toEqual([48, true]);
    // what does not follow the data has a loss that the σ say
    const other = await fitComposed(request("C1", { sigma }), data, executor);
    let expected = 0;
    for (let i = 0; i < data.nStructures; i++) {
      const { energy, forces, virial } = await evaluateStructure(other.model, data.structure(i), executor, { want: { forces: true, virial: true } });
      const n = data.atomCount(i);
      expected += (energy - data.energies[i]) ** 2 / (n * 0.01 ** 2);
      forces!.forEach((force, k) => (expected += ((force - data.forces[3 * data.offsets[i] + k]) / (i % 2 ? 0.5 : 0.1)) ** 2));
      for (const [a, b] of [[0, 0], [1, 1], [2, 2], [1, 2], [0, 2], [0, 1]]) expected += (virial![3 * a + b] - data.virials[9 * i + 3 * a + b]) ** 2 / (n * 0.02 ** 2);
    }
    expectClose([other.summary.loss], [expected], 1e-8 * expected);
  });

  it("give the same bits on two threads", async () => {
    const data = await predictedBy(potential("E[G3 L2]", [11]), metals(6));
    const two = await createExecutor({ threads: 2 });
    try {
      const fits = await Promise.all([executor, two].map((own) => fitComposed(request("G2 x E[G2 L1]", { starts: 2 }), data, own)));
      expect([...fits[1].model.values]).toEqual([...fits[0].model.values]);
    } finally {
      await two.close();
    }
  });

  it("are never worse than their parts, as whole models", async () => {
    const data = await predictedBy(potential("E[G4 L3]", [11]), metals(8));
    const { summary } = await fitComposed(request("G2 x E[G2 L1] + C3", { starts: 2 }), data, executor);
    expect(summary.steps.map(({ potential: text }) => text)).toEqual(["G2", "E[G2L1]", "G2 x E[G2L1]", "C3", "G2 x E[G2L1] + C3"]);
    const losses = summary.steps.map(({ loss }) => loss);
    expect(losses[2]).toBeLessThanOrEqual(Math.min(losses[0], losses[1]) * (1 + 1e-9));
    expect(losses[4]).toBeLessThanOrEqual(Math.min(losses[2], losses[3]) * (1 + 1e-9));
  });

  it("take of nearly equal losses the one with small errors of energies and forces", async () => {
    const data = await predictedBy(potential("E[G4 L3]", [11]), metals(8));
    const misfit = async ({ model }: { readonly model: ComposedModel }): Promise<number> => {
      const { errors: { total: { energy, forces } } } = await assessPotential(model, data, executor);
      return Math.sqrt(energy.rmse * forces.rmse);
    };
    const fit = (alike: number, seed: number): ReturnType<typeof fitComposed> => fitComposed({ ...request("E[G1 L1]", { alike, starts: 8 }), seed }, data, executor);
    for (const seed of [1, 2, 3]) {
      const [least, taken] = [await fit(0, seed), await fit(1, seed)];
      expect(taken.summary.loss).toBeGreaterThanOrEqual(least.summary.loss * (1 - 1e-9));
      expect(taken.summary.loss).toBeLessThanOrEqual(2 * least.summary.loss);
      const [before, after] = [await misfit(least), await misfit(taken)];
      expect(after).toBeLessThanOrEqual(before * (1 + 1e-9));
    }
  });

  it("go on from given values", async () => {
    const data = await predictedBy(potential("E[G2 L2]", [11]), metals(6));
    const start = { "a.alpha": 0.1, "a.beta": 1.7, "root.xi[0]": 0.4, "root.xi[1]": -0.5 };
    const { summary } = await fitComposed(request("E[G2 L2]", { start }), data, executor);
    expect([summary.steps.length, summary.loss < 1e-10]).toEqual([1, true]);
    await expect(fitComposed(request("G2", { start: { "a.alfa": 1 } }), data, executor)).rejects.toThrow('fit.start names "a.alfa", which is no parameter of G2; did you mean "a.alpha"?');
  });

  it("search by the bipartite scheme", async () => {
    const data = await predictedBy(potential("E[G3 L2]", [11]), metals(6));
    const { summary } = await fitComposed(request("G2 x E[G2 L1]", { method: "bipartite", bipartite: { sweeps: 1, proposals: 4 } }), data, executor);
    const losses = summary.steps.map(({ loss }) => loss);
    losses.forEach((loss, i) => expect(loss).toBeLessThanOrEqual(losses[Math.max(0, i - 1)]));
  });
});

describe("three bodies", () => {
  /** Na with Cl around it, not periodic: bonds that are not alike, with energies that no sum over triplets is. */
  const molecule = (nChlorine: number, i: number): Structure => {
    const positions = [0, 0, 0, ...Array.from({ length: nChlorine }, (_, k) => [Math.cos(2 * k + i), Math.sin(2 * k + 0.3 * i), Math.cos(k)].map((x) => (1.4 + 0.1 * k + 0.05 * i) * x)).flat()];
    const atomicNumbers = Uint8Array.from({ length: 1 + nChlorine }, (_, atom) => (atom === 0 ? 11 : 17));
    return makeStructure({ ...randomStructure(1, 1 + nChlorine), atomicNumbers, positions: Float64Array.from(positions), cell: null, pbc: [false, false, false] }, { energy: Math.sin(i), forces: Float64Array.from(positions, (_, k) => Math.cos(3 * k + i)) });
  };

  it("leave factors of species that never meet as they are, and the loss is that of the predictions", async () => {
    const data = Dataset.from(Array.from({ length: 8 }, (_, i) => molecule(3, i)));
    const { model, summary } = await fitComposed(request("T2[0,1]"), data, executor);
    const value = (name: string): number => model.values[model.layout.parameters.findIndex((parameter) => parameter.name === name)];
    // Na with Na and Na, Na and Cl; Cl with Na and Na
    expect([0, 1, 3].map((key) => value(`a.weights[${key}]`))).toEqual([1, 1, 1]);
    expect(value("a.weights[4]")).not.toBe(1);
    expect(summary.warnings).toContain("no atoms of the data are neighbors like Na-Na-Na, Na-Na-Cl, Na-Cl-Na (the center in the middle): three-body factors of these stay at 1");
    let loss = 0;
    for (let i = 0; i < data.nStructures; i++) {
      const { energy, forces } = await evaluateStructure(model, data.structure(i), executor, { want: { forces: true } });
      loss += (energy - data.energies[i]) ** 2 + forces!.reduce((sum, force, k) => sum + (force - data.forces[12 * i + k]) ** 2, 0);
    }
    expectClose([loss], [summary.loss], 1e-9);
  });

  it("need two neighbors somewhere", async () => {
    const data = Dataset.from(Array.from({ length: 8 }, (_, i) => molecule(1, i)));
    await expect(fitComposed(request("C2 + T1[0]"), data, executor)).rejects.toThrow("model.cutoff.radius is 4.5 Å, and no atom of the data has two neighbors that close, as three-body terms need: raise it");
  });
});

describe("trees with parts in the notation", () => {
  const { describe: complete } = trainerOf({ type: "composed" });
  const notated = (tree: unknown): string => complete({ model: { type: "composed", potential: tree, cutoff } });

  it("are what the whole text would be: labels and the rule for E and N hold across parts", () => {
    expect(notated({ sum: ["E[G4 L2]", "N[E[G4 L3]]"] })).toBe("E[G4L2] + N[E[G4L3]]");
    expect(notated({ product: ["G4#7", { sum: ["C3", "E[G4#7 L2]"] }] })).toBe("G4#1 x (C3 + E[G4#1 L2])");
    expect(notated({ product: ["G4", "E[G4 L2]"] })).toBe("G4 x E[G4L2]");
    expect(() => notated({ product: ["G4#1", "C4#1"] })).toThrow('two different bases have the name "#1", G4 and C4');
  });

  it("take bases in the notation, unless a basis has that name", () => {
    expect(notated({ sum: [{ linear: "T2[0,1]" }, { exp: { basis: "G4", exponents: 2 } }, { linear: "G4" }] })).toBe("T2[0,1] + E[G4L2] + G4");
    expect(notated({ sum: [{ exp: { basis: "G4", exponents: 2 } }, { neighborExp: { basis: "G4", exponents: 2 } }] })).toBe("E[G4L2] + N[E[G4L2]]");
    expect(notated({ product: [{ linear: "C9" }, { linear: { name: "C9", radial: "gaussian", size: 2 } }] })).toBe("G2#1 x G2#1");
  });

  it("leave bases without a name to their terms", () => {
    const basis = { radial: "gaussian", size: 4 };
    expect(notated({ sum: [{ exp: { basis, exponents: 2 } }, { neighborExp: { basis, exponents: 2 } }] })).toBe("E[G4#1 L2] + N[E[G4L2]]");
  });
});

describe("fits of composed potentials refuse", () => {
  const few = (): Promise<Dataset> => predictedBy(potential("G2", [11]), metals(2));

  it.each([
    ["E[G8 L4", /potential "E\[G8 L4", position 8 \(the end\): expected \] for the E\[ at position 1/],
    ["G8 + Q3", /position 6: unknown term "Q3"/],
    ["E[G40 L4]", /model.potential has 167 parameters, and the data 32 numbers/],
  ])("%s", async (text, message) => {
    await expect(fitComposed(request(text), await few(), executor)).rejects.toThrow(message);
  });

  it("a cutoff without pairs", async () => {
    const own = request("G2");
    await expect(fitComposed({ ...own, model: { ...own.model, cutoff: { radius: 0.5 } } }, await few(), executor)).rejects.toThrow(
      "model.cutoff.radius is 0.5 Å, and no two atoms of the data are that close: raise it",
    );
  });

  it("a tree with two keys, or a name without a basis", async () => {
    const trainer = trainerOf({ type: "composed" });
    const complete = (tree: unknown): unknown => trainer.describe({ model: { type: "composed", potential: tree, cutoff } });
    expect(() => complete({ linear: "a", sum: ["G2", "G2"] })).toThrow("a part has one key of linear, exp, neighborExp, sum and product; here are linear, sum");
    expect(() => complete({ exp: { basis: "a", exponents: 2 } })).toThrow('no basis has the name "a" (give one term a basis with this name), and it is no basis in the notation, such as G8');
    expect(complete({ product: ["G8", { exp: { basis: { radial: "gaussian", size: 8 }, exponents: 4 } }] })).toBe("G8 x E[G8L4]");
    expect(complete({ sum: [{ exp: { basis: { name: "a", radial: "gaussian", size: 4 }, exponents: 2 } }, { neighborExp: { basis: "a", exponents: 3 } }] })).toBe("E[G4L2] + N[E[G4L3]]");
  });

  it("trees that nest deeper than model files may", () => {
    const { describe: complete } = trainerOf({ type: "composed" });
    expect(() => complete({ model: { type: "composed", potential: { sum: new Array<string>(65).fill("G1") }, cutoff } })).toThrow("terms nest deeper than 64");
  });

  it("starts and bounds that no Gaussian has", async () => {
    const data = await predictedBy(potential("G2", [11]), metals(6));
    await expect(fitComposed(request("G2", { start: { "a.alpha": -0.1 } }), data, executor)).rejects.toThrow("fit.start: a.alpha is -0.1; it must be a number above 0");
    await expect(fitComposed(request("G2", { start: { "a.beta": 1 } }), data, executor)).rejects.toThrow("fit.start: a.beta is 1; it must be a number above 1");
    await expect(fitComposed(request("G2", { bounds: { largestExponent: 1e-4 } }), data, executor)).rejects.toThrow("must be at least alpha[0], 0.001");
  });

  it("plans with fewer numbers than parameters", async () => {
    const { plan } = trainerOf({ type: "composed" });
    await expect(plan(request("E[G40 L4]") as never, await few(), 1)).rejects.toThrow("model.potential has 167 parameters, and the data 32 numbers");
  });
});
