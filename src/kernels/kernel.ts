import type { Matrix } from "../linalg/matrix.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/**
 * Points x′ that many rows are compared with, as a kind of kernel keeps them: made once by `preparePoints`, read by every thread.
 * Plain data; the tables are pointers into shared memory and numbers, which only that kind of kernel understands.
 */
export interface KernelPoints {
  /** Number of points. */
  readonly count: number;
  /** Length of a point. */
  readonly nFeatures: number;
  /** Pointers and numbers. */
  readonly tables: Readonly<Record<string, number>>;
}

/** Rows beside points, and where their kernel goes. */
export interface KernelBlock {
  /** f64 [n × nFeatures], stored without gaps */
  readonly rows: Matrix;
  /** Columns of the block, one each. */
  readonly points: KernelPoints;
  /** f64 [n × count], eV² */
  readonly values: Pointer;
  /** What derivatives of this block need, f64 [n × count × slopesPerValue] in an order of the kernel's own; 0: values only. */
  readonly slopes: Pointer;
}

/** Directions J in which rows of a block move: f64 [nRows × nFeatures], three to a group, for one row of the block after the other. */
export interface Directions {
  /** Rows first … first + count − 1 of the block */
  readonly first: number;
  /** Rows of the block that move. */
  readonly count: number;
  /** f64 [nRows × nFeatures] */
  readonly pointer: Pointer;
  /** Three for each group. */
  readonly nRows: number;
  /** i32 [count]: groups of three directions of each row of the block */
  readonly groups: Pointer;
}

/** A factor for every row of a block and every point: f64 [count, `stride` elements from one row to the next]; 0: all rows share one. */
export interface RowFactors {
  /** f64 */
  readonly pointer: Pointer;
  /** Elements; 0: all rows share one. */
  readonly stride: number;
}

/**
 * A covariance function k(x, x′) of two rows on one thread, in blocks. Whoever needs kernels asks here and multiplies nothing himself,
 * so that functions of x·x′, |x|² and |x′|² (`gramKernel`, matrix products) and those of whole rows look the same from outside.
 */
export interface KernelEvaluator {
  /** Elements of slopes for each value; 0 where derivatives need nothing of the kind. */
  readonly slopesPerValue: number;
  /** out = k(x_i, y_j), eV²; x and y stored, out f64 [rows of x × rows of y] with any stride */
  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void;
  /** k(x_i, x_i) of every row, eV² */
  diagonal(x: Matrix): Float64Array;
  /** Fills values and, where there is room for them, slopes of a block. */
  evaluate(block: KernelBlock, scratch: Arena): void;
  /**
   * Sums over the points of an evaluated block: energies[i] += Σ_s c_s k(x_i, x_s), and gradients[i] = Σ_s c_s ∂k(x_i, x_s)/∂x_i.
   * Overwrites the slopes, keeps the values.
   * @param coefficients f64 [count]; energies f64 [n]; gradients f64 [n × nFeatures], 0: skipped
   */
  contract(block: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer, scratch: Arena): void;
  /**
   * Derivatives J · ∂k(x_i, x_s)/∂x_i of an evaluated block along directions, as products · factor: f64 [nRows × count] in `products`,
   * factors of the rows first … first + count − 1.
   * @param scratch holds the factors until its owner resets it
   */
  directional(block: KernelBlock, directions: Directions, products: Pointer, scratch: Arena): RowFactors;
}

/** Kernel matrices of the same rows with several kernels, in the order of these. */
export type KernelMatrices = (x: Matrix, y: Matrix, outs: readonly Matrix[], scratch: Arena) => void;

/** A kernel as a function k(g, s, s′) of g = x·x′, s = |x|² and s′ = |x′|², with its first and second derivatives. */
export interface KernelDerivatives {
  /** k, eV² */
  value: number;
  /** ∂k/∂g */
  slope: number;
  /** 2 ∂k/∂s */
  ownSlope: number;
  /** 2 ∂k/∂s′ */
  pointSlope: number;
  /** ∂²k/∂g² */
  curvature: number;
  /** 2 ∂²k/∂g∂s */
  ownMixed: number;
  /** 2 ∂²k/∂g∂s′ */
  pointMixed: number;
  /** 4 ∂²k/∂s∂s′ */
  squaresMixed: number;
}

/** Smallest and largest value of every column that a kernel compares, over the training data. */
export interface ColumnRanges {
  /** nCoordinates */
  readonly minima: Float64Array;
  /** nCoordinates */
  readonly maxima: Float64Array;
}

/** A kernel of rows that end with their weight w: k_eff = w w′ k(x, x′) of the coordinates x before it. */
export interface WeightedForm<Parameters> {
  /** Binds the kernel to the instance of one thread, for rows of so many coordinates. */
  attach(wasm: Wasm, parameters: Parameters, nCoordinates: number): KernelEvaluator;
  /** See `KernelType.preparePoints`. */
  preparePoints: KernelType<Parameters>["preparePoints"];
}

/** One line of the registry. Parameters are plain, validated data: they cross threads and go into model files. */
export interface KernelType<Parameters> {
  /** As in its parameters. */
  readonly type: string;
  /** Binds the kernel to the instance of one thread. */
  attach(wasm: Wasm, parameters: Parameters): KernelEvaluator;
  /**
   * Puts points into shared memory.
   * @param points stored, f64 [count × nFeatures]; not needed afterwards
   * @param gradients whether `contract` will be asked for gradients
   */
  preparePoints(wasm: Wasm, points: Matrix, gradients: boolean, allocate: (bytes: number) => Pointer, parameters: Parameters): KernelPoints;
  /** Binds several kernels of this type that share what is expensive, such as inner products. Absent: each is computed for itself. */
  attachSeveral?(wasm: Wasm, several: readonly Parameters[]): KernelMatrices;
  /**
   * Why forces cannot be fitted with it: a kernel that has no derivatives where rows are equal has no covariance of forces. Absent or undefined:
   * they can.
   */
  lacksDerivatives?(parameters: Parameters): string | undefined;
  /** Whether rows are changed before they are compared, so that `derivatives` does not hold for them; absent: never. */
  mapsRows?(parameters: Parameters): boolean;
  /** First and second derivatives of a function of x·x′, |x|² and |x′|², on the host. Absent: it is no such function, or nobody needed them. */
  derivatives?(parameters: Parameters, gram: number, square: number, pointSquare: number, out: KernelDerivatives): void;
  /** k of two rows on the host, eV² */
  value(parameters: Parameters, x: ArrayLike<number>, y: ArrayLike<number>): number;
  /** Prior variance scale δ², eV² */
  scale(parameters: Parameters): number;
  /** What to do where a kernel matrix is not positive definite, for the end of that message; undefined: nothing beside what it says. */
  remedy(parameters: Parameters): string | undefined;
  /** A form of its own for rows with weights; absent: it is made of the others. */
  readonly weighted?: WeightedForm<Parameters>;
  /** @throws {InvalidParameterError} where parameters do not fit rows of so many coordinates; absent: they always do */
  readonly check?: (parameters: Parameters, nCoordinates: number) => void;
  /** Whether `learn` has something to do; absent: never. */
  readonly needsRanges?: (parameters: Parameters) => boolean;
  /** The parameters with numbers in place of what is taken from the training data. */
  readonly learn?: (parameters: Parameters, ranges: ColumnRanges) => Parameters;
}
