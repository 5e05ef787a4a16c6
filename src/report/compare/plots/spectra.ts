import { formatCount } from "../../formatting.js";
import type { Plot } from "../../plots/render-svg.js";
import type { ComparisonView } from "../compared-view.js";
import { formatEstimate } from "../number-display.js";
import { logPlot } from "./line-plot.js";

/** Below the largest eigenvalue, what is left is rounding. */
const DECADES = 14;

/** Eigenvalues of the columns of every descriptor on logarithmic axes; undefined where nobody has any. */
export function spectraPlot({ descriptors }: ComparisonView): Plot | undefined {
  const series = descriptors.flatMap((view) => {
    const { spectrum } = view.descriptor.information ?? {};
    const eigenvalues = spectrum?.eigenvalues ?? [];
    const floor = (eigenvalues[0] ?? 0) * 10 ** -DECADES;
    const line = thinned(eigenvalues.flatMap((y, i) => (y > floor ? [{ x: i + 1, y }] : [])));
    return spectrum && line.length > 0 ? [{ view, line, points: line.slice(0, 1), value: `${formatEstimate(spectrum.participationRatio)} · ${formatCount(spectrum.rank)}` }] : [];
  });
  if (series.length === 0) return undefined;
  return logPlot(series, {
    name: "spectra",
    title: "Spectra of the columns",
    subtitle: "eigenvalues of the covariance, in units of their sum",
    description: `Eigenvalues of the covariance of the columns. Participation ratio and rank: ${series.map(({ view, value }) => `${view.name} ${value}`).join("; ")}`,
    caption: "A flat start means that the variance is spread over many directions; a steep one that few say almost all. " +
      "Where a line ends, more columns repeat what others say. Participation ratio: (Σλ)² / Σλ²; rank: eigenvalues above 10⁻¹⁰ of the largest.",
    xTitle: "number of the eigenvalue", yTitle: "share of the variance", valueHeading: "participation ratio · rank",
  });
}

/** On a logarithmic axis few of the last points can be told apart. */
function thinned<Point extends { readonly x: number }>(points: readonly Point[]): Point[] {
  let last = 0;
  return points.filter(({ x }, i) => {
    if (x < last * 1.02 && i < points.length - 1) return false;
    last = x;
    return true;
  });
}
