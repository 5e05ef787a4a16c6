import { oneLine } from "./terminal-text.js";

/** Rows of cells as text with aligned columns; columns whose cells are all numbers (or –) are aligned to the right. */
export function formatTable(cells: readonly (readonly string[])[], indent = ""): string {
  const rows = cells.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  const isNumber = widths.map((_, index) => rows.slice(1).every((row) => /^(–|[-+]?[\d.]+(e[-+]?\d+)?)?$/i.test(row[index] ?? "")));
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => (isNumber[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index])));
      return `${indent}${cells.join("  ")}`.trimEnd();
    })
    .join("\n");
}

/** A number with a fixed number of digits after the point; – where there is none. */
export function formatNumber(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}
