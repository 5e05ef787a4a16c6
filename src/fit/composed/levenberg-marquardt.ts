import { throwIfAborted } from "../../parallel/executor.js";
import { type ComposedProblem, type Linearized, linearize, rotateIn, solveLinear } from "./least-squares.js";
import type { ParameterSplit } from "./linear-part.js";
import type { ParameterSpace } from "./parameter-space.js";

/** How long it goes on. */
export interface DescentOptions {
  /** Relative gain of a step below which the descent ends, when it happens twice in a row. */
  readonly tolerance: number;
  /** Of steps that lower the loss. */
  readonly maximumIterations: number;
}

/** Where a descent stands: numbers, and nothing that could not be made again from them. */
export interface DescentState {
  /** All parameters, linear ones solved for. */
  readonly values: Float64Array;
  /** Σ (residual/σ)² */
  readonly loss: number;
  /** Directions of the linear parameters that the data determine. */
  readonly rank: number;
  /** λ of the next step. */
  readonly damping: number;
  /** Steps that lowered the loss. */
  readonly iterations: number;
  /** Steps of little gain in a row. */
  readonly small: number;
  /** Nothing more is to be done. */
  readonly isFinished: boolean;
}

const FIRST_DAMPING = 1e-2;
const DAMPING_FACTOR = 5;
const FAILURES = 8;
/** Steps of little gain in a row that end it. */
const SMALL_STEPS = 2;

/** A start, with its linear parameters solved for. */
export async function beginDescent(problem: ComposedProblem, space: ParameterSpace, values: Float64Array, { eliminated, outer }: ParameterSplit): Promise<DescentState> {
  const solved = await solveLinear(problem, space.bounded(values), eliminated);
  const { loss } = solved;
  return { ...solved, damping: FIRST_DAMPING, iterations: 0, small: 0, isFinished: outer.length === 0 || !(loss > 0 && loss < Infinity) };
}

/**
 * Variable projection with Levenberg and Marquardt's steps: (JᵀJ + λ diag JᵀJ)·δ = −Jᵀr with Kaufman's projected Jacobian J; the loss never grows.
 * @param onState hears of every step
 * @throws {CancelledError}
 */
export async function descend(
  problem: ComposedProblem,
  space: ParameterSpace,
  split: ParameterSplit,
  from: DescentState,
  options: DescentOptions,
  onState?: (state: DescentState) => void,
): Promise<DescentState> {
  let state = from;
  while (!state.isFinished) {
    throwIfAborted(problem.work.signal);
    state = await takeStep(problem, space, split, state, options);
    onState?.(state);
  }
  return state;
}

async function takeStep(problem: ComposedProblem, space: ParameterSpace, { eliminated, outer }: ParameterSplit, state: DescentState, options: DescentOptions): Promise<DescentState> {
  const { values, loss } = state;
  const linearized = inCoordinates(await linearize(problem, state, eliminated, outer), space.slopes(values, outer));
  let damping = state.damping;
  for (let failures = 0; failures < FAILURES; failures++, damping *= DAMPING_FACTOR) {
    const trial = stepWithin(space, values, outer, linearized, damping);
    const solved = await solveLinear(problem, trial, eliminated);
    if (!(solved.loss < loss)) continue;
    const iterations = state.iterations + 1;
    const small = loss - solved.loss < options.tolerance * loss ? state.small + 1 : 0;
    const isFinished = small >= SMALL_STEPS || iterations >= options.maximumIterations || solved.loss === 0;
    return { ...solved, damping: damping / DAMPING_FACTOR, iterations, small, isFinished };
  }
  return { ...state, damping, isFinished: true };
}

function inCoordinates({ nOuter, factor, target }: Linearized, slopes: Float64Array): Linearized {
  return { nOuter, target, factor: factor.map((value, i) => value * slopes[i % nOuter]) };
}

/** A step; parameters that it would take out of their bounds stay where they are, and the others take theirs without them. */
function stepWithin(space: ParameterSpace, values: Float64Array, outer: Int32Array, linearized: Linearized, damping: number): Float64Array {
  const free = Array.from(outer, () => true);
  for (;;) {
    const step = dampedStep(linearized, damping, free);
    const moved = space.moved(values, outer, step);
    let isStopped = false;
    for (const [k, parameter] of outer.entries()) {
      // at its bound, and pushed out of it
      if (!free[k] || step[k] === 0 || moved[parameter] !== values[parameter]) continue;
      free[k] = false;
      isStopped = true;
    }
    if (!isStopped) return moved;
  }
}

/** δ of min |target − factor·δ|² + λ |D·δ|², D the lengths of the columns, by Givens rotations of [factor; √λ·D]. */
export function dampedStep({ nOuter: n, factor, target }: Linearized, damping: number, free: readonly boolean[]): Float64Array {
  const r = factor.slice();
  const b = target.slice();
  const damped = { nOuter: n, factor: r, target: b };
  for (let k = 0; k < n; k++) if (!free[k]) leaveOut(damped, k);
  const lengths = columnLengths(r, n);
  for (let k = 0; k < n; k++) {
    const row = new Float64Array(n + 1);
    row[k] = Math.sqrt(damping) * lengths[k];
    rotateIn(damped, row);
  }
  const step = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = b[i];
    for (let j = i + 1; j < n; j++) rest -= r[i * n + j] * step[j];
    step[i] = free[i] && r[i * n + i] !== 0 ? rest / r[i * n + i] : 0;
  }
  return step;
}

/** Column k becomes 0, and its row one of those below. */
function leaveOut(linearized: Linearized, k: number): void {
  const { nOuter: n, factor: r, target: b } = linearized;
  for (let i = 0; i <= k; i++) r[i * n + k] = 0;
  const row = Float64Array.of(...r.subarray(k * n, (k + 1) * n), b[k]);
  r.fill(0, k * n, (k + 1) * n);
  b[k] = 0;
  rotateIn(linearized, row);
}

function columnLengths(r: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += r[i * n + j] ** 2;
    return Math.sqrt(sum);
  });
}
