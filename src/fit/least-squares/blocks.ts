/** Rows of a block: many enough for an efficient update of R, few enough to bound memory and to share work evenly. */
export const BLOCK_ROWS = 600;

/** Consecutive items (structures, for example) whose rows are factored together. */
export interface Block {
  /** Positions of the items, ascending. */
  readonly items: readonly number[];
  /** Of all its items together. */
  readonly nRows: number;
}

/**
 * Splits items into blocks of about BLOCK_ROWS rows; a larger item is a block of its own, one without rows is in none. Depends on the
 * numbers of rows only, so that blocks are the same for any number of threads.
 * @param rowCounts rows of every item
 */
export function splitBlocks(rowCounts: readonly number[]): Block[] {
  const blocks: Block[] = [];
  let items: number[] = [];
  let nRows = 0;
  const close = (): void => {
    if (items.length > 0) blocks.push({ items, nRows });
    [items, nRows] = [[], 0];
  };
  for (const [item, rows] of rowCounts.entries()) {
    if (rows === 0) continue;
    if (nRows + rows > BLOCK_ROWS) close();
    items.push(item);
    nRows += rows;
  }
  close();
  return blocks;
}
