import { crossValidate, type CrossValidation, divideData, heldOutPredictions } from "../analysis/validation/cross-validate.js";
import type { FitConfig } from "../config/fit-config.js";
import { InvalidParameterError } from "../errors.js";
import { trainerOf } from "../fit/registry.js";
import type { FitPlan } from "../fit/trainer.js";
import type { Executor } from "../parallel/executor.js";
import { formatErrorTable } from "../report/error-table.js";
import type { ReportTable } from "../report/report-data.js";
import { spreadTable } from "../report/spread-table.js";
import { writeStructures } from "../structures/io/write-structures.js";
import type { LoadedData } from "../structures/data-schema.js";
import { type ErrorRecord, errorRecord } from "./error-record.js";
import { formatDuration } from "./progress.js";
import type { Session } from "./session.js";
import { formatTable } from "./table.js";

/** What a fit file asks for beside the fit to all data. */
export interface ValidationJob {
  readonly config: FitConfig;
  readonly data: LoadedData;
  /** File for what was predicted of structures that were left out. */
  readonly predictions: string | undefined;
}

/** What came of it, for the model, the record, the terminal and the report. */
export interface ValidationOutcome {
  /** Errors by the name of what made them, stored with the model. */
  readonly metrics: Readonly<Record<string, ErrorRecord>>;
  readonly record: object;
  readonly text: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly warnings: readonly string[];
}

/** Whether anything but a fit to all data is asked for. */
export function asksForValidation({ crossValidation }: FitConfig): boolean {
  return crossValidation !== undefined;
}

/**
 * Finds out before the fit whether the data allow what is asked for.
 * @throws {InvalidParameterError}
 */
export function checkValidation({ config: { crossValidation, seed }, data, predictions }: ValidationJob): void {
  if (crossValidation) named("crossValidation", () => divideData(data.train, crossValidation, seed));
  if (predictions !== undefined && !crossValidation) {
    throw new InvalidParameterError("--predictions writes what cross-validation predicts of structures that were left out: add --cross-validation");
  }
}

/** Lines of a plan about what follows the fit. */
export function validationPlan({ crossValidation }: FitConfig, { seconds }: FitPlan, secondsToPredict: number): string[] {
  if (!crossValidation) return [];
  const { folds } = crossValidation;
  return [`          about ${formatDuration((folds - 1) * seconds + secondsToPredict)} for ${folds} folds of cross-validation`];
}

/** Does what is asked for. */
export async function validateFit(session: Session, executor: Executor, job: ValidationJob): Promise<ValidationOutcome> {
  const { crossValidation } = job.config;
  if (!crossValidation) return { metrics: {}, record: {}, text: [], tables: [], warnings: [] };
  return crossValidationOutcome(await runCrossValidation(session, executor, job), job);
}

async function runCrossValidation(session: Session, executor: Executor, { config, data, predictions }: ValidationJob): Promise<CrossValidation> {
  const { signal, onProgress } = session;
  const context = { seed: config.seed, signal, onProgress, everything: predictions !== undefined };
  const result = await crossValidate(trainerOf(config.model), config, data.train, executor, config.crossValidation, context);
  for (const warning of result.warnings) session.warn(warning);
  if (predictions === undefined) return result;
  const found = heldOutPredictions(data.train, result.folds);
  await writeStructures(predictions, data.train, { predictions: (_, index) => found[index], signal });
  return result;
}

function crossValidationOutcome(result: CrossValidation, { config: { crossValidation, seed }, predictions }: ValidationJob): ValidationOutcome {
  const { split, folds, foldErrors, spread, errors, warnings, seconds } = result;
  const { title, columns, rows } = spreadTable(result);
  const pooled = errorRecord({ errors });
  const byFold = folds.map((fold, k) => ({ train: fold.nTrain, heldOut: fold.heldOut.length, seconds: fold.seconds, ...errorRecord({ errors: foldErrors[k] }) }));
  return {
    metrics: { "cross-validation": pooled },
    record: { crossValidation: { ...crossValidation, split, seed: crossValidation!.seed ?? seed, ...pooled, spread, byFold, warnings, seconds, ...(predictions !== undefined && { predictions }) } },
    text: [
      `cross-validation: structures predicted by a fit that they were left out of (${folds.length} folds, ${split})`,
      `${formatErrorTable(errors)}\n`,
      "mean ± standard deviation over the folds",
      `${formatTable([columns, ...rows.map((row) => row.map(String))])}\n`,
      ...(predictions === undefined ? [] : [`predictions of structures left out → ${predictions}`]),
    ],
    tables: [{ title, columns, rows }],
    warnings,
  };
}

/** What goes wrong is told under the name of the section that asked for it. */
function named<Result>(section: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof InvalidParameterError && !error.message.startsWith(section)) throw new InvalidParameterError(`${section}: ${error.message}`);
    throw error;
  }
}
