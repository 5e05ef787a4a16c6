import type { Geometry } from "../../environments/geometry.js";
import { copyGeometry, namingStructure } from "../../environments/environments.js";
import { NumericalError } from "../../errors.js";
import { kernelDerivatives, type KernelParameters } from "../../kernels/registry.js";
import type { Matrix } from "../../linalg/matrix.js";
import { rowDescriber, type RowTables } from "../../models/kernel-ridge/described-rows.js";
import { addDerivativeKernels, type Stack, type StackedCenter } from "../../models/kernel-ridge/derivative-kernel.js";
import type { TermJacobians } from "../../models/kernel-ridge/term.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { KeptParts } from "../checkpoint/checkpoint.js";
import { mapBlocks } from "../checkpoint/map-blocks.js";
import { sigmaOf } from "../structure-sigma.js";
import type { KernelRidgeFitOptions } from "./schema.js";
import type { OpenKernelTerm, TermRows } from "./term-rows.js";

/** Where energies and derivatives stand in the kernel matrix: all energies, then structure by structure, atom by atom, x y z. */
export interface DerivativeLayout {
  readonly size: number;
  /** nStructures; −1: its energy is not fitted */
  readonly energies: Int32Array;
  /** nAtoms: where the three derivatives of each atom begin; −1: its forces are not fitted */
  readonly atoms: Int32Array;
  /** size: variance of each target, eV² or eV²/Å² */
  readonly noise: Float64Array;
  /** Reference derivatives ∂E/∂r = −F, behind the energies: size, the energies are 0 here. */
  readonly derivatives: Float64Array;
}

/** Numbers the rows of a fit to energies and forces. */
export function derivativeLayout(dataset: Dataset, { sigma }: KernelRidgeFitOptions): DerivativeLayout {
  const noise: number[] = [];
  const energies = new Int32Array(dataset.nStructures).fill(-1);
  const own = Array.from({ length: dataset.nStructures }, (_, i) => sigmaOf(dataset, i, sigma!));
  for (const [i, { energy }] of own.entries()) {
    if (energy === null) continue;
    energies[i] = noise.length;
    noise.push(energy ** 2);
  }
  const atoms = new Int32Array(dataset.nAtoms).fill(-1);
  const derivatives: number[] = noise.map(() => 0);
  for (const [i, { forces }] of own.entries()) {
    forces?.atoms.forEach((atom, k) => {
      const at = dataset.offsets[i] + atom;
      atoms[at] = noise.length;
      for (let axis = 0; axis < 3; axis++) {
        noise.push(forces.values[3 * k + axis] ** 2);
        derivatives.push(-dataset.forces[3 * at + axis]);
      }
    });
  }
  return { size: noise.length, energies, atoms, noise: Float64Array.from(noise), derivatives: Float64Array.from(derivatives) };
}

/** Rows of a term with their derivatives, in shared memory. */
export interface DerivativeRows {
  readonly stack: Stack;
  /** nStructures + 1: centers of each structure in the stack */
  readonly offsets: Int32Array;
  /** Number of each center among the rows of the term. */
  readonly rows: Int32Array;
}

interface CountInput {
  readonly tables: RowTables;
  readonly centers: readonly number[] | null;
  readonly geometry: Geometry;
}

/** Atoms that each row of a structure depends on. */
const countDerivatives = defineTask("fit/kernel-ridge/count-derivatives", ({ wasm, scratch }, { tables, centers, geometry }: CountInput): Int32Array[] =>
  namingStructure(geometry.label, () => rowDescriber(wasm, tables, centers).describe(geometry, scratch).jacobians(scratch).map(({ atoms }) => atoms)),
);

