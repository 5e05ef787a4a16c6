import type { Slot } from "./plan.js";

/** Columns side by side whose slots are so too, from an even slot on; a single one may have any slot. */
export interface ColumnRun {
  readonly feature: number;
  readonly slot: number;
  readonly weights: readonly number[];
}

/** Where the slots of a channel go in a row of the Jacobian, and which columns have nothing of it. */
export function columnRuns(
  radial: readonly number[], slots: readonly Slot[], nFeatures: number,
): { readonly runs: ColumnRun[]; readonly gaps: { readonly feature: number; readonly count: number }[]; readonly isDisjoint: boolean } {
  const runs: (ColumnRun & { weights: number[] })[] = [];
  slots.forEach(({ feature, weight }, slot) => {
    if (feature === undefined) return;
    const last = runs.at(-1);
    const follows = last && last.slot % 2 === 0 && last.feature + last.weights.length === feature && last.slot + last.weights.length === slot;
    if (follows) last.weights.push(weight);
    else runs.push({ feature, slot, weights: [weight] });
  });
  const used = [...radial, ...slots.flatMap(({ feature }) => feature ?? [])];
  const isUsed = new Set(used);
  const gaps: { feature: number; count: number }[] = [];
  for (let feature = 0; feature < nFeatures; feature++) {
    if (isUsed.has(feature)) continue;
    const last = gaps.at(-1);
    if (last && last.feature + last.count === feature) last.count++;
    else gaps.push({ feature, count: 1 });
  }
  return { runs, gaps, isDisjoint: isUsed.size === used.length };
}
