import { spacedTicks, type Panel } from "../../plots/panels.js";
import type { NumberAxis } from "./number-axis.js";

/** Of the drawing area of the plots of a comparison, px. */
export const WIDTH = 430;
const LEFT = 50;

/** The one panel of a plot, with the title of the vertical axis above it. */
export function singlePanel(x: NumberAxis, y: NumberAxis, { xTitle, yTitle, height = 230 }: { readonly xTitle: string; readonly yTitle: string; readonly height?: number }): Panel {
  return {
    left: LEFT, top: 26, width: WIDTH - LEFT, height,
    xTicks: spacedTicks((most) => x.ticks(most), WIDTH - LEFT), yTicks: y.ticks(6), xTitle, yTitle,
  };
}

/** Of the drawing that holds such a panel. */
export function panelHeight({ top, height }: Panel): number {
  return top + height + 38;
}
