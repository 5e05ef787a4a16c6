import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { attachKernel, kernelDerivatives, prepareKernelPoints } from "../../kernels/registry.js";
import { matrix, transpose } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescribedRows } from "./described-rows.js";
import { type DerivativesOf, emptyDerivatives } from "./derivative-kernel.js";
import type { GroupTables, KernelRidgeTermTables } from "./tables.js";

/** Rows of a kernel block: enough for an efficient product, few enough to bound its memory. */
const BLOCK_ROWS = 240;

/** What a term makes of one structure. */
export interface TermResult {
  /** Sums of kernels for each target. */
  readonly sums: Float64Array;
  /** Contributions to the first target of each row. */
  readonly ofRows: Float64Array;
  /** f64 [nRows × nFeatures]: derivatives of the first sum; 0 where not wanted */
  readonly gradients: Pointer;
  /** Σ_A of the training structures for error bars: kernels with each of them; empty where not wanted. */
  readonly kernels: Float64Array;
  /** Kernel of the structure with itself; NaN where not wanted */
  readonly own: number;
}

/** What is wanted of a term. */
export interface TermWant {
  readonly nTargets: number;
  readonly gradients: boolean;
  /** Training structures that kernels are wanted with; 0: none */
  readonly nStructures: number;
  /** Whether the kernel of a structure with itself is wanted. */
  readonly own: boolean;
}

/** Rows of one structure. */
export interface TermStructure {
  readonly described: DescribedRows;
  /** Index of every atom. */
  readonly species: Int32Array;
}

/** A row of one of several structures. */
interface RowPlace {
  readonly structure: number;
  readonly row: number;
}

