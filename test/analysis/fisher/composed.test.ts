// Fisher information of composed potentials: double and high precision side by side, gauge modes, null modes, operands.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FisherInformation, fisherInformation, type FisherOptions } from "../../../src/analysis/index.js";
import { termAlone } from "../../../src/analysis/fisher/operands-alone.js";
import { type ComposedForm, ComposedModel, type ComposedNode, evaluateStructure, layoutParameters, parseNotation, type SpeciesMode } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset, readDataset, type Structure } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const UNIT = { energy: 1, forces: 1, perAtom: false, configTypes: {} };

/**
 * With values that are no special ones.
 * @param shifts paths of the nodes that have one; default: shifts are where they usually are
 */
function modelOf(notation: string, changes: Readonly<Record<string, number>> = {}, mode: SpeciesMode = "channels", shifts?: readonly (readonly string[])[]): ComposedModel {
  const { bases, root } = parseNotation(notation, mode);
  const form: ComposedForm = { bases, root: shifts ? withShiftsAt(root, shifts) : root, cutoff: { radius: 4, function: "poly4" } };
  const values = layoutParameters(form, 2).parameters.map(({ name, kind }, p) => changes[name] ?? (kind === "alpha" ? 0.1 : kind === "beta" ? 1.9 : kind === "exponent" ? 0.3 * Math.cos(2 * p) : 0.5 + 0.3 * Math.sin(3 * p)));
  return new ComposedModel({ species: [11, 17], form, values: Float64Array.from(values) });
}

function withShiftsAt(node: ComposedNode, paths: readonly (readonly string[])[]): ComposedNode {
  const hasShift = paths.some((path) => path.length === 0);
  if (node.op !== "sum" && node.op !== "product") return { ...node, hasShift };
  const below = (side: string): string[][] => paths.filter(([first]) => first === side).map(([, ...rest]) => rest);
  return { ...node, hasShift, left: withShiftsAt(node.left, below("left")), right: withShiftsAt(node.right, below("right")) };
}

async function structuresFor(model: ComposedModel, count: number): Promise<Structure[]> {
  const structures = Array.from({ length: count }, (_, i) => randomStructure(60 + i));
  return Promise.all(structures.map(async (structure, i) => {
    const { energy, forces } = await evaluateStructure(model, structure, executor);
    return makeStructure(structure, { energy: energy + 0.1 * Math.sin(i), forces: forces!.map((force, k) => force + 0.05 * Math.cos(3 * k + i)) });
  }));
}

async function analyze(model: ComposedModel, options: FisherOptions = {}, structures?: readonly Structure[]): Promise<FisherInformation> {
  return fisherInformation(model, Dataset.from(structures ?? (await structuresFor(model, 6))), { executor }, options);
}

const spectrumOf = ({ spectra }: FisherInformation, name: string) => spectra.find((own) => own.name === name)!;

