import { type Arena, buildNeighborList, copyNeighborList, type Wasm } from "../../../src/core.js";
import type { Geometry } from "../../../src/environments/index.js";

/** The form of the pair term: φ(r) = exp(−r / range) (1 − r / cutoff)², Å. */
export interface PairForm {
  readonly cutoff: number;
  readonly range: number;
}

/** Σ_i ½ Σ_j φ(r_ij) over some centers i, and its derivatives. */
export interface PairSum {
  /** Part of every atom; they add up to the sum. */
  readonly local: Float64Array;
  /** 1/Å, nAtoms × 3: the derivative in every position */
  readonly gradient: Float64Array;
  /** 3 × 3: the derivative in the strain */
  readonly strain: Float64Array;
}

export function pairSum(wasm: Wasm, scratch: Arena, { atomicNumbers, positions, cell, pbc }: Geometry, { cutoff, range }: PairForm, centers?: Int32Array): PairSum {
  const nAtoms = atomicNumbers.length;
  const mark = scratch.mark();
  const list = copyNeighborList(wasm, buildNeighborList(wasm, scratch, { positions, nAtoms, cell, pbc, cutoff, centers }));
  scratch.reset(mark);
  const sum = { local: new Float64Array(nAtoms), gradient: new Float64Array(3 * nAtoms), strain: new Float64Array(9) };
  list.centerAtoms.forEach((center, c) => {
    for (let pair = list.offsets[c]; pair < list.offsets[c + 1]; pair++) {
      const r = list.distances[pair];
      const [decay, rest] = [Math.exp(-r / range), 1 - r / cutoff];
      sum.local[center] += 0.5 * decay * rest * rest;
      const slope = (-0.5 * decay * rest * (rest / range + 2 / cutoff)) / r;
      const d = list.displacements.subarray(3 * pair, 3 * pair + 3);
      for (let a = 0; a < 3; a++) {
        sum.gradient[3 * list.neighborAtoms[pair] + a] += slope * d[a];
        sum.gradient[3 * center + a] -= slope * d[a];
        for (let b = 0; b < 3; b++) sum.strain[3 * a + b] += slope * d[a] * d[b];
      }
    }
  });
  return sum;
}
