import { Ace } from "../../descriptors/ace/ace.js";
import { degreesOf } from "../../descriptors/ace/basis.js";
import { createEnvironmentDescriptor } from "../../descriptors/registry.js";
import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import type { PruningRecord } from "../../descriptors/pruning-record.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import type { Executor } from "../../parallel/executor.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { listedExpansion, type ListedExpansion } from "./listed-expansion.js";
import { type AcePruning, pruneAce } from "./prune-ace.js";
import { type ConditionedColumns, pruneColumns, pruneColumnsConditioned } from "./prune-columns.js";
import { type PointRank, SMALLEST_GAP } from "./real-pruning.js";
import type { Audience } from "./turns.js";

/** Parameters of any descriptor of environments. */
export type TypedParameters = Readonly<Record<string, unknown>> & {
  /** Which descriptor. */
  readonly type: string;
};

/** How a descriptor is reduced. */
export interface ReduceOptions extends Audience {
  /** Exact arithmetic is for the cluster expansion up to a degree, and its default; double precision for all descriptors. */
  readonly method?: "exact" | "double";
  /** Of exact arithmetic. */
  readonly prime?: number;
  /** Of the random point. Default 0. */
  readonly seed?: number;
  /** So many functions or columns are kept, the simple ones first. Default: all that are independent. */
  readonly size?: number;
  /** All functions of orders 1 and 2 of a cluster expansion are kept, too: for linear models. */
  readonly keepPairs?: boolean;
  /** Of double precision, see `pruneReal`. */
  readonly tolerance?: number;
  /** What is independent in one of these is kept, too: in double precision. */
  readonly environments?: readonly SingleEnvironment[];
  /** The conditioned form with this τ, 1/Å; it takes environments and deviations. */
  readonly threshold?: number;
  /** Standard deviations of all columns of a descriptor over the data, for the conditioned form. */
  readonly deviations?: (descriptor: Descriptor) => Promise<ArrayLike<number>>;
}

/** Functions of one order, or columns of one body order less one. */
export interface OrderCount {
  /** From 1 on. */
  readonly order: number;
  /** Before. */
  readonly full: number;
  /** After. */
  readonly kept: number;
}

/** A descriptor with the functions or columns that are independent. */
export interface DescriptorReduction {
  /** Of the descriptor: with a list of functions, or of columns. */
  readonly parameters: TypedParameters;
  /** As it stands in the parameters, too. */
  readonly record: PruningRecord;
  /** Without functions of the pair term of a cluster expansion, which are all kept. */
  readonly orders: readonly OrderCount[];
  /** Sum over the orders. */
  readonly full: number;
  /** Sum over the orders. */
  readonly kept: number;
  /** Functions of a pair term beside them. */
  readonly pairs: number;
  /** Of the exact pruning: values of all sums over neighbors. */
  readonly variables?: number;
  /** Of the exact pruning: no more functions of these variables are independent. */
  readonly bound?: number;
  /** Of double precision, see `RealPruning`. */
  readonly smallestKept?: number;
  /** Of double precision, see `RealPruning`. */
  readonly largestDropped?: number;
  /** Of double precision: where columns were looked at. */
  readonly points?: readonly PointRank[];
  /** Of the conditioned form: what other thresholds keep. */
  readonly counts?: ConditionedColumns["counts"];
  /** What may be wrong with it, one sentence each. */
  readonly warnings: readonly string[];
}

const EXACT_ORDER = "degree, order, factors (n, l, species), coupling";
const COLUMN_ORDER = "body order, roughness, place";
const LISTED_ORDER = "degree, order, place";

/**
 * A descriptor without what depends on the rest of it: a cluster expansion with a list of functions, any other with a list of columns.
 * @param parameters of the descriptor
 * @param species of the data
 * @throws {InvalidParameterError} for a descriptor that is reduced already, or turns with the structure, or has no row for each center, and where nothing
 * would be left
 */
export async function reduceDescriptor(executor: Executor, parameters: TypedParameters, species: SpeciesList, options: ReduceOptions = {}): Promise<DescriptorReduction> {
  const descriptor = reducible(parameters, options);
  if (descriptor instanceof Ace && methodOf(parameters, options) === "exact") return reduceExactly(executor, parameters, descriptor, species, options);
  return reduceColumns(executor, parameters, descriptor, species, options);
}

/**
 * The descriptor that is reduced.
 * @throws {InvalidParameterError} as `reduceDescriptor`
 */
export function reducible(parameters: TypedParameters, options: ReduceOptions): Descriptor {
  check(parameters, options);
  const descriptor = createEnvironmentDescriptor(reducedPart(parameters), "reductions");
  if (descriptor.learn) throw new InvalidParameterError(`${missingPart(descriptor)}; reductions need all parameters, or data to take them from`);
  if (descriptor.turns) throw new InvalidParameterError(`${descriptor.name}: its columns turn with the structure, so that a part of them would mean nothing: reduce what is made of them, such as soap`);
  return descriptor;
}

