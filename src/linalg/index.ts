export { type Matrix, matrix, readMatrix, rowBlock, transpose, writeMatrix } from "./matrix.js";
export { gemm, gemmPackedB, gemmScratchBytes, packB, packedBytes, type PackedMatrix, syrk } from "./product.js";
export { cholesky, solveTriangular, solveTriangularVector } from "./triangular.js";
export { qrMerge, qrScratchBytes, qrUpdate } from "./qr.js";