/** Kernels of the rows of some structures with those of the training data, on one thread. */
export class TermEvaluator {
  private readonly kernel: KernelEvaluator;
  private readonly derivatives: DerivativesOf | undefined;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: KernelRidgeTermTables,
  ) {
    this.kernel = attachKernel(wasm, tables.kernel);
    this.derivatives = kernelDerivatives(tables.kernel);
  }

  /** Rows of all structures are compared together, so that products are of many rows. What each gets has the same bits as alone. */
  evaluate(structures: readonly TermStructure[], want: TermWant, scratch: Arena): TermResult[] {
    const results = structures.map(({ described }) => this.emptyResult(described, want, scratch));
    for (const group of this.tables.groups) this.addGroup(group, structures, want, results, scratch);
    return structures.map((structure, s) => this.withOwn(structure, results[s], want, scratch));
  }

  private withOwn({ described, species }: TermStructure, result: TermResult, want: TermWant, scratch: Arena): TermResult {
    const { normalize, descriptor } = this.tables;
    if (!normalize && !want.own) return result;
    const mark = scratch.mark();
    const count = described.nRows * descriptor.nFeatures;
    const ownGradients = normalize && want.gradients ? scratch.f64(count) : 0;
    if (ownGradients) this.wasm.f64(ownGradients, count).fill(0);
    const own = this.kinds(described, species).reduce((sum, members) => sum + this.addOwn(described, members, ownGradients, scratch), 0);
    const complete = normalize ? this.normalized({ ...result, own }, count, ownGradients) : { ...result, own };
    scratch.reset(mark);
    return complete;
  }

  /** Rows of each kind that are compared among themselves, also kinds that the training data does not have. */
  private kinds(described: DescribedRows, species: Int32Array): Int32Array[] {
    const isByElement = this.tables.groups.some((group) => group.species !== null);
    if (!isByElement) return [membersOf(described, species, null)];
    return [...new Set(described.atoms.map((atom) => species[atom]))].sort((a, b) => a - b).map((index) => membersOf(described, species, index));
  }

  private emptyResult(described: DescribedRows, { nTargets, gradients, nStructures }: TermWant, scratch: Arena): TermResult {
    const count = described.nRows * this.tables.descriptor.nFeatures;
    const pointer = gradients ? scratch.f64(count) : 0;
    if (pointer) this.wasm.f64(pointer, count).fill(0);
    return { sums: new Float64Array(nTargets), ofRows: new Float64Array(described.nRows), gradients: pointer, kernels: new Float64Array(nStructures), own: NaN };
  }

  private addGroup(group: GroupTables, structures: readonly TermStructure[], want: TermWant, results: readonly TermResult[], scratch: Arena): void {
    const { wasm } = this;
    const { nFeatures } = this.tables.descriptor;
    const places = structures.flatMap(({ described, species }, structure) => Array.from(membersOf(described, species, group.species), (row): RowPlace => ({ structure, row })));
    const valuesOf = ({ structure, row }: RowPlace): Pointer => structures[structure].described.values + 8 * row * nFeatures;
    const gradientsOf = ({ structure, row }: RowPlace): Pointer => results[structure].gradients + 8 * row * nFeatures;
    const mark = scratch.mark();
    for (let first = 0; first < places.length; first += BLOCK_ROWS) {
      const part = places.slice(first, first + BLOCK_ROWS);
      const block = this.blockOf(group, gather(wasm, part.map(valuesOf), nFeatures, scratch), part.length, want.gradients, scratch);
      if (want.nStructures > 0 && group.owners) this.addKernels(group, block, part, results);
      const energies = scratch.f64(part.length);
      const gradients = want.gradients ? scratch.f64(part.length * nFeatures) : 0;
      for (let target = want.nTargets - 1; target >= 0; target--) {
        wasm.f64(energies, part.length).fill(0);
        const isEnergy = target === 0;
        const coefficients = group.coefficients + 8 * target * group.count;
        if (isEnergy && group.directions) this.contractDirections(group, block, coefficients, energies, gradients, scratch);
        else this.kernel.contract(block, coefficients, energies, isEnergy ? gradients : 0, scratch);
        wasm.f64(energies, part.length).forEach((energy, i) => {
          const { sums, ofRows } = results[part[i].structure];
          sums[target] += energy;
          if (isEnergy) ofRows[part[i].row] += energy;
        });
      }
      if (gradients) scatter(wasm, gradients, part.map(gradientsOf), nFeatures);
      scratch.reset(mark);
    }
  }

  private blockOf(group: Pick<GroupTables, "points" | "count">, rows: Pointer, n: number, gradients: boolean, scratch: Arena): KernelBlock {
    const values = scratch.f64(n * group.count);
    const slopes = gradients && this.kernel.slopesPerValue > 0 ? scratch.f64(n * group.count * this.kernel.slopesPerValue) : 0;
    const block = { rows: matrix(rows, n, this.tables.descriptor.nFeatures), points: group.points, values, slopes };
    this.kernel.evaluate(block, scratch);
    return block;
  }

  /** Kernels of rows are added up by the training structures that these are of. */
  private addKernels({ count, owners }: GroupTables, { values }: KernelBlock, part: readonly RowPlace[], results: readonly TermResult[]): void {
    const [block, trained] = [this.wasm.f64(values, part.length * count), this.wasm.i32(owners, count)];
    for (const [i, { structure }] of part.entries()) {
      const { kernels } = results[structure];
      for (let p = 0, at = i * count; p < count; p++, at++) kernels[trained[p]] += block[at];
    }
  }

  /** Σ_ij k(x_i, x_j) over rows of one structure; twice the derivative in each row is added to `gradients`. */
  private addOwn(described: DescribedRows, members: Int32Array, gradients: Pointer, scratch: Arena): number {
    const { wasm } = this;
    const { nFeatures } = this.tables.descriptor;
    const n = members.length;
    if (n === 0) return 0;
    const mark = scratch.mark();
    const rows = gather(wasm, Array.from(members, (row) => described.values + 8 * row * nFeatures), nFeatures, scratch);
    const points = prepareKernelPoints(wasm, this.tables.kernel, matrix(rows, n, nFeatures), gradients !== 0, (bytes) => scratch.allocate(bytes));
    const block = this.blockOf({ points, count: n }, rows, n, gradients !== 0, scratch);
    const [coefficients, energies, out] = [scratch.f64(n), scratch.f64(n), gradients ? scratch.f64(n * nFeatures) : 0];
    wasm.f64(coefficients, n).fill(1);
    wasm.f64(energies, n).fill(0);
    this.kernel.contract(block, coefficients, energies, out, scratch);
    const sum = wasm.f64(energies, n).reduce((total, energy) => total + energy, 0);
    if (out) {
      const values = wasm.f64(out, n * nFeatures);
      for (let i = 0; i < values.length; i++) values[i] *= 2;
      scatter(wasm, out, Array.from(members, (row) => gradients + 8 * row * nFeatures), nFeatures);
    }
    scratch.reset(mark);
    return sum;
  }

  /** K_AB/√(K_AA K_BB), of which the coefficients hold 1/√K_AA. */
  private normalized(result: TermResult, nGradients: number, ownGradients: Pointer): TermResult {
    const { wasm } = this;
    const factor = result.own > 0 ? 1 / Math.sqrt(result.own) : 0;
    const sum = result.sums[0];
    if (ownGradients) {
      const [gradients, own] = [wasm.f64(result.gradients, nGradients), wasm.f64(ownGradients, nGradients)];
      for (let i = 0; i < nGradients; i++) gradients[i] = factor * gradients[i] - 0.5 * sum * factor ** 3 * own[i];
    }
    const norms = this.tables.norms && wasm.f64(this.tables.norms, result.kernels.length);
    const kernels = result.kernels.map((value, structure) => value * factor * (norms ? norms[structure] : 1));
    return { ...result, sums: result.sums.map((value) => value * factor), ofRows: result.ofRows.map((value) => value * factor), kernels, own: factor > 0 ? 1 : 0 };
  }

  /**
   * Σ_p [a_p k(x, x_p) + v_p·∂k/∂x_p] and its derivative in x, v_p = Σ_q β_q ∂x_p/∂r_q: what forces that were fitted count.
   */
  private contractDirections(group: GroupTables, { rows, values }: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const { count } = group;
    const { rows: n, columns: nFeatures } = rows;
    const mark = scratch.mark();
    const both = matrix(group.directions, 2 * count, nFeatures);
    const products = matrix(scratch.f64(2 * n * count), n, 2 * count);
    gemm(wasm, scratch, 1, rows, transpose(both), 0, products);
    const weights = matrix(scratch.f64(2 * n * count), n, 2 * count);
    const [g, w, a, e] = [wasm.f64(products.pointer, 2 * n * count), wasm.f64(weights.pointer, 2 * n * count), wasm.f64(coefficients, count), wasm.f64(energies, n)];
    const k = wasm.f64(values, n * count);
    const points = pointProducts(wasm, both.pointer, count, nFeatures);
    const own = new Float64Array(n);
    const d = emptyDerivatives();
    for (let i = 0; i < n; i++) {
      const x = wasm.f64(rows.pointer + 8 * i * nFeatures, nFeatures);
      const square = x.reduce((sum, value) => sum + value * value, 0);
      for (let p = 0; p < count; p++) {
        const [gram, along] = [g[2 * i * count + p], g[(2 * i + 1) * count + p]];
        const [pointSquare, fixed] = [points[p], points[count + p]];
        this.derivatives!(gram, square, pointSquare, d);
        e[i] += a[p] * k[i * count + p] + d.slope * along + d.pointSlope * fixed;
        w[2 * i * count + p] = a[p] * d.slope + d.curvature * along + d.pointMixed * fixed;
        w[(2 * i + 1) * count + p] = d.slope;
        own[i] += a[p] * d.ownSlope + d.ownMixed * along + d.squaresMixed * fixed;
      }
    }
    if (gradients) {
      gemm(wasm, scratch, 1, weights, both, 0, matrix(gradients, n, nFeatures));
      const out = wasm.f64(gradients, n * nFeatures);
      const x = wasm.f64(rows.pointer, n * nFeatures);
      for (let i = 0; i < n; i++) for (let f = 0; f < nFeatures; f++) out[i * nFeatures + f] += own[i] * x[i * nFeatures + f];
    }
    scratch.reset(mark);
  }
}

