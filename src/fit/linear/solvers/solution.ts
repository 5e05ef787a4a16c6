/** M × K numbers B, row by row, that stand for the symmetric matrix B·Bᵀ. */
export interface CovarianceRoot {
  /** K: the number of columns of M, or less where coefficients are known to be 0 */
  readonly nDirections: number;
  /** f64 [M × K] */
  readonly values: Float64Array;
}

/** One point of a scan over regularizations. */
export interface RidgeScanPoint {
  /** λ */
  readonly regularization: number;
  /** Weighted sum of squared residuals. */
  readonly sumOfSquares: number;
  /** Trace of the matrix that maps targets to predictions: Σ s²/(s² + λ). */
  readonly effectiveParameters: number;
  /** Generalised cross-validation: n·RSS/(n − effective parameters)²; infinite where there is no degree of freedom left. */
  readonly gcv: number;
  /** Log evidence with the σ_ε² that maximises it at this λ; absent for λ = 0. */
  readonly logEvidence?: number;
}

/** One step of a greedy selection. */
export interface GreedyStep {
  /** The column that was added. */
  readonly column: number;
  /** Weighted sum of squared residuals with all columns so far. */
  readonly sumOfSquares: number;
}

/** Coefficients of a linear model, and what its solver knows of them. */
export interface LinearSolution {
  /** f64 [M]: of the weighted, unscaled columns, c of A·c ≈ y */
  readonly coefficients: Float64Array;
  /** Weighted sum of squared residuals |A·c − y|². */
  readonly sumOfSquares: number;
  /** Directions, or columns, that the data and the solver leave; M minus those that dropped out. */
  readonly rank: number;
  /** Trace of the matrix that maps targets to predictions. */
  readonly effectiveParameters: number;
  /**
   * Root B of the posterior covariance of the coefficients, Cov = B·Bᵀ, with σ_ε² inside: the variance of a prediction with the
   * (unweighted) features φ is |φᵀ·B|². Absent where the solver gives none.
   */
  readonly covarianceRoot?: CovarianceRoot;
  /**
   * σ_ε², variance of a weighted residual (that of a row of weight w, before weighting, is σ_ε²/w²). The one of the evidence where the
   * solver maximises that, RSS/(n − effective parameters) for the others; absent where no degree of freedom is left.
   */
  readonly noiseVariance?: number;
  /** Prior variances of the scaled coefficients: one for all (σ_0²) or, by ARD, one for each of `columns`. */
  readonly coefficientVariance?: number | Float64Array;
  /** λ of a ridge: σ_ε²/σ_0². */
  readonly regularization?: number;
  /** ln p(weighted targets), natural logarithm. */
  readonly logEvidence?: number;
  /** Columns with a coefficient other than 0, ascending, where the solver chooses some. */
  readonly columns?: Int32Array;
  /** The columns in the order that they were chosen in, by a greedy solver. */
  readonly path?: readonly GreedyStep[];
  /** What the regularization was chosen from, where it was: singular values, or a band form of many columns. */
  readonly chosenFrom?: "singular values" | "band form";
  /** Regularizations that were tried, ascending, where one was chosen. */
  readonly scan?: readonly RidgeScanPoint[];
  /** Singular values of the scaled columns, descending, where they were computed. */
  readonly singularValues?: Float64Array;
  /** Steps of an iteration. */
  readonly iterations?: number;
  /** Whether an iteration ended by its tolerance; false: by its largest number of steps. */
  readonly converged?: boolean;
}
