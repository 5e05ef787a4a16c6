import { z } from "zod";
import type { Matrix } from "../linalg/matrix.js";
import type { Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { dotProduct, dotProductSchema } from "./dot-product.js";
import type { ColumnRanges, KernelDerivatives, KernelEvaluator, KernelMatrices, KernelPoints, KernelType, WeightedForm } from "./kernel.js";
import { laplacian, laplacianSchema } from "./laplacian.js";
import { matern, maternSchema } from "./matern.js";
import { piecewisePolynomial, piecewisePolynomialSchema } from "./piecewise-polynomial.js";
import { polynomial, polynomialSchema } from "./polynomial.js";
import { squaredExponential, squaredExponentialSchema } from "./squared-exponential.js";
import { weightedForm } from "./weighted-kernel.js";

/** The kernels, one line each in both lists; the schema is what fit files and model files hold. */
export const kernelSchema = z.discriminatedUnion("type", [dotProductSchema, squaredExponentialSchema, piecewisePolynomialSchema, polynomialSchema, laplacianSchema, maternSchema]);
/** Parameters of any kernel with every default filled in. */
export type KernelParameters = z.output<typeof kernelSchema>;

const types: { [Type in KernelParameters["type"]]: KernelType<Extract<KernelParameters, { type: Type }>> } = {
  "dot-product": dotProduct,
  "squared-exponential": squaredExponential,
  laplacian,
  matern,
  "piecewise-polynomial": piecewisePolynomial,
  polynomial,
};

/** Names of the kernels, as `type` in parameters. */
export const kernelNames: readonly string[] = Object.keys(types);

function typeOf({ type }: KernelParameters): KernelType<KernelParameters> {
  return types[type] as KernelType<KernelParameters>;
}

function weightedOf(parameters: KernelParameters): WeightedForm<KernelParameters> {
  const type = typeOf(parameters);
  return type.weighted ?? weightedForm(type);
}

/** Rows that a kernel compares, as their descriptor has them. */
export interface KernelRowShape {
  /** Columns, the weight included. */
  readonly nFeatures: number;
  /** Whether the last column is the weight of the row: k_eff = w w′ k(x, x′). Absent: rows have none. */
  readonly weighsRows?: boolean | undefined;
}

/**
 * Binds a kernel to one thread.
 * @param rows where they may have weights
 */
export function attachKernel(wasm: Wasm, parameters: KernelParameters, rows?: KernelRowShape): KernelEvaluator {
  if (rows?.weighsRows) return weightedOf(parameters).attach(wasm, parameters, rows.nFeatures - 1);
  return typeOf(parameters).attach(wasm, parameters);
}

/** Binds several kernels to one thread; those that differ in numbers alone share what is expensive, such as inner products. */
export function attachKernels(wasm: Wasm, several: readonly KernelParameters[]): KernelMatrices {
  const type = typeOf(several[0]);
  const kindOf = (parameters: KernelParameters): string => JSON.stringify({ ...parameters, lengthScale: 0, delta: 0 });
  if (type.attachSeveral && several.every((parameters) => kindOf(parameters) === kindOf(several[0]))) return type.attachSeveral(wasm, several);
  const evaluators = several.map((parameters) => attachKernel(wasm, parameters));
  return (x, y, outs, scratch) => evaluators.forEach((evaluator, k) => evaluator.matrix(x, y, outs[k], scratch));
}

/**
 * Puts points that rows will be compared with into shared memory, as the kernel wants them.
 * @param points stored, f64 [count × nFeatures]; not needed afterwards
 * @param gradients whether gradients in the rows are needed (predictions of forces)
 * @param weighsRows whether the last column is a weight
 */
export function prepareKernelPoints(
  wasm: Wasm,
  parameters: KernelParameters,
  points: Matrix,
  gradients: boolean,
  allocate: (bytes: number) => Pointer,
  weighsRows = false,
): KernelPoints {
  return (weighsRows ? weightedOf(parameters) : typeOf(parameters)).preparePoints(wasm, points, gradients, allocate, parameters);
}

/**
 * k of two descriptors on the host, eV²
 * @param weighsRows whether their last number is a weight
 */
export function kernelValue(parameters: KernelParameters, x: ArrayLike<number>, y: ArrayLike<number>, weighsRows = false): number {
  if (!weighsRows) return typeOf(parameters).value(parameters, x, y);
  const [n, last] = [x.length, x.length - 1];
  return x[last] * y[last] * typeOf(parameters).value(parameters, Array.from({ length: n - 1 }, (_, d) => x[d]), Array.from({ length: n - 1 }, (_, d) => y[d]));
}

/** Prior variance δ², eV² */
export function kernelScale(parameters: KernelParameters): number {
  return typeOf(parameters).scale(parameters);
}

/** What to do where the kernel matrix of some environments is not positive definite, if the kernel itself may be the reason. */
export function kernelRemedy(parameters: KernelParameters): string | undefined {
  return typeOf(parameters).remedy(parameters);
}

/** Why forces cannot be fitted with a kernel, and what to take instead; undefined where they can. */
export function kernelLacksDerivatives(parameters: KernelParameters): string | undefined {
  return typeOf(parameters).lacksDerivatives?.(parameters);
}

/**
 * Second derivatives of kernels that are functions of x·x′, |x|² and |x′|², on the host: fills `out`. Undefined for kernels that do not offer them.
 */
export function kernelDerivatives(
  parameters: KernelParameters,
): ((gram: number, square: number, pointSquare: number, out: KernelDerivatives) => void) | undefined {
  const type = typeOf(parameters);
  if (!type.derivatives || type.mapsRows?.(parameters) || type.lacksDerivatives?.(parameters) !== undefined) return undefined;
  return (gram, square, pointSquare, out) => type.derivatives!(parameters, gram, square, pointSquare, out);
}

/** @throws {InvalidParameterError} where parameters do not fit the rows */
export function checkKernel(parameters: KernelParameters, { nFeatures, weighsRows }: KernelRowShape): void {
  typeOf(parameters).check?.(parameters, nFeatures - (weighsRows ? 1 : 0));
}

/** Whether parameters take something from the training data that is not known yet, see `learnKernel`. */
export function kernelNeedsRanges(parameters: KernelParameters): boolean {
  return typeOf(parameters).needsRanges?.(parameters) ?? false;
}

/** The parameters with numbers in place of what they take from the training data. */
export function learnKernel(parameters: KernelParameters, ranges: ColumnRanges): KernelParameters {
  return typeOf(parameters).learn?.(parameters, ranges) ?? parameters;
}
