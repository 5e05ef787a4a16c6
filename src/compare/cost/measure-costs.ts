import { setImmediate as nextTurn } from "node:timers/promises";
import { descriptorCost } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { StructurePart } from "../../environments/describe-task.js";
import { NumericalError, PestleError } from "../../errors.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Cost, StageShare } from "../comparison.js";
import type { Reference } from "./reference.js";
import type { Effort } from "./effort.js";
import { Rounds } from "./rounds.js";
import { stageShares } from "./stages.js";
import { type OpenWork, openWork, type WorkInput } from "./open-work.js";

/** More than this between rows of turned structures, or derivatives and what they should be, is no rounding. */
const ALLOWED_ERROR = 1e-6;

export interface CostContext {
  readonly wasm: Wasm;
  readonly pool: MemoryPool;
  readonly reference: Reference;
  readonly effort: Effort;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Asked before every further round and, but for the first, every further descriptor. */
  readonly mayGoOn: () => boolean;
}

export interface CostInput {
  readonly name: string;
  readonly descriptor: AnyDescriptor;
  readonly species: readonly number[];
  readonly structures: readonly StructurePart[];
}

/** What was measured of each descriptor, or why it was not. */
export type MeasuredCost = { readonly cost: Cost } | { readonly refused: string };

/** Costs, and how much of the processor time went into what was measured. */
export interface MeasuredCosts {
  readonly results: ReadonlyMap<string, MeasuredCost>;
  readonly measuredShare: number;
}

interface Contestant extends CostInput {
  readonly opened: OpenWork;
  readonly entrants: { readonly neighbors: number | undefined; readonly values: number; readonly backward: number; readonly jacobian: number };
}

/** Verifies descriptors, and times them side by side. Those that refuse the data are left out, with their reasons. */
export async function measureCosts(context: CostContext, inputs: readonly CostInput[]): Promise<MeasuredCosts> {
  const { reference, effort, signal, onProgress } = context;
  const rounds = new Rounds(reference);
  const results = new Map<string, MeasuredCost>();
  const contestants: Contestant[] = [];
  try {
    for (const [done, input] of inputs.entries()) {
      if (contestants.length > 0 && !context.mayGoOn()) break;
      onProgress?.({ stage: "prepare and verify", done, total: inputs.length, unit: "descriptors" });
      const entered = enter(context, rounds, input);
      if ("refused" in entered) results.set(input.name, entered);
      else contestants.push(entered);
      await nextTurn();
      throwIfAborted(signal);
    }
    const onRound = (done: number): void => onProgress?.({ stage: "time side by side", done, total: effort.costs.most, unit: "rounds" });
    if (contestants.length > 0) await rounds.measure(effort.costs, context.mayGoOn, signal, onRound);
    for (const contestant of contestants) results.set(contestant.name, { cost: await costOf(contestant, rounds, context) });
  } finally {
    for (const { opened } of contestants) opened.close();
  }
  const { measured, all } = rounds.spent;
  return { results, measuredShare: all > 0 ? measured / all : 1 };
}

function enter({ wasm, pool, effort }: CostContext, rounds: Rounds, input: CostInput): Contestant | { readonly refused: string } {
  try {
    const opened = openWork(wasm, pool, input satisfies WorkInput);
    try {
      const { work, verified } = opened;
      if (work.size === 0) return dismissed(opened, "the sample holds nothing that it describes");
      if (!(verified <= ALLOWED_ERROR)) {
        throw new NumericalError(`its derivatives or its rows of turned structures are off by ${verified.toExponential(1)} of the largest, so that times would mean nothing`);
      }
      const { neighbors, values, backward, jacobian } = work;
      const entrants = {
        neighbors: neighbors && rounds.add(neighbors, effort.warmUpSeconds / 4),
        values: rounds.add(values, effort.warmUpSeconds),
        backward: rounds.add(backward, effort.warmUpSeconds),
        jacobian: rounds.add(jacobian, effort.warmUpSeconds),
      };
      return { ...input, opened, entrants };
    } catch (error) {
      opened.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof PestleError) return { refused: error.message };
    throw error;
  }
}

function dismissed(opened: OpenWork, refused: string): { readonly refused: string } {
  opened.close();
  return { refused };
}

/** Shares of neighbors and rows together, from those of the rows. */
function withNeighbors(ofValues: readonly StageShare[], neighbors: number, values: number): StageShare[] {
  if (ofValues.length === 0) return [];
  const all = neighbors + values;
  const [first, ...others] = ["neighbors", ...ofValues.map(({ stage }) => stage).filter((stage) => stage !== "neighbors")];
  const shareOf = (stage: string): number => ofValues.find((entry) => entry.stage === stage)?.share ?? 0;
  const rest = others.map((stage) => ({ stage, share: (shareOf(stage) * values) / all }));
  const ofNeighbors = (neighbors + shareOf(first) * values) / all;
  return ofNeighbors > 0 ? [{ stage: first, share: ofNeighbors }, ...rest] : rest;
}

async function costOf(contestant: Contestant, rounds: Rounds, { reference, effort }: CostContext): Promise<Cost> {
  const { descriptor, species, opened, entrants } = contestant;
  const { work, tables, peakBytes, verified } = opened;
  const known = descriptorCost(descriptor.name);
  const values = rounds.timing(entrants.values, work.size);
  const total = known?.arithmetic?.(descriptor.parameters, { nSpecies: species.length, nCenters: work.nCenters, nPairs: work.nPairs });
  const operations = total && { values: total.values / work.size, backward: total.backward / work.size, jacobian: total.jacobian / work.size };
  const neighbors = entrants.neighbors === undefined ? undefined : rounds.timing(entrants.neighbors, work.size);
  const stages = withNeighbors(await stageShares(work.values, known?.stages ?? {}, effort.profileSeconds), neighbors?.median ?? 0, values.median);
  return {
    unit: work.unit,
    sampleSize: work.size,
    neighborsPerCenter: work.neighborsPerCenter,
    atomsPerUnit: work.nAtoms / work.size,
    neighbors,
    values,
    backward: rounds.timing(entrants.backward, work.size),
    jacobian: rounds.timing(entrants.jacobian, work.size),
    stages,
    operations,
    peakShare: operations && operations.values / values.median / reference.peak,
    bytes: work.bytes,
    tables,
    peakBytes,
    reference: reference.best,
    verified,
  };
}
