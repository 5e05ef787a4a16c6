import { quantities, type ErrorSummary, type GroupErrors, type Quantity } from "../analysis/metrics.js";
import { columnDecimals, errorDisplay, formatCount, formatFixed, groupName } from "./formatting.js";

export interface ErrorTableColumn {
  readonly heading: string;
  /** One text per group, then the total. */
  readonly cells: readonly string[];
}

/** Columns of one quantity, below a common heading with the unit. */
export interface ErrorTableBlock {
  readonly quantity: Quantity;
  readonly heading: string;
  readonly columns: readonly ErrorTableColumn[];
}

export interface ErrorTable {
  /** Group names, then "total". */
  readonly names: readonly string[];
  readonly sizes: readonly ErrorTableColumn[];
  readonly blocks: readonly ErrorTableBlock[];
}

/** The numbers of an error summary as texts of consistent precision; quantities without any reference value are left out. */
export function errorTable(summary: ErrorSummary): ErrorTable {
  const rows = [...summary.groups, summary.total];
  return {
    names: [...summary.groups.map(({ group }) => groupName(group)), "total"],
    sizes: [
      { heading: "structures", cells: rows.map(({ nStructures }) => formatCount(nStructures)) },
      { heading: "atoms", cells: rows.map(({ nAtoms }) => formatCount(nAtoms)) },
    ],
    blocks: quantities.filter((quantity) => summary.total[quantity].count > 0).map((quantity) => block(quantity, rows)),
  };
}

function block(quantity: Quantity, rows: readonly GroupErrors[]): ErrorTableBlock {
  const { title, unit, scale } = errorDisplay[quantity];
  const measures = ["rmse", "mae", "max"] as const;
  const scaled = measures.map((measure) => rows.map((row) => row[quantity][measure] * scale));
  // One precision for RMSE and MAE, so that neighboring columns can be compared at a glance.
  const decimals = columnDecimals([...scaled[0], ...scaled[1]]);
  const columns = measures.map((measure, i) => ({
    heading: measure === "max" ? "max" : measure.toUpperCase(),
    cells: scaled[i].map((value) => formatFixed(value, decimals)),
  }));
  const counts = { heading: "values", cells: rows.map((row) => formatCount(row[quantity].count)) };
  return { quantity, heading: `${title} (${unit})`, columns: [...columns, counts] };
}

/**
 * The error summary as a plain-text table for terminals: one row per group and one for the total, RMSE, MAE and largest
 * absolute error of energy (meV/atom), force components (eV/Å) and virial (meV/atom). Ends without a line break.
 */
export function formatErrorTable(summary: ErrorSummary): string {
  const { names, sizes, blocks } = errorTable(summary);
  const gap = "  ";
  const lines: string[][] = Array.from({ length: names.length + 2 }, () => []);
  appendColumns(lines, "", [{ heading: "group", cells: names }], "left");
  appendColumns(lines, "", sizes, "right");
  for (const { heading, columns } of blocks) appendColumns(lines, heading, columns, "right");
  const body = lines.map((cells) => cells.join(gap).trimEnd());
  const rule = "─".repeat(Math.max(...body.map(textWidth)));
  return [body[0], body[1], rule, ...body.slice(2, -1), rule, body[body.length - 1]].join("\n");
}

/** Adds a block of columns: its heading in the first line, column headings in the second, cells below. */
function appendColumns(lines: string[][], heading: string, columns: readonly ErrorTableColumn[], align: "left" | "right"): void {
  const widths = columns.map((column) => Math.max(...[column.heading, ...column.cells].map(textWidth)));
  const missing = textWidth(heading) - widths.reduce((sum, width) => sum + width + 2, -2);
  if (missing > 0) widths[0] += missing;
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  const pad = (text: string, width: number): string => {
    const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
    return align === "left" ? text + spaces : spaces + text;
  };
  lines[0].push(pad(heading, total));
  lines[1].push(columns.map((column, i) => pad(column.heading, widths[i])).join("  "));
  for (let row = 2; row < lines.length; row++) {
    lines[row].push(columns.map((column, i) => pad(column.cells[row - 2], widths[i])).join("  "));
  }
}

function textWidth(text: string): number {
  return Array.from(text).length;
}
