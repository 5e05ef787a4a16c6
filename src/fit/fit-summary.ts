import type { IsolatedAtomEnergies } from "./isolated-atoms.js";
import type { RobustSummary } from "./robust/summary.js";
import type { TargetCounts } from "./targets.js";

/** A count that has a name in records (`nSparse`). */
export interface NamedCount {
  /** As in records: a key, not a title. */
  readonly name: string;
  /** A whole number. */
  readonly count: number;
}

/** A text, a number, or numbers by name ("Si 120, O 240"). */
export type TableCell = string | number | readonly (readonly [name: string, count: number])[];

/** A table of a report. */
export interface FitTable {
  /** Two or three words: "Sparse set". */
  readonly title: string;
  /** Titles. */
  readonly columns: readonly string[];
  /** A cell for every column; the first one names the row. */
  readonly rows: readonly (readonly TableCell[])[];
}

/** One line of a plot of a report. */
export interface FitCurve {
  /** In the legend. */
  readonly name: string;
  /** Ascending x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of a report with two logarithmic axes. */
export interface FitPlot {
  /** Of its file, without extension. */
  readonly name: string;
  /** Above the plot. */
  readonly title: string;
  /** In words, at the axis. */
  readonly x: string;
  /** In words, at the axis. */
  readonly y: string;
  /** At least one. */
  readonly curves: readonly FitCurve[];
  /** Below the plot. */
  readonly caption: string;
}

/** Time of a part of the fit. */
export interface FitStage {
  /** In the words of the report: "design matrix and QR". */
  readonly name: string;
  /** How one line about the fit names it; absent: it is left out there. */
  readonly short?: string;
  /** Wall time. */
  readonly seconds: number;
}

/** What a fit did: plain data for records, reports and the journal of a search. */
export interface FitSummary {
  /** Of the training data. */
  readonly structures: number;
  /** In all structures. */
  readonly atoms: number;
  /** Reference values that were fitted. */
  readonly targets: TargetCounts;
  /** How large the model is, in words: "1000 sparse environments". */
  readonly extent: string;
  /** Sizes of the model: metrics of a search. */
  readonly sizes: readonly NamedCount[];
  /** In their order. */
  readonly stages: readonly FitStage[];
  /** For the report, such as the sparse sets. */
  readonly tables: readonly FitTable[];
  /** For the report; absent: none. */
  readonly plots?: readonly FitPlot[];
  /** eV by chemical symbol, and where they are from; absent where the model has none. */
  readonly isolatedAtomEnergies?: Readonly<Record<string, number>>;
  /** The options, isolated atoms in the data, or a least-squares fit to the compositions. */
  readonly isolatedAtomSource?: IsolatedAtomEnergies["source"];
  /** What may ruin the model, one sentence each: it shows in the record and the report. Absent: nothing was noticed. */
  readonly warnings?: readonly string[];
  /** Root mean square of residual/σ over all targets and the prior: about 1 where the σ describe the errors. */
  readonly weightedResidual?: number;
  /** What was minimised, at its minimum: the sum of (residual/σ)² over all targets and what the prior adds; absent where it is not that. */
  readonly minimum?: number;
  /** What Huber's loss did; absent: the loss was squared. */
  readonly robust?: RobustSummary;
  /** Most WebAssembly memory in use at once since the executor was made. */
  readonly peakWasmBytes: number;
}
