import type { DescriptorReduction } from "../analysis/redundancy/reduce-descriptor.js";
import type { ReductionPlan } from "../analysis/redundancy/reduction-plan.js";
import { formatBytes } from "../wasm/memory.js";
import { formatDuration } from "./progress.js";
import { formatTable } from "./table.js";

const METHODS = { exact: "exact arithmetic", double: "double precision", conditioned: "double precision, by what is left over data" } as const;

/** What a reduction found, for people. */
export function reductionText({ type, orders, full, kept, pairs, variables, bound, smallestKept, largestDropped, counts, record }: Omit<DescriptorReduction, "parameters"> & { readonly type: string }): string {
  const rows = [...orders.map((own) => [String(own.order), String(own.full), String(own.kept)]), ["all", String(full), String(kept)]];
  const lines = [`${type}, ${record.method === "exact" ? `exact modulo ${record.prime}` : record.method === "double" ? "double precision" : `threshold ${record.threshold}`}, seed ${record.seed}`, formatTable([["order", "full", "kept"], ...rows], "  ")];
  if (pairs > 0) lines.push(`  and ${pairs} functions of the pair term, all kept`);
  if (variables !== undefined) lines.push(`  ${variables} sums over neighbors as variables: at most ${bound} functions are independent`);
  if (smallestKept !== undefined) lines.push(`  shortest rest of what is kept ${smallestKept.toExponential(1)}, longest of what is not ${largestDropped?.toExponential(1) ?? "–"}`);
  if (counts) lines.push(formatTable([["threshold", "kept"], ...counts.map((own) => [own.threshold.toExponential(0), String(own.kept)])], "  "));
  return lines.join("\n");
}

/** What the reduction of one descriptor would take. */
export interface NamedPlan extends ReductionPlan {
  readonly type: string;
  /** Chemical symbols. */
  readonly species: readonly string[];
  /** Functions to keep, for which the degree is raised. */
  readonly size?: number;
}

/** What a reduction would take, for people. */
export function reductionPlanText({ type, species, method, orders, full, pairs, bytes, seconds, size }: NamedPlan): string {
  const counts = orders.map((own) => `${own.full} of order ${own.order}`).join(", ");
  const data = method === "conditioned" ? ", and a pass over the data" : "";
  return [
    `${type} of ${species.join(", ")}: ${full} columns (${counts})${pairs > 0 ? ` and ${pairs} of the pair term` : ""}, ${METHODS[method]}`,
    `  memory    about ${formatBytes(bytes)}`,
    `  time      about ${formatDuration(Math.max(1, seconds))} of one core${data}`,
    ...(size !== undefined && method === "exact" ? [`  more of each if fewer than ${size} are kept: the degree is raised then`] : []),
  ].join("\n");
}
