import { NumericalError } from "../../errors.js";
import type { ComposedPotential } from "../../models/composed/bound-form.js";
import { isLinearKind } from "../../models/composed/parameters.js";
import type { ComposedForm } from "../../models/composed/tree.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { ReducedRows } from "../linear/solvers/reduced-rows.js";
import { BLOCK_ROWS } from "../least-squares/blocks.js";
import type { ComposedProblem } from "./least-squares.js";
import { jointlyLinear } from "./linear-part.js";
import { mergeReduced, reduceStructures, type SquaredResiduals, squaredResiduals } from "./reduce-rows.js";
import type { PlacedStructure } from "./structure-rows.js";
import type { TrainedForm } from "./training.js";

/** Groups of structures that are reduced by one task each: by the size of the problem alone, so that the bits do not depend on the threads. */
const MOST_GROUPS = 32;

/** The rows of a form on some structures, made and reduced on all threads. */
export class DataProblem implements ComposedProblem {
  readonly nRows: number;
  private readonly groups: readonly (readonly PlacedStructure[])[];
  /** Position of each linear parameter among the linear ones. */
  private readonly linearPlaces: Int32Array;
  private readonly jointly: Int32Array;

  private readonly form: ComposedForm;

  constructor(
    { form, layout }: TrainedForm,
    private readonly species: readonly number[],
    structures: readonly PlacedStructure[],
    readonly work: WorkContext,
  ) {
    this.form = form;
    this.groups = groupByRows(structures);
    this.nRows = structures.reduce((sum, { targets }) => sum + targets.nRows, 0);
    let linear = 0;
    this.linearPlaces = Int32Array.from(layout.parameters, ({ kind }) => (isLinearKind(kind) ? linear++ : -1));
    this.jointly = Int32Array.from(jointlyLinear(layout, form.root, species.length));
  }

  async reduce(values: Float64Array, columns: Int32Array): Promise<ReducedRows> {
    const { executor, signal } = this.work;
    const linearOnly = columns.every((column) => this.linearPlaces[column] >= 0);
    const places = linearOnly ? columns.map((column) => this.linearPlaces[column]) : columns;
    const at = this.at(values);
    const inputs = this.groups.map((structures) => ({ at, structures, columns: places, linearOnly }));
    const parts = await executor.map(reduceStructures, inputs, { signal });
    return executor.submit(mergeReduced, { parts, nColumns: columns.length, nRows: this.nRows }, { signal });
  }

  private at(values: Float64Array): ComposedPotential {
    const { form, species } = this;
    return { form, values, species, atomEnergies: species.map(() => 0) };
  }

  async loss(values: Float64Array): Promise<number> {
    const sums = await this.residuals(values);
    const loss = sums.reduce((total, sum) => total + sum.loss, 0);
    return sums.length > 0 && Number.isFinite(loss) ? loss : Infinity;
  }

  async misfit(values: Float64Array): Promise<number> {
    const sums = await this.residuals(values);
    const errors = (["energies", "forces"] as const).flatMap((target) => {
      const [squares, count] = [0, 1].map((k) => sums.reduce((total, sum) => total + sum[target][k], 0));
      return count > 0 ? [Math.sqrt(squares / count)] : [];
    });
    const misfit = errors.reduce((product, error) => product * error, 1) ** (1 / Math.max(1, errors.length));
    return sums.length > 0 && Number.isFinite(misfit) ? misfit : Infinity;
  }

  /** By group; empty where a prediction is not finite. */
  private async residuals(values: Float64Array): Promise<readonly SquaredResiduals[]> {
    const { executor, signal } = this.work;
    const at = this.at(values);
    const columns = this.jointly.map((column) => this.linearPlaces[column]);
    const coefficients = Float64Array.from(this.jointly, (column) => values[column]);
    try {
      return await executor.map(squaredResiduals, this.groups.map((structures) => ({ at, structures, columns, coefficients })), { signal });
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      return [];
    }
  }
}

/** Consecutive structures with about as many rows in each group. */
function groupByRows(structures: readonly PlacedStructure[]): PlacedStructure[][] {
  const fitted = structures.filter(({ targets }) => targets.nRows > 0);
  const total = fitted.reduce((sum, { targets }) => sum + targets.nRows, 0);
  const count = Math.max(1, Math.min(MOST_GROUPS, fitted.length, Math.ceil(total / BLOCK_ROWS)));
  const groups: PlacedStructure[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const structure of fitted) {
    groups[Math.min(count - 1, Math.floor((before * count) / total))].push(structure);
    before += structure.targets.nRows;
  }
  return groups.filter((group) => group.length > 0);
}
