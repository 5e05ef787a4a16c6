/** f_c of a cluster basis: 1 at 0; it and three derivatives vanish at the radius. */
export const clusterCutoffs = ["poly4", "smoothstep7", "bump"] as const;
/** One of them. */
export type ClusterCutoffName = (typeof clusterCutoffs)[number];

/** Where the functions of all bases of a model end. */
export interface ClusterCutoff {
  /** Å */
  readonly radius: number;
  /** With x = r / radius: (1 − x²)⁴; 1 − 35x⁴ + 84x⁵ − 70x⁶ + 20x⁷; or exp(1 − 1/(1 − x²)). */
  readonly function: ClusterCutoffName;
}

/**
 * How a basis tells species apart: not at all; by one factor for each unordered pair of species and radial function, which all share (three-body: for
 * each center and unordered pair of neighbors); or by functions of their own for each pair (two-body only).
 */
export const speciesModes = ["alike", "weights", "channels"] as const;
/** One of them. */
export type SpeciesMode = (typeof speciesModes)[number];

/** Of Legendre polynomials of the angle: the cost grows with its square. */
export const LARGEST_DEGREE = 12;

/**
 * Localized functions and the sums over neighbors that they make, (35–57) of Wang et al., arXiv:2504.19372: φ_ν = f_c exp(−αβ^ν r²) or f_c T_ν(2r/r_c − 1),
 * ν = 0 … size − 1.
 */
export interface ClusterBasis {
  /** Sums over neighbors, or over pairs of them. */
  readonly body: 2 | 3;
  /** Gaussians with even-tempered exponents, which have the parameters α and β, or Chebyshev polynomials, which have none. */
  readonly radial: "gaussian" | "chebyshev";
  /** Radial functions N. */
  readonly size: number;
  /** Of the Legendre polynomials of the angle; only three-body. */
  readonly degrees?: readonly number[] | undefined;
  /** With one species all modes are alike. */
  readonly species: SpeciesMode;
}

/**
 * Unordered pairs of species indices, the first index slow: (0,0), (0,1), (1,1) …
 * @param nSpecies in the order of atomic numbers
 */
export function speciesPairs(nSpecies: number): (readonly [number, number])[] {
  return Array.from({ length: nSpecies }, (_, i) => Array.from({ length: nSpecies - i }, (_, k) => [i, i + k] as const)).flat();
}

/** Σ_ν functions of a site: columns of the descriptor. Three-body: ν ≤ μ, then degrees, the last fastest; channels: pairs of species slow. */
export function clusterFeatureCount({ body, size, degrees = [], species }: ClusterBasis, nSpecies: number): number {
  if (body === 3) return ((size * (size + 1)) / 2) * degrees.length;
  return species === "channels" ? size * speciesPairs(nSpecies).length : size;
}

/** Whether the species have factors that are parameters. */
export function hasSpeciesWeights({ species }: Pick<ClusterBasis, "species">, nSpecies: number): boolean {
  return species === "weights" && nSpecies > 1;
}

/**
 * Factors of the species: two-body [pair][ν], three-body [center, pair], the center slow. 0 where there are none.
 * @param nSpecies in the order of atomic numbers
 */
export function speciesWeightCount(basis: ClusterBasis, nSpecies: number): number {
  if (!hasSpeciesWeights(basis, nSpecies)) return 0;
  const nPairs = speciesPairs(nSpecies).length;
  return basis.body === 3 ? nSpecies * nPairs : nPairs * basis.size;
}

/** Whether both describe the same functions, at the same parameters. */
export function isSameBasis(a: ClusterBasis, b: ClusterBasis): boolean {
  return a.body === b.body && a.radial === b.radial && a.size === b.size && a.species === b.species && String(a.degrees ?? []) === String(b.degrees ?? []);
}

/** Values of the parameters of a basis. */
export interface ClusterValues {
  /** Å⁻²; Gaussians only. */
  readonly alpha?: number | undefined;
  /** Larger than 1; Gaussians only. */
  readonly beta?: number | undefined;
  /** In the order of `speciesWeightCount`; absent: all 1. */
  readonly weights?: Float64Array | undefined;
}

/** Exponents αβ^ν, Å⁻². */
export function gaussianExponents(alpha: number, beta: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, nu) => alpha * beta ** nu);
}

