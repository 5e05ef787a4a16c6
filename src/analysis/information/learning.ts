import { copyGeometry } from "../../environments/environments.js";
import { type Matrix, matrix, transpose } from "../../linalg/matrix.js";
import { gemm, syrk } from "../../linalg/product.js";
import { seededRandom } from "../../math/random.js";
import { shuffle } from "../../math/sampling.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Dataset } from "../../structures/dataset.js";
import { distanceCorrelationTask } from "./distance-correlation.js";
import { meanEstimate } from "./estimate.js";
import { forceEquationsTask } from "./force-equations.js";
import type { Estimate, Information, LearningCurve } from "./information.js";
import {
  type KernelRegression,
  type NormalEquations,
  predictByRidge,
  solveByCrossValidation,
  squaredErrors,
  sumEquations,
  withoutComposition,
} from "./ridge.js";
import { scalingOf } from "./reconstruction.js";
import { chooseStructures, chooseWithin, FEWEST, type LearningMemory, memoryOf } from "./learned-structures.js";
import type { PreparedTables } from "./sampled-rows.js";
import { blockCount, structureSumsTask } from "./structure-sums.js";

/** What learning curves are made of. */
export interface LearningOptions {
  readonly seed: number;
  readonly repeats: number;
  /** Most structures that energies are learned from, held-out ones included. */
  readonly structures: number;
  /** Group of a structure, for errors of statistics. */
  readonly groupOf: (structure: number) => number;
  readonly memory: LearningMemory;
  readonly signal: AbortSignal | undefined;
}

export interface Learning {
  readonly curves: Omit<Information["learning"], "length">;
  /** Distance correlation of means over structures with energies. */
  readonly energyCorrelation?: Estimate | undefined;
  readonly remarks: readonly string[];
}

/** Atoms of the structures that energies and forces are learned from: about so many at most. */
const ENERGY_ATOMS = 12000;
const FORCE_ATOMS = 1500;

/** Learning curves of ridge regression on sums over the atoms of structures, with all columns and with principal components. */
export async function learn(
  dataset: Dataset,
  tables: PreparedTables,
  components: Matrix,
  holdings: Holdings,
  options: LearningOptions,
): Promise<Learning> {
  const remarks: string[] = [];
  const order = shuffle(
    Int32Array.from({ length: dataset.nStructures }, (_, i) => i),
    seededRandom(options.seed),
  );
  const energies = await learnEnergies(dataset, tables, components, order, holdings, options, remarks);
  const forcesAtLength = await learnForces(dataset, tables, components, order, holdings, options, remarks);
  return { curves: { ...energies.curves, ...(forcesAtLength && { forcesAtLength }) }, energyCorrelation: energies.correlation, remarks };
}

interface EnergyLearning {
  readonly curves: Pick<Information["learning"], "energy" | "energyAtLength">;
  readonly correlation?: Estimate | undefined;
}

async function learnEnergies(
  dataset: Dataset,
  tables: PreparedTables,
  components: Matrix,
  order: Int32Array,
  holdings: Holdings,
  options: LearningOptions,
  remarks: string[],
): Promise<EnergyLearning> {
  const { executor } = holdings;
  const { signal } = options;
  const species = dataset.species();
  const blocks = blockCount(tables, species);
  const width = blocks * tables.nFeatures;
  const choose = (most: number): number[] => chooseStructures(dataset, order, (i) => !Number.isNaN(dataset.energies[i]), most, ENERGY_ATOMS);
  const { structures, leftOut } = chooseWithin(memoryOf(options.memory).sums, 8 * width, "energies", choose, options.structures, remarks);
  if (structures.length === 0) {
    remarks.push("The data has no energies, so none were learned.");
    return { curves: {} };
  }
  const n = structures.length;
  const sums = matrix(holdings.allocate(8 * n * width, "sums of descriptors over structures").pointer, n, width);
  const inputs = structures.map((structure, i) => ({ tables, species, geometry: copyGeometry(dataset.atoms(structure)), out: sums.pointer + 8 * i * width }));
  await executor.map(structureSumsTask, inputs, { signal });
  const { composition, targets } = targetsOf(dataset, structures);
  const residuals = await executor.submit(withoutCompositionTask, { composition, nSpecies: species.length, targets }, { signal });
  const correlation = await energyCorrelation(sums, blocks, residuals, structures, holdings, options);
  if (n < FEWEST) {
    remarks.push(`The data has ${n} ${n === 1 ? "structure" : "structures"} with an energy; a learning curve needs ${FEWEST}.`);
    return { curves: {}, correlation };
  }
  const kernels = await executor.submit(kernelsTask, { sums, blocks, components }, { signal });
  const spread = 1000 * deviation(residuals);
  const jobs = [kernels.all, kernels.atLength].flatMap((kernel) =>
    Array.from({ length: options.repeats }, (_, repeat) => ({
      data: { kernel, n, composition, nSpecies: species.length, targets },
      seed: options.seed + 1 + repeat,
    })),
  );
  const errors = await executor.map(energyErrorsTask, jobs, { signal });
  const curve = (repeats: readonly ErrorsBySize[]): LearningCurve => curveOf({ unit: "meV/atom", spread, leftOut }, 1000, repeats);
  const curves = { energy: curve(errors.slice(0, options.repeats)), energyAtLength: curve(errors.slice(options.repeats)) };
  return { curves, correlation };
}

