// Triplets of a center with two neighbors j, k: a row (r_ij + r_ik, (r_ij − r_ik)², r_jk), then the weight f(r_ij) f(r_ik). Every unordered
// triplet is one row with two entries: the pair to the atom of the first species, and the pair to that of the second.
// environments: an Environments record, tables: an AngleTables, capacity: neighbors of any center, at most; scratch: two lists of that many.
import { broadcast, lanes, minus, plus, times, timesPlus } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { AngleTables, TripletColumn, columnOf, gatherNeighbors, isCenter, isNeighbor, isOneList } from "./neighbors";
import { atLeast, dividedBy, loadColumn, ROW_BYTES, squareRoot, storeRows, sumOfLanes } from "./rows";

/** Å: neighbors that are closer to each other have no direction. */
const SHORTEST: f64 = 1e-9;

/** ofCenters: i32 [nCenters + 1], the first row of every center, written */
export function angleRowCount(nCenters: i32, environments: usize, tables: usize, ofCenters: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AngleTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  let row = 0;
  for (let center = 0; center < nCenters; center++) {
    store<i32>(ofCenters + (<usize>center << 2), row);
    if (!isCenter(batch, parameters, center)) continue;
    const a = countNeighbors(batch, parameters, center, parameters.first);
    row += isOneList(parameters) ? (a * (a - 1)) / 2 : a * countNeighbors(batch, parameters, center, parameters.second);
  }
  store<i32>(ofCenters + (<usize>nCenters << 2), row);
  return OK;
}

function countNeighbors(batch: Environments, tables: AngleTables, center: i32, wanted: i32): i32 {
  const offsets = batch.offsets + (<usize>center << 2);
  const end = load<i32>(offsets, 4);
  let count = 0;
  for (let pair = load<i32>(offsets); pair < end; pair++) count += i32(isNeighbor(batch, tables, pair, wanted));
  return count;
}

/** offsets: i32 [nRows + 1], pairs: i32 [2 nRows], written */
export function angleRows(nCenters: i32, environments: usize, tables: usize, capacity: i32, offsets: usize, pairs: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AngleTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const second = secondList(parameters, capacity, scratch);
  let entry: usize = 0;
  for (let center = 0; center < nCenters; center++) {
    const nFirst = gatherFirst(center, batch, parameters, capacity, scratch);
    const nSecond = nFirst ? gatherSecond(center, batch, parameters, capacity, nFirst, scratch) : 0;
    for (let p = 0; p < nFirst; p++) {
      for (let q = partnerOf(parameters, p); q < nSecond; q++) {
        store<i32>(offsets + (entry << 1), <i32>entry);
        store<i32>(pairs + (entry << 2), pairOf(scratch, capacity, p));
        store<i32>(pairs + (entry << 2), pairOf(second, capacity, q), 4);
        entry += 2;
      }
    }
  }
  store<i32>(offsets + (entry << 1), <i32>entry);
  return OK;
}

/** out: f64 [nRows][4] */
export function angleValues(nCenters: i32, environments: usize, tables: usize, capacity: i32, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AngleTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  for (let center = 0; center < nCenters; center++) {
    const nFirst = gatherFirst(center, batch, parameters, capacity, scratch);
    const nSecond = nFirst ? gatherSecond(center, batch, parameters, capacity, nFirst, scratch) : 0;
    if (ASC_FEATURE_SIMD) out = valuesOfCenter<v128>(nFirst, nSecond, parameters, capacity, out, scratch);
    else out = valuesOfCenter<f64>(nFirst, nSecond, parameters, capacity, out, scratch);
  }
  return OK;
}

/** out: f64 [2 nRows][3][4] */
export function angleJacobian(nCenters: i32, environments: usize, tables: usize, capacity: i32, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AngleTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const second = secondList(parameters, capacity, scratch);
  for (let center = 0; center < nCenters; center++) {
    const nFirst = gatherFirst(center, batch, parameters, capacity, scratch);
    const nSecond = nFirst ? gatherSecond(center, batch, parameters, capacity, nFirst, scratch) : 0;
    for (let p = 0; p < nFirst; p++) {
      const at = scratch + (<usize>p << 3);
      for (let q = partnerOf(parameters, p); q < nSecond; q++) {
        const other = second + (<usize>q << 3);
        entryOf(capacity, at, other, out);
        entryOf(capacity, other, at, out + 3 * ROW_BYTES);
        out += 6 * ROW_BYTES;
      }
    }
  }
  return OK;
}

