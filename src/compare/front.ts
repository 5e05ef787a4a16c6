/** Something with a cost and an error; either may be unknown, NaN. */
export interface Weighed {
  readonly cost: number;
  readonly error: number;
  /** Standard error of `error`; NaN: not known, and counted as 0. */
  readonly uncertainty: number;
}

/** How something stands beside all that cost no more. */
export interface PlaceAtCost {
  /** Position of the lowest error of all that cost no more, its own where that is the lowest; −1 where something is unknown. */
  readonly best: number;
  /** Its error over that error: 1 for what nothing cheaper beats. NaN where something is unknown. */
  readonly ratio: number;
  /** Standard error of the ratio, as if both errors were independent; 0 for what nothing cheaper beats. */
  readonly uncertainty: number;
  /** Whether it is ahead of all that cost less, or behind the best of them, by more than the standard error of the difference. */
  readonly isClear: boolean;
}

const UNKNOWN: PlaceAtCost = { best: -1, ratio: Number.NaN, uncertainty: Number.NaN, isClear: false };

/** Compares each with the one of the lowest error of all that cost no more. */
export function placesAtCost(members: readonly Weighed[]): PlaceAtCost[] {
  return members.map((member, own) => {
    if (!isKnown(member)) return UNKNOWN;
    const rivals = Array.from(members.keys()).filter((i) => i !== own && isKnown(members[i]) && members[i].cost <= member.cost);
    const rival = lowest(members, rivals);
    if (rival < 0 || members[rival].error >= member.error) return { best: own, ratio: 1, uncertainty: 0, isClear: rival < 0 || differ(member, members[rival]) };
    const ratio = members[rival].error > 0 ? member.error / members[rival].error : Number.POSITIVE_INFINITY;
    const uncertainty = ratio * Math.hypot(share(member), share(members[rival]));
    return { best: rival, ratio, uncertainty, isClear: differ(member, members[rival]) };
  });
}

function isKnown({ cost, error }: Weighed): boolean {
  return Number.isFinite(cost) && Number.isFinite(error);
}

function lowest(members: readonly Weighed[], positions: readonly number[]): number {
  return positions.reduce((best, i) => (best < 0 || members[i].error < members[best].error ? i : best), -1);
}

function differ(a: Weighed, b: Weighed): boolean {
  return Math.abs(a.error - b.error) > Math.hypot(a.uncertainty || 0, b.uncertainty || 0);
}

/** Standard error as a share. */
function share({ error, uncertainty }: Weighed): number {
  return error > 0 ? (uncertainty || 0) / error : 0;
}
