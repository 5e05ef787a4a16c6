import type { RobustSummary } from "../fit/robust/summary.js";
import { robustTables } from "../fit/robust/tables.js";
import { formatTable } from "./table.js";

/** What Huber's loss did, for the terminal: the tables of the report. */
export function describeRobust(robust: RobustSummary): string[] {
  return robustTables(robust).flatMap(({ title, columns, rows }) => [title, `${formatTable([columns, ...rows.map((row) => row.map(String))])}\n`]);
}
