import { formatCount, formatCounted, formatSeconds, formatSignificant, displayName } from "../../formatting.js";
import { html, type Markup, unbrokenNumbers } from "../../markup.js";
import { tileMarkup, tileOf } from "../../page/sections.js";
import { boundOf } from "../best-parameters.js";
import { evaluationName, type StageView } from "../stage-view.js";
import type { TuneReportData } from "../tune-report-data.js";
import { formatChange, formatLoss, metricDisplay } from "../value-display.js";

export function headerSection(data: TuneReportData, views: readonly StageView[]): Markup {
  return html`<header>
<div class="kind">pestle hyper-parameter search</div>
<h1>${displayName(data.title, 200)}</h1>
<p class="description">${displayName([data.description, data.date].filter((text) => text !== undefined && text !== "").join(" · "), 300)}</p>
<p>${unbrokenNumbers(summaryText(data, views))}</p>
${tiles(data, views)}
</header>
${views.length > 1 && stageTable(views)}`;
}

/** The last stage with a result speaks for the search. */
function decisive(views: readonly StageView[]): StageView | undefined {
  return [...views].reverse().find(({ best }) => best !== undefined);
}

function summaryText({ result }: TuneReportData, views: readonly StageView[]): string {
  const records = views.flatMap(({ tried }) => tried);
  const count = (status: string): number => records.filter((record) => record.status === status).length;
  const others = [["stopped early", count("stopped")], ["failed", count("failed")]] as const;
  const counts = others.filter(([, n]) => n > 0).map(([name, n]) => `${formatCount(n)} ${name}`);
  const time = result.seconds > 0 ? ` in ${formatSeconds(result.seconds)}` : "";
  const size = `${formatCounted(records.length, "evaluation")}${time}${counts.length > 0 ? `, ${counts.join(" and ")}` : ""}.`;
  const view = decisive(views);
  if (!view?.best) return `${size} No evaluation was completed, so there is no result.`;
  const { start, best, stage } = view;
  const where = views.length > 1 ? ` In the last stage, ${displayName(stage.name, 40)}, the` : " The";
  if (!start) return `${size} The start could not be evaluated;${where.toLowerCase()} best loss is ${formatLoss(best.loss)}.`;
  if (best.id < 0) return `${size}${where} start was not improved on: its loss of ${formatLoss(start.loss)} is the lowest.`;
  const warnings = boundWarnings(view);
  const bounds = warnings > 0 ? ` ${formatCounted(warnings, "best value")} at a bound of the range: see below.` : "";
  return `${size}${where} loss went from ${formatLoss(start.loss)} at the start to ${formatLoss(best.loss)}` +
    ` (${formatChange(start.loss, best.loss)}) in evaluation ${evaluationName(best)}.${bounds}`;
}

function boundWarnings({ axes, best }: StageView): number {
  return axes.filter((axis, i) => best && boundOf(axis, best, i) !== undefined).length;
}

function tiles({ result }: TuneReportData, views: readonly StageView[]): Markup {
  const view = decisive(views);
  const list: Markup[] = [];
  if (view?.best) {
    const { start, best } = view;
    const change = formatChange(start?.loss, best.loss);
    list.push(tileMarkup("best loss", formatLoss(best.loss), change === undefined ? "" : `${change} from start`));
    for (const name of ["energyRmse", "forcesRmse", best.metrics.cost === undefined ? "operations" : "cost"]) {
      const { title, unit, scale } = metricDisplay(name);
      const value = best.metrics[name];
      if (Number.isFinite(value)) list.push(tileMarkup(title, formatSignificant(value * scale), unit));
    }
  }
  list.push(tileMarkup("evaluations", formatCount(views.reduce((sum, { tried }) => sum + tried.length, 0)), ""));
  if (result.seconds > 0) list.push(tileOf("time", formatSeconds(result.seconds)));
  return html`<dl class="headline">${list}</dl>`;
}

function stageTable(views: readonly StageView[]): Markup {
  const rows = views.map(({ stage, start, best, tried }, i) => {
    const count = (status: string): string => formatCount(tried.filter((record) => record.status === status).length);
    return html`<tr><th class="name" scope="row">${i + 1}. ${displayName(stage.name, 40)}</th>
<td class="name">${displayName(stage.objective, 40)}</td><td class="name">${displayName(stage.optimizer, 40)}</td>
<td>${count("done")}</td><td>${count("stopped")}</td><td>${count("failed")}</td>
<td>${formatLoss(start?.loss)}</td><td>${formatLoss(best?.loss)}</td><td>${formatChange(start?.loss, best?.loss) ?? "–"}</td></tr>
`;
  });
  return html`<section><h2>Stages</h2><p class="note">Each stage begins at the best of the one before. Losses of different objectives do not compare.</p>
<div class="scroll"><table class="wide"><thead><tr><th class="name" scope="col">stage</th><th class="name" scope="col">objective</th>
<th class="name" scope="col">optimizer</th><th scope="col">completed</th><th scope="col">stopped</th><th scope="col">failed</th>
<th scope="col">loss, start</th><th scope="col">loss, best</th><th scope="col">change</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
