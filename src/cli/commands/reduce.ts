import { type DescriptorReduction, methodOf, reduceDescriptor, type ReduceOptions, type TypedParameters } from "../../analysis/redundancy/reduce-descriptor.js";
import { planReduction } from "../../analysis/redundancy/reduction-plan.js";
import { readConfigFile, type ConfigFile, resolveBeside } from "../../config/config-file.js";
import { applyAssignments } from "../../config/overrides.js";
import { descriptorsIn, type PlacedDescriptor, reducedFile } from "../../config/reduced-file.js";
import { createDescriptor, createEnvironmentDescriptor } from "../../descriptors/registry.js";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { columnStatistics } from "../../environments/learn.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import { checkOutput, writeWholeFile } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { isRecord } from "../../plain-data.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { programName } from "../../version.js";
import type { TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { namedDescriptor } from "../preset.js";
import { learnedParameters, type ReductionData, scanAll, someEnvironments, takesFromData } from "../reduction-data.js";
import { type NamedPlan, reductionPlanText, reductionText } from "../reduction-text.js";
import type { Session, SessionOptions } from "../session.js";

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
  if (!file && flags.descriptor === undefined) throw new InvalidParameterError("no descriptor is given; add for example -d ace, or --config and a file");
  const paths = data === undefined ? dataOf(file) : [data];
  checkFlags(flags, paths);
  await checkReducedFile(flags, paths);
  await session.withExecutor(async (executor) => {
    const descriptors = file ? descriptorsOf(session, file) : [{ path: ["descriptor"], parameters: await givenDescriptor(session, executor, paths, flags) }];
    checkMethods(descriptors, flags);
    await reduce(session, executor, { file, descriptors, paths, mustRead: data !== undefined }, flags);
  });
}

async function checkReducedFile({ output, config, dryRun }: ReduceFlags, paths: readonly string[]): Promise<void> {
  if (output === undefined) {
    if (dryRun) return;
    throw new InvalidParameterError("no output is given; add for example -o reduced.yaml, or --dry-run");
  }
  if (!/\.(?:ya?ml|json)$/iu.test(output)) throw new InvalidParameterError(`the output ${output} must end in .yaml, .yml or .json: other commands read it as such, and not compressed`);
  await refuseToReplace(output, [...paths, ...(config === undefined ? [] : [config])]);
  await checkOutput(output);
}

