import type { ErrorStatistics } from "../error-sum.js";
import { type ErrorSummary, type GroupErrors, type Quantity, quantities } from "../metrics.js";
import type { PropertyErrors } from "../property-errors.js";

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

/** The same for a property of structures, in its own unit. */
export interface PropertySpread extends ErrorSpread {
  /** Of the column. */
  readonly name: string;
  /** "1": none */
  readonly unit: string;
}

/** How errors differ between fits, by group and in total. */
export interface SummarySpread {
  /** In the order of the errors of all fits together. */
  readonly groups: readonly GroupSpread[];
  /** Over every structure that a fit was judged by. */
  readonly total: GroupSpread;
  /** Beside the energy, over every structure; none for most models. */
  readonly properties: readonly PropertySpread[];
}

/** Errors of one of several fits. */
export interface FitErrors {
  readonly errors: ErrorSummary;
  readonly properties: readonly PropertyErrors[];
}

/** Mean and standard deviation over fits, by group in the order of `all`, the errors of all fits together, and in total. */
export function spreadOf(fits: readonly FitErrors[], all: FitErrors): SummarySpread {
  const groups = all.errors.groups.map(({ group }) => group).map((name) => groupSpread(name, fits.flatMap(({ errors }) => errors.groups.filter(({ group }) => group === name))));
  const properties = all.properties.map(({ name, unit }): PropertySpread => ({ name, unit, ...errorSpread(fits.flatMap((fit) => fit.properties.filter((property) => property.name === name))) }));
  return { groups, total: groupSpread("total", fits.map(({ errors }) => errors.total)), properties };
}

function groupSpread(group: string, rows: readonly GroupErrors[]): GroupSpread {
  const [energy, forces, virial] = quantities.map((quantity) => errorSpread(rows.map((row) => row[quantity])));
  return { group, energy, forces, virial };
}

function errorSpread(errors: readonly ErrorStatistics[]): ErrorSpread {
  const judged = errors.filter(({ count }) => count > 0);
  return { fits: judged.length, rmse: meanAndDeviation(judged.map(({ rmse }) => rmse)), mae: meanAndDeviation(judged.map(({ mae }) => mae)) };
}

/** Of none the mean is NaN, of one the deviation is. */
export function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n < 2 ? NaN : Math.sqrt(squares / (n - 1)) };
}
