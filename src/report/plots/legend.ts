import type { TopLevelSpec } from "vega-lite";
import { ink, RIGHT_MARGIN } from "../theme.js";

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** Name of a Vega symbol; "stroke" is a line. */
  readonly shape: string;
  /** An outline only. */
  readonly open?: boolean;
}

const FONT_SIZE = 12;
const ROW_HEIGHT = 18;
const SYMBOL = 18;
const GAP = 12;

type ConcatItem = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];

/**
 * A legend as a row of marks that wraps like text. Vega's own legends assume letters 1.5 times as wide as they are, when they
 * are drawn without a canvas, and fall apart into more lines than they need.
 */
export function legendView(entries: readonly LegendEntry[], width: number): ConcatItem {
  let x = 0;
  let row = 0;
  const placed = entries.map((entry) => {
    const extent = SYMBOL + textWidth(entry.name);
    if (x > 0 && x + extent > width + RIGHT_MARGIN) {
      x = 0;
      row += 1;
    }
    const place = { ...entry, fill: entry.open ? 0 : 1, size: entry.shape === "stroke" ? 170 : 46, x: x + 6, text: x + SYMBOL, y: row * ROW_HEIGHT + ROW_HEIGHT / 2 };
    x += extent + GAP;
    return place;
  });
  const position = (field: string) => ({ field, type: "quantitative" as const, scale: null, axis: null });
  const color = { field: "color", type: "nominal" as const, scale: null };
  return {
    width,
    height: Math.max(1, row + 1) * ROW_HEIGHT,
    data: { values: placed },
    layer: [
      {
        mark: { type: "point", filled: true, opacity: 1, strokeWidth: 2.4 },
        encoding: {
          x: position("x"), y: position("y"), color, stroke: color,
          shape: { field: "shape", type: "nominal", scale: null },
          size: { field: "size", type: "quantitative", scale: null },
          fillOpacity: { field: "fill", type: "quantitative", scale: null },
        },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", fontSize: FONT_SIZE, color: ink.text },
        encoding: { x: position("text"), y: position("y"), text: { field: "name", type: "nominal" } },
      },
    ],
  };
}

/** A text cut to a width in px, ending in "…" where something is missing. */
export function shortenedText(text: string, width: number): string {
  let characters = Array.from(text);
  while (characters.length > 3 && textWidth(characters.join("")) > width) characters = [...characters.slice(0, -2), "…"];
  return characters.join("");
}

/** About the width of a line of sans-serif text in px, for a wide font: nothing measures text here, and texts must not touch. */
export function textWidth(text: string): number {
  const advance = (character: string): number => {
    if (/[ijl.,:;'|!()[\]frt -]/.test(character)) return 0.38;
    if (/[A-Z@%MWmw]/.test(character)) return 0.7;
    if (/[−+=<>±×~≤≥]/.test(character)) return 0.84;
    return character >= "\u2e80" ? 1 : 0.6;
  };
  return Array.from(text).reduce((sum, character) => sum + advance(character) * FONT_SIZE, 0);
}
