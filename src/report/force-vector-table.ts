import type { ErrorSummary, GroupErrors } from "../analysis/metrics.js";
import { columnDecimals, formatCount, formatCounted, formatFixed, groupName } from "./formatting.js";
import type { ReportTable } from "./report-data.js";

/** What forces are told of as vectors. */
const measures = [
  { key: "amplitude", unit: "eV/Å" },
  { key: "angle", unit: "rad" },
] as const;

/** A text per group, then the total. */
interface ForceVectorColumn {
  readonly heading: string;
  readonly cells: readonly string[];
}

/** RMSE of lengths and directions of forces, a text per group, then the total; no columns where no atom counts in any of `alike`. */
export function forceVectorColumns({ groups, total }: ErrorSummary, alike: readonly ErrorSummary[]): ForceVectorColumn[] {
  if (alike.every((summary) => summary.total.forceVectors.count === 0)) return [];
  const rows = [...groups, total];
  const all = alike.flatMap((summary) => [...summary.groups, summary.total]);
  const values = measures.map(({ key, unit }) => {
    const decimals = columnDecimals(all.map((row) => rmseOf(row, key)));
    return { heading: unit, cells: rows.map((row) => formatFixed(rmseOf(row, key), decimals)) };
  });
  return [...values, { heading: "atoms", cells: rows.map(({ forceVectors }) => formatCount(forceVectors.count)) }];
}

/** The same of several data sets, a row for each group of each; undefined where no atom counts. */
export function forceVectorTable(datasets: readonly { readonly name: string; readonly errors: ErrorSummary }[]): ReportTable | undefined {
  const alike = datasets.map(({ errors }) => errors);
  const rows = datasets.flatMap(({ name, errors }) => {
    const columns = forceVectorColumns(errors, alike).map(({ cells }) => cells);
    if (columns.length === 0) return [];
    const leftOut = [...errors.groups, errors.total].map(({ forceVectors }) => formatCount(forceVectors.leftOut));
    return [...errors.groups.map(({ group }) => groupName(group)), "total"].map((group, index) => [group, name, ...[...columns, leftOut].map((cells) => cells[index])]);
  });
  if (rows.length === 0) return undefined;
  const titles = measures.map(({ key, unit }) => `${key} RMSE, ${unit}`);
  return { title: "Lengths and directions of forces", columns: ["group", "data", ...titles, "atoms", "left out"], rows };
}

/** In words, of all groups together; undefined where no atom counts. */
export function describeForceVectors({ total: { forceVectors }, forceThreshold }: ErrorSummary): string | undefined {
  const { count, leftOut, amplitude, angle } = forceVectors;
  if (!amplitude || !angle) return undefined;
  const [length, direction] = [amplitude.rmse, angle.rmse].map((value) => formatFixed(value, columnDecimals([value])));
  const without = leftOut > 0 ? `, ${formatCount(leftOut)} up to ${forceThreshold} eV/Å left out` : "";
  return `force amplitude RMSE ${length} eV/Å, angle RMSE ${direction} rad (${formatCounted(count, "atom")}${without})`;
}

function rmseOf({ forceVectors }: GroupErrors, key: (typeof measures)[number]["key"]): number {
  return forceVectors[key]?.rmse ?? NaN;
}
