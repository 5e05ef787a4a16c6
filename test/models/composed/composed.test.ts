// Composed potentials: the contract of potentials, cases at the edge, model files; values are those of test/reference/composable.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Geometry } from "../../../src/environments/index.js";
import { FormatError, NumericalError } from "../../../src/errors.js";
import { ComposedModel, decodeModel, encodeModel, evaluateStructure, layoutParameters, modelTypeOf, parseNotation, type Prediction, type SpeciesMode } from "../../../src/models/index.js";
import { partTypes } from "../../../src/models/registry.js";
import { BoundForm } from "../../../src/models/composed/bound-form.js";
import { findPairs, pairBytes, placePairs } from "../../../src/models/composed/pairs.js";
import type { ComposedForm, ComposedNode } from "../../../src/models/composed/tree.js";
import type { Executor } from "../../../src/parallel/index.js";
import { withScratch } from "../../../src/wasm/scratch.js";
import { describePotential } from "../../contracts/potential.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomStructure } from "../systems.js";

const species = [11, 17];

/** A potential of the notation with values that leave forces of order 1 eV/Å. */
function modelOf(notation: string, { radius = 3.4, mode = "weights", scale = 1 }: { radius?: number; mode?: SpeciesMode; scale?: number } = {}): ComposedModel {
  const form: ComposedForm = { cutoff: { radius, function: "poly4" }, ...parseNotation(notation, mode) };
  const values = layoutParameters(form, species.length).parameters.map(({ kind }, k) => {
    const wave = Math.sin(1 + 2.3 * k);
    return { alpha: 0.11 + 0.02 * wave, beta: 1.8 + 0.1 * wave, weight: 1 + 0.4 * wave, shift: wave, coefficient: 1.3 * wave + 0.4, exponent: 0.2 * wave * scale }[kind];
  });
  return new ComposedModel({ species, form, values: Float64Array.from(values), isolatedAtomEnergies: [-1.5, -2.25] });
}

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const predict = (model: ComposedModel, geometry: Geometry): Promise<Prediction> => evaluateStructure(model, geometry, executor, { want: { forces: true, virial: true, localEnergies: true } });
const nothing: Geometry = { atomicNumbers: new Uint8Array(0), positions: new Float64Array(0), cell: null, pbc: [false, false, false], label: "nothing" };
const alone = (...atomicNumbers: number[]): Geometry => ({
  ...nothing, atomicNumbers: Uint8Array.from(atomicNumbers), positions: Float64Array.from(atomicNumbers.flatMap((_, i) => [50 * i, 0, 0])), label: "far apart",
});

describe.each(["E[G3L2] + N[E[G3L2]]", "(G2 x N[E[T2[1,2] L1]]) + C3"])("the contract: %s", (notation) => {
  const structures = [randomStructure(21), randomStructure(2, 7, false)];
  describePotential({ executor: () => executor, potential: () => modelOf(notation), structures });
});

describe("at the edge", () => {
  it("atoms without neighbors have sums of 0, and exponentials of 1", async () => {
    const model = modelOf("G2 x E[G2L2]");
    const { energy, forces, virial, localEnergies } = await predict(model, alone(11, 17, 11));
    const { values, layout } = model;
    const at = (name: string): number => values[layout.parameters.findIndex((parameter) => parameter.name === name)];
    const coefficients = [0, 1].flatMap((f) => [0, 1].map((l) => at(`root.right.c[${f},${l}]`)));
    const ofExponentials = coefficients.reduce((sum, c) => sum + c, 0);
    const expected = [0, 1, 0].map((s) => model.isolatedAtomEnergies![s] + at(`root.shift[${s}]`) + at(`root.left.shift[${s}]`) * (at(`root.right.shift[${s}]`) + ofExponentials));
    expectClose(localEnergies!, expected, 1e-14);
    expectClose([energy], [expected[0] + expected[1] + expected[2]], 1e-14);
    expect([...forces!, ...virial!].every((x) => x === 0)).toBe(true);
  });

  it.each(["E[G3L2] + N[E[G3L2]]", "T2[0,1] x G2"])("%s: structures of one of the species, and of no atoms", async (notation) => {
    const model = modelOf(notation);
    expect((await predict(model, nothing)).energy).toBe(0);
    const pair: Geometry = { ...alone(17, 17), positions: Float64Array.of(0, 0, 0, 2.1, 0, 0), label: "pair" };
    const { forces, energy } = await predict(model, pair);
    expect(Number.isFinite(energy)).toBe(true);
    expectClose([forces![0]], [-forces![3]], 1e-13);
  });

  it("an empty range of centers contributes nothing", () => {
    const model = modelOf("E[G3L2] + N[E[G3L2]]");
    const { tables } = model.prepare();
    const evaluator = modelTypeOf(model).attach(executor.wasm, tables, partTypes);
    const prediction = withScratch(executor.pool, (scratch) => evaluator.evaluate(randomStructure(3), { want: { forces: true, localEnergies: true }, range: { first: 2, last: 2 } }, scratch));
    expect(prediction.energy).toBe(0);
    expect([...prediction.forces!, ...prediction.localEnergies!].every((x) => x === 0)).toBe(true);
  });

  it("an exponential that overflows is an error that names atom and term", async () => {
    const model = modelOf("G2 + E[G2L2]", { scale: 1e6 });
    await expect(predict(model, randomStructure(5))).rejects.toThrow(NumericalError);
    await expect(predict(model, randomStructure(5))).rejects.toThrow(/^structure 5: the term root\.right .* not finite at atom \d+ \((Na|Cl)\): .* exponents xi/u);
  });

  it("more pairs than are kept at once give the same", async () => {
    const model = modelOf("T2[0,1] x E[G3#1 L2] + N[E[G3#1 L2]]");
    const structure = randomStructure(9);
    const whole = await predict(model, structure);
    const blocked = withScratch(executor.pool, (scratch) => {
      const pairs = findPairs(executor.wasm, scratch, structure, model.form, species);
      expect(pairs.nPairs).toBeGreaterThan(10);
      return new BoundForm(executor.wasm, scratch, { ...model, atomEnergies: model.isolatedAtomEnergies! }, { blockPairs: 4 }).evaluate(pairs, { forces: true, virial: true }, scratch);
    });
    expectClose([blocked.energy], [whole.energy], 1e-14, "relative-to-max");
    expectClose(blocked.forces!, whole.forces!, 1e-13, "relative-to-max");
    expectClose(blocked.virial!, whole.virial!, 1e-13, "relative-to-max");
  });
});

