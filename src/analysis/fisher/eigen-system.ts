/** A set of parameters whose information is analyzed. */
export interface ParameterSet {
  /** Numbers of the parameters among all, ascending. */
  readonly parameters: readonly number[];
  /** Directions in these parameters that are known to change nothing; of so many components each. */
  readonly gauge: readonly Float64Array[];
}

/** Eigenvalues of an information matrix on the complement of the gauge directions, largest first. */
export interface EigenSystem {
  /** Directions that were taken out. */
  readonly nGauge: number;
  /** Largest vᵀFv/|v|² of these, of the largest eigenvalue; undefined: there are none. */
  readonly gaugeResidual: number | undefined;
  /** Decimal, with the digits that are certain, at least one. */
  readonly values: readonly string[];
  /** Certain decimal digits of each; 0: not even its size. */
  readonly digits: readonly number[];
  /** log₁₀ of each; −∞ for 0 */
  readonly logarithms: Float64Array;
  /** Eigenvectors in the parameters of the set, by rows of length 1. */
  readonly vectors: Float64Array;
  /** Those that are 0 to all bits; undefined where double precision cannot tell. */
  readonly isNull: readonly boolean[] | undefined;
}

/** Information of the parameters from some data, in some precision. */
export interface InformationSource {
  /** @param scaled with a diagonal of 1 */
  eigenSystem(set: ParameterSet, scaled: boolean): Promise<EigenSystem>;
  /** Of every parameter: Σ w j² over the rows. */
  diagonal(): Float64Array;
}

/** Scientific notation with so many digits. */
export function decimal(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(Math.min(100, Math.max(1, digits)) - 1).split("e");
  return `${mantissa}e${exponent}`;
}

/** Decimal digits that agree. */
export function commonDigits(relativeDifference: number, most: number): number {
  if (Number.isNaN(relativeDifference)) return 0;
  return Math.max(0, Math.min(most, Math.floor(-Math.log10(Math.max(relativeDifference, 10 ** -most)))));
}
