/** First byte after the static data; the host allocates from here. */
export function memoryBase(): usize {
  return __heap_base;
}

export { addToAll, fill } from "./linalg/fill";
export { decayArray, expArray, logArray, powArray, powInteger, steppedPowerArray, tabledExpArray } from "./math/arrays";
export { axpy, dot, scale } from "./linalg/blas1";
export { gemm, gemmPackedB, gemmScratchBytes, packB, syrk } from "./linalg/gemm";
export { peakFlops } from "./linalg/peak";
export { cholesky } from "./linalg/cholesky";
export { solveTriangular } from "./linalg/triangular";
export { eigenScratchBytes, symmetricEigen } from "./linalg/eigen";
export { eigenvaluesScratchBytes, symmetricEigenvalues } from "./linalg/eigenvalues";
export { orthogonalizeRows } from "./linalg/jacobi";
export { bidiagonalRows, bidiagonalSquares, tridiagonalForm } from "./linalg/tridiagonal-form";
export { swapRows } from "./linalg/maximum-volume";
export { pivotedQr, pivotedQrScratchBytes } from "./linalg/pivoted-qr";
export { orthonormalizeRows, orthonormalScratchBytes } from "./linalg/orthonormal";
export { packedCholesky } from "./linalg/packed-cholesky";
export { packedSetColumns, packedSolve } from "./linalg/packed-triangle";
export { qrMerge, qrScratchBytes, qrUpdate } from "./linalg/qr";
export { qrApplyPanel, qrFactorPanel } from "./linalg/qr-panel";
export { rowReflectors, rowReflectorsScratchBytes } from "./linalg/row-reflectors";
export { bandInverseTrace, bandRidge, bandSolve } from "./linalg/band-ridge";

export { neighborSort } from "./neighbors/grid";
export { neighborCellCount, neighborCellFill } from "./neighbors/cells";
export { neighborImageCount, neighborImageFill, neighborImages } from "./neighbors/images";
export { neighborOffsets } from "./neighbors/pairs";
export { gatherSpecies } from "./neighbors/species";
export { neighborsWithin } from "./neighbors/within";
export { cosineCutoffs, cutoffValues } from "./math/cutoff";
export { tableAt } from "./math/hermite";
export { solidHarmonicGradients, sphericalHarmonics } from "./math/spherical-harmonics";
export {
  powerSpectrumBackward,
  powerSpectrumExpand,
  powerSpectrumJacobian,
  powerSpectrumOfMean,
  powerSpectrumValues,
} from "./descriptors/power-spectrum";
export { bispectrumBackward, bispectrumJacobian, bispectrumValues } from "./descriptors/bispectrum";
export { overlapMatrixBackward, overlapMatrixJacobian, overlapMatrixValues } from "./descriptors/overlap-matrix";
export { clusterBackward, clusterJacobian, clusterParameters, clusterValues } from "./descriptors/cluster";
export { aceBackward, aceJacobian, aceValues } from "./descriptors/ace";
export { addVectors, copyColumns, environmentsWithin, gatherColumns, restoreColumns, scaleColumns, scatterColumns } from "./descriptors/columns";
export { contractMatrixSlopes, coulombMatrix, coulombSlopes, ewaldReal, ewaldReciprocal, sineMatrix, sineSlopes } from "./descriptors/matrices";
export { angleBackward, angleJacobian, angleRowCount, angleRows, angleValues } from "./descriptors/angle-3b";
export { distanceBackward, distanceJacobian, distanceRowCount, distanceRows, distanceValues } from "./descriptors/distance-2b";
export { sphericalExpansionBackward, sphericalExpansionJacobian, sphericalExpansionValues } from "./descriptors/spherical-expansion";
export { acsfBackward, acsfJacobian, acsfValues } from "./descriptors/acsf";
export { tensorPairs, tensorTriplets } from "./descriptors/many-body";
export { dotProductKernel, dotProductKernelReal } from "./kernels/dot-product";
export { distanceGradients, distanceKernel, rowDistances } from "./kernels/distance";
export { addOwnDirections, addOwnGradients, rowSquares } from "./kernels/gram";
export { contractKernel } from "./kernels/kernel-sums";
export { maternFiveHalves, maternThreeHalves } from "./kernels/matern";
export { piecewisePolynomialKernel } from "./kernels/piecewise-polynomial";
export { normalizeRows, projectRows } from "./kernels/mapped-rows";
export { addMoments } from "./kernels/moments";
export { splitWeights, weighDirections, weighGradients, weighKernels } from "./kernels/row-weights";
export { shortDirections, shortGradients, shortKernels } from "./kernels/short-rows";
export { squaredExponentialKernel } from "./kernels/squared-exponential";
export { nearestAmong } from "./analysis/nearest-rows";
export { scatterForces } from "./models/forces";
export { composedColumn, composedEvaluate, composedLayout, composedPairs, composedRows } from "./models/composed";
export { farthestPointStep, leverageScores } from "./select/distance";
export { quadraticDerivatives, quadraticRows } from "./fit/quadratic-rows";
export { addColumnSums, foldJacobian, scaleRows, scatterRows } from "./fit/design-rows";
export { echelonInsert } from "./analysis/echelon";
export { orthogonalInsert } from "./analysis/orthogonal-rows";
