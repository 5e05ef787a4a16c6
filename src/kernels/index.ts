export {
  attachKernel,
  attachKernels,
  kernelDerivatives,
  kernelLacksDerivatives,
  kernelNames,
  type KernelParameters,
  kernelRemedy,
  kernelScale,
  kernelSchema,
  kernelValue,
  prepareKernelPoints,
} from "./registry.js";
export type {
  Directions,
  KernelBlock,
  KernelDerivatives,
  KernelEvaluator,
  KernelMatrices,
  KernelPoints,
  KernelType,
  RowFactors,
} from "./kernel.js";
export { type DotProductParameters, dotProductSchema } from "./dot-product.js";
export { type LaplacianParameters, laplacianSchema } from "./laplacian.js";
export { type MaternParameters, maternSchema } from "./matern.js";
export { type SquaredExponentialParameters, squaredExponentialSchema } from "./squared-exponential.js";