/** In the words of the descriptor, which knows what is left to the data. */
function missingPart(descriptor: Descriptor): string {
  try {
    descriptor.features(descriptor.ownSpecies ?? [1]);
    return `${descriptor.name}: it takes parameters from data, and has not seen any`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Options of a whole descriptor that leave open which columns are independent. */
const OUTER = ["average", "standardization"] as const;

/** What of a descriptor is reduced: without the mean over a structure and the standardization. */
export function reducedPart(parameters: TypedParameters): TypedParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([key]) => !(OUTER as readonly string[]).includes(key))) as TypedParameters;
}

function check({ type, reduction }: TypedParameters, { size, threshold, environments = [], deviations, method, tolerance, keepPairs }: ReduceOptions): void {
  if (reduction !== undefined) throw new InvalidParameterError(`${type}: it has a reduction already; take it away first, and reduce what it is made of`);
  if (size !== undefined && !(Number.isInteger(size) && size > 0)) throw new InvalidParameterError(`size is ${size}; it must be a whole number from 1 on`);
  if (threshold !== undefined && (environments.length === 0 || !deviations)) throw new InvalidParameterError("a threshold is for what is left of columns over data: give data, too");
  if (tolerance !== undefined && !(tolerance > 0 && tolerance < 1)) throw new InvalidParameterError(`tolerance is ${tolerance}; it must be between 0 and 1`);
  if (keepPairs && type !== "ace") throw new InvalidParameterError(`keeping all functions of orders 1 and 2 is for the cluster expansion (ace); leave it out for ${type}`);
  if (method !== "exact") return;
  if (type !== "ace") throw new InvalidParameterError(`exact arithmetic is for the cluster expansion (ace); ${type} is pruned in double precision`);
  if (environments.length > 0) throw new InvalidParameterError("exact arithmetic takes no environments of data, whose coordinates are no whole numbers: prune in double precision, or without data");
}

/** What `reduceDescriptor` would do. */
export function methodOf({ type, functions, maximumFunctions }: TypedParameters, { method, environments = [] }: ReduceOptions): "exact" | "double" {
  return method ?? (type === "ace" && functions === undefined && maximumFunctions === undefined && environments.length === 0 ? "exact" : "double");
}

/** Keys of a choice by degree, which a list replaces. */
const BY_DEGREE = ["degree", "order", "lWeight", "maximumFunctions", "mostFactors", "speciesWeights", "functions", "pruning"];

function listed(parameters: TypedParameters, functions: readonly unknown[], species: SpeciesList, pruning: PruningRecord): TypedParameters {
  const rest = Object.fromEntries(Object.entries(parameters).filter(([key]) => !BY_DEGREE.includes(key)));
  return { ...rest, type: parameters.type, species: species.map(symbolOf), functions, pruning };
}

async function reduceExactly(executor: Executor, parameters: TypedParameters, ace: Ace, species: SpeciesList, { prime, seed, size, keepPairs, signal, onProgress }: ReduceOptions): Promise<DescriptorReduction> {
  const list = ace.ownSpecies ?? species;
  const pruning = await pruneAce(executor, ace.parameters, list, { prime, seed, size, keepPairs, signal, onProgress });
  const { exact, pairs } = pruning;
  const record: PruningRecord = { method: "exact", full: exact.invariants.length, candidates: EXACT_ORDER, seed: exact.seed, prime: exact.prime };
  return {
    parameters: listed(parameters, pruning.functions, list, record),
    record,
    orders: pruning.fullByOrder.map((full, i) => ({ order: i + 1, full, kept: pruning.keptByOrder[i] })),
    full: exact.invariants.length,
    kept: pruning.functions.length - pairs,
    pairs,
    variables: exact.variables,
    bound: exact.variables - exact.orbitDimension,
    warnings: raisedWarning(ace, pruning),
  };
}

function raisedWarning({ parameters }: Ace, { degrees }: AcePruning): string[] {
  const given = degreesOf(parameters);
  return degrees.some((degree, i) => degree !== given[i]) ? [`the degree was raised from ${given.join(", ")} to ${degrees.join(", ")} for as many functions as were asked for`] : [];
}

