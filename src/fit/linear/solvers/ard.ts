import { NumericalError } from "../../../errors.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import { type ArdIteration, ardPosterior, type ArdState, ardSteps } from "./ard-steps.js";
import type { ReducedRows } from "./reduced-rows.js";
import type { LinearSolution } from "./solution.js";

/** Multiplications of a task, about: seconds at most, so that a signal is heard. */
const WORK_PER_TASK = 2e10;

/** Squares of the lengths of the scaled columns. */
function columnSquares({ nColumns, factor }: ReducedRows, scale: Float64Array): Float64Array {
  const squares = new Float64Array(nColumns);
  for (let i = 0; i < nColumns; i++) for (let j = i; j < nColumns; j++) squares[j] += (factor[i * nColumns + j] / scale[j]) ** 2;
  return squares;
}

/**
 * Automatic relevance determination (MacKay 1992, doi:10.1162/neco.1992.4.3.415; Tipping 2001) in columns of length √n and targets of mean square 1,
 * where all precisions are 1 at the start: the scale Γ has no effect.
 */
export async function ardOfNormalized(rows: ReducedRows, scale: Float64Array, options: { threshold: number; maximumSteps: number; tolerance: number }, context: WorkContext): Promise<LinearSolution> {
  const { nRows, target, residual } = rows;
  const squares = columnSquares(rows, scale);
  const variance = target.reduce((sum, value) => sum + value * value, residual ** 2) / nRows;
  if (!squares.some((square) => square > 0)) throw new NumericalError("all columns of the fit are zero: no atom has a neighbor within the cutoff, or all weights are 0");
  if (variance === 0) {
    const nothing = { coefficients: new Float64Array(rows.nColumns), sumOfSquares: 0, rank: 0, effectiveParameters: 0, columns: new Int32Array(0) };
    return { ...nothing, noiseVariance: 0, iterations: 0, converged: true };
  }
  const iteration: ArdIteration = {
    precisions: squares.map((square) => square / nRows / variance),
    noisePrecision: 1 / variance,
    absoluteThreshold: Infinity,
    relativeThreshold: options.threshold,
    maximumSteps: options.maximumSteps,
    evidenceTolerance: options.tolerance,
    precisionTolerance: 0,
  };
  return ardFixedPoint(rows, scale, iteration, context);
}

/**
 * The fixed point of ARD from any start. The set of columns that are left depends on the start, the thresholds and when it ends.
 * Columns of zeros are left out from the start.
 * @throws {NumericalError} when a value is not finite; {CancelledError}
 */
export async function ardFixedPoint(rows: ReducedRows, scale: Float64Array, iteration: ArdIteration, { executor, signal, onProgress }: WorkContext): Promise<LinearSolution> {
  const squares = columnSquares(rows, scale);
  const columns = Int32Array.from(squares.keys()).filter((k) => squares[k] > 0);
  const { precisions, ...rules } = iteration;
  let state: ArdState = {
    columns,
    precisions: Float64Array.from(columns, (k) => precisions[k]),
    noisePrecision: rules.noisePrecision,
    logEvidence: -Infinity,
    steps: 0,
    converged: columns.length === 0,
  };
  while (!state.converged && state.steps < rules.maximumSteps) {
    const work = 4 * (state.columns.length + 20) ** 3;
    const count = Math.min(rules.maximumSteps - state.steps, Math.max(1, Math.round(WORK_PER_TASK / work)));
    state = await executor.submit(ardSteps, { rows, scale, state, iteration: rules, squares, count }, { signal, label: "the relevance of the columns" });
    onProgress?.({ stage: "fit", done: state.steps, total: rules.maximumSteps, unit: "steps" });
  }
  const posterior = await executor.submit(ardPosterior, { rows, scale, state }, { signal });
  return solutionOf(rows, scale, state, posterior);
}

function solutionOf({ nColumns }: ReducedRows, scale: Float64Array, state: ArdState, posterior: Awaited<ReturnType<typeof ardPosterior.run>>): LinearSolution {
  const { columns, precisions } = state;
  const k = columns.length;
  const coefficients = new Float64Array(nColumns);
  const root = new Float64Array(nColumns * k);
  let effectiveParameters = 0;
  for (let i = 0; i < k; i++) {
    coefficients[columns[i]] = posterior.mean[i] / scale[columns[i]];
    let variance = 0;
    for (let j = i; j < k; j++) {
      variance += posterior.root[i * k + j] ** 2;
      root[columns[i] * k + j] = posterior.root[i * k + j] / scale[columns[i]];
    }
    effectiveParameters += 1 - precisions[i] * variance;
  }
  return {
    coefficients,
    sumOfSquares: posterior.sumOfSquares,
    rank: k,
    effectiveParameters,
    columns,
    covarianceRoot: { nDirections: k, values: root },
    noiseVariance: 1 / state.noisePrecision,
    coefficientVariance: precisions.map((precision) => 1 / precision),
    logEvidence: posterior.logEvidence,
    iterations: state.steps,
    converged: state.converged,
  };
}
