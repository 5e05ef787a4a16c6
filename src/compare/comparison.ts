import type { Agreement, Information } from "../analysis/information/information.js";
import type { Arithmetic } from "../descriptors/cost.js";

/** Median over repeated measurements with the quartiles, in seconds of processor time. */
export interface Timing {
  /** Of all looks. */
  readonly median: number;
  /** Lower quartile. */
  readonly low: number;
  /** Upper quartile. */
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

/** Time of `values` by the size of one thing: t ∝ x^exponent. */
export interface Scaling {
  /** cutoff, nMax, lMax, …, species, atoms, threads */
  readonly variable: string;
  /** Å for the cutoff; "" for counts */
  readonly unit: string;
  /** x and seconds for each unit (of rows; for atoms and threads of structures). */
  readonly points: readonly {
    /** The size. */
    readonly x: number;
    /** Of processor time; on the clock for threads. */
    readonly seconds: number;
  }[];
  /** p of t ∝ x^p. */
  readonly exponent: number;
  /** Standard error of the exponent, from the fit of a straight line to the logarithms. */
  readonly error: number;
  /** What the power law holds in: where no point is off by more than `deviation`. */
  readonly range: readonly [number, number];
  /** Largest deviation of a point from the line, as a share. */
  readonly deviation: number;
}

/** How much something larger will take: an extrapolation. */
export interface Extrapolation {
  /** "10⁶ atoms, values", … */
  readonly what: string;
  /** Hours of processor time. */
  readonly hours: number;
  /** Of the rows where they are kept, of the largest work space otherwise. */
  readonly bytes: number;
}

/** What a descriptor costs, on one core. Times are for each unit. */
export interface Cost {
  /** What is counted. */
  readonly unit: CostUnit;
  /** Units in one pass. */
  readonly sampleSize: number;
  /** On average; 0 for whole structures. */
  readonly neighborsPerCenter: number;
  /** On average. */
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
  readonly bytes: {
    /** Of the row. */
    readonly row: number;
    /** What derivatives need beside it. */
    readonly state: number;
    /** Of every derivative. */
    readonly jacobian: number;
  };
  /** What is made once, before the first row. */
  readonly tables: {
    /** Of numerical memory. */
    readonly bytes: number;
    /** Of processor time. */
    readonly seconds: number;
  };
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
  /** With every default, and the type. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Columns. */
  readonly length: number;
  /** Å; absent for whole structures. */
  readonly cutoff?: number | undefined;
  /** What a row is about. */
  readonly rows: "center" | "structure" | "tuple";
  /** Absent where the time did not suffice. */
  readonly cost?: Cost | undefined;
  /** By everything that it can be made larger in; empty where the time did not suffice. */
  readonly scaling: readonly Scaling[];
  /** For much larger data. */
  readonly predictions: readonly Extrapolation[];
  /** What its rows tell; absent where that is not known. */
  readonly information?: Information | undefined;
  /** What the numbers mean. */
  readonly sentence: string;
  /** Error of energies over the lowest one of all descriptors that cost no more, at equal cost; NaN where there is none. */
  readonly errorOverFront: number;
  /** Standard error of `errorOverFront`, as if both errors were independent; 0 on the front, NaN where there is none. */
  readonly errorOverFrontUncertainty: number;
  /** Name of the one with the lowest error of energies of all that cost no more, its own on the front; absent where that is not known. */
  readonly bestAtCost?: string | undefined;
  /** Whether it is ahead of all that cost less, or behind the best of them, by more than the standard error of the difference. */
  readonly isClear: boolean;
  /** Whether nothing that costs no more has a smaller error of energies. */
  readonly onFront: boolean;
  /** What of it was found in the cache. */
  readonly cached: readonly string[];
}

/** A descriptor that could not be measured. */
export interface RefusedDescriptor {
  /** As it was to be called. */
  readonly name: string;
  /** As given. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Its own message. */
  readonly reason: string;
}

/** What descriptors cost and tell on some data. */
export interface Comparison {
  /** What was described. */
  readonly data: {
    /** Of the data, as given. */
    readonly name: string;
    /** In all. */
    readonly structures: number;
    /** In all structures. */
    readonly atoms: number;
    /** Chemical symbols. */
    readonly species: readonly string[];
    /** Whether any structure is. */
    readonly periodic: boolean;
    /** Structures with an energy. */
    readonly energies: number;
    /** Components of forces. */
    readonly forces: number;
  };
  /** What it was measured on. */
  readonly machine: {
    /** Its name. */
    readonly cpu: string;
    /** That programs may use. */
    readonly cores: number;
    /** Version of Node. */
    readonly node: string;
    /** Of the WebAssembly. */
    readonly build: string;
    /** FLOP/s of 128-bit arithmetic on one core. */
    readonly peak: number;
    /** FLOP/s of products of matrices on one core. */
    readonly gemm: number;
  };
  /** Of all samples. */
  readonly seed: number;
  /** That information was measured with. */
  readonly threads: number;
  /** In all, on the clock. */
  readonly seconds: number;
  /** Of processor time measured, by all processor time that measuring took. */
  readonly measuredShare: number;
  /** In the order that was asked for. */
  readonly descriptors: readonly ComparedDescriptor[];
  /** Those that refuse the data. */
  readonly refused: readonly RefusedDescriptor[];
  /** Of `descriptors` whose rows are environments; absent where there are fewer than two. */
  readonly agreement?: Agreement | undefined;
  /** What was not reached, and why: sentences. */
  readonly warnings: readonly string[];
}
