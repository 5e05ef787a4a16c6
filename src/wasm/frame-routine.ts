import { compileBuild } from "./builds.js";

/** Constants of assembly/read/memory.ts: how much there is room for, and where its parts begin. */
const names = [
  "WINDOW_BYTES", "MOST_PLANS", "PLAN_NUMBERS", "PLAN_BYTES",
  "result", "cells", "energies", "virials", "atomCounts", "periodic", "framePlans", "differs", "texts", "textEnds",
  "atomicNumbers", "positions", "forces", "planNumbers", "planBytes", "symbols", "powersOfTen", "window",
] as const;

/** The routine that reads many frames of extended XYZ at once: a module of its own, with a memory of its own that never grows. */
export interface FrameRoutine {
  /** See assembly/read/frames.ts. */
  readonly readFrames: (start: number, end: number, nPlans: number) => void;
  readonly buffer: ArrayBuffer;
  readonly places: Readonly<Record<(typeof names)[number], number>>;
}

/** Compiles it anew: a few kilobytes, whose memory goes with what it was used for. */
export async function loadFrameRoutine(): Promise<FrameRoutine> {
  const { exports } = new WebAssembly.Instance(await compileBuild("read"));
  const place = (name: string): number => Number((exports[name] as WebAssembly.Global).value);
  return {
    readFrames: exports.readFrames as FrameRoutine["readFrames"],
    buffer: (exports.memory as WebAssembly.Memory).buffer,
    places: Object.fromEntries(names.map((name) => [name, place(name)])) as FrameRoutine["places"],
  };
}
