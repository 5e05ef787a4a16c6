import { sliceBatch } from "../../descriptors/rows.js";
import { attachDescriptor } from "../../descriptors/registry.js";
import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { speciesIndices } from "../../descriptors/species.js";
import { attachKernel } from "../../kernels/registry.js";
import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { type Matrix, matrix, placeMatrix } from "../../linalg/matrix.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import { buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments } from "../../environments/environments.js";
import { VOIGT } from "../../structures/tensor.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { placeRecord, readField } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";
import type { DesignTables, TermTables } from "./design-tables.js";

/** Centers whose kernel values are computed together. */
export const KERNEL_ROWS = 120;
/** Bytes of the Jacobian that is formed at once (at least that of one center): it should stay in the L2 cache. */
const JACOBIAN_BYTES = 1 << 20;
/** Bytes of its products with the sparse points, where these are many. */
const PRODUCT_BYTES = 64e6;

/** Row numbers of one structure in a block; −1 where it has no such target. */
interface RowLayout {
  readonly energy: number;
  readonly forces: number;
  readonly virial: number;
  /** Those that have force rows, in order. */
  readonly atoms: Int32Array;
}

interface AttachedTerm {
  readonly tables: TermTables;
  readonly descriptor: DescriptorEvaluator;
  readonly kernel: KernelEvaluator;
}

/** Centers of an environment batch from number `first` on, with their kernels. */
interface CenterBlock {
  readonly first: number;
  readonly kernels: KernelBlock;
}

/**
 * Rows of the design matrix of a sparse Gaussian process. The row of an energy is Σ_i k(x_i, x_s); a force row is
 * −Σ_i ∂x_i/∂r · ∂k(x_i, x_s)/∂x_i: the kernel's derivatives along the rows of the Jacobian, for gram kernels one matrix product of
 * Jacobian rows and sparse points, scaled afterwards; a virial row is the same with ∂x_i/∂ε. The right-hand side stands in column nColumns; every row is divided by its σ.
 */
