// Computes descriptors of whole structures for the tests: plain arrays in, plain arrays out. Outputs and scratch are filled with NaN before.
import { attachStructureDescriptor, type PreparedStructureDescriptor, type StructureDescriptor, type StructureDescriptorEvaluator } from "../../src/descriptors/index.js";
import { speciesIndices } from "../../src/descriptors/species.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Arena, Pointer } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";
import type { System } from "./calculator.js";
import { transformed } from "./systems.js";

export interface StructureDerivatives {
  /** [atom][3][feature] */
  readonly positions: Float64Array;
  /** [k][l][feature]: r_k → r_k + ε_kl r_l */
  readonly strain: Float64Array;
}

/** Numbers behind every output that must stay untouched. */
const GUARD = 8;

export class StructureCalculator {
  readonly evaluator: StructureDescriptorEvaluator;
  readonly prepared: PreparedStructureDescriptor;
  readonly nFeatures: number;

  constructor(
    readonly executor: Executor,
    readonly descriptor: StructureDescriptor,
    readonly species: readonly number[],
  ) {
    this.prepared = descriptor.prepare(executor.wasm, executor.pool, species);
    this.evaluator = attachStructureDescriptor(executor.wasm, this.prepared.tables);
    this.nFeatures = this.prepared.tables.nFeatures;
  }

  release(): void {
    this.prepared.release();
  }

  values(system: System): Float64Array {
    return this.run((arena) => {
      const out = this.output(arena, this.nFeatures);
      this.evaluator.values(this.placed(system), out.pointer, arena);
      return out.take();
    });
  }

  jacobian(system: System): StructureDerivatives {
    return this.run((arena) => {
      const { nFeatures, evaluator } = this;
      const placed = this.placed(system);
      const values = arena.f64(nFeatures);
      evaluator.values(placed, values, arena);
      const positions = this.output(arena, system.positions.length * nFeatures);
      const strain = this.output(arena, 9 * nFeatures);
      evaluator.jacobian(placed, values, positions.pointer, strain.pointer, arena);
      return { positions: positions.take(), strain: strain.take() };
    });
  }

  backward(system: System, gradients: Float64Array): StructureDerivatives {
    return this.run((arena) => {
      const { evaluator, executor, nFeatures } = this;
      const placed = this.placed(system);
      const values = arena.f64(nFeatures);
      evaluator.values(placed, values, arena);
      const given = arena.f64(nFeatures);
      executor.wasm.f64(given, nFeatures).set(gradients);
      const positions = this.output(arena, system.positions.length);
      const strain = this.output(arena, 9);
      evaluator.backward(placed, values, given, positions.pointer, strain.pointer, arena);
      return { positions: positions.take(), strain: strain.take() };
    });
  }

  /** Differences of the values. */
  byDifferences(system: System): StructureDerivatives {
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const slope = (moved: (h: number) => System): Float64Array => {
      const sum = new Float64Array(this.nFeatures);
      for (const [steps, weight] of stencil) this.values(moved(steps * STEP)).forEach((value, f) => (sum[f] += (weight / STEP) * value));
      return sum;
    };
    const concatenate = (rows: Float64Array[]): Float64Array => {
      const all = new Float64Array(rows.length * this.nFeatures);
      rows.forEach((row, i) => all.set(row, i * this.nFeatures));
      return all;
    };
    const moved = (slot: number, h: number): System => ({ ...system, positions: system.positions.map((x, i) => (i === slot ? x + h : x)) });
    return {
      positions: concatenate(Array.from(system.positions, (_, slot) => slope((h) => moved(slot, h)))),
      strain: concatenate(identity.map((_, slot) => slope((h) => transformed(system, identity.map((one, i) => one + (i === slot ? h : 0)))))),
    };
  }

  private placed({ positions, cell, pbc, atomicNumbers, name }: System): Parameters<StructureDescriptorEvaluator["values"]>[0] {
    const species = speciesIndices({ atomicNumbers: Uint8Array.from(atomicNumbers), label: name }, this.prepared.tables.species);
    return { positions, species, cell, pbc };
  }

  private run<Result>(compute: (arena: Arena) => Result): Result {
    return withScratch(this.executor.pool, (arena) => {
      const mark = arena.mark();
      this.executor.wasm.f64(arena.allocate(1 << 19), 1 << 16).fill(NaN);
      arena.reset(mark);
      return compute(arena);
    });
  }

  /** Room for an output that must be written in full and not beyond, while scratch is given back. */
  private output(arena: Arena, length: number): { pointer: Pointer; take: () => Float64Array } {
    const { wasm } = this.executor;
    const pointer = arena.f64(length + GUARD);
    wasm.f64(pointer, length + GUARD).fill(NaN);
    const take = (): Float64Array => {
      const written = wasm.f64(pointer, length + GUARD);
      if (!written.subarray(length).every(Number.isNaN)) throw new Error("a routine wrote behind its output");
      return written.slice(0, length);
    };
    return { pointer, take };
  }
}

const STEP = 5e-5;
/** Central differences of fourth order. */
const stencil = [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const;
