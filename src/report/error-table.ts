import { quantities, type ErrorSummary, type GroupErrors, type Quantity } from "../analysis/metrics.js";
import { describeForceVectors, forceVectorColumns } from "./force-vector-table.js";
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

/**
 * The numbers of an error summary as texts. Precision and choice of quantities suit all of `alike`, the summaries shown together;
 * quantities without any reference value are left out.
 */
export function errorTable(summary: ErrorSummary, alike: readonly ErrorSummary[] = [summary]): ErrorTable {
  const rows = [...summary.groups, summary.total];
  return {
    names: [...summary.groups.map(({ group }) => groupName(group)), "total"],
    sizes: [
      { heading: "structures", cells: rows.map(({ nStructures }) => formatCount(nStructures)) },
      { heading: "atoms", cells: rows.map(({ nAtoms }) => formatCount(nAtoms)) },
    ],
    blocks: quantities
      .filter((quantity) => alike.some(({ total }) => total[quantity].count > 0))
      .map((quantity) => block(quantity, rows, decimalsOf(quantity, alike))),
  };
}

/** One precision for RMSE and MAE, so that they can be compared at a glance. */
function decimalsOf(quantity: Quantity, summaries: readonly ErrorSummary[]): number {
  const rows = summaries.flatMap(({ groups, total }) => [...groups, total]);
  return columnDecimals(rows.flatMap((row) => [row[quantity].rmse, row[quantity].mae].map((value) => value * errorDisplay[quantity].scale)));
}

function block(quantity: Quantity, rows: readonly GroupErrors[], decimals: number): ErrorTableBlock {
  const { title, unit, scale } = errorDisplay[quantity];
  const measures = ["rmse", "mae", "max"] as const;
  const columns = measures.map((measure) => ({
    heading: measure === "max" ? "max" : measure.toUpperCase(),
    cells: rows.map((row) => formatFixed(row[quantity][measure] * scale, decimals)),
  }));
  const counts = { heading: "values", cells: rows.map((row) => formatCount(row[quantity].count)) };
  return { quantity, heading: `${title} (${unit})`, columns: [...columns, counts] };
}

/**
 * The error summary as a plain-text table for terminals: one row per group and one for the total, RMSE, MAE and largest
 * absolute error of energy (meV/atom), force components (eV/Å) and virial (meV/atom), RMSE of amplitudes (eV/Å) and angles (rad)
 * of forces, these in total only where the table would be wider than `width` characters. Ends without a line break.
 */
export function formatErrorTable(summary: ErrorSummary, width = Infinity): string {
  const vectors = forceVectorColumns(summary, [summary]);
  const text = tableText(summary, vectors);
  if (vectors.length === 0 || Math.max(...text.split("\n").map(textWidth)) <= width) return text;
  return `${tableText(summary, [])}\n${describeForceVectors(summary)}`;
}

function tableText(summary: ErrorSummary, vectors: readonly ErrorTableColumn[]): string {
  const { names, sizes, blocks } = errorTable(summary);
  const gap = "  ";
  const lines: string[][] = Array.from({ length: names.length + 2 }, () => []);
  appendColumns(lines, "", [{ heading: "group", cells: names }], "left");
  appendColumns(lines, "", sizes, "right");
  for (const { heading, columns } of blocks) appendColumns(lines, heading, columns, "right");
  if (vectors.length > 0) appendColumns(lines, "Force amplitude, angle", vectors, "right");
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
