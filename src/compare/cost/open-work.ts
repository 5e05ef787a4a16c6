import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { StructurePart } from "../../environments/describe-task.js";
import { Arena, ArenaOverflow, type MemoryPool, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { processorSeconds } from "./clock.js";
import { EnvironmentWork } from "./environment-work.js";
import { StructureWork } from "./structure-work.js";
import type { Work } from "./work.js";

/** Work with its memory, and what it took to start. */
export interface OpenWork {
  readonly work: Work;
  /** What `verify` found; NaN also where it was not asked for. */
  readonly verified: number;
  readonly tables: { readonly bytes: number; readonly seconds: number };
  /** Of numerical memory: tables, structures and results. */
  readonly peakBytes: number;
  close(): void;
}

/** What work is made of. */
export interface WorkInput {
  readonly descriptor: AnyDescriptor;
  readonly species: SpeciesList;
  readonly structures: readonly StructurePart[];
  /** Whether `backward` and `jacobian` will be run; default true. */
  readonly withDerivatives?: boolean;
}

const FIRST_BYTES = 16e6;

/**
 * Prepares a descriptor for structures.
 * @throws what the descriptor says of structures that it refuses; {ResourceError}
 */
export function openWork(wasm: Wasm, pool: MemoryPool, { descriptor, species, structures, withDerivatives = true }: WorkInput): OpenWork {
  const [before, start] = [pool.bytesInUse, processorSeconds()];
  const prepared = descriptor.prepare(wasm, pool, species);
  const tables = { bytes: pool.bytesInUse - before, seconds: processorSeconds() - start };
  try {
    const make = (arena: Arena): Work =>
      prepared.tables.describes === "structures"
        ? new StructureWork(wasm, arena, prepared.tables, structures)
        : new EnvironmentWork(wasm, arena, prepared.tables, structures, withDerivatives);
    const { work, region, verified } = withRoom(pool, make, withDerivatives, descriptor.turns === undefined);
    const close = (): void => {
      pool.release(region);
      prepared.release();
    };
    return { work, verified, tables, peakBytes: tables.bytes + region.bytes, close };
  } catch (error) {
    prepared.release();
    throw error;
  }
}

/** Tries with more and more memory until everything has run once. */
function withRoom(pool: MemoryPool, make: (arena: Arena) => Work, withDerivatives: boolean, isInvariant: boolean): { work: Work; region: Region; verified: number } {
  for (let bytes = FIRST_BYTES; ; ) {
    const region = pool.allocate(bytes, "structures and results of a measurement");
    try {
      const work = make(new Arena(region));
      for (const run of [work.neighbors, work.values]) run?.();
      if (withDerivatives) for (const run of [work.backward, work.jacobian]) run();
      return { work, region, verified: withDerivatives ? work.verify(isInvariant) : NaN };
    } catch (error) {
      pool.release(region);
      if (!(error instanceof ArenaOverflow)) throw error;
      bytes = Math.max(1.5 * bytes, 1.25 * error.requiredBytes);
    }
  }
}
