// What the host writes once about a bispectrum (`src/descriptors/bispectrum/tables.ts`) and every routine reads. J, J1 and J2 are twice
// an angular momentum. Coefficients of a density, [element][l][m][n] with n = J − l, are c^J_lm = Σ w f χ^J_l(θ₀) Y_lm over the neighbors;
// matrices U^J = Σ w f U^J(d), [element][J][row][column] complex, follow from them by a fixed linear map.

/** How neighbors are processed together. */
export const enum NeighborChunk {
  slots = 32,
  /** bytes of one number of every slot */
  rowBytes = 256,
}
export const SLOTS: i32 = NeighborChunk.slots;
export const ROW: usize = NeighborChunk.rowBytes;

/** Rows over slots of the geometry: unit vector, distance, then what `neighbors.ts` makes of it. */
export const enum GeometryRow {
  x,
  y,
  z,
  distance,
  /** w f and its derivative, 1/Å */
  weight,
  weightSlope,
  /** cos θ₀, sin θ₀ ≥ 0 and dθ₀/dr, 1/Å */
  cosine,
  sine,
  angleSlope,
  /** factors of the derivatives, see `radialGradients` */
  alongSine,
  alongCosine,
  across,
  tangential,
  /** while the geometry is made */
  phase,
  phaseCosine,
  phaseSine,
  count,
}

/** Couplings of one neighbor species with one center species. */
@unmanaged
export class PairParameters {
  /** Å: R_c */
  cutoff: f64;
  /** 1/Å: 1 / (R_c − rmin0) */
  scale: f64;
  weight: f64;
  /** Å: center and half-width of the inner switching function; half-width 0: none */
  innerCenter: f64;
  innerHalfWidth: f64;
}

/** One element of the matrices on or above the middle, at `to`; the rest follows by symmetry. */
@unmanaged
export class MatrixElement {
  /** complex numbers from the start of the element's matrices */
  to: i32;
  /** where the conjugate stands, times `sign`; −1 for an element that is its own */
  mirror: i32;
  sign: i32;
  first: i32;
  end: i32;
}

/** Real part += real · c[fromReal], imaginary part += imaginary · c[fromImaginary]. */
@unmanaged
export class MatrixEntry {
  real: f64;
  imaginary: f64;
  fromReal: i32;
  fromImaginary: i32;
}

/** Z[μ,ν] of two matrices, and the terms that it takes part in. */
@unmanaged
export class Coupling {
  /** 2j of the factors and of the product */
  j1: i32;
  j2: i32;
  j: i32;
  /** complex numbers from the start of U to the factors */
  firstAt: i32;
  secondAt: i32;
  /** 1: both factors are the same matrix, half of the columns suffice */
  symmetric: i32;
  firstTerm: i32;
  endTerm: i32;
  /** f64 [j1 + 1][j2 + 1]: Clebsch–Gordan coefficients, and those of columns (doubled off the diagonal, zero above, where symmetric) */
  rows: usize;
  columns: usize;
}

/** B[feature] += factor · Re Σ Z U(at)* over the rows that are formed; the factor counts their mirror images */
@unmanaged
export class CouplingTerm {
  feature: i32;
  /** complex numbers from the start of U; the matrix has the 2j of the coupling's product */
  at: i32;
  element: i32;
  factor: f64;
}

/** Parameters, tables, and where the parts of the scratch are. */
@unmanaged
export class BispectrumTables {
  /** Å */
  rmin0: f64;
  /** rfac0 π */
  angleFactor: f64;
  twoJMax: i32;
  nSpecies: i32;
  nElements: i32;
  nFeatures: i32;
  /** rows [l][n], each l padded to even */
  nRadial: i32;
  /** numbers of the density of one element */
  nCoefficients: i32;
  /** complex numbers of the matrices of one element */
  nMatrix: i32;
  nMatrixElements: i32;
  nValueCouplings: i32;
  nGradientCouplings: i32;
  /** 0: f = 1 up to the cutoff */
  switching: i32;
  /** f64 [1 + l² …]: see src/math/spherical-harmonics.ts */
  harmonics: usize;
  /** f64 [l][n][3]: factors of the recursion of χ and √((J − l)(J + l + 2)); first row of l: the factor of sin^l */
  recursion: usize;
  /** PairParameters [nSpecies + 1][nSpecies], first row: centers that are not atoms */
  pairs: usize;
  /** i32 [nSpecies]: channel of a neighbor */
  elements: usize;
  /** f64 [nSpecies + 1][nElements]: the center's own weight in each channel */
  self: usize;
  /** f64 [nSpecies + 1][nFeatures]: what is subtracted */
  zero: usize;
  /** MatrixElement [nMatrixElements], ascending in J */
  matrixElements: usize;
  matrixEntries: usize;
  /** i32 [twoJMax + 2]: the first matrix element of each J */
  elementsOfJ: usize;
  /** i32 [Σ (J+1)²]: where the coefficients of each J stand, in the order of lm */
  coefficientsOfJ: usize;
  valueCouplings: usize;
  valueTerms: usize;
  /** ascending in the J of the product */
  gradientCouplings: usize;
  gradientTerms: usize;
  /** i32 [twoJMax + 2]: the first coupling of each J */
  couplingsOfJ: usize;
  // offsets into the scratch
  slotPairAt: usize;
  geometryAt: usize;
  /** Y, ∂x, ∂y, ∂z: [4][lm] rows */
  harmonicsAt: usize;
  legendreAt: usize;
  /** rows [l][n] over slots, two of them */
  radialAt: usize;
  radial2At: usize;
  /** [slot][l][n] */
  slotsAt: usize;
  /** lanes over centers: densities and their gradients, [element][l][m][n] */
  densityAt: usize;
  densityGradientAt: usize;
  /** lanes over centers: U, and Z of the Jacobian */
  matricesAt: usize;
  adjointAt: usize;
  /** lanes over centers: a row of Z */
  rowAt: usize;
  /** lanes over centers: features */
  featuresAt: usize;
  /** sums over coefficients for every slot, [2][lm] rows */
  sumsAt: usize;
  /** of the Jacobian: [2 centers] of gradients of couplings, [axis][lm] rows, and products of a block of couplings */
  couplingGradientsAt: usize;
  displacementsAt: usize;
  productsAt: usize;
  /** bytes of the gradients of couplings of one center */
  couplingGradientBytes: usize;
  /** of the reverse pass, for each of several gradients, the last part: Y and, behind it, what starts at these offsets; lanes over centers */
  membersAt: usize;
  memberBytes: usize;
  /** gradients by features and by the densities, and the latter of one center */
  featuresOfMember: usize;
  densityGradientOfMember: usize;
  centerGradientOfMember: usize;
}

/** Numbers of one l: J = l … twoJMax, padded to even. */
// @ts-ignore: decorator
@inline
export function radialStride(twoJMax: i32, l: i32): i32 {
  return (twoJMax + 2 - l) & ~1;
}

/** Complex numbers before the matrix of J: Σ_{j<J} (j+1)². */
// @ts-ignore: decorator
@inline
export function matrixStart(j: i32): i32 {
  return (j * (j + 1) * (2 * j + 1)) / 6;
}

/** A row over slots of the geometry. */
// @ts-ignore: decorator
@inline
export function geometryRow(tables: BispectrumTables, scratch: usize, row: i32): usize {
  return scratch + tables.geometryAt + <usize>row * ROW;
}
