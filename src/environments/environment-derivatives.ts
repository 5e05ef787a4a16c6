import type { Descriptor, DescriptorEvaluator, PreparedDescriptor, SpeciesList } from "../descriptors/descriptor.js";
import { attachDescriptor } from "../descriptors/registry.js";
import { requireCenterRows } from "../descriptors/requirements.js";
import { centerRows, type RowBatch, stateBytes } from "../descriptors/rows.js";
import { prepareShared } from "../descriptors/shared-tables.js";
import { InvalidStructureError } from "../errors.js";
import type { Workspace } from "../linalg/dense.js";
import { Arena, ArenaOverflow, type Pointer, type Region } from "../wasm/memory.js";
import { checkEnvironment, indexAmong, type SingleEnvironment } from "./single-environment.js";

/** Which atoms move: the neighbors around a center that stays, or the center, too. */
export type MovingAtoms = "neighbors" | "all";

/** A fingerprint with its derivatives. */
export interface EnvironmentDerivatives {
  /** f64 [nFeatures] */
  readonly values: Float64Array;
  /**
   * f64 [nCoordinates × nFeatures], 1/Å: row 3 j + axis is the derivative by the position of neighbor j. Where all atoms move, the center stands
   * before the neighbors: rows 0 … 2.
   */
  readonly jacobian: Float64Array;
}

/**
 * Describes single environments by one descriptor, on the calling thread: for analyses that ask for one after the other. Neighbors may be
 * beyond the cutoff; the fingerprint does not depend on these. Its tables are in memory until `release`.
 */
export class EnvironmentDescriber {
  /** Columns of a fingerprint. */
  readonly nFeatures: number;
  private readonly prepared: PreparedDescriptor;
  private readonly evaluator: DescriptorEvaluator;
  private region: Region;

  /**
   * @param species atomic numbers, ascending, of all environments to come
   * @throws {InvalidParameterError} for a descriptor without a row for each center
   * @throws {ResourceError} where its tables do not fit
   */
  constructor(
    private readonly space: Workspace,
    /** That it describes with. */
    readonly descriptor: Descriptor,
    readonly species: SpeciesList,
  ) {
    requireCenterRows(descriptor, "derivatives of environments");
    this.prepared = prepareShared(descriptor, space.wasm, space.pool, species);
    this.evaluator = attachDescriptor(space.wasm, this.prepared.tables);
    this.nFeatures = this.prepared.tables.nFeatures;
    this.region = space.pool.allocate(1 << 20, "an environment");
  }

  /** Å: neighbors up to this distance contribute. */
  get cutoff(): number {
    return this.prepared.tables.cutoff;
  }

  /** Gives the memory back. */
  release(): void {
    this.space.pool.release(this.region);
    this.prepared.release();
  }

  /**
   * The fingerprint, f64 [nFeatures].
   * @throws {InvalidStructureError} see `checkEnvironment`; for a species that it was not prepared for; for a fingerprint that is not finite
   */
  values(environment: SingleEnvironment): Float64Array {
    return this.withArena((arena) => {
      const values = arena.f64(this.nFeatures);
      this.evaluator.values(this.place(arena, environment, this.seen(environment)), values, 0, arena);
      return this.finite(values, this.nFeatures, environment).slice();
    });
  }

  /**
   * The fingerprint and its derivatives by the positions of the neighbors, or of all atoms; 0 for neighbors beyond the cutoff.
   * @throws {InvalidStructureError} as `values`
   */
  derivatives(environment: SingleEnvironment, moving: MovingAtoms = "neighbors"): EnvironmentDerivatives {
    const seen = this.seen(environment);
    const width = 3 * this.nFeatures;
    return this.withArena((arena) => {
      const batch = this.place(arena, environment, seen);
      const values = arena.f64(this.nFeatures);
      const state = arena.allocate(stateBytes(this.prepared.tables.stateSize, batch));
      const derivatives = arena.f64(seen.length * width);
      this.evaluator.values(batch, values, state, arena);
      this.evaluator.jacobian(batch, values, state, derivatives, arena);
      const ofSeen = this.finite(derivatives, seen.length * width, environment);
      const first = moving === "all" ? 1 : 0;
      const jacobian = new Float64Array((first + environment.neighbors.length) * width);
      seen.forEach((j, k) => jacobian.set(ofSeen.subarray(k * width, (k + 1) * width), (first + j) * width));
      // the fingerprint does not change when all atoms move together
      if (first === 1) ofSeen.forEach((value, k) => (jacobian[k % width] -= value));
      return { values: this.finite(values, this.nFeatures, environment).slice(), jacobian };
    });
  }

  /** Neighbors within the range. */
  private seen(environment: SingleEnvironment): number[] {
    checkEnvironment(environment);
    const { neighbors, displacements } = environment;
    const lengths = Array.from(neighbors, (_, j) => Math.hypot(...displacements.subarray(3 * j, 3 * j + 3)));
    return lengths.flatMap((length, j) => (length < this.cutoff ? [j] : []));
  }

  private place(arena: Arena, { center, neighbors, displacements, label }: SingleEnvironment, seen: readonly number[]): RowBatch {
    const { wasm } = this.space;
    const { species } = this.prepared.tables;
    const integers = (values: readonly number[]): Pointer => {
      const pointer = arena.i32(values.length);
      wasm.i32(pointer, values.length).set(values);
      return pointer;
    };
    const reals = (valueOf: (j: number) => number): Pointer => {
      const pointer = arena.f64(seen.length);
      wasm.f64(pointer, seen.length).set(seen.map(valueOf));
      return pointer;
    };
    const indexOf = (atomicNumber: number): number => indexAmong(species, atomicNumber, this.descriptor, label);
    const batch = {
      nCenters: 1,
      nPairs: seen.length,
      centerSpecies: integers([indexOf(center)]),
      offsets: integers([0, seen.length]),
      neighborSpecies: integers(seen.map((j) => indexOf(neighbors[j]))),
      dx: reals((j) => displacements[3 * j]),
      dy: reals((j) => displacements[3 * j + 1]),
      dz: reals((j) => displacements[3 * j + 2]),
      distances: reals((j) => Math.hypot(...displacements.subarray(3 * j, 3 * j + 3))),
    };
    return { ...batch, rows: centerRows(batch) };
  }

  private finite(pointer: Pointer, length: number, { label }: SingleEnvironment): Float64Array {
    const values = this.space.wasm.f64(pointer, length);
    if (values.every(Number.isFinite)) return values;
    throw new InvalidStructureError(`${label}: ${this.descriptor.name} or its derivatives are not finite here; two neighbors may coincide`);
  }

  /** Runs it in memory that is kept from call to call, again in more where that is too small. */
  private withArena<Result>(run: (arena: Arena) => Result): Result {
    for (;;) {
      try {
        return run(new Arena(this.region));
      } catch (error) {
        if (!(error instanceof ArenaOverflow)) throw error;
        this.space.pool.release(this.region);
        this.region = this.space.pool.allocate(Math.ceil(Math.max(1.25 * error.requiredBytes, 2 * this.region.bytes)), "an environment");
      }
    }
  }
}
