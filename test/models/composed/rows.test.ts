// Rows of parameter derivatives: random trees against the readable twin, finite differences, directions that nothing depends on.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClusterBasis, ClusterCutoffName } from "../../../src/descriptors/cluster/basis.js";
import { BoundForm } from "../../../src/models/composed/bound-form.js";
import { columnCount } from "../../../src/models/composed/columns.js";
import { findPairs } from "../../../src/models/composed/pairs.js";
import type { ComposedForm, ComposedNode } from "../../../src/models/composed/tree.js";
import { attachPotential, ComposedModel, evaluateStructure, layoutParameters, parameterRowCount, type ParameterRowsRequest, parseNotation } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import type { Structure } from "../../../src/structures/index.js";
import { withScratch } from "../../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomStructure } from "../systems.js";
import { PlainComposed, type PlainStructure } from "./plain.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const all = { forces: true, virial: true } as const;

/** Values between those of fits and those that would hide mistakes, some factors 0, from one number. */
function valuesOf(form: ComposedForm, nSpecies: number, seed: number): Float64Array {
  const values = layoutParameters(form, nSpecies).parameters.map(({ kind }, k) => {
    const wave = Math.sin(seed + 2.3 * k);
    return { alpha: 0.11 + 0.04 * wave, beta: 1.7 + 0.2 * wave, weight: k % 7 === 3 ? 0 : 1 + 0.4 * wave, shift: wave, coefficient: wave + 0.2, exponent: 0.2 * wave }[kind];
  });
  return Float64Array.from(values);
}

function plainOf({ atomicNumbers, positions, cell, pbc }: Structure, species: readonly number[]): PlainStructure {
  const vectors = (flat: ArrayLike<number>): number[][] => Array.from({ length: flat.length / 3 }, (_, i) => [flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]]);
  return { species: [...atomicNumbers].map((z) => species.indexOf(z)), positions: vectors(positions), cell: vectors(cell ?? new Float64Array(9)), pbc: [...pbc] };
}

function rowsOf(form: ComposedForm, values: Float64Array, species: readonly number[], structure: Structure, request: ParameterRowsRequest, blockPairs?: number): Float64Array {
  const { wasm, pool } = executor;
  return withScratch(pool, (scratch) => {
    const pairs = findPairs(wasm, scratch, structure, form, species);
    const bound = new BoundForm(wasm, scratch, { form, values, species, atomEnergies: species.map(() => 0) }, blockPairs === undefined ? {} : { blockPairs });
    const length = parameterRowCount(request, structure.atomicNumbers.length) * columnCount(bound.layout, request.linearOnly);
    const out = scratch.f64(length);
    wasm.f64(out, length).fill(NaN);
    bound.rows(pairs, request, out, scratch);
    return wasm.f64(out, length).slice();
  });
}

/** Relative to the largest value, or to 0.001 where all are smaller: sums over triplets that vanish are differences of such that do not. */
function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expectClose(actual, expected, tolerance * Math.max(1e-3, ...expected.map(Math.abs)));
}

/** Blocks of rows are judged by their own largest values. */
function expectRows(actual: Float64Array, expected: readonly (readonly number[])[], nAtoms: number): void {
  const [width, flat] = [expected[0].length, expected.flat()];
  expect(actual.length).toBe(flat.length);
  for (const [first, last] of [[0, 1], [1, 1 + 3 * nAtoms], [1 + 3 * nAtoms, expected.length]]) {
    if (last > first) expectNear(actual.subarray(first * width, last * width), flat.slice(first * width, last * width), 1e-11);
  }
}

const leaf = fc.oneof(
  fc.record({ op: fc.constant("linear" as const), basis: fc.integer({ min: 0, max: 2 }), hasShift: fc.boolean() }),
  fc.record({ op: fc.constantFrom("exp" as const, "neighborExp" as const), basis: fc.integer({ min: 0, max: 2 }), hasShift: fc.boolean(), nExponents: fc.integer({ min: 1, max: 3 }) }),
);
const { tree } = fc.letrec<{ tree: ComposedNode; node: ComposedNode }>((tie) => ({
  tree: fc.oneof({ maxDepth: 2, withCrossShrink: true }, leaf, tie("node")),
  node: fc.record({ op: fc.constantFrom("sum" as const, "product" as const), hasShift: fc.boolean(), left: tie("tree"), right: tie("tree") }),
}));
const basis = fc.oneof(
  fc.record<ClusterBasis>({ body: fc.constant(2), radial: fc.constantFrom("gaussian", "chebyshev"), size: fc.integer({ min: 1, max: 3 }), species: fc.constantFrom("alike", "weights", "channels") }),
  fc.record<ClusterBasis>({
    body: fc.constant(3), radial: fc.constantFrom("gaussian", "chebyshev"), size: fc.integer({ min: 1, max: 2 }), degrees: fc.constantFrom([0], [1, 3], [2, 0]),
    species: fc.constantFrom("alike", "weights"),
  }),
);
const form = fc.record<ComposedForm>({
  cutoff: fc.record({ radius: fc.constantFrom(3.1, 3.6), function: fc.constantFrom<ClusterCutoffName>("poly4", "smoothstep7", "bump") }),
  bases: fc.tuple(basis, basis, basis),
  root: tree,
});

