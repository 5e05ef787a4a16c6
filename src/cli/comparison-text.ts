import type { ComparedDescriptor, Comparison } from "../compare/comparison.js";
import { remarksOf } from "../compare/remarks.js";
import { energyError } from "../compare/sentences.js";
import { formatDuration } from "./progress.js";
import { formatTable } from "./table.js";

/** The comparison as a table, with a sentence for each descriptor. */
export function comparisonText({ descriptors, machine, seconds }: Comparison): string {
  if (descriptors.length === 0) return "nothing was measured";
  const unit = descriptors.find(({ information }) => information?.learning.energy)?.information?.learning.energy?.unit;
  const header = ["", "descriptor", "columns", "µs/atom", "+ Jacobian", "+ backward", "directions", "rank", ...(unit === undefined ? [] : [`energy, ${unit}`])];
  const rows = descriptors.map((member) => [
    member.onFront ? "*" : "",
    member.name,
    String(member.length),
    perAtom(member, member.cost?.values.median),
    perAtom(member, member.cost?.jacobian?.median),
    perAtom(member, member.cost?.backward.median),
    significant(member.information?.spectrum.participationRatio.mean),
    String(member.information?.spectrum.rank ?? "–"),
    ...(unit === undefined ? [] : [withError(member)]),
  ]);
  const hasFront = descriptors.some(({ onFront }) => onFront);
  return [
    formatTable([header, ...rows]),
    "",
    ...descriptors.map(({ name, sentence }) => `${name}: ${sentence}`),
    "",
    ...remarkLines(descriptors),
    `times are of one core (${machine.cpu}), neighbor lists apart${hasFront ? "; * nothing that costs less is as accurate" : ""}; ${formatDuration(seconds)}`,
  ].join("\n");
}

function remarkLines(descriptors: readonly ComparedDescriptor[]): string[] {
  const lines = remarksOf(descriptors).map(({ text, names }) => `${names.length > 1 && names.length === descriptors.length ? "all" : names.join(", ")}: ${text}`);
  return lines.length > 0 ? [...lines, ""] : [];
}

function perAtom({ cost }: ComparedDescriptor, seconds: number | undefined): string {
  if (!cost || seconds === undefined) return "–";
  return significant((1e6 * seconds) / (cost.unit === "environment" ? 1 : cost.atomsPerUnit));
}

function withError(member: ComparedDescriptor): string {
  const error = member.information?.learning.energy?.points.at(-1)?.rmse.error;
  return `${significant(energyError(member))}${error !== undefined && Number.isFinite(error) ? ` ± ${error.toPrecision(2)}` : ""}`;
}

/** Three digits, without an exponent where that is readable. */
function significant(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
