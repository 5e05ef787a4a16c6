import { type AtomicEnvironments, buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments } from "../../environments/environments.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction } from "../potential.js";
import type { Geometry } from "../../environments/geometry.js";
import { attachDescriptor } from "../../descriptors/registry.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { attachKernel, kernelScale } from "../../kernels/registry.js";
import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { matrix } from "../../linalg/matrix.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import { solveTriangular } from "../../linalg/triangular.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { SparseGpTables, SparseGpTermTables } from "./tables.js";
import { partName } from "./term.js";

/** Rows of a kernel block: enough for an efficient product, few enough to bound its memory. */
const BLOCK_ROWS = 240;

interface AttachedTerm {
  readonly tables: SparseGpTermTables;
  readonly descriptor: DescriptorEvaluator;
  readonly kernel: KernelEvaluator;
  /** Terms with the same text have the same environments: cutoff, species and centers. */
  readonly environments: string;
  readonly sharesWithLater: boolean;
}

/** Where contributions are added up, in the arena. */
interface Sums {
  readonly forces: Pointer;
  readonly virial: Pointer;
  readonly localEnergies: Float64Array;
  readonly variance: Float64Array | undefined;
  readonly priorVariance: Float64Array | undefined;
}

/**
 * Predictions of a sparse Gaussian process: E = Σ_i E₀(Z_i) + Σ_terms Σ_i Σ_s α_s k(x_i, x_s).
 * Everything between descriptors and forces is the kernel's, per block of environments: K = k(X, X_s) and ∂E/∂X = Σ_s α_s ∂k/∂X, for
 * gram kernels two matrix products; the gradient then goes back through the descriptor without its Jacobian.
 */
export class SparseGpEvaluator implements PotentialEvaluator {
  private readonly terms: readonly AttachedTerm[];

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: SparseGpTables,
  ) {
    const environments = tables.terms.map(({ descriptor, centers }) => JSON.stringify([descriptor.cutoff, descriptor.species, centers]));
    this.terms = tables.terms.map((term, t) => ({
      tables: term,
      descriptor: attachDescriptor(wasm, term.descriptor),
      kernel: attachKernel(wasm, term.kernel),
      environments: environments[t],
      sharesWithLater: environments.includes(environments[t], t + 1),
    }));
  }

  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length }, described }: EvaluationRequest, scratch: Arena): Prediction {
    const { wasm } = this;
    const nAtoms = geometry.atomicNumbers.length;
    const indices = speciesIndices(geometry, this.tables.species);
    const mark = scratch.mark();
    const needsGradient = want.forces === true || want.virial === true;
    const sums: Sums = {
      forces: needsGradient ? zeros(wasm, scratch, 3 * nAtoms) : 0,
      virial: needsGradient ? zeros(wasm, scratch, 9) : 0,
      localEnergies: new Float64Array(nAtoms),
      variance: want.variance ? new Float64Array(nAtoms) : undefined,
      priorVariance: want.variance ? new Float64Array(nAtoms) : undefined,
    };
    for (let atom = range.first; atom < range.last; atom++) sums.localEnergies[atom] = this.tables.isolatedAtomEnergies[indices[atom]];
    const shared = new Map<string, AtomicEnvironments>();
    for (const [t, term] of this.terms.entries()) {
      const atoms = centersOf(indices, range, term.tables.centers);
      if (atoms.length === 0) continue;
      const known = described?.get(partName(t));
      const build = (): AtomicEnvironments => buildEnvironments(wasm, scratch, geometry, term.tables.descriptor, atoms);
      // where another term needs the same ones, they stay in the arena
      if (!known && term.sharesWithLater && !shared.has(term.environments)) shared.set(term.environments, build());
      const termMark = scratch.mark();
      const environments = known ?? describeEnvironments(scratch, shared.get(term.environments) ?? build(), term.descriptor);
      this.addTerm(term, environments, atoms, sums, scratch);
      scratch.reset(termMark);
    }
    const prediction: Prediction = {
      energy: sums.localEnergies.reduce((sum, energy) => sum + energy, 0),
      ...(want.forces ? { forces: wasm.f64(sums.forces, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(sums.virial, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies: sums.localEnergies } : {}),
      ...(sums.variance ? { variance: sums.variance, priorVariance: sums.priorVariance } : {}),
    };
    scratch.reset(mark);
    return prediction;
  }

  private addTerm(term: AttachedTerm, described: DescribedEnvironments, atoms: Int32Array, sums: Sums, scratch: Arena): void {
    const { wasm } = this;
    const { batch, list, values, state } = described;
    const gradients = sums.forces ? scratch.f64(atoms.length * term.tables.nFeatures) : 0;
    this.addEnergies(term, values, atoms, gradients, sums, scratch);
    if (!gradients) return;
    const pairGradients = scratch.f64(3 * list.nPairs);
    term.descriptor.backward(batch, values, state, gradients, pairGradients, scratch);
    wasm.routines.scatterForces(placeNeighborList(wasm, scratch, list), pairGradients, sums.forces, sums.virial);
  }

  /** Local energies and variances; and ∂E/∂X of every center, unless `gradients` is 0. */
  private addEnergies(term: AttachedTerm, values: Pointer, atoms: Int32Array, gradients: Pointer, sums: Sums, scratch: Arena): void {
    const { wasm } = this;
    const { kernel: evaluator, tables } = term;
    const { nSparse, nFeatures, points, coefficients } = tables;
    const mark = scratch.mark();
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
      if (sums.variance) this.addVariances(term, block, atoms.subarray(first, first + n), sums, scratch);
    }
    scratch.reset(mark);
  }

  /** δ² [k(x, x) − kᵀ (K_ss + reg·1)⁻¹ k] with kernels in units of δ², as kᵀ(L Lᵀ)⁻¹k = |L⁻¹k|². */
  private addVariances({ tables, kernel }: AttachedTerm, { rows, values }: KernelBlock, atoms: Int32Array, { variance, priorVariance }: Sums, scratch: Arena): void {
    const { wasm } = this;
    const { nSparse } = tables;
    const n = atoms.length;
    const mark = scratch.mark();
    const scale = kernelScale(tables.kernel);
    const columns = scratch.f64(nSparse * n);
    const source = wasm.f64(values, n * nSparse);
    const target = wasm.f64(columns, nSparse * n);
    for (let i = 0; i < n; i++) for (let s = 0; s < nSparse; s++) target[s * n + i] = source[i * nSparse + s] / scale;
    solveTriangular(wasm, scratch, "lower", matrix(tables.varianceFactor, nSparse, nSparse), matrix(columns, nSparse, n));
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

function zeros(wasm: Wasm, arena: Arena, count: number): Pointer {
  const pointer = arena.f64(count);
  wasm.f64(pointer, count).fill(0);
  return pointer;
}
