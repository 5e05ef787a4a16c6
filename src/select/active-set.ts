import { InvalidParameterError, NumericalError } from "../errors.js";
import type { ActiveRows, StoredActiveRows } from "../linalg/active-rows.js";
import { inverseScratchBytes, invert } from "../linalg/inverse.js";
import { type Matrix, matrix } from "../linalg/matrix.js";
import { pivotedQr, pivotedQrScratchBytes } from "../linalg/pivoted-qr.js";
import { gemm, gemmScratchBytes } from "../linalg/product.js";
import { defineTask, type TaskContext } from "../parallel/task.js";
import type { SelectionContext } from "./selection.js";

/** How an active set is searched for. */
export interface ActiveSetOptions {
  /** Swaps go on while a row has a grade above 1 + tolerance. Default 1e-3. */
  readonly tolerance?: number;
  /** A function counts as independent when its pivot exceeds this share of the first, columns divided by their norms. Default 1e-8: what is less
   * independent has weights without digits. */
  readonly cutoff?: number;
  /** Rows that are looked at together; default: 4 for every function, at least 1000. The start is made of the first of such blocks. */
  readonly blockRows?: number;
}

/** What a search did, beside the set. */
export interface ActiveSetResult {
  /** The set, which `extrapolationGrades` compares rows with. */
  readonly active: ActiveRows;
  /** Rows that the first block began with, in order of the pivots: numbers in the data. Empty for an update. */
  readonly start: Int32Array;
  /** In all blocks. */
  readonly swaps: number;
}

/** Swaps between fresh inverses: rank-one updates lose digits. */
const STEPS = 200;
/** Columns whose norms differ by more are brought to the same norm for the start. */
const DISPARATE = 1e6;
/** A function is taken in when a row differs by this share of the largest of its column from what the active rows make of it. */
const NEW = 1e-7;

interface Candidates {
  readonly nFunctions: number;
  /** f64 [n × M] */
  readonly values: Float64Array;
  /** Of every row, its number in the data. */
  readonly numbers: Int32Array;
}

/** A set within some candidates. */
interface Choice {
  readonly functions: Int32Array;
  /** Rows of the candidates. */
  readonly rows: Int32Array;
}

interface StartInput extends Candidates {
  readonly cutoff: number;
}

/** Independent functions and as many rows, by QR with column pivoting: first of the candidates, then of their transpose. */
export const startActiveSet = defineTask("select/active-set-start", ({ wasm, scratch }: TaskContext, { nFunctions: m, values, cutoff }: StartInput): Choice => {
  const n = values.length / m;
  const norms = new Float64Array(m);
  for (let e = 0; e < values.length; e++) norms[e % m] += values[e] ** 2;
  norms.forEach((square, j) => (norms[j] = Math.sqrt(square)));
  scratch.allocate(8 * n * m + 4 * (n + m) + pivotedQrScratchBytes(Math.max(n, m), Math.max(n, m), 0) + 1024);
  scratch.reset();
  const a = matrix(scratch.f64(n * m), n, m);
  const elements = wasm.f64(a.pointer, n * m);
  for (let e = 0; e < values.length; e++) elements[e] = norms[e % m] > 0 ? values[e] / norms[e % m] : 0;
  const pivots = scratch.i32(Math.max(n, m));
  pivotedQr(wasm, scratch, a, m, pivots);
  let rank = 0;
  while (rank < Math.min(n, m) && Math.abs(elements[rank * (m + 1)]) > cutoff * Math.abs(elements[0])) rank++;
  const functions = wasm.i32(pivots, m).slice(0, rank).sort();
  const kept = Array.from(functions, (j) => norms[j]);
  const scaled = Math.max(...kept) > DISPARATE * Math.min(...kept);
  const turned = matrix(a.pointer, rank, n);
  for (const [k, j] of functions.entries()) for (let i = 0; i < n; i++) elements[k * n + i] = values[i * m + j] / (scaled ? norms[j] : 1);
  pivotedQr(wasm, scratch, turned, n, pivots);
  return { functions, rows: wasm.i32(pivots, n).slice(0, rank) };
});

interface ExtendInput extends Candidates {
  readonly choice: Choice;
  /** f64 [M]: largest magnitude of every column in all data so far */
  readonly largest: Float64Array;
}

/**
 * Adds functions that the chosen rows do not describe in some candidate, each with the candidate that shows it most: A grows by a row
 * and a column whose Schur complement is what was not described, so that functions are never given up.
 */
