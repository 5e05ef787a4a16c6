import type { ErrorBarSummary } from "../analysis/error-bars.js";
import type { StructureComparison } from "../analysis/metrics.js";
import type { LearningCurveResult } from "../analysis/validation/learning-curve.js";

/** Reference and prediction of one structure, as a report shows it. */
export interface StructureRecord extends StructureComparison {
  /** Where the structure came from; unique in the report. */
  readonly label: string;
  /** Sum of the isolated-atom energies, eV. If every record has it, energies are plotted relative to isolated atoms. */
  readonly isolatedAtomEnergy?: number;
}

/** One part of the data as the report shows it. */
export interface ReportDataset {
  /** "train", "validation", "test", or any other name */
  readonly name: string;
  /** File or files the structures came from. */
  readonly source?: string;
  /** In the order of the data. */
  readonly records: readonly StructureRecord[];
}

/** Wall time of one stage, s. */
export interface StageTiming {
  /** In the words of the report. */
  readonly stage: string;
  /** Wall time. */
  readonly seconds: number;
}

/** Most memory of one kind, bytes. */
export interface MemoryPeak {
  /** "WebAssembly", "process", … */
  readonly name: string;
  /** At its peak. */
  readonly bytes: number;
}

/** A text, a count, or counts by name ("Si 120, O 240"). */
export type ReportCell = string | number | readonly (readonly [name: string, count: number])[];

/** A table about what was done, for example the sparse sets of a model. */
export interface ReportTable {
  /** Two or three words: "Sparse set". */
  readonly title: string;
  /** Titles. */
  readonly columns: readonly string[];
  /** A cell for every column; the first one names the row. */
  readonly rows: readonly (readonly ReportCell[])[];
}

/** A plot with two logarithmic axes, such as errors against the number of functions. */
export interface ReportPlot {
  /** Of its file, without extension. */
  readonly name: string;
  /** Above the plot. */
  readonly title: string;
  /** In words, at the axis. */
  readonly x: string;
  /** In words, at the axis. */
  readonly y: string;
  /** At least one. */
  readonly curves: readonly {
    /** In the legend. */
    readonly name: string;
    /** Ascending x, all above 0. */
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  /** Below the plot. */
  readonly caption: string;
}

/** A structure for the 3D view. */
export interface WorstStructure {
  /** Where it came from. */
  readonly label: string;
  /** Its `config_type`, or "". */
  readonly group: string;
  /** Name of the data set it belongs to. */
  readonly dataset?: string;
  /** Chemical symbols, nAtoms */
  readonly symbols: readonly string[];
  /** Å, nAtoms × 3 */
  readonly positions: ArrayLike<number>;
  /** Å, 3 × 3, rows are lattice vectors; null without a cell */
  readonly cell: ArrayLike<number> | null;
  /** Whether the cell repeats along each lattice vector. */
  readonly pbc: readonly [boolean, boolean, boolean];
  /** |ΔF| of each atom in eV/Å, nAtoms; NaN without a reference */
  readonly forceErrors: ArrayLike<number>;
}

/** Everything a report shows. Plain data, filled by the commands; every text may hold any characters. */
export interface ReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** "fit": headline numbers of a new model; "evaluate": of a stored one. */
  readonly kind: "fit" | "evaluate";
  /** One line below the title, for example "sparse-gp · soap · 1000 sparse environments". */
  readonly description?: string;
  /** When it was made, as the reader should see it. */
  readonly date?: string;
  /**
   * What the energies that are subtracted in plots are: of isolated atoms (the default, and "given"), coefficients of a least-squares fit to the
   * compositions ("least-squares"), or whatever a stored model holds ("model").
   */
  readonly isolatedAtomSource?: string;
  /** What may ruin the model or the comparison, one sentence each; absent or empty: not shown. */
  readonly warnings?: readonly string[];
  /** In order train, validation, test. Headline numbers come from "test", else "validation", else the last one. */
  readonly datasets: readonly ReportDataset[];
  /** eV/Å: reference forces up to this length count for no errors of amplitudes and angles; absent: 10⁻⁶. */
  readonly forceThreshold?: number;
  /** Shown below the errors; absent: none. */
  readonly tables?: readonly ReportTable[];
  /** How the model was made; absent or empty: none. */
  readonly plots?: readonly ReportPlot[];
  /** Error bars of the headline data beside the errors; absent: none. */
  readonly errorBars?: ErrorBarSummary;
  /** Errors against the number of structures; absent: not shown. */
  readonly learningCurve?: LearningCurveResult;
  /** In their order; absent: not shown. */
  readonly timings?: readonly StageTiming[];
  /** Absent: not shown. */
  readonly memory?: readonly MemoryPeak[];
  /** The resolved fit file, YAML. */
  readonly settings?: string;
  /** Checksums, versions, seed, isolated-atom energies and where they came from … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[];
  /** Worst first; absent or empty: no 3D view. */
  readonly worstStructures?: readonly WorstStructure[];
}

/** The data set that headline numbers come from; undefined if there is none. */
export function headlineDataset(datasets: readonly ReportDataset[]): ReportDataset | undefined {
  const named = (name: string): ReportDataset | undefined => datasets.find((dataset) => dataset.name === name);
  return named("test") ?? named("validation") ?? datasets.at(-1);
}
