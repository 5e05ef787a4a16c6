import type { LearningCurveResult } from "../analysis/validation/learning-curve.js";
import { measureTitle } from "./formatting.js";
import { learningSeries } from "./learning-series.js";
import { exponentText } from "./plots/learning-curves.js";
import type { ReportTable } from "./report-data.js";
import { measures, spreadDecimals, spreadText } from "./spread-table.js";

/** RMSE and MAE, mean ± standard deviation over the repeats, for every number of structures; quantities without errors are left out. */
export function learningTable(curve: LearningCurveResult): ReportTable {
  const { on, scoredStructures, points } = curve;
  const columns = learningSeries(curve).flatMap((series) => {
    const errors = points.map(series.errorsOf);
    const decimals = spreadDecimals(series.scale, errors);
    return measures.map((measure) => {
      const law = measure === "rmse" ? series.law : undefined;
      return { title: measureTitle(series, measure), cells: errors.map((of) => spreadText(of[measure], series.scale, decimals)), law: law ? exponentText(law) : "" };
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
