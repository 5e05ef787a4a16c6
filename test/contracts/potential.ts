import { expect, it } from "vitest";
import { evaluateStructure, evaluateStructures, type Potential, type Prediction } from "../../src/models/index.js";
import type { Geometry } from "../../src/environments/index.js";
import { attachPotential, parameterRowCount } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose } from "../expect.js";

/** What the suite needs of a potential: it is made once tests run. */
export interface PotentialCase {
  executor(): Executor;
  potential(): Potential;
  /** Structures of its species, periodic and not, without symmetry. */
  readonly structures: readonly Geometry[];
}

const want = { forces: true, virial: true, localEnergies: true } as const;

function strained({ positions, cell, ...rest }: Geometry, strain: readonly number[]): Geometry {
  const apply = (vectors: Float64Array): Float64Array =>
    vectors.map((_, i) => {
      const row = i - (i % 3);
      return vectors[i] + [0, 1, 2].reduce((sum, b) => sum + strain[3 * (i % 3) + b] * vectors[row + b], 0);
    });
  return { ...rest, positions: apply(positions), cell: cell && apply(cell) };
}

/** Rotation by an angle about an axis that is no axis of any cell, as the strain R − 1. */
function rotationMinusOne(): number[] {
  const [x, y, z] = [2 / 7, 3 / 7, 6 / 7];
  const [c, s] = [Math.cos(1.1), Math.sin(1.1)];
  const rotation = [
    c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s,
    y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s,
    z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c),
  ];
  return rotation.map((value, i) => value - (i % 4 === 0 ? 1 : 0));
}

/** The suite that every potential must pass. */
export function describePotential(potentialCase: PotentialCase): void {
  const { executor, potential, structures } = potentialCase;
  const predict = (geometry: Geometry): Promise<Prediction> => evaluateStructure(potential(), geometry, executor(), { want });
  const energy = async (geometry: Geometry): Promise<number> => (await predict(geometry)).energy;
  const run: PotentialRun = { ...potentialCase, predict, energy, each: structures.map((structure) => [structure.label, structure]) };
  itHasDerivatives(run);
  itIsInvariant(run);
  itAddsUp(run);
  itHasParameterRows(run);
  itKeepsItsMemory(run);
}

/** What the tests of one potential share. */
interface PotentialRun extends PotentialCase {
  predict(geometry: Geometry): Promise<Prediction>;
  /** eV */
  energy(geometry: Geometry): Promise<number>;
  /** Structures with their names. */
  readonly each: readonly (readonly [string, Geometry])[];
}

