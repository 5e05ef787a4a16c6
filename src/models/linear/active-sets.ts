import { z } from "zod";
import { FormatError } from "../../errors.js";
import { activeRowsBytes, completeActiveRows, placeActiveRows, type PlacedActiveRows, type StoredActiveRows } from "../../linalg/active-rows.js";
import { Arena, type MemoryPool, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { arrayOf } from "../local-energy/content.js";
import type { NamedArray } from "../model-type.js";

/** Active sets by species index; undefined: of this species nothing but atoms without neighbors was seen. */
export type ActiveSets = readonly (StoredActiveRows | undefined)[];

/** What a model file says of active sets beside their arrays. */
export const activeSetsSchema = z.array(z.object({ nFunctions: z.int().positive(), nRows: z.int().positive(), logVolume: z.number() }).nullable());

/** Puts active sets with their inverses into shared memory; regions are added to those of the model. */
export function placeActiveSets(wasm: Wasm, pool: MemoryPool, sets: ActiveSets, regions: Region[]): (PlacedActiveRows | null)[] {
  return sets.map((stored) => {
    if (!stored) return null;
    const active = completeActiveRows({ wasm, pool }, stored);
    const region = pool.allocate(activeRowsBytes(active), "active set of environments");
    regions.push(region);
    return placeActiveRows(wasm, new Arena(region), active);
  });
}

/** Rows of the sets and what the data had, without the inverses. */
export function encodeActiveSets(sets: ActiveSets): { parameters: z.input<typeof activeSetsSchema>; arrays: NamedArray[] } {
  const parameters = sets.map((set) => set && { nFunctions: set.nFunctions, nRows: set.nRows, logVolume: set.logVolume });
  const arrays = sets.flatMap((set, s): NamedArray[] => {
    if (!set) return [];
    const { nFunctions, functions, members, values, largest } = set;
    const k = members.length;
    return [
      { name: nameOf(s, "values"), shape: [k, nFunctions], values },
      { name: nameOf(s, "functions"), shape: [k], values: Float64Array.from(functions) },
      { name: nameOf(s, "members"), shape: [k], values: Float64Array.from(members) },
      { name: nameOf(s, "largest"), shape: [nFunctions], values: largest },
    ];
  });
  return { parameters: parameters.map((set) => set ?? null), arrays };
}

/** @throws {FormatError} when arrays do not fit */
export function decodeActiveSets(parameters: z.output<typeof activeSetsSchema>, arrays: readonly NamedArray[], file: string): ActiveSets {
  return parameters.map((set, s) => {
    if (!set) return undefined;
    const [values, functions, members, largest] = ["values", "functions", "members", "largest"].map((name) => arrayOf(arrays, nameOf(s, name), file));
    const k = functions.length;
    const isWhole = values.length === k * set.nFunctions && members.length === k && largest.length === set.nFunctions;
    if (!isWhole || !functions.every((column) => Number.isInteger(column) && column >= 0 && column < set.nFunctions)) {
      throw new FormatError({ file }, `the arrays of activeSets[${s}] do not fit together`);
    }
    return { ...set, values, functions: Int32Array.from(functions), members: Int32Array.from(members), largest };
  });
}

function nameOf(species: number, what: string): string {
  return `activeSets[${species}].${what}`;
}
