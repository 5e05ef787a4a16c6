// Nearest rows of a block of points for a block of queries: products of short coordinates bound distances from below, and only where a bound
// is below the distances that are known already is the distance of the whole rows taken, by differences.
import { squaredDistance } from "../math/squared-distance";
import { INVALID_ARGUMENT, OK } from "../status";

/** Relative rounding of a bound from products, by far too large: a bound that is too low costs one distance, one that is too high a neighbor. */
const ROUNDING: f64 = 1e-12;

/** A block of queries with the nearest rows that are known of each, and a block of points to look among. */
@unmanaged
export class NearestBlock {
  /** f64 [nQueries × nFeatures] and f64 [nPoints × nFeatures] */
  queries: usize;
  points: usize;
  /** f64 [nQueries] and f64 [nPoints]: squares of the short coordinates, which bound those of the rows */
  querySquares: usize;
  pointSquares: usize;
  nQueries: i32;
  nPoints: i32;
  nFeatures: i32;
  /** Indices of the first query and of the first point: a row is no neighbor of itself. */
  firstQuery: i32;
  firstPoint: i32;
  /** Neighbors that are kept of each query. */
  k: i32;
  /** f64 [nQueries × k], squared distances, ascending, ∞ where none is known; lowered in place */
  squares: usize;
  /** i32 [nQueries × k]; of equal distances the lower index comes first */
  indices: usize;
  /** out: distances of whole rows that were taken, added to */
  taken: f64;
}

/** Whether (square, index) comes before the neighbor at position i. */
// @ts-ignore: decorator
@inline
function comesBefore(square: f64, index: i32, squares: usize, indices: usize, i: i32): bool {
  const other = load<f64>(squares + (<usize>i << 3));
  return square < other || (square == other && index < load<i32>(indices + (<usize>i << 2)));
}

/** Puts a neighbor into its place; the last one goes. */
function insert(square: f64, index: i32, squares: usize, indices: usize, k: i32): void {
  let i = k - 1;
  for (; i > 0 && comesBefore(square, index, squares, indices, i - 1); i--) {
    store<f64>(squares + (<usize>i << 3), load<f64>(squares + (<usize>(i - 1) << 3)));
    store<i32>(indices + (<usize>i << 2), load<i32>(indices + (<usize>(i - 1) << 2)));
  }
  store<f64>(squares + (<usize>i << 3), square);
  store<i32>(indices + (<usize>i << 2), index);
}

/** Looks for neighbors of query i; returns how many distances of whole rows were taken. */
function nearestOfQuery(i: i32, products: usize, block: NearestBlock): i32 {
  const k = block.k;
  const n = <usize>block.nFeatures;
  const index = block.firstQuery + i;
  const squares = block.squares + (<usize>(i * k) << 3);
  const indices = block.indices + (<usize>(i * k) << 2);
  const last = squares + (<usize>(k - 1) << 3);
  const query = block.queries + <usize>i * (n << 3);
  const own = load<f64>(block.querySquares + (<usize>i << 3));
  let taken = 0;
  for (let j = 0; j < block.nPoints; j++) {
    const both = own + load<f64>(block.pointSquares + (<usize>j << 3));
    const bound = both - 2 * load<f64>(products + (<usize>j << 3)) - ROUNDING * both;
    const other = block.firstPoint + j;
    if (bound > load<f64>(last) || index == other) continue;
    const square = squaredDistance(n, query, block.points + <usize>j * (n << 3));
    taken++;
    if (comesBefore(square, other, squares, indices, k - 1)) insert(square, other, squares, indices, k);
  }
  return taken;
}

/**
 * Lowers the nearest neighbors of some queries by a block of points. The result does not depend on the order of blocks.
 * @param products f64 [nQueries × nPoints], products of the short coordinates; block: NearestBlock
 */
export function nearestAmong(products: usize, block: usize): i32 {
  const all = changetype<NearestBlock>(block);
  if (all.nQueries < 0 || all.nPoints < 0 || all.nFeatures < 1 || all.k < 1) return INVALID_ARGUMENT;
  for (let i = 0; i < all.nQueries; i++) {
    all.taken += <f64>nearestOfQuery(i, products + (<usize>i * <usize>all.nPoints << 3), all);
  }
  return OK;
}
