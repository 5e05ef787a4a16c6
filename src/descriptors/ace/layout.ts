import type { RecordValues } from "../../wasm/records.js";
import type { PairFunction } from "./products.js";
import type { AceFunction } from "./selection.js";

/** How radial functions and sums over neighbors stand in memory. */
export interface AceLayout {
  readonly lMax: number;
  /** Radial columns: the many-body functions, then those of the pair term, each padded to an even number. */
  readonly nColumns: number;
  /** Of the many-body functions. */
  readonly nManyBody: number;
  /** Largest n of each l. */
  readonly nOfL: readonly number[];
  /** Largest n of the pair term. */
  readonly nPair: number;
  /** Whether every l has radial functions of its own. */
  readonly isByL: boolean;
  /** Numbers of the sums of one species. */
  readonly nSums: number;
  /** One for each l, then the pair term. */
  readonly blocks: readonly RecordValues<"HarmonicBlock">[];
}

export function layoutOf(pairs: readonly PairFunction[], functions: readonly AceFunction[], isByL: boolean): AceLayout {
  const lMax = Math.max(0, ...functions.flatMap(({ factors }) => factors.map(({ l }) => l)));
  const nOfL = Array.from({ length: lMax + 1 }, () => 1);
  for (const { n, l } of functions.flatMap(({ factors }) => factors)) nOfL[l] = Math.max(nOfL[l], n);
  const nPair = Math.max(0, ...pairs.map(({ n }) => n));
  const strides = nOfL.map(even);
  const nManyBody = isByL ? strides.reduce((sum, own) => sum + own, 0) : Math.max(...strides);
  let [columnAt, sumAt] = [0, 0];
  const blocks = strides.map((stride, l) => {
    const block = { rows: 2 * l + 1, harmonicAt: l * l, columnAt, stride, sumAt };
    if (isByL) columnAt += stride;
    sumAt += block.rows * stride;
    return block;
  });
  const pairBlock = { rows: 1, harmonicAt: (lMax + 1) ** 2, columnAt: nManyBody, stride: even(nPair), sumAt };
  return { lMax, nOfL, nPair, isByL, nManyBody, nColumns: nManyBody + even(nPair), nSums: sumAt + even(nPair), blocks: [...blocks, pairBlock] };
}

const even = (count: number): number => count + (count % 2);