describe("random trees", () => {
  it("have the rows, energies and forces of the readable twin, in blocks as well", () => {
    const species = [11, 17];
    fc.assert(
      fc.property(form, fc.integer({ min: 1, max: 40 }), fc.boolean(), (random, seed, isPeriodic) => {
        const structure = randomStructure(seed, isPeriodic ? 3 : 6, isPeriodic);
        const values = valuesOf(random, 2, seed);
        const twin = new PlainComposed(random, plainOf(structure, species), values, 2);
        const nAtoms = structure.atomicNumbers.length;
        const expected = twin.rows({ forces: true, virial: true });
        expectRows(rowsOf(random, values, species, structure, all), expected, nAtoms);
        expectRows(rowsOf(random, values, species, structure, all, 3), expected, nAtoms);
        const model = new ComposedModel({ species, form: random, values });
        const predicted = withScratch(executor.pool, (scratch) => attachPotential(executor.wasm, model.prepare().tables).evaluate(structure, { want: { ...all, localEnergies: true } }, scratch));
        const { siteEnergies, forces, virial } = twin.predict();
        expectNear(predicted.localEnergies!, siteEnergies, 1e-12);
        expectNear(predicted.forces!, forces, 1e-11);
        expectNear(predicted.virial!, virial, 1e-11);
      }),
      { numRuns: 40, seed: 20 },
    );
  });

  it("of one, and of three species", () => {
    for (const [species, notation] of [[[11], "E[G3L2] x C2"], [[3, 11, 17], "N[E[G2L1]] x T2[1,2]"]] as const) {
      const own: ComposedForm = { cutoff: { radius: 3.6, function: "poly4" }, ...parseNotation(notation) };
      const structure = { ...randomStructure(8, 5) };
      structure.atomicNumbers = structure.atomicNumbers.map((_, i) => species[i % species.length]);
      const values = valuesOf(own, species.length, 3);
      const twin = new PlainComposed(own, plainOf(structure, species), values, species.length);
      expectRows(rowsOf(own, values, species, structure, all), twin.rows(all), 5);
    }
  });
});

const deep: ComposedForm = { cutoff: { radius: 3.5, function: "poly4" }, ...parseNotation("(G2 x E[T2[0,1] L1] + N[E[C2#1 L2]]) x G2 + E[C2#1 L1]") };
const species = [11, 17];
const structure = randomStructure(12, 5);
const nAtoms = structure.atomicNumbers.length;

it("rows of energies alone, and of linear parameters alone, are those of all", () => {
  const values = valuesOf(deep, 2, 1);
  const whole = rowsOf(deep, values, species, structure, all);
  const { parameters } = layoutParameters(deep, 2);
  const width = parameters.length;
  expectClose(rowsOf(deep, values, species, structure, { forces: false, virial: false }), whole.subarray(0, width), 0);
  expectClose(rowsOf(deep, values, species, structure, { forces: false, virial: true }), [...whole.subarray(0, width), ...whole.subarray((1 + 3 * nAtoms) * width)], 1e-13, "relative-to-max");
  const isLinear = parameters.map(({ kind }) => kind === "shift" || kind === "coefficient");
  expect(isLinear.filter(Boolean).length).toBe(columnCount(layoutParameters(deep, 2), true));
  expectClose(rowsOf(deep, values, species, structure, { ...all, linearOnly: true }), whole.filter((_, i) => isLinear[i % width]), 1e-13, "relative-to-max");
});

it("rows are central differences of predictions, by every parameter", async () => {
  const values = valuesOf(deep, 2, 2);
  const rows = rowsOf(deep, values, species, structure, all);
  const width = values.length;
  const predict = async (changed: Float64Array): Promise<number[]> => {
    const { energy, forces, virial } = await evaluateStructure(new ComposedModel({ species, form: deep, values: changed }), structure, executor, { want: all });
    return [energy, ...forces!, ...[0, 4, 8, 5, 2, 1].map((c) => virial![c])];
  };
  for (let k = 0; k < width; k++) {
    const h = 1e-4;
    const at = (step: number): Promise<number[]> => predict(values.map((value, i) => (i === k ? value + step : value)));
    const [far, near, nearBelow, farBelow] = [await at(2 * h), await at(h), await at(-h), await at(-2 * h)];
    const numerical = near.map((_, row) => (8 * (near[row] - nearBelow[row]) - (far[row] - farBelow[row])) / (12 * h));
    expectNear(numerical.map((_, row) => rows[row * width + k]), numerical, 1e-7);
  }
});

it("nothing changes along the gauge modes of products, one for each", () => {
  const nested: ComposedForm = { ...deep, ...parseNotation("(G2 x E[G2L1] + C3) x (N[E[C2L1]] x G2)") };
  const values = valuesOf(nested, 2, 4);
  const { parametric } = new ComposedModel({ species, form: nested, values });
  const modes = parametric.gaugeModes!();
  expect(modes.length).toBe(3);
  const rows = rowsOf(nested, values, species, structure, all);
  const width = values.length;
  for (const mode of modes) {
    const products = Array.from({ length: rows.length / width }, (_, row) => mode.reduce((sum, v, k) => sum + v * rows[row * width + k], 0));
    const sizes = Array.from({ length: rows.length / width }, (_, row) => mode.reduce((sum, v, k) => sum + Math.abs(v * rows[row * width + k]), 0));
    expect(Math.max(...sizes)).toBeGreaterThan(1e-3);
    expectClose(products, products.map(() => 0), 1e-13 * Math.max(...sizes));
  }
  expect(parametric.parameters.map(({ isLinear }) => isLinear).filter(Boolean).length).toBe(columnCount(layoutParameters(nested, 2), true));
  expect(parametric.parameters[0]).toEqual({ name: "a.alpha", value: values[0], isLinear: false, isLogarithmic: true });
});
