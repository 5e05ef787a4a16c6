import { scratchSize } from "../../parallel/scratch-regions.js";
import type { Block } from "../least-squares/blocks.js";
import { blocksInFlight, chainCount } from "../least-squares/chains.js";
import { mergedRowsBytes, mergeScratchBytes, updateScratchBytes } from "../least-squares/shared-update.js";
import { strideOf, triangleBytes } from "../least-squares/triangle.js";
import type { OutlineLine, PlannedMemory } from "../fit-plan.js";

/** What all work of the threads shares. */
export const SCRATCH = "scratch of the threads";

/** What rows are reduced in. */
export interface ReductionShape {
  /** Unknowns. */
  readonly columns: number;
  /** Columns of rows while they are written; default: as many. */
  readonly writtenColumns?: number;
  readonly blocks: readonly Block[];
  readonly threads: number;
}

/** Allocations of tasks, each a list. */
type Needs = readonly (readonly number[])[];

/** What tasks of a reduction allocate. */
export interface ReductionTasks {
  /** Of those that write rows. */
  readonly rowNeeds: Needs;
  /** Of those that run on one thread before or after. */
  readonly singleNeeds?: Needs;
  readonly nStructures: number;
}

/** Rows of the largest block. */
function largestBlock(blocks: readonly Block[]): number {
  return Math.max(0, ...blocks.map(({ nRows }) => nRows));
}

/**
 * Triangles, and blocks of rows in flight: fewer where they are large or memory is short.
 * @param room bytes for these and for scratch
 */
export function reductionMemory(shape: ReductionShape, room = Infinity): PlannedMemory[] {
  const { columns, blocks } = shape;
  const merging = chainCount(columns + 1, blocks.length) > 1 ? mergedRowsBytes(columns + 1) : 0;
  return [
    { what: "triangular factors", bytes: allTriangles(shape) },
    { what: "blocks of the design matrix", bytes: Math.max(plannedFlight(shape, room) * blockBytes(shape), merging) },
  ];
}

function allTriangles({ columns, blocks }: ReductionShape): number {
  return chainCount(columns + 1, blocks.length) * triangleBytes(columns);
}

function blockBytes({ columns, writtenColumns = columns, blocks }: ReductionShape): number {
  return 8 * largestBlock(blocks) * strideOf(writtenColumns);
}

function plannedFlight(shape: ReductionShape, room: number): number {
  return blocksInFlight(shape.threads, shape.blocks.length, blockBytes(shape), Math.max(0, room - allTriangles(shape)));
}

/** Scratch of tasks that run at once. */
export interface PlannedScratch {
  readonly bytes: number;
  /** Tasks that write rows at once. */
  readonly writers: number;
}

/**
 * Scratch of all threads while rows are reduced: some write rows, all update triangles, and some merge pairs of triangles. Tasks whose scratch
 * has no room wait for others, so that one is enough.
 * @param room as for `reductionMemory`
 * @param scratchRoom bytes for the scratch
 */
export function reductionScratch(
  shape: ReductionShape,
  { rowNeeds, singleNeeds = [], nStructures }: ReductionTasks,
  room = Infinity,
  scratchRoom = room,
): PlannedScratch {
  const { columns, blocks, threads } = shape;
  const size = columns + 1;
  const chains = chainCount(size, blocks.length);
  const count = Math.max(1, tasksInFlight(threads, Math.max(nStructures, chains)));
  const updates = [[updateScratchBytes(size, largestBlock(blocks))]];
  const reduced = [...rowNeeds, ...updates];
  const merged = chains > 1 ? [...reduced, [mergeScratchBytes(size)]] : reduced;
  const merging = Math.min(count, Math.max(1, Math.floor(chains / 2)));
  const flight = plannedFlight(shape, room);
  const writing = Math.max(merging, Math.min(count, flight));
  const { bytes, tasks } = scratchInRoom(
    [
      { bytes: grownScratch([...singleNeeds, ...merged]), count: 1 },
      { bytes: grownScratch(merged), count: merging - 1 },
      { bytes: grownScratch(reduced), count: writing - merging },
      { bytes: grownScratch(updates), count: count - writing },
    ],
    scratchRoom,
  );
  return { bytes, writers: Math.min(flight, tasks) };
}

/** Tasks of one kind. */
export interface ScratchOfTasks {
  /** Of each. */
  readonly bytes: number;
  readonly count: number;
}

/** Scratch of as many of the tasks as have room, the largest first; one has it in any case. */
export function scratchInRoom(kinds: readonly ScratchOfTasks[], room: number): { readonly bytes: number; readonly tasks: number } {
  let [total, tasks] = [0, 0];
  for (const { bytes, count } of kinds) {
    const fitting = Math.min(count, Math.max(tasks === 0 ? 1 : 0, Math.floor((room - total) / bytes)));
    total += fitting * bytes;
    tasks += fitting;
  }
  return { bytes: total, tasks };
}

/** A line of the plan where memory lets fewer threads write rows than there are. */
export function writersOutline({ threads, blocks }: Pick<ReductionShape, "threads" | "blocks">, writers: number): OutlineLine[] {
  if (writers >= Math.min(threads, blocks.length)) return [];
  return [{ label: "at once", text: `rows by ${writers} of ${threads} threads: memory` }];
}

/** @param needs what each task allocates */
export function grownScratch(needs: Needs): number {
  return scratchSize(needs.reduce((most, allocations) => Math.max(most, allocations.reduce((total, bytes) => total + bytes, 0)), 0));
}

/** Tasks that the executor hands out at once, each with scratch of its own, which it keeps. */
export function tasksInFlight(threads: number, tasks: number): number {
  return Math.min(tasks, threads === 1 ? 1 : threads + 1);
}
