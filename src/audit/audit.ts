import type { BlindPair, ErrorBound } from "../analysis/blind-spots/blind-spots.js";
import type { ManifoldEnd } from "../analysis/manifolds/manifold.js";
import type { SampledRow } from "../analysis/information/information.js";

/** A part of an audit that was left out, and why. */
export interface LeftOut {
  /** A sentence without a full stop. */
  readonly leftOut: string;
}

/** What was measured, or why it was not. */
export type Part<Result> = Result | LeftOut;

/** Whether a part was measured. */
export function isMeasured<Result extends object>(part: Part<Result>): part is Result {
  return !("leftOut" in part);
}

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

/** How many of the moves of the neighbors the columns tell apart, at environments with all their neighbors. Medians over the sample. */
export interface FunctionalPart {
  /** That were looked at. */
  readonly environments: number;
  /** Of a row. */
  readonly columns: number;
  /** Of an environment. */
  readonly neighbors: number;
  /** Independent displacements of the neighbors without rotations: 3J − 3 of J neighbors that are not in line. */
  readonly moves: number;
  /** Rank of ∂X/∂R: singular values above 10⁻¹⁰ of the largest. */
  readonly rank: number;
  /** Singular values above 10⁻³ of the largest. */
  readonly stiff: number;
  /** Share of environments whose rank is as large as the numbers of moves and of columns allow. */
  readonly fullRank: number;
}

/** Zeros among singular values by cause: independent displacements of all environments that were looked at. */
export interface ZeroCauses {
  /** Of neighbors that are not seen at all. */
  readonly range: number;
  /** Against a symmetry of the environment: no smooth invariant descriptor sees them. */
  readonly symmetry: number;
  /** That no descriptor of this body order sees. */
  readonly incompleteness: number;
  /** That this body order could show with more functions. */
  readonly truncation: number;
  /** Without a known reason. */
  readonly unknown: number;
}

/** An environment of the data with its nearest neighbors alone, and how it moves. */
export interface JudgedEnvironment extends SampledRow {
  /** Where its structure came from. */
  readonly label: string;
  /** Chemical symbol of the center. */
  readonly species: string;
  /** Chemical symbols. */
  readonly neighbors: readonly string[];
  /** Å, neighbors × 3, from the center */
  readonly displacements: readonly number[];
  /** Of ∂X/∂R without rotations, per Å, falling. */
  readonly singularValues: readonly number[];
  /** Those above 10⁻¹⁰ of the largest. */
  readonly rank: number;
  /** Smallest by largest. */
  readonly ratio: number;
  /** The softest mode: neighbors × 3, of unit length */
  readonly mode: readonly number[];
}

/** How much rows change as the nearest neighbors of an atom move. */
export interface SensitivityPart {
  /** With at least two neighbors. */
  readonly environments: number;
  /** Environments of the sample with fewer. */
  readonly skipped: number;
  /** Whose zeros are those of symmetry or of neighbors beyond the cutoff: they are not in `ratio`. */
  readonly excused: number;
  /** Smallest by largest singular value; `low` and `high` are the 5 and 95 % quantiles. */
  readonly ratio: {
    /** Of the worst. */
    readonly minimum: number;
    /** 5 % */
    readonly low: number;
    /** 50 % */
    readonly median: number;
    /** 95 % */
    readonly high: number;
    /** Of the best. */
    readonly maximum: number;
  };
  /** Singular values that are 0. */
  readonly zeros: {
    /** That have any. */
    readonly environments: number;
    /** Of these, the first so many were asked for causes. */
    readonly told: number;
    /** Of those. */
    readonly causes: ZeroCauses;
  };
  /** Of the ratios of all, in bins of equal ratio; the first holds what is smaller, too. */
  readonly histogram: {
    /** One more than counts. */
    readonly edges: readonly number[];
    /** Environments in each bin. */
    readonly counts: readonly number[];
  };
  /** The smallest ratio. */
  readonly worst: JudgedEnvironment;
  /** The one in the middle. */
  readonly median: JudgedEnvironment;
}

