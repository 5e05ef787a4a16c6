// What host and routines of composed potentials share. Features of a site stand in slots: f64 [slots], padded to pairs of lanes.

/** What a node of the tree is. */
export const enum ComposedOp {
  linear,
  exp,
  neighborExp,
  sum,
  product,
}

/**
 * Unordered pairs of the sites of one structure, of the images of one atom one of two: sites are atoms whose features are counted. First come those
 * whose energies are asked for, then others that all neighbors are known of, then other neighbors.
 */
@unmanaged
export class ComposedPairs {
  nSites: i32;
  /** sites with all their neighbors */
  nComplete: i32;
  /** sites whose energies count */
  nActive: i32;
  /** while pairs are made: room for pairs */
  nPairs: i32;
  nSpecies: i32;
  /** i32 [nSites] */
  species: usize;
  /** i32 [nPairs] each: sites, and the unordered pair of their species */
  first: usize;
  second: usize;
  kinds: usize;
  /** f64 [nPairs] each, Å and unit vector from the first to the second */
  distances: usize;
  ux: usize;
  uy: usize;
  uz: usize;
  /** f64 [nPairs] each: f_c and f_c′ (1/Å) */
  cutoffs: usize;
  cutoffSlopes: usize;
  /** i32 [nSites + 1] each: pairs whose first a site is stand side by side, from here on; those whose second it is, in `secondPairs` from here on */
  firstStarts: usize;
  secondStarts: usize;
  /** i32 [nPairs] */
  secondPairs: usize;
}

/** A basis with values of its parameters, and where its arrays are while one structure is evaluated. */
@unmanaged
export class ComposedBasis {
  body: i32;
  /** a RadialKind */
  radial: i32;
  /** radial functions, and the same padded to pairs of lanes */
  size: i32;
  padded: i32;
  /** features of a site, padded */
  slots: i32;
  /** from the features of one pair of species to those of the next; 0: all pairs share them */
  channelSlots: i32;
  /** 2/r_c, 1/Å */
  chebyshevScale: f64;
  /** f64 [padded]: αβ^ν, Å⁻² */
  exponents: usize;
  /** f64 [padded] for each pair of species, `weightBytes` apart: factors of the radial functions, 0 in the padding */
  pairWeights: usize;
  weightBytes: i32;
  /** whether sums of features over neighbors are asked for */
  hasSums: i32;

  // three-body
  /** neighbors are told apart by this many species */
  nNeighborSpecies: i32;
  nDegrees: i32;
  lMax: i32;
  /** Y_lm of all degrees */
  nHarmonics: i32;
  /** i32 [nDegrees] */
  degrees: usize;
  /** see math/spherical-harmonics */
  harmonicsTable: usize;
  /** f64 [center, pair of neighbors] */
  tripletWeights: usize;

  // arrays of a structure
  /** f64 [pairs of a block][padded] each: functions and slopes, with their factors */
  values: usize;
  slopes: usize;
  /** f64 [nSites][slots] each: Φ, ∂E/∂Φ, and the same of sums over neighbors Ψ */
  features: usize;
  adjoints: usize;
  sums: usize;
  sumAdjoints: usize;
  /** f64 [nSites][neighbor species][harmonics][padded] each: a, ∂E/∂a */
  densities: usize;
  densityAdjoints: usize;
  /** f64 [nSites][neighbor species][size][padded] each: Σ_j φ_ν φ_μ, and what multiplies φ_μ in the derivative by φ_ν */
  squares: usize;
  squareAdjoints: usize;

  // the same differentiated by a parameter, where columns are asked for
  valueTangents: usize;
  slopeTangents: usize;
  featureTangents: usize;
  adjointTangents: usize;
  sumTangents: usize;
  sumAdjointTangents: usize;
  densityTangents: usize;
  densityAdjointTangents: usize;
  squareTangents: usize;
  squareAdjointTangents: usize;

  // for rows
  /** f64 [nPairs][3][slots] of three-body bases: derivatives of the features of the first and of the second site by the displacement */
  firstVectors: usize;
  secondVectors: usize;
  /** f64 [nSites][3][slots]: sums of the site's own */
  moments: usize;
  /** f64 [nSites][6][slots]: the same with displacements, xx, yy, zz, yz, xz, xy */
  virialMoments: usize;
  /** where t of α and β stand in `denseSlopes` */
  denseColumn: i32;
}

/** A node of the tree. */
@unmanaged
export class ComposedTerm {
  /** a ComposedOp */
  op: i32;
  /** of a leaf */
  basis: i32;
  /** L of a leaf with exponentials */
  nExponents: i32;
  /** operands, which stand behind the node */
  left: i32;
  right: i32;
  /** f64 [nSpecies], eV; 0: none */
  shift: usize;
  /** f64 [nExponents or 1][slots] */
  coefficients: usize;
  /** f64 [nExponents, padded with 0] */
  exponents: usize;

