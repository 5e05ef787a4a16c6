import { InvalidParameterError } from "../../errors.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import type { KernelRidgeModel } from "../../models/kernel-ridge/model.js";
import type { FitStage } from "../fit-summary.js";
import type { FitContext } from "../trainer.js";
import type { ResolvedKernelFit } from "./schema.js";
import type { KernelRidgeFitSummary } from "./summary.js";
import type { OpenKernelTerm } from "./term-rows.js";
import type { FittedTarget, TrainingData } from "./training-data.js";

/** A fitted model with an account of the fit. */
export interface KernelRidgeFitResult {
  /** Ready to predict and to store. */
  readonly model: KernelRidgeModel;
  /** Sizes, times, errors of structures left out, the scan. */
  readonly summary: KernelRidgeFitSummary;
  /** Residual of every row of the kernel matrix in a fit to all others: f64 [rows × targets]; empty with landmarks */
  readonly leftOutResiduals: Float64Array;
}

/** What the steps of a fit share. */
export interface KernelFitJob extends WorkContext {
  readonly options: ResolvedKernelFit;
  readonly context: FitContext;
  readonly data: TrainingData;
  readonly terms: readonly OpenKernelTerm[];
  readonly holdings: Holdings;
  /** When steps end: names and ms. */
  readonly clock: StageClock;
}

/** Wall times of the steps of a fit. */
export class StageClock {
  readonly stages: FitStage[] = [];
  private last = performance.now();

  /** Ends a step. */
  end(name: string, short?: string): void {
    const now = performance.now();
    this.stages.push({ name, ...(short !== undefined && { short }), seconds: (now - this.last) / 1e3 });
    this.last = now;
  }
}

/** f64 [n × nTargets] */
export function columnsOf(targets: readonly FittedTarget[]): Float64Array {
  const n = targets[0].values.length;
  return Float64Array.from({ length: n * targets.length }, (_, at) => targets[at % targets.length].values[Math.floor(at / targets.length)]);
}

/** @throws {InvalidParameterError} where validation data is needed and not there */
export function validationOf({ context }: KernelFitJob): Dataset {
  if (context.validation) return context.validation;
  throw new InvalidParameterError("regularization.scan.by is validation, but there is no validation data: give data.validation, or another criterion");
}
