// Packing: the micro-kernel reads both operands as panels, four rows (of A) or four columns (of B) wide, running along k.
// Element (p, r) of a panel is at (p·4 + r)·8. A last panel with fewer rows is padded with zeros.

/** Rows of A and columns of B in one panel, and in one register tile. */
export const TILE: i32 = 4;

/** count rounded up to whole panels. */
// @ts-ignore: decorator
@inline
export function padded(count: i32): i32 {
  return (count + TILE - 1) & ~(TILE - 1);
}

/**
 * Packs `count` lines of length `k` into panels. Line r, element p is at source + r·lineStride + p·stepStride (bytes);
 * one of the two strides is 8 (rows or columns of a row-major matrix).
 */
export function packPanels(count: i32, k: i32, source: usize, lineStride: usize, stepStride: usize, target: usize): void {
  const panelBytes = <usize>k * TILE * 8;
  let r = 0;
  for (; r + TILE <= count; r += TILE) {
    if (lineStride == 8) packColumns(k, source, stepStride, target);
    else packRows(k, source, lineStride, stepStride, target);
    source += <usize>TILE * lineStride;
    target += panelBytes;
  }
  if (r < count) packEdge(count - r, k, source, lineStride, stepStride, target);
}

/** Four neighboring elements of each of k rows: a copy. */
function packColumns(k: i32, source: usize, stepStride: usize, target: usize): void {
  const end = target + <usize>k * 32;
  while (target < end) {
    if (ASC_FEATURE_SIMD) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
    } else {
      store<f64>(target, load<f64>(source));
      store<f64>(target, load<f64>(source, 8), 8);
      store<f64>(target, load<f64>(source, 16), 16);
      store<f64>(target, load<f64>(source, 24), 24);
    }
    source += stepStride;
    target += 32;
  }
}

/** Four rows side by side: a transposition, two steps at a time. */
function packRows(k: i32, source: usize, lineStride: usize, stepStride: usize, target: usize): void {
  let s0 = source;
  let s1 = source + lineStride;
  let s2 = s1 + lineStride;
  let s3 = s2 + lineStride;
  let p = 0;
  if (ASC_FEATURE_SIMD) {
    if (stepStride == 8) {
      for (; p + 2 <= k; p += 2) {
        const r0 = v128.load(s0);
        const r1 = v128.load(s1);
        const r2 = v128.load(s2);
        const r3 = v128.load(s3);
        v128.store(target, i64x2.shuffle(r0, r1, 0, 2));
        v128.store(target, i64x2.shuffle(r2, r3, 0, 2), 16);
        v128.store(target, i64x2.shuffle(r0, r1, 1, 3), 32);
        v128.store(target, i64x2.shuffle(r2, r3, 1, 3), 48);
        s0 += 16;
        s1 += 16;
        s2 += 16;
        s3 += 16;
        target += 64;
      }
    }
  }
  for (; p < k; p++) {
    store<f64>(target, load<f64>(s0));
    store<f64>(target, load<f64>(s1), 8);
    store<f64>(target, load<f64>(s2), 16);
    store<f64>(target, load<f64>(s3), 24);
    s0 += stepStride;
    s1 += stepStride;
    s2 += stepStride;
    s3 += stepStride;
    target += 32;
  }
}

function packEdge(count: i32, k: i32, source: usize, lineStride: usize, stepStride: usize, target: usize): void {
  for (let p = 0; p < k; p++) {
    for (let r = 0; r < TILE; r++) {
      store<f64>(target, r < count ? load<f64>(source + <usize>r * lineStride) : 0);
      target += 8;
    }
    source += stepStride;
  }
}
