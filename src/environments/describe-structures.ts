import { deserializeError, InternalError, serializeError } from "../errors.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { environmentBatch } from "../neighbors/environments.js";
import { defineTask, type TaskContext } from "../parallel/task.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { Structure } from "../structures/structure.js";
import { ArenaOverflow, type Pointer, type Region } from "../wasm/memory.js";
import { type CenterSelection, selectCenters } from "./center-selection.js";
import type { Descriptor, DescriptorEvaluator, DescriptorPlan, SpeciesList } from "../descriptors/descriptor.js";
import type { FingerprintBlock } from "./fingerprint-block.js";
import { attachDescriptor } from "../descriptors/registry.js";
import { speciesIndices } from "../descriptors/species.js";

export interface DescribeOptions {
  /** Atomic numbers in ascending order; every atom must be one of them. */
  readonly species: SpeciesList;
  readonly centers?: CenterSelection;
  readonly signal?: AbortSignal;
}

/** Some centers of one structure: plain data for a worker. */
interface Piece {
  readonly positions: Float64Array;
  readonly cell: Float64Array | null;
  readonly pbc: readonly [boolean, boolean, boolean];
  /** Species index of every atom. */
  readonly speciesIndices: Int32Array;
  /** null: all atoms */
  readonly centers: Int32Array | null;
  readonly label: string;
}

interface DescribeInput {
  readonly plan: DescriptorPlan;
  readonly average: Descriptor["average"];
  readonly pieces: readonly Piece[];
  /** f64 [rows × nFeatures] */
  readonly out: Pointer;
}

const ROWS_PER_BLOCK = 512;
const BLOCK_BYTES = 8e6;
/** A structure is cut into at most this many blocks where memory allows: each of them sorts all of its atoms into cells. */
const BLOCKS_PER_STRUCTURE = 64;
const MAXIMUM_BLOCK_BYTES = 64e6;
const MEAN_TILE = 256;

export interface BlockPlan {
  /** Rows that are gathered from small structures. */
  readonly rowsPerBlock: number;
  /** Most rows of a block of a large structure. */
  readonly maximumRows: number;
  /** Blocks that are computed at once. */
  readonly inFlight: number;
}

export function planBlocks(nFeatures: number, threads: number): BlockPlan {
  const rowBytes = Math.max(8, nFeatures * 8);
  return {
    rowsPerBlock: Math.max(1, Math.min(ROWS_PER_BLOCK, Math.floor(BLOCK_BYTES / rowBytes))),
    maximumRows: Math.max(1, Math.floor(MAXIMUM_BLOCK_BYTES / rowBytes)),
    inFlight: threads === 1 ? 1 : 2 * threads,
  };
}

const describeTask = defineTask("environments/describe", (context: TaskContext, input: DescribeInput): null => {
  const evaluator = attachDescriptor(context.wasm, input.plan);
  let out = input.out;
  for (const piece of input.pieces) {
    const mark = context.scratch.mark();
    try {
      out += describePiece(context, evaluator, input, piece, out) * evaluator.nFeatures * 8;
    } catch (error) {
      if (error instanceof ArenaOverflow) throw error;
      throw deserializeError(serializeError(error), piece.label);
    }
    context.scratch.reset(mark);
  }
  return null;
});

/** Returns the number of rows written. */
function describePiece(context: TaskContext, evaluator: DescriptorEvaluator, input: DescribeInput, piece: Piece, out: Pointer): number {
  const { wasm, scratch } = context;
  const { positions, cell, pbc, speciesIndices } = piece;
  const atoms = { positions, nAtoms: speciesIndices.length, cell, pbc, cutoff: input.plan.cutoff, centers: piece.centers ?? undefined };
  const batch = environmentBatch(wasm, scratch, buildNeighborList(wasm, scratch, atoms), speciesIndices);
  switch (input.average) {
    case "off": {
      const state = scratch.allocate(evaluator.stateBytes(batch.nCenters));
      evaluator.values(batch, out, state, scratch);
      return batch.nCenters;
    }
    case "inner":
      if (!evaluator.meanValues) throw new InternalError("the descriptor has no inner average");
      evaluator.meanValues(batch, out, scratch);
      return 1;
    case "outer":
      meanOfValues(context, evaluator, batch, out);
      return 1;
  }
}

/** The outer average, some centers at a time. */
function meanOfValues({ wasm, scratch }: TaskContext, evaluator: DescriptorEvaluator, batch: EnvironmentBatch, out: Pointer): void {
  const { nFeatures } = evaluator;
  const tile = Math.min(batch.nCenters, MEAN_TILE);
  const values = scratch.f64(tile * nFeatures);
  const state = scratch.allocate(evaluator.stateBytes(tile));
  const sum = wasm.f64(out, nFeatures).fill(0);
  const mark = scratch.mark();
  for (let first = 0; first < batch.nCenters; first += tile) {
    const nCenters = Math.min(tile, batch.nCenters - first);
    const part = { ...batch, nCenters, centerSpecies: batch.centerSpecies + 4 * first, offsets: batch.offsets + 4 * first };
    evaluator.values(part, values, state, scratch);
    scratch.reset(mark);
    const rows = wasm.f64(values, nCenters * nFeatures);
    for (let row = 0; row < nCenters; row++) for (let f = 0; f < nFeatures; f++) sum[f] += rows[row * nFeatures + f];
  }
  for (let f = 0; f < nFeatures; f++) sum[f] /= batch.nCenters;
}

