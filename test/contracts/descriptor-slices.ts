import { expect } from "vitest";
import * as descriptors from "../../src/descriptors/index.js";
import { type Descriptor, sliceBatch, stateBytes } from "../../src/descriptors/index.js";
import * as parallel from "../../src/parallel/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { Calculator, type System } from "../descriptors/calculator.js";
import { randomArray } from "../linalg/dense.js";
import { defineDescribeTask } from "./describe-task.mjs";

const describeTask = defineDescribeTask(parallel, descriptors);

/** Parts of a described batch have the derivatives of the whole. */
export function expectSlices(calculator: Calculator, system: System): void {
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
    const part = sliceBatch(wasm, evaluator.tables, { batch, values, state }, first, last);
    const { nRows, nEntries, offsets } = part.batch.rows;
    const row = (part.values - values) / (8 * nFeatures);
    const mark = arena.mark();
    const jacobian = arena.f64(nEntries * 3 * nFeatures);
    evaluator.jacobian(part.batch, part.values, part.state, jacobian, arena);
    const from = wasm.i32(offsets, 1)[0];
    expect(from).toBe(whole.offsets[row]);
    expect(nEntries).toBe(whole.offsets[row + nRows] - from);
    expect(wasm.f64(jacobian, nEntries * 3 * nFeatures).slice()).toEqual(whole.jacobian.slice(from * 3 * nFeatures, (from + nEntries) * 3 * nFeatures));
    arena.reset(mark);
  }
  executor.pool.release(region);
}

/** The same on two threads, twice at once: one batch in two halves, or as a whole where it cannot be divided. Every copy has outputs of its own. */
export async function expectSameOnThreads(executor: Executor, descriptor: Descriptor, species: readonly number[], system: System): Promise<void> {
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
      const part = tables.rows === "structure" ? { batch, values } : sliceBatch(executor.wasm, tables, { batch, values, state: 0 }, first, last);
      return {
        tables,
        batch: part.batch,
        values: part.values,
        gradients: given + (part.values - values),
        backward: backward + 24 * environments.offsets[first],
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