/** gradients: f64 [nRows][4]; out: f64 [nPairs][3], written for all pairs */
export function angleBackward(nCenters: i32, environments: usize, tables: usize, capacity: i32, gradients: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AngleTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const firstPair = load<i32>(batch.offsets);
  memory.fill(out, 0, <usize>(load<i32>(batch.offsets + (<usize>nCenters << 2)) - firstPair) * 24);
  out -= <usize>firstPair * 24;
  for (let center = 0; center < nCenters; center++) {
    const nFirst = gatherFirst(center, batch, parameters, capacity, scratch);
    const nSecond = nFirst ? gatherSecond(center, batch, parameters, capacity, nFirst, scratch) : 0;
    if (ASC_FEATURE_SIMD) gradients = backwardOfCenter<v128>(nFirst, nSecond, parameters, capacity, gradients, scratch);
    else gradients = backwardOfCenter<f64>(nFirst, nSecond, parameters, capacity, gradients, scratch);
    storeForces(nFirst, capacity, scratch, out);
    if (!isOneList(parameters)) storeForces(nSecond, capacity, secondList(parameters, capacity, scratch), out);
  }
  return OK;
}

/** The second list; the first one where both neighbors come from it. */
// @ts-ignore: decorator
@inline
function secondList(tables: AngleTables, capacity: i32, scratch: usize): usize {
  return isOneList(tables) ? scratch : columnOf(scratch, capacity, TripletColumn.count);
}

/** Position in the second list of the first partner of neighbor p. */
// @ts-ignore: decorator
@inline
function partnerOf(tables: AngleTables, p: i32): i32 {
  return isOneList(tables) ? p + 1 : 0;
}

// @ts-ignore: decorator
@inline
function pairOf(list: usize, capacity: i32, index: i32): i32 {
  return load<i32>(columnOf(list, capacity, TripletColumn.pair) + (<usize>index << 3));
}

function gatherFirst(center: i32, batch: Environments, tables: AngleTables, capacity: i32, scratch: usize): i32 {
  return isCenter(batch, tables, center) ? gatherNeighbors(batch, tables, center, tables.first, capacity, scratch) : 0;
}

function gatherSecond(center: i32, batch: Environments, tables: AngleTables, capacity: i32, nFirst: i32, scratch: usize): i32 {
  if (isOneList(tables)) return nFirst;
  return gatherNeighbors(batch, tables, center, tables.second, capacity, secondList(tables, capacity, scratch));
}

/** Returns where the rows end. */
function valuesOfCenter<T>(nFirst: i32, nSecond: i32, tables: AngleTables, capacity: i32, out: usize, scratch: usize): usize {
  const second = secondList(tables, capacity, scratch);
  for (let p = 0; p < nFirst; p++) {
    const at = scratch + (<usize>p << 3);
    let q = partnerOf(tables, p);
    for (; q + lanes<T>() <= nSecond; q += lanes<T>(), out += ROW_BYTES * <usize>lanes<T>()) rowsOf<T>(capacity, at, second + (<usize>q << 3), out);
    for (; q < nSecond; q++, out += ROW_BYTES) rowsOf<f64>(capacity, at, second + (<usize>q << 3), out);
  }
  return out;
}

/** Rows of one neighbor with the next ones of the other list, as many as lanes. */
// @ts-ignore: decorator
@inline
function rowsOf<T>(capacity: i32, at: usize, others: usize, out: usize): void {
  const r = broadcast<T>(load<f64>(at));
  const distance = load<T>(others);
  const difference = minus<T>(r, distance);
  const weight = times<T>(broadcast<T>(load<f64>(columnOf(at, capacity, TripletColumn.weight))), load<T>(columnOf(others, capacity, TripletColumn.weight)));
  storeRows<T>(out, plus<T>(r, distance), times<T>(difference, difference), separation<T>(capacity, at, others), weight);
}

/** r_jk */
// @ts-ignore: decorator
@inline
function separation<T>(capacity: i32, at: usize, others: usize): T {
  const x = component<T>(capacity, at, others, TripletColumn.x), y = component<T>(capacity, at, others, TripletColumn.y), z = component<T>(capacity, at, others, TripletColumn.z);
  return squareRoot<T>(timesPlus<T>(x, x, timesPlus<T>(y, y, times<T>(z, z))));
}

/** From the neighbor to the others. */
// @ts-ignore: decorator
@inline
function component<T>(capacity: i32, at: usize, others: usize, column: i32): T {
  return minus<T>(load<T>(columnOf(others, capacity, column)), broadcast<T>(load<f64>(columnOf(at, capacity, column))));
}

/** Derivatives of one row by the displacement of one of its neighbors: [3][4]. */
function entryOf(capacity: i32, own: usize, other: usize, out: usize): void {
  const difference = 2 * (load<f64>(own) - load<f64>(other));
  const inverse = 1 / max(separation<f64>(capacity, own, other), SHORTEST);
  const slope = load<f64>(columnOf(own, capacity, TripletColumn.slope)) * load<f64>(columnOf(other, capacity, TripletColumn.weight));
  for (let axis = 0; axis < 3; axis++) {
    const unit = load<f64>(columnOf(own, capacity, TripletColumn.unit + axis));
    const away = -component<f64>(capacity, own, other, TripletColumn.x + axis) * inverse;
    storeRows<f64>(out, unit, difference * unit, away, slope * unit);
    out += ROW_BYTES;
  }
}

