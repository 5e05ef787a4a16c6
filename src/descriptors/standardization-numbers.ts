import type { ColumnStatistics, Feature, FeatureSpace, SpeciesList } from "./descriptor.js";

/** A column whose numbers differ by less than this share of the largest is constant: differences are rounding. */
const CONSTANT = 1e-12;

/** What is taken off each column, and what it is divided by afterwards. */
export interface ColumnNumbers {
  readonly shift: number[];
  readonly scale: number[];
}

/**
 * Shifts and scales of a method. A constant column is shifted only; columns that turn together keep doing so: they are not shifted, and divided by
 * what they have in common; a weight stays as it is.
 */
export function dataNumbers(method: string, descriptor: FeatureSpace, species: SpeciesList, statistics: ColumnStatistics): ColumnNumbers {
  const { means, deviations, minima, maxima } = statistics;
  const shift = Array.from(method === "range" ? minima : means);
  const spreads = method === "standard" ? deviations : maxima.map((maximum, f) => maximum - minima[f]);
  const scale = shift.map((_, f) => {
    const isConstant = !(maxima[f] - minima[f] > CONSTANT * Math.max(Math.abs(maxima[f]), Math.abs(minima[f])));
    return method === "center" || isConstant ? 1 : spreads[f];
  });
  if (descriptor.weighsRows) {
    shift[shift.length - 1] = 0;
    scale[scale.length - 1] = 1;
  }
  for (const { columns, size } of turningSets(descriptor, species, statistics)) {
    for (const f of columns) {
      shift[f] = 0;
      scale[f] = method === "center" ? 1 : size;
    }
  }
  return { shift, scale };
}

/** Whether numbers leave weights as they are, and columns that turn together turning. */
export function keepsMeaning(descriptor: FeatureSpace, species: SpeciesList, { shift, scale }: ColumnNumbers): boolean {
  const keepsWeights = !descriptor.weighsRows || (shift.at(-1) === 0 && scale.at(-1) === 1);
  return keepsWeights && columnsOfSets(descriptor, species).every((columns) => columns.every((f) => shift[f] === 0 && scale[f] === scale[columns[0]]));
}

/** Columns that turn together, and the root mean square of one of them, which does not depend on how the data are turned; 1 where it is rounding. */
function turningSets(descriptor: FeatureSpace, species: SpeciesList, { means, deviations }: ColumnStatistics): { columns: number[]; size: number }[] {
  const squares = means.map((mean, f) => mean ** 2 + deviations[f] ** 2);
  const largest = Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
  return columnsOfSets(descriptor, species).map((columns) => {
    const size = Math.sqrt(columns.reduce((sum, f) => sum + squares[f], 0) / columns.length);
    return { columns, size: size > CONSTANT * largest ? size : 1 };
  });
}

/** The columns of every set of degree 1 and more; those of degree 0 do not turn. */
function columnsOfSets(descriptor: FeatureSpace, species: SpeciesList): number[][] {
  if (!descriptor.turns) return [];
  const sets = new Map<string, number[]>();
  descriptor.features(species).forEach(({ harmonic }: Feature, f) => {
    if (!harmonic || harmonic.degree === 0) return;
    const columns = sets.get(harmonic.set);
    if (columns) columns.push(f);
    else sets.set(harmonic.set, [f]);
  });
  return [...sets.values()];
}
