import { alignUp, type MemoryPool, type Pointer } from "../../wasm/memory.js";
import { enumerations, recordBytes, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { SpeciesList } from "../descriptor.js";
import { profileLength, profileShape, writeProfiles } from "./profiles.js";
import { channelsOf, type Term } from "./terms.js";

const { TensorGeometry, TensorWeighting } = enumerations;

const geometries = {
  "atomic-number": TensorGeometry.distance, // has no routine
  distance: TensorGeometry.distance,
  "inverse-distance": TensorGeometry.inverseDistance,
  angle: TensorGeometry.angle,
  cosine: TensorGeometry.cosine,
};
const weightings = {
  unity: TensorWeighting.unity,
  exp: TensorWeighting.exponential,
  "inverse-square": TensorWeighting.inverseSquare,
  "smooth-cutoff": TensorWeighting.smoothCutoff,
};

/** A distance that no structure has, for weights without a range. */
const FARTHEST = 1e300;

/** What the evaluator of a tensor needs of its terms of pairs and triplets: numbers for the data of its tables. */
export interface TensorData {
  /** A `TensorTerm`; 0: there is none. */
  readonly pairs: Pointer;
  /** A `TensorTerm`; 0: there is none. */
  readonly triplets: Pointer;
}

/** Bytes of the tables of some terms. */
export function tensorBytes(terms: readonly Term[]): number {
  return terms.filter(({ order }) => order > 1).reduce((sum, { grid }) => sum + alignUp(recordBytes("TensorTerm")) + alignUp(8 * profileLength(profileShape(grid))), 2 * alignUp(1));
}

/** Puts the tables of terms in shared memory. */
export function prepareTensor(
  wasm: Wasm,
  pool: MemoryPool,
  terms: readonly Term[],
  { isLocal, normalizeGaussians, species }: { readonly isLocal: boolean; readonly normalizeGaussians: boolean; readonly species: SpeciesList },
): { readonly data: TensorData; release(): void } {
  const region = pool.allocate(tensorBytes(terms), "tables of a many-body tensor");
  let free = alignUp(region.pointer);
  const place = (bytes: number): Pointer => {
    const pointer = free;
    free += alignUp(bytes);
    return pointer;
  };
  const placed = new Map<number, Pointer>();
  for (const { order, geometry, grid, weighting, decay, range, reach: legs, sharpness } of terms) {
    if (order === 1) continue;
    const { reach, width, nIntervals } = profileShape(grid);
    const length = profileLength({ reach, width, nIntervals });
    const pointer = place(recordBytes("TensorTerm"));
    const profiles = place(8 * length);
    writeProfiles(grid, normalizeGaussians, wasm.f64(profiles, length));
    placed.set(order, pointer);
    writeRecord(wasm, pointer, "TensorTerm", {
      minimum: grid.min, step: (grid.max - grid.min) / (grid.n - 1), decay, range: Math.min(range, FARTHEST), legs: Math.min(legs, FARTHEST), sharpness,
      nBins: grid.n, reach, width, nIntervals, nSpecies: species.length, nChannels: channelsOf(order, isLocal, species).length,
      geometry: geometries[geometry], weighting: weightings[weighting], isLocal: Number(isLocal), profiles,
    });
  }
  return { data: { pairs: placed.get(2) ?? 0, triplets: placed.get(3) ?? 0 }, release: () => pool.release(region) };
}
