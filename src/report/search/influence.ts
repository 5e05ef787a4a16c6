import type { EvaluationRecord } from "../../tune/search-result.js";
import type { ParameterAxis } from "./parameter-axis.js";

/** How much the loss depends on a parameter, as far as the evaluations show. */
export interface Influence {
  readonly axis: ParameterAxis;
  /** 0 to 1: share of the variance of the loss. */
  readonly share: number;
}

const MAX_GROUPS = 6;

/**
 * Influence of every parameter without a model of the loss, in the order of the axes: ε² (Kelley, PNAS 21, 554 (1935), doi:10.1073/pnas.21.9.554) of the ranks
 * of the loss over groups of similar values. Ranks do not care for penalties and scales, groups see valleys that a correlation
 * misses, and ε² is zero on average where there is no dependence.
 * @param completed by ascending loss
 */
export function rankInfluences(completed: readonly EvaluationRecord[], axes: readonly ParameterAxis[]): Influence[] {
  return axes.map((axis) => ({ axis, share: explainedShare(completed.map(({ values }) => axis.position(values)), axis.isList) }));
}

/** `positions` by rank of the loss; undefined where the parameter was not active. */
function explainedShare(positions: readonly (number | undefined)[], isList: boolean): number {
  const points = positions.flatMap((position, rank) => (position === undefined ? [] : [{ position, rank }]));
  const groups = grouped(points, isList);
  const nWithin = points.length - groups.length;
  if (groups.length < 2 || nWithin < 1) return 0;
  const mean = average(points.map(({ rank }) => rank));
  const total = points.reduce((sum, { rank }) => sum + (rank - mean) ** 2, 0);
  const within = groups.reduce((sum, ranks) => {
    const center = average(ranks);
    return sum + ranks.reduce((part, rank) => part + (rank - center) ** 2, 0);
  }, 0);
  const explained = total - within - (groups.length - 1) * (within / nWithin);
  return Math.min(1, Math.max(0, explained / total));
}

/** Ranks of the loss in groups of equal levels, or of about equally many neighboring values. */
function grouped(points: readonly { readonly position: number; readonly rank: number }[], isList: boolean): number[][] {
  const sorted = [...points].sort((a, b) => a.position - b.position);
  const byPosition = new Map<number, number[]>();
  for (const { position, rank } of sorted) {
    const ranks = byPosition.get(position);
    if (ranks) ranks.push(rank);
    else byPosition.set(position, [rank]);
  }
  if (isList || byPosition.size <= MAX_GROUPS) return [...byPosition.values()];
  const nGroups = Math.max(2, Math.min(MAX_GROUPS, Math.floor(points.length / 5)));
  const groups: number[][] = Array.from({ length: nGroups }, () => []);
  let before = 0;
  // Equal values stay together.
  for (const ranks of byPosition.values()) {
    groups[Math.min(nGroups - 1, Math.floor((nGroups * before) / points.length))].push(...ranks);
    before += ranks.length;
  }
  return groups.filter(({ length }) => length > 0);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
