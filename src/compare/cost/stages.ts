import { type Profiler, Session } from "node:inspector/promises";
import type { DescriptorCost } from "../../descriptors/cost.js";
import type { StageShare } from "../comparison.js";
import { processorSeconds, type Run } from "./clock.js";

/** Between two looks of the profiler, microseconds. */
const INTERVAL = 200;
/** Fewer samples tell nothing. */
const LEAST_SAMPLES = 100;

/** Routines that descriptors share. */
const shared: Readonly<Record<string, readonly string[]>> = {
  neighbors: ["neighbors"],
  radial: ["math/cutoff", "math/exp", "math/hermite", "math/decay", "math/erf"],
  angular: ["math/spherical-harmonics", "descriptors/harmonic-pairs", "math/sin-cos"],
  products: ["linalg", "math/outer-tile"],
};

/**
 * Where the time of some runs goes: what the engine's profiler sees, by the files that its routines come from.
 * @param seconds of processor time that it looks
 * @returns nothing where the build has no names of routines, or another profiler is at work
 */
export async function stageShares(run: Run, stages: DescriptorCost["stages"], seconds: number): Promise<StageShare[]> {
  const profile = await profileOf(run, seconds);
  if (!profile) return [];
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const samples = (profile.samples ?? []).map((id) => names.get(id) ?? "").filter((name) => name !== "(idle)");
  const isNamed = samples.some((name) => name.startsWith("assembly/"));
  if (!isNamed || samples.length < LEAST_SAMPLES) return [];
  const counts = new Map<string, number>();
  for (const name of samples) {
    const stage = stageOf(name, stages);
    counts.set(stage, (counts.get(stage) ?? 0) + 1);
  }
  const order = ["neighbors", "radial", "angular", "products", "other"];
  return order.filter((stage) => counts.has(stage)).map((stage) => ({ stage, share: counts.get(stage)! / samples.length }));
}

async function profileOf(run: Run, seconds: number): Promise<Profiler.Profile | undefined> {
  const session = new Session();
  try {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
    await session.post("Profiler.start");
    const start = processorSeconds();
    while (processorSeconds() - start < seconds) run();
    const { profile } = await session.post("Profiler.stop");
    return profile;
  } catch {
    return undefined;
  } finally {
    session.disconnect();
  }
}

/** The longest beginning that fits, of the descriptor's own before those that all share. */
function stageOf(name: string, own: DescriptorCost["stages"]): string {
  const path = name.replace(/^assembly\//, "");
  let [best, length] = ["other", 0];
  for (const stages of [own, shared]) {
    for (const [stage, beginnings] of Object.entries(stages)) {
      for (const beginning of beginnings) {
        if (path.startsWith(beginning) && beginning.length > length) [best, length] = [stage, beginning.length];
      }
    }
  }
  return best;
}
