import { FormatError, InvalidParameterError, InvalidStructureError, NumericalError } from "../../errors.js";
import { systemReason } from "../../system-error.js";
import type { BuildName } from "../../wasm/builds.js";

/** A file by its content. */
export interface NamedContent {
  /** The option that names it: "baseline". */
  readonly role: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A data set by its content. */
export interface DataContent {
  /** How many. */
  readonly structures: number;
  /** In all structures. */
  readonly atoms: number;
  /** Of all numbers, hexadecimal. */
  readonly sha256: string;
}

/** Data beside those that are fitted to. */
export interface NamedData extends DataContent {
  /** "validation" */
  readonly role: string;
}

/** What the bits of a fitted model depend on: plain data. */
export interface FitIdentity {
  /** The section with its defaults, without paths of files. */
  readonly model: unknown;
  /** Likewise. */
  readonly fit: unknown;
  /** Of everything that is random. */
  readonly seed: number;
  /** Files that the options name, by their contents. */
  readonly files: readonly NamedContent[];
  /** The training data by its numbers, wherever it was read from. */
  readonly data: DataContent;
  /** Other data that something of it depends on; absent: none. */
  readonly others?: readonly NamedData[];
  /** Builds of the WebAssembly round differently. */
  readonly build: BuildName;
}

/** A finished part of a fit in the form in which it is kept. */
export interface StoredPart {
  /** JSON; default: none */
  readonly meta?: unknown;
  /** Kept with every bit. */
  readonly arrays: readonly Float64Array[];
}

/** How a part is stored. */
export interface PartCodec<Result> {
  /** May be called late, so the result stays as it is. */
  encode(result: Result): StoredPart | Promise<StoredPart>;
  /** Gives the same result, bit by bit. */
  decode(part: StoredPart): Result | Promise<Result>;
}

/** Which part of a fit it is. */
export interface PartName {
  /** Unique within the fit: "sparse points of term 1". */
  readonly name: string;
  /** What it depends on that the identity of the fit does not say already: plain data. */
  readonly of?: unknown;
}

/** A reduction of rows, see `reduceRows`. */
export interface ReductionName extends PartName {
  /** Elements of the triangle of a chain. */
  readonly elements: number;
  /** Number of chains. */
  readonly chains: number;
  /** Of rows. */
  readonly blocks: number;
  /** Blocks of all reductions of the fit together, for reports; default: those of this one */
  readonly allBlocks?: number;
}

/** What is kept of one chain of updates. */
export interface ChainState {
  /** That it has taken. */
  readonly blocks: number;
  /** Of its triangle after them, in the order of the memory. */
  readonly elements: Float64Array;
}

/**
 * What is kept of a reduction. Chains are kept at different moments: the triangle of a chain after some of its blocks is the same whatever
 * the others do, and whatever the number of threads.
 */
export interface KeptChains {
  /** The triangle that all rows were reduced to, where they were. */
  finished(): Promise<Float64Array | undefined>;
  /** What an earlier process has kept of a chain. */
  restore(chain: number): Promise<ChainState | undefined>;
  /** A chain has taken so many blocks, and its triangle can be read until `working` says otherwise. */
  resting(chain: number, blocks: number, read: () => Float64Array): void;
  /** The triangle of a chain changes from here on. */
  working(chain: number): void;
  /** The reduction ends early: keeps what takes little time. The triangles can be read until this is done. */
  interrupted(): Promise<void>;
  /** All rows are in one triangle, which can be read until `release`. */
  merged(read: () => Float64Array): void;
  /** The merged triangle goes. */
  release(): void;
  /** Blocks that need not be taken again. */
  readonly safeBlocks: number;
}

/** Numbers that are computed block by block, in any order, and stay where they are until all are. */
export interface BlocksName extends PartName {
  /** Of blocks. */
  readonly count: number;
  /** How many numbers a block has. */
  elementsOf(block: number): number;
  /** A block that is done, where it stands or copied. */
  read(block: number): Float64Array;
  /** What these blocks are of the time of their fit, 0 to 1, for reports; default: all of it */
  readonly share?: number;
}

/** What is kept of numbers that are computed block by block. */
export interface KeptBlocks {
  /**
   * Puts what an earlier process has kept in its place.
   * @returns the blocks that this was
   */
  restore(place: (block: number, values: Float64Array) => void): Promise<ReadonlySet<number>>;
  /** A block is done, and can be read until `finished`, or until what `interrupted` promises. */
  done(block: number): void;
  /** The work ends early: keeps what takes little time. */
  interrupted(): Promise<void>;
  /** All blocks are done, and change from here on. */
  finished(): void;
  /** What was made of them is kept: the blocks go. */
  settle(): void;
  /** Blocks that need not be computed again. */
  readonly safeBlocks: number;
}

/** What is kept of one fit while it runs. Nothing of it fails where something cannot be written: the fit goes on without. */
export interface KeptParts {
  /**
   * What was kept under this name, or what `make` makes, which is kept when it is time.
   * @param onSafe called when it is kept, or found
   */
  recall<Result>(part: PartName, make: () => Promise<Result>, codec: PartCodec<Result>, onSafe?: () => void): Promise<Result>;
  /**
   * Keeps, when it is time, what `encode` gives then; replaces what was to be kept under this name.
   * @param onSafe called when it is kept
   */
  later(part: PartName, encode: () => StoredPart, onSafe?: () => void): void;
  /** What was kept under this name. */
  find(part: PartName): Promise<StoredPart | undefined>;
  /** Of the rows of a least-squares problem. */
  chains(reduction: ReductionName): KeptChains;
  /** Of numbers that are computed block by block. */
  blocks(name: BlocksName): KeptBlocks;
  /** Says how much of the fit, 0 to 1, a part of it is that is safe now, for reports. */
  tellSafe(part: string, share: number): void;
  /**
   * The same for one of several fits that this one consists of.
   * @param name unique among them
   * @param count how many there are that take about as long
   * @param weight as how many it counts; default 1
   */
  scope(name: string, count: number, weight?: number): KeptScope;
  /**
   * Ends the work on it.
   * @param how a fit that was "stopped" can go on; one that was "refused" would be refused again, and nothing of it stays
   */
  close(how: "finished" | "stopped" | "refused"): Promise<void>;
}

/** What is kept of one of several fits. */
export interface KeptScope extends KeptParts {
  /** Its result is kept: what was kept on the way to it goes. */
  settle(): void;
}

/** Where a fit keeps what it has done, so that it can go on after its process has ended: to the same bits, with any number of threads. */
export interface Checkpoint {
  /**
   * Begins, or goes on with what there is.
   * @throws {InvalidParameterError} when that belongs to another fit, naming what differs; {FormatError} when it is damaged
   */
  open(identity: FitIdentity): Promise<KeptParts>;
}

/** Of a fit: where it is kept, and what is. */
export interface CheckpointContext {
  /** Where it is kept; default: nowhere. */
  readonly checkpoint?: Checkpoint | undefined;
  /** What is kept of it; `withCheckpoint` sets it. */
  readonly kept?: KeptParts | undefined;
}

/** Runs a fit with what its checkpoint has of it in `kept`; fits within fits share that of the outer one. */
export async function withCheckpoint<Context extends CheckpointContext, Result>(
  context: Context,
  identity: () => Promise<FitIdentity>,
  fit: (context: Context) => Promise<Result>,
): Promise<Result> {
  if (!context.checkpoint || context.kept) return fit(context);
  const kept = await context.checkpoint.open(await identity());
  try {
    const result = await fit({ ...context, kept });
    await kept.close("finished");
    return result;
  } catch (error) {
    await kept.close(wouldFailAgain(error) ? "refused" : "stopped");
    throw error;
  }
}

/** Whether the same fit would fail in the same way; a full disk or missing rights may be mended. */
export function wouldFailAgain(error: unknown): boolean {
  const isFinal = [InvalidParameterError, InvalidStructureError, FormatError, NumericalError].some((kind) => error instanceof kind);
  return isFinal && systemReason((error as Error).cause) === undefined;
}

/** Which of several works that make up a fit. */
export interface InnerWork extends PartName {
  /** How many there are that take about as long, at most. */
  readonly count: number;
  /** Called when its result is kept, or found. */
  onSafe?(): void;
}

/** One of several works that make up a fit: its result is kept, and on the way to it what is done of it. */
export function workWithin<Context extends CheckpointContext, Result>(
  context: Context,
  { name, of, count, onSafe }: InnerWork,
  work: (context: Context) => Promise<Result>,
  codec: PartCodec<Result>,
): Promise<Result> {
  if (!context.kept) return work(context);
  const kept = context.kept.scope(name, count);
  return context.kept.recall({ name: `result of ${name}`, of }, () => work({ ...context, kept }), codec, () => {
    kept.settle();
    onSafe?.();
  });
}

/** Recalls a part where there is a checkpoint, see {@link KeptParts.recall}. */
export function recallPart<Result>(
  kept: KeptParts | undefined,
  part: PartName,
  make: () => Promise<Result>,
  codec: PartCodec<Result>,
  onSafe?: () => void,
): Promise<Result> {
  return kept ? kept.recall(part, make, codec, onSafe) : make();
}
