// Rows of the design matrix from descriptor Jacobians. A row of the derivative of the energy in an atom's position is
// Σ_i κ(i, s) (∂x_i/∂r · x_s): the kernel slope κ depends on center i and sparse point s only, so Jacobian rows of one center
// are added first (periodic images of an atom, strain) and multiplied with the sparse points afterwards.
import { isTarget, Matrix } from "../linalg/matrix";
import { madd } from "../math/simd";
import { NeighborList } from "../neighbors/list";
import { CAPACITY, INVALID_ARGUMENT, OK } from "../status";

/** y[0…n) += a · x[0…n) */
// @ts-ignore: decorator
@inline
function addScaled(n: usize, a: f64, x: usize, y: usize): void {
  let i: usize = 0;
  const end = n << 3;
  if (ASC_FEATURE_SIMD) {
    const factor = f64x2.splat(a);
    const pairsEnd = (n & ~1) << 3;
    for (; i < pairsEnd; i += 16) v128.store(y + i, madd(factor, v128.load(x + i), v128.load(y + i)));
  }
  for (; i < end; i += 8) store<f64>(y + i, load<f64>(y + i) + a * load<f64>(x + i));
}

/** Rows of ∂x/∂r and ∂x/∂ε of a block of centers, in groups of three. */
@unmanaged
export class FoldedRows {
  nFeatures: i32;
  /** Rows that there is room for */
  capacity: i32;
  /** f64 [capacity × nFeatures] */
  rows: usize;
  /** i32 [capacity / 3]: atom of each group, −1 and −2 for the two groups of a strain */
  atoms: usize;
  /** i32 [nCenters]: groups of each center */
  counts: usize;
  /** out: rows of all centers */
  nRows: i32;
}

/**
 * Folds the Jacobian of a block of centers. For each center: one group of three rows per distinct neighbor atom other than the
 * center itself (the sum over its periodic images), and with `strain` six rows ∂x/∂ε in Voigt order xx yy zz yz xz xy,
 * shear rows symmetrised. Images of the center itself move with it, so they have no part in the forces.
 * @param list NeighborList of the block; its first offset is the first pair
 * @param jacobian f64 [pairs of the block × 3 × nFeatures], from the first pair on
 * @param folded FoldedRows, written; CAPACITY where they do not fit
 * @param slots i32 [nAtoms], all −1 on entry and on return: scratch
 */
export function foldJacobian(strain: i32, list: usize, jacobian: usize, folded: usize, slots: usize): i32 {
  const pairs = changetype<NeighborList>(list);
  const target = changetype<FoldedRows>(folded);
  if (pairs.nCenters < 0 || target.nFeatures < 1) return INVALID_ARGUMENT;
  const n = <usize>target.nFeatures;
  const groupBytes = n * 24;
  const base = <usize>load<i32>(pairs.offsets);
  let group = 0;
  for (let c: usize = 0; c < <usize>pairs.nCenters; c++) {
    const first = <usize>load<i32>(pairs.offsets + (c << 2));
    const last = <usize>load<i32>(pairs.offsets + (c << 2), 4);
    const ofCenter = jacobian + (first - base) * groupBytes;
    let end = foldNeighbors(first, last, load<i32>(pairs.centerAtoms + (c << 2)), pairs, ofCenter, target, group, slots);
    if (end < 0) return CAPACITY;
    if (strain != 0) {
      if (3 * end + 6 > target.capacity) return CAPACITY;
      foldStrain(first, last, pairs, ofCenter, target, end);
      end += 2;
    }
    store<i32>(target.counts + (c << 2), end - group);
    group = end;
  }
  target.nRows = 3 * group;
  return OK;
}

/** A group for every other atom among the neighbors of one center, from number `firstGroup` on; their end, or −1 where there is no room. */
function foldNeighbors(
  first: usize, last: usize, center: i32, pairs: NeighborList, jacobian: usize, target: FoldedRows, firstGroup: i32, slots: usize,
): i32 {
  const n = <usize>target.nFeatures;
  const groupBytes = n * 24;
  const rows = target.rows;
  const atoms = target.atoms;
  const neighborAtoms = pairs.neighborAtoms;
  let group = firstGroup;
  for (let p = first; p < last; p++, jacobian += groupBytes) {
    const atom = load<i32>(neighborAtoms + (p << 2));
    if (atom == center) continue;
    const slot = slots + (<usize>atom << 2);
    const known = load<i32>(slot);
    if (known >= 0) {
      addScaled(3 * n, 1.0, jacobian, rows + <usize>known * groupBytes);
      continue;
    }
    if (3 * group + 3 > target.capacity) return -1;
    memory.copy(rows + <usize>group * groupBytes, jacobian, groupBytes);
    store<i32>(slot, group);
    store<i32>(atoms + (<usize>group << 2), atom);
    group++;
  }
  for (let g = firstGroup; g < group; g++) store<i32>(slots + (<usize>load<i32>(atoms + (<usize>g << 2)) << 2), -1);
  return group;
}