export class DesignRows {
  private readonly terms: readonly AttachedTerm[];

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: DesignTables,
  ) {
    this.terms = tables.terms.map((term) => ({
      tables: term,
      descriptor: attachDescriptor(wasm, term.descriptor),
      kernel: attachKernel(wasm, term.kernel),
    }));
  }

  /** Fills f64 [rows × stride] with the rows of one structure: energy, forces (x y z of each atom that is fitted), virial (Voigt). */
  fill(targets: StructureTargets, design: Pointer, scratch: Arena): void {
    const { wasm, tables } = this;
    const { geometry } = targets;
    const nAtoms = geometry.atomicNumbers.length;
    const nRows = rowsOf(targets);
    const layout = layoutOf(targets);
    wasm.f64(design, nRows * tables.stride).fill(0);
    const target = matrix(design, nRows, tables.nColumns + 1, tables.stride);
    const indices = speciesIndices(geometry, tables.species);
    const mark = scratch.mark();
    for (const [t, term] of this.terms.entries()) {
      const atoms = centersOf(indices, { first: 0, last: nAtoms }, term.tables.centers);
      if (atoms.length === 0) continue;
      const described =
        targets.described?.[t] ??
        describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, term.tables.descriptor, atoms), term.descriptor);
      this.addTerm(term, described, layout, target, scratch);
      scratch.reset(mark);
    }
    this.finishRows(targets, layout, target, scratch);
    scratch.reset(mark);
  }

  private addTerm(term: AttachedTerm, described: DescribedEnvironments, layout: RowLayout, design: Matrix, scratch: Arena): void {
    const { wasm } = this;
    const { nSparse, firstColumn, points } = term.tables;
    const { nFeatures } = term.descriptor.tables;
    const { batch, values } = described;
    const rows = Math.min(KERNEL_ROWS, batch.nCenters);
    const kernel = scratch.f64(rows * nSparse);
    const needsSlopes = layout.forces >= 0 || layout.virial >= 0;
    const slopes = needsSlopes ? scratch.f64(rows * nSparse * term.kernel.slopesPerValue) : 0;
    for (let first = 0; first < batch.nCenters; first += rows) {
      const count = Math.min(rows, batch.nCenters - first);
      const x = values + 8 * first * nFeatures;
      const kernels: KernelBlock = { rows: matrix(x, count, nFeatures), points, values: kernel, slopes };
      term.kernel.evaluate(kernels, scratch);
      if (layout.energy >= 0) {
        wasm.routines.addColumnSums(count, nSparse, kernel, design.pointer + 8 * (layout.energy * design.stride + firstColumn));
      }
      if (needsSlopes) this.addDerivatives(term, described, { first, kernels }, layout, design, scratch);
    }
  }

  private addDerivatives(
    term: AttachedTerm,
    described: DescribedEnvironments,
    { first: firstCenter, kernels }: CenterBlock,
    layout: RowLayout,
    design: Matrix,
    scratch: Arena,
  ): void {
    const { wasm } = this;
    const { routines } = wasm;
    const { nSparse, firstColumn } = term.tables;
    const count = kernels.rows.rows;
    const { list } = described;
    const { nFeatures } = term.descriptor.tables;
    const mark = scratch.mark();
    const offsets = wasm.i32(list.offsets, list.nCenters + 1).slice();
    const strain = layout.virial >= 0 ? 1 : 0;
    const { atomRows, slots } = this.atomTables(list.nAtoms, layout, scratch);
    const chunks = splitCenters(offsets, firstCenter, firstCenter + count, pairsAtOnce(nFeatures, nSparse));
    const capacity = Math.max(...chunks.map(([a, b]) => 3 * (offsets[b] - offsets[a]) + 6 * strain * (b - a)));
    const jacobian = scratch.f64(Math.max(...chunks.map(([a, b]) => offsets[b] - offsets[a])) * 3 * nFeatures);
    const products = scratch.f64(capacity * nSparse);
    const buffers = { nFeatures, capacity, rows: scratch.f64(capacity * nFeatures), atoms: scratch.i32(capacity / 3), counts: scratch.i32(count) };
    const panel = placeMatrix(wasm, scratch, matrix(design.pointer + 8 * firstColumn, design.rows, nSparse, design.stride));
    for (const [first, last] of chunks) {
      const n = last - first;
      const chunkMark = scratch.mark();
      const part = sliceBatch(wasm, term.descriptor.tables, described, first, last);
      term.descriptor.jacobian(part.batch, part.values, part.state, jacobian, scratch);
      const centers = placeNeighborList(wasm, scratch, list, first, last);
      const folded = placeRecord(wasm, scratch, "FoldedRows", { ...buffers, nRows: 0 });
      routines.foldJacobian(strain, centers, jacobian, folded, slots);
      const nRows = readField(wasm, folded, "FoldedRows", "nRows");
      const directions = { first: first - firstCenter, count: n, pointer: buffers.rows, nRows, groups: buffers.counts };
      const factors = term.kernel.directional(kernels, directions, products, scratch);
      const slopes = placeMatrix(wasm, scratch, matrix(factors.pointer, n, nSparse, factors.stride));
      routines.scatterRows(layout.virial, centers, folded, slopes, placeMatrix(wasm, scratch, matrix(products, nRows, nSparse)), atomRows, panel);
      scratch.reset(chunkMark);
    }
    scratch.reset(mark);
  }

  /** First force row of every atom, and the empty slots of `foldJacobian`. */
  private atomTables(nAtoms: number, layout: RowLayout, scratch: Arena): { atomRows: Pointer; slots: Pointer } {
    const atomRows = scratch.i32(nAtoms);
    const slots = scratch.i32(nAtoms);
    const table = this.wasm.i32(atomRows, nAtoms);
    table.fill(-1);
    layout.atoms.forEach((atom, i) => (table[atom] = layout.forces + 3 * i));
    this.wasm.i32(slots, nAtoms).fill(-1);
    return { atomRows, slots };
  }

  /** Reference values into the last column, signs (F = −dE/dr, V = −dE/dε) and weights 1/σ into the rows. */
  private finishRows({ energy, forces, virial }: StructureTargets, layout: RowLayout, design: Matrix, scratch: Arena): void {
    const { wasm } = this;
    const { rows: nRows, columns, stride } = design;
    const weights = wasm.f64(scratch.f64(nRows), nRows);
    const matrixView = wasm.f64(design.pointer, nRows * stride);
    // Rows hold derivatives, so that the target of a derivative is minus its force or virial.
    const set = (row: number, target: number, weight: number): void => {
      matrixView[row * stride + columns - 1] = target;
      weights[row] = weight;
    };
    if (energy) set(layout.energy, energy.value, 1 / energy.sigma);
    if (forces) forces.values.forEach((force, i) => set(layout.forces + i, -force, -1 / forces.sigma[i]));
    if (virial) {
      VOIGT.forEach(([a, b], i) => set(layout.virial + i, -0.5 * (virial.values[a] + virial.values[b]), -1 / virial.sigma));
    }
    wasm.routines.scaleRows(nRows, columns, stride, weights.byteOffset, design.pointer);
  }
}

function layoutOf({ energy, forces, virial }: StructureTargets): RowLayout {
  const afterEnergy = energy ? 1 : 0;
  return {
    energy: energy ? 0 : -1,
    forces: forces ? afterEnergy : -1,
    virial: virial ? afterEnergy + (forces?.values.length ?? 0) : -1,
    atoms: forces?.atoms ?? new Int32Array(0),
  };
}

/** Pairs whose Jacobian is formed at once. */
export function pairsAtOnce(nFeatures: number, nSparse: number): number {
  return Math.floor(Math.min(JACOBIAN_BYTES / (24 * nFeatures), PRODUCT_BYTES / (24 * nSparse)));
}

/** Consecutive ranges of centers with at most `maximumPairs` pairs each, or a single center. */
function splitCenters(offsets: Int32Array, first: number, last: number, maximumPairs: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let start = first; start < last; ) {
    let end = start + 1;
    while (end < last && offsets[end + 1] - offsets[start] <= maximumPairs) end++;
    ranges.push([start, end]);
    start = end;
  }
  return ranges;
}
