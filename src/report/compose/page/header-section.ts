import type { FourErrors } from "../../../compose/candidate.js";
import { ABSENT, displayName, formatCount, formatCounted, formatSeconds, formatSignificant } from "../../formatting.js";
import { html, type Markup, unbrokenNumbers } from "../../markup.js";
import { tileMarkup, tileOf } from "../../page/sections.js";
import { sizeText } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

/** What was found on what, in a sentence and a few large numbers. */
export function composeHeader(data: ComposeReportData): Markup {
  const { title, description, date, result: { best, candidates, elapsed }, summary } = data;
  const judged = summary.errors.test ?? summary.errors.validation;
  const where = summary.errors.test ? "test" : "validation";
  return html`<header>
<div class="kind">pestle compose</div>
<h1>${displayName(title, 200)}</h1>
<p class="description">${displayName([description, date].filter((text) => text !== undefined && text !== "").join(" · "), 300)}</p>
<p>${unbrokenNumbers(storyText(data))}</p>
<dl class="headline">${tileMarkup("parameters", sizeText(best), "")}${errorTiles(where, judged)}${tileMarkup("log κ", formatSignificant(best.spectrum.log10Kappa ?? NaN), "")}${
    tileMarkup("candidates", formatCount(candidates.length), "")}${elapsed > 0 && tileOf("time", formatSeconds(elapsed))}</dl>
</header>`;
}

function errorTiles(where: string, { force, energy }: FourErrors): Markup[] {
  return [
    ...(force === null ? [] : [tileMarkup(`${where} force RMSE`, formatSignificant(force), "eV/Å")]),
    ...(energy === null ? [] : [tileMarkup(`${where} energy RMSE`, formatSignificant(1000 * energy), "meV/atom")]),
  ];
}

function storyText({ result: { candidates, incumbents, best, ends } }: ComposeReportData): string {
  const count = (outcome: string): number => candidates.filter((candidate) => candidate.outcome === outcome).length;
  const steps = formatCounted(incumbents.length - 1, "step");
  const first = candidates[incumbents[0]];
  const fates = `${formatCounted(candidates.length, "candidate")}: ${formatCount(count("refused"))} refused, ${formatCount(count("not taken"))} good but not taken, ${formatCount(count("failed"))} failed.`;
  const path = incumbents.length > 1 ? `From ${first.notation} it took ${steps} to ${best.notation}.` : `No change of ${best.notation} was worth it.`;
  const reasons = [ends.growth && `Growth ended because ${ends.growth}`, ends.prune && `pruning because ${ends.prune}`].filter((text) => text !== undefined && text !== "");
  return `${path} ${fates}${reasons.length > 0 ? ` ${reasons.join(", ")}.` : ""}`;
}

/** All four errors on all parts of the data. */
export function errorTableSection({ summary: { errors } }: ComposeReportData): Markup {
  const parts = [["train", errors.train], ["validation", errors.validation], ...(errors.test ? [["test", errors.test] as const] : [])] as const;
  const cell = (value: number | null, scale = 1): Markup => html`<td>${value === null ? ABSENT : formatSignificant(scale * value)}</td>`;
  const rows = parts.map(([name, { energy, force, amplitude, angle }]) => html`<tr><th scope="row" class="name">${name}</th>${cell(energy, 1000)}${cell(force)}${cell(amplitude)}${cell(angle)}</tr>
`);
  return html`<section><h2>Errors</h2>
<p class="note">Root mean squares. Amplitudes and angles compare force vectors of atoms that have one. ${errors.test ? "The search has never seen the test structures." : "Candidates were chosen by the validation structures, so that errors on new ones are a little larger."}</p>
<div class="scroll"><table class="wide"><thead><tr><th scope="col" class="name">structures</th><th scope="col">energy, meV/atom</th><th scope="col">force components, eV/Å</th><th scope="col">force amplitudes, eV/Å</th><th scope="col">force angles, rad</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
