import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { sliceBatch } from "../../descriptors/rows.js";
import type { DescribedEnvironments } from "../../environments/environments.js";
import { type Matrix, matrix, placeMatrix } from "../../linalg/matrix.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { placeRecord, readField } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Bytes of the Jacobian that is formed at once (at least that of one center): it should stay in the L2 cache. */
const JACOBIAN_BYTES = 1 << 20;
/** Bytes of what is made of it, where that has many columns. */
const PRODUCT_BYTES = 64e6;

/** Row numbers of one structure in a matrix of energies and derivatives; −1 where it has no such target. */
export interface RowLayout {
  readonly energy: number;
  readonly forces: number;
  readonly virial: number;
  /** Those that have force rows, in order. */
  readonly atoms: Int32Array;
}

/** Whether derivatives are among the rows. */
export function hasDerivativeRows({ forces, virial }: RowLayout): boolean {
  return forces >= 0 || virial >= 0;
}

/** Centers of a batch of environments whose derivatives are added to the rows. */
export interface CenterSpan {
  /** Number of the first one in the batch. */
  readonly first: number;
  readonly count: number;
  /** Columns of the products that are made of each derivative. */
  readonly width: number;
}

/** Derivatives ∂x_i/∂r and ∂x_i/∂ε of some centers, in groups of three rows: what `foldJacobian` leaves. */
export interface FoldedJacobian {
  /** Number of the first center in the batch. */
  readonly first: number;
  /** Centers. */
  readonly count: number;
  /** nRows × nFeatures */
  readonly rows: Matrix;
  /** i32 [count]: groups of each center */
  readonly groups: Pointer;
}

/** What stands in the design matrix: products, each times the factor of its center and column. */
export interface ScaledProducts {
  /** nRows × width */
  readonly products: Matrix;
  /** count × width; stride 0 where they are the same for all centers */
  readonly factors: Matrix;
}

/** The columns of the design matrix that products are added to. */
export interface DesignPanel {
  readonly matrix: Matrix;
  /** i32 [nCenters of the batch]: first column in the panel of what belongs to each center; 0: the panel's own for all */
  readonly columns: Pointer;
}

/** Turns derivatives of rows into derivatives of what is fitted, in the arena. */
export type MultiplyDerivatives = (folded: FoldedJacobian, scratch: Arena) => ScaledProducts;

/** Pairs whose Jacobian is formed at once. */
export function pairsAtOnce(nFeatures: number, width: number): number {
  return Math.floor(Math.min(JACOBIAN_BYTES / (24 * nFeatures), PRODUCT_BYTES / (24 * width)));
}

/**
 * Adds derivatives of the energy to the rows of forces and of the virial of one structure: the Jacobian of some centers at a time is
 * folded (periodic images of an atom, strain), multiplied as the model has it, and scattered. The Jacobian is never held as a whole.
 */
export function addDerivativeRows(
  wasm: Wasm,
  descriptor: DescriptorEvaluator,
  described: DescribedEnvironments,
  span: CenterSpan,
  layout: RowLayout,
  panel: DesignPanel,
  multiply: MultiplyDerivatives,
  scratch: Arena,
): void {
  const { routines } = wasm;
  const { list } = described;
  const { nFeatures } = descriptor.tables;
  const mark = scratch.mark();
  const offsets = wasm.i32(list.offsets, list.nCenters + 1).slice();
  const strain = layout.virial >= 0 ? 1 : 0;
  const { atomRows, slots } = atomTables(wasm, list.nAtoms, layout, scratch);
  const chunks = splitCenters(offsets, span.first, span.first + span.count, pairsAtOnce(nFeatures, span.width));
  const capacity = Math.max(...chunks.map(([a, b]) => 3 * (offsets[b] - offsets[a]) + 6 * strain * (b - a)));
  const jacobian = scratch.f64(Math.max(...chunks.map(([a, b]) => offsets[b] - offsets[a])) * 3 * nFeatures);
  const buffers = { nFeatures, capacity, rows: scratch.f64(capacity * nFeatures), atoms: scratch.i32(capacity / 3), counts: scratch.i32(span.count) };
  const target = placeMatrix(wasm, scratch, panel.matrix);
  for (const [first, last] of chunks) {
    const count = last - first;
    const chunkMark = scratch.mark();
    const part = sliceBatch(wasm, descriptor.tables, described, first, last);
    descriptor.jacobian(part.batch, part.values, part.state, jacobian, scratch);
    const centers = placeNeighborList(wasm, scratch, list, first, last);
    const folded = placeRecord(wasm, scratch, "FoldedRows", { ...buffers, nRows: 0 });
    routines.foldJacobian(strain, centers, jacobian, folded, slots);
    const nRows = readField(wasm, folded, "FoldedRows", "nRows");
    const { products, factors } = multiply({ first, count, rows: matrix(buffers.rows, nRows, nFeatures), groups: buffers.counts }, scratch);
    const columns = panel.columns && panel.columns + 4 * first;
    const [factorsAt, productsAt] = [placeMatrix(wasm, scratch, factors), placeMatrix(wasm, scratch, products)];
    routines.scatterRows(layout.virial, centers, folded, factorsAt, productsAt, atomRows, columns, target);
    scratch.reset(chunkMark);
  }
  scratch.reset(mark);
}

/** First force row of every atom, and the empty slots of `foldJacobian`. */
function atomTables(wasm: Wasm, nAtoms: number, layout: RowLayout, scratch: Arena): { atomRows: Pointer; slots: Pointer } {
  const atomRows = scratch.i32(nAtoms);
  const slots = scratch.i32(nAtoms);
  const table = wasm.i32(atomRows, nAtoms);
  table.fill(-1);
  layout.atoms.forEach((atom, i) => (table[atom] = layout.forces + 3 * i));
  wasm.i32(slots, nAtoms).fill(-1);
  return { atomRows, slots };
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
