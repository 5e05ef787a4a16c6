import { quantities } from "../analysis/metrics.js";
import type { CrossValidation } from "../analysis/validation/cross-validate.js";
import type { ErrorSpread, MeanAndDeviation } from "../analysis/validation/spread.js";
import { ABSENT, columnDecimals, errorDisplay, formatFixed, groupName, measureTitle, type QuantityDisplay } from "./formatting.js";
import { propertyDisplay } from "./learning-series.js";
import type { ReportTable } from "./report-data.js";

interface SpreadColumns extends QuantityDisplay {
  /** A row for each group, the last in total; undefined: told of all structures only. */
  readonly rows: readonly (ErrorSpread | undefined)[];
}

/** Mean ± standard deviation of the errors of folds, by group and in total; quantities that no fold was judged by are left out. */
export function spreadTable({ folds, split, spread: { groups, total, properties } }: Pick<CrossValidation, "folds" | "split" | "spread">): ReportTable {
  const shown: SpreadColumns[] = [
    ...quantities.filter((quantity) => total[quantity].fits > 0).map((quantity) => ({ ...errorDisplay[quantity], rows: [...groups, total].map((row) => row[quantity]) })),
    ...properties.map((property) => ({ ...propertyDisplay(property), rows: [...groups.map(() => undefined), property] })),
  ];
  const decimals = shown.map(({ scale, rows }) => spreadDecimals(scale, rows.filter((row) => row !== undefined)));
  return {
    title: `Cross-validation, ${folds.length} folds, ${split}: mean ± standard deviation over the folds`,
    columns: ["group", ...shown.flatMap((column) => measures.map((measure) => measureTitle(column, measure)))],
    rows: [...groups.map(({ group }) => groupName(group)), "total"].map((name, index) => [
      name,
      ...shown.flatMap(({ rows, scale }, column) => measures.map((measure) => (rows[index] ? spreadText(rows[index][measure], scale, decimals[column]) : ""))),
    ]),
  };
}

/** What is told of the errors of fits. */
export const measures = ["rmse", "mae"] as const;

/** Decimals that show the smallest deviation, too. */
export function spreadDecimals(scale: number, rows: readonly ErrorSpread[]): number {
  return columnDecimals(rows.flatMap((row) => measures.flatMap((measure) => [row[measure].mean * scale, row[measure].deviation * scale])));
}

/** "3.21 ± 0.42"; without a deviation where there was one fold. */
export function spreadText({ mean, deviation }: MeanAndDeviation, scale: number, decimals: number): string {
  if (!Number.isFinite(mean)) return ABSENT;
  const text = formatFixed(mean * scale, decimals);
  return Number.isFinite(deviation) ? `${text} ± ${formatFixed(deviation * scale, decimals)}` : text;
}
