import type { Command } from "commander";
import { type ConfigFile, readConfigFile, resolveBeside, resolveConfig } from "../../config/config-file.js";
import { applyAssignments } from "../../config/overrides.js";
import { type DescribeConfig, describeSchema } from "../../config/describe-config.js";
import { type CenterSelection, parseCenterSelection, selectCenters } from "../../environments/center-selection.js";
import { createDescriptor } from "../../descriptors/registry.js";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { blockSizes } from "../../environments/block-parts.js";
import { describeStructures } from "../../environments/describe-structures.js";
import { InvalidParameterError } from "../../errors.js";
import { checkFingerprintPath, openFingerprintStream, openFingerprintWriter } from "../../interop/fingerprints/open-writer.js";
import type { FingerprintHeader, FingerprintWriter } from "../../interop/fingerprints/writer.js";
import type { Executor } from "../../parallel/executor.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { readStructures } from "../../structures/io/read-structures.js";
import { programName } from "../../version.js";
import { formatBytes } from "../../wasm/memory.js";
import { addComputeOptions, addOutputOptions, collect } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { formatDuration } from "../progress.js";
import type { OpenSession, Session, SessionOptions } from "../session.js";

interface DescribeFlags extends SessionOptions {
  readonly descriptor?: string;
  readonly parameters?: readonly string[];
  readonly config?: string;
  readonly set?: readonly string[];
  readonly centers?: string;
  readonly species?: string;
  readonly output?: string;
  readonly precision?: string;
  readonly dryRun?: boolean;
}

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[data]", "extended XYZ file, plain or gzipped")
    .option("-d, --descriptor <type>", "kind of descriptor, for example soap")
    .option("-p, --parameters <list>", "its parameters: nMax=8,lMax=6,cutoff.radius=5 (may be repeated)", collect)
    .option("-o, --output <file>", ".npy (with labels in .npy.json), .h5, .json or .jsonl; - prints JSON lines")
    .option("--centers <list>", "only these atoms: symbols (Si,O) or positions from 0 (0,1,2)")
    .option("--species <list>", "species that the features are for (default: those of the data)")
    .option("--precision <precision>", "double or single, of .npy and .h5 files")
    .option("-c, --config <file>", "take everything from a YAML file; flags go before it")
    .option("--set <path=value>", "change one value of the configuration (may be repeated)", collect)
    .option("--dry-run", "print shapes, memory and time, and stop");
  addOutputOptions(addComputeOptions(command)).action(async (data: string | undefined, flags: DescribeFlags) => {
    const session = openSession({ ...flags, json: flags.json });
    await describe(session, await readDescribeConfig(data, flags), flags.dryRun === true);
  });
}

async function readDescribeConfig(data: string | undefined, flags: DescribeFlags): Promise<DescribeConfig> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  return resolveConfig(describeSchema, file, {
    assignments: flags.set,
    values: (config) => {
      resolvePaths(config, file);
      applyFlags(config, data, flags);
    },
  });
}

function resolvePaths(config: Record<string, unknown>, file: ConfigFile | undefined): void {
  if (!file) return;
  for (const key of ["data", "output"]) {
    const path = config[key];
    if (typeof path === "string" && path !== "-") config[key] = resolveBeside(file.path, path);
  }
}

function applyFlags(config: Record<string, unknown>, data: string | undefined, flags: DescribeFlags): void {
  if (data !== undefined) config.data = data;
  if (config.data === undefined) throw new InvalidParameterError("no data are given: pestle describe DATA -d soap -o fingerprints.npy");
  if (flags.descriptor !== undefined) {
    const same = (config.descriptor as { type?: unknown } | undefined)?.type === flags.descriptor;
    config.descriptor = same ? config.descriptor : { type: flags.descriptor };
  }
  if (flags.parameters) config.descriptor = applyAssignments(config.descriptor, flags.parameters);
  if (config.descriptor === undefined) throw new InvalidParameterError("no descriptor is given; add for example -d soap");
  if (flags.centers !== undefined) {
    const { indices, species } = parseCenterSelection(flags.centers);
    config.centers = indices ?? species?.map(symbolOf);
  }
  if (flags.species !== undefined) {
    config.descriptor = { ...(config.descriptor as object), species: flags.species.split(",").map((symbol) => symbol.trim()) };
  }
  if (flags.output !== undefined) config.output = flags.output;
  if (flags.precision !== undefined) config.precision = flags.precision;
}

function centerSelection(config: DescribeConfig): CenterSelection | undefined {
  return config.centers && parseCenterSelection(config.centers.join(","));
}

interface DataScan {
  readonly frames: number;
  readonly atoms: number;
  readonly centers: number;
  /** Frames that have a center. */
  readonly framesWithCenters: number;
  readonly largestFrame: number;
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
}

/** A first pass over the data: species fix the columns, and the number of centers makes the progress and the plan. */
async function scanData(config: DescribeConfig, signal: AbortSignal): Promise<DataScan> {
  const selection = centerSelection(config);
  const species = new Set<number>();
  let [frames, atoms, centers, framesWithCenters, largestFrame] = [0, 0, 0, 0, 0];
  for await (const { atomicNumbers, label } of readStructures(config.data, { signal })) {
    frames++;
    atoms += atomicNumbers.length;
    largestFrame = Math.max(largestFrame, atomicNumbers.length);
    const selected = selectCenters(atomicNumbers, selection, label)?.length ?? atomicNumbers.length;
    centers += selected;
    if (selected > 0) framesWithCenters++;
    for (const atomicNumber of atomicNumbers) species.add(atomicNumber);
  }
  if (frames === 0) throw new InvalidParameterError(`${config.data} holds no structures`);
  if (centers === 0) throw new InvalidParameterError(`${config.data} has no atom that is a center (${config.centers?.join(", ")})`);
  return { frames, atoms, centers, framesWithCenters, largestFrame, species: [...species].sort((a, b) => a - b) };
}

