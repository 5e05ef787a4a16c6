import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as descriptors from "../../src/descriptors/index.js";
import type { Descriptor } from "../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { wignerD } from "../../src/math/wigner.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { Calculator, type Environments, type System } from "../descriptors/calculator.js";
import { byDifferences, fromJacobian } from "../descriptors/differences.js";
import { contractSystems, randomRotation, reordered, shuffled, speciesOf, transformed } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";
import { largest, randomArray } from "../linalg/dense.js";
import { expectSameOnThreads, expectSlices } from "./descriptor-slices.js";

const hasThreads = isShared(await detectBuild());

export interface ContractOptions {
  /** Where a neighbor stops to count among others at these distances, where that is not the cutoff and it may not count alone, Å. */
  readonly leaves?: { readonly at: number; readonly others: readonly number[] };
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
  const run = new ContractRun(makeDescriptor, speciesOf(...systems));

  afterAll(closeThreads);
  describe(`descriptor contract: ${name}`, () => {
    beforeAll(() => run.open());
    afterAll(() => run.close());

    describe.each(systems)("$name", (system) => {
      itHasDerivatives(run, system, differenceTolerance);
      itIsInvariant(run, system);
    });
    itHasFeatures(run, options.isRegistered ?? true);
    itNeedsSpecies(run, systems);
    itCoversBorders(run, options.leaves);
    itSharesTables(run, systems[1], options.taskModules ?? []);
  });
}

/** What the tests of one descriptor share; there once they run. */
class ContractRun {
  executor!: Executor;
  descriptor!: Descriptor;
  calculator!: Calculator;

  constructor(
    readonly makeDescriptor: () => Descriptor,
    readonly species: readonly number[],
  ) {}

  async open(): Promise<void> {
    this.executor = await testExecutor();
    this.descriptor = this.makeDescriptor();
    this.calculator = new Calculator(this.executor, this.descriptor, this.species);
  }

  async close(): Promise<void> {
    this.calculator.release();
    await this.executor.close();
  }

  /** Rows of tuples come in the order in which neighbors are found, so they are compared in one of their own. */
  valuesOf(system: System): Float64Array {
    const { values } = this.calculator.compute(this.calculator.environments(system));
    return this.descriptor.rows === "tuple" ? sortedRows(values, this.calculator.nFeatures) : values;
  }

  rowsOf(environments: Environments): number {
    return this.calculator.compute(environments).offsets.length - 1;
  }
}

function itHasDerivatives(run: ContractRun, system: System, tolerance: number): void {
  it("derivatives by positions and by strain meet differences of the values", () => {
    const environments = run.calculator.environments(system);
    const computed = run.calculator.compute(environments, { jacobian: true });
    const { values } = computed;
    const analytic = fromJacobian(run.calculator, system, environments, computed);
    const numeric = byDifferences(run.calculator, system);
    expect(largest(values) > 0, "the values vanish").toBe(true);
    for (const part of ["positions", "strain"] as const) {
      expect(largest(analytic[part]) > 1e-2 * largest(values), `the derivatives by ${part} are trivial`).toBe(true);
      expectClose(analytic[part], numeric[part], tolerance, "relative-to-max");
    }
  });

  it("values are the same without a state", () => {
    const environments = run.calculator.environments(system);
    expect(run.calculator.valuesAlone(environments)).toEqual(run.calculator.compute(environments).values);
  });

  it("backward of several gradients is that of each", () => {
    const environments = run.calculator.environments(system);
    const gradients = randomArray(run.rowsOf(environments) * run.calculator.nFeatures, 7);
    const several = [gradients, gradients.map((value, i) => Math.cos(3 * i) - value), gradients.map((value) => -2 * value)];
    const expected = several.map((own) => [...run.calculator.compute(environments, { gradients: own }).backward]);
    expect(run.calculator.backwardOfSeveral(environments, several)).toEqual(Float64Array.from(expected.flat()));
  });

  it("backward is the gradient times the Jacobian", () => {
    const environments = run.calculator.environments(system);
    const { nFeatures } = run.calculator;
    const gradients = randomArray(run.rowsOf(environments) * nFeatures, 7);
    const { offsets, pairs, jacobian, backward } = run.calculator.compute(environments, { jacobian: true, gradients });
    const expected = new Float64Array(backward.length);
    for (let row = 0; row < offsets.length - 1; row++) {
      for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) {
        for (let k = 0; k < 3; k++) {
          const at = (3 * entry + k) * nFeatures;
          for (let f = 0; f < nFeatures; f++) expected[3 * pairs[entry] + k] += gradients[row * nFeatures + f] * jacobian[at + f];
        }
      }
    }
    expect(largest(expected) > 0).toBe(true);
    expectClose(backward, expected, 1e-10, "relative-to-max");
  });
}