async function reduceColumns(executor: Executor, parameters: TypedParameters, descriptor: Descriptor, species: SpeciesList, options: ReduceOptions): Promise<DescriptorReduction> {
  const expansion = descriptor instanceof Ace ? listedExpansion(descriptor, species, options.seed ?? 0) : undefined;
  const target = expansion?.descriptor ?? descriptor;
  const features = target.features(species);
  const found = options.threshold === undefined ? await independent(executor, target, species, expansion, options) : await conditioned(executor, target, species, expansion, options);
  const chosen = wanted(found.kept, found.order, features.map(({ bodyOrder }) => bodyOrder), options);
  const columns = features.flatMap((_, column) => (chosen[column] ? [column] : []));
  if (columns.length === 0) throw nothingLeft(descriptor.name, options, found.told.counts);
  const record: PruningRecord = { ...found.record, full: features.length };
  const orders = [...new Set(features.map(({ bodyOrder }) => bodyOrder - 1))].sort((a, b) => a - b);
  return {
    ...found.told,
    warnings: [...found.told.warnings, ...shortfall(countOf([...found.kept].map(Boolean)), options)],
    parameters: expansion
      ? listed(parameters, [...expansion.pairs, ...columns.map((column) => expansion.functions[column])], expansion.species, record)
      : { ...parameters, reduction: { type: "columns", columns: columns.map((column) => features[column].label), pruning: record } },
    record,
    orders: orders.map((order) => ({ order, full: countOf(features.map((own) => own.bodyOrder === order + 1)), kept: countOf(columns.map((column) => features[column].bodyOrder === order + 1)) })),
    full: features.length,
    kept: columns.length,
    pairs: expansion?.pairs.length ?? 0,
  };
}

function shortfall(kept: number, { size = 0 }: ReduceOptions): string[] {
  return kept < size ? [`${kept} columns were kept, fewer than the ${size} that were asked for: no more are independent`] : [];
}

function nothingLeft(name: string, { threshold }: ReduceOptions, counts: DescriptorReduction["counts"]): InvalidParameterError {
  const lower = counts?.find(({ kept }) => kept > 0);
  const remedy = lower ? `lower it: ${lower.threshold.toExponential(0)} keeps ${lower.kept}` : "take data in which the columns vary, or prune without a threshold";
  return new InvalidParameterError(`${name}: no column is ${threshold === undefined ? "independent" : `left above the threshold ${threshold}`}; ${remedy}`);
}

const countOf = (flags: readonly boolean[]): number => flags.filter(Boolean).length;

interface Found {
  readonly kept: Uint8Array;
  readonly order: readonly number[];
  readonly record: Omit<PruningRecord, "full">;
  readonly told: Pick<DescriptorReduction, "smallestKept" | "largestDropped" | "points" | "counts" | "warnings">;
}

async function independent(executor: Executor, descriptor: Descriptor, species: SpeciesList, expansion: ListedExpansion | undefined, { seed = 0, environments = [], tolerance, signal, onProgress }: ReduceOptions): Promise<Found> {
  const { kept, order, smallestKept, largestDropped, gap, points } = await pruneColumns(executor, descriptor, species, { seed, environments, tolerance, points: expansion && [expansion.point()], order: expansion?.order, signal, onProgress });
  // the first points are the random environments, one for each center
  const fullPoint = expansion ? undefined : points.slice(0, species.length).find(({ rank, nVariables }) => rank >= nVariables - 3);
  const isClear = gap === undefined || gap >= SMALLEST_GAP;
  const instead = expansion && environments.length === 0 ? "draw again with another seed, or prune exactly" : "draw again with another seed, set the tolerance, or prune by what is left over data (threshold)";
  return {
    kept,
    order,
    record: { method: "double", candidates: expansion ? LISTED_ORDER : COLUMN_ORDER, seed, ...(environments.length > 0 && { environments: environments.length }), ...(gap !== undefined && { gap }) },
    told: {
      smallestKept,
      largestDropped,
      points,
      warnings: [...(fullPoint ? [`${fullPoint.label} has too few neighbors to tell more columns apart: ${fullPoint.rank} were kept there, as many as neighbors have positions up to rotation`] : []), ...(isClear ? [] : [`what is kept and what is not differ by a factor of ${gap.toPrecision(2)} only, so that the number depends on the tolerance: ${instead}`])],
    },
  };
}

async function conditioned(executor: Executor, descriptor: Descriptor, species: SpeciesList, expansion: ListedExpansion | undefined, options: ReduceOptions): Promise<Found> {
  const { environments = [], threshold, tolerance, seed = 0, signal, onProgress } = options;
  const deviations = await options.deviations!(descriptor);
  const { kept, order, counts } = await pruneColumnsConditioned(executor, descriptor, species, { environments, deviations, threshold, tolerance, classes: expansion?.classes, signal, onProgress });
  const record = { method: "conditioned" as const, candidates: expansion ? "degree, order, largest rest" : "body order, largest rest", seed, environments: environments.length, threshold };
  return { kept, order, record, told: { counts, warnings: [] } };
}

function wanted(kept: Uint8Array, order: readonly number[], bodyOrders: readonly number[], { size = Infinity, keepPairs }: ReduceOptions): Uint8Array {
  const result = new Uint8Array(kept.length);
  order.filter((column) => kept[column]).slice(0, size).forEach((column) => (result[column] = 1));
  return keepPairs ? result.map((own, column) => (bodyOrders[column] <= 3 ? 1 : own)) : result;
}
