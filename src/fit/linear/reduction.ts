import type { LinearTerm } from "../../models/linear/term.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import { type ColumnLayout, requireAddressable } from "./columns.js";
import { requireLinearMemory } from "./estimate.js";
import { reachedColumns } from "./reach/patterns.js";
import { reducePlanned } from "./reach/reduce-rows.js";
import type { RowPlan } from "./reach/row-plan.js";
import { planByNeighbors } from "./reach/structure-reach.js";
import { amongAllColumns, readReduced, type ReducedColumns } from "./reduced.js";
import { type LinearJob, openRows } from "./rows.js";
import { hasIntercept } from "./schema.js";

/** What a model needs of a term. */
export type ReducedTerm = Omit<LinearTerm, "coefficients">;

/** What is left of the rows, once the memory that they were made in is given back. */
export interface Reduction {
  readonly reduced: ReducedColumns;
  readonly layout: ColumnLayout;
  readonly terms: readonly ReducedTerm[];
  /** In which columns rows were reduced. */
  readonly plan: RowPlan;
  readonly milliseconds: { readonly describe: number; readonly design: number };
}

/** Solvers, priors and regularizations take the same rows: the triangle of an earlier fit does for them. */
export function recallReduction(job: LinearJob, executor: Executor): Promise<Reduction> {
  const { options: { model: { terms, ...model }, fit: { sigma } }, isolated, context: { recall } } = job;
  const make = () => reduce(job, executor);
  if (!recall) return make();
  const key = JSON.stringify(["rows of a linear model", terms, hasIntercept({ ...model, terms }), sigma, isolated?.values]);
  return recall(key, make, ({ reduced: { rows, norms } }) => 8 * (rows.factor.length + rows.target.length + norms.length));
}

/** Reduces the rows of all data to a triangle; holds no memory afterwards. Columns that no structure can reach are in none of it. */
async function reduce(job: LinearJob, executor: Executor): Promise<Reduction> {
  const { context: { signal, onProgress, kept } } = job;
  const holdings = new Holdings(executor);
  try {
    const started = performance.now();
    const rows = await openRows(job, holdings);
    const { terms, layout, rowCounts } = rows;
    const opened = performance.now();
    const { classes, plan } = await planByNeighbors(job, rows, executor);
    requireAddressable(layout, plan.nColumns);
    requireLinearMemory(job.options, job.dataset, executor, plan.nColumns, plan.groups.length > 0);
    const triangle = await reducePlanned(rows, classes, plan, holdings, { executor, signal, onProgress, kept });
    const nRows = rowCounts.reduce((sum, count) => sum + count, 0);
    const reduced = amongAllColumns(readReduced(executor.wasm, triangle, nRows), reachedColumns(classes, plan.reached), layout.nColumns);
    const left = terms.map(({ descriptor, centers, quadratic }) => ({ descriptor, centers, quadratic }));
    return { reduced, layout, terms: left, plan, milliseconds: { describe: opened - started, design: performance.now() - opened } };
  } finally {
    holdings.release();
  }
}
