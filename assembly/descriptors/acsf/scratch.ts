// Where routines of symmetry functions keep what they know of one center: rows over its neighbors, rows over the triplets of a block.
import { bytesOf } from "../../records";
import { AcsfTables } from "./tables";

/** How triplets are processed together. */
export const enum TripletBlock {
  size = 64,
  /** bytes of one number of every triplet, with room for a pair of lanes behind */
  rowBytes = 528,
  /** the most pairs of species in a block */
  segments = 32,
}
export const BLOCK: i32 = TripletBlock.size;
export const ROW: usize = TripletBlock.rowBytes;

/** Neighbors of one species in the rows over neighbors: those with triplets first; at least one place behind is empty. */
@unmanaged
export class Bucket {
  start: i32;
  size: i32;
  near: i32;
  count: i32;
}

/** How far a block is filled: triplets within the narrow radius, or all, from below, others from above. */
@unmanaged
export class BlockState {
  left: i32;
  right: i32;
  nSegments: i32;
  /** where the triplets of the pair of species that is placed begin */
  start: i32;
}

/** Triplets of a block that are of one pair of species: first … end − 1, `first` is even. */
@unmanaged
export class TripletSegment {
  first: i32;
  end: i32;
  /** SpeciesPair */
  pair: usize;
}

/** Rows over the triplets of a block. */
export const enum BlockRow {
  /** u32 [2]: eight times the places of the neighbors */
  indices,
  /** square of the distance between the neighbors, and the product of their displacements */
  square,
  dot,
  /** of all neighbors that triplets are chosen from */
  candidateSquare,
  candidateDot,
  /** between the neighbors, where squares are not enough; 1 over it, where derivatives are asked for */
  distance,
  inverse,
  cosine,
  // of the legs: f(r_ij) f(r_ik), 1/(r_ij r_ik)
  joint,
  inverses,
  /** f′(r_ij)/r_ij f(r_ik), f(r_ij) f′(r_ik)/r_ik */
  firstSlope,
  secondSlope,
  /** 1/r_ij², 1/r_ik² */
  firstInverse,
  secondInverse,
  /** cutoff function of the distance between the neighbors, and its derivative over the distance */
  cutoff,
  cutoffSlope,
  /** the Gaussian whose powers are asked for */
  gaussian,
  /** Gaussian and cutoff function of the distance between the neighbors, and its derivative over the distance */
  narrow,
  narrowSlope,
  /** radial factor, or sums over functions */
  a,
  b,
  /** sums over factors of the same legs: of a, of its derivative by the squares of distances, and of b */
  sum,
  sumSlope,
  sumAngle,
  /** derivatives by r_ij and r_ik over them, by cos θ, and by the distance between the neighbors over it */
  first,
  second,
  angle,
  between,
  count,
}

/** Rows over neighbors; terms stand behind them. */
export const enum NeighborRow {
  /** i32 */
  pair,
  x,
  y,
  z,
  distance,
  inverse,
  inverseSquare,
  cutoff,
  /** its derivative over the distance */
  cutoffSlope,
  gaussian,
  count,
}

// @ts-ignore: decorator
@inline
export function neighborRow(tables: AcsfTables, capacity: i32, row: i32, scratch: usize): usize {
  return scratch + tables.neighborsAt + (<usize>(row * capacity) << 3);
}

/** Rows over all neighbors of a term, or of its derivative over the distance. */
// @ts-ignore: decorator
@inline
export function termRow(tables: AcsfTables, capacity: i32, derivatives: i32, term: i32, scratch: usize): usize {
  return neighborRow(tables, capacity, NeighborRow.count + derivatives * tables.maxTerms + term, scratch);
}

/** Four f64 of every neighbor: what multiplies its displacement, then a vector. */
// @ts-ignore: decorator
@inline
export function pulls(tables: AcsfTables, capacity: i32, scratch: usize): usize {
  return neighborRow(tables, capacity, NeighborRow.count + 2 * tables.maxTerms, scratch);
}

/** Four f64 of every neighbor: 1 and its displacement. */
// @ts-ignore: decorator
@inline
export function arms(tables: AcsfTables, capacity: i32, scratch: usize): usize {
  return pulls(tables, capacity, scratch) + (<usize>capacity << 5);
}

/** Four f64 of every neighbor: f, 1/r, f′/r, 1/r². */
// @ts-ignore: decorator
@inline
export function legs(tables: AcsfTables, capacity: i32, number: i32, scratch: usize): usize {
  return arms(tables, capacity, scratch) + (<usize>((number + 1) * capacity) << 5);
}

/** Pulls for every slot: [neighbor][slot / lanes][4][lanes]. */
// @ts-ignore: decorator
@inline
export function slotPulls(tables: AcsfTables, capacity: i32, scratch: usize): usize {
  return legs(tables, capacity, tables.maxLegs, scratch);
}

// @ts-ignore: decorator
@inline
export function blockRow(tables: AcsfTables, row: i32, scratch: usize): usize {
  return scratch + tables.blockAt + <usize>row * ROW;
}

/** TripletSegment of every pair of species that has triplets in the block. */
// @ts-ignore: decorator
@inline
export function segmentsOf(tables: AcsfTables, scratch: usize): usize {
  return scratch + tables.stateAt + bytesOf<BlockState>();
}
