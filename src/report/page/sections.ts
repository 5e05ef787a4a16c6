import { errorSummary, quantities, type ErrorSummary, type Quantity } from "../../analysis/metrics.js";
import {
  displayName, errorDisplay, formatBytes, formatCount, formatCounted, formatError, formatSeconds, formatSignificant, groupName,
} from "../formatting.js";
import { breakableName, escapeHtml, html, Markup, unbrokenNumbers } from "../markup.js";
import type { Figure } from "../plots/figure.js";
import { inlineSvg } from "../plots/render-svg.js";
import { headlineDataset, type ReportCell, type ReportData, type ReportDataset, type ReportTable } from "../report-data.js";

export function headerSection(data: ReportData): Markup {
  const headline = headlineDataset(data.datasets);
  const summary = headline && errorSummary(headline.records);
  return html`<header>
<div class="kind">pestle ${data.kind === "fit" ? "fit report" : "evaluation report"}</div>
<h1>${breakableName(displayName(data.title, 200))}</h1>
<p class="description">${[data.description, data.date].filter((text) => text !== undefined && text !== "").join(" · ")}</p>
<p>${unbrokenNumbers(summaryText(data, headline, summary))}</p>
${headline && summary && headlineNumbers(data, headline, summary)}
</header>`;
}

function summaryText(data: ReportData, headline: ReportDataset | undefined, summary: ErrorSummary | undefined): string {
  const sentences: string[] = [];
  if (data.kind === "fit") {
    const train = data.datasets.find(({ name }) => name === "train");
    const total = totalSeconds(data);
    if (train) sentences.push(`Fitted to ${sizeText(train)}${total > 0 ? ` in ${formatSeconds(total)}` : ""}.`);
  }
  if (!headline || !summary) return [...sentences, "There is no structure to measure errors on."].join(" ");
  const names: Record<Quantity, string> = { energy: "in energy", forces: "in force components", virial: "in virial" };
  const errors = quantities
    .filter((quantity) => summary.total[quantity].count > 0)
    .map((quantity) => `${formatError(quantity, summary.total[quantity].rmse)} ${names[quantity]}`);
  const where = `On the ${displayName(headline.name, 40)} set of ${sizeText(headline)}`;
  sentences.push(errors.length > 0 ? `${where}, the RMSE is ${joined(errors)}.` : `${where}, there is no reference value to compare with.`);
  const worst = [...summary.groups].filter(({ forces }) => forces.count > 0).sort((a, b) => b.forces.rmse - a.forces.rmse);
  if (worst.length > 1) {
    const [{ group, forces }] = worst;
    const [rmse, max] = [forces.rmse, forces.max].map((value) => formatError("forces", value));
    sentences.push(`Forces are worst in ${groupName(group)}, with an RMSE of ${rmse} and a largest error of ${max}.`);
  }
  return sentences.join(" ");
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

function sizeText({ records }: ReportDataset): string {
  return `${formatCounted(records.length, "structure")} (${formatCounted(records.reduce((sum, { nAtoms }) => sum + nAtoms, 0), "atom")})`;
}

function totalSeconds({ timings = [] }: ReportData): number {
  return timings.reduce((sum, { seconds }) => sum + seconds, 0);
}

function headlineNumbers(data: ReportData, headline: ReportDataset, { total }: ErrorSummary): Markup {
  const titles: Record<Quantity, string> = { energy: "energy", forces: "force", virial: "virial" };
  const tiles = quantities
    .filter((quantity) => total[quantity].count > 0)
    .map((quantity) => {
      const { scale, unit } = errorDisplay[quantity];
      return tileMarkup(`${displayName(headline.name, 20)} ${titles[quantity]} RMSE`, formatSignificant(total[quantity].rmse * scale), unit);
    });
  if (totalSeconds(data) > 0) tiles.push(tileOf("time", formatSeconds(totalSeconds(data))));
  const peak = Math.max(0, ...(data.memory ?? []).map(({ bytes }) => bytes));
  if (peak > 0) tiles.push(tileOf("peak memory", formatBytes(peak)));
  return html`<dl class="headline">${tiles}</dl>`;
}

/** A number that stands out, its unit small. */
export function tileMarkup(title: string, value: string, unit: string): Markup {
  return html`<div><dt>${title}</dt><dd>${value}${unit !== "" && html` <small>${unit}</small>`}</dd></div>`;
}

/** The same of a text that ends in its unit; "3 min 20 s" stays whole. */
export function tileOf(title: string, text: string): Markup {
  const unit = text.includes(" ") && !text.includes("min") ? text.slice(text.lastIndexOf(" ") + 1) : "";
  return tileMarkup(title, unit === "" ? text : text.slice(0, -unit.length - 1), unit);
}

/** First of all sections: what the numbers below it should not be believed for. */
export function warningSection(warnings: ReportData["warnings"] = []): Markup | undefined {
  if (warnings.length === 0) return undefined;
  const items = warnings.map((text) => html`<li>${displayName(text, 1000)}</li>
`);
  return html`<section class="warnings"><h2>${formatCounted(warnings.length, "warning")}</h2><ul>
${items}</ul></section>`;
}

export function figureSection(title: string, figures: readonly Figure[]): Markup | undefined {
  if (figures.length === 0) return undefined;
  return html`<section><h2>${title}</h2>${figureGrid(figures)}</section>`;
}

export function figureGrid(figures: readonly Figure[]): Markup {
  const items = figures.map(
    (figure) => html`<figure>${new Markup(inlineSvg(figure, escapeHtml))}
<figcaption>${figure.caption}</figcaption></figure>
`,
  );
  return html`<div class="figures">${items}</div>`;
}

export function runSection(data: ReportData): Markup | undefined {
  const tables = (data.tables ?? []).filter(({ rows }) => rows.length > 0);
  const parts = [timingTable(data), memoryTable(data)].filter((part) => part !== undefined);
  if (tables.length + parts.length === 0) return undefined;
  const heading = tables.length > 1 ? "Details" : tables.length === 1 ? `${tables[0].title}, time and memory` : "Time and memory";
  return html`<section><h2>${heading}</h2>
${tables.map((table) => (tables.length > 1 ? html`<h3>${table.title}</h3>${factTable(table)}` : factTable(table)))}
<div class="columns">${parts}</div></section>`;
}

export function factTable({ columns, rows }: ReportTable): Markup {
  const isName = columns.map((_, column) => column === 0 || rows.some((row) => typeof row[column] !== "number"));
  const head = columns.map((title, column) => (isName[column] ? html`<th class="name" scope="col">${title}</th>` : html`<th scope="col">${title}</th>`));
  const body = rows.map(([name, ...cells]) => {
    const others = cells.map((cell, index) => (isName[index + 1] ? html`<td class="name">${cellText(cell, 40)}</td>` : html`<td>${cellText(cell, 40)}</td>`));
    return html`<tr><th class="name" scope="row">${cellText(name, 100)}</th>${others}</tr>
`;
  });
  return html`<div class="scroll"><table class="wide facts">
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

function cellText(cell: ReportCell, maximum: number): string {
  if (typeof cell === "number") return formatCount(cell);
  if (typeof cell === "string") return displayName(cell, maximum);
  return cell.map(([name, count]) => `${displayName(name, 8)} ${formatCount(count)}`).join(", ");
}

function timingTable(data: ReportData): Markup | undefined {
  const { timings = [] } = data;
  if (timings.length === 0) return undefined;
  const total = totalSeconds(data);
  const longest = Math.max(...timings.map(({ seconds }) => seconds));
  const rows = timings.map(({ stage, seconds }) => barRow(stage, formatSeconds(seconds), seconds / longest));
  return html`<div><h3>Time</h3><div class="scroll"><table><tbody>${rows}
<tr class="total"><th class="name" scope="row">total</th><td>${formatSeconds(total)}</td><td></td></tr></tbody></table></div></div>`;
}

function memoryTable({ memory = [] }: ReportData): Markup | undefined {
  if (memory.length === 0) return undefined;
  const largest = Math.max(...memory.map(({ bytes }) => bytes));
  const rows = memory.map(({ name, bytes }) => barRow(name, formatBytes(bytes), bytes / largest));
  return html`<div><h3>Peak memory</h3><div class="scroll"><table><tbody>${rows}</tbody></table></div></div>`;
}

function barRow(name: string, value: string, share: number): Markup {
  const width = Number.isFinite(share) ? (100 * Math.max(0, share)).toFixed(1) : "0";
  return html`<tr><th class="name" scope="row">${displayName(name, 60)}</th><td>${value}</td>
<td class="bar"><i style="width: ${width}%"></i></td></tr>
`;
}

export function settingsSection(summary: string, settings: string | undefined): Markup | undefined {
  if (!settings) return undefined;
  return html`<section><h2>Settings</h2><details><summary>${summary}</summary><pre>${settings}</pre></details></section>`;
}

export function provenanceSection(provenance: ReportData["provenance"] = []): Markup | undefined {
  if (provenance.length === 0) return undefined;
  const entries = provenance.map(([key, value]) => html`<dt>${breakableName(displayName(key, 120))}</dt><dd>${displayName(value, 600)}</dd>
`);
  return html`<section><h2>Provenance</h2><dl class="provenance">${entries}</dl></section>`;
}