function itHasDerivatives(run: PotentialRun): void {
  it.each(run.each)("forces are minus the derivatives of the energy: %s", async (_, structure) => {
    const { forces } = await run.predict(structure);
    expect(Math.max(...forces!.map(Math.abs)) > 1e-2).toBe(true);
    const h = 1e-4;
    const numerical = new Float64Array(forces!.length);
    for (let i = 0; i < numerical.length; i++) {
      const at = (step: number): Promise<number> => run.energy({ ...structure, positions: structure.positions.map((x, k) => (k === i ? x + step : x)) });
      numerical[i] = (-8 * ((await at(h)) - (await at(-h))) + ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
    }
    expectClose(forces!, numerical, 1e-7, "relative-to-max");
  });

  it.each(run.each)("the virial is minus the derivative in the strain: %s", async (_, structure) => {
    const { virial } = await run.predict(structure);
    expect(Math.max(...virial!.map(Math.abs)) > 1e-2).toBe(true);
    const h = 1e-4;
    const numerical = new Float64Array(9);
    for (let i = 0; i < 9; i++) {
      const at = (step: number): Promise<number> => run.energy(strained(structure, Array.from({ length: 9 }, (_, k) => (k === i ? step : 0))));
      numerical[i] = (-8 * ((await at(h)) - (await at(-h))) + ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
    }
    expectClose(virial!, numerical, 1e-7, "relative-to-max");
  });
}

function itIsInvariant(run: PotentialRun): void {
  it.each(run.each)("translation, rotation and permutation leave the energy and turn the forces: %s", async (_, structure) => {
    const original = await run.predict(structure);
    const moved = await run.predict({ ...structure, positions: structure.positions.map((x, i) => x + [3.1, -7.7, 0.4][i % 3]) });
    expectClose([moved.energy], [original.energy], 1e-11, "relative-to-max");
    expectClose(moved.forces!, original.forces!, 1e-9, "relative-to-max");

    const rotation = rotationMinusOne();
    const turned = await run.predict(strained(structure, rotation));
    expectClose([turned.energy], [original.energy], 1e-10, "relative-to-max");
    const expected = strained({ ...structure, cell: null, positions: original.forces! }, rotation).positions;
    expectClose(turned.forces!, expected, 1e-9, "relative-to-max");

    const nAtoms = structure.atomicNumbers.length;
    const order = Array.from({ length: nAtoms }, (_, i) => (i * 5 + 2) % nAtoms);
    expect(new Set(order).size).toBe(nAtoms);
    const permuted = await run.predict({
      ...structure,
      atomicNumbers: Uint8Array.from(order, (atom) => structure.atomicNumbers[atom]),
      positions: Float64Array.from(order.flatMap((atom) => [...structure.positions.subarray(3 * atom, 3 * atom + 3)])),
    });
    expectClose([permuted.energy], [original.energy], 1e-11, "relative-to-max");
    expectClose(permuted.localEnergies!, order.map((atom) => original.localEnergies![atom]), 1e-11);
  });
}

function itAddsUp(run: PotentialRun): void {
  it.each(run.each)("forces add up to zero, local energies to the energy, and the virial is symmetric: %s", async (_, structure) => {
    const { energy: total, forces, localEnergies, virial } = await run.predict(structure);
    for (let a = 0; a < 3; a++) expectClose([forces!.filter((_, i) => i % 3 === a).reduce((x, y) => x + y, 0)], [0], 1e-11);
    expectClose([localEnergies!.reduce((x, y) => x + y, 0)], [total], 1e-12, "relative-to-max");
    expectClose([virial![1], virial![2], virial![5]], [virial![3], virial![6], virial![7]], 1e-9);
  });

  it.each(run.each)("contributions of ranges of centers add up: %s", async (_, structure) => {
    const whole = await run.predict(structure);
    const { wasm, pool } = run.executor();
    const prepared = run.potential().prepare(wasm, pool, want);
    try {
      const evaluator = attachPotential(wasm, prepared.tables);
      const nAtoms = structure.atomicNumbers.length;
      const parts = [[0, 2], [2, 2], [2, nAtoms]].map(([first, last]) =>
        withScratch(pool, (arena) => evaluator.evaluate(structure, { want, range: { first, last } }, arena)),
      );
      const sum = (name: "forces" | "virial" | "localEnergies"): Float64Array =>
        whole[name]!.map((_, i) => parts.reduce((total, part) => total + part[name]![i], 0));
      expectClose([parts.reduce((total, part) => total + part.energy, 0)], [whole.energy], 1e-12, "relative-to-max");
      for (const name of ["forces", "virial", "localEnergies"] as const) expectClose(sum(name), whole[name]!, 1e-12, "relative-to-max");
    } finally {
      prepared.release();
    }
  });
}

function itHasParameterRows(run: PotentialRun): void {
  it.each(run.each)("where it is linear in its parameters, rows times these are the prediction: %s", async (_, structure) => {
    const { parametric, isolatedAtomEnergies, species } = run.potential();
    if (!parametric?.parameters.every(({ isLinear }) => isLinear)) return;
    const { energy, forces, virial } = await run.predict(structure);
    const { wasm, pool } = run.executor();
    const prepared = run.potential().prepare(wasm, pool, {});
    try {
      const evaluator = attachPotential(wasm, prepared.tables);
      const values = parametric.parameters.map(({ value }) => value);
      expect(new Set(parametric.parameters.map(({ name }) => name)).size).toBe(values.length);
      const nAtoms = structure.atomicNumbers.length;
      for (const request of [{ forces: true, virial: true }, { forces: false, virial: true }, { forces: true, virial: false }, { forces: false, virial: false }]) {
        const rows = withScratch(pool, (arena) => wasm.f64(evaluator.parameterRows!(structure, request, arena), parameterRowCount(request, nAtoms) * values.length).slice());
        const products = Array.from({ length: parameterRowCount(request, nAtoms) }, (_, r) => values.reduce((sum, value, k) => sum + value * rows[r * values.length + k], 0));
        const atoms = structure.atomicNumbers.reduce((sum, z) => sum + (isolatedAtomEnergies?.[species.indexOf(z)] ?? 0), 0);
        expectClose([products[0] + atoms], [energy], 1e-11, "relative-to-max");
        if (request.forces) expectClose(products.slice(1, 3 * nAtoms + 1), forces!, 1e-10, "relative-to-max");
        if (request.virial) expectClose(products.slice(-6), [0, 4, 8, 5, 2, 1].map((c) => virial![c]), 1e-10, "relative-to-max");
      }
    } finally {
      prepared.release();
    }
  });
}

function itKeepsItsMemory(run: PotentialRun): void {
  it("names the structure with an atom that it does not know", async () => {
    const stranger = { ...run.structures[0], atomicNumbers: run.structures[0].atomicNumbers.map((z, i) => (i === 1 ? 92 : z)) };
    await expect(run.predict(stranger)).rejects.toThrow(/structure .*: U is not among the species .*\(atom 2\)/u);
  });

  it("predicts several structures with the bits of each alone", async () => {
    const nothing: Geometry = { atomicNumbers: new Uint8Array(0), positions: new Float64Array(0), cell: null, pbc: [false, false, false], label: "nothing" };
    const all = [...run.structures, nothing, ...run.structures].map(({ atomicNumbers, positions, cell, pbc, label }) => ({ atomicNumbers, positions, cell, pbc, label }));
    const own = { ...want, errorBars: run.potential().hasErrorBars === true };
    const together: Prediction[] = [];
    for await (const { prediction } of evaluateStructures(run.potential(), all, run.executor(), { want: own })) together.push(prediction);
    const alone = await Promise.all(all.map((structure) => evaluateStructure(run.potential(), structure, run.executor(), { want: own })));
    expect(together).toEqual(alone);
    const stranger = { ...run.structures[0], atomicNumbers: run.structures[0].atomicNumbers.map((z, i) => (i === 1 ? 92 : z)) };
    const fails = (async () => {
      for await (const { prediction } of evaluateStructures(run.potential(), [all[0], stranger], run.executor(), { want: own })) together.push(prediction);
    })();
    await expect(fails).rejects.toThrow(new RegExp(`^${stranger.label}: U is not among the species`, "u"));
  });

  it("gives memory back", async () => {
    await run.predict(run.structures[0]);
    const before = run.executor().pool.bytesInUse;
    for (const structure of run.structures) await run.predict(structure);
    expect(run.executor().pool.bytesInUse).toBe(before);
  });
}
