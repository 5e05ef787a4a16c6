import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { type KernelParameters, prepareKernelPoints } from "../../kernels/registry.js";
import { matrix } from "../../linalg/matrix.js";
import type { MemoryPool, Pointer, Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { StackedCenter } from "./derivative-kernel.js";
import type { GroupTables, KernelRidgeTermTables } from "./tables.js";

/** One term of the kernel of two structures. */
export interface KernelRidgeTerm {
  /** Of whole structures, or of environments, whose kernels are summed over pairs of atoms. */
  readonly descriptor: AnyDescriptor;
  /** Of two rows, with δ² in it. */
  readonly kernel: KernelParameters;
  /** Atomic numbers of the centers; null: all atoms, or structures */
  readonly centers: readonly number[] | null;
  /** Which pairs of atoms are summed over. */
  readonly pairs: "same-element" | "all";
  /** Whether the kernel of two structures is divided by √(K_AA K_BB). */
  readonly normalize: boolean;
  /** Rows of the training data: nRows × nFeatures, those of an element together where only these are compared, then in the order of the structures. */
  readonly rows: Float64Array;
  /** nRows: the training structure of each row. */
  readonly structures: Int32Array;
  /** nRows: atomic number of each row; 0 where it is that of a structure. */
  readonly atomicNumbers: Int32Array;
  /** nStructures: 1/√K_AA; null where kernels are not normalized */
  readonly norms: Float64Array | null;
  /** nRows × nFeatures: Σ_q β_q ∂x/∂r_q of each row, what the derivatives that were fitted count; null where none were. */
  readonly directions: Float64Array | null;
  /** Derivatives of the rows, for error bars where forces were fitted. */
  readonly jacobians: TermJacobians | null;
}

/** Derivatives of every row of the training data. */
export interface TermJacobians {
  /** All derivatives, row after row × nFeatures. */
  readonly values: Float64Array;
  /** nRows + 1: where those of each row begin. */
  readonly offsets: Int32Array;
  /** Where each derivative stands in the kernel matrix; −1: nowhere. */
  readonly places: Int32Array;
  /** nRows: where the energy of each row stands; −1: nowhere. */
  readonly energies: Int32Array;
}

/** Consecutive rows that are compared with rows of the same kind. */
export interface RowGroup {
  /** Atomic number; null: all rows are compared */
  readonly atomicNumber: number | null;
  readonly first: number;
  readonly count: number;
}

/** Groups of the rows of a term. */
export function groupsOf({ pairs, atomicNumbers }: Pick<KernelRidgeTerm, "pairs" | "atomicNumbers">): RowGroup[] {
  const isByElement = pairs === "same-element" && atomicNumbers.some((atomicNumber) => atomicNumber !== 0);
  if (!isByElement) return [{ atomicNumber: null, first: 0, count: atomicNumbers.length }];
  const groups: RowGroup[] = [];
  for (let first = 0, last = 0; first < atomicNumbers.length; first = last) {
    while (last < atomicNumbers.length && atomicNumbers[last] === atomicNumbers[first]) last++;
    groups.push({ atomicNumber: atomicNumbers[first], first, count: last - first });
  }
  return groups;
}

/** Rows of the training data that kernels are held for at once: so much that products are of many, and memory stays bounded. */
export const CHUNK_ROWS = 4096;

function chunksOf({ atomicNumber, first, count }: RowGroup): RowGroup[] {
  const chunks = Math.ceil(count / CHUNK_ROWS);
  return Array.from({ length: chunks }, (_, i) => ({ atomicNumber, first: first + i * CHUNK_ROWS, count: Math.min(CHUNK_ROWS, count - i * CHUNK_ROWS) }));
}

/** What is prepared beside energies. */
export interface PreparedFor {
  readonly species: SpeciesList;
  /** Whether gradients are wanted. */
  readonly gradients: boolean;
  readonly errorBars: boolean;
  /** Of each target: nStructures */
  readonly coefficients: readonly Float64Array[];
}

/** A term in shared memory. */
export interface PreparedTerm {
  readonly tables: KernelRidgeTermTables;
  release(): void;
}

/** Puts a term into shared memory. */
export function prepareTerm(wasm: Wasm, pool: MemoryPool, term: KernelRidgeTerm, options: PreparedFor): PreparedTerm {
  const regions: Region[] = [];
  const allocate = (bytes: number): Pointer => {
    const region = pool.allocate(bytes, "rows of the training data");
    regions.push(region);
    return region.pointer;
  };
  const prepared = term.descriptor.prepare(wasm, pool, options.species);
  const release = (): void => {
    regions.splice(0).forEach((region) => pool.release(region));
    prepared.release();
  };
  try {
    const { tables: descriptor } = prepared;
    const centers = term.centers && term.centers.map((atomicNumber) => descriptor.species.indexOf(atomicNumber));
    const groups = groupsOf(term).flatMap(chunksOf).map((group) => prepareGroup(wasm, pool, term, group, descriptor.nFeatures, options, allocate));
    const norms = options.errorBars && term.norms ? place(wasm, term.norms, allocate) : 0;
    const stack = options.errorBars && term.jacobians ? prepareStack(wasm, term, term.jacobians, descriptor.nFeatures, allocate) : null;
    return { tables: { descriptor, kernel: term.kernel, centers, normalize: term.normalize, groups, norms, stack }, release };
  } catch (error) {
    release();
    throw error;
  }
}

type Allocate = (bytes: number) => Pointer;

function place(wasm: Wasm, values: Float64Array, allocate: Allocate): Pointer {
  const pointer = allocate(8 * values.length);
  wasm.f64(pointer, values.length).set(values);
  return pointer;
}

function prepareGroup(
  wasm: Wasm, pool: MemoryPool, term: KernelRidgeTerm, { atomicNumber, first, count }: RowGroup, nFeatures: number, options: PreparedFor, allocate: Allocate,
): GroupTables {
  const rows = term.rows.subarray(first * nFeatures, (first + count) * nFeatures);
  const structures = term.structures.subarray(first, first + count);
  const placed = pool.allocate(8 * rows.length, "rows of the training data");
  wasm.f64(placed.pointer, rows.length).set(rows);
  try {
    const points = prepareKernelPoints(wasm, term.kernel, matrix(placed.pointer, count, nFeatures), options.gradients, allocate);
    const weights = options.coefficients.flatMap((own) => Array.from(structures, (structure) => own[structure] * (term.norms?.[structure] ?? 1)));
    const coefficients = place(wasm, Float64Array.from(weights), allocate);
    const directions = term.directions ? allocate(16 * rows.length) : 0;
    if (term.directions) {
      wasm.f64(directions, rows.length).set(rows);
      wasm.f64(directions + 8 * rows.length, rows.length).set(term.directions.subarray(first * nFeatures, (first + count) * nFeatures));
    }
    const owners = options.errorBars && !term.directions ? allocate(4 * count) : 0;
    if (owners) wasm.i32(owners, count).set(structures);
    const species = atomicNumber === null ? null : options.species.indexOf(atomicNumber);
    return { species, count, points, coefficients, directions, owners };
  } finally {
    pool.release(placed);
  }
}

function prepareStack(wasm: Wasm, term: KernelRidgeTerm, jacobians: TermJacobians, nFeatures: number, allocate: Allocate): KernelRidgeTermTables["stack"] {
  const { values, offsets, places, energies } = jacobians;
  const nRows = energies.length;
  const rows = nRows + offsets[nRows];
  const pointer = allocate(8 * rows * nFeatures);
  const isByElement = groupsOf(term).some(({ atomicNumber }) => atomicNumber !== null);
  const centers: StackedCenter[] = [];
  for (let row = 0; row < nRows; row++) {
    const [begin, end] = [offsets[row], offsets[row + 1]];
    const first = row + begin;
    wasm.f64(pointer + 8 * first * nFeatures, nFeatures).set(term.rows.subarray(row * nFeatures, (row + 1) * nFeatures));
    wasm.f64(pointer + 8 * (first + 1) * nFeatures, (end - begin) * nFeatures).set(values.subarray(begin * nFeatures, end * nFeatures));
    centers.push({ first, count: end - begin, kind: isByElement ? term.atomicNumbers[row] : 0, energy: energies[row], derivatives: places.slice(begin, end) });
  }
  return { pointer, rows, centers };
}
