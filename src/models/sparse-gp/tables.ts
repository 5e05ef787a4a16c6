import type { DescriptorTables } from "../../descriptors/descriptor.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import type { KernelParameters } from "../../kernels/registry.js";
import type { Pointer } from "../../wasm/memory.js";
import type { PotentialTables } from "../potential.js";

/** One term Σ_i Σ_s α_s k(x_i, x_s) as the threads see it. */
export interface SparseGpTermTables {
  readonly descriptor: DescriptorTables;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  readonly nSparse: number;
  readonly nFeatures: number;
  /** Of its first sparse point among those of all terms. */
  readonly firstColumn: number;
  /** The sparse points, as the kernel wants them for values and gradients. */
  readonly points: KernelPoints;
  /** The same for terms with the same kernel of the same points in memory. */
  readonly pointsSerial: number;
  /** f64 [nSparse], α of k in eV², so 1/eV */
  readonly coefficients: Pointer;
  /** f64 [nSparse × nSparse], lower Cholesky factor of K_ss / δ² + reg·1; 0 where the variance is not wanted */
  readonly varianceFactor: Pointer;
}

/** One term as the rows of a design matrix need it, whose columns are the sparse points of all terms. */
export interface KernelRowTables {
  readonly descriptor: DescriptorTables;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  readonly nSparse: number;
  /** Of its first sparse point. */
  readonly firstColumn: number;
  /** The sparse points, as the kernel wants them for values and derivatives along directions. */
  readonly points: KernelPoints;
}

/** What is known of the coefficients of all terms. */
export interface PosteriorTables {
  readonly nColumns: number;
  /** f64 [nColumns × nColumns], lower triangle L of Cov⁻¹ = L Lᵀ */
  readonly factor: Pointer;
}

export interface SparseGpTables extends PotentialTables {
  readonly type: "sparse-gp";
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  /** eV, by species index */
  readonly isolatedAtomEnergies: readonly number[];
  readonly terms: readonly SparseGpTermTables[];
  /** undefined where error bars are not wanted */
  readonly posterior: PosteriorTables | undefined;
  /** Of potentials with the same descriptors, for `evaluateAll`. */
  readonly alike: readonly SparseGpTables[];
}
