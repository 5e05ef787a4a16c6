// What the routines of cluster bases know of their parameters, and where they keep what they know of one center.

/** Neighbors that are computed together. */
export const enum ClusterChunk {
  slots = 32,
  /** bytes of one number of every slot */
  rowBytes = 256,
}
export const SLOTS: i32 = ClusterChunk.slots;
export const ROW: usize = ClusterChunk.rowBytes;

/** Rows over slots. */
export const enum ClusterRow {
  /** unit vector to the neighbor */
  x,
  y,
  z,
  distance,
  /** 1/r; 0 where there is no neighbor */
  inverse,
  cutoff,
  cutoffSlope,
  /** what comes back along the direction */
  radial,
  /** what comes back, a vector */
  resultX,
  resultY,
  resultZ,
  count,
}

/** One cluster basis; `stride`: N, even. */
@unmanaged
export class ClusterBasisTables {
  /** RadialBasis */
  radial: usize;
  body: i32;
  size: i32;
  stride: i32;
  /** column of its first function, and columns of a block: of one pair of species, or of all */
  firstFeature: i32;
  blockFeatures: i32;
  /** i32 [nDegrees] of the Legendre polynomials, and the largest */
  degrees: usize;
  nDegrees: i32;
  lMax: i32;
  /** densities of neighbors: of all, or of each species */
  nDensities: i32;
  /** blocks that a species of neighbors takes part in */
  nGroups: i32;
  /** f64 [center row] of factors: two-body [species][ν]; three-body [species][species], symmetric */
  weights: usize;
  /** bytes of a center row */
  weightBytes: usize;
  /** i32: block of columns, −1 none: two-body [center row][species]; three-body [species][group] */
  blocks: usize;
  /** rows of φ before those of this basis */
  firstRow: i32;
  /** bytes before the densities of a center in its state: f64 [density][lm][stride] */
  densitiesAt: usize;
  /** bytes before Σ φ_ν φ_μ: f64 [density][ν][stride] */
  selfAt: usize;
  /** bytes before densities of partners, f64 [group][lm][stride], and before their gradients, f64 [lm][stride], then f64 [ν][stride] */
  partnersAt: usize;
  adjointAt: usize;
  /** of the derivatives by parameters, where they begin among all; −1: there are none */
  alphaAt: i32;
  betaAt: i32;
  weightsAt: i32;
  /** 1/α, 1/β */
  inverseAlpha: f64;
  inverseBeta: f64;
}

@unmanaged
export class ClusterTables {
  /** r_c, Å */
  cutoff: f64;
  /** ClusterCutoffKind */
  cutoffKind: i32;
  nFeatures: i32;
  nParameters: i32;
  /** species that some basis tells apart; 1: neighbors are all alike, and so are centers */
  nSpecies: i32;
  nBases: i32;
  /** ClusterBasisTables [nBases] */
  bases: usize;
  /** largest degree of all bases; −1: there is no three-body basis */
  lMax: i32;
  harmonics: usize;
  /** bytes of the densities of one center */
  densityBytes: usize;
  /** offsets into the scratch: i32 [slots]; rows over slots: ClusterRow, φ, φ′ */
  slotPairAt: usize;
  geometryAt: usize;
  valuesAt: usize;
  slopesAt: usize;
  /** rows over slots: Y_lm, then gradients of r^l Y_lm; scratch of their recursions */
  harmonicsAt: usize;
  legendreAt: usize;
  sumsAt: usize;
  /** rows over slots [2][lm]: factors of Y and of its gradients */
  contractedAt: usize;
  /** f64 [slot][stride] of φ, and of its derivative */
  transposedAt: usize;
  transposed2At: usize;
  /** f64 [ν][stride] and rows over slots [ν]; of the Jacobian f64 [4][degree][stride] */
  productAt: usize;
  /** bytes of all self terms, which start here */
  selfAt: usize;
  selfBytes: usize;
  /** of several gradients, for each `memberBytes` */
  membersAt: usize;
  memberBytes: usize;
}

/** A row over slots of the geometry. */
// @ts-ignore: decorator
@inline
export function clusterRow(tables: ClusterTables, row: i32, scratch: usize): usize {
  return scratch + tables.geometryAt + <usize>row * ROW;
}

/** Which row of factors holds for a center: points in space come first, where species are told apart. */
// @ts-ignore: decorator
@inline
export function centerRow(tables: ClusterTables, species: i32): i32 {
  return tables.nSpecies == 1 ? 0 : species + 1;
}

/** Bytes of a row of a density. */
// @ts-ignore: decorator
@inline
export function strideBytes(basis: ClusterBasisTables): usize {
  return <usize>basis.stride << 3;
}

/** Bytes of one density. */
// @ts-ignore: decorator
@inline
export function densityBytes(basis: ClusterBasisTables): usize {
  return <usize>((basis.lMax + 1) * (basis.lMax + 1)) * strideBytes(basis);
}

/** Which density a neighbor belongs to. */
// @ts-ignore: decorator
@inline
export function densityOf(basis: ClusterBasisTables, species: i32): i32 {
  return basis.nDensities == 1 ? 0 : species;
}

/** The factors of a center. */
// @ts-ignore: decorator
@inline
export function weightsOf(basis: ClusterBasisTables, row: i32): usize {
  return basis.weights + <usize>row * basis.weightBytes;
}

/** Factor of two neighbors of a three-body basis. */
// @ts-ignore: decorator
@inline
export function pairWeight(tables: ClusterTables, basis: ClusterBasisTables, row: i32, first: i32, second: i32): f64 {
  return load<f64>(weightsOf(basis, row) + (<usize>(first * tables.nSpecies + second) << 3));
}
