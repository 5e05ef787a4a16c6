import { ResourceError } from "../../errors.js";
import { ADDRESSABLE_BYTES, formatBytes, type MemoryPool } from "../../wasm/memory.js";
import type { PlannedMemory } from "../fit-plan.js";
import { SCRATCH } from "./reduction-memory.js";

/** What a fit with some columns takes. */
export interface MemoryNeeds {
  readonly columns: number;
  /** "sparse points", "coefficients" */
  readonly what: string;
  /** By purpose, with any number of columns. */
  readonly needed: (columns: number) => readonly PlannedMemory[];
}

/**
 * Makes sure, before anything is computed, that a fit can have the memory that it takes in any case: scratch of the threads, which is
 * estimated generously, does not count.
 * @throws {ResourceError} with what takes the memory, and the number of columns that there is memory for
 */
export function requireMemory(pool: Pick<MemoryPool, "bytesObtainable" | "maximumBytes">, { columns, what, needed }: MemoryNeeds): void {
  const memory = needed(columns).filter(({ what: purpose }) => purpose !== SCRATCH);
  const available = pool.bytesObtainable;
  if (sum(memory) <= available) return;
  const parts = [...memory].sort((a, b) => b.bytes - a.bytes).slice(0, 3).map(({ what: purpose, bytes }) => `${purpose} ${formatBytes(bytes)}`);
  const largest = mostColumns((count) => sum(needed(count)) <= available, columns);
  const limit = pool.maximumBytes < ADDRESSABLE_BYTES ? `, or raise the memory limit (at most ${formatBytes(ADDRESSABLE_BYTES)})` : "";
  throw new ResourceError(
    `the fit of ${columns} ${what} takes at least ${formatBytes(sum(memory))} of numerical memory (${parts.join(", ")}), and ${formatBytes(available)} can be had: use at most about ${largest} ${what}${limit}`,
  );
}

function sum(memory: readonly PlannedMemory[]): number {
  return memory.reduce((total, { bytes }) => total + bytes, 0);
}

/** The largest number of columns below one that is too large, to two digits. */
function mostColumns(fits: (columns: number) => boolean, tooMany: number): number {
  let [low, high] = [0, tooMany];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  const step = 10 ** Math.max(0, String(low).length - 2);
  return Math.floor(low / step) * step;
}
