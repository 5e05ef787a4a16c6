import { type Audit, auditParts, type Part } from "../../../audit/audit.js";
import { displayName, formatCount, formatCounted, formatSeconds } from "../../formatting.js";
import { breakableName, html, type Markup, unbrokenNumbers } from "../../markup.js";
import { tileMarkup, tileOf } from "../../page/sections.js";
import type { AuditReportData } from "../audit-report-data.js";
import { partTitles } from "./part-section.js";

/** What was audited on what, in a sentence and a few large numbers. */
export function auditHeader({ title, date, audit }: AuditReportData): Markup {
  const { verdicts } = audit;
  const counts = (["bad", "note"] as const).map((severity) => verdicts.filter((verdict) => verdict.severity === severity).length);
  const [bad, notes] = counts;
  const call = bad + notes === 0 ? "Nothing stands out." : [bad > 0 && `${formatCounted(bad, "number")} ${bad === 1 ? "calls" : "call"} for action`, notes > 0 && `${formatCounted(notes, "number")} ${notes === 1 ? "is" : "are"} worth knowing`].filter((text) => text !== false).join(", ") + ".";
  return html`<header>
<div class="kind">pestle audit of a descriptor</div>
<h1>${breakableName(displayName(title, 200))}</h1>
${date && html`<p class="description">${displayName(date, 80)}</p>`}
<p>${unbrokenNumbers(dataSentence(audit))}</p>
<p>${unbrokenNumbers(call)}</p>
<dl class="headline">${tileMarkup("columns", formatCount(audit.descriptor.columns), "")}${verdicts.filter(({ headline }) => headline).map(({ headline }) => headline && tileMarkup(headline.title, headline.value, headline.unit))}${
    audit.seconds > 0 && tileOf("time of the audit", formatSeconds(audit.seconds))}</dl>
</header>`;
}

function dataSentence({ data, descriptor }: Audit): string {
  const rows = { center: "a row for each atom", structure: "a row for each structure", tuple: "a row for each tuple of atoms" }[descriptor.rows];
  const reach = descriptor.cutoff === undefined ? "" : `, which sees ${descriptor.cutoff.toFixed(2)} Å far`;
  const species = data.species.length > 8 ? `${data.species.length} elements` : data.species.map((symbol) => displayName(symbol, 8)).join(", ");
  return `${descriptor.type}, ${rows}${reach}, on ${displayName(data.name, 80)}: ${formatCounted(data.structures, "structure")} (${formatCounted(data.atoms, "atom")}) of ${species}, ${data.periodic ? "periodic" : "not periodic"}.`;
}

/** Parts that were not measured, and why. */
export function leftOutSection(audit: Audit): Markup | undefined {
  const rows = auditParts.flatMap((name) => {
    const part: Part<object> = audit[name];
    return "leftOut" in part ? [html`<tr><th scope="row" class="name">${partTitles[name]}</th><td class="text">${displayName(String(part.leftOut), 1000)}</td></tr>
`] : [];
  });
  if (rows.length === 0) return undefined;
  return html`<section><h2>${formatCounted(rows.length, "part")} left out</h2>
<div class="scroll"><table class="wide"><thead><tr><th scope="col" class="name">part</th><th scope="col" class="name">reason</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** The machine that was measured on, and how. */
export function runSection({ machine, seed, threads, seconds, cached }: Audit): Markup {
  const entries: (readonly [string, string])[] = [
    ["Processor", displayName(machine.cpu, 120)],
    ["Node.js, build", `${displayName(machine.node, 40)}, ${displayName(machine.build, 40)}`],
    ["Seed", String(seed)],
    ["Threads", formatCount(threads)],
    ["Time", formatSeconds(seconds)],
    ["Found in the cache", cached.length === 0 ? "nothing" : cached.map((name) => partTitles[name]).join(", ")],
  ];
  return html`<section><h2>Machine and run</h2>
<dl class="provenance">${entries.map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>
`)}</dl></section>`;
}
