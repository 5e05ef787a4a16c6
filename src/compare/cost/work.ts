import type { CostUnit } from "../comparison.js";
import type { Run } from "./clock.js";

/** A descriptor with structures in memory, ready to be run and measured. */
export interface Work {
  readonly unit: CostUnit;
  /** Units in one run. */
  readonly size: number;
  readonly nFeatures: number;
  readonly neighborsPerCenter: number;
  readonly nCenters: number;
  readonly nPairs: number;
  readonly nAtoms: number;
  /** Bytes of each unit: of a row, of what derivatives need, of the Jacobian. */
  readonly bytes: { readonly row: number; readonly state: number; readonly jacobian: number };
  /** Search of neighbors alone. */
  readonly neighbors?: Run | undefined;
  /** Rows, neighbors apart. */
  readonly values: Run;
  /** Rows and contracted derivatives. */
  readonly backward: Run;
  /** Rows and every derivative. */
  readonly jacobian: Run;
  /**
   * Largest relative error that is found in the rows and derivatives of some units; NaN where numbers are none.
   * @param isInvariant whether rows stay as they are when the structure turns
   */
  verify(isInvariant: boolean): number;
}
