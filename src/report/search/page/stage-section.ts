import { efficientFront, errorOf, frontAxes } from "../../../tune/front.js";
import { ABSENT, displayName, formatCount, formatCounted, formatFixed, formatSignificant } from "../../formatting.js";
import { breakableParameter, html, type Markup } from "../../markup.js";
import { figureGrid } from "../../page/sections.js";
import type { Figure } from "../../plots/figure.js";
import { boundOf, rangeText } from "../best-parameters.js";
import { failureGroups } from "../failures.js";
import type { ParameterAxis } from "../parameter-axis.js";
import { errorHeading } from "../plots/pareto-front.js";
import { evaluationName, type StageView } from "../stage-view.js";
import { tableClass } from "../../page/table-class.js";
import { formatChange, formatLoss, formatMetric, formatValue, metricDisplay, metricHeading, parameterHeading } from "../value-display.js";

/** One stage: what was found, how it was found, and what went wrong. */
export function stageSection(view: StageView, figures: readonly Figure[], isOnly: boolean): Markup {
  const { stage } = view;
  const size = formatCounted(view.tried.length, "evaluation");
  return html`<section>
<h2>${isOnly ? "Result" : `Stage ${displayName(stage.name, 60)}`}</h2>
<p class="note">${size} by ${displayName(stage.optimizer, 40)} on ${displayName(stage.objective, 40)}${
    view.best && (view.best.id < 0 ? "; the start is the best" : `; the best is evaluation ${evaluationName(view.best)}`)}.</p>
${view.best ? html`${parameterTable(view)}${metricTable(view)}` : html`<p>No evaluation of this stage was completed.</p>`}
${figures.length > 0 && figureGrid(figures)}
${frontTable(view)}
${failureTable(view)}
</section>`;
}

/** Best values with their places in the ranges: bars are read by eye, texts say the same. */
function parameterTable(view: StageView): Markup | undefined {
  const { axes, start, best } = view;
  if (!best || axes.length === 0) return undefined;
  const warned = axes.some((axis, i) => boundOf(axis, best, i) !== undefined);
  const rows = axes.map((axis, i) => {
    const { path } = axis.parameter;
    const bound = boundOf(axis, best, i);
    const influence = view.influences.find((entry) => entry.axis === axis)?.share ?? 0;
    return html`<tr><th class="name" scope="row" title="${displayName(path, 200)}">${breakableParameter(parameterHeading(axis.parameter))}</th>
<td class="best">${inactiveOr(best.values[path])}</td><td>${start ? inactiveOr(start.values[path]) : ABSENT}</td>
<td class="range">${rangeBar(axis, view)}</td>
<td class="name">${rangeText(axis)}${bound && html` <b class="warning">⚠ at the ${bound} bound</b>`}</td>
<td class="bar"><i style="width: ${(100 * influence).toFixed(0)}%"></i></td><td>${(100 * influence).toFixed(0)} %</td></tr>
`;
  });
  return html`<h3>Parameters</h3>
<div class="scroll"><table class="wide parameters"><thead><tr><th class="name" scope="col">parameter</th><th scope="col">best</th>
<th scope="col">start</th><th class="name" scope="col">place in range</th><th class="name" scope="col">range</th>
<th class="name" scope="col" colspan="2">influence</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="note">Filled mark: best; ring: start. ${influenceText(view)}${
    warned && " A best value at a bound (⚠) may lie beyond it: widen that range if physics allows it, and search again."}</p>`;
}

function influenceText({ model, lossAxis }: StageView): string {
  if (!model) {
    return "Influence on the loss: share of the variance of its ranks that groups of similar values explain (ε²), over completed " +
      "evaluations; a hint, as a search visits its ranges unevenly.";
  }
  const { model: name, rSquared } = model.surrogate;
  const kind = name === "gp" ? "Gaussian-process" : name;
  return `Influence: share of the variance of ${lossAxis.type === "log" ? "the logarithm of " : ""}the loss over the ranges that vanishes when the parameter ` +
    `is known, interactions included (total Sobol index), by a ${kind} surrogate of the evaluations (R² of left-out ones ${rSquared.leaveOneOut.toFixed(2)}).`;
}

function inactiveOr(value: Parameters<typeof formatValue>[0]): string {
  return value === undefined ? "not active" : formatValue(value);
}