/**
 * Fingerprints of the centers of many structures, block by block in the order of the structures, so that neither structures
 * nor fingerprints are ever held as a whole. The rows have the same bits for any number of threads.
 * @throws {InvalidStructureError} naming the structure, for a species that is not in the list or atoms that coincide
 */
export async function* describeStructures(
  executor: Executor,
  descriptor: Descriptor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  options: DescribeOptions,
): AsyncGenerator<FingerprintBlock> {
  const prepared = descriptor.prepare(executor.wasm, executor.pool, options.species);
  const { plan } = prepared;
  const regions: Region[] = [];
  const queue: { block: PendingBlock; region: Region; done: Promise<unknown> }[] = [];
  const { inFlight } = planBlocks(plan.nFeatures, executor.threads);
  const finish = async (): Promise<FingerprintBlock> => {
    const { block, region, done } = queue[0];
    await done;
    queue.shift();
    regions.push(region);
    return { ...block.index, values: executor.wasm.f64(region.pointer, block.index.nRows * plan.nFeatures) };
  };
  try {
    for await (const block of blocksOf(structures, descriptor, planBlocks(plan.nFeatures, executor.threads), plan.species, options)) {
      throwIfAborted(options.signal);
      if (queue.length >= inFlight) yield await finish();
      const region = takeRegion(executor, regions, block.index.nRows * plan.nFeatures * 8);
      const done = executor.submit(describeTask, { plan, average: descriptor.average, pieces: block.pieces, out: region.pointer }, { signal: options.signal });
      done.catch(() => undefined); // it is awaited in its turn; until then a failure must not count as unhandled
      queue.push({ block, region, done });
    }
    while (queue.length > 0) yield await finish();
  } finally {
    await Promise.allSettled(queue.map(({ done }) => done));
    for (const region of [...regions, ...queue.map((entry) => entry.region)]) executor.pool.release(region);
    prepared.release();
  }
}

function takeRegion(executor: Executor, idle: Region[], bytes: number): Region {
  const fitting = idle.findIndex((region) => region.bytes >= bytes);
  if (fitting >= 0) return idle.splice(fitting, 1)[0];
  const small = idle.pop();
  if (small) executor.pool.release(small);
  return executor.pool.allocate(bytes, "a block of fingerprints");
}

interface PendingBlock {
  readonly pieces: Piece[];
  readonly index: Omit<FingerprintBlock, "values">;
}

/** Gathers small structures into one block and cuts large ones into several. */
async function* blocksOf(
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  descriptor: Descriptor,
  { rowsPerBlock, maximumRows }: BlockPlan,
  species: SpeciesList,
  options: DescribeOptions,
): AsyncGenerator<PendingBlock> {
  const isAverage = descriptor.average !== "off";
  let gathered = new BlockBuilder(isAverage);
  let frame = 0;
  for await (const structure of structures) {
    const { atomicNumbers, positions, cell, pbc, label } = structure;
    const centers = selectCenters(atomicNumbers, options.centers, label);
    const nCenters = centers?.length ?? atomicNumbers.length;
    const indices = speciesIndices(structure, species);
    // copies: a view would take the whole array of its data set across the thread boundary
    const shared = { positions: positions.slice(), cell: cell && cell.slice(), pbc, label, speciesIndices: indices };
    const step = isAverage ? nCenters : Math.min(maximumRows, Math.max(rowsPerBlock, Math.ceil(nCenters / BLOCKS_PER_STRUCTURE)));
    for (let start = 0; start < nCenters; start += step) {
      const end = Math.min(nCenters, start + step);
      const isWhole = end - start === atomicNumbers.length && centers === null;
      const chosen = centers?.subarray(start, end) ?? Int32Array.from({ length: end - start }, (_, i) => start + i);
      if (gathered.nCenters > 0 && gathered.nCenters + chosen.length > rowsPerBlock) {
        yield gathered.build();
        gathered = new BlockBuilder(isAverage);
      }
      gathered.add({ ...shared, centers: isWhole ? null : chosen }, frame, chosen, atomicNumbers);
    }
    frame++;
  }
  if (gathered.nCenters > 0) yield gathered.build();
}

class BlockBuilder {
  nCenters = 0;
  private readonly pieces: Piece[] = [];
  private readonly frames: number[] = [];
  private readonly atoms: number[] = [];
  private readonly atomicNumbers: number[] = [];

  constructor(private readonly isAverage: boolean) {}

  add(piece: Piece, frame: number, centers: Int32Array, atomicNumbers: Uint8Array): void {
    this.pieces.push(piece);
    this.nCenters += centers.length;
    for (const atom of this.isAverage ? [-1] : centers) {
      this.frames.push(frame);
      this.atoms.push(atom);
      this.atomicNumbers.push(atom < 0 ? 0 : atomicNumbers[atom]);
    }
  }

  build(): PendingBlock {
    const [frames, atoms, atomicNumbers] = [this.frames, this.atoms, this.atomicNumbers].map((column) => Int32Array.from(column));
    return { pieces: this.pieces, index: { nRows: frames.length, frames, atoms, atomicNumbers } };
  }
}
