import { crossValidate, type CrossValidation, divideData, heldOutPredictions } from "../analysis/validation/cross-validate.js";
import { divideLearningData, estimateLearningSeconds, learningCurve, type LearningCurveResult, type LearningRun, summarizeLearningRuns } from "../analysis/validation/learning-curve.js";
import { configuredTrainer, type FitConfig } from "../config/fit-config.js";
import { CancelledError, InvalidParameterError } from "../errors.js";
import type { FitPlan } from "../fit/fit-plan.js";
import type { Executor } from "../parallel/executor.js";
import { formatErrorTable } from "../report/error-table.js";
import { learningTable } from "../report/learning-table.js";
import type { ReportData, ReportTable } from "../report/report-data.js";
import { spreadTable } from "../report/spread-table.js";
import { writeStructures } from "../structures/io/write-structures.js";
import { describeProperties, type ErrorRecord, errorRecord } from "./error-record.js";
import type { KeptFits } from "./kept-fits.js";
import { formatDuration } from "./progress.js";
import type { Session } from "./session.js";
import type { ValidationJob } from "./validation-job.js";
import { formatTable } from "./table.js";

/** What came of it, for the model, the record, the terminal and the report. */
export interface ValidationOutcome {
  /** Errors by the name of what made them, stored with the model. */
  readonly metrics: Readonly<Record<string, ErrorRecord>>;
  readonly record: object;
  readonly text: readonly string[];
  readonly tables: readonly ReportTable[];
  /** Beside the tables. */
  readonly shown: Pick<ReportData, "learningCurve">;
  readonly warnings: readonly string[];
}

/** Whether anything but a fit to all data is asked for. */
export function asksForValidation({ crossValidation, learningCurve }: FitConfig): boolean {
  return crossValidation !== undefined || learningCurve !== undefined;
}

/**
 * Finds out before the fit whether the data allow what is asked for.
 * @throws {InvalidParameterError}
 */
export function checkValidation({ config: { crossValidation, learningCurve, seed }, data, predictions }: ValidationJob): void {
  if (crossValidation) named("crossValidation", () => divideData(data.train, crossValidation, seed));
  if (learningCurve) named("learningCurve", () => divideLearningData(data, learningCurve, seed));
  if (predictions !== undefined && !crossValidation) {
    throw new InvalidParameterError("--predictions writes what cross-validation predicts of structures that were left out: add --cross-validation");
  }
}

/** What is known of the fit to all data; where it was not planned yet, it is. */
interface KnownPlan {
  readonly plan?: FitPlan;
  readonly secondsToPredict?: number;
  readonly threads: number;
}

/** Lines of a plan about what follows the fit. */
export async function validationPlan({ config, data }: ValidationJob, { plan, secondsToPredict = 0, threads }: KnownPlan): Promise<string[]> {
  const { crossValidation, learningCurve, seed } = config;
  const trainer = configuredTrainer(config);
  const lines: string[] = [];
  if (crossValidation) {
    const { seconds } = plan ?? (await trainer.plan(config, data.train, threads));
    lines.push(`about ${formatDuration((crossValidation.folds - 1) * seconds + secondsToPredict)} for ${crossValidation.folds} folds of cross-validation`);
  }
  if (learningCurve) {
    const divided = divideLearningData(data, learningCurve, seed);
    const seconds = await estimateLearningSeconds(trainer, config, data, divided, threads);
    const sizes = [...new Set(divided.parts.map(({ size }) => size))];
    lines.push(`about ${formatDuration(seconds)} for the ${divided.parts.length} fits of a learning curve, to ${sizes.join(", ")} structures`);
  }
  return lines.map((line) => `          ${line}`);
}

/** Does what is asked for. */
export async function validateFit(session: Session, executor: Executor, job: ValidationJob, fits: KeptFits): Promise<ValidationOutcome> {
  const { crossValidation, learningCurve: curve } = job.config;
  const outcomes: ValidationOutcome[] = [];
  if (crossValidation) outcomes.push(crossValidationOutcome(await runCrossValidation(session, executor, job, fits), job));
  if (curve) outcomes.push(learningOutcome(await runLearningCurve(session, executor, job, fits)));
  return {
    metrics: Object.assign({}, ...outcomes.map(({ metrics }) => metrics)) as ValidationOutcome["metrics"],
    record: Object.assign({}, ...outcomes.map(({ record }) => record)) as object,
    text: outcomes.flatMap(({ text }) => text),
    tables: outcomes.flatMap(({ tables }) => tables),
    shown: Object.assign({}, ...outcomes.map(({ shown }) => shown)) as ValidationOutcome["shown"],
    warnings: outcomes.flatMap(({ warnings }) => warnings),
  };
}

