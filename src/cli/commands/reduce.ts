import { type DescriptorReduction, methodOf, reduceDescriptor, type ReduceOptions, type TypedParameters } from "../../analysis/redundancy/reduce-descriptor.js";
import { readConfigFile, type ConfigFile, resolveBeside } from "../../config/config-file.js";
import { applyAssignments } from "../../config/overrides.js";
import { descriptorsIn, type PlacedDescriptor, reducedFile } from "../../config/reduced-file.js";
import { createDescriptor, createEnvironmentDescriptor } from "../../descriptors/registry.js";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { columnStatistics } from "../../environments/learn.js";
import { environmentOf, type SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import { checkOutput, writeWholeFile } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { isRecord } from "../../plain-data.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { Structure } from "../../structures/structure.js";
import { programName } from "../../version.js";
import type { TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { scanData, type ScannedData } from "../scanned-data.js";
import type { Session, SessionOptions } from "../session.js";
import { formatTable } from "../table.js";

/** Flags of `pestle reduce`. */
export interface ReduceFlags extends SessionOptions, TypesFlag {
  readonly descriptor?: string;
  readonly parameters?: readonly string[];
  readonly config?: string;
  readonly output?: string;
  readonly species?: string;
  readonly method?: string;
  readonly size?: number;
  readonly keepPairs?: boolean;
  readonly flexible?: boolean;
  readonly threshold?: number;
  readonly environments?: number;
  readonly tolerance?: number;
  readonly prime?: number;
  readonly seed?: number;
  readonly dryRun?: boolean;
}

const ENVIRONMENTS = 20;

/**
 * Runs `pestle reduce`: from a descriptor to what of it is independent.
 * @param data file of structures
 */
export async function runReduce(session: Session, data: string | undefined, flags: ReduceFlags): Promise<void> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  const descriptors = file ? descriptorsOf(session, file) : [{ path: ["descriptor"], parameters: givenDescriptor(flags) }];
  const dataPath = data ?? (file && dataOf(file));
  checkFlags(flags, dataPath);
  checkMethods(descriptors, flags);
  if (flags.output !== undefined) {
    await refuseToReplace(flags.output, [...(dataPath === undefined ? [] : [dataPath]), ...(flags.config === undefined ? [] : [flags.config])]);
    await checkOutput(flags.output);
  } else if (!flags.dryRun) {
    throw new InvalidParameterError("no output is given; add for example -o reduced.yaml, or --dry-run");
  }
  await session.withExecutor((executor) => reduce(session, executor, { file, descriptors, dataPath }, flags));
}

function givenDescriptor({ descriptor, parameters, config }: ReduceFlags): TypedParameters {
  if (descriptor === undefined) throw new InvalidParameterError(`no descriptor is given; add for example -d ace${config === undefined ? ", or --config and a file" : ""}`);
  const own = { type: descriptor };
  return (parameters ? applyAssignments(own, parameters) : own) as TypedParameters;
}

/** Of all descriptors of a file those with a row for each center: pairs and triplets have few columns. */
function descriptorsOf(session: Session, file: ConfigFile): PlacedDescriptor[] {
  const found = descriptorsIn(file.value);
  if (found.length === 0) throw new InvalidParameterError(`${file.path} has no descriptor with a type`);
  const of = found.filter(({ parameters }) => createDescriptor(parameters).rows !== "tuple");
  if (of.length === 0) throw new InvalidParameterError(`${file.path} has descriptors of pairs and triplets only, which have nothing to drop`);
  if (of.length < found.length) session.note(`${found.length - of.length} descriptors of pairs and triplets stay as they are`);
  return of;
}

/** The data of a file: a path, or training data. */
function dataOf({ value, path }: ConfigFile): string | undefined {
  const { data } = value as { readonly data?: unknown };
  const train = isRecord(data) ? data.train : data;
  const first: unknown = Array.isArray(train) ? train[0] : train;
  return typeof first === "string" ? resolveBeside(path, first) : undefined;
}

function checkFlags(flags: ReduceFlags, dataPath: string | undefined): void {
  const { config, descriptor, parameters, species, method, flexible, threshold, environments } = flags;
  if (config !== undefined && (descriptor !== undefined || parameters)) throw new InvalidParameterError("a file and a descriptor are given at once: leave out --config, or -d and -p");
  if (method !== undefined && method !== "exact" && method !== "double") throw new InvalidParameterError(`--method is ${method}; it is exact or double`);
  if (threshold !== undefined && !(threshold > 0 && threshold < Infinity)) throw new InvalidParameterError("--threshold must be a number greater than 0, for example 1e-3");
  if (flexible && threshold !== undefined) throw new InvalidParameterError("--flexible keeps whatever is independent somewhere, --threshold what is well independent everywhere: leave one of them out");
  if ((flexible || threshold !== undefined) && dataPath === undefined) throw new InvalidParameterError(`--${flexible ? "flexible" : "threshold"} needs data: pestle reduce DATA …`);
  if (species !== undefined && !/[^\s,]/u.test(species)) throw new InvalidParameterError("--species names no element; give for example --species Si,O");
  if (environments !== undefined && !flexible && threshold === undefined) throw new InvalidParameterError("--environments is for --flexible and --threshold");
}

interface ReduceJob {
  readonly file: ConfigFile | undefined;
  readonly descriptors: readonly PlacedDescriptor[];
  readonly dataPath: string | undefined;
}

async function reduce(session: Session, executor: Executor, { file, descriptors, dataPath }: ReduceJob, flags: ReduceFlags): Promise<void> {
  const needsData = flags.flexible === true || flags.threshold !== undefined || descriptors.some(({ parameters }) => speciesOf(parameters, flags) === undefined);
  if (needsData && dataPath === undefined) throw new InvalidParameterError("the species are not known: add data, or for example --species Si,O");
  const data = needsData ? await scanData(dataPath!, { isSample: false, types: flags.types, signal: session.signal }) : undefined;
  data?.scan.check(dataPath!, undefined);
  const results: DescriptorReduction[] = [];
  for (const [index, { parameters }] of descriptors.entries()) {
    session.onProgress({ stage: "reductions", done: index, total: descriptors.length, unit: "descriptors" });
    const species = speciesOf(parameters, flags) ?? data!.scan.species;
    if (flags.species !== undefined && data) checkSpecies(species, data.scan.species);
    if (flags.dryRun) printPlan(session, parameters, species, flags);
    else results.push(await reduceDescriptor(executor, parameters, species, await optionsOf(session, executor, parameters, species, data, flags)));
  }
  if (!flags.dryRun) await write(session, { file, descriptors, dataPath }, results, flags.output!);
}

function checkSpecies(named: readonly number[], ofData: readonly number[]): void {
  const missing = ofData.filter((species) => !named.includes(species)).map(symbolOf);
  if (missing.length > 0) throw new InvalidParameterError(`the data hold ${missing.join(", ")}, which --species leaves out: add it, or leave out --species`);
}

function speciesOf(parameters: TypedParameters, { species }: ReduceFlags): number[] | undefined {
  const own = species?.split(",").map((symbol) => symbol.trim()).filter((symbol) => symbol !== "") ?? (Array.isArray(parameters.species) ? (parameters.species as string[]) : undefined);
  return own && [...new Set(own.map(atomicNumberOf))].sort((a, b) => a - b);
}

async function optionsOf(session: Session, executor: Executor, parameters: TypedParameters, species: readonly number[], data: ScannedData | undefined, flags: ReduceFlags): Promise<ReduceOptions> {
  const { method, prime, seed, size, keepPairs, tolerance, threshold, flexible } = flags;
  const options: ReduceOptions = { method: method as ReduceOptions["method"], prime, seed, size, keepPairs, tolerance, threshold, signal: session.signal, onProgress: session.onProgress };
  if (!flexible && threshold === undefined) return options;
  const { cutoff } = createEnvironmentDescriptor(parameters, "reductions");
  const environments = await someEnvironments(executor, data!, cutoff, flags.environments ?? ENVIRONMENTS);
  const { largestStructure } = data!.scan;
  const deviations = async (descriptor: Descriptor): Promise<Float64Array> =>
    (await columnStatistics(executor, descriptor, data!.structures, { species, largestStructure, signal: session.signal, onProgress: session.onProgress })).deviations;
  return { ...options, environments, deviations };
}

/** Centers spread evenly over the data. */
async function someEnvironments(executor: Executor, { scan, structures }: ScannedData, cutoff: number, count: number): Promise<SingleEnvironment[]> {
  const found: SingleEnvironment[] = [];
  let first = 0;
  const wanted = Math.min(count, scan.atoms);
  const atoms = Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * scan.atoms) / wanted));
  for await (const structure of structures as AsyncIterable<Structure>) {
    const last = first + structure.atomicNumbers.length;
    for (const atom of atoms) {
      if (atom < first || atom >= last) continue;
      const environment = environmentOf(executor, structure, atom - first, cutoff);
      if (environment.neighbors.length > 0) found.push(environment);
    }
    first = last;
  }
  if (found.length === 0) {
    const which = wanted === 1 ? "the atom that was looked at has no neighbor" : `none of the ${wanted} atoms that were looked at has a neighbor`;
    throw new InvalidParameterError(`${which} within ${Number(cutoff.toPrecision(4))} Å: raise ${wanted < scan.atoms ? "--environments or " : ""}the cutoff, or leave out --flexible and --threshold`);
  }
  return found;
}