/** Writes the rows of a structure, each with its derivatives behind it. */
const writeDerivatives = defineTask(
  "fit/kernel-ridge/write-derivatives",
  ({ wasm, scratch }, { tables, centers, geometry, out }: CountInput & { readonly out: Pointer }): null => {
    const { nFeatures } = tables;
    const described = rowDescriber(wasm, tables, centers).describe(geometry, scratch);
    let at = out;
    for (const [row, { atoms, rows }] of described.jacobians(scratch).entries()) {
      const count = 3 * atoms.length * nFeatures;
      wasm.f64(at, nFeatures).set(wasm.f64(described.values + 8 * row * nFeatures, nFeatures));
      const target = wasm.f64(at + 8 * nFeatures, count);
      target.set(wasm.f64(rows, count));
      if (!target.every(Number.isFinite)) throw new NumericalError(`${geometry.label}: a derivative of ${tables.descriptor} is not finite: look at its positions, or leave it out`);
      at += 8 * nFeatures + 8 * count;
    }
    return null;
  },
);

/** Describes structures with all derivatives. */
export async function describeDerivatives(
  term: OpenKernelTerm, rows: TermRows, dataset: Dataset, species: readonly number[], layout: DerivativeLayout, holdings: Holdings, { signal, onProgress }: Omit<WorkContext, "executor">,
): Promise<DerivativeRows> {
  const { executor } = holdings;
  const { tables } = holdings.keep(term.descriptor.prepare(executor.wasm, executor.pool, species));
  const centers = term.centers && term.centers.map((atomicNumber) => tables.species.indexOf(atomicNumber));
  const inputs = Array.from({ length: dataset.nStructures }, (_, i): CountInput => ({ tables, centers, geometry: copyGeometry(dataset.structure(i)) }));
  const counts = await executor.map(countDerivatives, inputs, { signal });
  const offsets = new Int32Array(dataset.nStructures + 1);
  const stacked: StackedCenter[] = [];
  const numbers: number[] = [];
  const places: number[] = [];
  const isByElement = rows.groups.some(({ atomicNumber }) => atomicNumber !== null);
  const known = rowNumbers(rows, dataset.nStructures);
  let first = 0;
  for (const [structure, ofStructure] of counts.entries()) {
    places.push(first);
    const own = ownRows(known[structure], rows, term.isWhole ? undefined : counterOf(dataset, structure, term.centers));
    for (const [k, atoms] of ofStructure.entries()) {
      const base = dataset.offsets[structure];
      const derivatives = Int32Array.from({ length: 3 * atoms.length }, (_, d) => {
        const place = layout.atoms[base + atoms[Math.floor(d / 3)]];
        return place < 0 ? -1 : place + (d % 3);
      });
      stacked.push({ first, count: derivatives.length, kind: isByElement ? rows.atomicNumbers[own[k]] : 0, energy: layout.energies[structure], derivatives });
      numbers.push(own[k]);
      first += 1 + derivatives.length;
    }
    offsets[structure + 1] = stacked.length;
  }
  const { pointer } = holdings.allocate(8 * first * tables.nFeatures, "derivatives of the training data");
  let done = 0;
  await executor.map(writeDerivatives, inputs.map((input, i) => ({ ...input, out: pointer + 8 * places[i] * tables.nFeatures })), {
    signal,
    onDone: () => onProgress?.({ stage: "derivatives of the training data", done: ++done, total: inputs.length, unit: "structures" }),
  });
  return { stack: { pointer, rows: first, nFeatures: tables.nFeatures, centers: stacked }, offsets, rows: Int32Array.from(numbers) };
}

/** Rows of every structure, in the order of the term. */
function rowNumbers({ structures }: TermRows, nStructures: number): number[][] {
  const rows: number[][] = Array.from({ length: nStructures }, () => []);
  structures.forEach((structure, row) => rows[structure].push(row));
  return rows;
}

/** Atomic numbers of the centers of a structure, in the order of its atoms. */
function counterOf(dataset: Dataset, structure: number, centers: readonly number[] | null): number[] {
  const atoms = Array.from(dataset.atomicNumbers.subarray(dataset.offsets[structure], dataset.offsets[structure + 1]));
  return centers === null ? atoms : atoms.filter((atomicNumber) => centers.includes(atomicNumber));
}

/** Rows of a structure in the order of its atoms: those of an element stand together in the term, in the same order. */
function ownRows(known: readonly number[], { atomicNumbers }: TermRows, kinds: readonly number[] | undefined): readonly number[] {
  if (!kinds) return known;
  const left = new Map<number, number[]>();
  for (const row of known) left.set(atomicNumbers[row], [...(left.get(atomicNumbers[row]) ?? []), row]);
  return kinds.map((kind) => left.get(kind)!.shift()!);
}

