import { type Audit, isMeasured } from "../../../audit/audit.js";
import { formatSignificant } from "../../formatting.js";
import { legendView } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { otherColor, palette, PLOT_WIDTH } from "../../theme.js";

/** What a row, forces and all derivatives take, in stacked bars; undefined where it was not timed. */
export function costPlot({ cost }: Audit): Plot | undefined {
  if (!isMeasured(cost)) return undefined;
  const { neighbors = 0, values, backward, jacobian, kernel } = cost.microseconds;
  const parts = [
    { name: "neighbors", color: otherColor },
    { name: "descriptor", color: palette[0] },
    { name: `kernel, ${cost.sparsePoints} points`, color: palette[1] },
  ];
  const bar = (what: string, times: readonly number[]) => times.map((y, i) => ({ what, y, order: i, color: parts[i].color }));
  const bars = [
    bar("rows", [neighbors, values, kernel / 2]),
    bar("with forces", [neighbors, backward, kernel]),
    ...(jacobian === undefined ? [] : [bar("derivatives", [neighbors, jacobian])]),
  ];
  return {
    name: "cost",
    description: `Time for each ${cost.unit} in µs: ${bars.map((own) => `${own[0].what} ${formatSignificant(own.reduce((sum, { y }) => sum + y, 0))}`).join(", ")}`,
    caption: `Processor time of one core for each ${cost.unit}: rows alone (energies), rows and contracted derivatives (energies and forces), and every derivative (fits to forces).`,
    spec: {
      title: { text: "Time", subtitle: "processor time of one core" },
      spacing: 12,
      vconcat: [
        {
          width: PLOT_WIDTH, height: 34 * bars.length, data: { values: bars.flat() },
          mark: { type: "bar", height: 18 },
          encoding: {
            y: { field: "what", type: "nominal", sort: null, axis: { title: null, domain: false, ticks: false, labelLimit: 110, minExtent: 84, maxExtent: 84 } },
            x: { field: "y", type: "quantitative", stack: "zero", axis: { title: `µs for each ${cost.unit}`, tickCount: 6 } },
            color: { field: "color", type: "nominal", scale: null }, order: { field: "order", type: "quantitative" },
          },
        },
        legendView(parts.map((part) => ({ ...part, shape: "square" })), PLOT_WIDTH),
      ],
    },
  };
}
