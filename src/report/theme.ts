import type { Config } from "vega-lite";

/** Colors of text and lines, and of what they stand on. */
export const ink = { text: "#1f2933", muted: "#52606d", line: "#9aa5b1", grid: "#e4e7eb", ground: "#ffffff" } as const;

/** Okabe & Ito's palette for color vision deficiency (https://jfly.uni-koeln.de/color/), without black and with yellow last. */
export const palette: readonly string[] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#B8A800"];
export const otherColor = "#7b8794";

/** A second mark of the group besides its color. */
export const shapes: readonly string[] = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right"];
export const otherShape = "circle";

/** Light gray to red with falling lightness: readable without color vision. */
export const errorColors: readonly string[] = ["#d5dbe1", "#f3cd7e", "#e69f00", "#d55e00", "#9c1c1c"];

/** The best of many. */
export const bestColor = "#D55E00";

/** From good to poor: stands out from the ground less and less. The page has variables for these as for `ink`. */
export const rankColors: readonly string[] = ["#08478a", "#3579b1", "#7fb0d6", "#b4c0cb"];

/** Variables of the page that take the place of colors, so that plots follow the light and dark scheme. */
export const pageColors: readonly (readonly [color: string, variable: string])[] = [
  ...Object.entries(ink).map(([name, color]) => [color, name === "text" ? "--ink" : `--${name}`] as const),
  ...rankColors.map((color, i) => [color, `--rank-${i + 1}`] as const),
  ...palette.map((color, i) => [color, `--group-${i + 1}`] as const),
  [otherColor, "--group-other"],
];

/** A color as the page writes it. */
export function pageColor(color: string): string {
  const [, variable] = pageColors.find(([own]) => own === color) ?? [];
  return variable === undefined ? color : `var(${variable})`;
}

const font = "Helvetica Neue, Helvetica, Arial, sans-serif";

/** Width of the drawing area of every plot, px. */
export const PLOT_WIDTH = 356;

/** Room to the right of it for half a tick label of five digits, px. */
export const RIGHT_MARGIN = 20;

/** Room for the labels of a vertical axis, px: fixed, as Vega would reserve too much for text that it cannot measure. */
export const LABEL_EXTENT = 42;

/** Common look of every plot. */
export const plotConfig: Config = {
  font,
  background: "transparent",
  padding: 4,
  view: { stroke: null },
  title: {
    anchor: "start", frame: "group", color: ink.text, fontSize: 15, fontWeight: 600, offset: 10,
    subtitleColor: ink.muted, subtitleFontSize: 12.5, subtitlePadding: 5, subtitleLineHeight: 15,
  },
  axis: {
    labelColor: ink.muted, labelFontSize: 12, labelPadding: 5, labelFlush: false,
    titleColor: ink.text, titleFontSize: 13, titleFontWeight: 500, titlePadding: 8,
    gridColor: ink.grid, domainColor: ink.line, tickColor: ink.line, tickSize: 4,
  },
  axisY: { domain: false, ticks: false, minExtent: LABEL_EXTENT, maxExtent: LABEL_EXTENT },
};