async function givenDescriptor(session: Session, executor: Executor, paths: readonly string[], { descriptor, parameters, types }: ReduceFlags): Promise<TypedParameters> {
  const own = await namedDescriptor(executor, descriptor!, { paths, types, signal: session.signal });
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

/** The data of a file: paths, those of training data. */
function dataOf(file: ConfigFile | undefined): string[] {
  if (!file) return [];
  const { data } = file.value as { readonly data?: unknown };
  const train: unknown = isRecord(data) ? data.train : data;
  return [train].flat().flatMap((own: unknown) => (typeof own === "string" ? [resolveBeside(file.path, own)] : []));
}

function checkFlags(flags: ReduceFlags, paths: readonly string[]): void {
  const { config, descriptor, parameters, species, method, flexible, threshold, environments } = flags;
  if (config !== undefined && (descriptor !== undefined || parameters)) throw new InvalidParameterError("a file and a descriptor are given at once: leave out --config, or -d and -p");
  if (method !== undefined && method !== "exact" && method !== "double") throw new InvalidParameterError(`--method is ${method}; it is exact or double`);
  if (threshold !== undefined && !(threshold > 0 && threshold < Infinity)) throw new InvalidParameterError("--threshold must be a number greater than 0, for example 1e-3");
  if (flexible && threshold !== undefined) throw new InvalidParameterError("--flexible keeps whatever is independent somewhere, --threshold what is well independent everywhere: leave one of them out");
  if ((flexible || threshold !== undefined) && paths.length === 0) throw new InvalidParameterError(`--${flexible ? "flexible" : "threshold"} needs data: pestle reduce DATA …`);
  if (species !== undefined && !/[^\s,]/u.test(species)) throw new InvalidParameterError("--species names no element; give for example --species Si,O");
  if (environments !== undefined && !flexible && threshold === undefined) throw new InvalidParameterError("--environments is for --flexible and --threshold");
}

interface ReduceJob {
  readonly file: ConfigFile | undefined;
  readonly descriptors: readonly PlacedDescriptor[];
  readonly paths: readonly string[];
  /** Whether data that nothing is needed of are looked at, too: they were named on the command line. */
  readonly mustRead: boolean;
}

async function reduce(session: Session, executor: Executor, job: ReduceJob, flags: ReduceFlags): Promise<void> {
  const data = await readData(session, job, flags);
  const { descriptors } = job;
  const results: DescriptorReduction[] = [];
  const plans: NamedPlan[] = [];
  for (const [index, { parameters: given }] of descriptors.entries()) {
    session.onProgress({ stage: "reductions", done: index, total: descriptors.length, unit: "descriptors" });
    const species = speciesOf(given, flags) ?? data!.species;
    if (flags.species !== undefined && data) checkSpecies(species, data.species);
    const parameters = data ? await learnedParameters(session, executor, given, species, data) : given;
    const options = await optionsOf(session, executor, parameters, species, data, flags);
    if (flags.dryRun) plans.push({ type: parameters.type, species: species.map(symbolOf), size: flags.size, ...planReduction(parameters, species, options) });
    else results.push(await reduceDescriptor(executor, parameters, species, options));
  }
  if (flags.dryRun) session.result({ descriptors: plans }, plans.map(reductionPlanText).join("\n"));
  else await write(session, job, results, flags.output!);
}

/** Data that species, environments or parameters are taken from; undefined where nothing is. */
async function readData(session: Session, { descriptors, paths, mustRead }: ReduceJob, flags: ReduceFlags): Promise<ReductionData | undefined> {
  const lacksSpecies = descriptors.some(({ parameters }) => speciesOf(parameters, flags) === undefined);
  if (lacksSpecies && paths.length === 0) throw new InvalidParameterError("the species are not known: add data, or for example --species Si,O");
  const isNeeded = mustRead || lacksSpecies || flags.flexible === true || flags.threshold !== undefined || descriptors.some(({ parameters }) => takesFromData(parameters));
  return isNeeded && paths.length > 0 ? scanAll(paths, { types: flags.types, signal: session.signal }) : undefined;
}

function checkSpecies(named: readonly number[], ofData: readonly number[]): void {
  const missing = ofData.filter((species) => !named.includes(species)).map(symbolOf);
  if (missing.length > 0) throw new InvalidParameterError(`the data hold ${missing.join(", ")}, which --species leaves out: add it, or leave out --species`);
}

function speciesOf(parameters: TypedParameters, { species }: ReduceFlags): number[] | undefined {
  const own = species?.split(",").map((symbol) => symbol.trim()).filter((symbol) => symbol !== "") ?? (Array.isArray(parameters.species) ? (parameters.species as string[]) : undefined);
  return own && [...new Set(own.map(atomicNumberOf))].sort((a, b) => a - b);
}

async function optionsOf(session: Session, executor: Executor, parameters: TypedParameters, species: readonly number[], data: ReductionData | undefined, flags: ReduceFlags): Promise<ReduceOptions> {
  const { method, prime, seed, size, keepPairs, tolerance, threshold, flexible } = flags;
  const options: ReduceOptions = { method: method as ReduceOptions["method"], prime, seed, size, keepPairs, tolerance, threshold, signal: session.signal, onProgress: session.onProgress };
  if (!flexible && threshold === undefined) return options;
  const { cutoff } = createEnvironmentDescriptor(parameters, "reductions");
  const environments = await someEnvironments(executor, data!, cutoff, flags.environments ?? ENVIRONMENTS);
  const { largestStructure } = data!;
  const deviations = async (descriptor: Descriptor): Promise<Float64Array> =>
    (await columnStatistics(executor, descriptor, data!.structures, { species, largestStructure, signal: session.signal, onProgress: session.onProgress })).deviations;
  return { ...options, environments, deviations };
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

async function write(session: Session, { file, descriptors }: ReduceJob, results: readonly DescriptorReduction[], output: string): Promise<void> {
  for (const warning of results.flatMap(({ warnings }) => warnings)) session.warn(warning);
  const replaced = results.map(({ parameters }, index) => ({ path: descriptors[index].path, parameters }));
  const comment = [`Reduced by ${programName}:`, ...results.map((own, index) => `${descriptors[index].parameters.type}, ${own.full} → ${own.kept}`)].join("\n");
  await writeWholeFile(output, reducedFile(output, replaced, comment, file?.text));
  const told = results.map(({ parameters: _parameters, ...own }, index) => ({ type: descriptors[index].parameters.type, ...own }));
  session.result({ output, descriptors: told }, [...told.map(reductionText), `reduced → ${output}`].join("\n"));
}
