import type { Descriptor } from "../../descriptors/descriptor.js";
import { InvalidParameterError, InvalidStructureError } from "../../errors.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { chainCount, reduceRows } from "../least-squares/chains.js";
import { makeTriangles } from "../least-squares/triangle.js";
import type { FitPlot } from "../fit-summary.js";
import type { ReducedColumns } from "./reduced.js";
import { type LinearJob, openRows } from "./rows.js";
import { readReducedRows } from "./solvers/dense-rows.js";
import { pathSquares } from "./solvers/path-squares.js";
import type { ReducedRows } from "./solvers/reduced-rows.js";
import type { LinearSolution } from "./solvers/solution.js";

/** One step of a greedy selection, with what the model up to it is worth. */
export interface PathStep {
  /** The column of the model that was added, from 0: terms in their order, species of centers within them, then constants. */
  readonly column: number;
  /** Root mean square of the weighted residuals of the training data, in σ. */
  readonly error: number;
  /** The same of the validation data; absent where there is none. */
  readonly validationError?: number;
}

/** How the errors fall as columns are added. */
export interface GreedyPath {
  readonly steps: readonly PathStep[];
  /** Why there are no errors of the validation data; empty where there are, or nobody gave any. */
  readonly warnings: readonly string[];
}

/** What the path was found from. */
interface Fitted {
  readonly reduced: ReducedColumns;
  /** With what their descriptors have learned from the training data. */
  readonly terms: readonly { readonly descriptor: Descriptor }[];
}

/** The path of a greedy solver with its errors, also those on the validation data; undefined for other solvers. */
export async function greedyPath(
  job: LinearJob,
  { reduced, terms }: Fitted,
  { path }: LinearSolution,
  executor: Executor,
): Promise<GreedyPath | undefined> {
  if (!path) return undefined;
  const { kept, rows } = reduced;
  const validated = await validationErrors(job, { reduced, terms }, path.map(({ column }) => column), executor);
  const steps = path.map(({ column, sumOfSquares }, k): PathStep => {
    const validationError = validated.errors?.[k];
    return { column: kept[column], error: Math.sqrt(sumOfSquares / rows.nRows), ...(validationError !== undefined && { validationError }) };
  });
  return { steps, warnings: validated.warnings };
}

async function validationErrors(
  job: LinearJob,
  { reduced, terms }: Fitted,
  path: readonly number[],
  executor: Executor,
): Promise<{ readonly errors?: readonly number[]; readonly warnings: readonly string[] }> {
  const { species, context: { validation, signal } } = job;
  if (!validation) return { warnings: [] };
  const foreign = validation.species().find((atomicNumber) => !species.includes(atomicNumber));
  if (foreign !== undefined) return { warnings: [`the path of the solver has no validation errors: the validation data has ${symbolOf(foreign)}, which the training data has not`] };
  try {
    const others = await reduceOthers({ ...job, dataset: validation }, { reduced, terms }, executor);
    if (!others) return { warnings: ["the path of the solver has no validation errors: no target of the validation data has a σ"] };
    const squares = await executor.submit(pathSquares, { rows: reduced.rows, path, others }, { signal, label: "errors along the path" });
    return { errors: squares.map((sum) => Math.sqrt(sum / others.nRows)), warnings: [] };
  } catch (error) {
    // the fit is made all the same
    if (!(error instanceof InvalidParameterError || error instanceof InvalidStructureError)) throw error;
    return { warnings: [`the path of the solver has no validation errors: ${error.message}`] };
  }
}

/** Rows of other data of the same species in the columns that a fit has kept; undefined where nothing has a σ. */
async function reduceOthers(job: LinearJob, { reduced: { kept }, terms: fitted }: Fitted, executor: Executor): Promise<ReducedRows | undefined> {
  const { options, context: { signal, onProgress } } = job;
  const learned = options.model.terms.map((term, t) => ({ ...term, descriptor: fitted[t].descriptor.parameters as typeof term.descriptor }));
  const holdings = new Holdings(executor);
  try {
    const others = { ...job, options: { ...options, model: { ...options.model, terms: learned } }, context: { signal, onProgress } };
    const rows = await openRows(others, holdings);
    const nRows = rows.rowCounts.reduce((sum, count) => sum + count, 0);
    if (nRows === 0) return undefined;
    const source = rows.source(kept);
    const triangles = await makeTriangles(kept.length, chainCount(kept.length + 1, source.count), holdings, signal);
    await reduceRows(source, triangles, { executor, signal, onProgress });
    return readReducedRows(executor.wasm, triangles[0], nRows);
  } finally {
    holdings.release();
  }
}

/** Errors against the number of functions. */
export function pathPlot({ steps }: GreedyPath): FitPlot {
  const curve = (name: string, error: (step: PathStep) => number | undefined) => ({
    name,
    points: steps.flatMap((step, k) => {
      const value = error(step);
      // an exact fit has no place on a logarithmic axis
      return value === undefined || value === 0 ? [] : [[k + 1, value] as const];
    }),
  });
  const curves = [curve("training", ({ error }) => error), curve("validation", ({ validationError }) => validationError)].filter(({ points }) => points.length > 0);
  return {
    name: "greedy-path",
    title: "Greedy selection",
    x: "functions",
    y: "weighted error (σ)",
    curves,
    caption: `Root mean square of the weighted residuals, 1 where errors are as large as the σ, with the functions that were chosen first.${leastText(steps)}`,
  };
}

function leastText(steps: readonly PathStep[]): string {
  const errors = steps.map(({ validationError = Infinity }) => validationError);
  const least = Math.min(...errors);
  if (!Number.isFinite(least)) return "";
  const count = errors.indexOf(least) + 1;
  return count < steps.length
    ? ` The error of the validation data is least with ${count} of ${steps.length}: maximumFunctions: ${count} makes that model.`
    : " The error of the validation data is least with all of them.";
}