/** Values after the structure was turned, from those before: c′ = D c for each set of columns that turn. */
function turned(run: ContractRun, values: Float64Array, rotation: readonly number[]): Float64Array {
  if (!run.descriptor.turns) return values;
  const features = run.descriptor.features(run.species);
  const matrices = wignerD(Math.max(...features.map(({ harmonic }) => harmonic!.degree)), rotation);
  const columns = new Map(features.map(({ harmonic }, column) => [`${harmonic!.set} ${harmonic!.order}`, column]));
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += features.length) {
    features.forEach(({ harmonic }, column) => {
      const { degree, order, set } = harmonic!;
      for (let m = -degree; m <= degree; m++) {
        const element = matrices[degree][(order + degree) * (2 * degree + 1) + m + degree];
        result[row + column] += element * values[row + columns.get(`${set} ${m}`)!];
      }
    });
  }
  return result;
}

function itIsInvariant(run: ContractRun, system: System): void {
  it("is the same after rotation, reflection and translation, or turns as it says", () => {
    const values = run.valuesOf(system);
    const shift = system.pbc.every((periodic) => !periodic) ? [100.5, -30.25, 7.125] : [3.7, -11.3, 5.9];
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const rotation = randomRotation(5);
    for (const matrix of [rotation, rotation.map((x) => -x), [-1, 0, 0, 0, 1, 0, 0, 0, 1]]) {
      expectClose(run.valuesOf(transformed(system, matrix)), turned(run, values, matrix), 1e-10, "relative-to-max");
    }
    expectClose(run.valuesOf(transformed(system, identity, shift)), values, 1e-10, "relative-to-max");
  });

  it("does not depend on the order of the atoms", () => {
    const { nFeatures } = run.calculator;
    const values = run.valuesOf(system);
    const order = shuffled(system.atomicNumbers.length, 9);
    const moved = run.valuesOf(reordered(system, order));
    if (run.descriptor.rows !== "center") expectClose(moved, values, 1e-12, "relative-to-max");
    else expectClose(moved, order.flatMap((atom) => [...values.subarray(atom * nFeatures, (atom + 1) * nFeatures)]), 1e-12, "relative-to-max");
  });

  it("gives the same bits for any part of a batch, and every time", () => {
    const environments = run.calculator.environments(system);
    const { nFeatures } = run.calculator;
    const gradients = randomArray(run.rowsOf(environments) * nFeatures, 11);
    const whole = run.calculator.compute(environments, { jacobian: true, gradients });
    expect(run.calculator.compute(environments, { jacobian: true, gradients })).toEqual(whole);
    if (run.descriptor.rows === "structure") return;
    const from = environments.centerSpecies.length >> 1;
    const part = partOf(environments, from);
    const row = whole.offsets.length - 1 - run.rowsOf(part);
    const computed = run.calculator.compute(part, { jacobian: true, gradients: gradients.slice(row * nFeatures) });
    expect(computed.values).toEqual(whole.values.slice(row * nFeatures));
    expect(computed.jacobian).toEqual(whole.jacobian.slice(whole.offsets[row] * 3 * nFeatures));
    expect(computed.backward).toEqual(whole.backward.slice(environments.offsets[from] * 3));
  });
}

function itHasFeatures(run: ContractRun, isRegistered: boolean): void {
  it("has one unique label per feature", () => {
    for (const some of [run.species, run.species.slice(0, 1), run.species.slice(-2)]) {
      const features = run.descriptor.features(some);
      expect(features.length).toBe(run.descriptor.featureCount(some));
      expect(new Set(features.map(({ label }) => label)).size).toBe(features.length);
      if (!run.descriptor.turns) expect(features.every(({ harmonic }) => harmonic === undefined)).toBe(true);
      for (const { bodyOrder, channel } of features) {
        expect(Number.isInteger(bodyOrder) && bodyOrder >= 1).toBe(true);
        expect(channel.every((symbol) => symbol.length > 0)).toBe(true);
      }
    }
    const { tables } = run.calculator.prepared;
    expect(tables.nFeatures).toBe(run.descriptor.featureCount(run.species));
    expect(tables.species.filter((z) => run.species.includes(z))).toEqual(run.species);
    expect([...tables.species]).toEqual([...tables.species].sort((p, q) => p - q));
    expect(tables).toMatchObject({ rows: run.descriptor.rows, stateSize: run.descriptor.stateSize(run.species) });
  });

  it.runIf(isRegistered)("is made again from its own parameters", () => {
    const again = descriptors.createEnvironmentDescriptor(structuredClone(run.descriptor.parameters) as { type: string }, "these tests");
    expect(again.parameters).toEqual(run.descriptor.parameters);
    expect(again.cutoff).toBe(run.descriptor.cutoff);
    expect(again.featureCount(run.species)).toBe(run.descriptor.featureCount(run.species));
  });
}

