import { cellHeights, inverseCell, isSingular } from "./cell.js";
import { loadPairRoutine, type PairRoutine } from "../wasm/pair-routine.js";
import { covalentRadius } from "./covalent-radii.js";
import type { Structure } from "./structure.js";

/**
 * Atoms closer than this share of the sum of their covalent radii are suspicious: triple bonds stand at 0.77 (N₂), those of uranyl, the
 * shortest of all against the radii, at 0.67; crystals under hundreds of GPa and curves of dimers reach 0.6.
 */
export const SHORT_SHARE = 0.55;
/** Atoms closer than this stand at one place, Å. */
export const SAME_PLACE = 0.01;

/** Cells on each side that images are looked for in, where a cell is thinner than the reach. */
const MAXIMUM_MARGIN = 4;

/** Atoms and images that there is room for at first; twice as many whenever it does not suffice. */
const FIRST_POINTS = 1024;
/** Bytes: what few points need beside their share. */
const ROOM_FOR_FEW = 1024;

/** Two atoms of one structure; atoms count from 0, and an atom may be close to its own periodic image. */
export interface AtomPair {
  /** The lower one. */
  readonly first: number;
  /** The higher one. */
  readonly second: number;
  /** Å, with periodic images */
  readonly distance: number;
}

/** Finds atoms that are too close to each other, structure by structure. */
export class ShortDistances {
  private maximum = FIRST_POINTS;

  private constructor(private readonly routine: PairRoutine) {
    this.makeRoom();
  }

  /** Compiles a small WebAssembly module, which is forgotten with the object. */
  static async load(): Promise<ShortDistances> {
    return new ShortDistances(await loadPairRoutine());
  }

  /**
   * The pair of atoms that is closest, relative to the sum of the covalent radii, below {@link SHORT_SHARE}; undefined where there is none.
   * Periodic along the axes that are; work and memory grow with the number of atoms.
   */
  shortest({ atomicNumbers, positions, cell, pbc }: Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc">): AtomPair | undefined {
    const { routine } = this;
    const nAtoms = atomicNumbers.length;
    let largest = 0;
    for (let i = 0; i < nAtoms; i++) largest = Math.max(largest, covalentRadius(atomicNumbers[i]));
    const reach = 2 * SHORT_SHARE * largest;
    if (!(reach > 0)) return undefined;
    this.writeBox(cell && !isSingular(cell) ? cell : null, pbc, reach);
    for (let found = -1; ; this.maximum *= 2) {
      this.makeRoom();
      if (nAtoms <= this.maximum) {
        this.writeAtoms(atomicNumbers, positions);
        found = routine.closestPair(nAtoms, this.maximum, reach, SHORT_SHARE);
      }
      if (found >= 0) return found === 1 ? this.readPair() : undefined;
    }
  }

  private makeRoom(): void {
    const { memory, pointArrays, BYTES_PER_POINT } = this.routine;
    const missing = pointArrays() + this.maximum * BYTES_PER_POINT + ROOM_FOR_FEW - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  }

  private writeBox(cell: ArrayLike<number> | null, pbc: Structure["pbc"], reach: number): void {
    const box = new Float64Array(this.routine.memory.buffer, this.routine.box, 21);
    box.fill(-1, 18);
    if (!cell || !pbc.includes(true)) return;
    box.set(cell);
    box.set(inverseCell(cell), 9);
    const heights = cellHeights(cell);
    for (let axis = 0; axis < 3; axis++) if (pbc[axis]) box[18 + axis] = Math.min(reach / heights[axis], MAXIMUM_MARGIN);
  }

  private writeAtoms(atomicNumbers: ArrayLike<number>, positions: Float64Array): void {
    const { memory, pointArrays } = this.routine;
    const start = pointArrays();
    new Float64Array(memory.buffer, start, positions.length).set(positions);
    const radii = new Float64Array(memory.buffer, start + 24 * this.maximum, atomicNumbers.length);
    for (let i = 0; i < radii.length; i++) radii[i] = covalentRadius(atomicNumbers[i]);
  }

  private readPair(): AtomPair {
    const { memory, pair } = this.routine;
    const [first, second] = new Int32Array(memory.buffer, pair + 8, 2);
    return { first, second, distance: Math.sqrt(new Float64Array(memory.buffer, pair, 1)[0]) };
  }
}
