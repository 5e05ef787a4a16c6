// What the host writes once about a set of symmetry functions (`src/descriptors/acsf/tables.ts`) and every routine reads. A function of a
// pair is a sum of radial terms, one of a triplet a sum of products: angular factor (a power of 1 + λ cos θ) × radial factor. Terms, powers
// and radial factors that functions have in common stand here once; so do pairs of species whose functions differ in their columns alone.

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
  /** the most legs of a set */
  maxLegs: i32;
  /** i32 [nSpecies + 1]: the function set of centers of each species, then of centers that are no atoms; −1: no functions */
  setOfSpecies: usize;
  /** FunctionSet */
  sets: usize;
  /** CutoffFunction */
  cutoffs: usize;
  // offsets into the scratch
  /** Bucket [nSpecies] */
  bucketsAt: usize;
  /** weighted gradients of the functions of a group: two f64 each */
  functionsAt: usize;
  /** BlockState, then TripletSegment [TripletBlock.segments] */
  stateAt: usize;
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
  /** SetCutoff [nCutoffs], ascending */
  cutoffs: usize;
  /** TripletGroup [nGroups] */
  groups: usize;
  nCutoffs: i32;
  nGroups: i32;
}

/** A cutoff function of distances from the center. */
@unmanaged
export class SetCutoff {
  /** position among the cutoff functions */
  cutoff: i32;
  /** number of the legs with it; −1: none */
  leg: i32;
}

/** Neighbors of one species. */
@unmanaged
export class Channel {
  nTerms: i32;
  nRadial: i32;
  nRuns: i32;
  nGaps: i32;
  /** 1: radial functions and runs have columns of their own; gaps are the rest */
  isDisjoint: i32;
  /** Term [nTerms], ascending in the cutoff function */
  terms: usize;
  /** RadialFunction [nRadial] */
  radial: usize;
  /** ColumnRun [nRuns]: where the slots go, the columns of the Jacobian of triplets as `PairFactor` counts them */
  runs: usize;
  /** ColumnRun [nGaps]: columns of functions that these neighbors have no part in */
  gaps: usize;
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

/** Columns side by side. */
@unmanaged
export class ColumnRun {
  feature: i32;
  count: i32;
  /** slot of the first; the others follow */
  slot: i32;
  /** f64 [count] */
  weights: usize;
}

/** A column and what its function is multiplied with. */
@unmanaged
export class Column {
  feature: i32;
  weight: f64;
}

/** Functions of triplets, the same for several pairs of species. */
@unmanaged
export class TripletGroup {
  /** Å: the largest cutoff radius of the distance between the neighbors */
  narrowRadius: f64;
  /** factors without the distance between the neighbors; they come first */
  nWide: i32;
  nNarrow: i32;
  nSteps: i32;
  nSlopeSteps: i32;
  nRunSteps: i32;
  nPairs: i32;
  /** number of the legs that cos θ is made of */
  leg: i32;
  /** 1: all factors have these legs */
  isOfLegs: i32;
  /** 1: squares of distances between neighbors are not enough */
  usesDistances: i32;
  /** AngularStep [nSteps]: makes the angular factors */
  steps: usize;
  /** AngularStep [nSlopeSteps]: makes them with their derivatives */
  slopeSteps: usize;
  /** AngularStep [nRunSteps]: makes the bases and powers of runs */
  runSteps: usize;
  /** RadialFactor [nWide + nNarrow], narrow ones ascending in the cutoff function, those without a shift first */
  factors: usize;
  /** SpeciesPair [nPairs] */
  pairs: usize;
}

/** Triplets with neighbors of two species, first ≤ second. */
@unmanaged
export class SpeciesPair {
  first: i32;
  second: i32;
  /** position of its functions among those of all pairs of the group */
  firstFunction: i32;
  /** Column of every function of the group */
  columns: usize;
  /** PairFactor of every factor of the group */
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

/**
 * What functions of triplets have beside the angular factor. Narrow and without a shift, it is the Gaussian of the sum of the squares of all three
 * distances and three cutoff functions, two of which are in the legs; else a product of two terms and, if narrow, a Gaussian and a cutoff function
 * of the distance between the neighbors.
 */
@unmanaged
export class RadialFactor {
  eta: f64;
  shift: f64;
  cutoff: i32;
  /** number of the legs; −1: of terms */
  leg: i32;
  nFunctions: i32;
  /** position of its functions among those of the group */
  firstFunction: i32;
  /** factors with the same number have the same angular factors */
  list: i32;
  /** its Gaussian is this power of the last one that was computed; 0: it is computed */
  power: i32;
  /** AngularFunction [nFunctions] */
  functions: usize;
  /** PowerRun [nRuns] */
  runs: usize;
  nRuns: i32;
}

/** Functions of a factor with the same λ, powers ζ of the same base, ζ descending: sums over them are polynomials for Horner's scheme. */
@unmanaged
export class PowerRun {
  /** row of the base, 1 + λ cos θ */
  base: i32;
  nFunctions: i32;
  /** i32 [nFunctions]: row of the power by which ζ − 1 is larger than that of the next function, or than 0 */
  rows: usize;
}

/** What a factor has of a pair of species. */
@unmanaged
export class PairFactor {
  /** among the terms of the channel of the first neighbor; −1: none */
  firstTerm: i32;
  secondTerm: i32;
  /** where its functions begin among the slots of the two channels */
  firstSlot: i32;
  secondSlot: i32;
}

@unmanaged
export class AngularFunction {
  /** row of the angular factor */
  row: i32;
  /** row that the derivative by cos θ is `slope` times of */
  slopeRow: i32;
  /** position among the functions of the factor, sorted by runs */
  rank: i32;
  slope: f64;
}
