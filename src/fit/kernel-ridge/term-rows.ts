import { createDescriptor } from "../../descriptors/registry.js";
import { requireInvariantRows } from "../../descriptors/requirements.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { centerNumbers } from "../../environments/center-selection.js";
import { describeStructures } from "../../environments/describe-structures.js";
import { learnFromData } from "../../environments/learn.js";
import { InvalidParameterError, NumericalError } from "../../errors.js";
import { checkKernel } from "../../kernels/registry.js";
import { groupsOf, type RowGroup } from "../../models/kernel-ridge/term.js";
import type { Executor } from "../../parallel/executor.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";
import type { KernelTermOptions } from "./schema.js";

/** What a term is about, with its descriptor ready to be prepared. */
export interface OpenKernelTerm {
  readonly options: KernelTermOptions;
  readonly descriptor: AnyDescriptor;
  /** Atomic numbers; null: all atoms, or structures */
  readonly centers: readonly number[] | null;
  /** Whether rows are those of structures. */
  readonly isWhole: boolean;
}

/** Rows of a group, and where those of each structure begin. */
export interface PlacedGroup extends RowGroup {
  /** i32 [nStructures + 1]: numbers of rows of the term */
  readonly offsets: Pointer;
}

/** Rows of a term for some structures, in shared memory. Plain data. */
export interface RowSet {
  /** f64 [nRows × nFeatures] */
  readonly pointer: Pointer;
  readonly nFeatures: number;
  readonly nStructures: number;
  readonly groups: readonly PlacedGroup[];
}

/** The same with what models keep of it. */
export interface TermRows extends RowSet {
  /** nRows: structure of each row */
  readonly structures: Int32Array;
  /** nRows: 0 where it is that of a structure */
  readonly atomicNumbers: Int32Array;
}

interface WorkOptions {
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Makes the descriptor of a term, with what it takes from the data filled in.
 * @throws {InvalidParameterError} for rows that are pairs or turn, and options that only rows of atoms have
 */
export async function openKernelTerm(options: KernelTermOptions, index: number, dataset: Dataset, { executor, signal, onProgress }: WorkOptions): Promise<OpenKernelTerm> {
  const made: AnyDescriptor = createDescriptor(options.descriptor);
  const isWhole = isWholeStructure(made, index);
  if (isWhole && (options.centers || options.normalize || options.pairs === "all")) {
    throw new InvalidParameterError(`model.terms[${index}]: centers, pairs and normalize are for rows of atoms; ${made.name} has one for each structure here`);
  }
  const species = dataset.species();
  const centers = options.centers ? centerNumbers(options.centers, species) : null;
  const descriptor = await learnFromData(executor, made, dataset, { species, centers: centers ? { species: centers } : undefined, signal, onProgress });
  return { options, descriptor, centers, isWhole };
}

/** Whether a descriptor has one row for each structure. */
export function isWholeStructure(descriptor: AnyDescriptor, index: number): boolean {
  if (descriptor.rows === "tuple") {
    throw new InvalidParameterError(`model.terms[${index}]: ${descriptor.name} has a row for each ${descriptor.rows}; kernel ridge regression needs one for each atom or structure`);
  }
  if (descriptor.describes !== "structures") requireInvariantRows(descriptor, "kernels of structures");
  return descriptor.rows === "structure";
}

/**
 * Describes structures: rows of the same element together where only these are compared, and in the order of the structures.
 * @throws {NumericalError} naming a structure whose row is not finite; {InvalidStructureError}
 */
export async function describeRows(term: OpenKernelTerm, dataset: Dataset, species: readonly number[], holdings: Holdings, options: WorkOptions): Promise<TermRows> {
  const { wasm } = holdings.executor;
  const { descriptor, centers, isWhole } = term;
  const nFeatures = descriptor.featureCount(species);
  checkKernel(term.options.kernel, { nFeatures, weighsRows: false });
  const layout = layoutOf(term, dataset);
  const nRows = layout.structures.length;
  const region = holdings.allocate(8 * nRows * nFeatures, "rows of the training data");
  const selection = { species, centers: centers && !isWhole ? { species: centers } : undefined, signal: options.signal };
  for await (const block of describeStructures(options.executor, descriptor, dataset, selection)) {
    for (let row = 0; row < block.nRows; row++) {
      const values = block.values.subarray(row * nFeatures, (row + 1) * nFeatures);
      if (!values.every(Number.isFinite)) throw new NumericalError(`${dataset.labels[block.frames[row]]}: ${descriptor.name} has a feature that is not finite: look at its positions, or leave it out`);
      const to = isWhole ? block.frames[row] : layout.rowOf(block.frames[row], block.atoms[row]);
      wasm.f64(region.pointer + 8 * to * nFeatures, nFeatures).set(values);
    }
    const done = block.frames[block.nRows - 1] + 1;
    options.onProgress?.({ stage: "describe training data", done, total: dataset.nStructures, unit: "structures" });
  }
  const groups = groupsOf({ pairs: term.options.pairs, atomicNumbers: layout.atomicNumbers }).map((group): PlacedGroup => {
    const offsets = holdings.allocate(4 * (dataset.nStructures + 1), "rows of the training data").pointer;
    const table = wasm.i32(offsets, dataset.nStructures + 1);
    for (let structure = 0, row = group.first; structure <= dataset.nStructures; structure++) {
      while (row < group.first + group.count && layout.structures[row] < structure) row++;
      table[structure] = structure === dataset.nStructures ? group.first + group.count : row;
    }
    return { ...group, offsets };
  });
  const { structures, atomicNumbers } = layout;
  return { pointer: region.pointer, nFeatures, nStructures: dataset.nStructures, groups, structures, atomicNumbers };
}

interface RowLayout {
  readonly structures: Int32Array;
  readonly atomicNumbers: Int32Array;
  rowOf(structure: number, atom: number): number;
}

function layoutOf({ options, centers, isWhole }: OpenKernelTerm, dataset: Dataset): RowLayout {
  if (isWhole) {
    return { structures: Int32Array.from({ length: dataset.nStructures }, (_, i) => i), atomicNumbers: new Int32Array(dataset.nStructures), rowOf: (structure) => structure };
  }
  const atoms: { structure: number; atom: number; atomicNumber: number }[] = [];
  for (let structure = 0; structure < dataset.nStructures; structure++) {
    for (let atom = dataset.offsets[structure]; atom < dataset.offsets[structure + 1]; atom++) {
      const atomicNumber = dataset.atomicNumbers[atom];
      if (centers === null || centers.includes(atomicNumber)) atoms.push({ structure, atom, atomicNumber });
    }
  }
  if (options.pairs === "same-element") atoms.sort((a, b) => a.atomicNumber - b.atomicNumber || a.atom - b.atom);
  const rows = new Int32Array(dataset.nAtoms).fill(-1);
  atoms.forEach(({ atom }, row) => (rows[atom] = row));
  return {
    structures: Int32Array.from(atoms, ({ structure }) => structure),
    atomicNumbers: Int32Array.from(atoms, ({ atomicNumber }) => atomicNumber),
    rowOf: (structure, atom) => rows[dataset.offsets[structure] + atom],
  };
}
