import { type Audit, isMeasured } from "../../../audit/audit.js";
import { formatSignificant } from "../../formatting.js";
import { curvesPlot } from "../../plots/curves.js";
import { histogramPlot } from "../../plots/histogram.js";
import type { Plot } from "../../plots/render-svg.js";
import { palette, PLOT_WIDTH } from "../../theme.js";

/** Smallest by largest singular value of all environments. */
export function sensitivityPlot({ sensitivity }: Audit): Plot | undefined {
  if (!isMeasured(sensitivity)) return undefined;
  const { histogram, ratio, environments } = sensitivity;
  return histogramPlot({
    name: "sensitivity", title: "Softest by stiffest move", subtitle: `${environments} environments`, x: "smallest by largest singular value", y: "share of environments", ...histogram, isLog: true,
    marks: [{ x: ratio.minimum, text: "worst" }, { x: ratio.median, text: "median" }],
    caption: "Right is better: every move of the nearest neighbors shows. The first bin holds what is smaller, zeros among them. Known blind spots of methane begin at 7·10⁻⁴ (SOAP) and below.",
  });
}

/** Singular values of the worst and of the middle environment. */
export function singularValuePlot({ sensitivity }: Audit): Plot | undefined {
  if (!isMeasured(sensitivity)) return undefined;
  const curves = (["worst", "median"] as const).flatMap((name) => {
    const { singularValues: values } = sensitivity[name];
    const points = values.map((y, i) => [i + 1, y / values[0]] as const).filter(([, y]) => y > 1e-16);
    return points.length > 1 ? [{ name, points }] : [];
  });
  if (curves.length === 0) return undefined;
  return curvesPlot({
    name: "singular-values", title: "All moves, stiffest first", x: "number of the move", y: "change of the row, share", curves,
    caption: "How much the row changes along each independent move of the nearest neighbors, in units of the stiffest. Values below 10⁻¹⁶ are left out.",
  });
}

/** How the row and the atoms change along the path. */
export function manifoldPlot({ manifold }: Audit): Plot | undefined {
  if (!isMeasured(manifold) || manifold.points.length < 3) return undefined;
  const { points, typicalVariation, blindness, displacement } = manifold;
  const panel = (title: string, color: string, y: (point: (typeof points)[number]) => number, isLast: boolean) => ({
    width: PLOT_WIDTH, height: 110, data: { values: points.map((point) => ({ x: point.pathLength, y: y(point) })) },
    mark: { type: "line" as const, color, strokeWidth: 1.8 },
    encoding: {
      x: { field: "x", type: "quantitative" as const, axis: { title: isLast ? "length of the path (Å)" : null, labels: isLast, tickCount: 6 } },
      y: { field: "y", type: "quantitative" as const, axis: { title, tickCount: 4 } },
    },
  });
  return {
    name: "manifold",
    description: `Along the softest path: change of the row up to ${formatSignificant(blindness)} of that of a random displacement, displacement up to ${formatSignificant(displacement)} Å`,
    caption: "Above: how far atoms are from where they began, after the best rotation. Below: how much the row has changed, in units of the change by a random displacement as large as the largest of the path: far below 1 is blind.",
    spec: {
      title: { text: "Along the softest path", subtitle: `β = ${formatSignificant(blindness)}` },
      spacing: 14,
      vconcat: [panel("atoms (Å)", palette[1], (point) => point.displacement, false), panel("row", palette[0], ({ variation }) => variation / typicalVariation, true)],
    },
  };
}
