import { compareDescriptors } from "../../compare/compare-descriptors.js";
import type { Comparison } from "../../compare/comparison.js";
import { type NamedParameters, presetsFor, usualCutoff } from "../../compare/presets.js";
import { defaultCacheFolder, FolderCache, MemoryCache } from "../../compare/result-cache.js";
import { sampleStructures } from "../../compare/sample.js";
import { type CompareConfig, compareSchema } from "../../config/compare-config.js";
import { readConfigFile, resolveConfig, resolvePathsBeside } from "../../config/config-file.js";
import { recordFile } from "../../config/provenance.js";
import { createDescriptor } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { CancelledError, InvalidParameterError } from "../../errors.js";
import type { FileRecord } from "../../models/model-type.js";
import type { Executor } from "../../parallel/executor.js";
import { checkReport } from "../../report/write-files.js";
import type { Dataset } from "../../structures/dataset.js";
import { inputName, shortInputName } from "../../structures/io/input-name.js";
import { readDataset, type ReadFile } from "../../structures/io/read-structures.js";
import { writeComparisonPage } from "../compare-report.js";
import { comparisonText } from "../comparison-text.js";
import { noteDataset } from "../loaded-data.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import type { Session, SessionOptions } from "../session.js";
import { formatTable } from "../table.js";

/** Flags of `pestle compare`. */
export interface CompareFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag {
  readonly descriptor?: readonly string[];
  readonly config?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly budget?: string;
  readonly seed?: number;
  readonly report?: string;
  /** false: no cache */
  readonly cache?: string | false;
  readonly dryRun?: boolean;
}

/** Of reading; what follows takes minutes. */
const SECONDS_PER_MEGABYTE = 1;

/** Runs `pestle compare`. */
export async function runCompare(session: Session, data: readonly string[], flags: CompareFlags): Promise<void> {
  const config = await readCompareConfig(data, flags);
  const paths = [config.data].flat();
  if (!flags.dryRun && flags.report !== undefined) await checkReport(flags.report);
  const files: FileRecord[] = [];
  const onFile = ({ path, sha256 }: ReadFile): number => files.push({ role: "data", path: inputName(path), sha256 });
  if (flags.config !== undefined) files.push(await recordFile("configuration", flags.config, session.signal));
  await session.withExecutor(
    async (executor) => {
      const dataset = await readDataset(paths, { keys: config.keys, types: config.types, onFile, signal: session.signal });
      noteDataset(session, paths.map(shortInputName).join(", "), dataset);
      const descriptors = wantedDescriptors(executor, dataset, config);
      if (flags.dryRun) return printPlan(session, dataset, descriptors);
      await compare(session, executor, { config, dataset, descriptors, files, flags });
    },
    { files: paths, secondsPerMegabyte: SECONDS_PER_MEGABYTE },
  );
}

async function readCompareConfig(data: readonly string[], flags: CompareFlags): Promise<CompareConfig> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  return resolveConfig(compareSchema, file, {
    assignments: flags.set,
    values: (config) => {
      resolvePathsBeside(config, file, ["data"]);
      applyFlags(config, data, flags);
    },
  });
}

function applyFlags(config: Record<string, unknown>, data: readonly string[], flags: CompareFlags): void {
  if (data.length > 0) config.data = [...data];
  if (config.data === undefined) throw new InvalidParameterError("no data are given: pestle compare DATA --report compare.html");
  if (flags.descriptor) config.descriptors = [...flags.descriptor];
  if (flags.quick) config.quick = true;
  if (flags.budget !== undefined) config.budget = flags.budget;
  if (flags.seed !== undefined) config.seed = flags.seed;
  if (flags.types) config.types = flags.types;
  const keys = referenceKeys(flags);
  if (keys) config.keys = { ...(config.keys as object | undefined), ...keys };
}

