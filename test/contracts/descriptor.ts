import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as descriptors from "../../src/descriptors/index.js";
import type { Descriptor } from "../../src/descriptors/index.js";
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
    const valuesOf = (system: System): Float64Array => calculator.compute(calculator.environments(system)).values;

    describe.each(systems)("$name", (system) => {
      it("derivatives by positions and by strain meet differences of the values", () => {
        const environments = calculator.environments(system);
        const { values, jacobian } = calculator.compute(environments, { jacobian: true });
        const analytic = fromJacobian(calculator, system, environments, jacobian);
        const numeric = byDifferences(calculator, system);
        expect(largest(values) > 0, "the values vanish").toBe(true);
        for (const part of ["positions", "strain"] as const) {
          expect(largest(analytic[part]) > 1e-2 * largest(values), `the derivatives by ${part} are trivial`).toBe(true);
          expectClose(analytic[part], numeric[part], differenceTolerance, "relative-to-max");
        }
      });

      it("backward is the gradient times the Jacobian", () => {
        const environments = calculator.environments(system);
        const { nFeatures } = calculator;
        const nCenters = environments.centerSpecies.length;
        const gradients = randomArray(nCenters * nFeatures, 7);
        const { jacobian, backward } = calculator.compute(environments, { jacobian: true, gradients });
        const expected = new Float64Array(backward.length);
        for (let center = 0; center < nCenters; center++) {
          for (let row = 3 * environments.offsets[center]!; row < 3 * environments.offsets[center + 1]!; row++) {
            for (let f = 0; f < nFeatures; f++) expected[row]! += gradients[center * nFeatures + f]! * jacobian[row * nFeatures + f]!;
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
        const expected = order.flatMap((atom) => [...values.subarray(atom * nFeatures, (atom + 1) * nFeatures)]);
        expectClose(valuesOf(reordered(system, order)), expected, 1e-12, "relative-to-max");
      });

      it("gives the same bits for any part of a batch, and every time", () => {
        const environments = calculator.environments(system);
        const { nFeatures } = calculator;
        const nCenters = environments.centerSpecies.length;
        const gradients = randomArray(nCenters * nFeatures, 11);
        const whole = calculator.compute(environments, { jacobian: true, gradients });
        expect(calculator.compute(environments, { jacobian: true, gradients })).toEqual(whole);
        const from = nCenters >> 1;
        const rows = [environments.offsets[from]!, environments.offsets[nCenters]!] as const;
        const part = partOf(environments, from);
        const computed = calculator.compute(part, { jacobian: true, gradients: gradients.slice(from * nFeatures) });
        expect(computed.values).toEqual(whole.values.slice(from * nFeatures));
        expect(computed.jacobian).toEqual(whole.jacobian.slice(rows[0] * 3 * nFeatures, rows[1] * 3 * nFeatures));
        expect(computed.backward).toEqual(whole.backward.slice(rows[0] * 3, rows[1] * 3));
      });
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
      const { plan } = calculator.prepared;
      expect(plan.nFeatures).toBe(descriptor.featureCount(species));
      expect(plan.species.filter((z) => species.includes(z))).toEqual(species);
      expect([...plan.species]).toEqual([...plan.species].sort((p, q) => p - q));
    });

    it("is made again from its own parameters", () => {
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
      species.forEach((_, index) => {
        const { values, jacobian, backward } = calculator.compute(pairOf(index, []), { jacobian: true, gradients: new Float64Array(calculator.nFeatures) });
        expect(values.every(Number.isFinite)).toBe(true);
        expect(jacobian.length + backward.length).toBe(0);
        if (descriptor.isSmooth) expectSmoothAtCutoff(calculator, index);
      });
    });

    it("averages over centers before the product, if it can", () => {
      if (!calculator.evaluator.meanValues) return;
      const environments = calculator.environments(systems[1]!);
      const { offsets } = environments;
      const end = offsets[1]!;
      const one: Environments = {
        centerSpecies: environments.centerSpecies.slice(0, 1),
        offsets: [0, end],
        neighborSpecies: environments.neighborSpecies.slice(0, end),
        displacements: environments.displacements.slice(0, 3 * end),
      };
      const single = calculator.compute(one, { mean: true });
      expectClose(single.mean, single.values, 1e-14, "relative-to-max");
      const { mean } = calculator.compute(environments, { mean: true });
      const order = shuffled(systems[1]!.atomicNumbers.length, 13);
      const turned = calculator.environments(transformed(reordered(systems[1]!, order), randomRotation(6)));
      expectClose(calculator.compute(turned, { mean: true }).mean, mean, 1e-10, "relative-to-max");
    });

    it("gives the memory of its tables back", () => {
      const before = executor.pool.bytesInUse;
      const prepared = makeDescriptor().prepare(executor.wasm, executor.pool, species);
      expect(executor.pool.bytesInUse > before).toBe(true);
      prepared.release();
      expect(executor.pool.bytesInUse).toBe(before);
    });

    it.runIf(hasThreads)("computes the same bits on two threads from one plan", async () => {
      const threads = await createExecutor({ threads: 2, taskModules: [new URL("describe-worker.mjs", import.meta.url).href] });
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

/** One batch in two halves on two threads, against the calling thread. */
async function expectSameOnThreads(executor: Executor, descriptor: Descriptor, species: readonly number[], system: System): Promise<void> {
  const calculator = new Calculator(executor, descriptor, species);
  const { nFeatures, evaluator } = calculator;
  const environments = calculator.environments(system);
  const nCenters = environments.centerSpecies.length;
  const nPairs = environments.neighborSpecies.length;
  const gradients = randomArray(nCenters * nFeatures, 17);
  const expected = calculator.compute(environments, { gradients });
  const bytes = (2 * nCenters * nFeatures + 8 * nPairs + 4 * nCenters) * 8 + evaluator.stateBytes(nCenters) + (1 << 16);
  const region = executor.pool.allocate(bytes, "test");
  const arena = new Arena(region);
  const batch = calculator.place(arena, environments);
  const [values, given, backward] = [arena.f64(nCenters * nFeatures), arena.f64(nCenters * nFeatures), arena.f64(nPairs * 3)];
  executor.wasm.f64(given, gradients.length).set(gradients);
  const half = nCenters >> 1;
  const parts = [[0, half], [half, nCenters]].map(([first, end]) => ({
    plan: calculator.prepared.plan,
    batch: { ...batch, nCenters: end! - first!, centerSpecies: batch.centerSpecies + 4 * first!, offsets: batch.offsets + 4 * first! },
    values: values + 8 * first! * nFeatures,
    gradients: given + 8 * first! * nFeatures,
    backward: backward + 24 * environments.offsets[first!]!,
  }));
  await executor.map(describeTask, parts);
  expect(executor.wasm.f64(values, nCenters * nFeatures).slice()).toEqual(expected.values);
  expect(executor.wasm.f64(backward, nPairs * 3).slice()).toEqual(expected.backward);
  executor.pool.release(region);
  calculator.release();
}
