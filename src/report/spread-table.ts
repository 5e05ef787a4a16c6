import { type Quantity, quantities } from "../analysis/metrics.js";
import type { CrossValidation } from "../analysis/validation/cross-validate.js";
import type { GroupSpread, MeanAndDeviation } from "../analysis/validation/spread.js";
import { ABSENT, columnDecimals, errorDisplay, formatFixed, groupName } from "./formatting.js";
import type { ReportTable } from "./report-data.js";

/** Mean ± standard deviation of the errors of folds, by group and in total; quantities that no fold was judged by are left out. */
export function spreadTable({ folds, split, spread: { groups, total } }: Pick<CrossValidation, "folds" | "split" | "spread">): ReportTable {
  const shown = quantities.filter((quantity) => total[quantity].fits > 0);
  const rows = [...groups, total];
  const decimals = new Map(shown.map((quantity) => [quantity, spreadDecimals(quantity, rows)]));
  return {
    title: `Cross-validation, ${folds.length} folds, ${split}: mean ± standard deviation over the folds`,
    columns: ["group", ...shown.flatMap((quantity) => measures.map((measure) => `${errorDisplay[quantity].title} ${measure.toUpperCase()}, ${errorDisplay[quantity].unit}`))],
    rows: rows.map((row, index) => [
      index < groups.length ? groupName(row.group) : "total",
      ...shown.flatMap((quantity) => measures.map((measure) => spreadText(row[quantity][measure], errorDisplay[quantity].scale, decimals.get(quantity)!))),
    ]),
  };
}

const measures = ["rmse", "mae"] as const;

/** Decimals that show the smallest deviation, too. */
export function spreadDecimals(quantity: Quantity, rows: readonly GroupSpread[]): number {
  const { scale } = errorDisplay[quantity];
  return columnDecimals(rows.flatMap((row) => measures.flatMap((measure) => [row[quantity][measure].mean * scale, row[quantity][measure].deviation * scale])));
}

/** "3.21 ± 0.42"; without a deviation where there was one fold. */
export function spreadText({ mean, deviation }: MeanAndDeviation, scale: number, decimals: number): string {
  if (!Number.isFinite(mean)) return ABSENT;
  const text = formatFixed(mean * scale, decimals);
  return Number.isFinite(deviation) ? `${text} ± ${formatFixed(deviation * scale, decimals)}` : text;
}
