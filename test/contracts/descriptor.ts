import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as descriptors from "../../src/descriptors/index.js";
import { type Descriptor, sliceBatch, stateBytes } from "../../src/descriptors/index.js";
import * as parallel from "../../src/parallel/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { Arena } from "../../src/wasm/memory.js";
import { Calculator, type Environments, type System } from "../descriptors/calculator.js";
import { byDifferences, fromJacobian } from "../descriptors/differences.js";
import { contractSystems, randomRotation, reordered, shuffled, speciesOf, transformed } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";
import { largest, randomArray } from "../linalg/dense.js";
import { defineDescribeTask } from "./describe-task.mjs";

const describeTask = defineDescribeTask(parallel, descriptors);
const hasThreads = isShared(await detectBuild());

export interface ContractOptions {
  /** Systems to compute; at least two of them should have several species. */
  readonly systems?: readonly System[];
  /** Whether `createDescriptor` knows it; default: true */
  readonly isRegistered?: boolean;
  /** Modules that make its evaluators known to worker threads. */
  readonly taskModules?: readonly string[];
  /** Largest difference between analytic derivatives and differences of the values, relative to the largest. */
  readonly differenceTolerance?: number;
}

/** What every descriptor promises, whatever it computes. Call it once per descriptor and per option that takes its own code path. */
export function descriptorContract(name: string, makeDescriptor: () => Descriptor, options: ContractOptions = {}): void {
  const { systems = contractSystems(), differenceTolerance = 1e-6 } = options;
  const species = speciesOf(...systems);

  describe(`descriptor contract: ${name}`, () => {
    let executor: Executor;
    let descriptor: Descriptor;
    let calculator: Calculator;
    beforeAll(async () => {
      executor = await testExecutor();
      descriptor = makeDescriptor();
      calculator = new Calculator(executor, descriptor, species);
    });
    afterAll(async () => {
      calculator.release();
      await executor.close();
    });
    /** Rows of tuples come in the order in which neighbors are found, so they are compared in one of their own. */
    const valuesOf = (system: System): Float64Array => {
      const { values } = calculator.compute(calculator.environments(system));
      return descriptor.rows === "tuple" ? sortedRows(values, calculator.nFeatures) : values;
    };
    const rowsOf = (environments: Environments): number => calculator.compute(environments).offsets.length - 1;

    describe.each(systems)("$name", (system) => {
      it("derivatives by positions and by strain meet differences of the values", () => {
        const environments = calculator.environments(system);
        const computed = calculator.compute(environments, { jacobian: true });
        const { values } = computed;
        const analytic = fromJacobian(calculator, system, environments, computed);
        const numeric = byDifferences(calculator, system);
        expect(largest(values) > 0, "the values vanish").toBe(true);
        for (const part of ["positions", "strain"] as const) {
          expect(largest(analytic[part]) > 1e-2 * largest(values), `the derivatives by ${part} are trivial`).toBe(true);
          expectClose(analytic[part], numeric[part], differenceTolerance, "relative-to-max");
        }
      });

      it("values are the same without a state", () => {
        const environments = calculator.environments(system);
        expect(calculator.valuesAlone(environments)).toEqual(calculator.compute(environments).values);
      });

      it("backward is the gradient times the Jacobian", () => {
        const environments = calculator.environments(system);
        const { nFeatures } = calculator;
        const gradients = randomArray(rowsOf(environments) * nFeatures, 7);
        const { offsets, pairs, jacobian, backward } = calculator.compute(environments, { jacobian: true, gradients });
        const expected = new Float64Array(backward.length);
        for (let row = 0; row < offsets.length - 1; row++) {
          for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
            for (let k = 0; k < 3; k++) {
              const at = (3 * entry + k) * nFeatures;
              for (let f = 0; f < nFeatures; f++) expected[3 * pairs[entry]! + k]! += gradients[row * nFeatures + f]! * jacobian[at + f]!;
            }
          }
        }
        expect(largest(expected) > 0).toBe(true);
        expectClose(backward, expected, 1e-10, "relative-to-max");
      });

      it("is the same after rotation, reflection and translation", () => {
        const values = valuesOf(system);
        const shift = system.pbc.every((periodic) => !periodic) ? [100.5, -30.25, 7.125] : [3.7, -11.3, 5.9];
        const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        const rotation = randomRotation(5);
        expectClose(valuesOf(transformed(system, rotation)), values, 1e-10, "relative-to-max");
        expectClose(valuesOf(transformed(system, rotation.map((x) => -x))), values, 1e-10, "relative-to-max");
        expectClose(valuesOf(transformed(system, [-1, 0, 0, 0, 1, 0, 0, 0, 1])), values, 1e-10, "relative-to-max");
        expectClose(valuesOf(transformed(system, identity, shift)), values, 1e-10, "relative-to-max");
      });

      it("does not depend on the order of the atoms", () => {
        const { nFeatures } = calculator;
        const values = valuesOf(system);
        const order = shuffled(system.atomicNumbers.length, 9);
        const moved = valuesOf(reordered(system, order));
        if (descriptor.rows !== "center") expectClose(moved, values, 1e-12, "relative-to-max");
        else expectClose(moved, order.flatMap((atom) => [...values.subarray(atom * nFeatures, (atom + 1) * nFeatures)]), 1e-12, "relative-to-max");
      });

      it("gives the same bits for any part of a batch, and every time", () => {
        const environments = calculator.environments(system);
        const { nFeatures } = calculator;
        const gradients = randomArray(rowsOf(environments) * nFeatures, 11);
        const whole = calculator.compute(environments, { jacobian: true, gradients });
        expect(calculator.compute(environments, { jacobian: true, gradients })).toEqual(whole);
        if (descriptor.rows === "structure") return;
        const from = environments.centerSpecies.length >> 1;
        const part = partOf(environments, from);
        const row = whole.offsets.length - 1 - rowsOf(part);
        const computed = calculator.compute(part, { jacobian: true, gradients: gradients.slice(row * nFeatures) });
        expect(computed.values).toEqual(whole.values.slice(row * nFeatures));
        expect(computed.jacobian).toEqual(whole.jacobian.slice(whole.offsets[row]! * 3 * nFeatures));
        expect(computed.backward).toEqual(whole.backward.slice(environments.offsets[from]! * 3));
      });
    });

    it("slices what it described", () => {
      if (descriptor.rows !== "structure") expectSlices(calculator, systems[1]!);
    });

    it("has one unique label per feature", () => {
      for (const some of [species, species.slice(0, 1), species.slice(-2)]) {
        const features = descriptor.features(some);
        expect(features.length).toBe(descriptor.featureCount(some));
        expect(new Set(features.map(({ label }) => label)).size).toBe(features.length);
        for (const { bodyOrder, channel } of features) {
          expect(Number.isInteger(bodyOrder) && bodyOrder >= 1).toBe(true);
          expect(channel.every((symbol) => symbol.length > 0)).toBe(true);
        }
      }
      const { tables } = calculator.prepared;
      expect(tables.nFeatures).toBe(descriptor.featureCount(species));
      expect(tables.species.filter((z) => species.includes(z))).toEqual(species);
      expect([...tables.species]).toEqual([...tables.species].sort((p, q) => p - q));
      expect(tables).toMatchObject({ rows: descriptor.rows, stateSize: descriptor.stateSize(species) });
    });

    it.runIf(options.isRegistered ?? true)("is made again from its own parameters", () => {
      const again = descriptors.createDescriptor(structuredClone(descriptor.parameters) as { type: string });
      expect(again.parameters).toEqual(descriptor.parameters);
      expect(again.cutoff).toBe(descriptor.cutoff);
      expect(again.featureCount(species)).toBe(descriptor.featureCount(species));
    });

    it("describes no center at all", () => {
      const nothing: Environments = { centerSpecies: [], offsets: [0], neighborSpecies: [], displacements: new Float64Array(0) };
      const computed = calculator.compute(nothing, { jacobian: true, gradients: new Float64Array(0) });
      expect(computed.values.length + computed.jacobian.length + computed.backward.length).toBe(0);
    });

    it("describes an atom without neighbors, and is smooth to there at the cutoff if it says so", () => {
      if (descriptor.rows === "tuple") return;
      species.forEach((_, index) => {
        const { values, jacobian, backward } = calculator.compute(pairOf(index, []), { jacobian: true, gradients: new Float64Array(calculator.nFeatures) });
        expect(values.every(Number.isFinite)).toBe(true);
        expect(jacobian.length + backward.length).toBe(0);
        if (descriptor.isSmoothAtCutoff) expectSmoothAtCutoff(calculator, index);
      });
    });

    it("gives the memory of its tables back", () => {
      const before = executor.pool.bytesInUse;
      const prepared = makeDescriptor().prepare(executor.wasm, executor.pool, species);
      if (prepared.tables.data.plan !== undefined) expect(executor.pool.bytesInUse > before).toBe(true);
      prepared.release();
      expect(executor.pool.bytesInUse).toBe(before);
    });

    it.runIf(hasThreads)("computes the same bits on two threads from the same tables", async () => {
      const threads = await createExecutor({ threads: 2, taskModules: [new URL("describe-worker.mjs", import.meta.url).href, ...(options.taskModules ?? [])] });
      try {
        await expectSameOnThreads(threads, makeDescriptor(), species, systems[1]!);
      } finally {
        await threads.close();
      }
    });
  });
}

