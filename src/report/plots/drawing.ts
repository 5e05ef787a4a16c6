import type { TopLevelSpec } from "vega-lite";
import { ink } from "../theme.js";

/** A point in px: x to the right, y down. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly from: Place;
  readonly to: Place;
}

export interface Text extends Place {
  readonly text: string;
}

type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];
type View = Extract<TopLevelSpec, { vconcat: unknown }>["vconcat"][number];

const place = (field: string) => ({ field, type: "quantitative" as const, scale: null, axis: null });

/** A picture in px without scales and axes, for plots with more axes than Vega-Lite has. */
export function drawing(width: number, height: number, layers: readonly Layer[]): View {
  return { width, height, layer: [...layers] };
}

export interface LineLook {
  readonly color?: string;
  readonly width?: number;
  readonly opacity?: number;
  /** px of dashes and gaps */
  readonly dash?: readonly number[];
}

export function lineLayer(lines: readonly Line[], { color = ink.line, width = 1, opacity = 1, dash }: LineLook = {}): Layer {
  return {
    data: { values: lines.map(({ from, to }) => ({ x: from.x, y: from.y, x2: to.x, y2: to.y })) },
    mark: { type: "rule", color, strokeWidth: width, opacity, ...(dash && { strokeDash: [...dash] }) },
    encoding: { x: place("x"), y: place("y"), x2: { field: "x2" }, y2: { field: "y2" } },
  };
}

/** Lines through several places each. */
export function pathLayer(paths: readonly (readonly Place[])[], { color = ink.text, width = 1, opacity = 1, dash }: LineLook = {}): Layer {
  return {
    data: { values: paths.flatMap((places, path) => places.map(({ x, y }, order) => ({ path, order, x, y }))) },
    mark: { type: "line", color, strokeWidth: width, opacity, strokeJoin: "round", ...(dash && { strokeDash: [...dash] }) },
    encoding: {
      x: place("x"), y: place("y"),
      detail: { field: "path", type: "nominal" }, order: { field: "order", type: "quantitative" },
    },
  };
}

export interface TextLook {
  readonly align?: "left" | "center" | "right";
  readonly baseline?: "top" | "middle" | "bottom";
  readonly color?: string;
  readonly size?: number;
  readonly weight?: 400 | 600;
}

export function textLayer(texts: readonly Text[], look: TextLook = {}): Layer {
  const { align = "center", baseline = "middle", color = ink.muted, size = 11, weight = 400 } = look;
  return {
    data: { values: texts.map(({ x, y, text }) => ({ x, y, text })) },
    encoding: { x: place("x"), y: place("y"), text: { field: "text", type: "nominal" } },
    // An outline in the color of the ground first: texts stay readable across lines.
    layer: [{ stroke: ink.ground, strokeWidth: 3.5, opacity: 0.85 }, {}].map((outline) => ({
      mark: { type: "text", align, baseline, color, fontSize: size, fontWeight: weight, ...outline },
    })),
  };
}

export interface PointLook {
  readonly color: string;
  readonly shape: string;
  /** px² */
  readonly size: number;
  readonly opacity?: number;
  /** Outline only. */
  readonly open?: boolean;
}

export function pointLayer(points: readonly Place[], { color, shape, size, opacity = 1, open = false }: PointLook): Layer {
  return {
    data: { values: points.map(({ x, y }) => ({ x, y })) },
    mark: { type: "point", color, shape, size, opacity, filled: !open, ...(open && { strokeWidth: 1.6 }) },
    encoding: { x: place("x"), y: place("y") },
  };
}
