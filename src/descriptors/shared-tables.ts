import type { MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Descriptor, PreparedDescriptor, SpeciesList } from "./descriptor.js";

interface Held {
  readonly prepared: PreparedDescriptor;
  users: number;
}

/** Tables in each memory, by descriptor and species, as long as somebody uses them. */
const held = new WeakMap<MemoryPool, Map<string, Held>>();

/**
 * Tables of a descriptor, or those that an equal one (name and parameters) has in the same memory already: potentials that are open at the
 * same time, such as the members of a committee, have them once. Evaluators tell equal environments by the serial number of the tables.
 * @throws {ResourceError} where they do not fit
 */
export function prepareShared(descriptor: Descriptor, wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
  const known = held.get(pool) ?? new Map<string, Held>();
  held.set(pool, known);
  const key = JSON.stringify([descriptor.name, descriptor.parameters, species]);
  const own: Held = known.get(key) ?? { prepared: descriptor.prepare(wasm, pool, species), users: 0 };
  known.set(key, own);
  own.users++;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    if (--own.users > 0) return;
    known.delete(key);
    own.prepared.release();
  };
  return { tables: own.prepared.tables, release };
}
