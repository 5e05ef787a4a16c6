import { readConfigFile, resolveConfig, resolvePathsBeside } from "../../config/config-file.js";
import { type DescribeConfig, describeSchema } from "../../config/describe-config.js";
import { type CenterSelection, parseCenterSelection } from "../../environments/center-selection.js";
import { createDescriptor } from "../../descriptors/registry.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { blockSizes } from "../../environments/block-parts.js";
import { learnFromData } from "../../environments/learn.js";
import { describeStructures } from "../../environments/describe-structures.js";
import { InvalidParameterError } from "../../errors.js";
import { checkFingerprintPath, openFingerprintStream, openFingerprintWriter } from "../../interop/fingerprints/open-writer.js";
import type { FingerprintHeader, FingerprintWriter } from "../../interop/fingerprints/writer.js";
import type { Executor } from "../../parallel/executor.js";
import { ZeroColumns } from "../../environments/zero-columns.js";
import { zeroColumnsWarning } from "../../environments/zero-columns-warning.js";
import { inputName } from "../../structures/io/input-name.js";
import { readStructures } from "../../structures/io/read-structures.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Structure } from "../../structures/structure.js";
import { programName } from "../../version.js";
import { formatBytes } from "../../wasm/memory.js";
import { applyDescriptorFlags, type DescriptorFlags } from "../descriptor-flags.js";
import type { TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { formatDuration } from "../progress.js";
import { DataScan, NO_REFERENCES, scanData } from "../scanned-data.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle describe`. */
export interface DescribeFlags extends SessionOptions, TypesFlag, DescriptorFlags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly centers?: string;
  readonly species?: string;
  readonly output?: string;
  readonly precision?: string;
  readonly dryRun?: boolean;
}

/**
 * Runs `pestle describe`.
 * @param data file of structures
 */
export async function runDescribe(session: Session, data: string | undefined, flags: DescribeFlags): Promise<void> {
  await describe(session, await readDescribeConfig(data, flags), flags.dryRun === true);
}

async function readDescribeConfig(data: string | undefined, flags: DescribeFlags): Promise<DescribeConfig> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  return resolveConfig(describeSchema, file, {
    assignments: flags.set,
    values: (config) => {
      resolvePathsBeside(config, file, ["data", "output"]);
      applyFlags(config, data, flags);
    },
  });
}

function applyFlags(config: Record<string, unknown>, data: string | undefined, flags: DescribeFlags): void {
  if (data !== undefined) config.data = data;
  if (config.data === undefined) throw new InvalidParameterError("no data are given: pestle describe DATA -d soap -o fingerprints.npy");
  applyDescriptorFlags(config, flags);
  if (flags.centers !== undefined) {
    const { indices, species } = parseCenterSelection(flags.centers);
    config.centers = indices ?? species?.map(symbolOf);
  }
  if (flags.species !== undefined) {
    config.descriptor = { ...(config.descriptor as object), species: flags.species.split(",").map((symbol) => symbol.trim()) };
  }
  if (flags.types) config.types = flags.types;
  if (flags.output !== undefined) config.output = flags.output;
  if (flags.precision !== undefined) config.precision = flags.precision;
}

function centerSelection(config: DescribeConfig): CenterSelection | undefined {
  return config.centers && parseCenterSelection(config.centers.join(","));
}

interface DescribePlan {
  readonly descriptor: AnyDescriptor;
  readonly species: readonly number[];
  /** Grows with the structures where these are described as they are read. */
  readonly scan: DataScan;
  readonly structures: Iterable<Structure> | AsyncIterable<Structure>;
  readonly nFeatures: number;
  /** Undefined as long as the structures have not been counted. */
  readonly nRows: number | undefined;
  /** Memory to learn from the data before. */
  readonly learningBytes: number;
}

/** SOAP with few functions takes more. */
const SECONDS_PER_MEGABYTE = 0.15;