function methodFor(parameters: TypedParameters, { method, flexible, threshold }: ReduceFlags): "exact" | "double" {
  return methodOf(parameters, { method: method as ReduceOptions["method"], environments: flexible || threshold !== undefined ? [{} as SingleEnvironment] : [] });
}

/** Flags that would be without effect. */
function checkMethods(descriptors: readonly PlacedDescriptor[], flags: ReduceFlags): void {
  const methods = descriptors.map(({ parameters }) => methodFor(parameters, flags));
  if (flags.prime !== undefined && !methods.includes("exact")) throw new InvalidParameterError("--prime is for exact arithmetic, and this is done in double precision: leave it out");
  if (flags.tolerance !== undefined && !methods.includes("double")) throw new InvalidParameterError("--tolerance is for double precision, and this is done in exact arithmetic: leave it out, or add --method double");
}

function printPlan(session: Session, parameters: TypedParameters, species: readonly number[], flags: ReduceFlags): void {
  const descriptor = createEnvironmentDescriptor(parameters, "reductions");
  const features = descriptor.features(species);
  const method = methodFor(parameters, flags);
  const orders = [...new Set(features.map(({ bodyOrder }) => bodyOrder - 1))].sort((a, b) => a - b).map((order) => ({ order, full: features.filter((own) => own.bodyOrder - 1 === order).length }));
  const record = { descriptor: descriptor.name, species: species.map(symbolOf), columns: features.length, orders, method };
  const counts = orders.map(({ order, full }) => `${full} of order ${order}`).join(", ");
  session.result(record, `${descriptor.name} of ${species.map(symbolOf).join(", ")}: ${features.length} columns (${counts}), ${method === "exact" ? "exact arithmetic" : "double precision"}`);
}