/** Centers from `first` on. */
function partOf({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, first: number): Environments {
  const start = offsets[first]!;
  return {
    centerSpecies: centerSpecies.slice(first),
    offsets: offsets.slice(first).map((offset) => offset - start),
    neighborSpecies: neighborSpecies.slice(start),
    displacements: displacements.slice(3 * start),
  };
}

/** One center with neighbors of its own species at these distances, each in its own direction. */
function pairOf(species: number, distances: readonly number[]): Environments {
  const directions = [[0.6, 0, 0.8], [-0.48, 0.6, 0.64]];
  return {
    centerSpecies: [species],
    offsets: [0, distances.length],
    neighborSpecies: distances.map(() => species),
    displacements: Float64Array.from(distances.flatMap((r, i) => directions[i]!.map((x) => x * r))),
  };
}

/** A neighbor that leaves: the change it makes vanishes faster than its distance to the cutoff, its derivative vanishes too. */
function expectSmoothAtCutoff(calculator: Calculator, species: number): void {
  const { cutoff } = calculator.descriptor;
  const { nFeatures } = calculator;
  for (const others of [[], [0.55 * cutoff]]) {
    const without = calculator.compute(pairOf(species, others)).values;
    const at = (distance: number): { change: number; slope: number } => {
      const { values, jacobian } = calculator.compute(pairOf(species, [...others, distance]), { jacobian: true });
      return { change: largest(values.map((x, f) => x - without[f]!)), slope: largest(jacobian.slice(others.length * 3 * nFeatures)) };
    };
    const [far, near] = [at(cutoff - 1e-2), at(cutoff - 1e-4)];
    expect(far.change > 0 && far.slope > 0, "nothing happens at the cutoff").toBe(true);
    expect(near.change <= 2e-3 * far.change + 1e-13 * largest(without), `value: ${near.change} after ${far.change}`).toBe(true);
    expect(near.slope <= 0.2 * far.slope, `derivative: ${near.slope} after ${far.slope}`).toBe(true);
  }
}

/** Rows in ascending order of their numbers. */
function sortedRows(values: Float64Array, nFeatures: number): Float64Array {
  const rows = Array.from({ length: values.length / nFeatures }, (_, row) => [...values.subarray(row * nFeatures, (row + 1) * nFeatures)]);
  // what differs by rounding must not decide
  const key = (row: readonly number[]): string => row.map((value) => value.toFixed(7).padStart(20)).join();
  return Float64Array.from(rows.sort((a, b) => (key(a) < key(b) ? -1 : 1)).flat());
}

/** Parts of a described batch have the derivatives of the whole. */
function expectSlices(calculator: Calculator, system: System): void {
  const { executor, evaluator, nFeatures } = calculator;
  const { wasm } = executor;
  const environments = calculator.environments(system);
  const whole = calculator.compute(environments, { jacobian: true });
  const nCenters = environments.centerSpecies.length;
  const region = executor.pool.allocate(32 << 20, "test");
  const arena = new Arena(region);
  const batch = calculator.placeRows(arena, environments);
  const values = arena.f64(batch.rows.nRows * nFeatures);
  const state = arena.allocate(stateBytes(evaluator.tables.stateSize, batch));
  evaluator.values(batch, values, state, arena);
  for (const [first, last] of [[0, nCenters], [0, 1], [1, nCenters], [nCenters - 1, nCenters], [1, 1]]) {
    const part = sliceBatch(wasm, evaluator.tables, { batch, values, state }, first!, last!);
    const { nRows, nEntries, offsets } = part.batch.rows;
    const row = (part.values - values) / (8 * nFeatures);
    const mark = arena.mark();
    const jacobian = arena.f64(nEntries * 3 * nFeatures);
    evaluator.jacobian(part.batch, part.values, part.state, jacobian, arena);
    const from = wasm.i32(offsets, 1)[0]!;
    expect(from).toBe(whole.offsets[row]);
    expect(nEntries).toBe(whole.offsets[row + nRows]! - from);
    expect(wasm.f64(jacobian, nEntries * 3 * nFeatures).slice()).toEqual(whole.jacobian.slice(from * 3 * nFeatures, (from + nEntries) * 3 * nFeatures));
    arena.reset(mark);
  }
  executor.pool.release(region);
}

/** The same on two threads, twice at once: one batch in two halves, or as a whole where it cannot be divided. Every copy has outputs of its own. */
async function expectSameOnThreads(executor: Executor, descriptor: Descriptor, species: readonly number[], system: System): Promise<void> {
  const calculator = new Calculator(executor, descriptor, species);
  const { nFeatures } = calculator;
  const { tables } = calculator.prepared;
  const environments = calculator.environments(system);
  const nCenters = environments.centerSpecies.length;
  const gradients = randomArray((calculator.compute(environments).offsets.length - 1) * nFeatures, 17);
  const expected = calculator.compute(environments, { gradients });
  const region = executor.pool.allocate(32 << 20, "test");
  const arena = new Arena(region);
  const batch = calculator.placeRows(arena, environments);
  const given = arena.f64(gradients.length);
  executor.wasm.f64(given, gradients.length).set(gradients);
  const half = nCenters >> 1;
  const ranges = tables.rows === "structure" ? [[0, nCenters]] : [[0, half], [half, nCenters]];
  const copies = [0, 1].map(() => ({ values: arena.f64(gradients.length), backward: arena.f64(expected.backward.length) }));
  const inputs = copies.flatMap(({ values, backward }) =>
    ranges.map(([first, last]) => {
      const part = tables.rows === "structure" ? { batch, values } : sliceBatch(executor.wasm, tables, { batch, values, state: 0 }, first!, last!);
      return {
        tables,
        batch: part.batch,
        values: part.values,
        gradients: given + (part.values - values),
        backward: backward + 24 * environments.offsets[first!]!,
      };
    }),
  );
  await executor.map(describeTask, inputs);
  for (const { values, backward } of copies) {
    expect(executor.wasm.f64(values, gradients.length).slice()).toEqual(expected.values);
    expect(executor.wasm.f64(backward, expected.backward.length).slice()).toEqual(expected.backward);
  }
  executor.pool.release(region);
  calculator.release();
}
