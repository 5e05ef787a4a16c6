import type { Agreement, Information } from "../analysis/information/information.js";

/** Median over repeated measurements with the quartiles, in seconds of processor time. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many times it was measured. */
  readonly rounds: number;
}

/** What a number counts: environments, or structures for descriptors of these. */
export type CostUnit = "environment" | "structure";

/** A share of the time of `values`. */
export interface StageShare {
  /** neighbors, radial, angular, products, other */
  readonly stage: string;
  /** 0 … 1; all together 1 */
  readonly share: number;
}

/** Multiply–adds count two. */
export interface Arithmetic {
  readonly values: number;
  readonly backward: number;
  readonly jacobian: number;
}

/** Time of `values` by the size of one thing: t ∝ x^exponent. */
export interface Scaling {
  /** cutoff, nMax, lMax, …, species, atoms, threads */
  readonly variable: string;
  /** Å for the cutoff; "" for counts */
  readonly unit: string;
  /** x and seconds for each unit (of rows, or of the whole data for threads). */
  readonly points: readonly { readonly x: number; readonly seconds: number }[];
  readonly exponent: number;
  /** Standard error of the exponent, from the fit of a straight line to the logarithms. */
  readonly error: number;
  /** What the power law holds in: where no point is off by more than `deviation`. */
  readonly range: readonly [number, number];
  /** Largest deviation of a point from the line, as a share. */
  readonly deviation: number;
}

/** How much something larger will take: an extrapolation. */
export interface Prediction {
  /** "10⁶ atoms, values", … */
  readonly what: string;
  /** Hours of processor time. */
  readonly hours: number;
  /** Of the rows where they are kept, of the largest work space otherwise. */
  readonly bytes: number;
}

/** What a descriptor costs, on one core. Times are for each unit. */
export interface Cost {
  readonly unit: CostUnit;
  /** Units in one pass. */
  readonly sampleSize: number;
  /** On average; 0 for whole structures. */
  readonly neighborsPerCenter: number;
  readonly atomsPerUnit: number;
  /** Search of neighbors; absent for whole structures, which do that themselves. */
  readonly neighbors?: Timing | undefined;
  /** The rows, neighbors apart. */
  readonly values: Timing;
  /** Rows and the derivative of every column. */
  readonly jacobian?: Timing | undefined;
  /** Rows and their derivatives contracted with ∂E/∂X. */
  readonly backward: Timing;
  /** Of neighbors and values together; empty where the program was not compiled with names. */
  readonly stages: readonly StageShare[];
  /** For each unit; absent where the descriptor does not count it. */
  readonly operations?: Arithmetic | undefined;
  /** `values` by what 128-bit arithmetic reaches in the same run. */
  readonly peakShare?: number | undefined;
  /** For each unit: of a row, of what derivatives need beside it, of the Jacobian. */
  readonly bytes: { readonly row: number; readonly state: number; readonly jacobian: number };
  readonly tables: { readonly bytes: number; readonly seconds: number };
  /** Of numerical memory while it was measured. */
  readonly peakBytes: number;
  /** Seconds of the reference work that times are scaled to: the best of this machine, see docs/decisions/0028. */
  readonly reference: number;
  /** Largest of the errors that were found before timing: rows against turned structures, derivatives against differences. */
  readonly verified: number;
}

/** One descriptor of a comparison. */
export interface ComparedDescriptor {
  /** Unique, for tables and plots. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Columns. */
  readonly length: number;
  /** Å; absent for whole structures. */
  readonly cutoff?: number | undefined;
  readonly rows: "center" | "structure" | "tuple";
  /** Absent where the time did not suffice. */
  readonly cost?: Cost | undefined;
  readonly scaling: readonly Scaling[];
  readonly predictions: readonly Prediction[];
  readonly information?: Information | undefined;
  /** What the numbers mean. */
  readonly sentence: string;
  /** Error of energies over the lowest one of all descriptors that cost no more, at equal cost; NaN where there is none. */
  readonly errorOverFront: number;
  /** Whether nothing that costs no more has a smaller error of energies. */
  readonly onFront: boolean;
  /** What of it was found in the cache. */
  readonly cached: readonly string[];
}

/** A descriptor that could not be measured. */
export interface RefusedDescriptor {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** What descriptors cost and tell on some data. */
export interface Comparison {
  readonly data: {
    readonly name: string;
    readonly structures: number;
    readonly atoms: number;
    /** Chemical symbols. */
    readonly species: readonly string[];
    readonly periodic: boolean;
    readonly energies: number;
    /** Components. */
    readonly forces: number;
  };
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly build: string;
    /** FLOP/s of 128-bit arithmetic on one core. */
    readonly peak: number;
    /** FLOP/s of products of matrices on one core. */
    readonly gemm: number;
  };
  readonly seed: number;
  readonly threads: number;
  /** In all, on the clock. */
  readonly seconds: number;
  /** Of processor time measured, by all processor time that measuring took. */
  readonly measuredShare: number;
  readonly descriptors: readonly ComparedDescriptor[];
  readonly refused: readonly RefusedDescriptor[];
  /** Of `descriptors` whose rows are environments; absent where there are fewer than two. */
  readonly agreement?: Agreement | undefined;
  readonly warnings: readonly string[];
}