/** |x_p|² of all points, then x_p·v_p. */
function pointProducts(wasm: Wasm, directions: Pointer, count: number, nFeatures: number): Float64Array {
  const rows = wasm.f64(directions, 2 * count * nFeatures);
  const products = new Float64Array(2 * count);
  for (let p = 0; p < 2 * count; p++) {
    const x = (p % count) * nFeatures;
    for (let f = 0; f < nFeatures; f++) products[p] += rows[p * nFeatures + f] * rows[x + f];
  }
  return products;
}

/** Rows of the atoms of a species; null: all rows. */
export function membersOf({ atoms, nRows }: Pick<DescribedRows, "atoms" | "nRows">, species: Int32Array, wanted: number | null): Int32Array {
  const all = Int32Array.from({ length: nRows }, (_, row) => row);
  return wanted === null ? all : all.filter((row) => species[atoms[row]] === wanted);
}

/** Copies some rows to the arena. */
function gather(wasm: Wasm, rows: readonly Pointer[], nFeatures: number, arena: Arena): Pointer {
  const out = arena.f64(rows.length * nFeatures);
  rows.forEach((row, i) => wasm.f64(out + 8 * i * nFeatures, nFeatures).set(wasm.f64(row, nFeatures)));
  return out;
}

/** Adds rows to others. */
function scatter(wasm: Wasm, from: Pointer, rows: readonly Pointer[], nFeatures: number): void {
  rows.forEach((row, i) => {
    const [source, target] = [wasm.f64(from + 8 * i * nFeatures, nFeatures), wasm.f64(row, nFeatures)];
    for (let f = 0; f < nFeatures; f++) target[f] += source[f];
  });
}
