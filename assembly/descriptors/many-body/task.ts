import { madd } from "../../math/simd";
import { Environments } from "../../neighbors/environments";
import { addGaussian, binOf, channelStride, contractGaussian, storeProfile } from "./profile";
import { TensorTerm } from "./term";

/** What a term is asked for. */
export const enum TensorMode {
  values,
  backward,
  jacobian,
}

/** One term over the environments of a structure. */
@unmanaged
export class TensorTask {
  /** a TensorTerm */
  term: usize;
  /** Environments */
  environments: usize;
  nCenters: i32;
  /** a TensorMode */
  mode: i32;
  /** numbers of a row, of which those of the term begin at `rows` */
  rowLength: i32;
  /** values: f64 [rows × rowLength], written. backward: gradients on them. jacobian: f64 [… × 3 × rowLength], added to */
  rows: usize;
  /** backward: f64 [nPairs × 3], added to: the gradient on the displacement of every pair */
  pairs: usize;
  /** jacobian: i32 [all pairs]: the three rows that a displacement belongs to; 0: those of the pair itself, from the first pair on */
  rowsOfPairs: usize;
  /** jacobian: i32 [nCenters]: the three rows of a center, which moves a displacement the other way; 0: none */
  rowsOfCenters: usize;
  /** jacobian: f64 [3 × 3 × rowLength], added to; 0: none */
  strain: usize;
  /** f64 [nChannels × channelStride]: sums of the values, or gradients on them */
  accumulators: usize;
  /** f64 [2 × width + 32], then i32 [2 × most neighbors of a center] */
  scratch: usize;
}

/** Bytes before the lists of neighbors in the scratch. */
// @ts-ignore: decorator
@inline
export function listOffset(term: TensorTerm): usize {
  return (<usize>(2 * term.width + 32)) << 3;
}

/** Makes the accumulators ready for a row. */
export function beginRow(task: TensorTask, row: i32): void {
  const term = changetype<TensorTerm>(task.term);
  const stride = channelStride(term);
  if (task.mode == TensorMode.jacobian) return;
  memory.fill(task.accumulators, 0, (<usize>(stride * term.nChannels)) << 3);
  if (task.mode == TensorMode.backward) copyRow(task, term, row, false);
}

/** Writes the row that was summed. */
export function endRow(task: TensorTask, row: i32): void {
  if (task.mode == TensorMode.values) copyRow(task, changetype<TensorTerm>(task.term), row, true);
}

function copyRow(task: TensorTask, term: TensorTerm, row: i32, isOut: bool): void {
  const bytes = (<usize>term.nBins) << 3;
  const stride = (<usize>channelStride(term)) << 3;
  for (let channel: usize = 0; channel < <usize>term.nChannels; channel++) {
    const sums = task.accumulators + channel * stride + ((<usize>term.reach) << 4);
    const bins = task.rows + ((<usize>row * task.rowLength) << 3) + channel * bytes;
    if (isOut) memory.copy(bins, sums, bytes);
    else memory.copy(sums, bins, bytes);
  }
}

/** Address of a channel of the accumulators. */
// @ts-ignore: decorator
@inline
function channelAt(task: TensorTask, term: TensorTerm, channel: i32): usize {
  return task.accumulators + ((<usize>channel * channelStride(term)) << 3);
}

/** Counts a Gaussian; its bin where derivatives are wanted of it, else −2³¹. */
// @ts-ignore: decorator
@inline
export function emit(task: TensorTask, term: TensorTerm, channel: i32, g: f64, w: f64): i32 {
  const bin = binOf(term, g);
  if (bin == i32.MIN_VALUE) return bin;
  if (task.mode == TensorMode.values) {
    addGaussian(term, channelAt(task, term, channel), bin, g, w);
    return i32.MIN_VALUE;
  }
  const width = (<usize>term.width) << 3;
  if (task.mode == TensorMode.backward) contractGaussian(term, channelAt(task, term, channel), bin, g, task.scratch);
  else storeProfile(term, bin, g, task.scratch, task.scratch + width);
  return bin;
}

/** One component of the derivative by a displacement, of what was emitted last: those of the weight, and of the place times the weight. */
export function emitComponent(task: TensorTask, term: TensorTerm, channel: i32, bin: i32, center: i32, pair: i32, axis: i32, byWeight: f64, byPlace: f64): void {
  const scratch = task.scratch;
  if (task.mode == TensorMode.backward) {
    const at = task.pairs + ((<usize>(3 * pair + axis)) << 3);
    store<f64>(at, load<f64>(at) + byWeight * load<f64>(scratch) + byPlace * load<f64>(scratch, 8));
    return;
  }
  const environments = changetype<Environments>(task.environments);
  const rowsOfPairs = task.rowsOfPairs;
  const row = rowsOfPairs ? load<i32>(rowsOfPairs + ((<usize>pair) << 2)) : pair - load<i32>(environments.offsets);
  addBins(task, term, channel, bin, task.rows, 3 * row + axis, byWeight, byPlace);
  if (task.rowsOfCenters) addBins(task, term, channel, bin, task.rows, 3 * load<i32>(task.rowsOfCenters + ((<usize>center) << 2)) + axis, -byWeight, -byPlace);
  if (!task.strain) return;
  const at = (<usize>pair) << 3;
  addStrain(task, term, channel, bin, 3 * axis, byWeight, byPlace, load<f64>(environments.dx + at));
  addStrain(task, term, channel, bin, 3 * axis + 1, byWeight, byPlace, load<f64>(environments.dy + at));
  addStrain(task, term, channel, bin, 3 * axis + 2, byWeight, byPlace, load<f64>(environments.dz + at));
}

// @ts-ignore: decorator
@inline
function addStrain(task: TensorTask, term: TensorTerm, channel: i32, bin: i32, slot: i32, byWeight: f64, byPlace: f64, d: f64): void {
  addBins(task, term, channel, bin, task.strain, slot, byWeight * d, byPlace * d);
}

/** Adds the profile in the scratch and its derivative to the bins of a row that exist. */
function addBins(task: TensorTask, term: TensorTerm, channel: i32, bin: i32, rows: usize, row: i32, byWeight: f64, byPlace: f64): void {
  const first = max(0, bin - term.reach);
  const last = min(term.nBins, bin + term.reach + 1);
  if (first >= last) return;
  let values = task.scratch + ((<usize>(first - bin + term.reach)) << 3);
  let slopes = values + ((<usize>term.width) << 3);
  let target = rows + ((<usize>row * task.rowLength + channel * term.nBins + first) << 3);
  const end = target + ((<usize>(last - first)) << 3);
  if (ASC_FEATURE_SIMD) {
    const a = f64x2.splat(byWeight);
    const b = f64x2.splat(byPlace);
    for (; target + 16 <= end; target += 16, values += 16, slopes += 16) {
      v128.store(target, madd(a, v128.load(values), madd(b, v128.load(slopes), v128.load(target))));
    }
  }
  for (; target < end; target += 8, values += 8, slopes += 8) {
    store<f64>(target, load<f64>(target) + byPlace * load<f64>(slopes) + byWeight * load<f64>(values));
  }
}
