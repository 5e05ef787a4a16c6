import { attachKernel, kernelScale } from "../../kernels/registry.js";
import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { matrix } from "../../linalg/matrix.js";
import { solveTriangular } from "../../linalg/triangular.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type LocalEnergyTerm, LocalEnergySum, type LocalSums, type TermRows } from "../local-energy/sum.js";
import type { Geometry } from "../../environments/geometry.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction } from "../potential.js";
import { posteriorBars } from "./posterior.js";
import type { SparseGpTables, SparseGpTermTables } from "./tables.js";

/** Rows of a kernel block: enough for an efficient product, few enough to bound its memory. */
const BLOCK_ROWS = 240;

/** Predictions of a sparse Gaussian process: E = Σ_i E₀(Z_i) + Σ_terms Σ_i Σ_s α_s k(x_i, x_s), where i are the rows of a term's descriptor. */
export class SparseGpEvaluator implements PotentialEvaluator {
  private readonly sum: LocalEnergySum;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: SparseGpTables,
  ) {
    const { species, isolatedAtomEnergies, terms } = tables;
    this.sum = new LocalEnergySum(wasm, { species, atomEnergies: isolatedAtomEnergies }, terms.map((term) => new SparseGpTermEvaluator(wasm, term)));
  }

  evaluate(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction {
    const prediction = this.sum.evaluate(geometry, request, scratch);
    const { posterior } = this.tables;
    if (!request.want.errorBars || !posterior) return prediction;
    const input = { geometry, described: request.described, forces: request.want.forces === true };
    return { ...prediction, ...posteriorBars(this.wasm, this.tables, posterior, input, scratch) };
  }
}

/**
 * Everything between descriptors and gradients is the kernel's, per block of environments: K = k(X, X_s) and ∂E/∂X = Σ_s α_s ∂k/∂X, for
 * gram kernels two matrix products.
 */
class SparseGpTermEvaluator implements LocalEnergyTerm {
  readonly descriptor: SparseGpTermTables["descriptor"];
  readonly centers: readonly number[] | null;
  private readonly kernel: KernelEvaluator;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: SparseGpTermTables,
  ) {
    this.descriptor = tables.descriptor;
    this.centers = tables.centers;
    this.kernel = attachKernel(wasm, tables.kernel, tables.descriptor);
  }

  addEnergies({ atoms, values, gradients }: TermRows, sums: LocalSums, scratch: Arena): void {
    const { wasm, kernel: evaluator } = this;
    const { nSparse, nFeatures, points, coefficients } = this.tables;
    const mark = scratch.mark();
    if (atoms.length === 0) return;
    const rows = Math.min(BLOCK_ROWS, atoms.length);
    const kernel = scratch.f64(rows * nSparse);
    const slopes = gradients ? scratch.f64(rows * nSparse * evaluator.slopesPerValue) : 0;
    const energies = scratch.f64(rows);
    for (let first = 0; first < atoms.length; first += rows) {
      const n = Math.min(rows, atoms.length - first);
      const x = values + 8 * first * nFeatures;
      const block: KernelBlock = { rows: matrix(x, n, nFeatures), points, values: kernel, slopes };
      evaluator.evaluate(block, scratch);
      wasm.f64(energies, n).fill(0);
      evaluator.contract(block, coefficients, energies, gradients && gradients + 8 * first * nFeatures, scratch);
      wasm.f64(energies, n).forEach((energy, i) => (sums.localEnergies[atoms[first + i]] += energy));
      if (sums.variance) this.addVariances(block, atoms.subarray(first, first + n), sums, scratch);
    }
    scratch.reset(mark);
  }

  /** δ² [k(x, x) − kᵀ (K_ss + reg·1)⁻¹ k] with kernels in units of δ², as kᵀ(L Lᵀ)⁻¹k = |L⁻¹k|². */
  private addVariances({ rows, values }: KernelBlock, atoms: Int32Array, { variance, priorVariance }: LocalSums, scratch: Arena): void {
    const { wasm, kernel } = this;
    const { nSparse, kernel: parameters, varianceFactor } = this.tables;
    const n = atoms.length;
    const mark = scratch.mark();
    const scale = kernelScale(parameters);
    const columns = scratch.f64(nSparse * n);
    const source = wasm.f64(values, n * nSparse);
    const target = wasm.f64(columns, nSparse * n);
    for (let i = 0; i < n; i++) for (let s = 0; s < nSparse; s++) target[s * n + i] = source[i * nSparse + s] / scale;
    solveTriangular(wasm, scratch, "lower", matrix(varianceFactor, nSparse, nSparse), matrix(columns, nSparse, n));
    const own = kernel.diagonal(rows);
    for (let i = 0; i < n; i++) {
      let explained = 0;
      for (let s = 0; s < nSparse; s++) explained += target[s * n + i] ** 2;
      variance![atoms[i]] += Math.max(0, own[i] - scale * explained);
      priorVariance![atoms[i]] += own[i];
    }
    scratch.reset(mark);
  }
}
