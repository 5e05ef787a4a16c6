// The terms k = 3: a Gaussian for each angle of three atoms.
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { pairIndex } from "./pairs";
import { beginRow, emit, emitComponent, endRow, listOffset, TensorTask } from "./task";
import { TensorTerm, TensorWeighting } from "./term";
import { differentiateTriplet, placeTriplet, Triplet } from "./weights";

/** Leaves the last word on legs as long as the range to `placeTriplet`, whose lengths are rounded otherwise. */
const ABOVE: f64 = 1 + 1e-12;

/**
 * Values, gradients or Jacobian of a term of triplets, see `TensorTask`. Of a whole structure each atom is the middle of the angles between its
 * neighbors. The center of a local tensor is a species of its own: in the middle, and at the end of the angles at its neighbors.
 */
export function tensorTriplets(pointer: usize): i32 {
  const task = changetype<TensorTask>(pointer);
  const term = changetype<TensorTerm>(task.term);
  if (task.nCenters < 0 || term.width < 2 || term.nIntervals < 1) return INVALID_ARGUMENT;
  if (!term.isLocal) beginRow(task, 0);
  for (let center = 0; center < task.nCenters; center++) {
    if (term.isLocal) beginRow(task, center);
    if (term.isLocal) anglesWith(task, term, center);
    else anglesAt(task, term, center);
    if (term.isLocal) endRow(task, center);
  }
  if (!term.isLocal) endRow(task, 0);
  return OK;
}

/** The angles of a whole structure at one of its atoms. */
function anglesAt(task: TensorTask, term: TensorTerm, center: i32): void {
  const environments = changetype<Environments>(task.environments);
  const list = task.scratch + listOffset(term);
  const n = near(environments, term, center, list);
  const nSpecies = term.nSpecies;
  const species = load<i32>(environments.centerSpecies + ((<usize>center) << 2));
  const ofMiddle = (species * nSpecies * (nSpecies + 1)) >> 1;
  for (let p = 0; p < n; p++) {
    const j = load<i32>(list + ((<usize>p) << 2));
    const speciesOfJ = load<i32>(environments.neighborSpecies + ((<usize>j) << 2));
    for (let q = p + 1; q < n; q++) {
      const k = load<i32>(list + ((<usize>q) << 2));
      const speciesOfK = load<i32>(environments.neighborSpecies + ((<usize>k) << 2));
      inMiddle(task, term, environments, center, j, k, ofMiddle + pairIndex(speciesOfJ, speciesOfK, nSpecies));
    }
  }
}

/**
 * The angles that a center of its own takes part in. The legs of a smooth cutoff end at its range, the list at twice that, where the far ends of
 * angles at neighbors are: of most pairs of the list neither is near enough to be a middle, and these are never looked at.
 */
function anglesWith(task: TensorTask, term: TensorTerm, center: i32): void {
  const environments = changetype<Environments>(task.environments);
  const list = task.scratch + listOffset(term);
  const n = near(environments, term, center, list);
  const inner = list + ((<usize>n) << 2);
  const nInner = middles(environments, term, list, n, inner);
  const nKinds = term.nSpecies + 1;
  const ofEnds = (nKinds * (nKinds + 1)) >> 1;
  let passed = 0;
  for (let p = 0; p < n; p++) {
    const j = load<i32>(list + ((<usize>p) << 2));
    const speciesOfJ = load<i32>(environments.neighborSpecies + ((<usize>j) << 2));
    const isMiddle = isAt(inner, passed, nInner, p);
    if (isMiddle) passed++;
    let next = passed;
    for (let q = isMiddle ? p + 1 : positionAt(inner, next, nInner, n); q < n; q = isMiddle ? q + 1 : positionAt(inner, next, nInner, n)) {
      const k = load<i32>(list + ((<usize>q) << 2));
      const speciesOfK = load<i32>(environments.neighborSpecies + ((<usize>k) << 2));
      const isOtherMiddle = isAt(inner, next, nInner, q);
      if (isOtherMiddle) next++;
      if (isMiddle && isOtherMiddle) inMiddle(task, term, environments, center, j, k, pairIndex(1 + speciesOfJ, 1 + speciesOfK, nKinds));
      if (isMiddle) atEnd(task, term, environments, center, j, k, ofEnds + speciesOfJ * nKinds + 1 + speciesOfK);
      if (isOtherMiddle) atEnd(task, term, environments, center, k, j, ofEnds + speciesOfK * nKinds + 1 + speciesOfJ);
    }
  }
}

