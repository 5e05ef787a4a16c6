import { namingStructure } from "../environments/environments.js";
import type { Geometry } from "../environments/geometry.js";
import { InvalidStructureError } from "../errors.js";
import { keepNeighbors, type KnownNeighbors } from "../neighbors/known-list.js";
import type { Executor } from "../parallel/executor.js";
import type { Region } from "../wasm/memory.js";
import type { Prediction } from "./potential.js";

/** A neighbor list, and positions and cell that it was searched with. */
interface KeptList {
  readonly neighbors: KnownNeighbors;
  readonly region: Region;
  readonly positions: Float64Array;
  readonly cell: Float64Array | null;
}

/**
 * A structure in shared memory whose atoms move: write into `positions` (and `cell`), then call `evaluate` again. Nothing is copied and
 * no list searched that is still good. See `OpenPotential.place`.
 */
export class PlacedStructure {
  private readonly region: Region;
  private readonly geometry: Geometry;
  private kept: KeptList | undefined;
  private searches = 0;

  constructor(
    private readonly executor: Executor,
    { atomicNumbers, positions, cell, pbc, label }: Geometry,
    private readonly cutoff: number,
    private readonly skin: number,
    private readonly predict: (geometry: Geometry, signal: AbortSignal | undefined) => Promise<Prediction>,
  ) {
    if (positions.length !== 3 * atomicNumbers.length) {
      throw new InvalidStructureError(`${label}: positions has ${positions.length} numbers for ${atomicNumbers.length} atoms; it must have 3 per atom`);
    }
    this.region = executor.pool.allocate(8 * positions.length, "positions");
    this.geometry = { atomicNumbers: atomicNumbers.slice(), positions: new Float64Array(0), cell: cell && cell.slice(), pbc, label };
    this.positions.set(positions);
  }

  /** Å, nAtoms × 3: a view, to be written between calls. Get it anew after memory was taken elsewhere where the build has no shared memory. */
  get positions(): Float64Array {
    return this.executor.wasm.f64(this.region.pointer, 3 * this.geometry.atomicNumbers.length);
  }

  /** Å, 3 × 3, rows are lattice vectors, to be written between calls; null: no cell */
  get cell(): Float64Array | null {
    return this.geometry.cell;
  }

  /** Neighbor lists that were searched for so far, where there is a skin. */
  get listsSearched(): number {
    return this.searches;
  }

  /**
   * Predicts the structure as it is now. Positions and cell must stay until the promise settles.
   * @throws {InvalidStructureError}; {CancelledError}; {ResourceError}
   */
  async evaluate(signal?: AbortSignal): Promise<Prediction> {
    const { positions } = this;
    const neighbors = this.skin > 0 && positions.length > 0 ? this.neighborsAt(positions) : undefined;
    return this.predict({ ...this.geometry, positions, ...(neighbors && { neighbors }) }, signal);
  }

  /** Gives the memory back. */
  release(): void {
    this.dropList();
    this.executor.pool.release(this.region);
  }

  private neighborsAt(positions: Float64Array): KnownNeighbors {
    if (this.kept && this.isGood(this.kept, positions)) return this.kept.neighbors;
    this.dropList();
    const { wasm, pool } = this.executor;
    const { cell, pbc, atomicNumbers, label } = this.geometry;
    const input = { positions: this.region.pointer, nAtoms: atomicNumbers.length, cell, pbc, cutoff: this.cutoff + this.skin };
    this.kept = { ...namingStructure(label, () => keepNeighbors(wasm, pool, input)), positions: positions.slice(), cell: cell && cell.slice() };
    this.searches++;
    return this.kept.neighbors;
  }

  /** Whether no pair within the cutoff can be missing: no atom has moved by half the skin, and the cell is the same. */
  private isGood(list: KeptList, positions: Float64Array): boolean {
    const { cell } = this.geometry;
    if (cell && list.cell && cell.some((value, i) => value !== list.cell![i])) return false;
    const limit = (this.skin / 2) ** 2;
    const before = list.positions;
    for (let i = 0; i < positions.length; i += 3) {
      const [x, y, z] = [positions[i] - before[i], positions[i + 1] - before[i + 1], positions[i + 2] - before[i + 2]];
      if (!(x * x + y * y + z * z < limit)) return false;
    }
    return true;
  }

  private dropList(): void {
    if (this.kept) this.executor.pool.release(this.kept.region);
    this.kept = undefined;
  }
}