export const extendActiveSet = defineTask("select/active-set-extension", ({ wasm, scratch }: TaskContext, { nFunctions: m, values, choice, largest }: ExtendInput): Choice => {
  const n = values.length / m;
  const all = matrix(scratch.f64(n * m), n, m);
  wasm.f64(all.pointer, n * m).set(values);
  let { functions, rows } = choice;
  while (functions.length < m) {
    const mark = scratch.mark();
    const k = functions.length;
    const [square, inverse, full, chosen] = [[k, k], [k, k], [m, k], [k, m]].map(([height, width]) => matrix(scratch.f64(height * width), height, width));
    for (let i = 0; i < k; i++) {
      const row = values.subarray(rows[i] * m, (rows[i] + 1) * m);
      wasm.f64(chosen.pointer + 8 * i * m, m).set(row);
      for (let j = 0; j < k; j++) wasm.f64(square.pointer + 8 * i * k, k)[j] = row[functions[j]];
    }
    invert(wasm, scratch, square, inverse);
    wasm.f64(full.pointer, m * k).fill(0);
    for (const [i, j] of functions.entries()) wasm.f64(full.pointer + 8 * j * k, k).set(wasm.f64(inverse.pointer + 8 * i * k, k));
    const [weights, described] = [matrix(scratch.f64(n * k), n, k), matrix(scratch.f64(n * m), n, m)];
    gemm(wasm, scratch, 1, all, full, 0, weights);
    gemm(wasm, scratch, 1, weights, chosen, 0, described);
    const found = leastDescribed({ nFunctions: m, values, functions, largest }, wasm.f64(described.pointer, n * m));
    scratch.reset(mark);
    if (!found) break;
    functions = Int32Array.of(...functions, found.column).sort();
    rows = Int32Array.of(...rows, found.row);
  }
  return { functions, rows };
});

/** Where the values are farthest from what the chosen rows make of them, in units of the largest of the column. */
function leastDescribed(
  { nFunctions: m, values, functions, largest }: { nFunctions: number; values: Float64Array; functions: Int32Array; largest: Float64Array },
  described: Float64Array,
): { row: number; column: number } | undefined {
  let [worst, place] = [NEW, -1];
  const known = new Set(functions);
  for (let e = 0; e < values.length; e++) {
    const column = e % m;
    if (known.has(column) || largest[column] === 0) continue;
    const share = Math.abs(values[e] - described[e]) / largest[column];
    if (share > worst) [worst, place] = [share, e];
  }
  return place < 0 ? undefined : { row: Math.floor(place / m), column: place % m };
}

interface SwapsInput extends Candidates {
  readonly choice: Choice;
  readonly tolerance: number;
}

interface SwapsOutput {
  readonly rows: Int32Array;
  readonly inverse: Float64Array;
  readonly logVolume: number;
  readonly swaps: number;
}

/** Swaps among the candidates until all grades are within the tolerance. */
export const swapActiveSet = defineTask("select/active-set-swaps", ({ wasm, scratch }: TaskContext, input: SwapsInput): SwapsOutput => {
  const { nFunctions: m, values, tolerance, choice: { functions, rows } } = input;
  const [n, k] = [values.length / m, functions.length];
  scratch.allocate(8 * (2 * n * k + 2 * k * k + k + 2) + 4 * k + inverseScratchBytes(k) + gemmScratchBytes(n, k, k) + 2048);
  scratch.reset();
  const place = (height: number): Matrix => matrix(scratch.f64(height * k), height, k);
  const [all, weights, square, inverse, active, step] = [place(n), place(n), place(k), place(k), scratch.i32(k + 1), scratch.f64(k + 2)];
  const candidates = wasm.f64(all.pointer, n * k);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) candidates[i * k + j] = values[i * m + functions[j]];
  const chosen = wasm.i32(active, k + 1);
  chosen.set(rows);
  let swaps = 0;
  for (;;) {
    for (let j = 0; j < k; j++) wasm.f64(square.pointer + 8 * j * k, k).set(candidates.subarray(chosen[j] * k, (chosen[j] + 1) * k));
    const logVolume = invert(wasm, scratch, square, inverse);
    gemm(wasm, scratch, 1, all, inverse, 0, weights);
    const fresh = wasm.f64(inverse.pointer, k * k).slice();
    wasm.routines.swapRows(n, k, k, STEPS, 1 + tolerance, weights.pointer, inverse.pointer, active, step);
    // a set that a fresh inverse finds nothing to swap in is the result
    if (chosen[k] === 0) return { rows: chosen.slice(0, k), inverse: fresh, logVolume, swaps };
    swaps += chosen[k];
  }
});

/**
 * The active set of rows of features that come block by block; memory is that of two blocks. The result is a local maximum of the volume
 * and depends on the order of the rows.
 * @param blocks f64 [rows × M] each, of any number of rows
 * @param nFunctions M
 * @throws {InvalidParameterError} without rows, or when a block has a broken row; {NumericalError} when all values are zero or one is not finite
 */
export async function chooseActiveSet(
  blocks: Iterable<Float64Array> | AsyncIterable<Float64Array>,
  nFunctions: number,
  options: ActiveSetOptions,
  context: SelectionContext,
): Promise<ActiveSetResult> {
  const search = new ActiveSetSearch(nFunctions, options, context);
  for await (const block of blocks) await search.add(block);
  return search.finish();
}

/**
 * Goes on with more rows of data, without which it is refused as a choice is; functions that vanished so far are taken in when they no longer do.
 */
export async function updateActiveSet(
  active: StoredActiveRows,
  blocks: Iterable<Float64Array> | AsyncIterable<Float64Array>,
  options: ActiveSetOptions,
  context: SelectionContext,
): Promise<ActiveSetResult> {
  const search = new ActiveSetSearch(active.nFunctions, options, context, active);
  for await (const block of blocks) await search.add(block);
  return search.finish();
}