interface BlockInput {
  readonly terms: readonly { readonly kernel: KernelParameters; readonly left: Stack; readonly right: Stack }[];
  /** size × size */
  readonly kernel: Matrix;
  /** Rows of the matrix that the block has, on either side. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Kernels of the energies and derivatives of some structures with those of others, lower half. */
const derivativeBlock = defineTask("fit/kernel-ridge/derivative-block", ({ wasm, scratch }, { terms, kernel, rows, columns }: BlockInput): null => {
  const sums = new Float64Array(rows.length * columns.length);
  const [rowOf, columnOf] = [placesOf(rows), placesOf(columns)];
  for (const { kernel: parameters, left, right } of terms) {
    const target = { values: sums, stride: columns.length, firstRow: 0, firstColumn: 0 };
    addDerivativeKernels(wasm, kernelDerivatives(parameters)!, renumber(left, rowOf), renumber(right, columnOf), target, scratch);
  }
  writeBlock(wasm, { kernel, rows, columns }, sums);
  return null;
});

type BlockPlace = Pick<BlockInput, "kernel" | "rows" | "columns">;

/** @param values rows × columns of the block */
function writeBlock(wasm: Wasm, place: BlockPlace, values: Float64Array): void {
  eachElement(wasm, place, (elements, at, k) => (elements[at] = values[k]));
}

/** Rows × columns of a block that was written. */
function readBlock(wasm: Wasm, place: BlockPlace): Float64Array {
  const values = new Float64Array(place.rows.length * place.columns.length);
  eachElement(wasm, place, (elements, at, k) => (values[k] = elements[at]));
  return values;
}

function eachElement(wasm: Wasm, { kernel, rows, columns }: BlockPlace, visit: (elements: Float64Array, at: number, k: number) => void): void {
  const elements = wasm.f64(kernel.pointer, kernel.rows * kernel.stride);
  for (const [i, row] of rows.entries()) {
    // a row of an energy comes before those of derivatives of structures before it
    columns.forEach((column, j) => visit(elements, column <= row ? row * kernel.stride + column : column * kernel.stride + row, i * columns.length + j));
  }
}

function placesOf(rows: readonly number[]): Map<number, number> {
  return new Map(rows.map((row, i) => [row, i]));
}

/** Places in a block instead of those in the whole matrix. */
function renumber(stack: Stack, places: ReadonlyMap<number, number>): Stack {
  const place = (row: number): number => (row < 0 ? -1 : places.get(row)!);
  return { ...stack, centers: stack.centers.map((center) => ({ ...center, energy: place(center.energy), derivatives: center.derivatives.map(place) })) };
}

/** Rows of products that a block has, about. */
const BLOCK_ROWS = 600;

/**
 * Fills the lower half of the kernel matrix of energies and derivatives. The same bits for any number of threads.
 * @param kept goes on with what an earlier process has kept of the blocks, and keeps them
 */
export async function fillDerivativeKernels(
  terms: readonly { readonly kernel: KernelParameters; readonly rows: DerivativeRows }[], layout: DerivativeLayout, dataset: Dataset, kernel: Matrix, work: WorkContext, kept?: KeptParts,
): Promise<void> {
  const blocks = structureBlocks(terms.map(({ rows }) => rows), dataset.nStructures);
  const matrixRows = blocks.map(([first, last]) => rowsOfStructures(layout, dataset, first, last));
  const part = (rows: DerivativeRows, [first, last]: readonly [number, number]): Stack => sliceStack(rows, first, last);
  const inputs: BlockInput[] = [];
  for (const [i, left] of blocks.entries()) {
    for (let j = 0; j <= i; j++) {
      const pairs = terms.map(({ kernel: parameters, rows }) => ({ kernel: parameters, left: part(rows, left), right: part(rows, blocks[j]) }));
      inputs.push({ terms: pairs, kernel, rows: matrixRows[i], columns: matrixRows[j] });
    }
  }
  const { wasm } = work.executor;
  const elementsOf = (block: number): number => inputs[block].rows.length * inputs[block].columns.length;
  const read = (block: number): Float64Array => readBlock(wasm, inputs[block]);
  const named = { name: "kernel matrix of energies and forces", of: terms.map(({ kernel: parameters }) => parameters), count: inputs.length, elementsOf, read };
  const place = (block: number, values: Float64Array): void => writeBlock(wasm, inputs[block], values);
  await mapBlocks({ task: derivativeBlock, inputs, stage: "kernel matrix", unit: "blocks", place }, work, kept?.blocks(named));
}

/** Rows of the matrix that consecutive structures have. */
export function rowsOfStructures({ energies, atoms }: DerivativeLayout, dataset: Dataset, first: number, last: number): number[] {
  const rows = Array.from(energies.subarray(first, last)).filter((row) => row >= 0);
  for (let atom = dataset.offsets[first]; atom < dataset.offsets[last]; atom++) if (atoms[atom] >= 0) rows.push(atoms[atom], atoms[atom] + 1, atoms[atom] + 2);
  return rows;
}

/** Consecutive structures whose rows and derivatives make up a block. */
function structureBlocks(terms: readonly DerivativeRows[], nStructures: number): [number, number][] {
  const blocks: [number, number][] = [];
  const rowsAt = (structure: number): number => Math.max(...terms.map(({ stack, offsets }) => stack.centers[offsets[structure]]?.first ?? stack.rows));
  for (let first = 0; first < nStructures; ) {
    let last = first + 1;
    while (last < nStructures && rowsAt(last + 1) - rowsAt(first) <= BLOCK_ROWS) last++;
    blocks.push([first, last]);
    first = last;
  }
  return blocks;
}

function sliceStack({ stack, offsets }: DerivativeRows, first: number, last: number): Stack {
  const centers = stack.centers.slice(offsets[first], offsets[last]);
  const start = centers[0]?.first ?? 0;
  const rows = centers.reduce((sum, { count }) => sum + count + 1, 0);
  return { pointer: stack.pointer + 8 * start * stack.nFeatures, rows, nFeatures: stack.nFeatures, centers: centers.map((center) => ({ ...center, first: center.first - start })) };
}

/**
 * What the rows of a term count in predictions: Σ_q β_q ∂x/∂r_q, nRows × nFeatures, in the order of the term.
 * @param coefficients size
 */
export async function directionsOf({ stack, rows }: DerivativeRows, coefficients: Float64Array, nRows: number, { executor }: WorkContext): Promise<Float64Array> {
  const { wasm } = executor;
  const { nFeatures } = stack;
  const out = new Float64Array(nRows * nFeatures);
  for (const [c, { first, count, derivatives }] of stack.centers.entries()) {
    const target = out.subarray(rows[c] * nFeatures, (rows[c] + 1) * nFeatures);
    for (let q = 0; q < count; q++) {
      if (derivatives[q] < 0) continue;
      const [weight, row] = [coefficients[derivatives[q]], wasm.f64(stack.pointer + 8 * (first + 1 + q) * nFeatures, nFeatures)];
      for (let f = 0; f < nFeatures; f++) target[f] += weight * row[f];
    }
  }
  return out;
}

/** Derivatives as a model keeps them, in the order of the rows of the term. */
export function jacobiansOf({ stack, rows }: DerivativeRows, nRows: number, { executor: { wasm } }: WorkContext): TermJacobians {
  const { nFeatures, centers } = stack;
  const ofRow = new Map(Array.from(rows, (row, c) => [row, centers[c]]));
  const offsets = new Int32Array(nRows + 1);
  for (let row = 0; row < nRows; row++) offsets[row + 1] = offsets[row] + ofRow.get(row)!.count;
  const [values, places, energies] = [new Float64Array(offsets[nRows] * nFeatures), new Int32Array(offsets[nRows]), new Int32Array(nRows)];
  for (let row = 0; row < nRows; row++) {
    const { first, count, derivatives, energy } = ofRow.get(row)!;
    values.set(wasm.f64(stack.pointer + 8 * (first + 1) * nFeatures, count * nFeatures), offsets[row] * nFeatures);
    places.set(derivatives, offsets[row]);
    energies[row] = energy;
  }
  return { values, offsets, places, energies };
}