function rangeBar(axis: ParameterAxis, { start, best }: StageView): Markup {
  const mark = (kind: string, position: number | undefined): Markup | false =>
    position !== undefined && html`<i class="${kind}" style="left: ${(100 * position).toFixed(1)}%"></i>`;
  return html`<div class="place">${mark("from", start && axis.position(start.values))}${mark("to", best && axis.position(best.values))}</div>`;
}

/** Loss and metrics of the start and of the best. */
function metricTable({ start, best }: StageView): Markup | undefined {
  if (!best) return undefined;
  const names = [...new Set([...Object.keys(start?.metrics ?? {}), ...Object.keys(best.metrics)])];
  const row = (title: string, from: string, to: string, change: string | undefined): Markup =>
    html`<tr><th class="name" scope="row">${title}</th><td class="best">${to}</td><td>${from}</td><td>${change ?? ABSENT}</td></tr>
`;
  const rows = [
    row("loss", formatLoss(start?.loss), formatLoss(best.loss), formatChange(start?.loss, best.loss)),
    ...names.map((name) => {
      const [from, to] = [start?.metrics[name], best.metrics[name]];
      return row(metricDisplay(name).title, formatMetric(name, from), formatMetric(name, to), formatChange(from, to));
    }),
  ];
  return html`<h3>Loss and metrics</h3>
<div class="scroll"><table class="metrics"><thead><tr><th class="name" scope="col"></th><th scope="col">best</th>
<th scope="col">start</th><th scope="col">change</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

const MOST_OF_FRONT = 40;

function frontTable(view: StageView): Markup | undefined {
  const axes = frontAxes(view.completed);
  const all = axes ? efficientFront(view.completed, axes) : [];
  if (!axes || all.length === 0) return undefined;
  const cost = metricDisplay(axes.metric);
  const step = Math.ceil(all.length / MOST_OF_FRONT);
  const front = all.filter((_, i) => i % step === 0 || i === all.length - 1);
  const errors = ["nCoefficients", "energyRmse", "forcesRmse"].filter((name) => front.some(({ metrics }) => Number.isFinite(metrics[name])));
  const rows = front.map((record) => html`<tr><th class="name" scope="row">${evaluationName(record)}</th>
<td>${formatSignificant(record.metrics[axes.metric] * cost.scale)}</td><td>${formatLoss(errorOf(record, axes))}</td>
${errors.map((name) => html`<td>${formatMetric(name, record.metrics[name])}</td>`)}
${view.axes.map(({ parameter }) => html`<td>${formatValue(record.values[parameter.path])}</td>`)}</tr>
`);
  return html`<h3>Front of accuracy and cost</h3>
<p class="note">No other evaluation is cheaper and more accurate at once. The fit file of one of them: the command of the search with <code>--resume --choose</code> and its number.</p>
<div class="scroll"><table class="${tableClass("wide", 3 + errors.length + view.axes.length)}"><thead><tr><th class="name" scope="col">evaluation</th><th scope="col">${metricHeading(cost)}</th>
<th scope="col">${errorHeading(axes)}</th>${errors.map((name) => html`<th scope="col">${metricDisplay(name).title}</th>`)}
${view.axes.map(({ parameter }) => html`<th scope="col">${parameterHeading(parameter)}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
${front.length < all.length && html`<p class="note">${formatCount(front.length)} of ${formatCount(all.length)} are listed.</p>`}`;
}

function failureTable({ stage }: StageView): Markup | undefined {
  const groups = failureGroups(stage.records);
  if (groups.length === 0) return undefined;
  const rows = groups.slice(0, 20).map(({ reason, records }) => {
    const numbers = records.slice(0, 12).map(evaluationName).join(", ");
    return html`<tr><td class="count">${formatCount(records.length)}</td><td class="text">${displayName(reason, 400)}</td>
<td class="text">${numbers}${records.length > 12 && " …"}</td></tr>
`;
  });
  const share = formatFixed((100 * groups.reduce((sum, { records }) => sum + records.length, 0)) / stage.records.length, 1);
  return html`<h3>Failed evaluations</h3>
<p class="note">${share} % of all. Failures get the penalty as their loss, and the search goes on; reasons that differ in numbers only are counted together.</p>
<div class="scroll"><table class="wide failures"><thead><tr><th scope="col">count</th><th class="name" scope="col">reason (of the first)</th>
<th class="name" scope="col">evaluations</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
