import type { Information, LearningCurve } from "../../../analysis/information/information.js";
import type { Plot } from "../../plots/render-svg.js";
import type { ComparisonView, DescriptorView } from "../compared-view.js";
import { lastError, lengthText } from "../measures.js";
import { formatEstimate, formatNumber } from "../number-display.js";
import { logPlot } from "./line-plot.js";

interface CurveKind {
  readonly name: "energy" | "energy-at-length" | "forces-at-length";
  readonly title: string;
  readonly subtitle: string;
  readonly of: (learning: Information["learning"]) => LearningCurve | undefined;
}

/** Errors of energies with all columns and at equal length, and of forces, over the number of structures: those of some names; what nobody has is left out. */
export function learningPlots(comparison: ComparisonView, names: readonly CurveKind["name"][]): Plot[] {
  const equal = lengthText(comparison.descriptors.map(({ descriptor }) => descriptor), "principal components of each");
  const kinds: CurveKind[] = [
    { name: "energy", title: "Energies, all columns", subtitle: "ridge regression on sums over atoms", of: ({ energy }) => energy },
    { name: "energy-at-length", title: "Energies at equal length", subtitle: equal, of: ({ energyAtLength }) => energyAtLength },
    { name: "forces-at-length", title: "Forces at equal length", subtitle: `${equal}, fitted to forces alone`, of: ({ forcesAtLength }) => forcesAtLength },
  ];
  return kinds.filter(({ name }) => names.includes(name)).flatMap((kind) => learningPlot(comparison, kind) ?? []);
}

function learningPlot({ descriptors }: ComparisonView, { name, title, subtitle, of }: CurveKind): Plot | undefined {
  const curves = descriptors.flatMap((view) => {
    const curve = view.descriptor.information && of(view.descriptor.information.learning);
    const points = (curve?.points ?? []).flatMap(({ structures, rmse }) => (rmse.mean > 0 ? [{ x: structures, y: rmse.mean, error: rmse.error }] : []));
    return curve && points.length > 0 ? [{ view, curve, points }] : [];
  });
  if (curves.length === 0) return undefined;
  const [{ curve: { unit } }] = curves;
  const spreads = curves.map(({ curve }) => curve.spread).filter((spread) => spread > 0 && Number.isFinite(spread));
  const spread = spreads.length > 0 ? Math.max(...spreads) : undefined;
  const series = curves.map(({ view, curve, points }) => ({ view, points, line: points, value: formatEstimate(lastError(curve)) }));
  return logPlot(series, {
    name: `learning-${name}`, title, subtitle,
    description: `Validation error over the number of structures. With the most structures, in ${unit}: ${series.map(({ view, value }) => `${view.name} ${value}`).join("; ")}`,
    caption: "Root mean square error on structures that the model has not seen, with standard errors over repetitions." +
      limitText(curves) +
      `${spread === undefined ? "" : ` Dashed: ${formatNumber(spread)} ${unit}, the error of a model that knows the composition alone.`}`,
    xTitle: "structures that the model was fitted to", yTitle: `validation RMSE (${unit})`, valueHeading: `with the most structures (${unit})`,
    levels: spread === undefined ? [] : [spread],
  });
}

/** Whom memory gave fewer structures. */
function limitText(curves: readonly { readonly view: DescriptorView; readonly curve: LearningCurve }[]): string {
  const names = curves.filter(({ curve }) => curve.leftOut > 0).map(({ view }) => view.name);
  return names.length === 0 ? "" : ` Fewer structures, as rows are too long for the memory: ${names.join(", ")}.`;
}
