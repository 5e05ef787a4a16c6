import { quantile } from "../../analysis/distribution.js";
import { formatTick } from "../formatting.js";
import { axisNumbers, type Tick } from "../plots/axis-numbers.js";

/** How losses are drawn: from the best to most of the others; what lies above is drawn at the upper edge. */
export interface LossAxis {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  /** 0 at the lower, 1 at the upper edge, and 1 above. */
  position(loss: number): number;
  isAbove(loss: number): boolean;
  ticks(most: number): Tick[];
  /** The loss or its logarithm. */
  scaled(loss: number): number;
  unscaled(value: number): number;
}

/** Times the distance from the best loss to the median. */
const FARTHEST = 25;

/** @param losses ascending */
export function lossAxis(losses: readonly number[], start: number | undefined): LossAxis {
  const lowest = losses[0] ?? 0;
  const usual = usualLoss(losses);
  const type = lowest > 0 && Math.max(usual, start ?? 0) / lowest >= 8 ? "log" : "linear";
  const scaled = (loss: number): number => (type === "log" ? Math.log(loss) : loss);
  const largest = losses.at(-1) ?? 1;
  // A few hopeless candidates or penalties must not press the others together.
  const reach = scaled(usual) + 0.8 * (scaled(usual) - scaled(lowest));
  const limit = Math.max(reach, start === undefined ? -Infinity : scaled(start));
  const upper = Math.min(scaled(largest), limit);
  const lower = scaled(lowest);
  const margin = 0.05 * (upper > lower ? upper - lower : Math.abs(lower) || 1);
  const ends = [lower - margin, upper + margin] as const;
  const unscaled = (value: number): number => (type === "log" ? Math.exp(value) : value);
  const domain = [unscaled(ends[0]), unscaled(ends[1])] as const;
  const position = (loss: number): number => Math.max(0, Math.min(1, (scaled(loss) - ends[0]) / (ends[1] - ends[0])));
  return {
    type,
    domain,
    position,
    scaled,
    unscaled,
    isAbove: (loss) => scaled(loss) > ends[1],
    ticks: (most) => axisNumbers(domain, { most, isLog: type === "log" }).map((loss) => ({ position: position(loss), text: formatTick(loss) })),
  };
}

/** Most losses lie below it; a few hopeless candidates or penalties, however large, do not move it far. */
function usualLoss(losses: readonly number[]): number {
  if (losses.length === 0) return 1;
  const [median, high] = [0.5, 0.9].map((probability) => quantile(losses, probability));
  return median > losses[0] ? Math.min(high, losses[0] + FARTHEST * (median - losses[0])) : high;
}
