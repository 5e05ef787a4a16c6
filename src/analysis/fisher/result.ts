import type { RowWeights } from "./weights.js";

/** How numbers were formed. */
export type PrecisionTier = "double" | "high";

/** A share of a parameter in an eigenvector: its squared component. */
export interface ParameterShare {
  /** Of the parameter. */
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** An eigenvector beyond the significant correlation region. */
export interface SloppyDirection {
  /** As in `eigenvalues`. */
  readonly eigenvalue: string;
  /** Largest share first; small ones are left out. */
  readonly shares: readonly ParameterShare[];
}

/** Eigenvalues in the significant correlation region. */
export interface SignificantRegion {
  /** Of them. */
  readonly count: number;
  /** Among all, from 0 to 1. */
  readonly share: number;
}

/** The spectrum of one information matrix, gauge directions and unused parameters taken out. */
export interface FisherSpectrum {
  /** Descending, decimal: digits that are certain, one at least. */
  readonly eigenvalues: readonly string[];
  /** Certain decimal digits of each; 0: the number is rounding. */
  readonly digits: readonly number[];
  /** log₁₀ of the largest over the smallest eigenvalue; null where there is none */
  readonly log10Kappa: number | null;
  /** Whether the smallest eigenvalue has certain digits; else κ is limited by rounding. */
  readonly isCertain: boolean;
  /** Exact null directions of products, which are taken out. */
  readonly gaugeModes: number;
  /** Largest |Jv|²/|v|² of these, of the largest eigenvalue; null: there are none */
  readonly gaugeResidual: number | null;
  /** Further directions along which nothing changes, taken out, too: their parameters. */
  readonly nullModes: readonly (readonly ParameterShare[])[];
  /** Eigenvalues of at least 10⁻¹⁵ of the largest: the significant correlation region. */
  readonly significant: SignificantRegion;
  /** Of each parameter of the set: the sum of its squared components in the eigenvectors beyond. */
  readonly sloppiness: readonly number[];
  /** These eigenvectors, the smallest eigenvalue first. */
  readonly sloppyDirections: readonly SloppyDirection[];
}

/** Information of some parameters. */
export interface SetSpectra {
  /**
   * `linear`, `all`; of a composition `left`, `right`: blocks with the other operand in J; `left alone`, `right alone`: of the operands as models, with names
   * of parameters in the whole if that is a sum, in the operand if it is a product.
   */
  readonly name: string;
  /** In the order of `sloppiness`, without unused ones. */
  readonly parameters: readonly string[];
  /** Nothing in the data depends on them. */
  readonly unused: readonly string[];
  /** That the numbers are from. */
  readonly tier: PrecisionTier;
  /** Of F as it is. */
  readonly raw: FisherSpectrum;
  /** Of D^−½ F D^−½, D = diag F: it does not change where a basis function is multiplied by a number. */
  readonly scaled: FisherSpectrum;
}

/** A parameter with its error bar. */
export interface ParameterEstimate {
  /** As in the potential. */
  readonly name: string;
  /** In its own unit. */
  readonly value: number;
  /** Whether the energy is linear in it. */
  readonly isLinear: boolean;
  /** Whether error bar and information are those of its logarithm. */
  readonly isLogarithmic: boolean;
  /** Standard deviation where the non-linear parameters are fixed; null for these, and where it is not determined. */
  readonly errorLinear: number | null;
  /** Where all parameters are free. */
  readonly error: number | null;
}

/** Error bars of the predictions for a structure. */
export interface PredictionError {
  /** Of the structure. */
  readonly label: string;
  /** eV */
  readonly energy: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces: readonly number[];
}

/** log₁₀κ of one matrix by each way; null: not computed, or not to be told. */
export interface KappaByPrecision {
  /** From the eigenvalues of a double JᵀJ. */
  readonly eigenvaluesOfJTJ: number | null;
  /** From the singular values of a double J. */
  readonly singularValues: number | null;
  /** From a J in high precision. */
  readonly high: number | null;
}

/** Which precision was needed. */
export interface PrecisionAccount {
  /** That the result is from. */
  readonly tier: PrecisionTier;
  /** p, whose digits were compared with those of 2p bits; null in double precision */
  readonly bits: number | null;
  /** In a sentence. */
  readonly reason: string;
  /** log₁₀κ of the linear parameters by each way; null: not computed. */
  readonly log10Kappa: KappaByPrecision;
  /** log₁₀ of the eigenvalues of the linear parameters from singular values of a double J, falling, where high precision took their place; else null */
  readonly log10EigenvaluesInDouble: readonly number[] | null;
}

/** Which parameters each eigenvector of F is made of. */
export interface Participation {
  /** Of the set of parameters: `all`, or `linear` where there are no others. */
  readonly set: string;
  /** Names, in the order of the columns. */
  readonly parameters: readonly string[];
  /** log₁₀ of each eigenvalue by the largest one, falling. */
  readonly log10Eigenvalues: readonly number[];
  /** Squared components of each eigenvector: eigenvalues × parameters, to 10⁻³. */
  readonly shares: readonly (readonly number[])[];
}

/** What `fisherInformation` finds. Plain data. */
export interface FisherInformation {
  /** Of J. */
  readonly rows: number;
  /** That have rows. */
  readonly structures: number;
  /** Expected errors that weigh the rows, and where they come from. */
  readonly weights: RowWeights;
  /** Σ ((prediction − reference)/σ)² */
  readonly loss: number;
  /** loss/(rows − parameters); null where there are too few rows */
  readonly residualVariance: number | null;
  /** Which precision was needed. */
  readonly precision: PrecisionAccount;
  /** Of the sets of parameters. */
  readonly spectra: readonly SetSpectra[];
  /** Of the widest set; null where there are more than 150 parameters. */
  readonly participation: Participation | null;
  /** All of them, in the order of the potential. */
  readonly parameters: readonly ParameterEstimate[];
  /** Directions that error bars leave out, as their eigenvalues are rounding. */
  readonly truncated: number;
  /** Of the structures that were asked for. */
  readonly predictions: readonly PredictionError[];
  /** In sentences. */
  readonly warnings: readonly string[];
}
