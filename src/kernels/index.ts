export {
  attachKernel,
  attachKernels,
  checkKernel,
  kernelDerivatives,
  kernelLacksDerivatives,
  kernelNames,
  kernelNeedsRanges,
  type KernelParameters,
  kernelRemedy,
  type KernelRowShape,
  kernelScale,
  kernelSchema,
  kernelValue,
  learnKernel,
  prepareKernelPoints,
} from "./registry.js";
export type {
  ColumnRanges,
  Directions,
  KernelBlock,
  KernelDerivatives,
  KernelEvaluator,
  KernelMatrices,
  KernelPoints,
  KernelType,
  RowFactors,
  WeightedForm,
} from "./kernel.js";
export { type DotProductParameters, dotProductSchema } from "./dot-product.js";
export { type LaplacianParameters, laplacianSchema } from "./laplacian.js";
export { type MaternParameters, maternSchema } from "./matern.js";
export { type PiecewisePolynomialParameters, piecewisePolynomialSchema } from "./piecewise-polynomial.js";
export { type SquaredExponentialParameters, squaredExponentialSchema } from "./squared-exponential.js";
export { type PolynomialParameters, polynomialSchema } from "./polynomial.js";
