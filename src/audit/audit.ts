import type { FunctionalPart, ManifoldPart, SensitivityPart } from "./move-results.js";
import type { BlindPart, CostPart, KernelPart, LinearPart, VariancePart } from "./row-results.js";

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
