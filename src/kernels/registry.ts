import { z } from "zod";
import type { Wasm } from "../wasm/wasm.js";
import { dotProduct, dotProductSchema } from "./dot-product.js";
import type { KernelEvaluator, KernelType } from "./kernel.js";

/** The kernels, one line each; the schema is what fit files and model files hold. */
export const kernelSchema = z.discriminatedUnion("type", [dotProductSchema]);
export type KernelParameters = z.output<typeof kernelSchema>;

const types: { [Type in KernelParameters["type"]]: KernelType<Extract<KernelParameters, { type: Type }>> } = {
  "dot-product": dotProduct,
};

export const kernelNames: readonly string[] = Object.keys(types);

/** Binds a kernel to one thread. */
export function attachKernel(wasm: Wasm, parameters: KernelParameters): KernelEvaluator {
  return types[parameters.type].attach(wasm, parameters);
}

/** k at one inner product x·x′, eV² */
export function kernelValue(parameters: KernelParameters, gram: number): number {
  return types[parameters.type].value(parameters, gram);
}

/** Prior variance δ², eV² */
export function kernelScale(parameters: KernelParameters): number {
  return types[parameters.type].scale(parameters);
}

/** Whether the kernel matrix of any environments is positive semi-definite. */
export function kernelIsPositive(parameters: KernelParameters): boolean {
  return types[parameters.type].isPositive(parameters);
}
