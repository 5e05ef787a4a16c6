// The terms k = 2: a Gaussian for each pair of atoms.
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { beginRow, emit, emitComponent, endRow, TensorTask } from "./task";
import { TensorTerm } from "./term";
import { pairPlace, pairPlaceSlope, pairWeight, pairWeightSlope } from "./weights";

/** Where (i, j), i ≤ j, stands among the pairs of n. */
// @ts-ignore: decorator
@inline
export function pairIndex(i: i32, j: i32, n: i32): i32 {
  const low = min(i, j);
  return max(i, j) + low * n - ((low * (low + 1)) >> 1);
}

/** Values, gradients or Jacobian of a term of pairs, see `TensorTask`. Whole structures meet each pair from both ends, with half the weight. */
export function tensorPairs(pointer: usize): i32 {
  const task = changetype<TensorTask>(pointer);
  const term = changetype<TensorTerm>(task.term);
  const environments = changetype<Environments>(task.environments);
  if (task.nCenters < 0 || term.width < 2 || term.nIntervals < 1) return INVALID_ARGUMENT;
  if (!term.isLocal) beginRow(task, 0);
  for (let center = 0; center < task.nCenters; center++) {
    if (term.isLocal) beginRow(task, center);
    const end = load<i32>(environments.offsets + ((<usize>center + 1) << 2));
    const species = load<i32>(environments.centerSpecies + ((<usize>center) << 2));
    for (let pair = load<i32>(environments.offsets + ((<usize>center) << 2)); pair < end; pair++) {
      const r = load<f64>(environments.distances + ((<usize>pair) << 3));
      if (r > term.range) continue;
      const other = load<i32>(environments.neighborSpecies + ((<usize>pair) << 2));
      const channel = term.isLocal ? 1 + other : pairIndex(species, other, term.nSpecies);
      const share: f64 = term.isLocal ? 1 : 0.5;
      const w = share * pairWeight(term, r);
      const bin = emit(task, term, channel, pairPlace(term, r), w);
      if (bin == i32.MIN_VALUE) continue;
      const byWeight = pairWeightSlope(term, r, w / share) * share / r;
      const byPlace = (w * pairPlaceSlope(term, r)) / r;
      const at = (<usize>pair) << 3;
      const x = load<f64>(environments.dx + at);
      const y = load<f64>(environments.dy + at);
      const z = load<f64>(environments.dz + at);
      emitComponent(task, term, channel, bin, center, pair, 0, byWeight * x, byPlace * x);
      emitComponent(task, term, channel, bin, center, pair, 1, byWeight * y, byPlace * y);
      emitComponent(task, term, channel, bin, center, pair, 2, byWeight * z, byPlace * z);
    }
    if (term.isLocal) endRow(task, center);
  }
  if (!term.isLocal) endRow(task, 0);
  return OK;
}
