import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { type RowBatch, rowsByCenter, sliceBatch, spreadOverRows } from "../../descriptors/rows.js";
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

/** Centers of a batch of environments whose rows' derivatives are added to the rows of the design matrix. */
export interface CenterSpan {
  /** Number of the first one in the batch. */
  readonly first: number;
  readonly count: number;
  /** Columns of the products that are made of each derivative. */
  readonly width: number;
}

/** Derivatives ∂x_i/∂r and ∂x_i/∂ε of some rows i of a descriptor, in groups of three rows: what `foldJacobian` leaves. */
export interface FoldedJacobian {
  /** Number of the first row of the descriptor in the batch; where rows are of centers, that of its center. */
  readonly first: number;
  /** Rows of the descriptor. */
  readonly count: number;
  /** nRows × nFeatures */
  readonly rows: Matrix;
  /** i32 [count]: groups of each of them */
  readonly groups: Pointer;
}

/** What stands in the design matrix: products, each times the factor of its row of the descriptor and its column. */
export interface ScaledProducts {
  /** nRows × width */
  readonly products: Matrix;
  /** count × width; stride 0 where they are the same for all centers */
  readonly factors: Matrix;
}

/** The columns of the design matrix that products are added to. */
export interface DesignPanel {
  readonly matrix: Matrix;
  /** i32 [rows of the batch]: first column in the panel of what belongs to each row of the descriptor; 0: the panel's own for all */
  readonly columns: Pointer;
}

/** Turns derivatives of rows into derivatives of what is fitted, in the arena. */
export type MultiplyDerivatives = (folded: FoldedJacobian, scratch: Arena) => ScaledProducts;

/** Entries of rows (pairs, where rows are of centers) whose Jacobian is formed at once. */
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
  const before = rowsByCenter(wasm, described.batch);
  const strain = layout.virial >= 0 ? 1 : 0;
  const { atomRows, slots } = atomTables(wasm, list.nAtoms, layout, scratch);
  const chunks = splitCenters(before.entries, span.first, span.first + span.count, pairsAtOnce(nFeatures, span.width));
  const largest = (size: (first: number, last: number) => number): number => Math.max(...chunks.map(([first, last]) => size(first, last)));
  const entriesOf = (first: number, last: number): number => before.entries[last] - before.entries[first];
  const rowsOf = (first: number, last: number): number => before.rows[last] - before.rows[first];
  const capacity = largest((first, last) => 3 * entriesOf(first, last) + 6 * strain * rowsOf(first, last));
  const jacobian = scratch.f64(largest(entriesOf) * 3 * nFeatures);
  const buffers = { nFeatures, capacity, rows: scratch.f64(capacity * nFeatures), atoms: scratch.i32(capacity / 3), counts: scratch.i32(largest(rowsOf)) };
  const target = placeMatrix(wasm, scratch, panel.matrix);
  for (const [first, last] of chunks) {
    const chunkMark = scratch.mark();
    const part = sliceBatch(wasm, descriptor.tables, described, first, last);
    descriptor.jacobian(part.batch, part.values, part.state, jacobian, scratch);
    const entries = placeEntries(wasm, scratch, list, part.batch, first);
    const folded = placeRecord(wasm, scratch, "FoldedRows", { ...buffers, nRows: 0 });
    routines.foldJacobian(strain, entries, jacobian, folded, slots);
    const nRows = readField(wasm, folded, "FoldedRows", "nRows");
    const [firstRow, count] = [before.rows[first], rowsOf(first, last)];
    const { products, factors } = multiply({ first: firstRow, count, rows: matrix(buffers.rows, nRows, nFeatures), groups: buffers.counts }, scratch);
    const columns = panel.columns && panel.columns + 4 * firstRow;
    const [factorsAt, productsAt] = [placeMatrix(wasm, scratch, factors), placeMatrix(wasm, scratch, products)];
    routines.scatterRows(layout.virial, entries, folded, factorsAt, productsAt, atomRows, columns, target);
    scratch.reset(chunkMark);
  }
  scratch.reset(mark);
}

/**
 * The rows of some centers as a neighbor list, in which every row of the descriptor is a center with the atoms that it depends on: where rows
 * are of centers, the list itself.
 * @param first number of the first center in the list
 */
function placeEntries(wasm: Wasm, scratch: Arena, list: DescribedEnvironments["list"], batch: RowBatch, first: number): Pointer {
  const { nCenters, rows: { nRows, nEntries, offsets, pairs, ofCenters } } = batch;
  if (!ofCenters) return placeNeighborList(wasm, scratch, list, first, first + nCenters);
  const ends = wasm.i32(offsets, nRows + 1);
  const listOffsets = scratch.i32(nRows + 1);
  wasm.i32(listOffsets, nRows + 1).forEach((_, row, all) => (all[row] = ends[row] - ends[0]));
  const centerAtoms = scratch.i32(nRows);
  wasm.i32(centerAtoms, nRows).set(spreadOverRows(wasm, batch, wasm.i32(list.centerAtoms + 4 * first, nCenters)));
  const ofEntries = wasm.i32(pairs + 4 * ends[0], nEntries);
  const neighborAtoms = scratch.i32(nEntries);
  const atoms = wasm.i32(list.neighborAtoms, list.nPairs);
  wasm.i32(neighborAtoms, nEntries).forEach((_, entry, all) => (all[entry] = atoms[ofEntries[entry]]));
  const [dx, dy, dz] = [list.dx, list.dy, list.dz].map((pointer) => {
    const [from, to] = [wasm.f64(pointer, list.nPairs), scratch.f64(nEntries)];
    wasm.f64(to, nEntries).forEach((_, entry, all) => (all[entry] = from[ofEntries[entry]]));
    return to;
  });
  return placeRecord(wasm, scratch, "NeighborList", {
    nAtoms: list.nAtoms, nCenters: nRows, nPairs: nEntries, centerAtoms, offsets: listOffsets, neighborAtoms, shifts: 0, dx, dy, dz, distances: 0,
  });
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

/** Consecutive ranges of centers with at most `most` of what is counted before each, or a single center. */
export function splitCenters(before: Int32Array, first: number, last: number, most: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let start = first; start < last; ) {
    let end = start + 1;
    while (end < last && before[end + 1] - before[start] <= most) end++;
    ranges.push([start, end]);
    start = end;
  }
  return ranges;
}
