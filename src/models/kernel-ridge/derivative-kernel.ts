import type { KernelDerivatives } from "../../kernels/kernel.js";
import { matrix, transpose } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

// Kernels of energies and derivatives of energies: with g = x·x′, s = |x|², s′ = |x′|² all of them follow from products of the rows x, J = ∂x/∂r
// of one center with those of another.

/** A row and its derivatives in memory: x, then one row for every derivative. */
export interface StackedCenter {
  /** First row in the stack. */
  readonly first: number;
  /** Derivatives. */
  readonly count: number;
  /** Only centers of the same kind are compared: an atomic number, or 0. */
  readonly kind: number;
  /** Where the energy stands in the kernel matrix; −1: nowhere. */
  readonly energy: number;
  /** Where each derivative stands; −1: nowhere. */
  readonly derivatives: Int32Array;
}

/** Centers whose rows stand below each other: f64 [rows × nFeatures]. */
export interface Stack {
  readonly pointer: Pointer;
  readonly rows: number;
  readonly nFeatures: number;
  readonly centers: readonly StackedCenter[];
}

/** k and its derivatives as a function of g, s and s′. */
export type DerivativesOf = (gram: number, square: number, pointSquare: number, out: KernelDerivatives) => void;

/** A matrix that blocks are added to; a view of shared memory or an array of the host. */
export interface KernelTarget {
  readonly values: Float64Array;
  /** Elements from one row to the next. */
  readonly stride: number;
  /** What rows and columns of centers are counted from. */
  readonly firstRow: number;
  readonly firstColumn: number;
}

export function emptyDerivatives(): KernelDerivatives {
  return { value: 0, slope: 0, ownSlope: 0, pointSlope: 0, curvature: 0, ownMixed: 0, pointMixed: 0, squaresMixed: 0 };
}

/** |x|² and J·x of a center. */
function ownProducts(wasm: Wasm, { pointer, nFeatures }: Stack, { first, count }: StackedCenter): Float64Array {
  const rows = wasm.f64(pointer + 8 * first * nFeatures, (count + 1) * nFeatures);
  const products = new Float64Array(count + 1);
  for (let r = 0; r <= count; r++) for (let f = 0; f < nFeatures; f++) products[r] += rows[r * nFeatures + f] * rows[f];
  return products;
}

/**
 * Adds kernels of energies and derivatives between two stacks: k, J·∂k/∂x, J′·∂k/∂x′ and J·∂²k/∂x∂x′·J′ᵀ, with
 * ∂²k/∂x∂x′ = k_g 1 + x′(k_gg x + 2k_gs′ x′)ᵀ + x(2k_gs x + 4k_ss′ x′)ᵀ.
 */
export function addDerivativeKernels(wasm: Wasm, derivativesOf: DerivativesOf, a: Stack, b: Stack, target: KernelTarget, scratch: Arena): void {
  const mark = scratch.mark();
  const gram = matrix(scratch.f64(a.rows * b.rows), a.rows, b.rows);
  gemm(wasm, scratch, 1, matrix(a.pointer, a.rows, a.nFeatures), transpose(matrix(b.pointer, b.rows, b.nFeatures)), 0, gram);
  const products = wasm.f64(gram.pointer, a.rows * b.rows);
  const ownB = b.centers.map((center) => ownProducts(wasm, b, center));
  const d = emptyDerivatives();
  for (const left of a.centers) {
    const ownA = ownProducts(wasm, a, left);
    for (const [j, right] of b.centers.entries()) {
      if (left.kind !== right.kind) continue;
      derivativesOf(products[left.first * b.rows + right.first], ownA[0], ownB[j][0], d);
      addCenters(products, b.rows, left, ownA, right, ownB[j], d, target);
    }
  }
  scratch.reset(mark);
}

function addCenters(
  gram: Float64Array, columns: number, left: StackedCenter, ownLeft: Float64Array, right: StackedCenter, ownRight: Float64Array, d: KernelDerivatives, target: KernelTarget,
): void {
  const { values, stride, firstRow, firstColumn } = target;
  const top = left.first * columns + right.first;
  if (left.energy >= 0) {
    const row = (left.energy - firstRow) * stride - firstColumn;
    if (right.energy >= 0) values[row + right.energy] += d.value;
    for (let r = 0; r < right.count; r++) {
      if (right.derivatives[r] >= 0) values[row + right.derivatives[r]] += d.slope * gram[top + 1 + r] + d.pointSlope * ownRight[1 + r];
    }
  }
  for (let q = 0; q < left.count; q++) {
    if (left.derivatives[q] < 0) continue;
    const row = (left.derivatives[q] - firstRow) * stride - firstColumn;
    const line = top + (q + 1) * columns;
    const [byPoint, own] = [gram[line], ownLeft[1 + q]];
    if (right.energy >= 0) values[row + right.energy] += d.slope * byPoint + d.ownSlope * own;
    for (let r = 0; r < right.count; r++) {
      if (right.derivatives[r] < 0) continue;
      const [byRow, ownPoint] = [gram[top + 1 + r], ownRight[1 + r]];
      values[row + right.derivatives[r]] +=
        d.slope * gram[line + 1 + r] + byPoint * (d.curvature * byRow + d.pointMixed * ownPoint) + own * (d.ownMixed * byRow + d.squaresMixed * ownPoint);
    }
  }
}
