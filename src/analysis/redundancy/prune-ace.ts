import { degreeSelection, pairFunctions } from "../../descriptors/ace/basis.js";
import type { ExplicitFunction } from "../../descriptors/ace/explicit-functions.js";
import type { AceParameters } from "../../descriptors/ace/parameters.js";
import { countInvariants } from "../../descriptors/ace/invariant-count.js";
import { listedCouplings, listedFunction, listedPair } from "../../descriptors/ace/reduced-list.js";
import { type AceFunction, type DegreeSelection, type Factor, factorSets } from "../../descriptors/ace/selection.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError, NumericalError } from "../../errors.js";
import type { Executor } from "../../parallel/executor.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import { aceDerivatives } from "./ace-derivatives.js";
import { type ExactPruning, type ExactPruningOptions, pruneExactly } from "./exact-pruning.js";
import { degreeClass } from "./invariants.js";
import { OrthogonalRows } from "./orthogonal-rows.js";
import { Turns } from "./turns.js";

/** How the functions of a cluster expansion are pruned. */
export interface AcePruningOptions extends Pick<ExactPruningOptions, "prime" | "seed" | "signal" | "onProgress"> {
  /** So many functions are kept, beside the pair term: those of lowest degree; the degree is raised until there are as many. Default: all of the degree. */
  readonly size?: number;
  /** All functions of orders 1 and 2 are kept, too: for linear models, to which products of functions are something new. */
  readonly keepPairs?: boolean;
}

/** A cluster expansion without the functions that depend on others. */
export interface AcePruning {
  /** What was found of the functions up to a degree. */
  readonly exact: ExactPruning;
  /** Largest degree of each order that was looked at. */
  readonly degrees: readonly number[];
  /** The list for the parameter `functions`: the pair term, then what is kept by degree. */
  readonly functions: readonly ExplicitFunction[];
  /** Functions of each order from 1 on, without the pair term: before and after. */
  readonly fullByOrder: readonly number[];
  /** See `fullByOrder`. */
  readonly keptByOrder: readonly number[];
  /** Functions of the pair term: none of them is dropped. */
  readonly pairs: number;
  /** Where some of several couplings are kept: of unit rows, the shortest that was left of one that was chosen. Undefined where there were none. */
  readonly couplingResidual: number | undefined;
}

/** Degrees are raised no further for a size. */
const MOST_DEGREES = 60;

/**
 * The functions of a cluster expansion that are no functions of the others, exactly; see `pruneExactly`. Of several couplings of the same factors
 * the exact pruning tells how many are kept; those of the descriptor span the same functions, and the ones are taken that are farthest from what is
 * kept before, in double precision.
 * @throws {InvalidParameterError} for functions that are listed one by one, and a size that cannot be reached
 */
export async function pruneAce(executor: Executor, parameters: AceParameters, species: SpeciesList, options: AcePruningOptions = {}): Promise<AcePruning> {
  const { size, keepPairs = false, ...exactOptions } = options;
  if (size !== undefined && !(Number.isInteger(size) && size > 0)) throw new InvalidParameterError(`the number of functions to keep is ${size}; it must be a whole number from 1 on`);
  if (parameters.functions) throw new InvalidParameterError("ace: the functions are listed already; exact pruning takes all up to a degree: leave functions out, or prune in double precision");
  if (parameters.maximumFunctions !== undefined) throw new InvalidParameterError("ace: maximumFunctions may take some couplings of the same factors and leave others; for exact pruning leave it out, and say how many to keep");
  const selection = degreeSelection(parameters, species);
  const { exact, degrees } = await prunedTo(executor, selection, size, exactOptions);
  const kept = wanted(exact, size ?? Infinity, keepPairs);
  const chosen = await executor.submit(couplingChoiceTask, { exact, kept, species }, { signal: options.signal });
  const pairs = pairFunctions(parameters, species);
  return {
    exact,
    degrees,
    functions: [...pairs.map((own) => listedPair(own, species)), ...chosen.functions],
    fullByOrder: byOrder(exact, degrees.length),
    keptByOrder: byOrder(exact, degrees.length, kept),
    pairs: pairs.length,
    couplingResidual: chosen.residual,
  };
}

async function prunedTo(executor: Executor, selection: DegreeSelection, size: number | undefined, options: ExactPruningOptions): Promise<{ exact: ExactPruning; degrees: readonly number[] }> {
  const turns = new Turns(options, "degrees", "degrees");
  for (let raised = 0; raised <= MOST_DEGREES; raised++) {
    if (turns.areDue) await turns.take(raised, MOST_DEGREES + 1);
    const degrees = selection.degrees.map((degree) => degree + raised);
    const sets = factorSets({ ...selection, degrees });
    // no more can be kept than there are
    if (size !== undefined && sets.reduce((sum, { factors }) => sum + countInvariants(factors), 0) < size) continue;
    if (sets.length === 0 && size === undefined) throw new InvalidParameterError(`ace: degree ${degrees.join(", ")} leaves no functions`);
    const exact = await pruneExactly(executor, sets, options);
    if (size === undefined || exact.rank >= size) return { exact, degrees };
  }
  throw new InvalidParameterError(`ace: no degree up to ${selection.degrees.map((degree) => degree + MOST_DEGREES).join(", ")} keeps ${size} functions: allow more orders or more factors`);
}

