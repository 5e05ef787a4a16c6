import { drawing, textLayer } from "../../plots/drawing.js";
import { textWidth } from "../../plots/legend.js";
import { ink } from "../../theme.js";
import { fittedName, type DescriptorView } from "../compared-view.js";
import { lookLines, lookPoints } from "./marks.js";

/** A line of a key: whose mark it is, and a number that belongs to it. */
export interface KeyEntry {
  readonly view: DescriptorView;
  readonly value?: string | undefined;
}

const ROW_HEIGHT = 18;
const SAMPLE = 30;
const GAP = 14;

/** A legend in columns, one entry below the other; names that are too long are cut, values never. */
export function keyView(entries: readonly KeyEntry[], width: number, { hasLines = true, heading = "" } = {}) {
  const sample = hasLines ? SAMPLE : 16;
  const extent = ({ view, value = "" }: KeyEntry): number => sample + textWidth(view.name) + (value === "" ? 0 : GAP + textWidth(value));
  const isNarrow = entries.length > 2 && entries.every((entry) => extent(entry) <= (width - GAP) / 2);
  const nColumns = isNarrow ? 2 : 1;
  const columnWidth = (width - (nColumns - 1) * GAP) / nColumns;
  const top = heading === "" ? 0 : ROW_HEIGHT;
  const placed = entries.map((entry, i) => {
    const [x, y] = [(i % nColumns) * (columnWidth + GAP), top + Math.floor(i / nColumns) * ROW_HEIGHT + ROW_HEIGHT / 2];
    const room = columnWidth - sample - (entry.value ? GAP + textWidth(entry.value) : 0);
    return { ...entry, x, y, text: fittedName(entry.view, room) };
  });
  const lines = placed.map(({ view: look, x, y }) => ({ look, places: [{ x, y }, { x: x + sample - 7, y }] }));
  const rows = Math.ceil(entries.length / nColumns);
  return drawing(width, Math.max(ROW_HEIGHT, top + rows * ROW_HEIGHT), [
    ...(hasLines ? [lookLines(lines)] : []),
    lookPoints(placed.map(({ view: look, x, y }) => ({ look, x: x + (sample - 7) / 2, y, size: 42 }))),
    textLayer(placed.map(({ x, y, text }) => ({ x: x + sample, y, text })), { align: "left", color: ink.text, size: 12 }),
    textLayer(placed.flatMap(({ x, y, value }) => (value ? [{ x: x + columnWidth, y, text: value }] : [])), { align: "right", color: ink.text, size: 12 }),
    ...(heading === "" ? [] : [textLayer([{ x: width, y: ROW_HEIGHT / 2 - 1, text: heading }], { align: "right", size: 11 })]),
  ]);
}
