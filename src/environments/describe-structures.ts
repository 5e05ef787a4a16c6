import type { DescriptorTables, SpeciesList } from "../descriptors/descriptor.js";
import type { AnyDescriptor, StructureDescriptorTables } from "../descriptors/structure-descriptor.js";
import { InvalidParameterError } from "../errors.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { Structure } from "../structures/structure.js";
import type { Pointer, Region } from "../wasm/memory.js";
import { type BlockIndex, type BlockPart, blockSizes, gatherBlocks, indexOf, rowCounts } from "./block-parts.js";
import type { CenterSelection } from "./center-selection.js";
import { type DescribePiece, describeTask, describeWholeTask, indexRowsTask, type StructurePart } from "./describe-task.js";
import type { FingerprintBlock } from "./fingerprint-block.js";

/** For which species and centers structures are described. */
export interface DescribeOptions {
  /** Atomic numbers in ascending order; every atom must be one of them. */
  readonly species: SpeciesList;
  /** Default: all atoms. */
  readonly centers?: CenterSelection;
  /** Stops between structures with a CancelledError. */
  readonly signal?: AbortSignal;
}

/** A block that is being computed. */
interface PendingBlock {
  readonly index: BlockIndex;
  readonly region: Region;
  readonly done: Promise<unknown>;
}

/**
 * Fingerprints of many structures, block by block in the order of the structures, so that neither structures nor fingerprints are ever
 * held as a whole: rows of centers, of tuples or of whole structures, as the descriptor makes them. The same bits for any number of threads.
 * @throws {InvalidParameterError} for a selection of centers where the descriptor has none
 * @throws {InvalidStructureError} naming the structure, for a species that is not in the list or atoms that coincide
 */
export async function* describeStructures(
  executor: Executor,
  descriptor: AnyDescriptor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  options: DescribeOptions,
): AsyncGenerator<FingerprintBlock> {
  const { signal } = options;
  if (options.centers && descriptor.describes === "structures") {
    throw new InvalidParameterError(`${descriptor.name} describes whole structures, so centers cannot be chosen: leave them out`);
  }
  const { tables, release } = descriptor.prepare(executor.wasm, executor.pool, options.species);
  const { nFeatures, rows: kind } = tables;
  const idle: Region[] = [];
  const queue: PendingBlock[] = [];
  const sizes = blockSizes(nFeatures, executor.threads);
  const finish = async (): Promise<FingerprintBlock> => {
    const { index, region, done } = queue[0];
    await done;
    queue.shift();
    idle.push(region);
    return { ...index, values: executor.wasm.f64(region.pointer, index.nRows * nFeatures) };
  };
  try {
    for await (const parts of gatherBlocks(structures, kind, sizes, options.centers)) {
      throwIfAborted(signal);
      if (queue.length >= sizes.inFlight) yield await finish();
      const geometries = parts.map(({ geometry, centers }) => ({ geometry, centers }));
      const tuples = tables.rows === "tuple" ? await executor.submit(indexRowsTask, { tables, parts: geometries }, { signal }) : undefined;
      const index = indexOf(parts, kind, tuples);
      const region = takeRegion(executor, idle, index.nRows * nFeatures * 8);
      const pieces = piecesOf(parts, rowCounts(parts, kind, tuples), tables, region.pointer);
      const done = describePieces(executor, tables, pieces, signal);
      done.catch(() => undefined); // it is awaited in its turn; until then a failure must not count as unhandled
      queue.push({ index, region, done });
    }
    while (queue.length > 0) yield await finish();
  } finally {
    await Promise.allSettled(queue.map(({ done }) => done));
    for (const region of [...idle, ...queue.map((entry) => entry.region)]) executor.pool.release(region);
    release();
  }
}

/** One piece for each part of a structure. */
type PartPiece = DescribePiece & { readonly of: StructurePart };

function describePieces(
  executor: Executor,
  tables: DescriptorTables | StructureDescriptorTables,
  pieces: readonly PartPiece[],
  signal: AbortSignal | undefined,
): Promise<null> {
  if (tables.describes !== "structures") return executor.submit(describeTask, { tables, pieces }, { signal });
  return executor.submit(describeWholeTask, { tables, pieces: pieces.map(({ of, values }) => ({ geometry: of.geometry, values })) }, { signal });
}

function piecesOf(parts: readonly BlockPart[], counts: readonly number[], { nFeatures }: { readonly nFeatures: number }, out: Pointer): PartPiece[] {
  let values = out;
  return parts.map(({ geometry, centers }, i) => {
    const piece = { of: { geometry, centers }, values, state: 0 };
    values += 8 * nFeatures * counts[i];
    return piece;
  });
}

function takeRegion(executor: Executor, idle: Region[], bytes: number): Region {
  const fitting = idle.findIndex((region) => region.bytes >= bytes);
  if (fitting >= 0) return idle.splice(fitting, 1)[0];
  const small = idle.pop();
  if (small) executor.pool.release(small);
  return executor.pool.allocate(bytes, "a block of fingerprints");
}
