import type { Command } from "commander";
import { assessPotential } from "../../analysis/assessment.js";
import { suspectReferenceWarnings } from "../../analysis/suspect-references.js";
import { programVersions, withoutFolders } from "../../config/provenance.js";
import { configuredTrainer, type FitConfig, fitFileSchema, relocatePaths } from "../../config/fit-config.js";
import { type ConfigFile, readConfigFile, resolveConfig } from "../../config/config-file.js";
import { FormatError, InvalidParameterError } from "../../errors.js";
import { valueAt } from "../../parameter-path.js";
import { filesIn } from "../../file-path.js";
import { isGapCommand, isGapModelAlone } from "../../interop/gap/command-source.js";
import type { CheckpointContext } from "../../fit/checkpoint/checkpoint.js";
import { trainerOf } from "../../fit/registry.js";
import { withRoomFor } from "../../fit/room-for-structures.js";
import type { FitPlan } from "../../fit/fit-plan.js";
import type { FitSummary } from "../../fit/fit-summary.js";
import type { Model } from "../../models/model-type.js";
import { saveModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { formatErrorTable } from "../../report/error-table.js";
import { checkReport } from "../../report/write-files.js";
import { writeReport } from "../../report/write-report.js";
import { dataSchema, loadData, type LoadedData } from "../../structures/data-schema.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { ADDRESSABLE_BYTES, formatBytes } from "../../wasm/memory.js";
import { describeErrorBars } from "../error-bar-text.js";
import { describeProperties, errorRecord } from "../error-record.js";
import { type CheckpointFlags, FitCheckpoint } from "../fit-checkpoint.js";
import { calibrateWhole, judgedBars, planWhole, trainWhole } from "../fit-committee.js";
import { type AssessedPart, fitReportData } from "../fit-report.js";
import { asksForValidation, checkValidation, validateFit, type ValidationOutcome, validationPlan } from "../fit-validation.js";
import { keepTogether, keptAlone, type KeptFits } from "../kept-fits.js";
import { dataTitles, dataWarnings, noteDataset, partsOf } from "../loaded-data.js";
import { describeRobust } from "../robust-text.js";
import { requireTrainedSpecies } from "../model-checks.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { formatDuration } from "../progress.js";
import type { Session, SessionOptions } from "../session.js";
import type { ValidationJob } from "../validation-job.js";

/** Flags of `pestle fit`. */
export interface FitFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag, CheckpointFlags {
  readonly config?: string;
  readonly output?: string;
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly report?: string;
  readonly crossValidation?: boolean;
  readonly learningCurve?: boolean;
  readonly predictions?: string;
  readonly dryRun?: boolean;
}

/**
 * Runs `pestle fit`.
 * @param path fit file
 * @param self the command, to say how it is resumed
 */
export async function runFit(session: Session, path: string | undefined, flags: FitFlags, self: Command): Promise<void> {
  const config = await readFitConfig(path, flags);
  await fit(session, config, { ...flags, path: path ?? flags.config }, (output) => FitCheckpoint.of(session, output, flags, self, path));
}

async function readFitConfig(path: string | undefined, flags: FitFlags): Promise<FitConfig> {
  if (path !== undefined && flags.config !== undefined) throw new InvalidParameterError("the fit file is given twice; leave --config out");
  const configPath = path ?? flags.config;
  const file = configPath === undefined ? undefined : await readFitFile(configPath);
  if (file && valueAt(file.value, ["tune"]) !== undefined) {
    throw new FormatError(file.locate(["tune"], "key"), `this is the file of a search: pestle tune ${file.path} finds values and writes a fit file`);
  }
  if (!file && !flags.set) throw new InvalidParameterError("no fit file is given: pestle fit fit.yaml -o model.pestle");
  return resolveConfig(fitFileSchema, file, {
    assignments: flags.set,
    values: (config) => {
      if (file) relocatePaths(config, file.path);
      const { train, validation, test, types, seed } = flags;
      const keys = referenceKeys(flags);
      const data = (config.data ?? {}) as Record<string, unknown>;
      config.data = {
        ...data,
        ...(train && { train }),
        ...(validation && { validation }),
        ...(test && { test }),
        ...(types && { types }),
        ...(keys && { keys: { ...(data.keys as object | undefined), ...keys } }),
      };
      if (seed !== undefined) config.seed = seed;
      if (flags.crossValidation) config.crossValidation ??= {};
      if (flags.learningCurve) config.learningCurve ??= {};
    },
  });
}

/** @throws also {InvalidParameterError} where a gap_fit command is given instead, or a file of GAP, with what makes a fit file of it */
async function readFitFile(path: string): Promise<ConfigFile> {
  if (/^gap_fit\s/u.test(path.trim()) || isGapCommand(path)) {
    throw new InvalidParameterError('this is a gap_fit command: pestle import-gap-command "gap_fit …" -o fit.yaml makes a fit file of it');
  }
  return readConfigFile(path, (text) => {
    if (!isGapCommand(text)) return;
    if (isGapModelAlone(text)) throw new FormatError({ file: path }, `it is a GAP model, not a fit file: pestle import-gap ${path} -o model.pestle reads it`);
    throw new FormatError({ file: path }, `it holds a gap_fit command: pestle import-gap-command ${path} -o fit.yaml makes a fit file of it`);
  });
}

/** A fit with forces and sixty sparse points takes so much. */
const SECONDS_PER_MEGABYTE = 4;

async function fit(
  session: Session,
  config: FitConfig,
  flags: FitFlags & { readonly path: string | undefined },
  checkpointFor: (output: string | undefined) => FitCheckpoint | undefined,
): Promise<void> {
  const { output, report, predictions, dryRun = false } = flags;
  if (output === undefined && !dryRun && (report !== undefined || !asksForValidation(config))) {
    throw new InvalidParameterError("no output is given; add for example -o model.pestle");
  }
  const inputs = filesIn(dataSchema, config.data, "data").map(({ path }) => path);
  // the fit file itself, and model files of a baseline
  const others = [flags.path, ...filesIn(fitFileSchema(config), config, "config").map(({ path }) => path)].filter((path) => path !== undefined);
  for (const target of [output, predictions]) if (target !== undefined) await refuseToReplace(target, [...inputs, ...others]);
  if (dryRun) {
    await printPlan(session, await loadForFit(session, config), flags);
    return;
  }
  for (const target of [output, predictions]) if (target !== undefined) await checkOutput(target);
  if (report !== undefined) await checkReport(report);
  const checkpoint = checkpointFor(output);
  await session.withExecutor(
    async (executor) => {
      const job = { ...(await loadForFit(session, config)), predictions };
      checkValidation(job);
      for (const line of await validationPlan(job, { threads: executor.threads })) session.note(line.trimStart());
      if (output === undefined) await validateAlone(session, executor, { ...job, checkpoint });
      else await keeping({ checkpoint }, (context) => fitAndTell(session, executor, { ...job, output, report, checkpoint }, context));
    },
    { files: inputs, secondsPerMegabyte: SECONDS_PER_MEGABYTE },
  );
}

/** Without the fit to all data. */
async function validateAlone(session: Session, executor: Executor, job: Omit<FitJob, "output" | "report">): Promise<void> {
  const { record, text, warnings } = await keeping(job, (context) => keepTogether(job, executor, false, context, (fits) => validateFit(session, executor, job, fits)));
  session.result({ ...record, warnings: [...job.warnings, ...warnings], data: job.data.files, versions: programVersions() }, text.join("\n"));
  job.checkpoint?.folder.remove();
}

async function loadForFit(session: Session, config: FitConfig): Promise<Pick<FitJob, "config" | "data" | "warnings">> {
  const data = await loadData(config.data, { seed: config.seed, signal: session.signal });
  for (const [name, dataset] of partsOf(data)) noteDataset(session, name, dataset);
  requireTrainedSpecies(data);
  const warnings = [...(await dataWarnings(data)), ...trainerOf(config.model).notes(config)];
  for (const warning of warnings) session.warn(warning);
  return { config: withRoomFor(config, partsOf(data).map(([, dataset]) => dataset)), data, warnings };
}

async function printPlan(session: Session, { config, data }: Pick<FitJob, "config" | "data">, flags: FitFlags): Promise<void> {
  const { threads } = session;
  const { memoryLimit = ADDRESSABLE_BYTES } = flags;
  const plan = planWhole(config, await configuredTrainer(config).plan(config, data.train, threads, memoryLimit), data);
  const secondsToPredict = predictionSeconds(plan, data) / threads;
  const memory = plan.memory.map(({ what, bytes }) => `  ${formatBytes(bytes).padStart(8)}  ${what}`);
  session.result({ ...plan, secondsToPredict, threads, config }, [
    ...plan.outline.map(({ label, text }) => `${label.padEnd(10)}${text}`),
    `memory    about ${formatBytes(plan.bytes)}, of them ${formatBytes(plan.wasmBytes)} of numerical memory: ${fits(plan.wasmBytes, memoryLimit)}`,
    ...memory,
    `time      about ${formatDuration(plan.seconds)} to fit and ${formatDuration(secondsToPredict)} to predict the data, on ${threads} thread${threads === 1 ? "" : "s"}`,
    ...(await validationPlan({ config, data, predictions: undefined }, { plan, secondsToPredict, threads })),
  ].join("\n"));
}

/** Of all parts, which follow the fit, on one thread. */
function predictionSeconds({ predictionSeconds: { energy, energyAndForces } }: FitPlan, data: LoadedData): number {
  return partsOf(data).reduce((sum, [, { nAtoms, report }]) => sum + nAtoms * (report.forceComponents + report.virials > 0 ? energyAndForces : energy), 0);
}

/** Whether that is within the limit of the memory. */
function fits(bytes: number, limit: number): string {
  const size = formatBytes(limit);
  return bytes <= limit ? `fits into ${size}` : `more than the limit of ${size}; use fewer sparse points, a smaller basis or fewer threads`;
}

interface FitJob extends ValidationJob {
  /** What was said before the fit. */
  readonly warnings: readonly string[];
  readonly output: string;
  readonly report: string | undefined;
  readonly checkpoint: FitCheckpoint | undefined;
}

/** With the checkpoint of the command, where it has one. */
function keeping<Result>({ checkpoint }: Pick<FitJob, "checkpoint">, work: (context: CheckpointContext) => Promise<Result>): Promise<Result> {
  return checkpoint ? checkpoint.around(work) : work({});
}

/** Fits whose model is stored, and what else was asked for. */
interface FinishedFits {
  readonly summary: FitSummary;
  readonly model: Model;
  /** s of the fit to all data */
  readonly seconds: number;
  readonly validation: ValidationOutcome;
}

/** All fits of the command. The model is stored as soon as it is fitted, so that it is not lost if others fail. */
async function runFits(session: Session, executor: Executor, job: FitJob, fits: KeptFits): Promise<FinishedFits> {
  const { config, data, output } = job;
  const { signal, onProgress } = session;
  const start = performance.now();
  const context = { signal, onProgress, provenance: { versions: programVersions(), data: data.files }, validation: data.validation };
  const { model: trained, summary } = await fits.whole(context, (own) => trainWhole(config, data, executor, own));
  for (const warning of summary.warnings ?? []) session.warn(warning);
  const model = withoutFolders(trained);
  const seconds = (performance.now() - start) / 1000;
  await saveModel(output, model);
  return { summary, model, seconds, validation: await validateFit(session, executor, job, fits) };
}

/** A fit alone needs its checkpoint no more when its model is stored; others until all that was asked for is told. */
async function fitAndTell(session: Session, executor: Executor, job: FitJob, context: CheckpointContext): Promise<void> {
  const { checkpoint } = job;
  if (asksForValidation(job.config)) {
    const finished = await keepTogether(job, executor, true, context, (fits) => runFits(session, executor, job, fits));
    await assess(session, executor, job, finished);
    checkpoint?.folder.remove();
  } else {
    const finished = await runFits(session, executor, job, keptAlone(context));
    checkpoint?.folder.remove();
    await assess(session, executor, job, finished);
  }
}

async function assess(session: Session, executor: Executor, job: FitJob, { summary, model: fitted, seconds, validation }: FinishedFits): Promise<void> {
  const { config, data, warnings, output, report } = job;
  const { signal, onProgress } = session;
  const { files } = data;
  const { model, warnings: uncalibrated } = await calibrateWhole(session, executor, fitted, config, data);
  for (const warning of uncalibrated) session.warn(warning);
  const parts: AssessedPart[] = [];
  const judged = partsOf(data);
  for (const [name, dataset] of judged) {
    const errorBars = config.committee !== undefined && dataset === judged[judged.length - 1][1];
    parts.push({ name, dataset, assessment: await assessPotential(model, dataset, executor, { signal, onProgress, onlyReferences: true, errorBars }) });
  }
  const knowsForces = summary.targets.forceComponents > 0;
  const suspect = parts.flatMap(({ name, dataset, assessment }) => suspectReferenceWarnings(assessment.comparisons, dataset, dataTitles[name], { knowsForces }));
  for (const warning of suspect) session.warn(warning);
  const errorBars = judgedBars(model, parts);
  const errors = Object.fromEntries(parts.map(({ name, assessment }) => [name, errorRecord(assessment)]));
  const all = [...warnings, ...(summary.warnings ?? []), ...uncalibrated, ...suspect, ...validation.warnings];
  await saveModel(output, model.withProvenance({ ...model.provenance, metrics: { ...errors, ...validation.metrics } }));
  const reported = { ...summary, warnings: all, tables: [...validation.tables, ...summary.tables] };
  const shown = { ...fitReportData(config, model, reported, parts, files), ...(errorBars && { errorBars }), ...validation.shown };
  const written = report === undefined ? undefined : await writeReport(report, shown, { signal });
  session.result(
    { output, ...(written && { report: written.html }), model: modelRecord(model), ...(model.findings?.length && { findings: model.findings }), fit: { ...summary, plots: undefined }, warnings: all, seconds, errors, ...(errorBars && { errorBars, calibration: model.provenance.calibration }), ...validation.record, data: files, versions: programVersions() },
    [
      ...parts.map(({ name, assessment }) => `${name}\n${[formatErrorTable(assessment.errors, session.width), ...describeProperties(assessment.properties)].join("\n")}\n`),
      ...(errorBars ? [`on ${parts[parts.length - 1].name}`, ...describeErrorBars(errorBars, model.provenance.calibration), ""] : []),
      ...validation.text,
      ...(summary.robust ? describeRobust(summary.robust) : []),
      `fitted in ${formatDuration(seconds)} (${describeSummary(summary)})`,
      ...(model.findings ?? []),
      `model → ${output}`,
      ...(written ? [`report → ${written.html}`] : []),
    ].join("\n"),
  );
}

function modelRecord({ type, species, cutoff }: Model): object {
  return { type, species: species.map(symbolOf), cutoff };
}

function describeSummary({ extent, stages, peakWasmBytes }: FitSummary): string {
  const times = stages.flatMap(({ short, seconds }) => (short === undefined ? [] : `${short} ${formatDuration(seconds)}`));
  return [extent, times.join(", "), `${formatBytes(peakWasmBytes)} of numerical memory`].filter((part) => part !== "").join("; ");
}
