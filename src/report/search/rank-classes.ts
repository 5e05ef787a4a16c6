import type { EvaluationRecord } from "../../tune/search-result.js";
import type { LegendEntry } from "../plots/legend.js";
import { bestColor, rankColors } from "../theme.js";
import { formatLoss } from "./value-display.js";

/** Evaluations of similar rank, and how they are drawn: color, shape, size and width all say the same. */
export interface RankClass extends LegendEntry {
  /** By ascending loss. */
  readonly members: readonly EvaluationRecord[];
  /** of points, px² */
  readonly size: number;
  /** of lines, px */
  readonly width: number;
  readonly opacity: number;
}

const looks = [
  { upTo: 0, name: "best", color: bestColor, shape: "diamond", size: 90, width: 3, opacity: 1 },
  { upTo: 0.1, name: "best 10 %", color: rankColors[0], shape: "circle", size: 34, width: 1.8, opacity: 0.95 },
  { upTo: 0.3, name: "10 to 30 %", color: rankColors[1], shape: "square", size: 22, width: 1.2, opacity: 0.85 },
  { upTo: 0.6, name: "30 to 60 %", color: rankColors[2], shape: "triangle-up", size: 18, width: 0.9, opacity: 0.75 },
  { upTo: 1, name: "last 40 %", color: rankColors[3], shape: "cross", size: 14, width: 0.8, opacity: 0.7 },
];

/** Classes by rank of the loss, which is readable whatever the losses are; empty ones are left out. */
export function rankClasses(completed: readonly EvaluationRecord[]): RankClass[] {
  let from = 0;
  return looks.flatMap(({ upTo, name, ...look }) => {
    const to = Math.max(from, upTo === 0 ? Math.min(1, completed.length) : Math.round(upTo * completed.length));
    const members = completed.slice(from, to);
    from = to;
    if (members.length === 0) return [];
    const last = formatLoss(members[members.length - 1].loss);
    return [{ ...look, name: upTo === 0 ? `${name} (${last})` : `${name} (to ${last})`, members }];
  });
}

/** At most about `limit` evaluations: all of the best classes, and evenly fewer of the others. */
export function thinClasses(classes: readonly RankClass[], limit: number): RankClass[] {
  let left = limit;
  return classes.map((rank, i) => {
    const isLast = i === classes.length - 1;
    const share = isLast ? left : Math.max(1, Math.ceil(left / 2));
    const step = Math.max(1, Math.ceil(rank.members.length / Math.max(1, share)));
    const members = rank.members.filter((_, index) => index % step === 0);
    left = Math.max(0, left - members.length);
    return { ...rank, members };
  });
}