/** Those that are kept, up to a number, and those of orders 1 and 2 up to their degree. */
function wanted({ invariants, kept }: ExactPruning, size: number, keepPairs: boolean): Uint8Array {
  let left = size;
  const result = kept.map((own) => (own === 1 && left-- > 0 ? 1 : 0));
  if (!keepPairs) return result;
  const last = size === Infinity ? Infinity : degreeClass(invariants[result.lastIndexOf(1)].degree);
  return result.map((own, index) => (invariants[index].factors.length <= 2 && degreeClass(invariants[index].degree) <= last ? 1 : own));
}

function byOrder({ invariants }: ExactPruning, orders: number, kept?: Uint8Array): number[] {
  const counts = new Array<number>(orders).fill(0);
  invariants.forEach(({ factors }, index) => {
    if (!kept || kept[index]) counts[factors.length - 1]++;
  });
  return counts;
}

interface ChoiceInput {
  readonly exact: ExactPruning;
  readonly kept: Uint8Array;
  readonly species: SpeciesList;
}

interface Group {
  readonly factors: readonly Factor[];
  readonly count: number;
  readonly kept: number;
}

/** A choice among couplings that is worse than this is left to chance. */
const SMALLEST_RESIDUAL = 1e-8;

const couplingChoiceTask = defineTask("analysis/coupling-choice", (context: TaskContext, { exact, kept, species }: ChoiceInput): { functions: ExplicitFunction[]; residual: number | undefined } => {
  const groups = groupsOf(exact, kept).filter((group) => group.kept > 0);
  const last = groups.findLastIndex((group) => group.kept < group.count);
  if (last < 0) return { functions: groups.flatMap((group) => allOf(group, species)), residual: undefined };
  // all that may be chosen up to the last group with a choice
  const candidates = groups.slice(0, last + 1).map(({ factors, count }) => listedCouplings(factors, count, species));
  const chooser = new CouplingChooser(context, candidates.flat(), exact.seed);
  const functions = groups.flatMap((group, index) => {
    if (index > last) return allOf(group, species);
    return chooser.choose(candidates[index], group.kept).map((coupling) => listedFunction(group.factors, coupling, species));
  });
  if (!(chooser.smallest > SMALLEST_RESIDUAL)) {
    throw new NumericalError(`of the couplings of the same factors none that is kept is far from the others (${chooser.smallest.toExponential(1)}): draw another point with another seed`);
  }
  return { functions, residual: chooser.smallest };
});

/** Invariants with the same factors stand side by side. */
function groupsOf({ invariants }: ExactPruning, kept: Uint8Array): Group[] {
  const groups: { factors: readonly Factor[]; count: number; kept: number }[] = [];
  invariants.forEach(({ factors }, index) => {
    const before = groups[groups.length - 1];
    if (before && index > 0 && invariants[index - 1].factors === factors) {
      before.count++;
      before.kept += kept[index];
    } else groups.push({ factors, count: 1, kept: kept[index] });
  });
  return groups;
}

function allOf({ factors, kept }: Group, species: SpeciesList): ExplicitFunction[] {
  return Array.from({ length: kept }, (_, coupling) => listedFunction(factors, coupling, species));
}

/** Takes of the couplings of each group the ones that are farthest from all that was taken before. */
class CouplingChooser {
  /** Of unit rows, the shortest rest of one that was chosen among others. */
  smallest = Infinity;
  private readonly rows: OrthogonalRows;
  private readonly unit: Float64Array[];
  private next = 0;

  constructor({ wasm, scratch }: TaskContext, functions: readonly AceFunction[], seed: number) {
    const { nColumns, nVariables, rows } = aceDerivatives(functions, seed);
    this.rows = new OrthogonalRows(wasm, scratch, nVariables, nColumns);
    this.unit = Array.from({ length: nColumns }, (_, column) => {
      const row = rows.subarray(column * nVariables, (column + 1) * nVariables);
      const length = Math.hypot(...row);
      return row.map((value) => value / length);
    });
  }

  /** Couplings, ascending. */
  choose(couplings: readonly AceFunction[], count: number): number[] {
    const rows = this.unit.slice(this.next, (this.next += couplings.length));
    if (count === couplings.length) {
      for (const row of rows) this.rows.insert(row, SMALLEST_RESIDUAL);
      return rows.map((_, coupling) => coupling);
    }
    const chosen: number[] = [];
    while (chosen.length < count) {
      const residuals = rows.map((row, coupling) => (chosen.includes(coupling) ? -1 : this.rows.residual(row)));
      const best = residuals.indexOf(Math.max(...residuals));
      this.smallest = Math.min(this.smallest, residuals[best]);
      this.rows.insert(rows[best], SMALLEST_RESIDUAL);
      chosen.push(best);
    }
    return chosen.sort((a, b) => a - b);
  }
}
