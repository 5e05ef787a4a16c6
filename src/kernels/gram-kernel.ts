import { matrix, type Matrix, rowBlock, transpose } from "../linalg/matrix.js";
import { gemm, gemmPackedB, packB, packedBytes, type PackedMatrix } from "../linalg/product.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Directions, KernelBlock, KernelDerivatives, KernelEvaluator, KernelMatrices, KernelPoints, KernelType, RowFactors } from "./kernel.js";

/** A block of numbers that a gram kernel is a function of, and where the results go. All f64; null pointers are skipped. */
export interface GramBlock {
  readonly rows: number;
  readonly columns: number;
  /** Length of the vectors x and x′. */
  readonly nFeatures: number;
  /** [rows × columns], x·x′ */
  readonly gram: Pointer;
  /** [rows], |x|²; 0 where the kernel does not depend on it */
  readonly squares: Pointer;
  /** [columns], |x′|²; likewise */
  readonly pointSquares: Pointer;
  /** [rows × columns], k in eV²; may be `gram` */
  readonly values: Pointer;
  /** [rows × columns], a = ∂k/∂(x·x′); where the kernel depends on |x|² followed by as many b = 2 ∂k/∂|x|² */
  readonly slopes: Pointer;
}

/** A kernel that is a function of x·x′, |x|² and |x′|²: its elementwise part. */
export interface GramFunction<Parameters> {
  readonly type: string;
  /** Whether it depends on |x|² and |x′|². Where not, nothing is computed for them. */
  readonly usesSquares: boolean;
  /** Binds the routine to one thread. */
  attach(wasm: Wasm, parameters: Parameters): (block: GramBlock) => void;
  /** The same for one element, on the host. */
  value(parameters: Parameters, gram: number, square: number, pointSquare: number, nFeatures: number): number;
  scale(parameters: Parameters): number;
  remedy(parameters: Parameters): string | undefined;
  /** With second derivatives, for fits with forces. */
  derivatives?(parameters: Parameters, gram: number, square: number, pointSquare: number, out: KernelDerivatives): void;
}

/**
 * Derivatives of a kernel that is a function of d = |x − x′|² = s + s′ − 2 g.
 * @param slope ∂k/∂d
 * @param curvature ∂²k/∂d²
 */
export function writeRadial(out: KernelDerivatives, value: number, slope: number, curvature: number): void {
  out.value = value;
  out.slope = -2 * slope;
  out.ownSlope = out.pointSlope = 2 * slope;
  out.curvature = out.squaresMixed = 4 * curvature;
  out.ownMixed = out.pointMixed = -4 * curvature;
}

/** `KernelPoints` of a gram kernel: sparse points as right factors of matrix products. */
interface GramPoints extends KernelPoints {
  readonly tables: {
    /** X′ᵀ (nFeatures × count), packed */
    readonly columns: Pointer;
    /** X′ (count × nFeatures), packed; 0 where gradients are not needed */
    readonly rows: Pointer;
    /** f64 [count], |x′|²; 0 where the kernel does not depend on it */
    readonly squares: Pointer;
  };
}

/**
 * A kernel k(x·x′, |x|², |x′|²). With a = ∂k/∂(x·x′) and b = 2 ∂k/∂|x|² the derivative is ∂k/∂x = a x′ + b x, so that everything
 * around the elementwise function is a product with the matrix of the points, and one product with the row itself.
 */
export function gramKernel<Parameters>(definition: GramFunction<Parameters>): KernelType<Parameters> {
  const { type, usesSquares } = definition;
  const valueOf = (parameters: Parameters, x: ArrayLike<number>, y: ArrayLike<number>): number =>
    definition.value(parameters, dot(x, y), usesSquares ? dot(x, x) : 0, usesSquares ? dot(y, y) : 0, x.length);
  return {
    type,
    attach: (wasm, parameters) =>
      new GramEvaluator(wasm, usesSquares, definition.attach(wasm, parameters), (x) => valueOf(parameters, x, x)),
    attachSeveral: (wasm, several) => gramMatrices(wasm, usesSquares, several.map((parameters) => definition.attach(wasm, parameters))),
    ...(definition.derivatives && { derivatives: definition.derivatives }),
    preparePoints(wasm, points, gradients, allocate): GramPoints {
      const { rows: count, columns: nFeatures } = points;
      const columns = packB(wasm, transpose(points), allocate(packedBytes(count, nFeatures))).pointer;
      const rows = gradients ? packB(wasm, points, allocate(packedBytes(nFeatures, count))).pointer : 0;
      const squares = usesSquares ? allocate(8 * count) : 0;
      if (usesSquares) wasm.routines.rowSquares(count, nFeatures, points.stride, points.pointer, squares);
      return { count, nFeatures, tables: { columns, rows, squares } };
    },
    value: valueOf,
    scale: (parameters) => definition.scale(parameters),
    remedy: (parameters) => definition.remedy(parameters),
  };
}

