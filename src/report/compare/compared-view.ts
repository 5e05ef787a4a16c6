import type { ComparedDescriptor, Comparison, CostUnit, Timing } from "../../compare/comparison.js";
import { displayName } from "../formatting.js";
import { textWidth } from "../plots/legend.js";
import { palette, shapes } from "../theme.js";

/** How the marks of a descriptor look, the same in every plot. */
export interface DescriptorLook {
  readonly color: string;
  readonly shape: string;
  /** px of dashes and gaps of its lines; empty: drawn through. */
  readonly dash: readonly number[];
}

/** A descriptor of a comparison as the page names and draws it. */
export interface DescriptorView extends DescriptorLook {
  readonly descriptor: ComparedDescriptor;
  /** From 1: tells those apart whose names are cut. */
  readonly number: number;
  /** "soap large", for sentences */
  readonly title: string;
  /** "3. soap large", for tables and plots */
  readonly name: string;
}

/** A comparison with all that several sections need of it. */
export interface ComparisonView {
  readonly comparison: Comparison;
  readonly descriptors: readonly DescriptorView[];
  readonly times: TimeUnit;
}

const NAME_LENGTH = 60;
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [14, 4]];

export function comparisonView(comparison: Comparison): ComparisonView {
  const descriptors = comparison.descriptors.map((descriptor, i) => {
    const title = displayName(descriptor.name, NAME_LENGTH);
    return { descriptor, number: i + 1, title, name: numbered(i + 1, title), ...descriptorLook(i) };
  });
  return { comparison, descriptors, times: timeUnit(comparison.descriptors) };
}

/** The name of a descriptor cut in the middle to a width in px, its number always. */
export function fittedName({ descriptor, number }: DescriptorView, width: number): string {
  for (let most = NAME_LENGTH; ; most = Math.floor(most * 0.92)) {
    const text = numbered(number, displayName(descriptor.name, most));
    if (textWidth(text) <= width || most <= 4) return text;
  }
}

function numbered(number: number, title: string): string {
  return `${number}.\u00a0${title}`;
}

/** Colors first; when they are used up they come again with other dashes and shapes. */
function descriptorLook(index: number): DescriptorLook {
  const round = Math.floor(index / palette.length);
  const color = index % palette.length;
  return { color: palette[color], shape: shapes[(color + round) % shapes.length], dash: dashes[round % dashes.length] };
}

/** What times are divided by, so that those of all descriptors compare. */
export interface TimeUnit {
  readonly per: CostUnit | "atom";
  /** µs for each of it. */
  of(descriptor: ComparedDescriptor, timing: Timing | undefined): MicrosecondTiming | undefined;
  /** Of rows with the search of their neighbors: what a descriptor is judged by. */
  ofRows(descriptor: ComparedDescriptor): MicrosecondTiming | undefined;
  /** By what numbers for each unit of the descriptor are multiplied. */
  scale(descriptor: ComparedDescriptor): number;
}

/** A timing in µs. */
export type MicrosecondTiming = Pick<Timing, "median" | "low" | "high">;

/** Times of one kind of unit stay as they are; where environments stand beside whole structures, both are shown for each atom. */
function timeUnit(descriptors: readonly ComparedDescriptor[]): TimeUnit {
  const units = new Set(descriptors.flatMap(({ cost }) => cost?.unit ?? []));
  const [only = "environment"] = units;
  const isMixed = units.size > 1;
  const scale = ({ cost }: ComparedDescriptor): number => (isMixed && cost?.unit === "structure" ? 1 / cost.atomsPerUnit : 1);
  const of: TimeUnit["of"] = (descriptor, timing) => {
    if (!timing) return undefined;
    const factor = 1e6 * scale(descriptor);
    return { median: timing.median * factor, low: timing.low * factor, high: timing.high * factor };
  };
  return {
    per: isMixed ? "atom" : only,
    scale,
    of,
    ofRows: (descriptor) => {
      const [rows, neighbors] = [of(descriptor, descriptor.cost?.values), of(descriptor, descriptor.cost?.neighbors)];
      if (!rows || !neighbors) return rows;
      return { median: rows.median + neighbors.median, low: rows.low + neighbors.low, high: rows.high + neighbors.high };
    },
  };
}
