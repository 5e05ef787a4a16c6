import type { Scaling } from "../../../compare/comparison.js";
import { displayName } from "../../formatting.js";
import type { Plot } from "../../plots/render-svg.js";
import type { ComparisonView } from "../compared-view.js";
import { formatEstimate, formatPercent } from "../number-display.js";
import { logPlot, type LogSeries } from "./line-plot.js";

/** Variables whose scaling somebody has, in the order of their first appearance. */
export function scalingVariables({ descriptors }: ComparisonView): string[] {
  return [...new Set(descriptors.flatMap(({ descriptor }) => descriptor.scaling.map(({ variable }) => variable)))];
}

const titles: ReadonlyMap<string, string> = new Map([
  ["cutoff", "cutoff"], ["nMax", "n_max"], ["lMax", "l_max"], ["twoJMax", "2J_max"], ["species", "number of species"], ["atoms", "atoms per structure"], ["threads", "threads"],
]);

/** Variables whose times are not those of a row: of what they are, by what seconds are multiplied. */
const wholes: ReadonlyMap<string, { readonly title: string; readonly factor: number; readonly note: string }> = new Map([
  ["atoms", { title: "time per structure (ms)", factor: 1000, note: "Whole structures, with the search of neighbors." }],
  ["threads", { title: "time per structure (ms)", factor: 1000, note: "On the clock: −1 were perfect." }],
]);

/** "atoms per structure"; of others the name as it is. */
export function variableTitle(variable: string): string {
  return titles.get(variable) ?? displayName(variable, 30);
}

/** "2.03 ± 0.04" */
export function exponentText({ exponent, error }: Scaling): string {
  return formatEstimate({ mean: exponent, error });
}

/** Time over one variable on logarithmic axes, with the power law that fits each descriptor; undefined where nobody has points. */
export function scalingPlot({ descriptors, times }: ComparisonView, variable: string): Plot | undefined {
  const whole = wholes.get(variable);
  const members = descriptors.flatMap((view) => {
    const scaling = view.descriptor.scaling.find((entry) => entry.variable === variable);
    return scaling && scaling.points.length > 0 ? [{ view, scaling }] : [];
  });
  if (members.length === 0) return undefined;
  const series = members.map(({ view, scaling }): LogSeries => {
    const factor = whole?.factor ?? 1e6 * times.scale(view.descriptor);
    const points = scaling.points.map(({ x, seconds }) => ({ x, y: seconds * factor }));
    return { view, points, line: powerLaw(scaling, points), value: exponentText(scaling) };
  });
  const unit = members.find(({ scaling }) => scaling.unit !== "")?.scaling.unit ?? "";
  const title = variableTitle(variable);
  const worst = members.reduce((largest, { scaling }) => Math.max(largest, scaling.deviation || 0), 0);
  const nPoints = members.map(({ scaling }) => scaling.points.length);
  const [fewest, most] = [Math.min(...nPoints), Math.max(...nPoints)];
  return logPlot(series, {
    name: `scaling-${variable.replace(/[^\w-]+/g, "-")}`,
    title: `Time over ${title}`,
    subtitle: "slope on logarithmic axes: t ∝ x to the power of it",
    description: `Processor time over ${title}. Exponents: ${series.map(({ view, value }) => `${view.name} ${value}`).join("; ")}`,
    caption: `Points are measured (${fewest === most ? fewest : `${fewest} to ${most}`} each), lines are power laws over the range they hold in` +
      `${most > 2 ? `; the largest deviation of a point from its line is ${formatPercent(worst)}` : ": two points have a slope, and say nothing of its error"}.${whole ? ` ${whole.note}` : ""}`,
    xTitle: unit === "" ? title : `${title} (${displayName(unit, 10)})`,
    yTitle: whole?.title ?? `time per ${times.per} (µs)`,
    valueHeading: "exponent",
  });
}

/** The line of an exponent through the middle of the points that it was fitted to, from end to end of its range. */
function powerLaw({ exponent, range }: Scaling, points: readonly { readonly x: number; readonly y: number }[]): { x: number; y: number }[] {
  const inRange = points.filter(({ x, y }) => x >= range[0] * (1 - 1e-9) && x <= range[1] * (1 + 1e-9) && x > 0 && y > 0);
  if (inRange.length < 2 || !Number.isFinite(exponent)) return [...points];
  const mean = (value: (point: { x: number; y: number }) => number): number => inRange.reduce((sum, point) => sum + value(point), 0) / inRange.length;
  const [logX, logY] = [mean(({ x }) => Math.log(x)), mean(({ y }) => Math.log(y))];
  return range.map((x) => ({ x, y: Math.exp(logY + exponent * (Math.log(x) - logX)) }));
}