interface DescribePlan {
  readonly descriptor: Descriptor;
  readonly species: readonly number[];
  readonly scan: DataScan;
  readonly nFeatures: number;
  readonly nRows: number;
}

async function describe(session: Session, config: DescribeConfig, isDryRun: boolean): Promise<void> {
  if (config.output === undefined && !isDryRun) {
    throw new InvalidParameterError("no output is given; add for example -o fingerprints.npy, or -o - to print JSON lines");
  }
  if (config.output !== undefined && config.output !== "-") {
    checkFingerprintPath(config.output);
    await refuseToReplace(config.output, [config.data]);
  }
  const descriptor = createDescriptor(config.descriptor);
  const scan = await scanData(config, session.signal);
  const species = [...new Set([...(descriptor.ownSpecies ?? []), ...scan.species])].sort((a, b) => a - b);
  const nRows = descriptor.rows === "structure" ? scan.framesWithCenters : scan.centers;
  const plan = { descriptor, species, scan, nFeatures: descriptor.featureCount(species), nRows };
  await session.withExecutor(async (executor) => {
    if (isDryRun) await printPlan(session, executor, config, plan);
    else await writeFingerprints(session, executor, config, plan);
  });
}

async function writeFingerprints(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<void> {
  const writer = await openWriter(session, config, plan);
  const start = performance.now();
  let done = 0;
  try {
    const structures = readStructures(config.data, { signal: session.signal });
    const options = { species: plan.species, centers: centerSelection(config), signal: session.signal };
    for await (const block of describeStructures(executor, plan.descriptor, structures, options)) {
      await writer.write(block);
      done += block.nRows;
      session.onProgress({ stage: "fingerprints", done, total: plan.nRows, unit: "rows" });
    }
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  if (config.output === "-") return;
  const seconds = (performance.now() - start) / 1000;
  const files = writer.paths;
  session.result(
    { ...shapeRecord(plan), files, seconds },
    `${done} × ${plan.nFeatures} fingerprints of ${plan.scan.frames} frame${plan.scan.frames === 1 ? "" : "s"} in ${formatDuration(seconds)} → ${files.join(", ")}`,
  );
}

function openWriter(session: Session, config: DescribeConfig, plan: DescribePlan): Promise<FingerprintWriter> {
  const { descriptor, species } = plan;
  const header: FingerprintHeader = {
    features: descriptor.features(species),
    descriptor: { name: descriptor.name, parameters: descriptor.parameters },
    species,
    cutoff: descriptor.cutoff,
    rows: `${descriptor.rows}s`,
    source: config.data,
    program: programName,
  };
  if (config.output === undefined || config.output === "-") return openFingerprintStream(session.stdout, header);
  return openFingerprintWriter(config.output, header, { precision: config.precision });
}

function shapeRecord({ scan, species, nRows, nFeatures, descriptor }: DescribePlan): Record<string, unknown> {
  const { frames, atoms } = scan;
  return { frames, atoms, species: species.map(symbolOf), rows: nRows, features: nFeatures, descriptor: descriptor.parameters };
}

/** Times the first blocks to say how long everything takes. */
async function printPlan(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<void> {
  const { nRows, nFeatures } = plan;
  const { rowsPerBlock, inFlight } = blockSizes(nFeatures, executor.threads);
  const outputBytes = nRows * nFeatures * (config.precision === "single" ? 4 : 8);
  const memoryBytes = Math.min(nRows, rowsPerBlock * inFlight) * nFeatures * 8;
  const seconds = await estimateSeconds(session, executor, config, plan);
  session.result(
    { ...shapeRecord(plan), outputBytes, memoryBytes, seconds, threads: executor.threads },
    [
      `data      ${plan.scan.frames} frames, ${plan.scan.atoms} atoms of ${plan.species.map(symbolOf).join(", ")}`,
      `output    ${nRows} rows × ${nFeatures} features, ${formatBytes(outputBytes)} as ${config.precision} precision numbers`,
      `memory    ${formatBytes(memoryBytes)} of fingerprints at a time`,
      `time      about ${formatDuration(seconds)} on ${executor.threads} thread${executor.threads === 1 ? "" : "s"}`,
    ].join("\n"),
  );
}

const TRIAL_SECONDS = 1;

async function estimateSeconds(session: Session, executor: Executor, config: DescribeConfig, plan: DescribePlan): Promise<number> {
  const options = { species: plan.species, centers: centerSelection(config), signal: session.signal };
  const start = performance.now();
  let rows = 0;
  let seconds = 0;
  for await (const block of describeStructures(executor, plan.descriptor, readStructures(config.data), options)) {
    rows += block.nRows;
    seconds = (performance.now() - start) / 1000;
    if (seconds > TRIAL_SECONDS) break;
  }
  return (seconds * plan.nRows) / Math.max(1, rows);
}