function itNeedsSpecies(run: ContractRun, systems: readonly System[]): void {
  it("is exactly 0, with its derivatives, where neighbors are missing that it says it needs", () => {
    const { descriptor, calculator, species } = run;
    if (!descriptor.neededSpecies) return;
    expect(descriptor.rows).toBe("center");
    const listed = calculator.prepared.tables.species;
    const all = listed.map((center) => descriptor.neededSpecies!(species, center));
    for (const needs of all) expect(needs.length).toBe(calculator.nFeatures);
    let vanishing = 0;
    const wrong = new Set<number>();
    const { nFeatures } = calculator;
    for (const environments of systems.flatMap((system) => withoutSpecies(calculator.environments(system), listed.length))) {
      const { values, jacobian } = calculator.compute(environments, { jacobian: true });
      environments.centerSpecies.forEach((center, row) => {
        const [first, last] = [environments.offsets[row], environments.offsets[row + 1]];
        const present = new Set(environments.neighborSpecies.slice(first, last).map((index) => listed[index]));
        all[center].forEach((needed, column) => {
          if (needed?.every((z) => present.has(z))) return;
          vanishing++;
          if (values[row * nFeatures + column] !== 0) wrong.add(column);
          for (let k = 3 * first; k < 3 * last; k++) if (jacobian[k * nFeatures + column] !== 0) wrong.add(column);
        });
      });
    }
    expect([...wrong]).toEqual([]);
    expect(vanishing > 0).toBe(all.some((needs) => needs.some((needed) => needed === null || needed.length > 0)));
  });
}

