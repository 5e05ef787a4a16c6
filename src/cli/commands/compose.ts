import { existsSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Command } from "commander";
import { composeIdentity, type ComposeConfig, composeFileSchema, relocateComposePaths, withValidation } from "../../config/compose-config.js";
import { type ConfigFile, readConfigFile, resolveConfig } from "../../config/config-file.js";
import { checkComposeData } from "../../compose/judged-data.js";
import { type GrownPotential, growPotential } from "../../compose/grow-potential.js";
import { poolForms } from "../../compose/pool.js";
import { poolOf } from "../../compose/schema.js";
import { CancelledError, InvalidParameterError, PestleError } from "../../errors.js";
import { checkOutput } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { checkReport } from "../../report/write-files.js";
import { filesIn } from "../../file-path.js";
import type { Dataset } from "../../structures/dataset.js";
import { dataSchema, type LoadedData, loadData } from "../../structures/data-schema.js";
import { shortInputName, STANDARD_INPUT } from "../../structures/io/input-name.js";
import { JournalFile } from "../../tune/journal/journal.js";
import { createComposeDisplay } from "../compose-display.js";
import { type ComposeFiles, type ComposeJob, composeFilesOf, resultRecord, writeResult } from "../compose-files.js";
import { planText } from "../compose-plan.js";
import { resultText } from "../compose-text.js";
import { dataWarnings, noteDataset, partsOf } from "../loaded-data.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import { besideWith, refuseToReplace } from "../paths.js";
import { resumeCommand } from "../resume-command.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle compose`. */
export interface ComposeFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag {
  readonly output?: string;
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
  readonly cutoff?: number;
  readonly term?: readonly string[];
  readonly threeBody?: boolean;
  readonly budget?: ComposeBudgetFlag;
  readonly journal?: string;
  readonly resume?: boolean;
  /** false: none */
  readonly report?: string | false;
  readonly export?: boolean;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly dryRun?: boolean;
}

/** Of `--budget`: what was given. */
export interface ComposeBudgetFlag {
  readonly candidates?: number;
  /** seconds */
  readonly time?: number;
}

/**
 * Runs `pestle compose`.
 * @param words files of structures, or one compose file
 * @param self the command, to say how it is resumed
 */
export async function runCompose(session: Session, words: readonly string[], flags: ComposeFlags, self: Command): Promise<void> {
  const { dryRun = false, resume = false } = flags;
  const file = await configFileOf(words);
  const config = readConfig(file, words, flags);
  poolForms(poolOf(config.compose), config.model); // reading the data may take long
  const files = composeFilesOf(flags.output ?? outputFor(file, words), flags);
  if (!dryRun) await checkTargets(files, [...(file ? [file.path] : []), ...filesIn(dataSchema, config.data, "data").map(({ path }) => path)], resume);
  const data = await loadData(config.data, { seed: config.seed, signal: session.signal });
  for (const [name, dataset] of partsOf(data)) noteDataset(session, name, dataset);
  const warnings = await dataWarnings(data);
  for (const warning of warnings) session.warn(warning);
  const own = withKnownTargets(config, file, data.train, flags);
  const validation = requireValidation(data);
  checkComposeData({ train: data.train, validation }, own.fit.sigma);
  const job: ComposeJob = { config: own, data, validation, files, warnings, resumeCommand: resumeCommand(self, words, { texts: { budget: budgetText } }) };
  if (dryRun) return session.result({ config: own, files, threads: session.threads }, planText(job, session.threads));
  await session.withExecutor((executor) => growAndWrite(session, job, executor, resume));
}

/** The file of a single word that is one. */
async function configFileOf(words: readonly string[]): Promise<ConfigFile | undefined> {
  const isConfig = (word: string): boolean => /\.(ya?ml|json)$/iu.test(word);
  if (words.length === 1 && isConfig(words[0])) return readConfigFile(words[0]);
  const among = words.find(isConfig);
  if (among !== undefined) throw new InvalidParameterError(`${among} is a compose file, which names its data: give it alone, or give files of structures`);
  return undefined;
}

function readConfig(file: ConfigFile | undefined, words: readonly string[], flags: ComposeFlags): ComposeConfig {
  const { validation, test, cutoff, term, threeBody, budget, seed, types, set } = flags;
  return resolveConfig(composeFileSchema, file, {
    assignments: set,
    values: (config) => {
      if (file) relocateComposePaths(config, file.path);
      const group = (name: string): Record<string, unknown> => (config[name] ?? {}) as Record<string, unknown>;
      const keys = referenceKeys(flags);
      const data = { ...(file ? {} : { train: words }), ...group("data") };
      config.data = withValidation({
        ...data, ...(validation && { validation }), ...(test && { test }), ...(types && { types }), ...(keys && { keys: { ...(data as { keys?: object }).keys, ...keys } }),
      });
      if (cutoff !== undefined) config.model = { ...group("model"), cutoff: { ...(group("model").cutoff as object | undefined), radius: cutoff } };
      if (term || threeBody || budget) config.compose = { ...group("compose"), ...(term && { pool: term }), ...(threeBody && { threeBody }), ...(budget && { budget }) };
      if (seed !== undefined) config.seed = seed;
    },
  });
}

