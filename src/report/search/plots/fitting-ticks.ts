import type { Tick } from "../../plots/axis-numbers.js";
import { shortenedText } from "../../plots/legend.js";
import { spacedTicks } from "../../plots/panels.js";
import type { ParameterAxis } from "../parameter-axis.js";

/** As many ticks as have room for their texts, which do not reach beyond the ends; all levels of a list, with shortened texts. */
export function fittingTicks(axis: ParameterAxis, width: number): Tick[] {
  const levels = axis.parameter.values?.length ?? 0;
  if (axis.isList && levels <= 8) return axis.ticks(levels).map((tick) => ({ ...tick, text: shortenedText(tick.text, width / levels - 4) }));
  return spacedTicks((most) => axis.ticks(most), width);
}
