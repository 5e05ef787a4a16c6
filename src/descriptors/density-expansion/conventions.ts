import type { RadialBasis, RadialBasisParameters } from "./basis.js";
import { gaussianTypeOrbitals, polynomialBasis } from "./dscribe.js";
import { librascalOrbitals, librascalPoints } from "./librascal.js";
import { equispacedGaussians } from "./quip-equispaced.js";
import { orbitalsOnGrid, polynomialsOnGrid } from "./quip-grid.js";

/** What a program does around a radial basis, so that values compare with its own. */
export interface Convention {
  readonly program: "DScribe" | "QUIP" | "librascal";
  /** √N_l of the power spectrum N_l Σ_m c_nlm c_n′lm */
  readonly spectrumFactor: (l: number) => number;
  /** Order of the power spectrum; see `LayoutOptions`. */
  readonly order: "dscribe" | "lower" | "librascal";
  readonly cutoffFunction: "none" | "cosine";
  /** Atoms beyond the cutoff count until their Gaussian has fallen to 10⁻³ there, where no cutoff function ends them before. */
  readonly isPadded: boolean;
  /** The center counts as the weighting function at 0 says; otherwise 1. */
  readonly weighsCenter: boolean;
  /** The power spectrum is a unit vector. */
  readonly normalize: boolean;
}

const dscribe: Convention = {
  program: "DScribe",
  spectrumFactor: (l) => Math.sqrt(Math.PI * Math.sqrt(8 / (2 * l + 1))),
  order: "dscribe", cutoffFunction: "none", isPadded: true, weighsCenter: true, normalize: false,
};

const quip: Convention = {
  program: "QUIP",
  spectrumFactor: (l) => (2 * l + 1) ** -0.25,
  order: "lower", cutoffFunction: "cosine", isPadded: false, weighsCenter: false, normalize: true,
};

const librascal: Convention = { ...quip, program: "librascal", order: "librascal" };

/** A radial basis with the convention of the program that it comes from. */
export interface BasisType {
  readonly convention: Convention;
  readonly make: (parameters: RadialBasisParameters) => RadialBasis;
}

/** Radial bases of density expansions by name. */
export const radialBases = {
  gto: { convention: dscribe, make: gaussianTypeOrbitals },
  polynomial: { convention: dscribe, make: polynomialBasis },
  "equispaced-gaussian": { convention: quip, make: equispacedGaussians },
  "quip-gto": { convention: quip, make: orbitalsOnGrid },
  "quip-polynomial": { convention: quip, make: polynomialsOnGrid },
  "librascal-gto": { convention: librascal, make: librascalOrbitals },
  "librascal-dvr": { convention: librascal, make: librascalPoints },
} as const satisfies Readonly<Record<string, BasisType>>;

/** Name of a radial basis. */
export type BasisName = keyof typeof radialBases;

/** All of them, for schemas. */
export const basisNames = Object.keys(radialBases) as [BasisName, ...BasisName[]];