/** The longest path found along which the row hardly changes, from one of the softest environments. */
export interface ManifoldPart {
  /** Environments that paths were followed from. */
  readonly tried: number;
  /** Where this one begins. */
  readonly start: JudgedEnvironment;
  /** Why the path ends; "fading": a neighbor shows less than a tenth as well as the best seen one. */
  readonly end: ManifoldEnd | "fading";
  /** The same in a sentence. */
  readonly endMessage: string;
  /** V: largest |X − X₀| along the path. */
  readonly variation: number;
  /** d, Å: how far atoms go from where they were, after the best rotation. */
  readonly displacement: number;
  /** Median |X − X₀| of random displacements as long. */
  readonly typicalVariation: number;
  /** β = V / typical: 1 for a path like any other, 0 for a blind one. */
  readonly blindness: number;
  /** The same with all other neighbors where they are: what they give away. */
  readonly blindnessInPlace: number;
  /** Å: of the path. */
  readonly pathLength: number;
  /** Å along the path: before these points another move became softer than the one that is followed, or stiffer again. */
  readonly crossings: readonly number[];
  /** At most about 60 of them. */
  readonly points: readonly {
    /** Å: from the first point. */
    readonly pathLength: number;
    /** |X − X₀| */
    readonly variation: number;
    /** Å: see `displacement` above. */
    readonly displacement: number;
    /** Å, neighbors × 3, from the center */
    readonly displacements: readonly number[];
  }[];
}

/** How much a number should worry. */
export type Severity = "good" | "note" | "bad";

/** One number of an audit in plain words. */
export interface Verdict {
  /** Part of the audit that it is about. */
  readonly part: AuditPartName;
  /** What is judged, a few words. */
  readonly title: string;
  /** The number with its unit. */
  readonly value: string;
  /** "note": worth knowing, "bad": do something. */
  readonly severity: Severity;
  /** What it means, a sentence. */
  readonly meaning: string;
  /** What to do, a sentence. */
  readonly advice: string;
  /** The same as a large number at the top of a page; absent: not among those. */
  readonly headline?: {
    /** What it is. */
    readonly title: string;
    /** The number. */
    readonly value: string;
    /** Of the number, or "". */
    readonly unit: string;
  } | undefined;
}

/** Parts of an audit, in the order of the page. */
export const auditParts = ["cost", "variance", "linear", "functional", "kernels", "sensitivity", "manifold", "blind"] as const;

/** Name of a part of an audit. */
export type AuditPartName = (typeof auditParts)[number];

/** What a descriptor costs, repeats and misses on some data. Every number is finite; what was not measured says why. */
export interface Audit {
  /** What was described. */
  readonly data: {
    /** As given. */
    readonly name: string;
    /** In all. */
    readonly structures: number;
    /** In all structures. */
    readonly atoms: number;
    /** Chemical symbols. */
    readonly species: readonly string[];
    /** Whether any structure is. */
    readonly periodic: boolean;
  };
  /** With every default. */
  readonly descriptor: {
    /** Its type. */
    readonly type: string;
    /** All of them. */
    readonly parameters: Readonly<Record<string, unknown>>;
    /** What a row is about. */
    readonly rows: "center" | "structure" | "tuple";
    /** Of a row. */
    readonly columns: number;
    /** Å; absent for whole structures. */
    readonly cutoff?: number | undefined;
  };
  /** What it was measured on. */
  readonly machine: {
    /** Its name. */
    readonly cpu: string;
    /** Version of Node. */
    readonly node: string;
    /** Of the WebAssembly. */
    readonly build: string;
  };
  /** Of all samples. */
  readonly seed: number;
  /** That all but the costs was measured with. */
  readonly threads: number;
  /** In all, on the clock. */
  readonly seconds: number;
  /** See `CostPart`. */
  readonly cost: Part<CostPart>;
  /** See `VariancePart`. */
  readonly variance: Part<VariancePart>;
  /** See `LinearPart`. */
  readonly linear: Part<LinearPart>;
  /** See `FunctionalPart`. */
  readonly functional: Part<FunctionalPart>;
  /** See `KernelPart`. */
  readonly kernels: Part<KernelPart>;
  /** See `SensitivityPart`. */
  readonly sensitivity: Part<SensitivityPart>;
  /** See `ManifoldPart`. */
  readonly manifold: Part<ManifoldPart>;
  /** See `BlindPart`. */
  readonly blind: Part<BlindPart>;
  /** In plain words, in the order of the parts. */
  readonly verdicts: readonly Verdict[];
  /** What may ruin the numbers: sentences. */
  readonly warnings: readonly string[];
  /** What was found in the cache. */
  readonly cached: readonly AuditPartName[];
}
