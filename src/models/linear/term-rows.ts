import type { DescriptorEvaluator, DescriptorTables } from "../../descriptors/descriptor.js";
import { attachDescriptor } from "../../descriptors/registry.js";
import type { DescribedEnvironments } from "../../environments/environments.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { addDerivativeRows, type FoldedJacobian, hasDerivativeRows, type RowLayout, type ScaledProducts } from "../local-energy/derivative-rows.js";

/** Centers whose products of columns are formed together. */
export const QUADRATIC_ROWS = 120;

/** One term of the model as the rows of the design matrix need it. */
export interface LinearTermRows {
  readonly descriptor: DescriptorTables;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** First column of the centers of every species (index); −1 where those are no centers */
  readonly columns: readonly number[];
  /** Columns of a center. */
  readonly width: number;
  readonly quadratic: boolean;
}

interface RowCenters {
  /** Atoms that are centers, in the order of the rows of the descriptor. */
  readonly atoms: Int32Array;
  /** Species index of every atom. */
  readonly species: Int32Array;
}

/**
 * Rows of one term: that of an energy is Σ_i φ(x_i), each center in the columns of its species, that of a force −Σ_i ∂φ(x_i)/∂r, and of the
 * virial the same with ∂φ(x_i)/∂ε. Without products, rows of the folded Jacobian stand in the design matrix as they are.
 */
export class LinearRows {
  readonly descriptor: DescriptorEvaluator;
  readonly centers: readonly number[] | null;

  constructor(
    private readonly wasm: Wasm,
    private readonly term: LinearTermRows,
    private readonly nColumns: number,
  ) {
    this.descriptor = attachDescriptor(wasm, term.descriptor);
    this.centers = term.centers;
  }

  /** Adds the rows of some centers: derivatives with the sign of ∂E, without weights. */
  addRows(described: DescribedEnvironments, { atoms, species }: RowCenters, layout: RowLayout, design: Matrix, scratch: Arena): void {
    const { wasm } = this;
    const { width } = this.term;
    const columns = scratch.i32(atoms.length);
    const columnOf = wasm.i32(columns, atoms.length);
    atoms.forEach((atom, i) => (columnOf[i] = this.term.columns[species[atom]]));
    if (layout.energy >= 0) this.addEnergies(described.values, columns, atoms.length, design.pointer + 8 * layout.energy * design.stride, scratch);
    if (!hasDerivativeRows(layout)) return;
    const ones = scratch.f64(width);
    wasm.f64(ones, width).fill(1);
    const panel = { matrix: matrix(design.pointer, design.rows, this.nColumns, design.stride), columns };
    const multiply = (folded: FoldedJacobian, arena: Arena): ScaledProducts => ({
      products: this.productsOf(folded, described.values, arena),
      factors: matrix(ones, folded.count, width, 0),
    });
    addDerivativeRows(wasm, this.descriptor, described, { first: 0, count: atoms.length, width }, layout, panel, multiply, scratch);
  }

  /** @param columns i32 [nCenters] */
  private addEnergies(values: Pointer, columns: Pointer, nCenters: number, row: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const { width, quadratic } = this.term;
    const { nFeatures } = this.descriptor.tables;
    const mark = scratch.mark();
    const atOnce = quadratic ? Math.min(QUADRATIC_ROWS, nCenters) : nCenters;
    const products = quadratic ? scratch.f64(atOnce * width) : 0;
    for (let first = 0; first < nCenters; first += atOnce) {
      const count = Math.min(atOnce, nCenters - first);
      if (quadratic) wasm.routines.quadraticRows(count, nFeatures, values + 8 * first * nFeatures, products);
      const rows = quadratic ? products : values;
      const columnOf = wasm.i32(columns + 4 * first, count);
      for (let i = 0; i < count; i++) wasm.routines.addColumnSums(1, width, rows + 8 * i * width, row + 8 * columnOf[i]);
    }
    scratch.reset(mark);
  }

  private productsOf({ first, count, rows, groups }: FoldedJacobian, values: Pointer, arena: Arena): Matrix {
    const { width, quadratic } = this.term;
    if (!quadratic) return rows;
    const { nFeatures } = this.descriptor.tables;
    const out = arena.f64(rows.rows * width);
    this.wasm.routines.quadraticDerivatives(count, nFeatures, values + 8 * first * nFeatures, groups, rows.pointer, out);
    return matrix(out, rows.rows, width);
  }
}
