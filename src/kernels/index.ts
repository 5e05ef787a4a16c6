export {
  attachKernel,
  kernelNames,
  type KernelParameters,
  kernelRemedy,
  kernelScale,
  kernelSchema,
  kernelValue,
  prepareKernelPoints,
} from "./registry.js";
export type { Directions, KernelBlock, KernelEvaluator, KernelPoints, KernelType, RowFactors } from "./kernel.js";
export { type DotProductParameters, dotProductSchema } from "./dot-product.js";
export { type SquaredExponentialParameters, squaredExponentialSchema } from "./squared-exponential.js";
