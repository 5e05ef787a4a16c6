export {
  type ActiveRows,
  activeRowsBytes,
  completeActiveRows,
  extrapolationGrades,
  gradeRows,
  gradeScratchBytes,
  placeActiveRows,
  type PlacedActiveRows,
  type StoredActiveRows,
} from "./active-rows.js";
export { type Band, type BandFactor, bandFactorBytes, bandInverseTrace, factorBand, rowReflectors, rowReflectorsScratchBytes, solveBand } from "./band.js";
export { choleskySolve, eigen, type Eigensystem, multiply, type Workspace } from "./dense.js";
export {
  eigenScratchBytes,
  eigenvaluesScratchBytes,
  leadingEigenvectors,
  type LeadingOptions,
  type LeadingResult,
  leadingScratchBytes,
  orthonormalizeRows,
  orthonormalScratchBytes,
  symmetricEigen,
  symmetricEigenvalues,
} from "./eigen.js";
export { inverseScratchBytes, invert } from "./inverse.js";
export { type Matrix, matrix, readMatrix, rowBlock, transpose, writeMatrix } from "./matrix.js";
export {
  packedCholesky,
  packedCholeskyScratchBytes,
  packedElements,
  packedIndex,
  packedSolve,
  packedSolveMatrix,
  type PackedTriangle,
  packedTriangle,
  packedTriangleBytes,
  readTriangle,
  writeTriangle,
} from "./packed-triangle.js";
export { gemm, gemmPackedB, gemmScratchBytes, packB, packedBytes, type PackedMatrix, syrk } from "./product.js";
export { pivotedQr, pivotedQrScratchBytes } from "./pivoted-qr.js";
export { QR_CHUNK, QR_PANEL, qrApplyPanel, qrFactorPanel, qrMerge, qrMergeScratchBytes, type QrPanel, qrScratchBytes, qrUpdate } from "./qr.js";
export { singularDecomposition, singularScratchBytes } from "./singular.js";
export {
  factorShifted,
  projectColumns,
  type ShiftedSolution,
  type ShiftFactor,
  shiftedInverseBlock,
  shiftedInverseDiagonal,
  shiftedScratchBytes,
  solveShifted,
  tridiagonalForm,
  type TridiagonalForm,
  tridiagonalScratchBytes,
} from "./tridiagonal.js";
export { cholesky, choleskyScratchBytes, solveScratchBytes, solveTriangular, solveTriangularVector } from "./triangular.js";
