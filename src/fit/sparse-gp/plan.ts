import type { DescriptorTables } from "../../descriptors/descriptor.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import type { KernelParameters } from "../../kernels/registry.js";
import type { DescribedEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Pointer } from "../../wasm/memory.js";

/** One term of the model as the rows of the design matrix need it. */
export interface FitTermPlan {
  readonly descriptor: DescriptorTables;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  readonly nSparse: number;
  /** Column of its first sparse point in the design matrix. */
  readonly firstColumn: number;
  /** The sparse points, as the kernel wants them for values and derivatives along directions. */
  readonly points: KernelPoints;
}

export interface FitPlan {
  readonly species: readonly number[];
  readonly terms: readonly FitTermPlan[];
  /** Sparse points of all terms. */
  readonly nColumns: number;
  /** Elements from one row of the design matrix to the next: nColumns and the target, padded to an even number. */
  readonly stride: number;
}

/** Reference values of one structure with their standard deviations; the energy without that of isolated atoms. */
export interface StructureTargets {
  readonly geometry: Geometry;
  /** Environments of each term where they are described already; null: they are not, or there are none. */
  readonly described?: readonly (DescribedEnvironments | null)[];
  /** eV */
  readonly energy: { readonly value: number; readonly sigma: number } | null;
  /** eV/Å */
  readonly forces: { readonly values: Float64Array; readonly sigma: number } | null;
  /** eV, 3 × 3 */
  readonly virial: { readonly values: Float64Array; readonly sigma: number } | null;
}

/** Rows of the design matrix in shared memory. */
export interface DesignBlock {
  /** f64 [nRows × stride] */
  readonly pointer: Pointer;
  readonly nRows: number;
}

export function rowsOf({ geometry, energy, forces, virial }: StructureTargets): number {
  return (energy ? 1 : 0) + (forces ? 3 * geometry.atomicNumbers.length : 0) + (virial ? 6 : 0);
}
