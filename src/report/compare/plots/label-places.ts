import type { Line, Place } from "../../plots/drawing.js";
import { textWidth } from "../../plots/legend.js";

/** Of a text of `LABEL_SIZE` px. */
export const LABEL_SIZE = 11;
const LINE = 13;
/** px around a mark that texts keep free. */
const MARK = 7;

/** A mark that would like its name beside it. */
export interface LabelWish extends Place {
  readonly text: string;
  /** Gets its name even if a line has to lead there. */
  readonly isNeeded: boolean;
}

/** A name that has found a place: the left end of its middle line, and the mark where a line leads to it. */
export interface PlacedLabel extends Place {
  readonly text: string;
  readonly isNeeded: boolean;
  readonly leader?: Place;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Places for the names of marks within a frame, where they cover neither each other nor a mark nor one of the level or upright lines; those that are needed come first, others only where there is room. Bars are kept free where that is possible. */
export function labelPlaces(wishes: readonly LabelWish[], frame: Box, lines: readonly Line[] = [], bars: readonly Line[] = []): PlacedLabel[] {
  const marks = wishes.map(({ x, y }): Box => ({ left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK }));
  const taken = lines.map(boxOf);
  const barBoxes = bars.map(boxOf);
  const order = [...wishes.keys()].sort((a, b) => Number(wishes[b].isNeeded) - Number(wishes[a].isNeeded));
  return order.flatMap((index) => {
    const wish = wishes[index];
    // bold letters are wider
    const width = (textWidth(wish.text) * LABEL_SIZE * (wish.isNeeded ? 1.12 : 1)) / 12;
    const others = marks.filter((_, i) => i !== index);
    for (const { dx, dy, distance, free } of [...directions(wish.isNeeded).map((way) => ({ ...way, free: barBoxes })), ...directions(wish.isNeeded).map((way) => ({ ...way, free: [] }))]) {
      const center = { x: wish.x + dx * (distance + width / 2), y: wish.y + dy * (distance + 3) };
      const box = { left: center.x - width / 2, right: center.x + width / 2, top: center.y - LINE / 2, bottom: center.y + LINE / 2 };
      if (!isWithin(box, frame) || [...others, ...taken, ...free].some((other) => overlap(box, other))) continue;
      taken.push(box);
      const leader = distance > 16 ? { leader: { x: wish.x, y: wish.y } } : {};
      return [{ x: box.left, y: center.y, text: wish.text, isNeeded: wish.isNeeded, ...leader }];
    }
    return [];
  });
}

function boxOf({ from, to }: Line): Box {
  return { left: Math.min(from.x, to.x) - 1, right: Math.max(from.x, to.x) + 1, top: Math.min(from.y, to.y) - 1, bottom: Math.max(from.y, to.y) + 1 };
}

/** Right, left, above and below, and the corners; farther away for those that are needed. */
function directions(isNeeded: boolean) {
  const sides = [[1, 0], [-1, 0], [0, -1], [0, 1], [0.6, -1], [0.6, 1], [-0.6, -1], [-0.6, 1]];
  // beside a bar through the mark: as near as the letters allow
  const corners = [[1, -1], [1, 1], [-1, -1], [-1, 1]].map(([dx, dy]) => ({ dx, dy, distance: 6 }));
  const distances = isNeeded ? [11, 15, 24, 36, 50, 66, 84, 104] : [11, 15];
  const [near, ...far] = distances.map((distance) => sides.map(([dx, dy]) => ({ dx, dy, distance })));
  return [...near, ...corners, ...far.flat()];
}

function isWithin(box: Box, frame: Box): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
