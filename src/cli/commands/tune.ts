import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import type { Command } from "commander";
import { candidateOf, searchIdentity, type TuneConfig, tuneFileSchema } from "../../config/tune-config.js";
import { type ConfigFile, readConfigFile, resolveConfig } from "../../config/config-file.js";
import { programVersions, recordFile } from "../../config/provenance.js";
import { inSearchParameters } from "../../config/search-place.js";
import { relocatePaths } from "../../config/fit-config.js";
import type { FileRecord } from "../../models/model-type.js";
import { CancelledError, InvalidParameterError, NumericalError, PestleError } from "../../errors.js";
import { checkOutput } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { filesIn, type NamedFile } from "../../file-path.js";
import { holdFiles } from "../../held-files.js";
import { trainerOf } from "../../fit/registry.js";
import { checkReport } from "../../report/write-files.js";
import { dataSchema, loadData } from "../../structures/data-schema.js";
import type { Candidate } from "../../tune/search-space/search-space.js";
import { checkParameters } from "../../tune/search-space/create.js";
import { createStage, searchParameters } from "../../tune/search.js";
import { JournalFile } from "../../tune/journal/journal.js";
import type { SearchListener } from "../../tune/search-events.js";
import type { SearchResult } from "../../tune/search-result.js";
import type { Stage } from "../../tune/stage.js";
import { stagesOf } from "../../tune/schema.js";
import { startValues } from "../../tune/start-values.js";
import { dataWarnings, noteDataset, partsOf } from "../loaded-data.js";
import { besideWith, refuseToReplace } from "../paths.js";
import { formatDuration } from "../progress.js";
import { resumeCommand } from "../resume-command.js";
import { createSearchDisplay } from "../search-display.js";
import { type TuneJob, writeFitFile, writeSearchReport } from "../search-files.js";
import { describePlan, describeResult, describeWarning, evaluationPlace, planOf, stageRecord } from "../search-summary.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle tune`. */
export interface TuneFlags extends SessionOptions {
  readonly output?: string;
  readonly journal?: string;
  readonly resume?: boolean;
  readonly budget?: BudgetFlag;
  readonly report?: string;
  readonly choose?: number;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly dryRun?: boolean;
}

/** Of `--budget`: what was given. */
export interface BudgetFlag {
  readonly evaluations?: number;
  /** seconds */
  readonly time?: number;
}

/**
 * Runs `pestle tune`.
 * @param path tune file
 * @param self the command, to say how it is resumed
 */
export async function runTune(session: Session, path: string, flags: TuneFlags, self: Command): Promise<void> {
  const release = holdFiles();
  try {
    await tune(session, path, flags, self);
  } finally {
    release();
  }
}

async function tune(session: Session, path: string, flags: TuneFlags, self: Command): Promise<void> {
  const file = await readConfigFile(path);
  const { config, base } = readTuneConfig(file, flags);
  // reading the data may take long
  const spaces = stagesOf(config.tune).map(({ parameters }, index) => {
    return inSearchParameters(file, parametersPath(config, index), () => checkParameters(parameters, base));
  });
  const output = flags.output ?? besideWith(path, "-best", extname(path) || ".yaml");
  const journal = flags.journal ?? besideWith(output, "", ".journal.jsonl");
  const inputs = inputsOf(config);
  if (!/\.(ya?ml|json)$/iu.test(output)) throw new InvalidParameterError(`the output ${output} is a fit file; give it a name ending in .yaml or .json`);
  for (const target of [output, journal]) {
    await refuseToReplace(target, [path, ...inputs.map((input) => input.path)]);
    await checkOutput(target);
  }
  if (!flags.dryRun) refuseToOverwrite({ output, journal, report: flags.report, isResumed: flags.resume === true });
  if (!flags.dryRun && flags.report !== undefined) await checkReport(flags.report);
  const data = await loadData(config.data, { seed: config.seed, signal: session.signal });
  for (const [name, dataset] of partsOf(data)) noteDataset(session, name, dataset);
  const warnings = await dataWarnings(data);
  for (const warning of warnings) session.warn(warning);
  const job = { path, file, warnings, config, base, spaces, data, output, journal, report: flags.report, choose: flags.choose, resumeCommand: resumeCommand(self, [path], { without: ["choose"], texts: { budget: budgetText } }) };
  if (flags.dryRun) return session.withExecutor((executor) => printPlan(session, job, executor));
  const modelFiles = await Promise.all(trainerOf(config.model).files(config).map(({ role, path }) => recordFile(role, path, session.signal)));
  const files = [...data.files, ...modelFiles];
  await session.withExecutor((executor) => searchAndWrite(session, job, files, executor, flags.resume === true));
}

function readTuneConfig(file: ConfigFile, { set, seed, budget }: TuneFlags): { config: TuneConfig; base: Candidate } {
  let given: Record<string, unknown> = {};
  const config = resolveConfig(tuneFileSchema, file, {
    assignments: set,
    values: (config) => {
      given = config;
      relocatePaths(config, file.path);
      if (seed !== undefined) config.seed = seed;
      if (!budget || typeof config.tune !== "object" || config.tune === null) return;
      const section = config.tune as Record<string, unknown>;
      section.budget = budget;
    },
  });
  return { config, base: candidateOf(given, config) };
}

/** What the search reads. */
function inputsOf(config: TuneConfig): NamedFile[] {
  return [...filesIn(dataSchema, config.data, "data"), ...trainerOf(config.model).files(config)];
}

interface Targets {
  readonly output: string;
  readonly journal: string;
  readonly report: string | undefined;
  readonly isResumed: boolean;
}