/** Environments as they are, and without the neighbors of each species. */
function withoutSpecies({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, nSpecies: number): Environments[] {
  const without = (species: number): Environments => {
    const kept = neighborSpecies.flatMap((own, pair) => (own === species ? [] : [pair]));
    return {
      centerSpecies,
      offsets: offsets.map((offset) => kept.filter((pair) => pair < offset).length),
      neighborSpecies: kept.map((pair) => neighborSpecies[pair]),
      displacements: Float64Array.from(kept.flatMap((pair) => [...displacements.subarray(3 * pair, 3 * pair + 3)])),
    };
  };
  return Array.from({ length: nSpecies + 1 }, (_, species) => without(species - 1));
}

function itCoversBorders(run: ContractRun, leaves: ContractOptions["leaves"]): void {
  it("describes no center at all", () => {
    const nothing: Environments = { centerSpecies: [], offsets: [0], neighborSpecies: [], displacements: new Float64Array(0) };
    const computed = run.calculator.compute(nothing, { jacobian: true, gradients: new Float64Array(0) });
    expect(computed.values.length + computed.jacobian.length + computed.backward.length).toBe(0);
  });

  it("describes an atom without neighbors, and is smooth to there at the cutoff if it says so", () => {
    if (run.descriptor.rows === "tuple") return;
    run.species.forEach((_, index) => {
      const { values, jacobian, backward } = run.calculator.compute(pairOf(index, []), { jacobian: true, gradients: new Float64Array(run.calculator.nFeatures) });
      expect(values.every(Number.isFinite)).toBe(true);
      expect(jacobian.length + backward.length).toBe(0);
    });
    if (!run.descriptor.isSmoothAtCutoff) return;
    // a pair may have a cutoff of its own: the largest is that of some species
    const cutoff = leaves?.at ?? run.descriptor.cutoff;
    const others = leaves?.others ?? [];
    const alone = (index: number): Float64Array => run.calculator.compute(pairOf(index, others)).values;
    const reaching = run.species.flatMap((_, index) => (largestChange(run.calculator.compute(pairOf(index, [...others, cutoff - 1e-2])).values, alone(index)) > 0 ? [index] : []));
    expect(reaching.length > 0, "nothing happens at the cutoff").toBe(true);
    for (const index of reaching) expectSmoothAtCutoff(run.calculator, index, leaves);
  });
}

function itSharesTables(run: ContractRun, system: System, taskModules: readonly string[]): void {
  it("slices what it described", () => {
    if (run.descriptor.rows !== "structure") expectSlices(run.calculator, system);
  });

  it("takes as much memory for its tables as it said, and gives it back", () => {
    const before = run.executor.pool.bytesInUse;
    const { memory } = run.calculator;
    const prepared = run.makeDescriptor().prepare(run.executor.wasm, run.executor.pool, run.species);
    const taken = run.executor.pool.bytesInUse - before;
    if (prepared.tables.data.pointer !== undefined) expect(taken > 0).toBe(true);
    expect(taken).toBeLessThanOrEqual(memory?.tables ?? 0);
    prepared.release();
    expect(run.executor.pool.bytesInUse).toBe(before);
  });

  it.runIf(hasThreads)("computes the same bits on two threads from the same tables", async () => {
    await expectSameOnThreads(await threadsWith(taskModules), run.makeDescriptor(), run.species, system);
  });
}

const started = new Map<string, Promise<Executor>>();

/** Two threads that know these modules, for all contracts of a file: they take longer to start than the descriptors to compute. */
function threadsWith(taskModules: readonly string[]): Promise<Executor> {
  const key = taskModules.join(" ");
  const executor = started.get(key) ?? createExecutor({ threads: 2, taskModules: [new URL("describe-worker.mjs", import.meta.url).href, ...taskModules] });
  started.set(key, executor);
  return executor;
}

async function closeThreads(): Promise<void> {
  const executors = await Promise.all(started.values());
  started.clear();
  await Promise.all(executors.map((executor) => executor.close()));
}

/** Centers from `first` on. */
function partOf({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, first: number): Environments {
  const start = offsets[first];
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
    displacements: Float64Array.from(distances.flatMap((r, i) => directions[i].map((x) => x * r))),
  };
}

/** A neighbor that leaves: the change it makes vanishes faster than its distance to the cutoff, its derivative vanishes too. */
function expectSmoothAtCutoff(calculator: Calculator, species: number, leaves: ContractOptions["leaves"]): void {
  const cutoff = leaves?.at ?? calculator.descriptor.cutoff;
  const { nFeatures } = calculator;
  for (const others of leaves ? [leaves.others] : [[], [0.55 * cutoff]]) {
    const without = calculator.compute(pairOf(species, others)).values;
    const at = (distance: number): { change: number; slope: number } => {
      const { values, jacobian } = calculator.compute(pairOf(species, [...others, distance]), { jacobian: true });
      return { change: largestChange(values, without), slope: largest(jacobian.slice(others.length * 3 * nFeatures)) };
    };
    // what ends faster than any power has already ended so close to the cutoff
    const scale = at(cutoff - 1e-2).change > 0 ? 1e-2 : 0.5;
    const [far, near] = [at(cutoff - scale), at(cutoff - 1e-2 * scale)];
    expect(far.change > 0 && far.slope > 0, "nothing happens at the cutoff").toBe(true);
    expect(near.change <= 2e-3 * far.change + 1e-13 * largest(without), `value: ${near.change} after ${far.change}`).toBe(true);
    expect(near.slope <= 0.2 * far.slope, `derivative: ${near.slope} after ${far.slope}`).toBe(true);
  }
}

const largestChange = (values: Float64Array, before: Float64Array): number => largest(values.map((x, f) => x - before[f]));

/** Rows in ascending order of their numbers. */
function sortedRows(values: Float64Array, nFeatures: number): Float64Array {
  const rows = Array.from({ length: values.length / nFeatures }, (_, row) => [...values.subarray(row * nFeatures, (row + 1) * nFeatures)]);
  // what differs by rounding must not decide, nor must the sign of what vanishes
  const key = (row: readonly number[]): string => row.map((value) => String(Math.round(1e7 * value) + 0).padStart(20)).join();
  // rows that are alike but for less than that are told apart by what is more than rounding
  const finer = (a: readonly number[], b: readonly number[]): number => {
    const column = a.findIndex((value, i) => Math.abs(value - b[i]) > 1e-11);
    return column < 0 ? 0 : a[column] - b[column];
  };
  const compare = (a: readonly number[], b: readonly number[]): number => (key(a) === key(b) ? finer(a, b) : key(a) < key(b) ? -1 : 1);
  return Float64Array.from(rows.sort(compare).flat());
}
