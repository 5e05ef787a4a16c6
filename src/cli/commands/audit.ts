import type { TypedParameters } from "../../analysis/redundancy/reduce-descriptor.js";
import { auditDescriptor, type AuditOptions } from "../../audit/audit-descriptor.js";
import type { Audit } from "../../audit/audit.js";
import { planAudit } from "../../audit/plan.js";
import { defaultCacheFolder, FolderCache, MemoryCache } from "../../compare/result-cache.js";
import { type AuditConfig, auditSchema } from "../../config/audit-config.js";
import { readConfigFile, resolveConfig, resolvePathsBeside } from "../../config/config-file.js";
import { programVersions, recordFile } from "../../config/provenance.js";
import { createDescriptor, descriptorNames } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { CancelledError, InvalidParameterError } from "../../errors.js";
import type { FileRecord } from "../../models/model-type.js";
import { checkOutput, writeWholeFile } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { checkReport } from "../../report/write-files.js";
import type { Dataset } from "../../structures/dataset.js";
import { inputName, shortInputName } from "../../structures/io/input-name.js";
import { readDataset, type ReadFile } from "../../structures/io/read-structures.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { formatBytes } from "../../wasm/memory.js";
import { writeAuditPage } from "../audit-report.js";
import { auditText } from "../audit-text.js";
import { applyDescriptorFlags, type DescriptorFlags } from "../descriptor-flags.js";
import { noteDataset } from "../loaded-data.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { namedDescriptor, withPresets } from "../preset.js";
import { formatDuration } from "../progress.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle audit`. */
export interface AuditFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag, DescriptorFlags {
  readonly output?: string;
  readonly report?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly seed?: number;
  /** false: no cache */
  readonly cache?: string | false;
  readonly dryRun?: boolean;
}

/** Of reading; what follows takes seconds to a minute. */
const SECONDS_PER_MEGABYTE = 1;

/** Runs `pestle audit`. */
export async function runAudit(session: Session, data: readonly string[], flags: AuditFlags): Promise<void> {
  const config = await readAuditConfig(data, flags, await presetOf(session, data, flags));
  const paths = [config.data].flat();
  if (!flags.dryRun) await checkOutputs(config, paths);
  const files: FileRecord[] = [];
  const onFile = ({ path, sha256 }: ReadFile): number => files.push({ role: "data", path: inputName(path), sha256 });
  if (flags.config !== undefined) files.push(await recordFile("configuration", flags.config, session.signal));
  const descriptor: AnyDescriptor = createDescriptor(config.descriptor);
  await session.withExecutor(
    async (executor) => {
      const dataset = await readDataset(paths, { keys: config.keys, types: config.types, onFile, signal: session.signal });
      noteDataset(session, paths.map(shortInputName).join(", "), dataset);
      if (flags.dryRun) return printPlan(session, executor, dataset, descriptor, config);
      await audit(session, executor, { config, dataset, descriptor, files, cache: flags.cache });
    },
    { files: paths, secondsPerMegabyte: SECONDS_PER_MEGABYTE },
  );
}

/** What a preset stands for; undefined where the flag is a type, or not given. */
async function presetOf(session: Session, paths: readonly string[], { descriptor, types }: AuditFlags): Promise<TypedParameters | undefined> {
  if (descriptor === undefined || descriptorNames.includes(descriptor)) return undefined;
  return session.withExecutor((executor) => namedDescriptor(executor, descriptor, { paths, types, signal: session.signal }));
}

async function readAuditConfig(data: readonly string[], flags: AuditFlags, preset: TypedParameters | undefined): Promise<AuditConfig> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  try {
    return resolveConfig(auditSchema, file, {
      assignments: flags.set,
      values: (config) => {
        resolvePathsBeside(config, file, ["data", "output", "report"]);
        applyFlags(config, data, flags, preset);
      },
    });
  } catch (error) {
    throw withPresets(error, flags.descriptor);
  }
}

