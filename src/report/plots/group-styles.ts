import { groupName } from "../formatting.js";
import type { ReportDataset } from "../report-data.js";
import { otherColor, otherShape, palette, shapes } from "../theme.js";
import type { LegendEntry } from "./legend.js";

/** How the marks of a group look; the name is unique among the styles. */
export type GroupStyle = LegendEntry;

/** Colors and shapes of groups, the same in every plot of a report. */
export interface GroupStyles {
  of(group: string): GroupStyle;
  /** In order of first appearance; groups without a color of their own come last, as one. */
  readonly all: readonly GroupStyle[];
}

/** Gives the groups with most structures a color of their own; the rest share one. */
export function groupStyles(datasets: readonly ReportDataset[]): GroupStyles {
  const sizes = new Map<string, number>();
  for (const { records } of datasets) for (const { group } of records) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const names = [...sizes.keys()];
  const bySize = [...names].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  const named = new Set(bySize.slice(0, palette.length));
  const styles = new Map<string, GroupStyle>();
  const taken = new Set<string>();
  for (const group of names.filter((name) => named.has(name))) {
    const style = { name: uniqueName(groupName(group, 25), taken), color: palette[styles.size], shape: shapes[styles.size] };
    taken.add(style.name);
    styles.set(group, style);
  }
  const nOthers = names.length - named.size;
  const other = { name: uniqueName(`${nOthers} other groups`, taken), color: otherColor, shape: otherShape };
  return {
    of: (group) => styles.get(group) ?? other,
    all: nOthers > 0 ? [...styles.values(), other] : [...styles.values()],
  };
}

/** Names shortened for the legend may coincide; one style would then swallow the other. */
function uniqueName(name: string, taken: ReadonlySet<string>): string {
  let unique = name;
  for (let i = 2; taken.has(unique); i++) unique = `${name} (${i})`;
  return unique;
}
