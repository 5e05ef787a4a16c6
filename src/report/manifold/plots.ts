import { displayName, formatSignificant } from "../formatting.js";
import { legendView } from "../plots/legend.js";
import type { Plot } from "../plots/render-svg.js";
import { palette, PLOT_WIDTH, shapes } from "../theme.js";
import type { ManifoldView } from "./manifold-view.js";

/** Singular values below this part of the largest are drawn there: they are 0 up to rounding. */
const FLOOR = 1e-12;

const nameOf = ({ name }: ManifoldView): string => displayName(name, 24);
const xy = { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } };

/** Singular values of each view by their number, in units of the largest, on a logarithmic axis; nothing where there are none. */
export function singularValuePlots(all: readonly ManifoldView[]): Plot[] {
  const views = all.filter(({ sensitivity }) => sensitivity.singularValues.length > 0);
  return views.length > 0 ? [singularValuePlot(views)] : [];
}

function singularValuePlot(views: readonly ManifoldView[]): Plot {
  const series = views.map(({ sensitivity: { singularValues } }) =>
    Array.from(singularValues, (value, k) => ({ x: k + 1, y: Math.max(FLOOR, singularValues[0] > 0 ? value / singularValues[0] : 0) })),
  );
  const softest = views.map((view, i) => `${nameOf(view)} ${formatSignificant(series[i].at(-1)?.y ?? 0)}`).join(", ");
  const lowest = Math.min(1e-4, ...series.flat().map(({ y }) => y));
  return {
    name: "singular-values",
    description: `Singular values in units of the largest; the last of each: ${softest}`,
    caption: "Change of the fingerprint per displacement along each mode, in units of that of the stiffest mode. Rotations are left out. Values below 10⁻¹² stand at 10⁻¹²: these are 0.",
    spec: {
      title: { text: "How well each direction is seen", subtitle: "1: as well as the stiffest direction, 0: not at all" },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 260,
          encoding: {
            x: { ...xy.x, axis: { title: "mode, stiffest first", tickMinStep: 1, format: "d" }, scale: { nice: false, padding: 12, zero: false } },
            y: { ...xy.y, axis: { title: "singular value / largest", format: "~e" }, scale: { type: "log" as const, domain: [lowest / 2, 2], nice: false } },
          },
          layer: series.flatMap((values, i) => [
            { data: { values }, mark: { type: "line" as const, color: palette[i % palette.length], strokeWidth: 1.2, opacity: 0.6 }, encoding: xy },
            { data: { values }, mark: { type: "point" as const, filled: true, opacity: 1, size: 46, color: palette[i % palette.length], shape: shapes[i % shapes.length] }, encoding: xy },
          ]),
        },
        legendView(views.map((view, i) => ({ name: nameOf(view), color: palette[i % palette.length], shape: shapes[i % shapes.length] })), PLOT_WIDTH),
      ],
    },
  };
}

/** What changes along the paths: the fingerprint, in units of its change along random displacements where that is known, and the energy. */
export function pathPlots(views: readonly ManifoldView[]): Plot[] {
  const followed = views.filter(({ manifold }) => (manifold?.points.length ?? 0) > 1);
  if (followed.length === 0) return [];
  const isRelative = followed.every(({ blindness }) => (blindness?.typicalVariation ?? 0) > 0);
  const variation = linesPlot(followed, {
    name: "path-variation",
    title: "Change of the fingerprint along the path",
    unit: isRelative ? "change / that of random displacements" : "change of the fingerprint",
    caption: isRelative
      ? "Distance of the fingerprint from that of the first environment, in units of its median over random displacements as long as the path: 1 would be a direction like any other."
      : "Distance of the fingerprint from that of the first environment.",
    of: ({ manifold, blindness }) => manifold!.points.map(({ pathLength, variation: own }) => [pathLength, isRelative ? own / blindness!.typicalVariation : own]),
  });
  const withEnergy = followed.filter(({ manifold }) => manifold!.energyRange !== undefined);
  if (withEnergy.length === 0) return [variation];
  const energy = linesPlot(withEnergy, {
    name: "path-energy",
    title: "What the fingerprint does not see",
    unit: "four-body energy",
    caption: "A property of four bodies along the same path. A model that reads this fingerprint alone cannot follow it.",
    of: ({ manifold }) => manifold!.points.map(({ pathLength, energy: own }) => [pathLength, own ?? NaN]),
  });
  return [variation, energy];
}

interface Lines {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly caption: string;
  readonly of: (view: ManifoldView) => readonly (readonly [number, number])[];
}

function linesPlot(views: readonly ManifoldView[], { name, title, unit, caption, of }: Lines): Plot {
  const all = views.map((view) => of(view).map(([x, y]) => ({ x, y })));
  const ranges = views.map((view, i) => `${nameOf(view)} ${formatSignificant(Math.min(...all[i].map(({ y }) => y)))} to ${formatSignificant(Math.max(...all[i].map(({ y }) => y)))}`);
  return {
    name,
    description: `${title}: ${unit} against the length of the path; ${ranges.join(", ")}`,
    caption,
    spec: {
      title: { text: title, subtitle: ranges[0] },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 220,
          encoding: { x: { ...xy.x, axis: { title: "length of the path (Å)" } }, y: { ...xy.y, axis: { title: unit, format: "~g" }, scale: { zero: false } } },
          layer: all.map((values, i) => ({
            data: { values },
            mark: { type: "line" as const, color: palette[i % palette.length], strokeWidth: 1.8, strokeDash: i === 0 ? [1, 0] : [5, 2 + i] },
            encoding: xy,
          })),
        },
        legendView(views.map((view, i) => ({ name: nameOf(view), color: palette[i % palette.length], shape: "stroke" })), PLOT_WIDTH),
      ],
    },
  };
}
