import type { PropertyErrors } from "../analysis/property-errors.js";
import { formatSignificant } from "./formatting.js";
import { propertyDisplay } from "./learning-series.js";
import type { ReportTable } from "./report-data.js";

/** Errors of properties of structures, a row for each of every data set; undefined where there are none. */
export function propertyTable(datasets: readonly { readonly name: string; readonly properties: readonly PropertyErrors[] }[]): ReportTable | undefined {
  const rows = datasets.flatMap(({ name, properties }) =>
    properties.map((property): string[] => {
      const { title, unit } = propertyDisplay(property);
      return [title, unit, name, ...[property.rmse, property.mae, property.max].map(formatSignificant), String(property.count)];
    }),
  );
  return rows.length === 0 ? undefined : { title: "Properties", columns: ["property", "unit", "data", "RMSE", "MAE", "largest", "values"], rows };
}
