import type { DescriptorPlan } from "../../descriptors/descriptor.js";
import type { KernelParameters } from "../../kernels/registry.js";
import type { PackedMatrix } from "../../linalg/product.js";
import type { Pointer } from "../../wasm/memory.js";
import type { PotentialPlan } from "../potential.js";

/** One term Σ_i Σ_s α_s k(x_i, x_s) as the threads see it. */
export interface SparseGpTermPlan {
  readonly descriptor: DescriptorPlan;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  readonly nSparse: number;
  readonly nFeatures: number;
  /** X_sᵀ (nFeatures × nSparse), right factor of X X_sᵀ */
  readonly packedColumns: PackedMatrix;
  /** X_s (nSparse × nFeatures), right factor of the gradient ∂E/∂X */
  readonly packedRows: PackedMatrix;
  /** f64 [nSparse], α of k in eV², so 1/eV */
  readonly coefficients: Pointer;
  /** f64 [nSparse × nSparse], lower Cholesky factor of K_ss / δ² + reg·1; 0 where the variance is not wanted */
  readonly varianceFactor: Pointer;
}

export interface SparseGpPlan extends PotentialPlan {
  readonly type: "sparse-gp";
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  /** eV, by species index */
  readonly isolatedAtomEnergies: readonly number[];
  readonly terms: readonly SparseGpTermPlan[];
}
