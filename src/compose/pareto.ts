/** Quantities of which smaller is better. */
export type Objectives = readonly number[];

/**
 * The entries that no other one beats: none is at most as large in all objectives and smaller in one. Of equal entries the first stays. Order is kept.
 * @param objectivesOf of one length; an entry with one that is no number is left out
 */
export function paretoFront<Entry>(entries: readonly Entry[], objectivesOf: (entry: Entry) => Objectives): Entry[] {
  const known = entries.map((entry) => ({ entry, objectives: objectivesOf(entry) })).filter(({ objectives }) => objectives.every((value) => !Number.isNaN(value)));
  return known.filter((own, i) => !known.some((other, j) => j !== i && beats(other.objectives, own.objectives, j < i))).map(({ entry }) => entry);
}

function beats(other: Objectives, own: Objectives, isEarlier: boolean): boolean {
  if (!other.every((value, k) => value <= own[k])) return false;
  return other.some((value, k) => value < own[k]) || isEarlier;
}
