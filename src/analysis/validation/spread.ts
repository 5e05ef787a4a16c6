import { type ErrorSummary, type GroupErrors, type Quantity, quantities } from "../metrics.js";

/** Mean and sample standard deviation of some numbers; NaN (null in JSON) where there are too few. */
export interface MeanAndDeviation {
  /** In the unit of the numbers. */
  readonly mean: number;
  /** Of the numbers, not of their mean. */
  readonly deviation: number;
}

/** How the errors of one quantity differ between fits. */
export interface ErrorSpread {
  /** Fits that were judged by at least one value. */
  readonly fits: number;
  /** eV/atom for energies and virials, eV/Å for force components */
  readonly rmse: MeanAndDeviation;
  /** In the same units. */
  readonly mae: MeanAndDeviation;
}

/** The same for all quantities of one group of structures. */
export interface GroupSpread extends Readonly<Record<Quantity, ErrorSpread>> {
  /** The `config_type`, or "total". */
  readonly group: string;
}

/** How errors differ between fits, by group and in total. */
export interface SummarySpread {
  /** In the order of the errors of all fits together. */
  readonly groups: readonly GroupSpread[];
  /** Over every structure that a fit was judged by. */
  readonly total: GroupSpread;
}

/** Mean and standard deviation over fits, by group in the order of `all`, the errors of all fits together, and in total. */
export function spreadOf(summaries: readonly ErrorSummary[], all: ErrorSummary): SummarySpread {
  const groups = all.groups.map(({ group }) => group).map((name) => groupSpread(name, summaries.flatMap((summary) => summary.groups.filter(({ group }) => group === name))));
  return { groups, total: groupSpread("total", summaries.map(({ total }) => total)) };
}

function groupSpread(group: string, rows: readonly GroupErrors[]): GroupSpread {
  const [energy, forces, virial] = quantities.map((quantity): ErrorSpread => {
    const judged = rows.map((row) => row[quantity]).filter(({ count }) => count > 0);
    return { fits: judged.length, rmse: meanAndDeviation(judged.map(({ rmse }) => rmse)), mae: meanAndDeviation(judged.map(({ mae }) => mae)) };
  });
  return { group, energy, forces, virial };
}

/** Of none the mean is NaN, of one the deviation is. */
export function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n < 2 ? NaN : Math.sqrt(squares / (n - 1)) };
}
