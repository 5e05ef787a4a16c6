import type { DescriptorTables } from "../../descriptors/descriptor.js";
import type { KernelPoints } from "../../kernels/kernel.js";
import type { KernelParameters } from "../../kernels/registry.js";
import type { DesignShape } from "../design/structure-rows.js";

/** One term of the model as the rows of the design matrix need it. */
export interface TermTables {
  readonly descriptor: DescriptorTables;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  readonly nSparse: number;
  /** Column of its first sparse point in the design matrix. */
  readonly firstColumn: number;
  /** The sparse points, as the kernel wants them for values and derivatives along directions. */
  readonly points: KernelPoints;
}

/** What threads read to write rows of the design matrix: tables in shared memory, and plain numbers. Its columns are the sparse points of all terms. */
export interface DesignTables extends DesignShape {
  readonly terms: readonly TermTables[];
}