async function write(session: Session, { file, descriptors }: ReduceJob, results: readonly DescriptorReduction[], output: string): Promise<void> {
  for (const warning of results.flatMap(({ warnings }) => warnings)) session.warn(warning);
  const replaced = results.map(({ parameters }, index) => ({ path: descriptors[index].path, parameters }));
  const comment = [`Reduced by ${programName}:`, ...results.map((own, index) => `${descriptors[index].parameters.type}, ${own.full} → ${own.kept}`)].join("\n");
  await writeWholeFile(output, reducedFile(output, replaced, comment, file?.text));
  const told = results.map(({ parameters: _parameters, ...own }, index) => ({ type: descriptors[index].parameters.type, ...own }));
  session.result({ output, descriptors: told }, [...told.map(describe), `reduced → ${output}`].join("\n"));
}

function describe({ type, orders, full, kept, pairs, variables, bound, smallestKept, largestDropped, counts, record }: Omit<DescriptorReduction, "parameters"> & { readonly type: string }): string {
  const rows = [...orders.map((own) => [String(own.order), String(own.full), String(own.kept)]), ["all", String(full), String(kept)]];
  const lines = [`${type}, ${record.method === "exact" ? `exact modulo ${record.prime}` : record.method === "double" ? "double precision" : `threshold ${record.threshold}`}, seed ${record.seed}`, formatTable([["order", "full", "kept"], ...rows], "  ")];
  if (pairs > 0) lines.push(`  and ${pairs} functions of the pair term, all kept`);
  if (variables !== undefined) lines.push(`  ${variables} sums over neighbors as variables: at most ${bound} functions are independent`);
  if (smallestKept !== undefined) lines.push(`  shortest rest of what is kept ${smallestKept.toExponential(1)}, longest of what is not ${largestDropped?.toExponential(1) ?? "–"}`);
  if (counts) lines.push(formatTable([["threshold", "kept"], ...counts.map((own) => [own.threshold.toExponential(0), String(own.kept)])], "  "));
  return lines.join("\n");
}
