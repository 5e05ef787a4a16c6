export { attachKernel, kernelIsPositive, kernelNames, type KernelParameters, kernelScale, kernelSchema, kernelValue } from "./registry.js";
export type { KernelEvaluator, KernelType } from "./kernel.js";
export { type DotProductParameters, dotProductSchema } from "./dot-product.js";