/** What the data does not have is not fitted to, where nobody asked for it. */
function withKnownTargets(config: ComposeConfig, file: ConfigFile | undefined, { report: { energies, forceComponents } }: Dataset, { set = [] }: ComposeFlags): ComposeConfig {
  const given = (file?.value as { readonly fit?: { readonly sigma?: unknown } } | undefined)?.fit?.sigma;
  if (given !== undefined || set.some((text) => text.startsWith("fit.sigma"))) return config;
  const { energy, forces, ...others } = config.fit.sigma;
  const sigma = { ...others, ...(energies > 0 && { energy }), ...(forceComponents > 0 && { forces }) };
  return { ...config, fit: { ...config.fit, sigma } };
}

function requireValidation({ validation }: LoadedData): Dataset {
  if (validation && validation.nStructures > 0) return validation;
  throw new InvalidParameterError("there are no structures to judge candidates on: add data.validation or data.split.validation, or --validation");
}

/** Beside a compose file; of structures in this folder. */
function outputFor(file: ConfigFile | undefined, [first]: readonly string[]): string {
  if (file) return besideWith(file.path, "", ".pestle");
  if (first === STANDARD_INPUT) return "composed.pestle";
  const name = basename(shortInputName(first)).replace(/(\.(ext)?xyz)?(\.(gz|xz|bz2|zst))?$/iu, "");
  return `${extname(name) === "" ? name : basename(name, extname(name))}-composed.pestle`;
}

/** Results of another search are not lost by mistake; a resumed search replaces its own. */
async function checkTargets({ model, fitFile, journal, report }: ComposeFiles, inputs: readonly string[], isResumed: boolean): Promise<void> {
  for (const target of [model, fitFile, journal]) {
    await refuseToReplace(target, inputs);
    await checkOutput(target);
  }
  if (report !== undefined) await checkReport(report);
  if (isResumed && existsSync(journal)) return;
  const page = report === undefined || /\.html$/iu.test(report) ? report : join(report, "report.html");
  for (const path of [model, fitFile, ...(page === undefined ? [] : [page])]) {
    if (!existsSync(path)) continue;
    const remedy = existsSync(journal) ? `add --resume to go on with the search of ${journal}` : "delete it";
    throw new InvalidParameterError(`${path} exists already; name another output, or ${remedy}`);
  }
}

function budgetText(budget: unknown): string {
  const { candidates, time } = budget as ComposeBudgetFlag;
  return [...(candidates === undefined ? [] : [String(candidates)]), ...(time === undefined ? [] : [`${time}s`])].join(",");
}

async function growAndWrite(session: Session, job: ComposeJob, executor: Executor, isResumed: boolean): Promise<void> {
  const grown = await grow(session, job, executor, isResumed);
  for (const warning of grown.warnings) session.warn(warning);
  const written = await writeResult(job, grown, session.signal);
  session.result(resultRecord(job, grown, written), [resultText(grown.result, grown.description), "", ...written.lines].join("\n"));
}

async function grow(session: Session, job: ComposeJob, executor: Executor, isResumed: boolean): Promise<GrownPotential> {
  const { config: { model, fit, compose, seed }, data: { train, test }, validation, files: { journal: path } } = job;
  const journal = openJournal(session, job, isResumed);
  const display = createComposeDisplay(session.stderr, session.isQuiet);
  session.show(display);
  try {
    return await growPotential({ model, fit, compose, seed }, { train, validation, test }, executor, { journal, signal: session.signal, onEvent: display.listener });
  } catch (error) {
    display.stop();
    const isOutside = error instanceof CancelledError || !(error instanceof PestleError);
    if (isOutside && !journal.isEmpty) session.note(`every finished candidate is in ${path}; go on with\n  ${job.resumeCommand}`);
    throw error;
  } finally {
    journal.close();
  }
}

function openJournal(session: Session, { config, data: { files }, files: { journal } }: ComposeJob, isResumed: boolean): JournalFile {
  const identity = { configuration: composeIdentity(config), data: files };
  if (!isResumed || !existsSync(journal)) {
    if (isResumed) session.note(`there is no journal ${journal} to resume; the search begins`);
    return JournalFile.create(journal, identity);
  }
  const opened = JournalFile.resume(journal, identity);
  const nKnown = opened.entries.filter(({ kind }) => kind === "candidate").length;
  [...opened.notes, `${nKnown} candidates are in ${journal}`].forEach((note) => session.note(note));
  return opened;
}