  // arrays of a structure
  /** f64 [nActive] each: energy of the term, ∂E/∂energy */
  energies: usize;
  adjoints: usize;
  /** f64 [nActive][slots]: derivatives of the energy of a leaf */
  slopes: usize;
  /** the same three differentiated by a parameter, where columns are asked for */
  energyTangents: usize;
  adjointTangents: usize;
  slopeTangents: usize;
  /** f64 [nActive][slots][nExponents, padded]: exp(ξX), where columns are asked for */
  exponentials: usize;
  /** f64 [nSites] like them: derivatives of ∂E/∂X by the coefficients, and of N the same of ∂E/∂Φ */
  rates: usize;
  neighborRates: usize;
  /** where t of ξ stand in `denseSlopes` */
  denseColumn: i32;
}

/** Columns of a term that `composedRows` writes; −1: not among them. */
@unmanaged
export class ComposedTermColumns {
  /** one for each species */
  shift: i32;
  /** [feature], or [feature][nExponents] */
  coefficients: i32;
  /** [nExponents] */
  exponents: i32;
  /** whether the term is in a factor of a product */
  isCoupled: i32;
}

/** Which parameter a column is of. */
export const enum ColumnKind {
  /** one that changes the exponents of a basis */
  rate,
  /** a factor of a radial function for one pair of species */
  pairWeight,
  /** a factor of triplets */
  tripletWeight,
  /** a constant of a term for one species, or for all */
  shift,
  /** c of a leaf */
  coefficient,
  /** ξ of a leaf */
  exponent,
}

/** A parameter that derivatives are taken by. */
@unmanaged
export class ComposedColumn {
  /** a ColumnKind */
  kind: i32;
  /** the basis, or the term */
  owner: i32;
  /** of a shift, −1: all; the pair of species of a factor */
  species: i32;
  /** l of a coefficient, or of ξ itself */
  exponent: i32;
  /** of a coefficient; the function of a factor */
  slot: i32;
  /** f64 [padded]: derivatives of the exponents; or the factors as the basis has them, 1 at the parameter and 0 elsewhere */
  table: usize;
}

/** A composed potential with values of its parameters, for one thread. */
@unmanaged
export class ComposedProgram {
  nBases: i32;
  nTerms: i32;
  nSpecies: i32;
  /** pairs whose functions are kept at once */
  blockPairs: i32;
  /** ComposedBasis [nBases] */
  bases: usize;
  /** ComposedTerm [nTerms], each before its operands */
  terms: usize;
  /** f64 [nSpecies], eV: added to the energies */
  atomEnergies: usize;
  /** f64 [4][pairs of a block]: t, and the part of the gradient that is not along the pair */
  pairSlopes: usize;
  hasVectors: i32;
  /** whether arrays for columns are there */
  hasTangents: i32;
  /** f64, as `harmonicsScratch` says */
  harmonics: usize;
  /** where the arrays of a structure end; f64: what does not fit is to be told, not to wrap around */
  end: f64;
  /** f64 [nSites × 3 + 9]: forces and virial of a column */
  columnForces: usize;
  /** f64 [nPairs][3] each: f_c′ u; derivatives of ∂E/∂(energy of a term) at the first and at the second site by the displacement */
  cutoffVectors: usize;
  firstCouplings: usize;
  secondCouplings: usize;
  /** f64 [nPairs][denseWidth]: t of columns that all functions of a basis count in, of all bases and leaves */
  denseSlopes: usize;
  denseWidth: i32;
  /** f64 [nActive][most of a basis or a leaf]: derivatives of the energy of a leaf by such parameters */
  exponentRates: usize;
  exponentColumns: i32;
  /** f64 [nSites][nSpecies, padded]: 1 at the species of the site */
  speciesRates: usize;
  /** f64 [nSites][3] and [nSites][6]: sums of a site's own of the latter, and the same with displacements */
  couplingSums: usize;
  couplingMoments: usize;
  /** PairVectors */
  vectors: usize;
  /** PairEnd of one site, and Columns, see pair-rows */
  ends: usize;
  sideColumns: usize;
  /** f64 [6][rateColumns]: what `gatherRates` writes */
  gathered: usize;
  rateColumns: i32;
  /** out: where NOT_FINITE came up */
  culpritSite: i32;
  culpritTerm: i32;
}

/** Where rows go: that of the energy, the first of the forces and of the virial (0: none), and bytes from row to row. */
@unmanaged
export class ComposedRows {
  energy: usize;
  forces: usize;
  virial: usize;
  rowBytes: usize;
}

/** Columns of a basis that `composedRows` writes. */
@unmanaged
export class ComposedBasisColumns {
  /** of α, then β; −1: not among them */
  rates: i32;
  /** f64 [2][padded]: derivatives of the exponents by both */
  table: usize;
}

/** A pair as one of its sites sees it. */
@unmanaged
export class PairEnd {
  /** away from the site */
  x: f64;
  y: f64;
  z: f64;
  /** of the far end */
  rates: usize;
  slopes: usize;
}