/** Shares of the species in each structure, and energies per atom, eV. */
function targetsOf(dataset: Dataset, structures: readonly number[]): { composition: Float64Array; targets: Float64Array } {
  const species = dataset.species();
  const composition = new Float64Array(structures.length * species.length);
  const targets = new Float64Array(structures.length);
  structures.forEach((structure, i) => {
    const atoms = dataset.atomicNumbers.subarray(dataset.offsets[structure], dataset.offsets[structure + 1]);
    for (const atomicNumber of atoms) composition[i * species.length + species.indexOf(atomicNumber)] += 1 / atoms.length;
    targets[i] = dataset.energies[structure] / atoms.length;
  });
  return { composition, targets };
}

const withoutCompositionTask = defineTask(
  "analysis/without-composition",
  ({ wasm, scratch }: TaskContext, of: Pick<KernelRegression, "composition" | "nSpecies" | "targets">): Float64Array => withoutComposition(wasm, scratch, of),
);

/** Root mean square about 0. */
function deviation(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

async function energyCorrelation(
  sums: Matrix,
  blocks: number,
  residuals: Float64Array,
  structures: readonly number[],
  holdings: Holdings,
  { groupOf, signal }: LearningOptions,
): Promise<Estimate | undefined> {
  const { executor } = holdings;
  const d = sums.columns / blocks;
  const rows = Int32Array.from(structures.keys());
  let x = sums;
  if (blocks > 1) {
    x = matrix(holdings.allocate(8 * sums.rows * d, "means of descriptors over structures").pointer, sums.rows, d);
    for (const row of rows) {
      const [from, to] = [executor.wasm.f64(sums.pointer + 8 * row * sums.columns, sums.columns), executor.wasm.f64(x.pointer + 8 * row * d, d).fill(0)];
      from.forEach((value, k) => (to[k % d] += value));
    }
  }
  const groups = compactGroups(structures.map(groupOf));
  const estimate = await executor.submit(distanceCorrelationTask, { x, rows, values: residuals, groups }, { signal });
  return Number.isNaN(estimate.mean) ? undefined : estimate;
}

/** Numbers groups from 0 without gaps. */
export function compactGroups(groups: readonly number[]): Int32Array {
  const known = [...new Set(groups)].sort((a, b) => a - b);
  return Int32Array.from(groups, (group) => known.indexOf(group));
}

/** Products of the sums of structures, all columns and projected on components; columns without their means. */
const kernelsTask = defineTask(
  "analysis/structure-kernels",
  ({ wasm, scratch }: TaskContext, { sums, blocks, components }: { readonly sums: Matrix; readonly blocks: number; readonly components: Matrix }) => {
    const { rows: n, columns: width } = sums;
    const d = width / blocks;
    const length = components.rows;
    const { means } = scalingOf(
      wasm,
      sums,
      Int32Array.from({ length: n }, (_, i) => i),
    );
    const values = wasm.f64(sums.pointer, n * width);
    // the composition explains a constant, so that nothing is lost
    for (let i = 0, at = 0; i < n; i++) for (let f = 0; f < width; f++, at++) values[at] -= means[f];
    const kernel = matrix(scratch.f64(n * n), n, n);
    const read = (): Float64Array => wasm.f64(kernel.pointer, n * n).slice();
    syrk(wasm, scratch, 1, sums, 0, kernel);
    const all = read();
    const projected = matrix(scratch.f64(n * blocks * length), n, blocks * length);
    for (let block = 0; block < blocks; block++) {
      const from = matrix(sums.pointer + 8 * block * d, n, d, width);
      gemm(wasm, scratch, 1, from, transpose(components), 0, matrix(projected.pointer + 8 * block * length, n, length, blocks * length));
    }
    syrk(wasm, scratch, 1, projected, 0, kernel);
    return { all, atLength: read() };
  },
);

/** Root mean square errors by the number of training structures. */
interface ErrorsBySize {
  readonly sizes: readonly number[];
  readonly errors: readonly number[];
}

/** Which structures are held out, and in which order the others are learned from. */
function heldOut(n: number, seed: number): { test: Int32Array; train: Int32Array; sizes: number[] } {
  const order = shuffle(
    Int32Array.from({ length: n }, (_, i) => i),
    seededRandom(seed),
  );
  const count = Math.max(2, Math.min(100, Math.round(n / 4)));
  const train = order.slice(count);
  const sizes: number[] = [];
  for (let size = train.length; size >= 4; size = Math.floor(size / 2)) sizes.unshift(size);
  return { test: order.slice(0, count), train, sizes };
}

const energyErrorsTask = defineTask("analysis/energy-errors", ({ wasm, scratch }: TaskContext, { data, seed }: { readonly data: KernelRegression; readonly seed: number }): ErrorsBySize => {
  const { test, train, sizes } = heldOut(data.n, seed);
  const errors = sizes.map((size) => {
    const predicted = predictByRidge(wasm, scratch, data, train.subarray(0, size), test);
    return deviation(predicted.map((value, i) => value - data.targets[test[i]]));
  });
  return { sizes, errors };
});

function curveOf(of: Pick<LearningCurve, "unit" | "spread" | "leftOut">, factor: number, repeats: readonly ErrorsBySize[]): LearningCurve {
  const points = repeats[0].sizes.map((structures, k) => ({ structures, rmse: meanEstimate(repeats.map(({ errors }) => factor * errors[k])) }));
  return { ...of, points };
}

async function learnForces(
  dataset: Dataset,
  tables: PreparedTables,
  components: Matrix,
  order: Int32Array,
  { executor }: Holdings,
  options: LearningOptions,
  remarks: string[],
): Promise<LearningCurve | undefined> {
  const { signal } = options;
  const species = dataset.species();
  const size = blockCount(tables, species) * components.rows;
  const hasForces = (structure: number): boolean => dataset.atomCount(structure) > 1 && !Number.isNaN(dataset.forces[3 * dataset.offsets[structure]]);
  const choose = (most: number): number[] => chooseStructures(dataset, order, hasForces, most, FORCE_ATOMS);
  const { structures, leftOut } = chooseWithin(memoryOf(options.memory).equations, 8 * size * size, "forces", choose, options.structures, remarks);
  if (structures.length < FEWEST) {
    const none = structures.length === 0;
    remarks.push(none ? "The data has no forces, so none were learned." : `The data has ${structures.length} structures with forces; a learning curve needs ${FEWEST}.`);
    return undefined;
  }
  const inputs = structures.map((structure) => {
    const { targets, ...atoms } = dataset.structure(structure);
    return { tables, species, components, geometry: copyGeometry(atoms), forces: targets.forces!.slice() };
  });
  const equations = await executor.map(forceEquationsTask, inputs, { signal });
  const jobs = Array.from({ length: options.repeats }, (_, repeat) => ({ equations, seed: options.seed + 1 + repeat }));
  const errors = await executor.map(forceErrorsTask, jobs, { signal });
  const [squares, count] = [equations.reduce((sum, part) => sum + part.squares, 0), equations.reduce((sum, part) => sum + part.count, 0)];
  return curveOf({ unit: "eV/Å", spread: Math.sqrt(squares / count), leftOut }, 1, errors);
}

const forceErrorsTask = defineTask(
  "analysis/force-errors",
  ({ wasm, scratch }: TaskContext, { equations, seed }: { readonly equations: readonly NormalEquations[]; readonly seed: number }): ErrorsBySize => {
    const { test, train, sizes } = heldOut(equations.length, seed);
    const of = (rows: Int32Array): NormalEquations[] => Array.from(rows, (row) => equations[row]);
    const held = sumEquations(of(test));
    const errors = sizes.map((size) => {
      const coefficients = solveByCrossValidation(wasm, scratch, sumEquations(of(train.subarray(0, size))));
      return Math.sqrt(squaredErrors(held, coefficients) / held.count);
    });
    return { sizes, errors };
  },
);
