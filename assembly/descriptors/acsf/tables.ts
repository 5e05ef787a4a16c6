// What the host writes once about a set of symmetry functions (`src/descriptors/acsf/tables.ts`) and every routine reads. A function of a
// pair is a sum of radial terms, one of a triplet a sum of products: angular factor (a power of 1 + λ cos θ) × radial factor. Terms, powers
// and radial factors that functions have in common stand here once.

/** How triplets are processed together. */
export const enum TripletBlock {
  size = 64,
  /** bytes of one number of every triplet, with room for a pair of lanes behind */
  rowBytes = 528,
}
export const BLOCK: i32 = TripletBlock.size;
export const ROW: usize = TripletBlock.rowBytes;

/** What multiplies the cutoff function in a radial term. */
export const enum TermKind {
  /** exp(−η (r − r_s)²) */
  gaussian,
  /** cos κr */
  cosine,
}

/** How a row of angular factors is made. */
export const enum AngularStepKind {
  one,
  /** max(0, 1 + λ cos θ), λ = `value` */
  base,
  /** of the rows `left` and `right` */
  product,
  /** row `left` to the power `value` */
  power,
}

/** Parameters, tables, and where the parts of the scratch are. */
@unmanaged
export class AcsfTables {
  nSpecies: i32;
  nFeatures: i32;
  /** the most terms of a channel */
  maxTerms: i32;
  /** the most slots of a channel, even */
  maxSlots: i32;
  /** i32 [nSpecies + 1]: the function set of centers of each species, then of centers that are no atoms; −1: no functions */
  setOfSpecies: usize;
  /** FunctionSet */
  sets: usize;
  /** CutoffFunction */
  cutoffs: usize;
  // offsets into the scratch
  /** Bucket [nSpecies] */
  bucketsAt: usize;
  /** Sums, or weighted gradients, of the functions of a pair of species: two f64 each */
  functionsAt: usize;
  /** rows over triplets: see `BlockRow` */
  blockAt: usize;
  /** rows of angular factors */
  angularAt: usize;
  /** one list of functions as [triplet][2][function]: angular factors, then derivatives */
  transposedAt: usize;
  /** rows over neighbors; as many as the routine is told */
  neighborsAt: usize;
}

/** Functions of centers of some species. */
@unmanaged
export class FunctionSet {
  /** Å: farther neighbors are in no triplet */
  angularRadius: f64;
  /** Channel [nSpecies] */
  channels: usize;
  /** SpeciesPair [nPairs] */
  pairs: usize;
  nPairs: i32;
}

/** Neighbors of one species. */
@unmanaged
export class Channel {
  nTerms: i32;
  nRadial: i32;
  nSlots: i32;
  /** Term [nTerms], ascending in the cutoff function */
  terms: usize;
  /** RadialFunction [nRadial] */
  radial: usize;
  /** TripletSlot [nSlots]: columns of the Jacobian of triplets, as `RadialFactor` counts them */
  slots: usize;
}

/** A function of the distance, used by functions of pairs and as a factor of those of triplets. */
@unmanaged
export class Term {
  /** a TermKind */
  kind: i32;
  /** position among the cutoff functions */
  cutoff: i32;
  /** η, 1/Å², or κ, 1/Å */
  factor: f64;
  /** r_s, Å */
  shift: f64;
  /** its Gaussian is this power of the last one that was computed; 0: it is computed */
  power: i32;
}

/** A feature that is `weight` times the sum of a term. */
@unmanaged
export class RadialFunction {
  term: i32;
  feature: i32;
  weight: f64;
}

/** Where a column of the Jacobian of triplets goes; feature −1: nowhere. */
@unmanaged
export class TripletSlot {
  feature: i32;
  weight: f64;
}

/** Triplets with neighbors of two species, first ≤ second. */
@unmanaged
export class SpeciesPair {
  /** Å: the largest cutoff radius of the distance between the neighbors */
  narrowRadius: f64;
  first: i32;
  second: i32;
  /** factors without the distance between the neighbors; they come first */
  nWide: i32;
  nNarrow: i32;
  nSteps: i32;
  nSlopeSteps: i32;
  nFunctions: i32;
  /** AngularStep [nSteps]: makes the angular factors */
  steps: usize;
  /** AngularStep [nSlopeSteps]: makes them with their derivatives */
  slopeSteps: usize;
  /** RadialFactor [nWide + nNarrow], narrow ones ascending in the cutoff function */
  factors: usize;
}