/** Results of another search are not lost by mistake; a resumed search replaces its own. */
function refuseToOverwrite({ output, journal, report, isResumed }: Targets): void {
  if (isResumed && existsSync(journal)) return;
  // a report that is a folder is the page in it
  const page = report === undefined || /\.html$/iu.test(report) ? report : join(report, "report.html");
  for (const path of [output, ...(page === undefined ? [] : [page])]) {
    if (!existsSync(path)) continue;
    const remedy = existsSync(journal) ? `add --resume to go on with the search of ${journal}` : "delete it";
    throw new InvalidParameterError(`${path} exists already; name another file, or ${remedy}`);
  }
}

function budgetText(budget: unknown): string {
  const { evaluations, time } = budget as BudgetFlag;
  return [...(evaluations === undefined ? [] : [String(evaluations)]), ...(time === undefined ? [] : [`${time}s`])].join(",");
}

function parametersPath({ tune }: TuneConfig, stage: number): (string | number)[] {
  return tune.stages ? ["tune", "stages", stage, "parameters"] : ["tune", "parameters"];
}

/** Every stage on the values of the file; errors name their place in it. */
function stagesOn({ file, config, base, spaces, data }: TuneJob, executor: Executor): Stage[] {
  return stagesOf(config.tune).map((options, index) => {
    return inSearchParameters(file, parametersPath(config, index), () => createStage(options, index, base, data, executor, spaces[index]));
  });
}

function printPlan(session: Session, job: TuneJob, executor: Executor): Promise<void> {
  const { threads } = session;
  const { config } = job;
  const options = stagesOf(config.tune);
  const plans = stagesOn(job, executor).map((stage, index) => {
    const { objective, optimizer, budget = config.tune.budget! } = options[index];
    const start = startValues(stage.space, stage.base, stage.space.encode(stage.base)).values;
    const plan = planOf(stage, { objective, optimizer, budget }, start, { threads, bytes: executor.pool.bytesAvailable });
    stage.objective.release();
    return plan;
  });
  session.result({ stages: plans, threads, output: job.output, journal: job.journal, config }, plans.map(describePlan).join("\n\n"));
  return Promise.resolve();
}

async function searchAndWrite(session: Session, job: TuneJob, files: readonly FileRecord[], executor: Executor, isResumed: boolean): Promise<void> {
  // before there is a journal, so that a mistake in the file leaves none behind
  const stages = stagesOn(job, executor);
  const result = await search(session, job, stages, files, executor, isResumed);
  refuseNothing(job, result);
  await writeFitFile(job, result);
  const next = `pestle fit ${job.output} -o ${besideWith(job.output, "", ".pestle")}`;
  const warnings = [...job.warnings, ...result.warnings.map((warning) => describeWarning(warning, result.stages.length))];
  const report = job.report === undefined ? undefined : await writeSearchReport(job, job.report, { result, warnings, files, next }, session.signal);
  session.result(
    {
      output: job.output,
      journal: job.journal,
      ...(report !== undefined && { report }),
      seconds: result.seconds,
      stages: result.stages.map(stageRecord),
      candidate: result.candidate,
      warnings,
      data: files,
      versions: programVersions(),
      next,
    },
    [
      describeResult(result),
      "",
      `searched for ${formatDuration(result.seconds)}`,
      `fit file → ${job.output}`,
      `journal → ${job.journal}`,
      ...(report === undefined ? [] : [`report → ${report}`]),
      `next: ${next}`,
    ].join("\n"),
  );
}

/** Where nothing could be evaluated the values of the file are no result. */
function refuseNothing({ journal }: TuneJob, { stages }: SearchResult): void {
  if (stages.some(({ best }) => best !== undefined)) return;
  const reason = stages.flatMap(({ records }) => records).find(({ status }) => status === "failed")?.reason ?? "the budget ended before the first one";
  throw new NumericalError(`no candidate could be evaluated, so there is no fit file: ${reason}; every reason is in ${journal}`);
}

async function search(
  session: Session,
  job: TuneJob,
  stages: readonly Stage[],
  files: readonly FileRecord[],
  executor: Executor,
  isResumed: boolean,
): Promise<SearchResult> {
  const { config, base, data } = job;
  const journal = openJournal(session, job, files, isResumed);
  const display = createSearchDisplay(session.stderr, session.isQuiet);
  session.show(display);
  const onEvent: SearchListener = (event) => {
    display.listener(event);
    if (event.kind === "warning") session.warn(`${evaluationPlace(event.stage, event.evaluation, stages.length)}: ${event.text}`);
  };
  try {
    return await searchParameters(config.tune, base, data, executor, { journal, stages, choose: job.choose, signal: session.signal, onEvent });
  } catch (error) {
    display.stop();
    const isOutside = error instanceof CancelledError || !(error instanceof PestleError);
    if (isOutside && !journal.isEmpty) session.note(`every finished evaluation is in ${job.journal}; go on with\n  ${job.resumeCommand}`);
    throw error;
  } finally {
    journal.close();
  }
}

function openJournal(session: Session, { config, journal }: TuneJob, files: readonly FileRecord[], isResumed: boolean): JournalFile {
  const identity = { configuration: searchIdentity(config), data: files };
  if (!isResumed || !existsSync(journal)) {
    if (isResumed) session.note(`there is no journal ${journal} to resume; the search begins`);
    return JournalFile.create(journal, identity);
  }
  const opened = JournalFile.resume(journal, identity);
  opened.notes.forEach((note) => session.note(note));
  return opened;
}
