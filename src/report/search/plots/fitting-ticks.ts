import type { Tick } from "../../plots/axis-numbers.js";
import { shortenedText, textWidth } from "../../plots/legend.js";
import type { ParameterAxis } from "../parameter-axis.js";

/** As many ticks as have room for their texts, which do not reach beyond the ends; all levels of a list, with shortened texts. */
export function fittingTicks(axis: ParameterAxis, width: number): Tick[] {
  const levels = axis.parameter.values?.length ?? 0;
  if (axis.isList && levels <= 8) return axis.ticks(levels).map((tick) => ({ ...tick, text: shortenedText(tick.text, width / levels - 4) }));
  for (let most = 7; ; most--) {
    const ticks = axis.ticks(most);
    const places = ticks.map(({ position, text }) => {
      const half = textWidth(text) / 2;
      return { half, x: Math.min(width - half, Math.max(half, position * width)) };
    });
    const fits = places.every(({ half, x }, i) => i === 0 || x - places[i - 1].x >= half + places[i - 1].half + 4);
    if (fits) return ticks;
    if (most <= 1) return ticks.slice(0, 1);
  }
}