@unmanaged
export class AngularStep {
  /** an AngularStepKind */
  kind: i32;
  target: i32;
  left: i32;
  right: i32;
  value: f64;
}

/** A product of two terms and, if narrow, a Gaussian and a cutoff function of the distance between the neighbors. */
@unmanaged
export class RadialFactor {
  eta: f64;
  shift: f64;
  cutoff: i32;
  /** among the terms of the channel of the first neighbor */
  firstTerm: i32;
  secondTerm: i32;
  nFunctions: i32;
  /** position of its functions among those of the pair of species */
  firstFunction: i32;
  /** factors with the same number have the same angular factors */
  list: i32;
  /** its Gaussian of the distance between the neighbors is this power of the last one that was computed; 0: it is computed */
  power: i32;
  /** where its functions begin among the slots of the two channels */
  firstSlot: i32;
  secondSlot: i32;
  /** AngularFunction [nFunctions] */
  functions: usize;
}

@unmanaged
export class AngularFunction {
  /** row of the angular factor */
  row: i32;
  /** row that the derivative by cos θ is `slope` times of */
  slopeRow: i32;
  feature: i32;
  slope: f64;
  weight: f64;
}

/** Neighbors of one species in the rows over neighbors: those with triplets first; at least one place behind is empty. */
@unmanaged
export class Bucket {
  start: i32;
  size: i32;
  near: i32;
  count: i32;
}

/** Rows over the triplets of a block. */
export const enum BlockRow {
  /** u32 [2]: offsets of the neighbors in the rows of their buckets */
  indices,
  /** distance between the neighbors: its square until the block is full */
  distance,
  /** 1 over it, where derivatives are asked for */
  inverse,
  cosine,
  square,
  squareCosine,
  cutoff,
  cutoffSlope,
  /** exp(−η (r − r_s)²) of the distance between the neighbors */
  gaussian,
  /** radial factor of the distance between the neighbors, and its derivative over the distance */
  narrow,
  narrowSlope,
  /** radial factor, or sums over functions */
  a,
  b,
  /** ∂/∂r_ij, ∂/∂r_ik, ∂/∂cos θ, and what multiplies the vector between the neighbors */
  first,
  second,
  angle,
  between,
  /** 1 − cos θ r_ik/r_ij, 1 − cos θ r_ij/r_ik, 1/(r_ij r_ik) */
  firstRatio,
  secondRatio,
  inverses,
  count,
}

/** Rows over neighbors; terms stand behind them. */
export const enum NeighborRow {
  /** i32 */
  pair,
  x,
  y,
  z,
  unitX,
  unitY,
  unitZ,
  distance,
  inverse,
  cutoff,
  cutoffSlope,
  gaussian,
  count,
}

// @ts-ignore: decorator
@inline
export function neighborRow(tables: AcsfTables, capacity: i32, row: i32, scratch: usize): usize {
  return scratch + tables.neighborsAt + (<usize>(row * capacity) << 3);
}

/** Terms of all neighbors, or their derivatives: those of a bucket stand together. */
// @ts-ignore: decorator
@inline
export function termRows(tables: AcsfTables, capacity: i32, derivatives: i32, scratch: usize): usize {
  return neighborRow(tables, capacity, NeighborRow.count + derivatives * tables.maxTerms, scratch);
}

/** Rows of the terms of one bucket, `size` numbers each. */
// @ts-ignore: decorator
@inline
export function termsOf(tables: AcsfTables, capacity: i32, derivatives: i32, bucket: Bucket, scratch: usize): usize {
  return termRows(tables, capacity, derivatives, scratch) + (<usize>(bucket.start * tables.maxTerms) << 3);
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

/** Pulls for every slot: [neighbor][slot / lanes][4][lanes]. */
// @ts-ignore: decorator
@inline
export function slotPulls(tables: AcsfTables, capacity: i32, scratch: usize): usize {
  return arms(tables, capacity, scratch) + (<usize>capacity << 5);
}

// @ts-ignore: decorator
@inline
export function blockRow(tables: AcsfTables, row: i32, scratch: usize): usize {
  return scratch + tables.blockAt + <usize>row * ROW;
}