async function describe(session: Session, config: DescribeConfig, isDryRun: boolean): Promise<void> {
  if (config.output === undefined && !isDryRun) {
    throw new InvalidParameterError("no output is given; add for example -o fingerprints.npy, or -o - to print JSON lines");
  }
  if (config.output !== undefined && config.output !== "-") {
    checkFingerprintPath(config.output);
    await refuseToReplace(config.output, [config.data]);
  }
  const descriptor: AnyDescriptor = createDescriptor(config.descriptor);
  const own = descriptor.ownSpecies;
  const canStream = own !== undefined && !isDryRun && !descriptor.learn;
  const expected = isDryRun ? undefined : { files: [config.data], secondsPerMegabyte: SECONDS_PER_MEGABYTE };
  await session.withExecutor(async (executor) => {
    const plan = await (canStream ? planStream(session, config, descriptor, own) : planScanned(session, executor, config, descriptor, isDryRun));
    if (isDryRun) await printPlan(session, executor, config, plan);
    const found = isDryRun ? [] : await writeFingerprints(session, executor, config, plan);
    for (const warning of [...plan.scan.warnings, ...found]) session.warn(warning);
  }, expected);
}

/** For species that are known beforehand: structures are described as they are read. */
async function planStream(session: Session, config: DescribeConfig, descriptor: AnyDescriptor, own: readonly number[]): Promise<DescribePlan> {
  const species = union(own, []);
  const scan = await DataScan.start(centerSelection(config));
  async function* structures(): AsyncGenerator<Structure> {
    for await (const structure of readStructures(config.data, { keys: NO_REFERENCES, types: config.types, signal: session.signal })) {
      scan.add(structure);
      // species that the descriptor was not made for: its own error
      if (!structure.atomicNumbers.every((atomicNumber) => species.includes(atomicNumber))) descriptor.featureCount(union(own, structure.atomicNumbers));
      yield structure;
    }
    scan.check(config.data, config.centers);
  }
  return { descriptor, species, scan, structures: structures(), nFeatures: descriptor.featureCount(species), nRows: undefined, learningBytes: 0 };
}

/** Structures that a plan learns from. */
const TRIAL_STRUCTURES = 20;

/** The species of the data fix the columns, so the data are gone through before they are described. */
async function planScanned(
  session: Session,
  executor: Executor,
  config: DescribeConfig,
  given: AnyDescriptor,
  isDryRun: boolean,
): Promise<DescribePlan> {
  const { scan, structures } = await scanData(config.data, { selection: centerSelection(config), isSample: isDryRun, types: config.types, signal: session.signal });
  scan.check(config.data, config.centers);
  const species = union(given.ownSpecies ?? [], scan.species);
  // what the descriptor takes from the data: one more pass over them, over some of them for a plan
  const some = isDryRun && Array.isArray(structures) ? (structures as Structure[]).slice(0, TRIAL_STRUCTURES) : structures;
  const { largestStructure } = scan;
  const options = { species, centers: centerSelection(config), largestStructure, signal: session.signal, onProgress: session.onProgress };
  const descriptor = await learnFromData(executor, given, some, options);
  return { descriptor, species, scan, structures, nFeatures: descriptor.featureCount(species), nRows: rowsOf(descriptor, scan), learningBytes: learningOf(given, species) };
}

function rowsOf({ rows }: AnyDescriptor, { centers, framesWithCenters }: DataScan): number {
  return rows === "structure" ? framesWithCenters : centers;
}