/** The two groups of the strain of one center. */
function foldStrain(first: usize, last: usize, pairs: NeighborList, jacobian: usize, target: FoldedRows, group: i32): void {
  const n = <usize>target.nFeatures;
  const groupBytes = n * 24;
  const rows = target.rows + <usize>group * groupBytes;
  const atoms = target.atoms + (<usize>group << 2);
  memory.fill(rows, 0, 2 * groupBytes);
  for (let p = first; p < last; p++, jacobian += groupBytes) {
    const at = p << 3;
    addStrain(n, load<f64>(pairs.dx + at), load<f64>(pairs.dy + at), load<f64>(pairs.dz + at), jacobian, rows);
  }
  store<i32>(atoms, -1);
  store<i32>(atoms, -2, 4);
}

/** Adds one pair's ∂x/∂ε_ab = (d_a ∂x/∂r_b + d_b ∂x/∂r_a) / 2 to the six rows. */
function addStrain(n: usize, x: f64, y: f64, z: f64, pair: usize, target: usize): void {
  const row = n << 3;
  const end = n << 3;
  let f: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const pairsEnd = (n & ~1) << 3;
    const vx = f64x2.splat(x), vy = f64x2.splat(y), vz = f64x2.splat(z);
    const hx = f64x2.splat(0.5 * x), hy = f64x2.splat(0.5 * y), hz = f64x2.splat(0.5 * z);
    for (; f < pairsEnd; f += 16) {
      const jx = v128.load(pair + f);
      const jy = v128.load(pair + row + f);
      const jz = v128.load(pair + 2 * row + f);
      let t = target + f;
      v128.store(t, madd(vx, jx, v128.load(t)));
      t += row;
      v128.store(t, madd(vy, jy, v128.load(t)));
      t += row;
      v128.store(t, madd(vz, jz, v128.load(t)));
      t += row;
      v128.store(t, madd(hy, jz, madd(hz, jy, v128.load(t))));
      t += row;
      v128.store(t, madd(hx, jz, madd(hz, jx, v128.load(t))));
      t += row;
      v128.store(t, madd(hx, jy, madd(hy, jx, v128.load(t))));
    }
  }
  for (; f < end; f += 8) {
    const jx = load<f64>(pair + f);
    const jy = load<f64>(pair + row + f);
    const jz = load<f64>(pair + 2 * row + f);
    let t = target + f;
    store<f64>(t, load<f64>(t) + x * jx);
    t += row;
    store<f64>(t, load<f64>(t) + y * jy);
    t += row;
    store<f64>(t, load<f64>(t) + z * jz);
    t += row;
    store<f64>(t, load<f64>(t) + 0.5 * (y * jz + z * jy));
    t += row;
    store<f64>(t, load<f64>(t) + 0.5 * (x * jz + z * jx));
    t += row;
    store<f64>(t, load<f64>(t) + 0.5 * (x * jy + y * jx));
  }
}

/**
 * Adds products (∂x_i/∂r · x_s), times the kernel slope of their center, to rows of ∂E/∂r and ∂E/∂ε. A center's own row is minus
 * the sum over its neighbors.
 * @param strainRow first of six rows of the design matrix, or −1
 * @param list NeighborList of the block, of which nCenters, nAtoms and centerAtoms are read; folded: FoldedRows of `foldJacobian`
 * @param slopes Matrix [nCenters × columns of the products], stride 0 where they are the same for all; products Matrix [folded rows × columns]
 * @param atomRows i32 [nAtoms]: first of the three rows of an atom, −1 if it has none
 * @param columns i32 [nCenters]: first column of the products of each center in the design matrix; null pointer: 0 for all
 * @param design Matrix, added to; INVALID_ARGUMENT where a row or column is beyond its end
 */
export function scatterRows(
  strainRow: i32, list: usize, folded: usize, slopes: usize, products: usize, atomRows: usize, columns: usize, design: usize,
): i32 {
  const block = changetype<NeighborList>(list);
  const groups = changetype<FoldedRows>(folded);
  const slope = changetype<Matrix>(slopes);
  const product = changetype<Matrix>(products);
  const target = changetype<Matrix>(design);
  const nColumns = product.columns;
  if (!isTarget(target, target.rows, target.columns) || nColumns > target.columns || (strainRow >= 0 && strainRow + 6 > target.rows)) return INVALID_ARGUMENT;
  if (slope.rows != block.nCenters || slope.columns != nColumns || !isTarget(product, groups.nRows, nColumns)) return INVALID_ARGUMENT;
  const slopeBytes = <usize>slope.stride << 3;
  const groupBytes = <usize>product.stride * 24;
  const lastRow = target.rows - 3;
  let slopeRow = slope.pointer;
  let rows = product.pointer;
  let atoms = groups.atoms;
  for (let c: usize = 0; c < <usize>block.nCenters; c++, slopeRow += slopeBytes) {
    const own = load<i32>(atomRows + (<usize>load<i32>(block.centerAtoms + (c << 2)) << 2));
    if (own > lastRow) return INVALID_ARGUMENT;
    const column = columns != 0 ? load<i32>(columns + (c << 2)) : 0;
    if (column < 0 || column > target.columns - nColumns) return INVALID_ARGUMENT;
    const end = atoms + (<usize>load<i32>(groups.counts + (c << 2)) << 2);
    for (; atoms < end; atoms += 4, rows += groupBytes) {
      const atom = load<i32>(atoms);
      const first = atom >= 0 ? load<i32>(atomRows + (<usize>atom << 2)) : strainRow < 0 ? -1 : strainRow + (atom == -1 ? 0 : 3);
      if (first > lastRow) return INVALID_ARGUMENT;
      addProducts(slopeRow, product, rows, first, atom >= 0 ? own : -1, column, target);
    }
  }
  return OK;
}

