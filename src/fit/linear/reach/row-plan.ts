import { chainCount } from "../../least-squares/chains.js";
import { BLOCK_ROWS } from "../../least-squares/blocks.js";
import { triangleBytes } from "../../least-squares/triangle.js";
import type { ColumnClasses } from "./column-classes.js";
import { type Pattern, union } from "./patterns.js";
import { SPREAD_ROWS } from "./spread-triangle.js";

/** Structures whose rows are reduced in the columns that they reach, before what is left of them is spread over all. */
export interface ColumnGroup extends Pattern {
  readonly nColumns: number;
}

/** How the rows of all structures are reduced. */
export interface RowPlan {
  /** By class: 1 where some structure reaches it. */
  readonly reached: Uint8Array;
  /** Columns of these classes. */
  readonly nColumns: number;
  readonly groups: readonly ColumnGroup[];
  /** Numbers of the other structures, ascending: their rows have all columns from the start. */
  readonly others: readonly number[];
  /** Arithmetic, as a part of what it takes without groups. */
  readonly share: number;
}

/** Patterns that groups grow around. */
const SEEDS = 24;
/** What a row takes besides its arithmetic, as so many more columns: short rows are reduced at a lower rate. */
const OVERHEAD = 100;
/** Groups that save less are not worth their memory. */
const LARGEST_SHARE = 0.9;

/**
 * Chooses groups by the arithmetic that they save. It depends on the data alone, so that the result has the same bits for any number of threads.
 * @param mayGroup whether there is memory for groups
 */
export function planRows({ classes }: ColumnClasses, patterns: readonly Pattern[], mayGroup = true): RowPlan {
  const reached = union(patterns);
  const costs = new Costs(classes.map(({ size }) => size), reached);
  const dense = { reached, nColumns: costs.nColumns, groups: [], others: structuresOf(patterns), share: 1 };
  if (patterns.length === 1 || !mayGroup) return dense;
  const groups = withinMemory(merged(grown(patterns, costs), costs), costs);
  const grouped = new Set(groups.flatMap(({ structures }) => structures));
  const nRows = patterns.reduce((sum, own) => sum + own.nRows, 0);
  const share = 1 - groups.reduce((sum, own) => sum + costs.saved(own), 0) / costs.inAll(nRows);
  if (share > LARGEST_SHARE) return dense;
  return { ...dense, groups: groups.map((own) => ({ ...own, nColumns: costs.width(own.reached) })), others: dense.others.filter((i) => !grouped.has(i)), share };
}

/** Operations, for rows of some patterns together. */
class Costs {
  readonly nColumns: number;

  constructor(
    private readonly sizes: readonly number[],
    reached: Uint8Array,
  ) {
    this.nColumns = this.width(reached);
  }

  width(reached: Uint8Array): number {
    return this.sizes.reduce((sum, size, index) => sum + (reached[index] === 1 ? size : 0), 0);
  }

  /** Of rows that have all columns. */
  inAll(nRows: number): number {
    return 2 * nRows * this.nColumns * (this.nColumns + OVERHEAD);
  }

  /** Of rows in columns of their own. */
  rows(nRows: number, reached: Uint8Array): number {
    const width = this.width(reached);
    return 2 * nRows * width * (width + OVERHEAD);
  }

  /** The same, with the way of their triangle into the one of all columns. */
  group({ nRows, reached }: Pick<Pattern, "nRows" | "reached">): number {
    const width = this.width(reached);
    const chains = chainCount(width + 1, Math.ceil(nRows / BLOCK_ROWS));
    let spread = 0;
    // the first column of later rows stands farther on
    for (let row = 0; row <= width; row += SPREAD_ROWS) spread += 2 * Math.min(SPREAD_ROWS, width + 1 - row) * (this.nColumns * (1 - row / (width + 1))) ** 2;
    return this.rows(nRows, reached) + ((chains - 1) * 2 * width ** 3) / 3 + spread;
  }

  saved(own: Pick<Pattern, "nRows" | "reached">): number {
    return this.inAll(own.nRows) - this.group(own);
  }
}

/** Groups around the patterns that promise most: every other pattern joins the group whose rows grow least, or none. */
function grown(patterns: readonly Pattern[], costs: Costs): Pattern[] {
  const promise = patterns.map(({ nRows, reached }) => costs.inAll(nRows) - costs.rows(nRows, reached));
  const order = [...patterns.keys()].sort((a, b) => promise[b] - promise[a] || a - b);
  const groups = order.slice(0, SEEDS).map((index) => patterns[index]);
  for (const index of order.slice(SEEDS)) {
    const own = patterns[index];
    const added = groups.map((group) => {
      const both = together(group, own);
      return costs.rows(both.nRows, both.reached) - costs.rows(group.nRows, group.reached);
    });
    const best = added.indexOf(Math.min(...added));
    if (added[best] < costs.inAll(own.nRows)) groups[best] = together(groups[best], own);
  }
  return groups;
}

/** Joins two groups, the best two first, as long as that saves something. */
function merged(groups: readonly Pattern[], costs: Costs): Pattern[] {
  const left = [...groups];
  for (;;) {
    let best = { saved: 0, a: -1, b: -1 };
    for (let a = 0; a < left.length; a++) {
      for (let b = a + 1; b < left.length; b++) {
        const saved = costs.group(left[a]) + costs.group(left[b]) - costs.group(together(left[a], left[b]));
        if (saved > best.saved) best = { saved, a, b };
      }
    }
    if (best.a < 0) return left;
    left[best.a] = together(left[best.a], left[best.b]);
    left.splice(best.b, 1);
  }
}

/** Groups that save something, those that save most first, with triangles that are together no larger than the one of all columns; others join them where they can. */
function withinMemory(groups: readonly Pattern[], costs: Costs): Pattern[] {
  const kept: Pattern[] = [];
  const fits = (some: readonly Pattern[]): boolean => some.reduce((sum, { reached }) => sum + triangleBytes(costs.width(reached)), 0) <= triangleBytes(costs.nColumns);
  for (const own of groups.filter((some) => costs.saved(some) > 0).sort((a, b) => costs.saved(b) - costs.saved(a))) {
    if (fits([...kept, own])) {
      kept.push(own);
      continue;
    }
    const gains = kept.map((group, index) => {
      const both = together(group, own);
      return fits(kept.with(index, both)) ? costs.saved(both) - costs.saved(group) : 0;
    });
    const best = gains.indexOf(Math.max(...gains));
    if (gains[best] > 0) kept[best] = together(kept[best], own);
  }
  return kept;
}

function together(a: Pattern, b: Pattern): Pattern {
  return { structures: structuresOf([a, b]), nRows: a.nRows + b.nRows, reached: union([a, b]) };
}

function structuresOf(patterns: readonly Pattern[]): number[] {
  return patterns.flatMap(({ structures }) => structures).sort((a, b) => a - b);
}