/** Ascending. */
function union(a: Iterable<number>, b: Iterable<number>): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** Returns warnings about what was written. */
async function writeFingerprints(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<string[]> {
  const writer = await openWriter(session, config, plan);
  const { rowsPerBlock } = blockSizes(plan.nFeatures, executor.threads);
  if (plan.nRows !== undefined) executor.announce(Math.ceil(plan.nRows / rowsPerBlock));
  const start = performance.now();
  let done = 0;
  // a grid over a structure is 0 in most places; a column about atoms is meant to see some
  const zeros = plan.descriptor.describes === "structures" ? undefined : new ZeroColumns(plan.nFeatures);
  try {
    const options = { species: plan.species, centers: centerSelection(config), signal: session.signal };
    for await (const block of describeStructures(executor, plan.descriptor, plan.structures, options)) {
      zeros?.add(block);
      await writer.write(block);
      done += block.nRows;
      session.onProgress({ stage: "fingerprints", done, total: plan.nRows, unit: "rows" });
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  const found = done === 0 ? [`${plan.descriptor.name} found nothing in these data, so there are no rows: look at the species and the cutoff among its parameters`] : zeroColumnsWarning(zeros?.columns ?? [], plan.descriptor.features(plan.species), plan.scan.species);
  if (config.output === "-") return found;
  const seconds = (performance.now() - start) / 1000;
  const files = writer.paths;
  session.result(
    { ...shapeRecord(plan), rows: done, files, warnings: [...plan.scan.warnings, ...found], seconds },
    `${learnedLine(plan.descriptor)}${done} × ${plan.nFeatures} fingerprints of ${plan.scan.frames} frame${plan.scan.frames === 1 ? "" : "s"} in ${formatDuration(seconds)} → ${files.join(", ")}`,
  );
  return found;
}

/** What the descriptor took from the data, where it says so. */
function learnedLine(descriptor: AnyDescriptor): string {
  return descriptor.describes === "structures" || !descriptor.findings ? "" : `${descriptor.findings}\n`;
}

function openWriter(session: Session, config: DescribeConfig, plan: DescribePlan): Promise<FingerprintWriter> {
  const { descriptor, species } = plan;
  const header: FingerprintHeader = {
    features: descriptor.features(species),
    descriptor: { name: descriptor.name, parameters: descriptor.parameters },
    species,
    cutoff: descriptor.describes === "structures" ? undefined : descriptor.cutoff,
    rows: `${descriptor.rows}s`,
    source: inputName(config.data),
    program: programName,
  };
  if (config.output === undefined || config.output === "-") return openFingerprintStream(session.stdout, header);
  return openFingerprintWriter(config.output, header, { precision: config.precision });
}

function shapeRecord({ scan, species, nFeatures, descriptor }: DescribePlan): Record<string, unknown> {
  const { frames, atoms } = scan;
  return { frames, atoms, species: species.map(symbolOf), rows: rowsOf(descriptor, scan), features: nFeatures, descriptor: descriptor.parameters };
}

/** Times the first blocks to say how long everything takes. */
async function printPlan(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<void> {
  const { nFeatures, learningBytes } = plan;
  const { nRows, seconds } = await estimate(session, executor, config, plan);
  const { rowsPerBlock, inFlight } = blockSizes(nFeatures, executor.threads);
  const outputBytes = nRows * nFeatures * (config.precision === "single" ? 4 : 8);
  const memoryBytes = Math.min(nRows, rowsPerBlock * inFlight) * nFeatures * 8;
  const isCounted = plan.descriptor.rows !== "tuple";
  session.result(
    { ...shapeRecord(plan), rows: nRows, outputBytes, memoryBytes, ...(learningBytes > 0 && { learningBytes }), seconds, threads: executor.threads },
    [
      `data      ${plan.scan.frames} frames, ${plan.scan.atoms} atoms of ${plan.species.map(symbolOf).join(", ")}`,
      `output    ${isCounted ? "" : "about "}${nRows} rows × ${nFeatures} features, ${formatBytes(outputBytes)} as ${config.precision} precision numbers`,
      `memory    ${formatBytes(memoryBytes)} of fingerprints at a time`,
      ...(learningBytes > 0 ? [`          ${formatBytes(learningBytes)} to learn from the data before`] : []),
      `time      about ${formatDuration(seconds)} on ${executor.threads} thread${executor.threads === 1 ? "" : "s"}`,
    ].join("\n"),
  );
}

function learningOf(descriptor: AnyDescriptor, species: SpeciesList): number {
  return descriptor.describes === "structures" ? 0 : (descriptor.learningBytes?.(species) ?? 0);
}

const TRIAL_SECONDS = 1;

/** From a trial on the first structures; pairs and triplets of the others are as many for each center. */
async function estimate(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<{ nRows: number; seconds: number }> {
  const options = { species: plan.species, centers: centerSelection(config), signal: session.signal };
  const start = performance.now();
  let rows = 0;
  let frames = 0;
  let seconds = 0;
  for await (const block of describeStructures(executor, plan.descriptor, plan.structures, options)) {
    rows += block.nRows;
    frames = block.frames[block.nRows - 1] + 1;
    seconds = (performance.now() - start) / 1000;
    if (seconds > TRIAL_SECONDS) break;
  }
  const nRows = plan.descriptor.rows === "tuple" ? Math.round((rows * plan.scan.frames) / Math.max(1, frames)) : rowsOf(plan.descriptor, plan.scan);
  return { nRows, seconds: (seconds * nRows) / Math.max(1, rows) };
}
