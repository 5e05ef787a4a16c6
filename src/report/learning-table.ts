import { quantities } from "../analysis/metrics.js";
import type { LearningCurveResult } from "../analysis/validation/learning-curve.js";
import { errorDisplay } from "./formatting.js";
import { exponentText } from "./plots/learning-curves.js";
import type { ReportTable } from "./report-data.js";
import { spreadDecimals, spreadText } from "./spread-table.js";

/** RMSE and MAE, mean ± standard deviation over the repeats, for every number of structures; quantities without errors are left out. */
export function learningTable({ on, scoredStructures, points, powerLaws }: LearningCurveResult): ReportTable {
  const shown = quantities.filter((quantity) => points.some(({ spread }) => spread.total[quantity].fits > 0));
  const columns = shown.flatMap((quantity) => {
    const { title, unit, scale } = errorDisplay[quantity];
    const decimals = spreadDecimals(quantity, points.map(({ spread }) => spread.total));
    return (["rmse", "mae"] as const).map((measure) => {
      const law = measure === "rmse" ? powerLaws[quantity] : undefined;
      return { title: `${title} ${measure.toUpperCase()}, ${unit}`, cells: points.map(({ spread }) => spreadText(spread.total[quantity][measure], scale, decimals)), law: law ? exponentText(law) : "" };
    });
  });
  const hasLaw = columns.some(({ law }) => law !== "");
  return {
    title: `Learning curve: errors of ${scoredStructures} ${on} structures, mean ± standard deviation over the repeats`,
    columns: ["structures", "fits", ...columns.map(({ title }) => title)],
    rows: [
      ...points.map(({ size, repeats }, row) => [String(size), String(repeats), ...columns.map(({ cells }) => cells[row])]),
      ...(hasLaw ? [["exponent b of N^−b", "", ...columns.map(({ law }) => law)]] : []),
    ],
  };
}