describe("Fisher information of composed potentials", () => {
  it("is the same in double and in high precision where both tell it, also its error bars", async () => {
    const model = modelOf("G2 x E[G2L1]");
    const structures = await structuresFor(model, 6);
    const options = { predictions: structures.slice(0, 1) };
    const double = await analyze(model, { ...options, precision: "double" }, structures);
    const high = await analyze(model, { ...options, precision: "high" }, structures);
    expect(double.weights).toMatchObject({ source: "unit", sigma: UNIT });
    expect(high.precision).toMatchObject({ tier: "high", bits: 256, reason: "high precision was asked for" });
    expect(high.spectra.map(({ name }) => name)).toEqual(["linear", "all", "left", "right", "left alone", "right alone"]);
    for (const [s, own] of high.spectra.entries()) {
      for (const kind of ["raw", "scaled"] as const) {
        const [a, b] = [double.spectra[s][kind], own[kind]];
        expect(Math.min(...b.digits)).toBe(30);
        expect(a.eigenvalues.length, own.name).toBe(b.eigenvalues.length);
        a.eigenvalues.forEach((value, k) => expect(Math.abs(Number(value) / Number(b.eigenvalues[k]) - 1), `${own.name} ${kind} ${k}`).toBeLessThan(10 ** (2 - a.digits[k])));
        expect(a.gaugeModes).toBe(b.gaugeModes);
      }
    }
    expect(high.spectra.map(({ raw }) => raw.gaugeModes)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(spectrumOf(high, "linear").raw.gaugeResidual!).toBeLessThan(1e-70);
    expect(spectrumOf(double, "linear").raw.gaugeResidual!).toBeLessThan(1e-28);
    expectClose(double.parameters.map(({ error }) => Math.log10(error!)), high.parameters.map(({ error }) => Math.log10(error!)), 1e-3);
    expectClose([double.predictions[0].energy, ...double.predictions[0].forces], [high.predictions[0].energy, ...high.predictions[0].forces], 1e-4, "relative-to-max");
    const isLinear = high.parameters.map((own) => own.isLinear);
    expect(high.parameters.map(({ errorLinear }) => errorLinear !== null)).toEqual(isLinear);
    high.parameters.forEach(({ error, errorLinear }) => errorLinear !== null && expect(error!).toBeGreaterThan(0.3 * errorLinear));
    expect(high.precision.log10Kappa.singularValues).toBeCloseTo(high.precision.log10Kappa.high!, 2);
  });

  it("goes to high precision where double precision cannot tell, and says so: C24 on niobium", async () => {
    const form: ComposedForm = { ...parseNotation("C24"), cutoff: { radius: 5, function: "poly4" } };
    const model = new ComposedModel({ species: [41], form, values: new Float64Array(25).fill(1) });
    const found = await fisherInformation(model, await readDataset(fileURLToPath(new URL("../../data/nb/fim_nb.xyz", import.meta.url))), { executor });
    expect(found).toMatchObject({ rows: 533, weights: { source: "unit" }, precision: { tier: "high", bits: 256 } });
    expect(found.precision.reason).toMatch(/rounding of J moves \d+ of 25 eigenvalues|beyond the 10\^26/u);
    const { eigenvaluesOfJTJ, singularValues, high } = found.precision.log10Kappa;
    expect(high!).toBeCloseTo(34.7804128415685, 12);
    // where published values end
    expect(singularValues!).toBeGreaterThan(30);
    expect(singularValues!).toBeLessThan(34);
    expect(eigenvaluesOfJTJ!).toBeLessThan(20);
    expect(found.spectra[0].raw).toMatchObject({ isCertain: true, significant: { count: 19 } });
  });

  it("finds that factors of species of a linear term repeat its coefficients", async () => {
    const found = await analyze(modelOf("G2", {}, "weights"));
    expect(spectrumOf(found, "linear").raw.nullModes).toEqual([]);
    const { nullModes } = spectrumOf(found, "all").raw;
    expect(nullModes).toHaveLength(2);
    for (const shares of nullModes) expect(shares.map(({ name }) => name).some((name) => name.startsWith("a.weights"))).toBe(true);
    expect(found.truncated).toBe(0);
  });

  it("keeps double precision where that is enough", async () => {
    const found = await analyze(modelOf("G2"));
    expect(found.precision).toMatchObject({ tier: "double", bits: null, reason: "singular values of J in double precision tell all eigenvalues" });
    expect(found.precision.log10Kappa.high).toBeNull();
  });

  it("takes null modes out that are no gauge modes: equal exponents", async () => {
    const found = await analyze(modelOf("E[G2L2]", { "root.xi[0]": 0.25, "root.xi[1]": 0.25 }));
    const { raw, parameters } = spectrumOf(found, "linear");
    const features = parameters.filter((name) => name.startsWith("root.c")).length / 2;
    expect(raw.nullModes).toHaveLength(features);
    for (const shares of raw.nullModes) expect(shares.every(({ name }) => name.startsWith("root.c"))).toBe(true);
    expect(raw.eigenvalues.length).toBe(parameters.length - features);
    expect(raw.log10Kappa!).toBeLessThan(30);
  });

  const NESTED = "(G2 + E[G2L1]) + (C2 + G1)";
  it.each<[form: string, notation: string, mode: SpeciesMode, shifts: readonly (readonly string[])[] | undefined, first: string | undefined]>([
    ["a sum with its usual shift, of leaves that share a basis", "E[G2L1] + N[E[G2L1]]", "channels", undefined, "root.left.shift[0]"],
    ["a sum whose factors have shifts", "G2 x E[G2L1] + G2", "channels", undefined, "root.left.shift[0]"],
    ["a sum with three bodies and factors of species", "G2 + T2[0,1]", "weights", undefined, "root.left.shift[0]"],
    ["a sum whose shift is nested on the left", NESTED, "channels", [["left", "right"]], "root.left.right.shift[0]"],
    ["a sum whose shift is nested on the right", NESTED, "weights", [["right", "left"]], "root.right.left.shift[0]"],
    ["a sum with the shift of the whole", NESTED, "weights", [[]], "root.shift[0]"],
    ["a sum both of whose operands have shifts", "G2 + E[G2L1]", "channels", [["left"], ["right"]], undefined],
    ["a product", "G1 x G2", "channels", undefined, undefined],
    ["a product with three bodies", "E[T2[0,1] L1] x G2", "weights", undefined, undefined],
  ])("tells of the operands alone what it tells of potentials made of them: %s", async (_, notation, mode, shifts, first) => {
    const model = modelOf(notation, {}, mode, shifts);
    const structures = await structuresFor(model, 6);
    const found = await analyze(model, { precision: "high" }, structures);
    for (const side of ["left", "right"] as const) {
      const own = new ComposedModel({ species: [11, 17], ...termAlone(model.parametric.composed!, side, 2) });
      const alone = await analyze(own, { precision: "high" }, structures);
      const [here, there] = [spectrumOf(found, `${side} alone`), spectrumOf(alone, "linear")];
      expect(here.parameters).toHaveLength(there.parameters.length);
      if (first !== undefined) {
        expect(here.parameters).toContain(first);
        expect(here.parameters.filter((name) => name.includes(".c[")).every((name) => name.startsWith(`root.${side}.`))).toBe(true);
      }
      for (const kind of ["raw", "scaled"] as const) {
        expect(here[kind].eigenvalues.length).toBeGreaterThan(2);
        expect(here[kind].gaugeModes).toBe(there[kind].gaugeModes);
        expect(here[kind].nullModes).toHaveLength(there[kind].nullModes.length);
        expect(Math.min(...here[kind].digits)).toBe(30);
        expect(here[kind].eigenvalues, `${side} ${kind}`).toEqual(there[kind].eigenvalues);
      }
    }
  });

  it("gives the operands of a sum without any shift those of potentials of their own", async () => {
    const model = modelOf("G2 + E[G2L1]", {}, "channels", []);
    const { spectra } = await analyze(model, { precision: "high" });
    expect(spectra.map(({ name }) => name)).toEqual(["linear", "all", "left", "right", "left alone", "right alone"]);
    const shifts = spectra.map(({ parameters }) => parameters.filter((name) => name.includes("shift")));
    expect(shifts).toEqual([[], [], [], [], ["root.shift[0]", "root.shift[1]"], ["root.shift[0]", "root.shift[1]"]]);
  });

  it("leaves species out that no structure has, and goes on", async () => {
    const model = modelOf("E[G2L1] x G2", {}, "weights");
    const sodium = (await structuresFor(model, 6)).map((structure) => makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 11) }, structure.targets));
    const found = await analyze(model, { precision: "high" }, sodium);
    const { raw, unused } = spectrumOf(found, "linear");
    expect(unused).toEqual(["root.shift[1]", "root.left.shift[1]", "root.right.shift[1]"]);
    expect(raw.gaugeModes).toBe(1);
    expect(raw.gaugeResidual!).toBeLessThan(1e-70);
    expect(spectrumOf(found, "all").unused).toContain("a.weights[1,0]");
  });
});
