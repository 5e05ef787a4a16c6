// What the host writes once about an atomic cluster expansion (`src/descriptors/ace/tables.ts`) and every routine reads. Sums over neighbors,
// [species][block][row][n], are real: Σ_j R_n(r_j) S_lm(r̂_j) with real harmonics, block by block of l; a last block without harmonics is the
// pair term. Basic functions A are complex and made of two sums each; products follow, then features are sums of real parts of products.

/** How neighbors are processed together. */
export const enum AceChunk {
  slots = 32,
  /** bytes of one number of every slot */
  rowBytes = 256,
  /** slots of a part of the Jacobian */
  jacobianSlots = 8,
}
export const SLOTS: i32 = AceChunk.slots;
export const ROW: usize = AceChunk.rowBytes;
export const JACOBIAN_SLOTS: i32 = AceChunk.jacobianSlots;

/** Rows over slots of the geometry: unit vector, distance and its inverse, then three for results. */
export const enum AceGeometryRow {
  x,
  y,
  z,
  distance,
  inverse,
  result,
  count = 8,
}

/** Polynomials of a transformed distance times an envelope, see `polynomials.ts`. */
@unmanaged
export class AcePolynomials {
  /** Å */
  cutoff: f64;
  /** agnesi: the inner cutoff, Å, one over the bond length from there, and the parameter a */
  start: f64;
  inverseLength: f64;
  a: f64;
  /** agnesi: of y − 1 in x + 1; inverse power: 1 + r0 */
  factor: f64;
  /** x at the inner cutoff and at the cutoff, and the sign of their difference */
  inner: f64;
  outer: f64;
  sign: f64;
  /** inverse square: 1 / r0, the smallest distance in bond lengths, and what is added: linear · ρ + constant */
  inverseBond: f64;
  smallest: f64;
  linear: f64;
  constant: f64;
  isAgnesi: i32;
  p: i32;
  q: i32;
  isInverseSquare: i32;
  innerPower: i32;
  outerPower: i32;
  size: i32;
  /** f64 [size][3]: a, b and c of the recursion */
  recursion: usize;
}

/** Radial functions of one neighbor species around one center species; many-body functions and pair term are polynomials or stand in the table. */
@unmanaged
export class AceRadial {
  /** Å: neighbors beyond it do not count */
  cutoff: f64;
  /** TableSegment [segments + 1] of all columns; 0: none are needed */
  table: usize;
  /** AcePolynomials, or 0 */
  manyBody: usize;
  pair: usize;
}

/** Sums with one l; behind those of all l up to the largest stands the pair term. */
@unmanaged
export class HarmonicBlock {
  /** 2l + 1 */
  rows: i32;
  /** the first row of the harmonics; behind the last harmonic stands a row of ones */
  harmonicAt: i32;
  /** the first radial column */
  columnAt: i32;
  /** radial columns, even */
  stride: i32;
  /** numbers before it in the sums of a species */
  sumAt: i32;
}

/** A = realFactor · sums[real] + i · imaginaryFactor · sums[imaginary] */
@unmanaged
export class BasicEntry {
  realFactor: f64;
  imaginaryFactor: f64;
  real: i32;
  imaginary: i32;
}

/** A complex number is the product of two of those before it. */
@unmanaged
export class ProductEntry {
  a: i32;
  b: i32;
}

/** feature += coefficient · Re(a · b) */
@unmanaged
export class FinalEntry {
  coefficient: f64;
  a: i32;
  b: i32;
}

/** A factor of a monomial of the Jacobian: the basic function, and where its two sums stand in the gradient of the feature. */
@unmanaged
export class MonomialFactor {
  realFactor: f64;
  imaginaryFactor: f64;
  basic: i32;
  real: i32;
  imaginary: i32;
}

/** coefficient · Re Π of some factors */
@unmanaged
export class MonomialEntry {
  coefficient: f64;
  firstFactor: i32;
  nFactors: i32;
}

/** Parameters, tables, and where the parts of the scratch are. */
@unmanaged
export class AceTables {
  nSpecies: i32;
  nFeatures: i32;
  lMax: i32;
  /** radial functions: of all, even, and the first of the pair term */
  nColumns: i32;
  pairColumn: i32;
  /** numbers of the sums of one species */
  nSums: i32;
  /** with number 0, which is 1 */
  nBasics: i32;
  nProducts: i32;
  /** of the gradients of all features by sums */
  nGradients: i32;
  /** f64: see src/math/spherical-harmonics.ts */
  harmonics: usize;
  /** AceRadial [nSpecies + 1][nSpecies], first row: centers that are no atoms */
  radials: usize;
  /** HarmonicBlock [lMax + 2] */
  blocks: usize;
  /** BasicEntry [nBasics − 1] */
  basics: usize;
  /** ProductEntry [nProducts] */
  products: usize;
  /** FinalEntry, and i32 [nFeatures + 1]: the first of each feature */
  finals: usize;
  finalStarts: usize;
  /** MonomialEntry, i32 [nFeatures + 1]: the first of each feature, and MonomialFactor */
  monomials: usize;
  monomialStarts: usize;
  monomialFactors: usize;
  /** i32 [nGradients]: the sum in its species; i32 [nFeatures · nSpecies + 1]: the first of each feature and species */
  gradientSums: usize;
  gradientStarts: usize;
  // offsets into the scratch
  /** i32 [SLOTS + 1]: pairs of the slots, then their number */
  slotPairAt: usize;
  geometryAt: usize;
  /** S, ∂x, ∂y, ∂z: [4][lm + 1] rows */
  harmonicsAt: usize;
  legendreAt: usize;
  /** values and slopes of the radial functions, [slot][column] */
  radialAt: usize;
  slopesAt: usize;
  /** the same as rows over slots; where polynomials have an odd number, the last row is zero */
  radialRowsAt: usize;
  slopeRowsAt: usize;
  /** sums over columns for every slot, [2][lm + 1] rows */
  contractedAt: usize;
  /** lanes over centers: basic functions and products, complex, and what comes back to them */
  numbersAt: usize;
  adjointAt: usize;
  /** of the Jacobian: lanes over centers of gradients of features; gradients of sums, [sum][3][JACOBIAN_SLOTS] */
  featureGradientsAt: usize;
  displacementsAt: usize;
  /** of the reverse pass, for each of several gradients, the last part: gradient by the sums of each of two centers, [species][sum] */
  sumGradientAt: usize;
}

/** A row over slots of the geometry. */
// @ts-ignore: decorator
@inline
export function geometryRow(tables: AceTables, scratch: usize, row: i32): usize {
  return scratch + tables.geometryAt + <usize>row * ROW;
}

/** Bytes of the harmonics of all slots, the row of ones included. */
// @ts-ignore: decorator
@inline
export function harmonicsBytes(tables: AceTables): usize {
  const l1 = tables.lMax + 1;
  return <usize>(l1 * l1 + 1) * ROW;
}

/** Where the gradients of a member by the sums of the first of two centers stand; those of the second are behind them. */
// @ts-ignore: decorator
@inline
export function memberAt(tables: AceTables, member: i32, scratch: usize): usize {
  return scratch + tables.sumGradientAt + <usize>(2 * member) * stateBytes(tables);
}

/** State of one center. */
// @ts-ignore: decorator
@inline
export function stateBytes(tables: AceTables): usize {
  return <usize>(tables.nSpecies * tables.nSums) << 3;
}
