import { isTrained } from "../../../compose/candidate.js";
import type { CandidateRecord } from "../../../compose/compose-result.js";
import { displayName, formatSeconds, formatSignificant } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import { type SortableCell, type SortableColumn, sortableTable } from "../../page/sortable-table.js";
import type { Figure } from "../../plots/figure.js";
import { sizeText } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

/** Who came from whom: the picture, and the way that was taken as nested lists with what was refused on it. */
export function familySection({ result }: ComposeReportData, figures: readonly Figure[]): Markup {
  const { candidates, incumbents } = result;
  const pool = candidates.filter(({ parent, id }) => parent === null && id !== incumbents[0]);
  return html`<section><h2>The way</h2>
<p class="note">What was accepted, and below each what was tried from it. Open a step to see why others were not taken.</p>
${figures.length > 0 && html`<div class="wide-figures">${figureGrid(figures)}</div>`}
<ol class="way">${incumbents.map((id) => step(candidates[id], candidates.filter(({ parent, outcome }) => parent === id && outcome !== "accepted"), id === incumbents[0] ? pool : []))}</ol></section>`;
}

function step(taken: CandidateRecord, others: readonly CandidateRecord[], pool: readonly CandidateRecord[]): Markup {
  const children = [...pool, ...others];
  const head = html`<b>${displayName(taken.notation, 120)}</b> <span class="muted">${moveText(taken)}; ${taken.reason}; ${figuresText(taken)}</span>`;
  if (children.length === 0) return html`<li>${head}</li>
`;
  return html`<li><details><summary>${head}</summary><ul>${children.map((child) => html`<li>${displayName(child.notation, 120)} <span class="muted">${moveText(child)}: ${child.outcome}, ${displayName(child.reason, 200)}${isTrained(child) && `; ${figuresText(child)}`}</span></li>
`)}</ul></details></li>
`;
}

/** What a move does, for readers. */
function moveText({ move, at }: CandidateRecord): string {
  const where = at === "root" ? "" : ` at ${at}`;
  return { start: "term of the pool", functions: `two more functions, ${at}`, exponents: `one more exponent${where}`, exponential: `exponential${where}`, partner: `partner on the same basis${where}`, product: "times a term", sum: "plus a term", prune: `without ${at}` }[move];
}

function figuresText(record: CandidateRecord): string {
  if (!isTrained(record)) return "";
  const { force, energy } = record.errors.validation;
  return [`u ${record.u.toFixed(4)}`, force !== null && `${formatSignificant(force)} eV/Å`, energy !== null && `${formatSignificant(1000 * energy)} meV/atom`].filter((text) => text !== false).join(", ");
}

const columns: readonly SortableColumn[] = [
  { key: "candidate", heading: "candidate" },
  { key: "potential", heading: "potential", isText: true },
  { key: "from", heading: "from" },
  { key: "outcome", heading: "outcome", isText: true },
  { key: "size", heading: "parameters" },
  { key: "u", heading: "score" },
  { key: "force", heading: "force, eV/Å" },
  { key: "energy", heading: "energy, meV/atom" },
  { key: "kappa", heading: "log κ" },
  { key: "scaled", heading: "scaled" },
  { key: "significant", heading: "significant" },
  { key: "cost", heading: "µs/atom" },
  { key: "seconds", heading: "training" },
  { key: "reason", heading: "reason", isText: true },
];

/** Every candidate with its numbers, as a table that sorts. */
export function candidateSection({ result: { candidates } }: ComposeReportData): Markup {
  const number = (value: number | null | undefined, text = formatSignificant): SortableCell => (value === null || value === undefined ? { text: "–" } : { text: text(value), value });
  const rows = candidates.map((record): SortableCell[] => {
    const errors = record.errors?.validation;
    const spectrum = record.spectrum;
    return [
      { text: String(record.id), value: record.id },
      { text: displayName(record.notation, 120), value: record.notation },
      number(record.parent, String),
      { text: record.isEfficient ? `${record.outcome} ◇` : record.outcome, value: record.outcome },
      { text: sizeText(record), value: record.counts.linear + record.counts.nonLinear },
      number(record.u, (value) => value.toFixed(4)),
      number(errors?.force),
      number(errors?.energy === null || errors?.energy === undefined ? null : 1000 * errors.energy),
      number(spectrum?.log10Kappa),
      number(spectrum?.log10KappaScaled),
      { text: spectrum ? `${spectrum.nSignificant} of ${spectrum.eigenvalues.length}` : "–", value: spectrum?.nSignificant },
      number(record.cost),
      number(record.seconds, formatSeconds),
      { text: displayName(record.reason, 240), value: record.reason },
    ];
  });
  return html`<section><h2>All candidates</h2>
<p class="note">Errors are those of the validation structures; ◇ marks candidates that no other one beats in size, both errors and conditioning at once. κ is the condition number of the Fisher information of the linear parameters, scaled: with columns of length 1.</p>
${sortableTable("candidates", columns, rows)}</section>`;
}
