import type { BlindPair, ErrorBound } from "../analysis/blind-spots/blind-spots.js";

/** A number with its standard error, where that is known. */
export interface AuditEstimate {
  /** Of the whole sample. */
  readonly value: number;
  /** Standard error; absent where there is nothing to tell it from. */
  readonly error?: number | undefined;
}

/** What rows cost, on one core, for each environment (or structure). */
export interface CostPart {
  /** What is counted. */
  readonly unit: "environment" | "structure";
  /** Units that were timed. */
  readonly sampleSize: number;
  /** On average; 0 for whole structures. */
  readonly neighbors: number;
  /** µs of processor time; medians over rounds. */
  readonly microseconds: {
    /** Search of neighbors; absent for whole structures. */
    readonly neighbors?: number | undefined;
    /** Rows, neighbors apart. */
    readonly values: number;
    /** Rows, and their derivatives contracted as forces need it. */
    readonly backward: number;
    /** Rows and the derivative of every column. */
    readonly jacobian?: number | undefined;
    /** What a kernel with `sparsePoints` points takes for energies and forces: arithmetic at the measured speed of matrix products. */
    readonly kernel: number;
  };
  /** Quartiles of `values`, µs. */
  readonly range: readonly [number, number];
  /** That `kernel` is for. */
  readonly sparsePoints: number;
  /** Of a row and of all its derivatives. */
  readonly bytes: {
    /** Of the row. */
    readonly row: number;
    /** Of every derivative. */
    readonly jacobian: number;
  };
}

/** How many directions the rows of the data have. */
export interface VariancePart {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Of a row. */
  readonly columns: number;
  /** (Σλ)² / Σλ² of the covariance; 0 where all rows are equal. */
  readonly effectiveRank: AuditEstimate;
  /** Eigenvalues above 10⁻¹⁰ of the largest. */
  readonly rank: number;
  /** Columns of one value. */
  readonly constantColumns: number;
  /** Columns that are another one but for a factor and a constant. */
  readonly duplicateColumns: number;
  /** Of the covariance, descending, in units of their sum; at most 500. */
  readonly eigenvalues: readonly number[];
}

/** How many principal components give the same kernel. */
export interface LinearPart {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Of a row. */
  readonly columns: number;
  /** The fewest components that reproduce x·x′ of all pairs of the sample. */
  readonly needed: readonly {
    /** Largest error of x·x′, in units of the largest |x|². */
    readonly error: number;
    /** Components that reach it. */
    readonly components: number;
  }[];
  /** Whether the sample has fewer rows than columns, so that more rows may need more components. */
  readonly isBoundedBySample: boolean;
  /** Largest error of x·x′ with 0, 1, 2 … components, in units of the largest |x|². */
  readonly errors: readonly number[];
}

/** Cosines between rows: the kernel of a Gaussian process with ζ = 1. */
export interface KernelPart {
  /** Of all pairs of rows. */
  readonly mean: AuditEstimate;
  /** Standard deviation. */
  readonly std: AuditEstimate;
  /** Third standardized moment. */
  readonly skewness: AuditEstimate;
  /** Of the middle pair, from the histogram. */
  readonly median: number;
  /** ζ for which the middle pair has half the kernel of equal rows; absent where the middle cosine is not between 0 and 1. */
  readonly halvingZeta?: number | undefined;
  /** In equal bins. */
  readonly histogram: {
    /** Lower end of the first bin. */
    readonly from: number;
    /** Upper end of the last bin. */
    readonly to: number;
    /** Pairs in each bin. */
    readonly counts: readonly number[];
  };
}

/** A blind pair with where it is from. */
export interface AuditPair extends BlindPair {
  /** Chemical symbol of the centers. */
  readonly species: string;
  /** Where the structures came from. */
  readonly labels: readonly [string, string];
  /** Distance of the rows, columns over their deviations, in units of its median over random pairs; absent where that is 0. */
  readonly share?: number | undefined;
}

/** Different environments that the descriptor hardly tells apart. */
export interface BlindPart {
  /** Environments that were looked at. */
  readonly environments: number;
  /** Of these left where equal ones count once. */
  readonly distinct: number;
  /** Pairs of close rows whose structures were compared. */
  readonly compared: number;
  /** Of these, pairs of different environments with equal rows. */
  readonly identical: number;
  /** The worst ones by `score`, at most 20. */
  readonly pairs: readonly AuditPair[];
  /** What every model of this descriptor does wrong on the data; absent where no two structures have equal rows and different energies. */
  readonly bound?: ErrorBound | undefined;
  /** What was not looked at, in sentences. */
  readonly remarks: readonly string[];
}
