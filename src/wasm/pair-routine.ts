import { compileBuild } from "./builds.js";

/** The routine that finds the closest two atoms of a structure, see assembly/read/closest-pair.ts: in a memory of its own, which may grow. */
export interface PairRoutine {
  readonly closestPair: (nAtoms: number, maximum: number, reach: number, share: number) => number;
  /** Where places and radii begin. */
  readonly pointArrays: () => number;
  readonly memory: WebAssembly.Memory;
  /** Places in the memory. */
  readonly box: number;
  readonly pair: number;
  readonly BYTES_PER_POINT: number;
}

/** Compiles it anew: a few kilobytes. */
export async function loadPairRoutine(): Promise<PairRoutine> {
  const { exports } = new WebAssembly.Instance(await compileBuild("read"));
  const constant = (name: string): number => Number((exports[name] as WebAssembly.Global).value);
  return {
    closestPair: exports.closestPair as PairRoutine["closestPair"],
    pointArrays: exports.pointArrays as PairRoutine["pointArrays"],
    memory: exports.memory as WebAssembly.Memory,
    box: constant("box"),
    pair: constant("pair"),
    BYTES_PER_POINT: constant("BYTES_PER_POINT"),
  };
}
