import { ink } from "../theme.js";
import type { Tick } from "./axis-numbers.js";
import { lineLayer, textLayer, type Line, type Text } from "./drawing.js";
import { shortenedText, textWidth } from "./legend.js";

/** A rectangle with an axis on the left and one at the bottom, px. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Without ticks a side keeps its line only. */
  readonly xTicks?: readonly Tick[];
  readonly yTicks?: readonly Tick[];
  readonly xTitle?: string;
  /** Stands above the panel, level, at its left edge. */
  readonly yTitle?: string;
}

/** Places in a panel of positions from 0 to 1. */
export function placeIn({ left, top, width, height }: Panel, x: number, y: number): { x: number; y: number } {
  return { x: left + x * width, y: top + (1 - y) * height };
}

/** Frames, grid lines, ticks and titles of panels. */
export function panelLayers(panels: readonly Panel[]) {
  const frame: Line[] = [];
  const grid: Line[] = [];
  const below: Text[] = [];
  const beside: Text[] = [];
  const xTitles: Text[] = [];
  const yTitles: Text[] = [];
  for (const panel of panels) {
    const { left, top, width, height, xTicks = [], yTicks = [], xTitle, yTitle } = panel;
    const bottom = top + height;
    frame.push({ from: { x: left, y: bottom }, to: { x: left + width, y: bottom } });
    for (const { position, text } of xTicks) {
      const { x } = placeIn(panel, position, 0);
      grid.push({ from: { x, y: top }, to: { x, y: bottom } });
      // Texts at the ends stay above their own panel.
      const half = Math.max(0, textWidth(text) / 2 - 7);
      below.push({ x: Math.min(left + width - half, Math.max(left + half, x)), y: bottom + 11, text });
    }
    for (const { position, text } of yTicks) {
      const { y } = placeIn(panel, 0, position);
      grid.push({ from: { x: left, y }, to: { x: left + width, y } });
      beside.push({ x: left - 5, y, text });
    }
    if (xTitle !== undefined) xTitles.push({ x: left + width / 2, y: bottom + 27, text: shortenedText(xTitle, width + 10) });
    if (yTitle !== undefined) yTitles.push({ x: left - 30, y: top - 15, text: yTitle });
  }
  return {
    /** Below the marks. */
    ground: [lineLayer(grid, { color: ink.grid }), lineLayer(frame, { color: ink.line })],
    /** Above them. */
    texts: [
      textLayer(below),
      textLayer(beside, { align: "right" }),
      textLayer(xTitles, { color: ink.text, size: 12, weight: 600 }),
      textLayer(yTitles, { color: ink.text, size: 12, weight: 600, align: "left" }),
    ],
  };
}

/** As many ticks as have room for their texts, which do not reach beyond the ends. */
export function spacedTicks(ticksOf: (most: number) => Tick[], width: number): Tick[] {
  for (let most = 7; ; most--) {
    const ticks = ticksOf(most);
    const places = ticks.map(({ position, text }) => {
      const half = textWidth(text) / 2;
      return { half, x: Math.min(width - half, Math.max(half, position * width)) };
    });
    const fits = places.every(({ half, x }, i) => i === 0 || x - places[i - 1].x >= half + places[i - 1].half + 4);
    if (fits) return ticks;
    if (most <= 1) return ticks.slice(0, 1);
  }
}
