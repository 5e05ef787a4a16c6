export type { Estimate } from "./estimate.js";
import type { Estimate } from "./estimate.js";

/** How the columns of a descriptor vary over the sample. */
export interface Spectrum {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Of a row. */
  readonly columns: number;
  /** Eigenvalues of the covariance matrix of the columns, descending, in units of their sum; those above 0, at most 500. */
  readonly eigenvalues: readonly number[];
  /** (Σλ)² / Σλ²: how many directions the variance is spread over; 0 where rows are all alike. */
  readonly participationRatio: Estimate;
  /** Eigenvalues above 10⁻¹⁰ of the largest. */
  readonly rank: number;
  /**
   * √(largest / smallest eigenvalue) over all min(rows − 1, columns) directions. Infinity where the smallest is below what double precision
   * tells from 0, a share of n·2.2·10⁻¹⁶ of the largest: above about 10⁷ numbers cannot be told from Infinity.
   */
  readonly conditionNumber: number;
  /** Columns of one value, zeros included. */
  readonly constantColumns: number;
  /** Columns that are, but for a factor and a constant, one of the columns before them; constant ones not counted. */
  readonly duplicateColumns: number;
}

/** Cosines between the rows of a descriptor: kernel values of unit vectors. */
export interface KernelShape {
  /** Of all pairs of rows. */
  readonly mean: Estimate;
  /** Standard deviation. */
  readonly std: Estimate;
  /** Third standardised moment. */
  readonly skewness: Estimate;
  /** In equal bins. */
  readonly histogram: {
    /** Lower end of the first bin: 0, or −1 where a cosine is negative. */
    readonly from: number;
    /** Upper end of the last bin: 1. */
    readonly to: number;
    /** Pairs in each bin. */
    readonly counts: readonly number[];
  };
}

/** An environment of the data: structure and atom in it, from 0; atom −1 for a whole structure. */
export interface SampledRow {
  /** Position in the data. */
  readonly structure: number;
  /** Position in the structure. */
  readonly atom: number;
}

/** Two environments that differ, however they are turned, reflected or numbered, and that a descriptor hardly tells apart. */
export interface ClosePair {
  /** One of them. */
  readonly a: SampledRow;
  /** The other. */
  readonly b: SampledRow;
  /** Between their rows, in units of the median distance between rows of the sample. */
  readonly distance: number;
  /** Å: root mean square displacement of the neighbors after the best alignment that was found. */
  readonly displacement: number;
}

/** Errors on structures that a model has not seen, by how many it was fitted to. */
export interface LearningCurve {
  /** "meV/atom" or "eV/Å" */
  readonly unit: string;
  /** Standard deviation of what is predicted, in `unit`: the error of a model that knows the composition alone. */
  readonly spread: number;
  /** Structures that are not learned from as rows are too long for the memory: above 0, errors do not compare with those of shorter rows. */
  readonly leftOut: number;
  /** Ascending. */
  readonly points: readonly {
    /** That the model was fitted to. */
    readonly structures: number;
    /** Root mean square error on held-out structures, in `unit`, over seeds. */
    readonly rmse: Estimate;
  }[];
}

/** What the rows of a descriptor say, on a sample of the data. Errors of statistics of the sample are those of leaving out groups of structures. */
export interface Information {
  /** What was sampled: environments, or structures for descriptors of these. */
  readonly rows: "center" | "structure" | "tuple";
  /** Rows that were looked at. */
  readonly sampleSize: number;
  /** Of the covariance of columns. */
  readonly spectrum: Spectrum;
  /** Absent where a row turns with the structure. */
  readonly kernels?: KernelShape | undefined;
  /**
   * Distance correlation (Székely, Rizzo & Bakirov 2007; without its bias, Székely & Rizzo 2014) of rows with |F| of their atoms, of means over
   * structures with the energy per atom beyond that of the composition. 0: independent, 1: one is a rotated, scaled copy of the other.
   */
  readonly distanceCorrelation: {
    /** Absent without energies, or where they or the rows do not vary. */
    readonly energy?: Estimate | undefined;
    /** Absent without forces, or where they or the rows do not vary. */
    readonly force?: Estimate | undefined;
  };
  /** The closest ones, ascending by distance; absent for rows that are not environments. */
  readonly closest?: readonly ClosePair[] | undefined;
  /** Of ridge regression on sums over the atoms of a structure. */
  readonly learning: {
    /** With all columns. */
    readonly energy?: LearningCurve | undefined;
    /** With the first `length` principal components, the same number for every descriptor. */
    readonly energyAtLength?: LearningCurve | undefined;
    /** Likewise, fitted to forces alone. */
    readonly forcesAtLength?: LearningCurve | undefined;
    /** Principal components of models of equal length. */
    readonly length: number;
  };
  /** First two principal components of the rows of the sample, for a map; [x, y] each. */
  readonly map: {
    /** In the units of the rows, about their mean. */
    readonly points: readonly (readonly [number, number])[];
    /** Where each is from. */
    readonly rows: readonly SampledRow[];
  };
  /** What was left out, and why: sentences. */
  readonly remarks: readonly string[];
}

/** How two descriptors agree. */
export interface PairAgreement {
  /** See `Agreement`. */
  readonly overlap: number;
  /** See `Agreement`: of the second from the first. */
  readonly globalError: Estimate;
  /** See `Agreement`: of the second from the first. */
  readonly localError: Estimate;
}

/** How far descriptors agree, pair by pair; NaN where two cannot be compared. Row i, column j: from i to j. */
export interface Agreement {
  /** Positions of the descriptors that were compared. */
  readonly members: readonly number[];
  /** Rows that both are compared on: environments, or structures for descriptors of these. */
  readonly sampleSize: number;
  /** k of the nearest-neighbor overlap. */
  readonly neighbors: number;
  /** Rows that a local reconstruction is fitted to. */
  readonly localNeighbors: number;
  /** Shared share of the k nearest neighbors of a row, symmetric. */
  readonly overlap: readonly (readonly number[])[];
  /** Global feature-space reconstruction error of j from i, 0: j is a linear map of i. Goscinski et al. 2021. */
  readonly globalError: readonly (readonly Estimate[])[];
  /** Local feature-space reconstruction error of j from i, 0: j is a smooth function of i near every row. */
  readonly localError: readonly (readonly Estimate[])[];
  /** What was left out, and why: sentences. */
  readonly remarks: readonly string[];
}
