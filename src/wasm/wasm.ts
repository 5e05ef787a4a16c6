import { instantiateSync } from "@assemblyscript/loader";
import type { instantiate } from "../../build/pestle.js";
import { InternalError } from "../errors.js";
import { type BuildName, compileBuild, detectBuild, isShared } from "./builds.js";
import { FieldAccess } from "./field-access.js";
import { MemoryPool, type Pointer } from "./memory.js";
import { errorOfStatus } from "./status.js";

/** The exports as `asc` generates their types, without the memory. */
export type Routines = Omit<Awaited<ReturnType<typeof instantiate>>, "memory" | "memoryBase">;

/** What a worker needs to join: the same compiled module on the same memory. */
export interface SharedWasm {
  /** Which instructions the module uses. */
  readonly build: BuildName;
  /** Compiled once. */
  readonly module: WebAssembly.Module;
  /** Shared, except for the builds without shared memory. */
  readonly memory: WebAssembly.Memory;
}

/** One instance of the module: routines that throw on a bad status, and typed views of the memory. */
export class Wasm {
  /** What other threads join. */
  readonly shared: SharedWasm;
  /** A status that is not 0 is thrown as an error. */
  readonly routines: Routines;
  /** First byte after the module's static data. */
  readonly heapBase: Pointer;
  /** For `records.ts`. */
  readonly fields: FieldAccess;

  constructor(shared: SharedWasm) {
    this.shared = shared;
    this.fields = new FieldAccess(shared.memory);
    const { exports } = instantiateSync(shared.module, { env: { memory: shared.memory } });
    const raw = exports as unknown as Record<string, unknown>;
    this.heapBase = (raw.memoryBase as () => number)();
    this.routines = checkedRoutines(raw);
  }

  /** The buffer, long enough to hold `end`: another thread may have grown the memory since this thread last looked. */
  private buffer(end: number): ArrayBufferLike {
    if (this.shared.memory.buffer.byteLength < end) this.shared.memory.grow(0);
    return this.shared.memory.buffer;
  }

  /** A view; it may become invalid when memory grows, so it is not kept. */
  f64(pointer: Pointer, length: number): Float64Array {
    return new Float64Array(this.buffer(pointer + length * 8), pointer, length);
  }

  /** A view, as `f64`. */
  i32(pointer: Pointer, length: number): Int32Array {
    return new Int32Array(this.buffer(pointer + length * 4), pointer, length);
  }

  /** A view, as `f64`. */
  u8(pointer: Pointer, length: number): Uint8Array {
    return new Uint8Array(this.buffer(pointer + length), pointer, length);
  }
}

function checkedRoutines(exports: Record<string, unknown>): Routines {
  const routines: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function" || name === "memoryBase" || name.startsWith("__")) continue;
    const routine = value as (...args: number[]) => number;
    routines[name] = (...args: number[]) => {
      const status = routine(...args);
      if (status !== 0) throw errorOfStatus(status, name);
      return status;
    };
  }
  return routines as unknown as Routines;
}

/** Which build is loaded, and how much memory it may take. */
export interface LoadOptions {
  /** Default: the fastest that the machine can run. */
  readonly build?: BuildName;
  /** Limit of the WebAssembly memory in bytes; at most 2³² (the default). */
  readonly maximumBytes?: number;
}

/** A build in memory of its own. */
export interface LoadedWasm {
  /** The instance of this thread. */
  readonly wasm: Wasm;
  /** Allocates in its memory, behind the module's static data. */
  readonly pool: MemoryPool;
}

/** Loads a build and creates its memory. The caller owns the pool. */
export async function loadWasm(options: LoadOptions = {}): Promise<LoadedWasm> {
  const build = options.build ?? (await detectBuild());
  const module = await compileBuild(build);
  const maximumBytes = options.maximumBytes ?? 2 ** 32;
  const memory = createMemory(isShared(build));
  const wasm = new Wasm({ build, module, memory });
  return { wasm, pool: new MemoryPool(memory, wasm.heapBase, maximumBytes) };
}

function createMemory(shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 16, maximum: 65536, shared });
  } catch (error) {
    throw new InternalError("cannot reserve 4 GiB of address space for the WebAssembly memory: raise the limit on virtual memory (ulimit -v)", {
      cause: error,
    });
  }
}