function applyFlags(config: Record<string, unknown>, data: readonly string[], flags: AuditFlags, preset: TypedParameters | undefined): void {
  if (data.length > 0) config.data = [...data];
  if (config.data === undefined) throw new InvalidParameterError('no data are given: pestle audit DATA -d "soap n8 l6" --report audit.html');
  if (preset) config.descriptor = preset;
  applyDescriptorFlags(config, preset ? { ...flags, descriptor: preset.type } : flags);
  if (flags.quick) config.quick = true;
  if (flags.seed !== undefined) config.seed = flags.seed;
  if (flags.output !== undefined) config.output = flags.output;
  if (flags.report !== undefined) config.report = flags.report;
  if (flags.types) config.types = flags.types;
  const keys = referenceKeys(flags);
  if (keys) config.keys = { ...(config.keys as object | undefined), ...keys };
}

/** Before the work: that the files can be written. */
async function checkOutputs({ output, report }: AuditConfig, inputs: readonly string[]): Promise<void> {
  if (output !== undefined) {
    await refuseToReplace(output, inputs);
    await checkOutput(output);
  }
  if (report !== undefined) await checkReport(report);
}

function optionsOf({ quick, sample, seed }: AuditConfig): Pick<AuditOptions, "isQuick" | "sample" | "seed"> {
  return { isQuick: quick, sample, seed };
}

/** What is known without measuring. */
function printPlan(session: Session, executor: Executor, dataset: Dataset, descriptor: AnyDescriptor, config: AuditConfig): void {
  const plan = planAudit(dataset, descriptor, executor, optionsOf(config));
  const { threads } = executor;
  session.result({ ...plan, descriptor: { ...descriptor.parameters, type: descriptor.name } }, [
    `data      ${dataset.nStructures} structures, ${dataset.nAtoms} atoms of ${dataset.species().map(symbolOf).join(", ")}`,
    `rows      ${plan.rows} × ${plan.columns} columns`,
    `atoms     moved around ${plan.moved}, pairs searched among ${plan.paired}`,
    `memory    ${formatBytes(plan.bytes)}`,
    `time      about ${formatDuration(plan.seconds)} on ${threads} thread${threads === 1 ? "" : "s"}, what is in the cache left out`,
  ].join("\n"));
}

interface AuditJob {
  readonly config: AuditConfig;
  readonly dataset: Dataset;
  readonly descriptor: AnyDescriptor;
  readonly files: readonly FileRecord[];
  readonly cache: string | false | undefined;
}

async function audit(session: Session, executor: Executor, { config, dataset, descriptor, files, cache }: AuditJob): Promise<void> {
  const { signal, onProgress } = session;
  const name = [config.data].flat().map(shortInputName).join(", ");
  const kept = cache === false ? new MemoryCache() : new FolderCache(cache ?? defaultCacheFolder("audit"));
  const found = await auditDescriptor(dataset, descriptor, executor, { name, ...optionsOf(config), cache: kept, signal, onProgress }).catch((error: unknown) => {
    if (error instanceof CancelledError && cache !== false) session.note("parts that were measured are kept: the same command goes on from there");
    throw error;
  });
  for (const warning of found.warnings) session.warn(warning);
  const { output, report } = config;
  const record = recordOf(found, files);
  if (output !== undefined) await writeWholeFile(output, `${JSON.stringify(record, null, 2)}\n`);
  const page = report === undefined ? undefined : await writeAuditPage(report, { audit: found, dataset, files, settings: config }, { executor, signal });
  const written = [...(output === undefined ? [] : [`numbers → ${output}`]), ...(page === undefined ? [] : [`report → ${page}`])];
  session.result(record, [auditText(found), ...written].join("\n"));
}

function recordOf(found: Audit, files: readonly FileRecord[]): object {
  return { ...found, files, versions: programVersions() };
}