/** Kernels of the same inner products. */
function gramMatrices(wasm: Wasm, usesSquares: boolean, several: readonly ((block: GramBlock) => void)[]): KernelMatrices {
  return (x, y, outs, scratch) => {
    const mark = scratch.mark();
    const { rows, columns: nFeatures } = x;
    const columns = y.rows;
    const gram = scratch.f64(rows * columns);
    gemm(wasm, scratch, 1, x, transpose(y), 0, matrix(gram, rows, columns));
    const [squares, pointSquares] = usesSquares ? [squaresOf(wasm, x, scratch), squaresOf(wasm, y, scratch)] : [0, 0];
    for (const [k, apply] of several.entries()) {
      const { pointer, stride } = outs[k];
      if (stride === columns) apply({ rows, columns, nFeatures, gram, squares, pointSquares, values: pointer, slopes: 0 });
      else {
        for (let i = 0; i < rows; i++) {
          const row = { gram: gram + 8 * i * columns, squares: squares && squares + 8 * i, values: pointer + 8 * i * stride };
          apply({ rows: 1, columns, nFeatures, pointSquares, slopes: 0, ...row });
        }
      }
    }
    scratch.reset(mark);
  };
}

function squaresOf(wasm: Wasm, x: Matrix, scratch: Arena): Pointer {
  const squares = scratch.f64(x.rows);
  wasm.routines.rowSquares(x.rows, x.columns, x.stride, x.pointer, squares);
  return squares;
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let f = 0; f < x.length; f++) sum += x[f] * y[f];
  return sum;
}

class GramEvaluator implements KernelEvaluator {
  readonly slopesPerValue: number;

  constructor(
    private readonly wasm: Wasm,
    private readonly usesSquares: boolean,
    private readonly apply: (block: GramBlock) => void,
    private readonly ownValue: (x: Float64Array) => number,
  ) {
    this.slopesPerValue = usesSquares ? 2 : 1;
  }

  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
    const { wasm } = this;
    const mark = scratch.mark();
    gemm(wasm, scratch, 1, x, transpose(y), 0, out);
    const squares = this.squaresOf(x, scratch);
    const pointSquares = this.squaresOf(y, scratch);
    const apply = (part: Matrix, first: number): void =>
      this.apply({
        rows: part.rows, columns: part.columns, nFeatures: x.columns, gram: part.pointer, squares: squares && squares + 8 * first, pointSquares,
        values: part.pointer, slopes: 0,
      });
    if (out.stride === out.columns) apply(out, 0);
    else for (let i = 0; i < out.rows; i++) apply(rowBlock(out, i, 1), i);
    scratch.reset(mark);
  }

  diagonal(x: Matrix): Float64Array {
    return Float64Array.from({ length: x.rows }, (_, i) => this.ownValue(this.wasm.f64(x.pointer + 8 * i * x.stride, x.columns)));
  }

  evaluate({ rows, points, values, slopes }: KernelBlock, scratch: Arena): void {
    const { wasm } = this;
    const { count, nFeatures, tables } = points as GramPoints;
    const mark = scratch.mark();
    const squares = this.squaresOf(rows, scratch);
    gemmPackedB(wasm, scratch, 1, rows, columnsOf(points), 0, matrix(values, rows.rows, count));
    this.apply({ rows: rows.rows, columns: count, nFeatures, gram: values, squares, pointSquares: tables.squares, values, slopes });
    scratch.reset(mark);
  }

  contract({ rows, points, values, slopes }: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const { count, nFeatures } = points;
    const n = rows.rows;
    wasm.routines.contractKernel(n, count, values, coefficients, gradients ? slopes : 0, energies);
    if (!gradients) return;
    gemmPackedB(wasm, scratch, 1, matrix(slopes, n, count), rowsOf(points), 0, matrix(gradients, n, nFeatures));
    if (this.usesSquares) wasm.routines.addOwnGradients(n, count, nFeatures, slopes + 8 * n * count, coefficients, rows.pointer, gradients);
  }

  directional({ rows, points, slopes }: KernelBlock, directions: Directions, products: Pointer, scratch: Arena): RowFactors {
    const { wasm } = this;
    const { count, nFeatures } = points;
    const { first, count: n, nRows, pointer, groups } = directions;
    gemmPackedB(wasm, scratch, 1, matrix(pointer, nRows, nFeatures), columnsOf(points), 0, matrix(products, nRows, count));
    const offset = 8 * first * count;
    if (!this.usesSquares) return { pointer: slopes + offset, stride: count };
    const ownSlopes = slopes + 8 * rows.rows * count;
    const x = rows.pointer + 8 * first * nFeatures;
    wasm.routines.addOwnDirections(n, count, nFeatures, groups, slopes + offset, ownSlopes + offset, x, pointer, products);
    const ones = scratch.f64(count);
    wasm.f64(ones, count).fill(1);
    return { pointer: ones, stride: 0 };
  }

  private squaresOf(x: Matrix, scratch: Arena): Pointer {
    return this.usesSquares ? squaresOf(this.wasm, x, scratch) : 0;
  }
}

function columnsOf({ count, nFeatures, tables }: KernelPoints): PackedMatrix {
  return { pointer: tables.columns, rows: nFeatures, columns: count };
}

function rowsOf({ count, nFeatures, tables }: KernelPoints): PackedMatrix {
  return { pointer: tables.rows, rows: count, columns: nFeatures };
}
