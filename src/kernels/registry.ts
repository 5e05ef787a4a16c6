import { z } from "zod";
import type { Matrix } from "../linalg/matrix.js";
import type { Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { dotProduct, dotProductSchema } from "./dot-product.js";
import type { KernelEvaluator, KernelPoints, KernelType } from "./kernel.js";
import { squaredExponential, squaredExponentialSchema } from "./squared-exponential.js";

/** The kernels, one line each in both lists; the schema is what fit files and model files hold. */
export const kernelSchema = z.discriminatedUnion("type", [dotProductSchema, squaredExponentialSchema]);
/** Parameters of any kernel with every default filled in. */
export type KernelParameters = z.output<typeof kernelSchema>;

const types: { [Type in KernelParameters["type"]]: KernelType<Extract<KernelParameters, { type: Type }>> } = {
  "dot-product": dotProduct,
  "squared-exponential": squaredExponential,
};

/** Names of the kernels, as `type` in parameters. */
export const kernelNames: readonly string[] = Object.keys(types);

function typeOf({ type }: KernelParameters): KernelType<KernelParameters> {
  return types[type];
}

/** Binds a kernel to one thread. */
export function attachKernel(wasm: Wasm, parameters: KernelParameters): KernelEvaluator {
  return typeOf(parameters).attach(wasm, parameters);
}

/**
 * Puts points that rows will be compared with into shared memory, as the kernel wants them.
 * @param points stored, f64 [count × nFeatures]; not needed afterwards
 * @param gradients whether gradients in the rows are needed (predictions of forces)
 */
export function prepareKernelPoints(
  wasm: Wasm,
  parameters: KernelParameters,
  points: Matrix,
  gradients: boolean,
  allocate: (bytes: number) => Pointer,
): KernelPoints {
  return typeOf(parameters).preparePoints(wasm, points, gradients, allocate);
}

/** k of two descriptors on the host, eV² */
export function kernelValue(parameters: KernelParameters, x: ArrayLike<number>, y: ArrayLike<number>): number {
  return typeOf(parameters).value(parameters, x, y);
}

/** Prior variance δ², eV² */
export function kernelScale(parameters: KernelParameters): number {
  return typeOf(parameters).scale(parameters);
}

/** What to do where the kernel matrix of some environments is not positive definite, if the kernel itself may be the reason. */
export function kernelRemedy(parameters: KernelParameters): string | undefined {
  return typeOf(parameters).remedy(parameters);
}
