import type { TopLevelSpec } from "vega-lite";
import type { Place } from "../../plots/drawing.js";
import type { DescriptorLook } from "../compared-view.js";

type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];

const place = (field: string) => ({ field, type: "quantitative" as const, scale: null, axis: null });
const asIs = (field: string) => ({ field, type: "nominal" as const, scale: null });

/** A line that looks like its descriptor. */
export interface LookLine {
  readonly look: DescriptorLook;
  readonly places: readonly Place[];
}

/** Lines of many looks in one layer. */
export function lookLines(lines: readonly LookLine[], width = 1.8): Layer {
  return {
    data: {
      values: lines.flatMap(({ look, places }, path) => places.map(({ x, y }, order) => ({ path, order, x, y, color: look.color, dash: [...look.dash] }))),
    },
    mark: { type: "line", strokeWidth: width, strokeJoin: "round" },
    encoding: {
      x: place("x"), y: place("y"), color: asIs("color"), strokeDash: asIs("dash"),
      detail: { field: "path", type: "nominal" }, order: { field: "order", type: "quantitative" },
    },
  };
}

/** A mark that looks like its descriptor. */
export interface LookPoint extends Place {
  readonly look: DescriptorLook;
  /** px² */
  readonly size: number;
}

/** Marks of many looks in one layer. */
export function lookPoints(points: readonly LookPoint[]): Layer {
  return {
    data: { values: points.map(({ look, x, y, size }) => ({ x, y, size, color: look.color, shape: look.shape })) },
    mark: { type: "point", filled: true, opacity: 1 },
    encoding: {
      x: place("x"), y: place("y"), color: asIs("color"), shape: asIs("shape"),
      size: { field: "size", type: "quantitative", scale: null },
    },
  };
}

/** A level or upright piece of a line in a color of its own. */
export interface ColoredLine {
  readonly from: Place;
  readonly to: Place;
  readonly color: string;
}

/** Pieces of lines of many colors in one layer: error bars, or bars where they are wide. */
export function coloredLines(lines: readonly ColoredLine[], width: number): Layer {
  return {
    data: { values: lines.map(({ from, to, color }) => ({ x: from.x, y: from.y, x2: to.x, y2: to.y, color })) },
    mark: { type: "rule", strokeWidth: width },
    encoding: { x: place("x"), y: place("y"), x2: { field: "x2" }, y2: { field: "y2" }, color: asIs("color") },
  };
}
