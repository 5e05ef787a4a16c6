import type { SampledRow } from "../analysis/information/information.js";
import type { ManifoldEnd } from "../analysis/manifolds/manifold.js";

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
  /** Whose zeros are those of symmetry or of neighbors beyond the cutoff: they are not in `ratio`, as those whose zeros were not asked for causes, unless there are no others. */
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
