import { type Audit, isMeasured } from "../../../audit/audit.js";
import { formatCount, formatSignificant } from "../../formatting.js";
import { curvesPlot } from "../../plots/curves.js";
import { histogramPlot } from "../../plots/histogram.js";
import type { Plot } from "../../plots/render-svg.js";

/** What is left below this share of the first value is rounding. */
const ROUNDING = 1e-15;

/** Eigenvalues of the covariance; undefined where rows are all equal. */
export function variancePlot({ variance }: Audit): Plot | undefined {
  if (!isMeasured(variance)) return undefined;
  const points = positive(variance.eigenvalues.map((y, i) => [i + 1, y]));
  if (points.length === 0) return undefined;
  return curvesPlot({
    name: "eigenvalues", title: "Directions of the rows", x: "number of the eigenvalue", y: "share of the variance", curves: [{ name: "eigenvalues of the covariance", points }],
    caption: `Where the curve falls steeply, few directions say almost all; where it ends, columns repeat what others say. Effective rank ${formatSignificant(variance.effectiveRank.value)}, rank ${formatCount(variance.rank)}.`,
  });
}

/** Errors of kernels over the number of components. */
export function kernelErrorPlot({ linear }: Audit): Plot | undefined {
  if (!isMeasured(linear)) return undefined;
  const points = positive(linear.errors.map((y, k) => [k, y])).filter(([k]) => k > 0);
  if (points.length === 0) return undefined;
  return curvesPlot({
    name: "kernel-errors", title: "Kernels by principal components", x: "components", y: "largest error of a kernel", curves: [{ name: "largest error of x·x′", points }],
    caption: `${linear.needed.map(({ error, components }) => `${formatCount(components)} components for ${error.toExponential(0)}`).join(", ")}. Where the curve reaches rounding, the remaining columns are linear combinations of others.`,
  });
}

/** Cosines between rows. */
export function kernelPlot({ kernels }: Audit): Plot | undefined {
  if (!isMeasured(kernels)) return undefined;
  const { from, to, counts } = kernels.histogram;
  const edges = Array.from({ length: counts.length + 1 }, (_, i) => from + ((to - from) * i) / counts.length);
  return histogramPlot({
    name: "kernels", title: "Kernel values", subtitle: `mean ${formatSignificant(kernels.mean.value)}, standard deviation ${formatSignificant(kernels.std.value)}`, x: "cosine of two rows", y: "share of pairs", edges, counts, isLog: false,
    marks: [{ x: kernels.median, text: "median" }],
    caption: "Values spread over the whole range tell environments apart; a peak at 1 means that they look alike.",
  });
}

function positive(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const floor = ROUNDING * Math.max(0, ...points.map(([, y]) => y));
  return points.filter(([, y]) => y > floor);
}