/** Rows that are looked at together, where nothing else is asked for. */
export function defaultBlockRows(nFunctions: number): number {
  return Math.max(1000, 4 * nFunctions);
}

/** The search for an active set in rows that are handed in as they come. */
export class ActiveSetSearch {
  private start = new Int32Array(0);
  private found: ActiveRows | undefined;
  private swaps = 0;
  private waiting: Float64Array[] = [];
  private waitingRows = 0;
  private seen: number;
  private readonly largest: Float64Array;
  private readonly blockRows: number;

  /** @param active what was found earlier, to go on with */
  constructor(
    private readonly m: number,
    private readonly options: ActiveSetOptions,
    private readonly context: SelectionContext,
    private active?: StoredActiveRows,
  ) {
    if (m < 1) throw new InvalidParameterError("an active set needs at least one function: the descriptor has none");
    this.seen = active?.nRows ?? 0;
    this.largest = active?.largest.slice() ?? new Float64Array(m);
    this.blockRows = options.blockRows ?? defaultBlockRows(m);
  }

  /**
   * Takes rows in.
   * @param block f64 [rows × M], any number of rows
   * @throws {InvalidParameterError} when it has a broken row; {NumericalError}
   */
  async add(block: Float64Array): Promise<void> {
    const nRows = block.length / this.m;
    if (!Number.isInteger(nRows)) throw new InvalidParameterError(`a block of ${block.length} values is no whole number of rows of ${this.m} features`);
    for (let first = 0; first < nRows; ) {
      const count = Math.min(nRows - first, this.blockRows - this.waitingRows);
      this.waiting.push(block.slice(first * this.m, (first + count) * this.m));
      this.waitingRows += count;
      first += count;
      if (this.waitingRows === this.blockRows) await this.digest();
    }
  }

  /**
   * The set that encloses all rows.
   * @throws {InvalidParameterError} when there were none
   */
  async finish(): Promise<ActiveSetResult> {
    if (this.waitingRows > 0) await this.digest();
    if (!this.found) throw new InvalidParameterError("an active set needs at least one row of features");
    return { active: { ...this.found, nRows: this.seen, largest: this.largest }, start: this.start, swaps: this.swaps };
  }

  /** Active rows and those that wait, together. */
  private async digest(): Promise<void> {
    const fresh = new Float64Array(this.waitingRows * this.m);
    let filled = 0;
    for (const part of this.waiting) {
      fresh.set(part, filled);
      filled += part.length;
    }
    [this.waiting, this.waitingRows] = [[], 0];
    this.lookAt(fresh);
    const { active, m } = this;
    const values = new Float64Array((active?.values.length ?? 0) + fresh.length);
    if (active) values.set(active.values);
    values.set(fresh, active?.values.length ?? 0);
    const nActive = active?.members.length ?? 0;
    const numbers = Int32Array.from({ length: values.length / m }, (_, i) => (i < nActive ? active!.members[i] : this.seen + i - nActive));
    this.seen += fresh.length / m;
    await this.improve({ nFunctions: m, values, numbers });
  }

  private lookAt(fresh: Float64Array): void {
    for (let e = 0; e < fresh.length; e++) {
      const size = Math.abs(fresh[e]);
      if (!(size < Infinity)) throw new NumericalError(`feature ${e % this.m} of environment ${this.seen + Math.floor(e / this.m)} is ${fresh[e]}`);
      if (size > this.largest[e % this.m]) this.largest[e % this.m] = size;
    }
  }

  private async improve(candidates: Candidates): Promise<void> {
    const { executor, signal } = this.context;
    const { tolerance = 1e-3, cutoff = 1e-8 } = this.options;
    const options = { signal, label: "the active set" };
    let choice: Choice;
    if (this.active) choice = { functions: this.active.functions, rows: Int32Array.from(this.active.members.keys()) };
    else {
      choice = await executor.submit(startActiveSet, { ...candidates, cutoff }, options);
      if (choice.functions.length === 0) throw new NumericalError(`all ${this.m} features are 0 in ${candidates.numbers.length} environments: there is nothing to choose from`);
      this.start = choice.rows.map((row) => candidates.numbers[row]);
    }
    if (choice.functions.length < this.m) choice = await executor.submit(extendActiveSet, { ...candidates, choice, largest: this.largest }, options);
    const { rows, inverse, logVolume, swaps } = await executor.submit(swapActiveSet, { ...candidates, choice, tolerance }, options);
    this.swaps += swaps;
    this.found = {
      nFunctions: this.m,
      functions: choice.functions,
      members: rows.map((row) => candidates.numbers[row]),
      values: Float64Array.from({ length: rows.length * this.m }, (_, e) => candidates.values[rows[Math.floor(e / this.m)] * this.m + (e % this.m)]),
      inverse,
      largest: this.largest.slice(),
      logVolume,
      nRows: this.seen,
    };
    this.active = this.found;
    this.context.onProgress?.({ stage: "choose the active set", done: this.seen, total: this.seen, unit: "environments" });
  }
}
