import { Ace } from "../../descriptors/ace/ace.js";
import { degreeSelection, pairFunctions } from "../../descriptors/ace/basis.js";
import { countInvariants } from "../../descriptors/ace/invariant-count.js";
import { type Factor, factorSets } from "../../descriptors/ace/selection.js";
import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { conditionedPruningBytes } from "./conditioned-pruning.js";
import { exactPruningBytes } from "./exact-pruning.js";
import { listedParts } from "./listed-expansion.js";
import { classesOf, THRESHOLDS, usualNeighbors } from "./prune-columns.js";
import { methodOf, type OrderCount, reducible, type ReduceOptions, type TypedParameters } from "./reduce-descriptor.js";
import { realPruningBytes } from "./real-pruning.js";

/** What a reduction would look at and take. */
export interface ReductionPlan {
  /** Of the functions. */
  readonly method: "exact" | "double" | "conditioned";
  /** Functions or columns of each order, without the pair term of a cluster expansion. */
  readonly orders: readonly Omit<OrderCount, "kept">[];
  /** Sum over the orders. */
  readonly full: number;
  /** Functions of a pair term beside them. */
  readonly pairs: number;
  /** Values of all sums over neighbors of a cluster expansion. */
  readonly variables?: number;
  /** Of memory, at the least. */
  readonly bytes: number;
  /** Of one core, roughly; without the pass over the data that deviations take. */
  readonly seconds: number;
}

/** What is kept of a function until the end. */
const FUNCTION_BYTES = 500;
/** Seconds for a function in exact arithmetic, for each variable of it, and for each number of the kept rows when one more joins them. */
const EXACT_SECONDS = { each: 1e-5, variable: 4e-8, joining: 1e-10 };
/** Of functions or variables, whichever are fewer: what is kept, at most about. */
const KEPT_SHARE = 0.6;
/** Seconds for a product of two numbers of rows in WebAssembly, there and back twice. */
const DOUBLE_SECONDS = 1e-9;
/** The same in the conditioned form, for a number of all columns at all points. */
const CONDITIONED_SECONDS = 3e-9;

/**
 * What `reduceDescriptor` would do with the same parameters and options, for the degree that is given where a size raises it.
 * @throws {InvalidParameterError} as `reduceDescriptor`, as far as that is known beforehand
 */
export function planReduction(parameters: TypedParameters, species: SpeciesList, options: ReduceOptions = {}): ReductionPlan {
  const descriptor = reducible(parameters, options);
  const isExact = methodOf(parameters, options) === "exact";
  if (!(descriptor instanceof Ace)) return columnPlan(descriptor, species, options);
  return isExact ? exactPlan(descriptor, descriptor.ownSpecies ?? species) : listPlan(descriptor, species, options);
}

function exactPlan({ parameters }: Ace, species: SpeciesList): ReductionPlan {
  const sets = factorSets(degreeSelection(parameters, species)).map(({ factors }) => ({ factors, count: countInvariants(factors) }));
  const orders = ordersOf(sets.flatMap(({ factors, count }) => new Array<number>(count).fill(factors.length)));
  const full = sumOf(orders.map((own) => own.full));
  const variables = variablesOf(sets.flatMap(({ factors, count }) => (count > 0 ? factors : [])));
  const pairs = pairFunctions(parameters, species).length;
  // the choice among couplings has two copies of rows in double precision
  const choice = orders.some(({ order }) => order > 3) ? 8 * 3 * variables * variables : 0;
  return { method: "exact", orders, full, pairs, variables, bytes: exactPruningBytes(variables) + choice + FUNCTION_BYTES * full, seconds: exactSeconds(full, variables) };
}

function exactSeconds(full: number, variables: number): number {
  const kept = KEPT_SHARE * Math.min(full, variables);
  return full * (EXACT_SECONDS.each + EXACT_SECONDS.variable * variables) + EXACT_SECONDS.joining * kept ** 2 * variables;
}

function listPlan(ace: Ace, given: SpeciesList, options: ReduceOptions): ReductionPlan {
  const { functions, pairs, classes } = listedParts(ace, given);
  const variables = variablesOf(functions.flatMap(({ factors }) => factors));
  const points = [...(options.threshold === undefined ? [variables] : []), ...environmentVariables(options)];
  return { ...doublePlan(functions.map(({ factors }) => factors.length), points, classes, options), pairs: pairs.length, variables };
}

function columnPlan(descriptor: Descriptor, species: SpeciesList, options: ReduceOptions): ReductionPlan {
  const orders = descriptor.features(species).map(({ bodyOrder }) => bodyOrder - 1);
  const random = options.threshold === undefined ? species.map(() => 3 * usualNeighbors(descriptor, species)) : [];
  return { ...doublePlan(orders, [...random, ...environmentVariables(options)], orders, options), pairs: 0 };
}

/** All neighbors, those beyond the cutoff of a part, too. */
function environmentVariables({ environments = [] }: ReduceOptions): number[] {
  return environments.map(({ neighbors }) => 3 * neighbors.length);
}

/** @param variables of each point */
function doublePlan(orderOf: readonly number[], variables: readonly number[], classes: readonly number[], { threshold }: ReduceOptions): Omit<ReductionPlan, "pairs"> {
  const orders = ordersOf(orderOf);
  const nColumns = orderOf.length;
  const points = variables.map((nVariables) => ({ nColumns, nVariables }));
  // rows of all points, and twice as they come from the descriptor, of the largest
  const derivatives = 8 * nColumns * (sumOf(variables) + 2 * Math.max(0, ...variables));
  const seconds = sumOf(variables.map((own) => DOUBLE_SECONDS * nColumns * own * middleRank(nColumns, own)));
  if (threshold === undefined) return { method: "double", orders, full: nColumns, bytes: derivatives + realPruningBytes(points), seconds };
  const ofClasses = classesOf(classes);
  // of one class all thresholds take columns in the same order
  const times = ofClasses.length === 1 ? 1 : new Set([threshold, ...THRESHOLDS]).size;
  return {
    method: "conditioned",
    orders,
    full: nColumns,
    bytes: derivatives + Math.max(conditionedPruningBytes(points, ofClasses), ...points.map((point) => realPruningBytes([point]))),
    seconds: seconds + CONDITIONED_SECONDS * times * nColumns * sumOf(variables) * Math.min(nColumns, Math.max(0, ...variables)),
  };
}

/** Of rows that are all independent until there are as many as variables. */
function middleRank(nColumns: number, nVariables: number): number {
  const last = Math.min(nColumns, nVariables);
  return last - last ** 2 / (2 * Math.max(1, nColumns));
}

function variablesOf(factors: readonly Factor[]): number {
  const channels = new Map(factors.map(({ species, n, l }) => [`${species} ${n} ${l}`, 2 * l + 1]));
  return sumOf([...channels.values()]);
}

function ordersOf(orders: readonly number[]): Omit<OrderCount, "kept">[] {
  const counts = new Map<number, number>();
  for (const order of orders) counts.set(order, (counts.get(order) ?? 0) + 1);
  return [...counts].map(([order, full]) => ({ order, full })).sort((a, b) => a.order - b.order);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
