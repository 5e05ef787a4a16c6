import { NumericalError } from "../../../src/errors.js";
import type { ComposedProblem } from "../../../src/fit/composed/least-squares.js";
import type { LargestSums } from "../../../src/fit/composed/largest-sums.js";
import type { ReducedRows } from "../../../src/fit/linear/solvers/reduced-rows.js";
import type { Executor } from "../../../src/parallel/index.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import type { ComposedForm } from "../../../src/models/composed/tree.js";
import { PlainComposed, type PlainStructure } from "../../models/composed/plain.js";
import { plainCutoff, plainNeighbors } from "../../models/composed/plain-basis.js";

/** Energies and forces of structures. */
export interface PlainTargets {
  readonly structures: readonly PlainStructure[];
  /** Energy, then forces, structure by structure. */
  readonly targets: readonly number[];
}

/** What a form predicts, as targets. */
export function targetsOf(form: ComposedForm, values: Float64Array, structures: readonly PlainStructure[]): PlainTargets {
  const predicted = structures.flatMap((structure) => {
    const { energy, forces } = new PlainComposed(form, structure, values).predict();
    return [energy, ...forces];
  });
  return { structures, targets: predicted };
}

/** The rows of the readable twin, reduced by Householder reflections on the host. */
export class PlainProblem implements ComposedProblem {
  readonly nRows: number;
  /** How often rows were made. */
  passes = 0;

  constructor(
    private readonly form: ComposedForm,
    private readonly data: PlainTargets,
    readonly work: { readonly executor: Executor },
  ) {
    this.nRows = data.targets.length;
  }

  rows(values: Float64Array, columns: Int32Array): number[][] {
    const all = this.data.structures.flatMap((structure) => new PlainComposed(this.form, structure, values).rows());
    return all.map((row) => Array.from(columns, (column) => row[column]));
  }

  async reduce(values: Float64Array, columns: Int32Array): Promise<ReducedRows> {
    this.passes++;
    const rows = this.rows(values, columns).map((row, i) => [...row, this.data.targets[i]]);
    if (rows.some((row) => !row.every(Number.isFinite))) throw new NumericalError("a value is not finite");
    const n = columns.length;
    const r = triangleOf(rows, n + 1);
    const factor = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) factor[i * n + j] = r[i][j];
    return { nColumns: n, factor, target: Float64Array.from({ length: n }, (_, i) => r[i][n]), residual: Math.abs(r[n][n]), nRows: this.nRows };
  }

  async misfit(values: Float64Array): Promise<number> {
    return Math.sqrt(await this.loss(values));
  }

  async loss(values: Float64Array): Promise<number> {
    const predicted = targetsOf(this.form, values, this.data.structures).targets;
    const loss = predicted.reduce((sum, value, i) => sum + (value - this.data.targets[i]) ** 2, 0);
    return Number.isFinite(loss) ? loss : Infinity;
  }
}

/** R of a QR decomposition, Householder's reflections. */
function triangleOf(rows: number[][], n: number): number[][] {
  const a = rows.map((row) => [...row]);
  while (a.length < n) a.push(new Array<number>(n).fill(0));
  for (let k = 0; k < n; k++) {
    const norm = Math.hypot(...a.slice(k).map((row) => row[k]));
    if (norm === 0) continue;
    const v = a.map((row, i) => (i < k ? 0 : row[k]));
    v[k] += Math.sign(v[k] || 1) * norm;
    const square = v.reduce((sum, x) => sum + x * x, 0);
    for (let j = k; j < n; j++) {
      const factor = (2 * v.reduce((sum, x, i) => sum + x * a[i][j], 0)) / square;
      for (let i = k; i < a.length; i++) a[i][j] -= factor * v[i];
    }
  }
  return a;
}

/** Largest sums over neighbors of some structures, at any exponent. */
export function plainLargestSums(structures: readonly PlainStructure[], form: ComposedForm): LargestSums {
  const pairs = structures.map((structure) => plainNeighbors(structure, form.cutoff.radius).map((list) => list.map(({ atom, r }) => ({ atom, r, f: plainCutoff(form.cutoff, r)[0] }))));
  const sums = (alpha: number): number[][] => pairs.map((lists) => lists.map((list) => list.reduce((sum, { r, f }) => sum + f * Math.exp(-alpha * r * r), 0)));
  return {
    features: (alpha) => Math.max(...sums(alpha).flat()),
    neighborSums: (alpha) => Math.max(...sums(alpha).flatMap((own, s) => pairs[s].map((list) => list.reduce((sum, { atom, f }) => sum + f * own[atom], 0)))),
  };
}

/** A form with its layout. */
export function trainedForm(form: ComposedForm, nSpecies = 1): { form: ComposedForm; layout: ReturnType<typeof layoutParameters> } {
  return { form, layout: layoutParameters(form, nSpecies) };
}