/** Stopped, it shows the fits that are done. */
async function runLearningCurve(session: Session, executor: Executor, { config, data }: ValidationJob, fits: KeptFits): Promise<LearningCurveResult> {
  const { signal, onProgress } = session;
  const { learningCurve: options, seed } = config;
  const runs: LearningRun[] = [];
  const kept = fits.parts("learning curve", divideLearningData(data, options!, seed).parts.length);
  const context = { seed, signal, onProgress, onRun: (run: LearningRun): number => runs.push(run), ...kept };
  try {
    const curve = await learningCurve(configuredTrainer(config), config, data, executor, options, context);
    for (const warning of curve.warnings) session.warn(warning);
    return curve;
  } catch (error) {
    if (error instanceof CancelledError && runs.length > 0) {
      session.note(`the learning curve was stopped; ${runs.length} ${runs.length === 1 ? "fit is" : "fits are"} done`);
      session.note(learningText(summarizeLearningRuns(divideLearningData(data, options!, seed), runs)).join("\n"));
    }
    throw error;
  }
}

function learningText(curve: LearningCurveResult): string[] {
  const { title, columns, rows } = learningTable(curve);
  return [title.replace(/^L/u, "l"), `${formatTable([columns, ...rows.map((row) => row.map(String))])}\n`];
}

function learningOutcome(curve: LearningCurveResult): ValidationOutcome {
  const { on, scoredStructures, points, powerLaws, propertyLaws, runs, warnings } = curve;
  const told = runs.map(({ errors, properties, warnings: _, ...run }) => ({ ...run, ...errorRecord({ errors, properties }) }));
  const record = { learningCurve: { on, scoredStructures, units: errorRecord({ errors: runs[0].errors }).units, points, powerLaws, propertyLaws, runs: told, warnings } };
  return { metrics: {}, record, text: learningText(curve), tables: [learningTable(curve)], shown: { learningCurve: curve }, warnings };
}

async function runCrossValidation(session: Session, executor: Executor, { config, data, predictions }: ValidationJob, fits: KeptFits): Promise<CrossValidation> {
  const { signal, onProgress } = session;
  const context = { seed: config.seed, signal, onProgress, everything: predictions !== undefined, ...fits.parts("cross-validation", config.crossValidation!.folds) };
  const result = await crossValidate(configuredTrainer(config), config, data.train, executor, config.crossValidation, context);
  for (const warning of result.warnings) session.warn(warning);
  if (predictions === undefined) return result;
  const found = heldOutPredictions(data.train, result.folds);
  await writeStructures(predictions, data.train, { predictions: (_, index) => found[index], signal });
  return result;
}

function crossValidationOutcome(result: CrossValidation, { config: { crossValidation, seed }, predictions }: ValidationJob): ValidationOutcome {
  const { split, folds, foldErrors, foldProperties, spread, errors, properties, warnings, seconds } = result;
  const { title, columns, rows } = spreadTable(result);
  const pooled = errorRecord({ errors, properties });
  const byFold = folds.map((fold, k) => ({ train: fold.nTrain, heldOut: fold.heldOut.length, seconds: fold.seconds, ...errorRecord({ errors: foldErrors[k], properties: foldProperties[k] }) }));
  return {
    metrics: { "cross-validation": pooled },
    record: { crossValidation: { ...crossValidation, split, seed: crossValidation!.seed ?? seed, ...pooled, spread, byFold, warnings, seconds, ...(predictions !== undefined && { predictions }) } },
    text: [
      `cross-validation: structures predicted by a fit that they were left out of (${folds.length} folds, ${split})`,
      [formatErrorTable(errors), ...describeProperties(properties), ""].join("\n"),
      "mean ± standard deviation over the folds",
      `${formatTable([columns, ...rows.map((row) => row.map(String))])}\n`,
      ...(predictions === undefined ? [] : [`predictions of structures left out → ${predictions}`]),
    ],
    tables: [{ title, columns, rows }],
    shown: {},
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
