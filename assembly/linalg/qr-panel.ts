// One panel of the update R ← triangular factor of [R; A], for several threads: one factors the panel, then each takes some of the columns
// behind it. The sequence of panels is the host's.
import { INVALID_ARGUMENT, OK } from "../status";
import { packedAt, PANEL, strideAt } from "./packed-triangle";
import { applyReflectors, CHUNK, factorPanel, stripBytes } from "./qr";

/** A panel of R and of the rows A that are folded into it. */
@unmanaged
export class QrPanel {
  /** f64, triangle in panels, diag ≥ 0 */
  r: usize;
  /** Rows of R, and columns */
  size: i32;
  /** Of the first panel of R */
  stride: i32;
  /** First column, a multiple of 64 */
  column: i32;
  /** f64 [rows × ld]: A from this column on; reflectors replace the columns of the panel */
  a: usize;
  ld: i32;
  /** Rows of A that are not 0 in all columns up to the last one of the panel */
  rows: i32;
  /** f64 [64 × 64], T of the reflectors */
  t: usize;
}

function isSound(panel: QrPanel): bool {
  const column = panel.column;
  const isPlaced = column >= 0 && column < panel.size && (column & (PANEL - 1)) == 0;
  return isPlaced && panel.rows >= 0 && panel.rows <= CHUNK && panel.ld >= panel.size - column && panel.stride >= panel.size;
}

/** Factors the columns of a QrPanel. NOT_FINITE when one is not. scratch: strip, 2·64·64 numbers, then as products of rows × 64 × 64 need. */
export function qrFactorPanel(panel: usize, scratch: usize): i32 {
  const p = changetype<QrPanel>(panel);
  if (!isSound(p)) return INVALID_ARGUMENT;
  const w = scratch + stripBytes(p.rows);
  const products = w + 2 * PANEL * PANEL * 8;
  const r = packedAt(p.r, p.column, p.column, p.stride);
  return factorPanel(p.rows, min(PANEL, p.size - p.column), r, strideAt(p.column, p.stride), p.a, p.ld, p.t, w, scratch, products);
}

/** Applies the reflectors of a QrPanel to `count` columns behind it, from `first` on. scratch: 2·64·count numbers, then as products need. */
export function qrApplyPanel(panel: usize, first: i32, count: i32, scratch: usize): i32 {
  const p = changetype<QrPanel>(panel);
  const width = min(PANEL, p.size - p.column);
  if (!isSound(p) || first < p.column + width || count < 0 || first + count > p.size) return INVALID_ARGUMENT;
  const r = packedAt(p.r, p.column, first, p.stride);
  const a = p.a + ((<usize>(first - p.column)) << 3);
  applyReflectors(p.rows, width, count, p.a, p.ld, p.t, r, strideAt(p.column, p.stride), a, scratch, scratch + 2 * PANEL * <usize>count * 8);
  return OK;
}
