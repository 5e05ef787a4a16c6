/** Columns that fit on upright paper below headings that lie, and below headings that stand. */
const LYING = 10;
const UPRIGHT = 15;

/** Classes of a table, with what it takes to print so many columns. */
export function tableClass(own: string, nColumns: number): string {
  if (nColumns > UPRIGHT) return `${own} many sideways`;
  return nColumns > LYING ? `${own} many` : own;
}
