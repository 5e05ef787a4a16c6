import { attachKernel, kernelScale } from "../../kernels/registry.js";
import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { matrix } from "../../linalg/matrix.js";
import { solveTriangular } from "../../linalg/triangular.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type LocalEnergyTerm, LocalEnergySum, type LocalSums, type TermRows } from "../local-energy/sum.js";
import type { Geometry } from "../../environments/geometry.js";
import { signedParameterRows } from "../local-energy/parameter-rows.js";
import type { ParameterRowsRequest } from "../parametric.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction } from "../potential.js";
import { addCoefficientRows } from "./parameter-rows.js";
import { posteriorBars } from "./posterior.js";
import type { SparseGpTables, SparseGpTermTables } from "./tables.js";

/** Rows of a kernel block: enough for an efficient product, few enough to bound its memory. */
const BLOCK_ROWS = 240;

/** Predictions of a sparse Gaussian process: E = Σ_i E₀(Z_i) + Σ_terms Σ_i Σ_s α_s k(x_i, x_s), where i are the rows of a term's descriptor. */
export class SparseGpEvaluator implements PotentialEvaluator {
  private readonly sum: LocalEnergySum;
  /** With those that are alike. */
  private readonly all: LocalEnergySum | undefined;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: SparseGpTables,
  ) {
    this.sum = sumOf(wasm, [tables]);
    if (tables.alike.length > 0) this.all = sumOf(wasm, [tables, ...tables.alike]);
  }

  evaluateAll(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction[] {
    return (this.all ?? this.sum).evaluate(geometry, request, scratch);
  }

  parameterRows(geometry: Geometry, request: ParameterRowsRequest, scratch: Arena): Pointer {
    const { wasm, tables } = this;
    const nColumns = tables.terms.reduce((sum, { nSparse }) => sum + nSparse, 0);
    return signedParameterRows(wasm, geometry.atomicNumbers.length, nColumns, request, scratch, (layout, rows) => {
      addCoefficientRows(wasm, tables, { geometry }, layout, rows, scratch);
    });
  }

  evaluate(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction {
    const [prediction] = this.sum.evaluate(geometry, request, scratch);
    const { posterior } = this.tables;
    if (!request.want.errorBars || !posterior) return prediction;
    const input = { geometry, described: request.described, forces: request.want.forces === true };
    return { ...prediction, ...posteriorBars(this.wasm, this.tables, posterior, input, scratch) };
  }
}

function sumOf(wasm: Wasm, all: readonly SparseGpTables[]): LocalEnergySum {
  const zeros = all.map(({ species, isolatedAtomEnergies }) => ({ species, atomEnergies: isolatedAtomEnergies }));
  return new LocalEnergySum(wasm, zeros, all[0].terms.map((_, t) => new SparseGpTermEvaluator(wasm, all.map(({ terms }) => terms[t]))));
}

/** Potentials, by number, with the same kernel of the same sparse points. */
interface SamePoints {
  readonly members: number[];
  readonly tables: SparseGpTermTables;
  readonly kernel: KernelEvaluator;
}

/** Some rows of a descriptor. */
interface RowBlock {
  readonly first: number;
  readonly count: number;
}

/**
 * Everything between descriptors and gradients is the kernel's, per block of environments: K = k(X, X_s) and ∂E/∂X = Σ_s α_s ∂k/∂X, for
 * gram kernels two matrix products. Potentials with the same sparse points have the first of these in common.
 */
class SparseGpTermEvaluator implements LocalEnergyTerm {
  readonly descriptor: SparseGpTermTables["descriptor"];
  readonly centers: readonly number[] | null;
  private readonly groups: readonly SamePoints[];

  /** @param all of each potential */
  constructor(
    private readonly wasm: Wasm,
    private readonly all: readonly SparseGpTermTables[],
  ) {
    [{ descriptor: this.descriptor, centers: this.centers }] = all;
    const groups: SamePoints[] = [];
    for (const [k, tables] of all.entries()) {
      const known = groups.find((group) => group.tables.pointsSerial === tables.pointsSerial);
      if (known) known.members.push(k);
      else groups.push({ members: [k], tables, kernel: attachKernel(wasm, tables.kernel, tables.descriptor) });
    }
    this.groups = groups;
  }

  addEnergies(rows: TermRows, sums: readonly LocalSums[], scratch: Arena): void {
    const { atoms } = rows;
    for (let first = 0; first < atoms.length; first += BLOCK_ROWS) {
      const block = { first, count: Math.min(BLOCK_ROWS, atoms.length - first) };
      for (const group of this.groups) this.addBlock(group, block, rows, sums, scratch);
    }
  }

  private addBlock({ members, tables, kernel }: SamePoints, { first, count }: RowBlock, { atoms, values, gradients }: TermRows, sums: readonly LocalSums[], scratch: Arena): void {
    const { wasm } = this;
    const { nSparse, nFeatures, points } = tables;
    const mark = scratch.mark();
    const nSlopes = gradients ? count * nSparse * kernel.slopesPerValue : 0;
    const block: KernelBlock = { rows: matrix(values + 8 * first * nFeatures, count, nFeatures), points, values: scratch.f64(count * nSparse), slopes: nSlopes && scratch.f64(nSlopes) };
    // contractions overwrite slopes, so that all but the last work on a copy
    const copy = nSlopes > 0 && members.length > 1 ? scratch.f64(nSlopes) : 0;
    const energies = scratch.f64(count);
    kernel.evaluate(block, scratch);
    for (const [i, member] of members.entries()) {
      const isLast = i === members.length - 1;
      if (!isLast && copy) wasm.f64(copy, nSlopes).set(wasm.f64(block.slopes, nSlopes));
      const own = isLast ? block : { ...block, slopes: copy };
      wasm.f64(energies, count).fill(0);
      kernel.contract(own, this.all[member].coefficients, energies, gradients && gradients + 8 * (member * atoms.length + first) * nFeatures, scratch);
      const { localEnergies, variance } = sums[member];
      wasm.f64(energies, count).forEach((energy, row) => (localEnergies[atoms[first + row]] += energy));
      if (variance) this.addVariances(this.all[member], kernel, block, atoms.subarray(first, first + count), sums[member], scratch);
    }
    scratch.reset(mark);
  }

  /** δ² [k(x, x) − kᵀ (K_ss + reg·1)⁻¹ k] with kernels in units of δ², as kᵀ(L Lᵀ)⁻¹k = |L⁻¹k|². */
  private addVariances(
    { nSparse, kernel: parameters, varianceFactor }: SparseGpTermTables, kernel: KernelEvaluator, { rows, values }: KernelBlock, atoms: Int32Array,
    { variance, priorVariance }: LocalSums, scratch: Arena,
  ): void {
    const { wasm } = this;
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