/** Three rows of products to rows `plus` … of the design matrix, from a column on, and minus them to rows `minus` …; negative numbers are skipped. */
// @ts-ignore: decorator
@inline
function addProducts(slope: usize, product: Matrix, rows: usize, plus: i32, minus: i32, column: i32, design: Matrix): void {
  const n = <usize>product.columns;
  const productBytes = <usize>product.stride << 3;
  const designBytes = <usize>design.stride << 3;
  const panel = design.pointer + (<usize>column << 3);
  let to: usize = plus < 0 ? 0 : panel + <usize>plus * designBytes;
  let from: usize = minus < 0 ? 0 : panel + <usize>minus * designBytes;
  for (let k = 0; k < 3; k++, rows += productBytes) {
    addProduct(n, slope, rows, to, from);
    if (to) to += designBytes;
    if (from) from += designBytes;
  }
}

/** plus += slope·product and minus −= slope·product, elementwise; null pointers are skipped. */
// @ts-ignore: decorator
@inline
function addProduct(n: usize, slope: usize, product: usize, plus: usize, minus: usize): void {
  const end = n << 3;
  let i: usize = 0;
  if (plus != 0 && minus != 0) {
    if (ASC_FEATURE_SIMD) {
      const pairsEnd = (n & ~1) << 3;
      for (; i < pairsEnd; i += 16) {
        const value = f64x2.mul(v128.load(slope + i), v128.load(product + i));
        v128.store(plus + i, f64x2.add(v128.load(plus + i), value));
        v128.store(minus + i, f64x2.sub(v128.load(minus + i), value));
      }
    }
    for (; i < end; i += 8) {
      const value = load<f64>(slope + i) * load<f64>(product + i);
      store<f64>(plus + i, load<f64>(plus + i) + value);
      store<f64>(minus + i, load<f64>(minus + i) - value);
    }
  } else if (plus != 0 || minus != 0) {
    const target = plus != 0 ? plus : minus;
    const sign = plus != 0 ? 1.0 : -1.0;
    if (ASC_FEATURE_SIMD) {
      const pairsEnd = (n & ~1) << 3;
      const signs = f64x2.splat(sign);
      for (; i < pairsEnd; i += 16) {
        const value = f64x2.mul(v128.load(slope + i), v128.load(product + i));
        v128.store(target + i, f64x2.add(v128.load(target + i), f64x2.mul(signs, value)));
      }
    }
    for (; i < end; i += 8) {
      store<f64>(target + i, load<f64>(target + i) + sign * (load<f64>(slope + i) * load<f64>(product + i)));
    }
  }
}

/** out[j] += Σ_c matrix[c][j]; matrix f64 [nRows × nColumns], out f64 [nColumns]: the energy row is the sum over centers. */
export function addColumnSums(nRows: i32, nColumns: i32, matrix: usize, out: usize): i32 {
  if (nRows < 0 || nColumns < 0) return INVALID_ARGUMENT;
  const n = <usize>nColumns;
  for (let r: usize = 0; r < <usize>nRows; r++) addScaled(n, 1.0, matrix + r * (n << 3), out);
  return OK;
}

/** matrix[r][j] *= weights[r]; f64 [nRows × nColumns, leading dimension ld] */
export function scaleRows(nRows: i32, nColumns: i32, ld: i32, weights: usize, matrix: usize): i32 {
  if (nRows < 0 || nColumns < 0) return INVALID_ARGUMENT;
  const end = <usize>nColumns << 3;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const weight = load<f64>(weights + (r << 3));
    const row = matrix + r * (<usize>ld << 3);
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      const factor = f64x2.splat(weight);
      const pairsEnd = (<usize>nColumns & ~1) << 3;
      for (; i < pairsEnd; i += 16) v128.store(row + i, f64x2.mul(factor, v128.load(row + i)));
    }
    for (; i < end; i += 8) store<f64>(row + i, weight * load<f64>(row + i));
  }
  return OK;
}
