// Rows of the design matrix from descriptor Jacobians. A row of the derivative of the energy in an atom's position is
// Σ_i κ(i, s) (∂x_i/∂r · x_s): the kernel slope κ depends on center i and sparse point s only, so Jacobian rows of one center
// are added first (periodic images of an atom, strain) and multiplied with the sparse points afterwards.
import { madd } from "../math/simd";
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

/**
 * Folds the Jacobian of a block of centers. For each center: one group of three rows per distinct neighbor atom other than the
 * center itself (the sum over its periodic images), and with `strain` six rows ∂x/∂ε in Voigt order xx yy zz yz xz xy,
 * shear rows symmetrised. Images of the center itself move with it, so they have no part in the forces.
 * @param offsets i32 [nCenters + 1], first entry = first pair of the block
 * @param jacobian f64 [pairs of the block × 3 × nFeatures], from the first pair of the block on
 * @param capacity rows that fit in `rows`
 * @param rows f64 [capacity × nFeatures]; rowAtoms i32 [capacity / 3]: atom of each group of three rows, −1 and −2 for the
 *   two groups of strain rows; rowCounts i32 [nCenters]: groups of each center
 * @param slots i32 [nAtoms], all −1 on entry and on return: scratch
 */
export function foldJacobian(
  nCenters: i32,
  nFeatures: i32,
  strain: i32,
  capacity: i32,
  offsets: usize,
  centerAtoms: usize,
  neighborAtoms: usize,
  dx: usize,
  dy: usize,
  dz: usize,
  jacobian: usize,
  rows: usize,
  rowAtoms: usize,
  rowCounts: usize,
  slots: usize,
): i32 {
  if (nCenters < 0 || nFeatures < 1) return INVALID_ARGUMENT;
  const n = <usize>nFeatures;
  const groupBytes = n * 24;
  const base = <usize>load<i32>(offsets);
  let group: usize = 0;
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const first = <usize>load<i32>(offsets + (c << 2));
    const last = <usize>load<i32>(offsets + (c << 2), 4);
    const center = load<i32>(centerAtoms + (c << 2));
    const firstGroup = group;
    for (let p = first; p < last; p++) {
      const atom = load<i32>(neighborAtoms + (p << 2));
      if (atom == center) continue;
      const slot = slots + (<usize>atom << 2);
      const source = jacobian + (p - base) * groupBytes;
      const known = load<i32>(slot);
      if (known >= 0) {
        addScaled(3 * n, 1.0, source, rows + <usize>known * groupBytes);
        continue;
      }
      if (3 * <i32>group + 3 > capacity) return CAPACITY;
      memory.copy(rows + group * groupBytes, source, groupBytes);
      store<i32>(slot, <i32>group);
      store<i32>(rowAtoms + (group << 2), atom);
      group++;
    }
    for (let g = firstGroup; g < group; g++) store<i32>(slots + (<usize>load<i32>(rowAtoms + (g << 2)) << 2), -1);
    if (strain != 0) {
      if (3 * <i32>group + 6 > capacity) return CAPACITY;
      const target = rows + group * groupBytes;
      memory.fill(target, 0, 2 * groupBytes);
      for (let p = first; p < last; p++) {
        const x = load<f64>(dx + (p << 3));
        const y = load<f64>(dy + (p << 3));
        const z = load<f64>(dz + (p << 3));
        addStrain(n, x, y, z, jacobian + (p - base) * groupBytes, target);
      }
      store<i32>(rowAtoms + (group << 2), -1);
      store<i32>(rowAtoms + (group << 2), -2, 4);
      group += 2;
    }
    store<i32>(rowCounts + (c << 2), <i32>(group - firstGroup));
  }
  return OK;
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
 * @param nColumns columns of this panel; leading dimensions in elements
 * @param rowAtoms, rowCounts as `foldJacobian` wrote them
 * @param slopes f64 [nCenters × nColumns, leading dimension ldSlopes]; products f64 [rows × nColumns, leading dimension ldProducts]
 * @param atomRows i32 [nAtoms]: first of the three rows of an atom, −1 if it has none; strainRow: first of six rows, or −1
 * @param design f64 [… × nColumns, leading dimension ldDesign], added to
 */
export function scatterRows(
  nCenters: i32,
  nColumns: i32,
  ldSlopes: i32,
  ldProducts: i32,
  ldDesign: i32,
  strainRow: i32,
  centerAtoms: usize,
  rowAtoms: usize,
  rowCounts: usize,
  slopes: usize,
  products: usize,
  atomRows: usize,
  design: usize,
): i32 {
  if (nCenters < 0 || nColumns < 0) return INVALID_ARGUMENT;
  const n = <usize>nColumns;
  const productBytes = <usize>ldProducts << 3;
  const designBytes = <usize>ldDesign << 3;
  let product = products;
  let atomPointer = rowAtoms;
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const slope = slopes + c * (<usize>ldSlopes << 3);
    const own = load<i32>(atomRows + (<usize>load<i32>(centerAtoms + (c << 2)) << 2));
    const ownRow: usize = own < 0 ? 0 : design + <usize>own * designBytes;
    const groups = load<i32>(rowCounts + (c << 2));
    for (let g = 0; g < groups; g++, atomPointer += 4) {
      const atom = load<i32>(atomPointer);
      const first = atom >= 0 ? load<i32>(atomRows + (<usize>atom << 2)) : strainRow < 0 ? -1 : strainRow + (atom == -1 ? 0 : 3);
      const minus: usize = atom >= 0 ? ownRow : 0;
      for (let k: usize = 0; k < 3; k++, product += productBytes) {
        const row: usize = first < 0 ? 0 : design + (<usize>first + k) * designBytes;
        const minusRow: usize = minus == 0 ? 0 : minus + k * designBytes;
        addProduct(n, slope, product, row, minusRow);
      }
    }
  }
  return OK;
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
