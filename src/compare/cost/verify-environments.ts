import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { type RowBatch, stateBytes } from "../../descriptors/rows.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { DIFFERENCE_TRUST, disturbed, largest, relativeError, STEP, turned } from "./verified.js";

/**
 * Checks an evaluator on a batch, which it leaves as it was, with neighbors moved a little: contracted derivatives against the Jacobian, the Jacobian against central
 * differences along one direction of all neighbors at once, and rows of the turned environments against the rows.
 * @param isInvariant whether rows stay as they are when the structure turns
 * @returns the largest relative error; differences, which have errors of their own, count a hundredth
 */
export function verifyEnvironments(wasm: Wasm, evaluator: DescriptorEvaluator, batch: RowBatch, arena: Arena, isInvariant: boolean): number {
  const displacements = new Displacements(wasm, batch);
  return displacements.with((pair, vector) => disturbed(vector, pair), () => errorOf(wasm, evaluator, { batch, displacements, isInvariant }, arena));
}

interface Verified {
  readonly batch: RowBatch;
  readonly displacements: Displacements;
  readonly isInvariant: boolean;
}

function errorOf(wasm: Wasm, evaluator: DescriptorEvaluator, { batch, displacements, isInvariant }: Verified, arena: Arena): number {
  const { nFeatures, stateSize } = evaluator.tables;
  const { nRows, nEntries } = batch.rows;
  const [rows, gradients, derivatives] = [nRows, nRows, 3 * nEntries].map((count) => arena.f64(count * nFeatures));
  const forces = arena.f64(3 * displacements.count);
  const state = arena.allocate(stateBytes(stateSize, batch));
  const values = (): Float64Array => {
    evaluator.values(batch, rows, state, arena);
    return wasm.f64(rows, nRows * nFeatures).slice();
  };
  const original = values();
  const weights = original.map((_, i) => Math.sin(i + 1));
  wasm.f64(gradients, weights.length).set(weights);
  evaluator.jacobian(batch, rows, state, derivatives, arena);
  evaluator.backward(batch, rows, state, gradients, forces, arena);
  const direction = Float64Array.from({ length: 3 * displacements.count }, (_, i) => Math.cos(7 * i));
  const jacobian = wasm.f64(derivatives, 3 * nEntries * nFeatures).slice();
  const { alongRows, ofPairs } = contract(wasm, batch, jacobian, { weights, direction, nFeatures });
  const errors = [relativeError(wasm.f64(forces, ofPairs.length).slice(), ofPairs)];
  const moved = (step: number): Float64Array => displacements.with((pair, vector) => vector.map((x, axis) => x + step * direction[3 * pair + axis]), values);
  const [before, after] = [moved(-STEP), moved(STEP)];
  errors.push(relativeError(alongRows, before.map((value, i) => (after[i] - value) / (2 * STEP))) * DIFFERENCE_TRUST);
  if (isInvariant) errors.push(relativeError(displacements.with((_, vector) => turned(vector), values), original));
  return largest(errors);
}

type Vector = readonly number[];

/** Displacements of a batch that are changed for a while. */
class Displacements {
  readonly count: number;
  private readonly first: number;

  constructor(
    private readonly wasm: Wasm,
    private readonly batch: RowBatch,
  ) {
    const offsets = wasm.i32(batch.offsets, batch.nCenters + 1);
    this.first = offsets[0];
    this.count = offsets[batch.nCenters] - offsets[0];
  }

  with<Result>(change: (pair: number, vector: Vector) => Vector, run: () => Result): Result {
    const { dx, dy, dz, distances } = this.batch;
    const arrays = [dx, dy, dz, distances].map((pointer) => this.wasm.f64(pointer + 8 * this.first, this.count));
    const saved = arrays.map((array) => array.slice());
    for (let pair = 0; pair < this.count; pair++) {
      const vector = change(pair, [0, 1, 2].map((axis) => saved[axis][pair]));
      vector.forEach((x, axis) => (arrays[axis][pair] = x));
      arrays[3][pair] = Math.hypot(...vector);
    }
    const result = run();
    arrays.forEach((array, k) => array.set(saved[k]));
    return result;
  }
}

interface Contraction {
  /** For each element of the rows. */
  readonly weights: Float64Array;
  /** For each pair. */
  readonly direction: Float64Array;
  readonly nFeatures: number;
}

/** The Jacobian along a direction, for every element of the rows; and summed with weights, for every pair. */
function contract(
  wasm: Wasm,
  { rows, offsets }: RowBatch,
  jacobian: Float64Array,
  { weights, direction, nFeatures }: Contraction,
): { readonly alongRows: Float64Array; readonly ofPairs: Float64Array } {
  const ends = wasm.i32(rows.offsets, rows.nRows + 1);
  const pairs = rows.pairs ? wasm.i32(rows.pairs, ends[rows.nRows]) : undefined;
  const [firstPair] = wasm.i32(offsets, 1);
  const alongRows = new Float64Array(rows.nRows * nFeatures);
  const ofPairs = new Float64Array(direction.length);
  for (let row = 0; row < rows.nRows; row++) {
    for (let entry = ends[row]; entry < ends[row + 1]; entry++) {
      const pair = (pairs ? pairs[entry] : entry) - firstPair;
      for (let axis = 0; axis < 3; axis++) {
        const at = (3 * (entry - ends[0]) + axis) * nFeatures;
        for (let f = 0; f < nFeatures; f++) {
          alongRows[row * nFeatures + f] += direction[3 * pair + axis] * jacobian[at + f];
          ofPairs[3 * pair + axis] += weights[row * nFeatures + f] * jacobian[at + f];
        }
      }
    }
  }
  return { alongRows, ofPairs };
}
