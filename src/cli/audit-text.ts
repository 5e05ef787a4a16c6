import { type Audit, auditParts, type Part } from "../audit/audit.js";
import { formatDuration } from "./progress.js";
import { formatTable } from "./table.js";

const marks = { good: "good", note: "note", bad: "BAD" } as const;

/** The numbers of an audit as a table, and what they mean. */
export function auditText(audit: Audit): string {
  const { descriptor, verdicts, machine, seconds } = audit;
  const rows = verdicts.map(({ title, value, severity }) => [title, value, marks[severity]]);
  const leftOut = auditParts.flatMap((name) => {
    const part: Part<object> = audit[name];
    return "leftOut" in part ? [`${name}: left out: ${String(part.leftOut)}`] : [];
  });
  return [
    `${descriptor.type}, ${descriptor.columns} columns, on ${audit.data.structures} structures (${audit.data.atoms} atoms) of ${audit.data.species.join(", ")}`,
    "",
    formatTable([["", "number", "verdict"], ...rows]),
    "",
    ...verdicts.flatMap(({ title, meaning, advice }) => [`${title}: ${meaning}`, `  ${advice}`]),
    ...leftOut,
    "",
    `times are of one core (${machine.cpu}); ${formatDuration(seconds)}`,
  ].join("\n");
}