/** Presets by name; those of a file as they are, and numbered where two have one name. */
function wantedDescriptors(executor: Executor, dataset: Dataset, config: CompareConfig): NamedParameters[] {
  if (dataset.nAtoms === 0) throw new InvalidParameterError("there are no atoms in the data, so there is nothing to compare descriptors on");
  const { wasm, pool } = executor;
  const cutoff = usualCutoff(wasm, pool, sampleStructures(dataset, config.sample.cost, config.seed));
  const entries = config.descriptors?.flatMap((entry): NamedParameters[] =>
    typeof entry === "string" ? presetsFor(dataset, cutoff, [entry]) : [{ name: entry.name ?? entry.descriptor.type, parameters: entry.descriptor }],
  );
  const found = new Map<string, NamedParameters>();
  for (const entry of entries ?? presetsFor(dataset, cutoff)) {
    const isRepeated = JSON.stringify(found.get(entry.name)?.parameters) === JSON.stringify(entry.parameters);
    if (isRepeated) continue;
    let name = entry.name;
    for (let count = 2; found.has(name); count++) name = `${entry.name} (${count})`;
    found.set(name, { ...entry, name });
  }
  return [...found.values()];
}

/** What is known without measuring. */
function printPlan(session: Session, dataset: Dataset, descriptors: readonly NamedParameters[]): void {
  const species = dataset.species();
  const rows = descriptors.map(({ name, parameters }) => {
    const descriptor: AnyDescriptor = createDescriptor(parameters);
    const isLearned = descriptor.learn !== undefined;
    return { name, type: parameters.type, columns: isLearned ? null : descriptor.featureCount(species), cutoff: descriptor.describes === "structures" ? null : descriptor.cutoff, parameters };
  });
  const seconds = rows.length * SECONDS_EACH + SECONDS_ALL;
  const cells = rows.map(({ name, columns, cutoff }) => [name, columns === null ? "by the data" : String(columns), cutoff === null ? "–" : cutoff.toFixed(2)]);
  session.result(
    { descriptors: rows, seconds },
    [formatTable([["descriptor", "columns", "cutoff, Å"], ...cells]), `time      about ${Math.ceil(seconds / 60)} min, what is in the cache left out`].join("\n"),
  );
}

/** What a comparison takes, about, for a descriptor of usual size. */
const SECONDS_EACH = 12;
const SECONDS_ALL = 15;

interface CompareJob {
  readonly config: CompareConfig;
  readonly dataset: Dataset;
  readonly descriptors: readonly NamedParameters[];
  readonly files: readonly FileRecord[];
  readonly flags: CompareFlags;
}

async function compare(session: Session, executor: Executor, { config, dataset, descriptors, files, flags }: CompareJob): Promise<void> {
  const { signal, onProgress } = session;
  const cache = flags.cache === false ? new MemoryCache() : new FolderCache(flags.cache ?? defaultCacheFolder());
  const name = [config.data].flat().map(shortInputName).join(", ");
  const { seed, budget, sample, quick } = config;
  const options = { name, descriptors, seed, budget, isQuick: quick, costSample: sample.cost, informationSample: sample.information, cache, signal, onProgress };
  const comparison = await compareDescriptors(dataset, executor, options).catch((error: unknown) => {
    if (error instanceof CancelledError && flags.cache !== false) session.note("what was measured is kept: the same command goes on from there");
    throw error;
  });
  for (const warning of comparison.warnings) session.warn(warning);
  for (const { name: refused, reason } of comparison.refused) session.warn(`${refused} was left out: ${reason}`);
  const page = flags.report === undefined ? undefined : await writeComparisonPage(flags.report, { comparison, dataset, files, settings: { ...config, descriptors: descriptors.map((entry) => ({ name: entry.name, descriptor: entry.parameters })) } }, signal);
  session.result(recordOf(comparison, files, page), [comparisonText(comparison), ...(page === undefined ? [] : [`report → ${page}`])].join("\n"));
}

function recordOf(comparison: Comparison, files: readonly FileRecord[], report: string | undefined): object {
  return { ...comparison, files, ...(report !== undefined && { report }) };
}
