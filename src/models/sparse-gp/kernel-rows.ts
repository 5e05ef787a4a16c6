import { attachDescriptor } from "../../descriptors/registry.js";
import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import type { DescribedEnvironments } from "../../environments/environments.js";
import { attachKernel } from "../../kernels/registry.js";
import type { KernelBlock, KernelEvaluator } from "../../kernels/kernel.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { rowsByCenter } from "../../descriptors/rows.js";
import { addDerivativeRows, type CenterSpan, hasDerivativeRows, type RowLayout, splitCenters } from "../local-energy/derivative-rows.js";
import type { KernelRowTables } from "./tables.js";

/** Rows of descriptors whose kernel values are computed together: those of one center, if it has more. */
export const KERNEL_ROWS = 120;

/**
 * Rows of the design matrix of one term of a sparse Gaussian process. The row of an energy is Σ_i k(x_i, x_s); a force row is
 * −Σ_i ∂x_i/∂r · ∂k(x_i, x_s)/∂x_i: the kernel's derivatives along the rows of the Jacobian, for gram kernels one matrix product of
 * Jacobian rows and sparse points, scaled afterwards; a virial row is the same with ∂x_i/∂ε.
 */
export class KernelRows {
  readonly descriptor: DescriptorEvaluator;
  readonly centers: readonly number[] | null;
  private readonly kernel: KernelEvaluator;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: KernelRowTables,
  ) {
    this.descriptor = attachDescriptor(wasm, tables.descriptor);
    this.centers = tables.centers;
    this.kernel = attachKernel(wasm, tables.kernel, tables.descriptor);
  }

  /** Adds the rows of some centers: derivatives with the sign of ∂E, without weights. */
  addRows(described: DescribedEnvironments, _: unknown, layout: RowLayout, design: Matrix, scratch: Arena): void {
    const { wasm } = this;
    const { nSparse, firstColumn, points } = this.tables;
    const { nFeatures } = this.descriptor.tables;
    const { batch, values } = described;
    const before = rowsByCenter(wasm, batch).rows;
    const spans = splitCenters(before, 0, batch.nCenters, KERNEL_ROWS);
    const rows = spans.reduce((most, [first, last]) => Math.max(most, before[last] - before[first]), 0);
    const kernel = scratch.f64(rows * nSparse);
    const needsSlopes = hasDerivativeRows(layout);
    const slopes = needsSlopes ? scratch.f64(rows * nSparse * this.kernel.slopesPerValue) : 0;
    const panel = matrix(design.pointer + 8 * firstColumn, design.rows, nSparse, design.stride);
    for (const [first, last] of spans) {
      const [firstRow, count] = [before[first], before[last] - before[first]];
      if (count === 0) continue;
      const x = values + 8 * firstRow * nFeatures;
      const kernels: KernelBlock = { rows: matrix(x, count, nFeatures), points, values: kernel, slopes };
      this.kernel.evaluate(kernels, scratch);
      if (layout.energy >= 0) wasm.routines.addColumnSums(count, nSparse, kernel, panel.pointer + 8 * layout.energy * panel.stride);
      const span = { first, count: last - first, width: nSparse };
      if (needsSlopes) this.addDerivatives(described, span, firstRow, kernels, layout, panel, scratch);
    }
  }

  private addDerivatives(
    described: DescribedEnvironments, span: CenterSpan, firstRow: number, kernels: KernelBlock, layout: RowLayout, panel: Matrix, scratch: Arena,
  ): void {
    const { width } = span;
    addDerivativeRows(this.wasm, this.descriptor, described, span, layout, { matrix: panel, columns: 0 }, (folded, arena) => {
      const { rows: { pointer, rows: nRows }, count, groups } = folded;
      const products = arena.f64(nRows * width);
      const factors = this.kernel.directional(kernels, { first: folded.first - firstRow, count, pointer, nRows, groups }, products, arena);
      return { products: matrix(products, nRows, width), factors: matrix(factors.pointer, count, width, factors.stride) };
    }, scratch);
  }
}
