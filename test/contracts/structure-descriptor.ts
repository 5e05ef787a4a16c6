import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as descriptors from "../../src/descriptors/index.js";
import type { StructureDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import type { System } from "../descriptors/calculator.js";
import { StructureCalculator } from "../descriptors/structure-calculator.js";
import { contractSystems, randomRotation, reordered, shuffled, speciesOf, transformed } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";
import { largest, randomArray } from "../linalg/dense.js";
import { structureOf } from "../descriptors/described-systems.js";

const hasThreads = isShared(await detectBuild());

export interface StructureContractOptions {
  /** Systems to compute; at least two of them should have several species. */
  readonly systems?: readonly System[];
  /** Whether rows are the same for the same atoms in another order; default: true */
  readonly ignoresOrder?: boolean;
  /** Largest difference between analytic derivatives and differences of the values, relative to the largest. */
  readonly differenceTolerance?: number;
}

/** What every descriptor of whole structures promises. Call it once per descriptor and per option that takes its own code path. */
export function structureDescriptorContract(name: string, makeDescriptor: () => StructureDescriptor, options: StructureContractOptions = {}): void {
  const systems = options.systems ?? contractSystems();
  const species = speciesOf(...systems);
  let executor: Executor;
  let calculator: StructureCalculator;
  const run = (): StructureCalculator => calculator;

  describe(`contract of descriptors of structures: ${name}`, () => {
    beforeAll(async () => {
      executor = await testExecutor();
      calculator = new StructureCalculator(executor, makeDescriptor(), species);
    });
    afterAll(async () => {
      calculator.release();
      await executor.close();
    });
    describe.each(systems)("$name", (system) => {
      itHasDerivatives(run, system, options);
      itIsInvariant(run, system, options);
    });
    itHasFeatures(run, makeDescriptor, species);
    itCoversBorders(run, systems);
    itRunsOnThreads(run, systems);
  });
}

type Run = () => StructureCalculator;

function itHasDerivatives(run: Run, system: System, { differenceTolerance = 1e-6 }: StructureContractOptions): void {
  it("derivatives by positions and by strain meet differences of the values", () => {
    const values = run().values(system);
    const analytic = run().jacobian(system);
    const numeric = run().byDifferences(system);
    expect(largest(values) > 0, "the values vanish").toBe(true);
    expect(largest(analytic.positions) > 1e-4 * largest(values), "the derivatives by positions are trivial").toBe(true);
    expect(largest(analytic.strain) > 1e-4 * largest(values), "the derivatives by strain are trivial").toBe(true);
    expectClose(analytic.positions, numeric.positions, differenceTolerance, "relative-to-max");
    expectClose(analytic.strain, numeric.strain, differenceTolerance, "relative-to-max");
  });

  it("backward is the gradient times the Jacobian", () => {
    const { nFeatures } = run();
    const gradients = randomArray(nFeatures, 7);
    const jacobian = run().jacobian(system);
    const backward = run().backward(system, gradients);
    for (const part of ["positions", "strain"] as const) {
      const expected = backward[part].map((_, row) => gradients.reduce((sum, gradient, f) => sum + gradient * jacobian[part][row * nFeatures + f], 0));
      expectClose(backward[part], expected, 1e-10, "relative-to-max");
    }
  });

  it("gives the same bits every time", () => {
    expect(run().values(system)).toEqual(run().values(system));
    expect(run().jacobian(system)).toEqual(run().jacobian(system));
  });
}

function itIsInvariant(run: Run, system: System, { ignoresOrder = true }: StructureContractOptions): void {
  it("is the same after rotation, reflection and translation", () => {
    const values = run().values(system);
    const shift = system.pbc.every((periodic) => !periodic) ? [100.5, -30.25, 7.125] : [3.7, -11.3, 5.9];
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const rotation = randomRotation(5);
    for (const moved of [rotation, rotation.map((x) => -x), [-1, 0, 0, 0, 1, 0, 0, 0, 1]]) {
      expectClose(run().values(transformed(system, moved)), values, 1e-10, "relative-to-max");
    }
    expectClose(run().values(transformed(system, identity, shift)), values, 1e-10, "relative-to-max");
  });

  it(ignoresOrder ? "does not depend on the order of the atoms" : "depends on the order of the atoms", () => {
    const values = run().values(system);
    const order = shuffled(system.atomicNumbers.length, 9);
    const moved = run().values(reordered(system, order));
    if (ignoresOrder) expectClose(moved, values, 1e-11, "relative-to-max");
    else if (order.some((atom, i) => atom !== i)) expect(largest(moved.map((x, f) => x - values[f])) > 1e-6 * largest(values)).toBe(true);
  });
}

function itHasFeatures(run: Run, makeDescriptor: () => StructureDescriptor, species: readonly number[]): void {
  it("has one unique label per feature", () => {
    for (const some of [species, species.slice(0, 1), species.slice(-2)]) {
      const features = run().descriptor.features(some);
      expect(features.length).toBe(run().descriptor.featureCount(some));
      expect(new Set(features.map(({ label }) => label)).size).toBe(features.length);
      for (const { bodyOrder, channel } of features) {
        expect(Number.isInteger(bodyOrder) && bodyOrder >= 1).toBe(true);
        expect(channel.every((symbol) => symbol.length > 0)).toBe(true);
      }
    }
    const { tables } = run().prepared;
    expect(tables.nFeatures).toBe(run().descriptor.featureCount(species));
    expect(tables.species.filter((z) => species.includes(z))).toEqual(species);
    expect(tables).toMatchObject({ rows: "structure", describes: "structures" });
    expect(run().descriptor).toMatchObject({ rows: "structure", describes: "structures" });
  });

  it("is made again from its own parameters", () => {
    const again = descriptors.createDescriptor(structuredClone(run().descriptor.parameters) as { type: string });
    expect(again.describes).toBe("structures");
    expect(again.parameters).toEqual(run().descriptor.parameters);
    expect(again.featureCount(species)).toBe(run().descriptor.featureCount(species));
  });

  it("gives the memory of its tables back", () => {
    const { pool, wasm } = run().executor;
    const before = pool.bytesInUse;
    makeDescriptor().prepare(wasm, pool, species).release();
    expect(pool.bytesInUse).toBe(before);
  });
}

function itCoversBorders(run: Run, [system]: readonly System[]): void {
  const some = (count: number): System => ({ ...system, atomicNumbers: system.atomicNumbers.slice(0, count), positions: system.positions.slice(0, 3 * count) });

  it("is zero for a structure without atoms", () => {
    expect(run().values(some(0))).toEqual(new Float64Array(run().nFeatures));
    const { positions, strain } = run().jacobian(some(0));
    expect(positions.length).toBe(0);
    expect(strain).toEqual(new Float64Array(9 * run().nFeatures));
    expect(run().backward(some(0), new Float64Array(run().nFeatures).fill(1)).strain).toEqual(new Float64Array(9));
  });

  it("describes a single atom, which feels no force", () => {
    const { nFeatures } = run();
    const values = run().values(some(1));
    expect(values.every(Number.isFinite)).toBe(true);
    const { positions, strain } = run().jacobian(some(1));
    expect(strain.every(Number.isFinite)).toBe(true);
    expectClose(positions, new Float64Array(3 * nFeatures), 1e-9 * Math.max(1, largest(values)));
  });
}

function itRunsOnThreads(run: Run, systems: readonly System[]): void {
  it.runIf(hasThreads)("computes the same bits on two threads", async () => {
    const { descriptor, species } = run();
    const threads = await createExecutor({ threads: 2 });
    try {
      const structures = [0, 1, 2].flatMap(() => systems.map(structureOf));
      let row = 0;
      for await (const { nRows, values, frames, atoms, atomicNumbers } of describeStructures(threads, descriptor, structures, { species })) {
        for (let i = 0; i < nRows; i++, row++) {
          expect([frames[i], atoms[i], atomicNumbers[i]]).toEqual([row, -1, 0]);
          expect(values.slice(i * run().nFeatures, (i + 1) * run().nFeatures)).toEqual(run().values(systems[row % systems.length]));
        }
      }
      expect(row).toBe(structures.length);
    } finally {
      await threads.close();
    }
  });
}
