import { placePairs, type PairRange } from "../../models/composed/pairs.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { StructureTargets } from "../structure-targets.js";
import { placeTargets } from "./placed-targets.js";
import type { PlacedStructure } from "./structure-rows.js";

/** Puts pairs and targets of structures into shared memory, where they stay as long as the holdings. */
export function placeStructures(
  targets: readonly StructureTargets[], range: PairRange, species: readonly number[], { executor, signal, onProgress }: WorkContext, holdings: Holdings,
): PlacedStructure[] {
  const placed = placeTargets(targets, holdings);
  return targets.map(({ geometry }, i) => {
    throwIfAborted(signal);
    const { pairs, region } = placePairs(executor.wasm, executor.pool, geometry, range, species);
    holdings.keep({ release: () => executor.pool.release(region) });
    onProgress?.({ stage: "pairs", done: i + 1, total: targets.length, unit: "structures" });
    return { pairs, targets: placed[i] };
  });
}
