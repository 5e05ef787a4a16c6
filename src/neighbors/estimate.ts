import { ResourceError } from "../errors.js";
import { formatBytes } from "../wasm/memory.js";
import { type Frame, latticeFrame, planeSpacings } from "./lattice.js";

/** Bytes of one pair: atom, shift, displacement, distance. */
const PAIR_BYTES = 48;
/** Bytes of an atom and a center besides its pairs, while the list is made. */
const ATOM_BYTES = 160;
/** Atoms per Å³ in a dense solid. */
const SOLID_DENSITY = 0.12;

/** Mean number of neighbors of a center if the atoms filled the periodic directions evenly; 0 without periodicity. */
function meanNeighbors(frame: Frame, nAtoms: number, cutoff: number): number {
  const dimensions = frame.periodic.filter(Boolean).length;
  if (dimensions === 0) return 0;
  const ball = [0, 2 * cutoff, Math.PI * cutoff ** 2, (4 / 3) * Math.PI * cutoff ** 3][dimensions];
  // basis vectors across the periodic directions are unit vectors, so 1 / det(inverse) is a length, an area or a volume
  const [a, b, c, d, e, f, g, h, i] = Array.from(frame.inverse) as [number, number, number, number, number, number, number, number, number];
  return nAtoms * ball * Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
}

/** @throws {ResourceError} when the list cannot fit in the memory that WebAssembly addresses */
export function checkSize(frame: Frame, input: { readonly nAtoms: number; readonly cutoff: number }, nCenters: number): void {
  const bytes = meanNeighbors(frame, input.nAtoms, input.cutoff) * nCenters * PAIR_BYTES;
  // atoms may avoid each other, so a list that looks somewhat too long is tried; one atom alone bounds the number of images
  if (bytes > 4 * 2 ** 32 || meanNeighbors(frame, 1, input.cutoff) > 1e8) {
    const spacings = planeSpacings(frame).map((width) => width.toPrecision(3));
    throw new ResourceError(
      `a neighbor list of ${nCenters} centers within ${input.cutoff} Å needs about ${formatBytes(bytes)}, of 4.29 GB at most: use a ` +
        `smaller cutoff or list fewer centers at a time, and check the cell (its lattice planes are ${spacings.join(", ")} Å apart)`,
    );
  }
}

/** What tells how many neighbors there will be. */
export interface NeighborCountInput {
  /** In the cell, or in all where there is none. */
  readonly nAtoms: number;
  /** Rows are the cell vectors, Å; null: no cell */
  readonly cell: ArrayLike<number> | null;
  /** Periodic directions. */
  readonly pbc: readonly [boolean, boolean, boolean];
  /** Å */
  readonly cutoff: number;
}

/**
 * Neighbors that an atom is likely to have: exact for an even solid, an upper estimate for molecules, slabs and wires.
 * @throws {InvalidStructureError} as `buildNeighborList`, for the cell
 */
export function expectedNeighbors({ nAtoms, cell, pbc, cutoff }: NeighborCountInput): number {
  const mean = meanNeighbors(latticeFrame(cell, pbc), nAtoms, cutoff);
  const dense = SOLID_DENSITY * (4 / 3) * Math.PI * cutoff ** 3;
  return pbc.every(Boolean) ? mean : Math.min(pbc.some(Boolean) ? mean : Math.max(0, nAtoms - 1), dense);
}

/**
 * Bytes of the arena that `buildNeighborList` is likely to need, for plans, see `expectedNeighbors`.
 * @throws {InvalidStructureError} as `buildNeighborList`, for the cell
 */
export function estimateNeighborListBytes(input: NeighborCountInput): number {
  return Math.ceil(input.nAtoms * (expectedNeighbors(input) * PAIR_BYTES + ATOM_BYTES) + 65536);
}
