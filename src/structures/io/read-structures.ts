import { FormatError, InvalidParameterError } from "../../errors.js";
import { type Dataset, DatasetBuilder } from "../dataset.js";
import type { TargetName } from "../dataset-report.js";
import type { FrameBlock } from "../frame-block.js";
import type { Structure } from "../structure.js";
import { ColumnReader, type ColumnRequests } from "./column-reader.js";
import { type FormatChoice, formatOf, knownFormats } from "./formats.js";
import { openInput, refuseRepeatedPipes } from "./input.js";
import { inputName, shortInputName } from "./input-name.js";
import { elementsOfTypes } from "./atom-types.js";
import { KeyTally, type TargetKeys } from "./target-keys.js";

/** A file that was read to its end. */
export interface ReadFile {
  /** As given. */
  readonly path: string;
  /** Hexadecimal; of the bytes as they came, compressed or not. */
  readonly sha256: string;
}

/** Which keys are read, and what must be there. */
export interface ReadStructuresOptions {
  /** Keys of the reference values; detected where not given, see {@link TargetKeys}. */
  readonly keys?: TargetKeys;
  /** Chemical symbols of the atom types 1, 2, … where a file has these in place of symbols; without it they are refused. */
  readonly types?: readonly string[];
  /** Columns beyond the reference values, by name; each must occur in at least one frame. */
  readonly columns?: ColumnRequests;
  /** Whether a column may be in no frame, as in data that are only tested on. Default: false. */
  readonly mayLackColumns?: boolean;
  /** Targets that must occur in at least one frame. */
  readonly require?: readonly TargetName[];
  /** Called when a file has been read. Its checksum is computed on the way, so that a pipe has one too. */
  readonly onFile?: (file: ReadFile) => void;
  /** Stops between frames with a CancelledError. */
  readonly signal?: AbortSignal;
}

/** What every command says of frames of zero atoms. */
export const WITHOUT_ATOMS = "a frame has no atoms: it keeps its place in outputs, and its energy is not used";

/** Of a file, in bytes: a shorter one is read sooner than what reads many frames at once is ready. */
const LEAST_FOR_BLOCKS = 1 << 16;

type Paths = string | readonly string[];

/**
 * Frames of files, one at a time, in any format that is known (`formats`), which the content tells; compressed with gzip or not. A path may
 * be that of a pipe; `-` is the standard input. Holds no more than a chunk of the file and one frame.
 * @throws {FormatError} with file, line and column; {InvalidParameterError} when a file cannot be read, or when a target that
 * `require` names, one whose key was given, or a column that was asked for occurs in no frame; {CancelledError}
 */
export async function* readStructures(path: Paths, options: ReadStructuresOptions = {}): AsyncGenerator<Structure> {
  for await (const { frames } of readChunks([path].flat(), options, new KeyTally(), false)) yield* frames as Iterable<Structure>;
}

/**
 * Reads one or more files into a data set; its `report` says what was found and which keys were read.
 * @throws as {@link readStructures}; also {InvalidParameterError} when there are no frames
 */
export async function readDataset(path: Paths, options: ReadStructuresOptions = {}): Promise<Dataset> {
  const paths = [path].flat();
  const tally = new KeyTally();
  const builder = new DatasetBuilder();
  for await (const { frames, toCome } of readChunks(paths, options, tally, true)) {
    const [nStructures, nAtoms] = [builder.nStructures, builder.nAtoms];
    for (const frame of frames) {
      if ("atomCounts" in frame) builder.addBlock(frame);
      else builder.add(frame);
    }
    // a little more than is to be expected after the first chunk of a file
    if (toCome > 0) builder.reserve(1.03 * toCome * (builder.nStructures - nStructures), 1.03 * toCome * (builder.nAtoms - nAtoms));
  }
  if (builder.nStructures === 0) {
    throw new InvalidParameterError(`${paths.map(inputName).join(", ") || "the list of files"}: there are no structures`);
  }
  return builder.finish(tally.report());
}

/** Frames of one chunk. */
interface ChunkFrames {
  /** Blocks only where memory may be used again. */
  readonly frames: Iterable<Structure | FrameBlock>;
  /** With the first chunk of a file: how many times its bytes are still to come; otherwise, and where that is not known, 0. */
  readonly toCome: number;
}

/** The frames of every chunk; those of one must be taken before the next is asked for. */
async function* readChunks(
  paths: readonly string[],
  options: ReadStructuresOptions,
  tally: KeyTally,
  mayUseAgain: boolean,
): AsyncGenerator<ChunkFrames> {
  const { keys = {}, require = [], signal, onFile } = options;
  const types = elementsOfTypes(options.types);
  const columns = new ColumnReader(options.columns ?? {}, keys, tally);
  await refuseRepeatedPipes(paths);
  for (const path of paths) {
    const file = inputName(path);
    tally.files.push(file);
    const input = await openInput(path, { withChecksum: onFile !== undefined, signal });
    try {
      const choice = formatOf(path, file, input.head);
      const reader = choice.format.read({ file, name: shortInputName(path), keys, types, columns, tally, mayUseAgain });
      const watch = new FrameWatch(choice, keys, tally);
      let size = input.size;
      const inBlocks = mayUseAgain && watch.takesBlocks() && (size ?? Infinity) >= LEAST_FOR_BLOCKS && reader.pushBlocks !== undefined;
      if (inBlocks) await reader.prepareBlocks?.();
      for await (const chunk of input.chunks) {
        yield { frames: watch.frames(inBlocks ? reader.pushBlocks!(chunk) : reader.push(chunk)), toCome: size === undefined ? 0 : size / chunk.length - 1 };
        size = undefined;
      }
      yield { frames: watch.frames(reader.finish()), toCome: 0 };
      onFile?.({ path, sha256: await input.checksum() });
    } finally {
      input.close();
    }
  }
  tally.check(keys, require);
  if (!options.mayLackColumns) columns.check();
}

/** What holds for the frames of every format. */
class FrameWatch {
  private isEmpty = true;
  /** Targets that are not wanted. */
  private readonly refused: readonly TargetName[];

  constructor(
    private readonly choice: FormatChoice,
    keys: TargetKeys,
    private readonly tally: KeyTally,
  ) {
    this.refused = (["energy", "forces", "virial"] as const).filter((target) => keys[target] === false);
  }

  /** Whether nothing is left to do for frames that come in blocks. */
  takesBlocks(): boolean {
    return this.refused.length === 0;
  }

  *frames(frames: Iterable<Structure | FrameBlock>): Generator<Structure | FrameBlock> {
    try {
      for (const frame of frames) {
        if ("atomCounts" in frame) {
          yield frame;
          continue;
        }
        const structure = this.refused.length > 0 ? leaveOut(frame, this.refused) : frame;
        this.isEmpty = false;
        this.tally.addFound(structure.targets);
        if (structure.atomicNumbers.length === 0) this.tally.note(WITHOUT_ATOMS);
        yield structure;
      }
    } catch (error) {
      if (!(this.choice.isGuess && this.isEmpty && error instanceof FormatError)) throw error;
      throw new FormatError(error.location, `${error.reason}; ${knownFormats()}`, { cause: error });
    }
  }
}

function leaveOut(structure: Structure, refused: readonly TargetName[]): Structure {
  const targets = Object.fromEntries(Object.entries(structure.targets).filter(([name]) => !refused.includes(name as TargetName)));
  return { ...structure, targets };
}