it("pairs that are kept give the bits of those that are searched, for other values too", () => {
  const { wasm, pool } = executor;
  const structure = randomStructure(31);
  const model = modelOf("E[G3L2] x G2");
  const before = pool.bytesInUse;
  const { pairs, region } = placePairs(wasm, pool, structure, model.form, species);
  expect(region.bytes).toBe(pairBytes(structure.atomicNumbers.length, pairs.nPairs));
  for (const factor of [1, 0.7]) {
    const changed = model.with({ values: model.values.map((value) => factor * value + (1 - factor) * 1.5) });
    const kept = withScratch(pool, (scratch) => new BoundForm(wasm, scratch, { ...changed, atomEnergies: [-1.5, -2.25] }).evaluate(pairs, { forces: true }, scratch));
    const searched = withScratch(pool, (scratch) => modelTypeOf(changed).attach(wasm, changed.prepare().tables, partTypes).evaluate(structure, { want: { forces: true } }, scratch));
    expect(kept).toEqual(searched);
  }
  pool.release(region);
  expect(pool.bytesInUse).toBe(before);
});

describe("model files", () => {
  const model = modelOf("(G2 x E[T2[0,1] L1]) + N[E[C2#1 L2]] + G3 x C2#1");

  it("hold every bit", async () => {
    const read = (await decodeModel(await encodeModel(model), "file")) as ComposedModel;
    expect([read.form, read.values, read.species, read.isolatedAtomEnergies]).toEqual([model.form, model.values, model.species, model.isolatedAtomEnergies]);
    expect(read.cutoff).toBe(6.8);
    expect(read.notation()).toBe(model.notation());
  });

  const { parameters, arrays } = modelTypeOf(model).encode(model, partTypes);
  interface Content { bases: object[]; tree: ComposedNode; [key: string]: unknown }
  const decode = (change: (content: Content) => object, values = model.values): ComposedModel =>
    modelTypeOf(model).decode({ parameters: change(structuredClone(parameters) as Content), arrays: [{ ...arrays[0], values }] }, {}, "f.pestle", partTypes) as ComposedModel;
  it.each<[string, (content: Content) => object, RegExp]>([
    ["a term of no basis", (content) => ({ ...content, bases: content.bases.slice(0, 3) }), /names the basis 3; there are 3/u],
    ["a cutoff of 0", (content) => ({ ...content, cutoff: { radius: 0, function: "poly4" } }), /cutoff\.radius/u],
    ["an unknown node", (content) => ({ ...content, tree: { op: "quotient", hasShift: true } }), /f\.pestle: .*op/u],
    ["degrees of two-body", (content) => ({ ...content, bases: content.bases.map((basis) => ({ ...basis, degrees: [1] })) }), /two-body and has degrees/u],
    ["three-body without degrees", (content) => ({ ...content, bases: content.bases.map((basis) => ({ ...basis, degrees: undefined })) }), /has no degrees/u],
    ["species that descend", (content) => ({ ...content, species: [17, 11] }), /species are 17, 11/u],
    ["fewer values than parameters", (content) => ({ ...content, tree: { op: "linear", basis: 0, hasShift: false } }), /values for \d+ parameters/u],
  ])("refuse %s", (_, change, message) => {
    expect(() => decode(change)).toThrow(FormatError);
    expect(() => decode(change)).toThrow(message);
  });

  it("refuse values that no parameter may have, by name", () => {
    const with0 = (k: number, value: number): Float64Array => model.values.map((own, i) => (i === k ? value : own));
    expect(() => decode((content) => content, with0(0, -0.1))).toThrow(/a\.alpha is -0\.1; it must be above 0/u);
    expect(() => decode((content) => content, with0(1, 1))).toThrow(/a\.beta is 1; it must be above 1/u);
    expect(() => decode((content) => content, with0(model.values.length - 1, NaN))).toThrow(/is NaN; it must be finite/u);
    let tree: ComposedNode = { op: "linear", basis: 0, hasShift: false };
    for (let level = 0; level < 70; level++) tree = { op: "sum", hasShift: false, left: tree, right: { op: "linear", basis: 0, hasShift: false } };
    expect(() => decode((content) => ({ ...content, tree }))).toThrow(/deeper than 64/u);
  });
});
