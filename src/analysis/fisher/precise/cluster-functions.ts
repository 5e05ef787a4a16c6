import type { Precise } from "../../../math/precise/binding.js";

/** What derivatives of a sum over sites are added to. */
export interface DerivativeSums {
  /** ∂/∂r of every unordered pair, as far as it acts along the pair; nPairs */
  readonly radial: Precise;
  /** −∂/∂x of every atom, what is not in `radial`; nAtoms × 3 */
  readonly forces: Precise;
  /** −∂/∂ε likewise: xx, yy, zz, yz, xz, xy; absent: it is not wanted */
  readonly virial: Precise | undefined;
}

/** Consecutive features. */
export interface FeatureSpan {
  readonly first: number;
  readonly count: number;
}

/** Functions Φ_f(i) of the sites: those of a basis, or their derivatives by a parameter of it. */
export interface ClusterFunctions {
  readonly nFeatures: number;
  /** nAtoms × nFeatures */
  readonly values: Precise;
  /**
   * Adds derivatives of Σ_i Σ_f Γ_f(i) Φ_f(i) at fixed Γ.
   * @param gamma of the features of the span: nAtoms × count
   */
  pull(gamma: Precise, span: FeatureSpan, sums: DerivativeSums): void;
  /** The same for one Γ of all features, nAtoms × nFeatures, that is multiplied by many g. */
  contract(gamma: Precise): ContractedFunctions;
}

/** Site functions Σ_f Γ_f(i) Φ_f(i) whose derivatives at fixed Γ are kept. */
export interface ContractedFunctions {
  /** Adds derivatives of Σ_i g_i Σ_f Γ_f(i) Φ_f(i) at fixed g and Γ. */
  pull(g: Precise, sums: DerivativeSums): void;
}
