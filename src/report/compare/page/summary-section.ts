import { displayName, formatCount, formatCounted, formatSeconds } from "../../formatting.js";
import { breakableName, html, type Markup, unbrokenNumbers } from "../../markup.js";
import { tileMarkup, tileOf } from "../../page/sections.js";
import type { CompareReportData } from "../compare-report-data.js";
import type { ComparisonView, DescriptorView } from "../compared-view.js";
import { informationMeasures, type InformationMeasure } from "../measures.js";
import { formatNumber } from "../number-display.js";
import { costPoints, frontOf, type CostPoint } from "../plots/cost-information.js";

/** Members of the front that the first sentences give numbers of. */
const MOST_WITH_NUMBERS = 4;

/** What was compared on what, and who is on the front, in sentences and a few large numbers. */
export function headerSection({ title, date }: CompareReportData, view: ComparisonView): Markup {
  const sentences = [dataSentence(view), ...frontSentences(view), refusedSentence(view)].filter((sentence) => sentence !== "");
  return html`<header>
<div class="kind">pestle comparison of descriptors</div>
<h1>${breakableName(displayName(title, 200))}</h1>
${date && html`<p class="description">${displayName(date, 80)}</p>`}
${sentences.map((sentence) => html`<p>${unbrokenNumbers(sentence)}</p>
`)}
${tiles(view)}
</header>`;
}

/** "8 descriptors on Si.xyz: 239 structures (13,207 atoms) of Si, periodic, all with energies, 200 with forces; measured on …" */
function dataSentence({ comparison: { data, machine, descriptors, seconds, threads } }: ComparisonView): string {
  const [energies, forces] = [targetText(data.energies, data.structures, "energies"), targetText(data.forces, 3 * data.atoms, "forces")];
  const counts = energies === "all with energies" && forces === "all with forces" ? "all with energies and forces" : `${energies}, ${forces.replace(" with forces", " force components")}`;
  const kind = data.periodic ? "periodic" : "not periodic";
  return `${formatCounted(descriptors.length, "descriptor")} on ${displayName(data.name, 80)}: ${formatCounted(data.structures, "structure")} (${
    formatCounted(data.atoms, "atom")}) of ${speciesText(data.species)}, ${kind}, ${counts}. Times are those of one core of ${
    displayName(machine.cpu, 80)}; ${descriptors.some(({ cached }) => cached.length > 0) ? "what was not in the cache" : "all"} was measured in ${formatSeconds(seconds)}${threads > 1 ? ` on ${threads} threads` : ""}.`;
}

function targetText(count: number, total: number, noun: string): string {
  if (count === 0) return `without ${noun}`;
  return count === total ? `all with ${noun}` : `${formatCount(count)} with ${noun}`;
}

function speciesText(species: readonly string[]): string {
  const names = species.map((symbol) => displayName(symbol, 8));
  return joined(names.length > 12 ? [...names.slice(0, 11), `${names.length - 11} more elements`] : names);
}

function frontSentences(view: ComparisonView): string[] {
  const { comparison } = view;
  if (comparison.descriptors.length === 0) return ["No descriptor could be measured."];
  const [measure] = informationMeasures(comparison.descriptors);
  const points = measure ? costPoints(view, measure) : [];
  if (!measure || points.length === 0) return [`There is no front to show: ${noneReason(view)}.`];
  const why = comparison.data.energies === 0 ? ["The data hold no energies: descriptors are judged by their effective rank instead."] : [];
  if (points.length === 1) return [...why, `${points[0].view.title} is the only one with both a time and a measure: ${pointText(points[0], measure, view)}.`];
  const front = frontOf(points, measure);
  const better = measure.isError ? `a smaller ${measure.title.toLowerCase()}` : `a larger ${measure.title.toLowerCase()}`;
  const names = front.map((point) => (front.length <= MOST_WITH_NUMBERS ? `${point.view.title} (${pointText(point, measure, view)})` : point.view.title));
  const verb = front.length === 1 ? "stands alone" : "stand";
  const doubtful = measure.key === "energy" ? front.filter(({ view: { descriptor } }) => !descriptor.isClear).map((point) => point.view.title) : [];
  const doubt = doubtful.length === 0 ? "" : ` The ${doubtful.length === 1 ? "lead" : "leads"} of ${joined(doubtful)} over what costs less ${doubtful.length === 1 ? "is" : "are"} within the standard errors.`;
  return [...why, `On the efficient front, where nothing that costs less has ${better}, ${verb} ${joined(names)}.${doubt}`];
}

function noneReason({ descriptors }: ComparisonView): string {
  if (descriptors.every(({ descriptor }) => !descriptor.cost)) return "the time did not suffice for measurements of cost";
  if (descriptors.every(({ descriptor }) => !descriptor.information)) return "the time did not suffice for measures of information";
  return "no descriptor has both";
}

function pointText({ x, y }: CostPoint, { unit, isError, title }: InformationMeasure, { times }: ComparisonView): string {
  return `${formatNumber(x)} µs per ${times.per}, ${isError ? `${formatNumber(y)} ${unit}` : `${title.toLowerCase()} ${formatNumber(y)}`}`;
}

function refusedSentence({ comparison: { refused } }: ComparisonView): string {
  if (refused.length === 0) return "";
  return `${formatCounted(refused.length, "descriptor")} could not be measured on these data; the reasons stand below.`;
}

export function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/** The cheapest one, the best by every measure, and the time of it all. */
function tiles(view: ComparisonView): Markup {
  const { descriptors, times, comparison } = view;
  const best = (value: (member: DescriptorView) => number | undefined): { member: DescriptorView; value: number } | undefined =>
    descriptors.flatMap((member) => {
      const own = value(member);
      return own !== undefined && Number.isFinite(own) ? [{ member, value: own }] : [];
    }).sort((a, b) => a.value - b.value)[0];
  const list: Markup[] = [];
  const cheapest = best(({ descriptor }) => times.ofRows(descriptor)?.median);
  if (cheapest) list.push(tileMarkup(`least time per ${times.per}: ${cheapest.member.title}`, formatNumber(cheapest.value), "µs"));
  for (const measure of informationMeasures(comparison.descriptors).filter(({ key }) => key !== "energy-at-length")) {
    const winner = best(({ descriptor }) => {
      const mean = measure.of(descriptor)?.mean;
      return mean === undefined || measure.isError ? mean : -mean;
    });
    const title = measure.isError ? `smallest ${measure.title.toLowerCase()}` : `largest ${measure.title.toLowerCase()}`;
    if (winner) list.push(tileMarkup(`${title}: ${winner.member.title}`, formatNumber(Math.abs(winner.value)), measure.unit));
  }
  if (comparison.seconds > 0) list.push(tileOf("time of the comparison", formatSeconds(comparison.seconds)));
  return html`<dl class="headline">${list}</dl>`;
}
