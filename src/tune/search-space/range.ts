/** Values between two ends on a linear or logarithmic scale, on a grid from the lower end where there is a step. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** 0: real numbers */
  readonly step: number;
  /** Whole numbers: the grid begins at the first one of the range. */
  readonly isInteger: boolean;
}

/** Ranges with more values than this are searched like real numbers, and rounded. */
const MAX_LEVELS = 10_000;
/** Parts of a range that values of real numbers are rounded to, so that files stay readable. */
const RESOLUTION = 6;

function gridStart({ low, isInteger }: Range): number {
  return isInteger ? Math.ceil(low - 1e-9) : low;
}

/** How many values a range with a step has. */
export function gridSize(range: Range): number {
  return Math.max(0, Math.floor((range.high - gridStart(range)) / range.step + 1e-9) + 1);
}

/** The values of a range with few steps on a linear scale; undefined for others, which have too many or unevenly spaced ones. */
export function levelsOf(range: Range): number[] | undefined {
  if (range.step === 0 || range.isLog || gridSize(range) > MAX_LEVELS || gridSize(range) < 1) return undefined;
  return Array.from({ length: gridSize(range) }, (_, index) => gridValue(range, index));
}

function gridValue(range: Range, index: number): number {
  const last = gridSize(range) - 1;
  return Number((gridStart(range) + range.step * Math.min(Math.max(index, 0), last)).toPrecision(12));
}

/** The value at a share of the range, 0 to 1. */
export function valueAtShare(range: Range, share: number): number {
  const { low, high, isLog, step } = range;
  if (step > 0 && !isLog) {
    const size = gridSize(range);
    return gridValue(range, Math.min(size - 1, Math.floor(share * size)));
  }
  const value = isLog ? low * (high / low) ** share : low + share * (high - low);
  if (step > 0) return gridValue(range, Math.round((value - gridStart(range)) / step));
  return Math.min(high, Math.max(low, readable(value, range)));
}

/** Six digits beyond the size of the range (of the value, on a logarithmic scale). */
function readable(value: number, { low, high, isLog }: Range): number {
  const scale = isLog ? Math.min(high - low, Math.abs(value)) : high - low;
  if (!(scale > 0)) return value;
  const digits = RESOLUTION - Math.floor(Math.log10(scale));
  return Number(value.toFixed(Math.min(100, Math.max(0, digits))));
}

/** The share whose value is nearest to a given one; undefined where that lies outside the range. */
export function shareOf(range: Range, value: number): number | undefined {
  const { low, high, isLog, step } = range;
  const tolerance = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  if (!(value >= low - tolerance && value <= high + tolerance)) return undefined;
  if (step > 0 && !isLog) {
    const size = gridSize(range);
    const index = Math.min(size - 1, Math.max(0, Math.round((value - gridStart(range)) / step)));
    return (index + 0.5) / size;
  }
  if (!(high > low)) return 0.5;
  const share = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}
