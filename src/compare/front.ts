/** Something with a cost and an error; either may be unknown, NaN. */
export interface Weighed {
  readonly cost: number;
  readonly error: number;
}

/**
 * Error over the lowest error of all that cost no more, itself included: 1 for what nothing cheaper beats. NaN where something is unknown.
 */
export function errorsOverFront(members: readonly Weighed[]): number[] {
  return members.map(({ cost, error }) => {
    if (!Number.isFinite(cost) || !Number.isFinite(error)) return Number.NaN;
    const rivals = members.filter((other) => other.cost <= cost && Number.isFinite(other.error)).map((other) => other.error);
    const lowest = Math.min(error, ...rivals);
    return lowest > 0 ? error / lowest : 1;
  });
}