/** Adds to the forces of both lists; returns where the gradients end. */
function backwardOfCenter<T>(nFirst: i32, nSecond: i32, tables: AngleTables, capacity: i32, gradients: usize, scratch: usize): usize {
  const second = secondList(tables, capacity, scratch);
  const zero = broadcast<T>(0);
  for (let p = 0; p < nFirst; p++) {
    const at = scratch + (<usize>p << 3);
    let q = partnerOf(tables, p);
    // along the neighbor's own direction, and towards the others
    let radial = zero, x = zero, y = zero, z = zero;
    for (; q + lanes<T>() <= nSecond; q += lanes<T>(), gradients += ROW_BYTES * <usize>lanes<T>()) {
      const others = second + (<usize>q << 3);
      const pull = dividedBy<T>(loadColumn<T>(gradients, 2), atLeast<T>(separation<T>(capacity, at, others), broadcast<T>(SHORTEST)));
      radial = plus<T>(radial, pushOthers<T>(capacity, at, others, gradients, pull));
      x = timesPlus<T>(pull, component<T>(capacity, at, others, TripletColumn.x), x);
      y = timesPlus<T>(pull, component<T>(capacity, at, others, TripletColumn.y), y);
      z = timesPlus<T>(pull, component<T>(capacity, at, others, TripletColumn.z), z);
    }
    let along = sumOfLanes<T>(radial), fx = sumOfLanes<T>(x), fy = sumOfLanes<T>(y), fz = sumOfLanes<T>(z);
    for (; q < nSecond; q++, gradients += ROW_BYTES) {
      const others = second + (<usize>q << 3);
      const pull = loadColumn<f64>(gradients, 2) / max(separation<f64>(capacity, at, others), SHORTEST);
      along += pushOthers<f64>(capacity, at, others, gradients, pull);
      fx += pull * component<f64>(capacity, at, others, TripletColumn.x);
      fy += pull * component<f64>(capacity, at, others, TripletColumn.y);
      fz += pull * component<f64>(capacity, at, others, TripletColumn.z);
    }
    addForce(capacity, at, 0, along, fx);
    addForce(capacity, at, 1, along, fy);
    addForce(capacity, at, 2, along, fz);
  }
  return gradients;
}

/** Forces of the others; returns that of the neighbor along its own direction. `pull`: ∂E/∂r_jk by r_jk. */
// @ts-ignore: decorator
@inline
function pushOthers<T>(capacity: i32, at: usize, others: usize, gradients: usize, pull: T): T {
  const difference = minus<T>(broadcast<T>(load<f64>(at)), load<T>(others));
  const bySum = loadColumn<T>(gradients, 0), byWeight = loadColumn<T>(gradients, 3);
  const byDifference = times<T>(broadcast<T>(2), times<T>(difference, loadColumn<T>(gradients, 1)));
  const weight = broadcast<T>(load<f64>(columnOf(at, capacity, TripletColumn.weight)));
  const slope = broadcast<T>(load<f64>(columnOf(at, capacity, TripletColumn.slope)));
  const ofOthers = timesPlus<T>(byWeight, times<T>(weight, load<T>(columnOf(others, capacity, TripletColumn.slope))), minus<T>(bySum, byDifference));
  for (let axis = 0; axis < 3; axis++) {
    const force = columnOf(others, capacity, TripletColumn.force + axis);
    const along = timesPlus<T>(ofOthers, load<T>(columnOf(others, capacity, TripletColumn.unit + axis)), load<T>(force));
    store<T>(force, timesPlus<T>(pull, component<T>(capacity, at, others, TripletColumn.x + axis), along));
  }
  return timesPlus<T>(byWeight, times<T>(slope, load<T>(columnOf(others, capacity, TripletColumn.weight))), plus<T>(bySum, byDifference));
}

// @ts-ignore: decorator
@inline
function addForce(capacity: i32, at: usize, axis: i32, along: f64, towards: f64): void {
  const force = columnOf(at, capacity, TripletColumn.force + axis);
  store<f64>(force, load<f64>(force) + along * load<f64>(columnOf(at, capacity, TripletColumn.unit + axis)) - towards);
}

function storeForces(count: i32, capacity: i32, list: usize, out: usize): void {
  for (let index = 0; index < count; index++) {
    const to = out + <usize>pairOf(list, capacity, index) * 24;
    const from = columnOf(list, capacity, TripletColumn.force) + (<usize>index << 3);
    const step = <usize>capacity << 3;
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from + step), 8);
    store<f64>(to, load<f64>(from + 2 * step), 16);
  }
}