/** Lists the positions in the list of those that can be the middle of an angle. */
function middles(environments: Environments, term: TensorTerm, list: usize, n: i32, out: usize): i32 {
  let count = 0;
  for (let p = 0; p < n; p++) {
    const pair = load<i32>(list + ((<usize>p) << 2));
    if (term.weighting == TensorWeighting.smoothCutoff && load<f64>(environments.distances + ((<usize>pair) << 3)) > term.range * ABOVE) continue;
    store<i32>(out + ((<usize>count) << 2), p);
    count++;
  }
  return count;
}

/** Whether position p is the one at `index` of the middles. */
// @ts-ignore: decorator
@inline
function isAt(inner: usize, index: i32, count: i32, p: i32): bool {
  return index < count && load<i32>(inner + ((<usize>index) << 2)) == p;
}

/** The position at `index` of the middles, or `end`. */
// @ts-ignore: decorator
@inline
function positionAt(inner: usize, index: i32, count: i32, end: i32): i32 {
  return index < count ? load<i32>(inner + ((<usize>index) << 2)) : end;
}

/** Lists the pairs of a center that can be legs of a triplet. */
function near(environments: Environments, term: TensorTerm, center: i32, list: usize): i32 {
  const end = load<i32>(environments.offsets + ((<usize>center + 1) << 2));
  let n = 0;
  for (let pair = load<i32>(environments.offsets + ((<usize>center) << 2)); pair < end; pair++) {
    if (load<f64>(environments.distances + ((<usize>pair) << 3)) > term.legs) continue;
    store<i32>(list + ((<usize>n) << 2), pair);
    n++;
  }
  return n;
}

/** Where the triplet at hand stands in the scratch. */
// @ts-ignore: decorator
@inline
function tripletOf(task: TensorTask, term: TensorTerm): Triplet {
  return changetype<Triplet>(task.scratch + ((<usize>(2 * term.width)) << 3));
}

/** The angle at the center. */
function inMiddle(task: TensorTask, term: TensorTerm, environments: Environments, center: i32, j: i32, k: i32, channel: i32): void {
  const t = tripletOf(task, term);
  const atJ = (<usize>j) << 3;
  const atK = (<usize>k) << 3;
  t.ax = load<f64>(environments.dx + atJ);
  t.ay = load<f64>(environments.dy + atJ);
  t.az = load<f64>(environments.dz + atJ);
  t.bx = load<f64>(environments.dx + atK);
  t.by = load<f64>(environments.dy + atK);
  t.bz = load<f64>(environments.dz + atK);
  if (!placeTriplet(term, t)) return;
  const bin = emit(task, term, channel, t.g, t.w);
  if (bin == i32.MIN_VALUE) return;
  differentiateTriplet(term, t);
  emitBoth(task, term, t, channel, bin, center, j, k);
}

/** The angle at neighbor j between the center and neighbor k. */
function atEnd(task: TensorTask, term: TensorTerm, environments: Environments, center: i32, j: i32, k: i32, channel: i32): void {
  const t = tripletOf(task, term);
  const atJ = (<usize>j) << 3;
  const atK = (<usize>k) << 3;
  t.ax = -load<f64>(environments.dx + atJ);
  t.ay = -load<f64>(environments.dy + atJ);
  t.az = -load<f64>(environments.dz + atJ);
  t.bx = load<f64>(environments.dx + atK) + t.ax;
  t.by = load<f64>(environments.dy + atK) + t.ay;
  t.bz = load<f64>(environments.dz + atK) + t.az;
  if (!placeTriplet(term, t)) return;
  const bin = emit(task, term, channel, t.g, t.w);
  if (bin == i32.MIN_VALUE) return;
  differentiateTriplet(term, t);
  // a = −d_j, b = d_k − d_j
  t.gax = -t.gax - t.gbx;
  t.gay = -t.gay - t.gby;
  t.gaz = -t.gaz - t.gbz;
  t.wax = -t.wax - t.wbx;
  t.way = -t.way - t.wby;
  t.waz = -t.waz - t.wbz;
  emitBoth(task, term, t, channel, bin, center, j, k);
}

/** The derivatives by the displacements to j (those by a) and k (by b). */
function emitBoth(task: TensorTask, term: TensorTerm, t: Triplet, channel: i32, bin: i32, center: i32, j: i32, k: i32): void {
  const w = t.w;
  emitComponent(task, term, channel, bin, center, j, 0, t.wax, w * t.gax);
  emitComponent(task, term, channel, bin, center, j, 1, t.way, w * t.gay);
  emitComponent(task, term, channel, bin, center, j, 2, t.waz, w * t.gaz);
  emitComponent(task, term, channel, bin, center, k, 0, t.wbx, w * t.gbx);
  emitComponent(task, term, channel, bin, center, k, 1, t.wby, w * t.gby);
  emitComponent(task, term, channel, bin, center, k, 2, t.wbz, w * t.gbz);
}
