import { type CenterSelection, selectCenters } from "../environments/center-selection.js";
import { InvalidParameterError, ResourceError } from "../errors.js";
import { canReadAgain } from "../structures/io/input.js";
import { inputName } from "../structures/io/input-name.js";
import { readStructures, WITHOUT_ATOMS } from "../structures/io/read-structures.js";
import { ShortDistances } from "../structures/short-distances.js";
import type { TargetKeys } from "../structures/io/target-keys.js";
import type { Structure } from "../structures/structure.js";
import { formatBytes } from "../wasm/memory.js";
import { type CloseAtoms, closeAtomsOf, closeAtomsWarning } from "./close-atoms.js";

/** Most memory for structures that are kept between counting and describing them. */
const HELD_BYTES = 2 ** 28;
/** What the objects of a structure take beside its numbers, roughly. */
const OBJECT_BYTES = 1000;

/** For commands that need no reference values: whatever stands there is no concern of theirs. */
export const NO_REFERENCES: TargetKeys = { energy: false, forces: false, virial: false };

/** Counts structures as they go by. */
export class DataScan {
  frames = 0;
  atoms = 0;
  centers = 0;
  /** Atoms of the largest frame. */
  largestStructure = 0;
  private framesWithoutAtoms = 0;
  /** Frames that have a center. */
  framesWithCenters = 0;
  private readonly present = new Set<number>();
  private readonly close: CloseAtoms[] = [];

  private constructor(
    private readonly selection: CenterSelection | undefined,
    private readonly distances: ShortDistances,
  ) {}

  static async start(selection: CenterSelection | undefined): Promise<DataScan> {
    return new DataScan(selection, await ShortDistances.load());
  }

  /** @throws {InvalidParameterError} when the structure does not have a center that the selection names */
  add(structure: Structure): void {
    const { atomicNumbers, label } = structure;
    const centers = selectCenters(atomicNumbers, this.selection, label)?.length ?? atomicNumbers.length;
    this.frames++;
    if (atomicNumbers.length === 0) this.framesWithoutAtoms++;
    this.atoms += atomicNumbers.length;
    this.largestStructure = Math.max(this.largestStructure, atomicNumbers.length);
    this.centers += centers;
    if (centers > 0) this.framesWithCenters++;
    for (const atomicNumber of atomicNumbers) this.present.add(atomicNumber);
    this.close.push(...closeAtomsOf(structure, this.distances));
  }

  /** What the user should know of the structures, one sentence each. */
  get warnings(): string[] {
    const without = this.framesWithoutAtoms > 0 ? [`${WITHOUT_ATOMS} (${this.framesWithoutAtoms} structures)`] : [];
    return [...without, ...closeAtomsWarning(this.close)];
  }

  /** Atomic numbers, ascending. */
  get species(): number[] {
    return [...this.present].sort((a, b) => a - b);
  }

  /** @throws {InvalidParameterError} when there was nothing to describe */
  check(path: string, centers: readonly unknown[] | undefined): void {
    if (this.frames === 0) throw new InvalidParameterError(`${inputName(path)} holds no structures`);
    if (this.centers === 0) throw new InvalidParameterError(`${inputName(path)} has no atom that is a center (${centers?.join(", ")})`);
  }
}

export interface ScanOptions {
  readonly selection?: CenterSelection;
  /** Whether the first structures are enough to go through again. */
  readonly isSample: boolean;
  /** Chemical symbols of atom types. */
  readonly types?: readonly string[];
  readonly signal: AbortSignal;
}

/** Data that were counted, and can be gone through again. */
export interface ScannedData {
  readonly scan: DataScan;
  readonly structures: Iterable<Structure> | AsyncIterable<Structure>;
}

/**
 * Counts the structures of a file and keeps their atoms, so that it is read and parsed only once; a file whose atoms would take too much
 * memory is read again each time.
 * @throws {ResourceError} for a pipe that would need a second pass; otherwise as `readStructures`
 */
export async function scanData(path: string, { selection, isSample, types, signal }: ScanOptions): Promise<ScannedData> {
  const scan = await DataScan.start(selection);
  const canRepeat = await canReadAgain(path);
  const held: Structure[] = [];
  let bytes = 0;
  for await (const structure of readStructures(path, { keys: NO_REFERENCES, types, signal })) {
    scan.add(structure);
    if (bytes > HELD_BYTES) continue;
    bytes += structure.positions.byteLength + structure.atomicNumbers.byteLength + OBJECT_BYTES;
    if (bytes <= HELD_BYTES) held.push(atomsOf(structure));
    else if (!isSample && !canRepeat) throw tooLarge(path);
    else if (!isSample) held.length = 0;
  }
  const isWhole = isSample || bytes <= HELD_BYTES;
  const again = { [Symbol.asyncIterator]: () => readStructures(path, { keys: NO_REFERENCES, types, signal })[Symbol.asyncIterator]() };
  return { scan, structures: isWhole ? held : again };
}

/** What a description needs; reference values and what else the file says are let go. */
function atomsOf({ atomicNumbers, positions, cell, pbc, label }: Structure): Structure {
  return { atomicNumbers, positions, cell, pbc, label, targets: {}, configType: "", info: new Map(), atomInfo: [] };
}

function tooLarge(path: string): ResourceError {
  return new ResourceError(
    `${inputName(path)}: the atoms take more than ${formatBytes(HELD_BYTES)} of memory, and a pipe cannot be read a second time; ` +
      "name the species with --species, so that one pass is enough, or write the data to a file first",
  );
}
