import type { FactorSet } from "../../descriptors/ace/selection.js";
import { LARGEST_ORDER } from "../../descriptors/ace/parameters.js";
import { InvalidParameterError } from "../../errors.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Executor } from "../../parallel/executor.js";
import type { Workspace } from "../../linalg/dense.js";
import { Arena } from "../../wasm/memory.js";
import { Channels, environmentPlaces, type ExactPlace, type IntegerEnvironment, randomPlace } from "./exact-places.js";
import { exactTables, type Invariant, orderedInvariants } from "./invariants.js";
import { modularRowsBytes } from "./modular-rows.js";
import { PRIMES } from "./prime-field.js";
import { type Audience, Turns } from "./turns.js";

/** How an exact pruning is done. */
export interface ExactPruningOptions extends Audience {
  /** Below 2³¹; default: 2147483629. */
  readonly prime?: number;
  /** Of the random point. Default 0. */
  readonly seed?: number;
  /** A function is kept, too, if it raises the rank by the positions in one of these. Default: none. */
  readonly environments?: readonly IntegerEnvironment[];
}

/** Which of a set of invariants are independent functions. */
export interface ExactPruning {
  /** All numbers are modulo it. */
  readonly prime: number;
  /** Of the random point. */
  readonly seed: number;
  /** All of them, by total degree, order, factors and labels. */
  readonly invariants: readonly Invariant[];
  /** For each of them: 1 where it is kept. */
  readonly kept: Uint8Array;
  /** Kept at the random point: the rank of all derivatives there. */
  readonly rank: number;
  /** Values of all sums over neighbors that occur. */
  readonly variables: number;
  /** What rotations take from the rank. */
  readonly orbitDimension: number;
}

/**
 * The invariants that are not functions of those before them (Langbein & Hagen, A generalization of moment invariants on 2D vector fields
 * to tensor fields of arbitrary order and dimension, Advances in Visual Computing 2009, pp. 1151–1160): those whose derivatives at one random point are independent of the derivatives of the others before. All numbers are whole
 * numbers modulo a prime, so that what is kept is proved to be independent; what is dropped depends on the rest but for a chance of about 1e-6.
 * With environments a function stays that is needed in one of them, too. See docs/theory/redundancy.md.
 * @param sets factors of all functions, as `factorSets` makes them
 * @throws {InvalidParameterError} for a number that is no such prime, coordinates that are no whole numbers, and more than five factors
 * @throws {CancelledError} where the signal fired
 */
export async function pruneExactly({ wasm, pool }: Workspace, sets: readonly FactorSet[], options: ExactPruningOptions = {}): Promise<ExactPruning> {
  const { prime = PRIMES[0], seed = 0, environments = [] } = options;
  environments.forEach(checkEnvironment);
  checkOrders(sets);
  const tables = exactTables(prime);
  const invariants = orderedInvariants({ wasm, pool }, tables, sets);
  const channels = new Channels(invariants);
  const { nVariables: variables, orbitDimension } = channels;
  const region = pool.allocate(exactPruningBytes(variables, environments), "independent functions");
  try {
    const context = { wasm, scratch: new Arena(region) };
    const random = randomPlace(context, tables, channels, seed);
    const needy = environments.map((own) => environmentPlaces(context, tables, channels, own).positions());
    const kept = await keptAt(random, needy, invariants, variables - orbitDimension, options);
    return { prime, seed, invariants, kept, rank: random.rank, variables, orbitDimension };
  } finally {
    pool.release(region);
  }
}

/** Bytes of scratch memory that `pruneExactly` takes. */
export function exactPruningBytes(variables: number, environments: readonly IntegerEnvironment[] = []): number {
  return environments.reduce((sum, { positions }) => sum + modularRowsBytes(3 * positions.length), modularRowsBytes(variables));
}

/** For each invariant: 1 where it raises the rank at the random point or in an environment. */
async function keptAt(random: ExactPlace, environments: readonly ExactPlace[], invariants: readonly Invariant[], bound: number, audience: Audience): Promise<Uint8Array> {
  const kept = new Uint8Array(invariants.length);
  const turns = new Turns(audience, "independent functions", "functions");
  for (const [index, own] of invariants.entries()) {
    if (environments.length === 0 && random.rank === bound) break;
    if (turns.areDue) await turns.take(index, invariants.length);
    // it joins the others in every place, whichever asked for it
    const raised = [random, ...environments].map((place) => place.insert(own));
    kept[index] = Number(raised.includes(true));
  }
  return kept;
}

function checkOrders(sets: readonly FactorSet[]): void {
  const largest = sets.reduce((most, { factors }) => Math.max(most, factors.length), 0);
  if (largest > LARGEST_ORDER) throw new InvalidParameterError(`products of ${largest} factors are not pruned exactly: ${LARGEST_ORDER} is the largest order`);
}

/** Ranks of the derivatives of some invariants in one environment. */
export interface EnvironmentRanks {
  /** By the sums over neighbors. */
  readonly sums: number;
  /** By the positions of the neighbors: 3J − 3 at most. */
  readonly positions: number;
}

interface RanksInput {
  readonly invariants: readonly Invariant[];
  readonly environment: IntegerEnvironment;
  readonly prime: number;
}

const exactRanksTask = defineTask("analysis/exact-ranks", (context: TaskContext, { invariants, environment, prime }: RanksInput): EnvironmentRanks => {
  if (invariants.length === 0) return { sums: 0, positions: 0 };
  const tables = exactTables(prime);
  const places = environmentPlaces(context, tables, new Channels(invariants), environment);
  const [sums, positions] = [places.sums(), places.positions()];
  for (const own of invariants) {
    sums.insert(own);
    positions.insert(own);
  }
  return { sums: sums.rank, positions: positions.rank };
});

/**
 * How many independent derivatives some invariants have in one environment with whole coordinates.
 * @throws {InvalidParameterError} as `pruneExactly`
 */
export async function exactRanks(executor: Executor, invariants: readonly Invariant[], environment: IntegerEnvironment, prime: number = PRIMES[0]): Promise<EnvironmentRanks> {
  checkEnvironment(environment, 0);
  return executor.submit(exactRanksTask, { invariants, environment, prime });
}

function checkEnvironment({ positions, species }: IntegerEnvironment, index: number): void {
  const what = `environment ${index + 1}`;
  if (positions.length === 0) throw new InvalidParameterError(`${what} has no neighbors`);
  const bad = positions.find((own) => own.length !== 3 || !own.every(Number.isSafeInteger));
  if (bad) throw new InvalidParameterError(`${what} has a neighbor at ${bad.join(", ")}: exact ranks take three whole numbers`);
  if (species && species.length !== positions.length) throw new InvalidParameterError(`${what} has ${positions.length} neighbors and ${species.length} species; it must have as many`);
}
