// ∂λ = vᵀ ∂O v. An element depends on the positions of two atoms; with T the derivatives by the atom of the row, the symmetric matrix gives 2 Σ.
import { symmetricEigen } from "../../linalg/eigen";
import { multiply } from "../../linalg/gemm";
import { ALL } from "../../linalg/kernel";
import { dotProduct, scaleVector, subtractScaled } from "../../linalg/vector";
import { AtomRow, atomRow } from "./atoms";
import { overlapMatrix, overlapSlopes } from "./matrix";
import { averageBlocks, eigenvalueGradients, functionSlopes } from "./spectrum";
import { OverlapTables, SpectrumForm } from "./tables";

/** Eigenvalues (ascending) with vectors, and the slopes of the elements, of the atoms that were gathered. */
export function decompose(nAtoms: i32, tables: OverlapTables, scratch: usize): i32 {
  const n = tables.orbitals * nAtoms;
  overlapMatrix(nAtoms, tables, scratch + <usize>tables.matrixAt, scratch);
  const status = symmetricEigen(
    n, scratch + <usize>tables.matrixAt, n, scratch + <usize>tables.valuesAt, scratch + <usize>tables.vectorsAt, n, scratch + <usize>tables.workAt,
  );
  overlapSlopes(nAtoms, tables, scratch + <usize>tables.slopesAt, scratch);
  return status;
}

/** out: f64 [pairs of the center][3], zero before; gradients: f64 [nFeatures] */
export function backwardOfCenter(nAtoms: i32, tables: OverlapTables, gradients: usize, out: usize, scratch: usize): void {
  const n = tables.orbitals * nAtoms;
  const row = (<usize>n) << 3;
  const vectors = scratch + <usize>tables.vectorsAt;
  const scaled = scratch + <usize>tables.matrixAt;
  const weights = scratch + <usize>tables.productsAt;
  const ofValues = scratch + <usize>tables.numbersAt;
  eigenvalueGradients(n, scratch + <usize>tables.valuesAt, tables, gradients, ofValues + row, ofValues);
  memory.copy(scaled, vectors, <usize>n * row);
  for (let k = 0; k < n; k++) scaleVector(n, 2 * load<f64>(ofValues + ((<usize>k) << 3)), scaled + <usize>k * row);
  multiply(1, 0, n, n, n, 1, vectors, n, scaled, n, 0, weights, n, ALL, scratch + <usize>tables.workAt);
  for (let i = 0; i < nAtoms; i++) {
    const pair = load<i32>(atomRow(tables, AtomRow.pair, scratch) + ((<usize>i) << 3));
    if (pair < 0) continue;
    for (let axis = 0; axis < 3; axis++) {
      let sum = 0.0;
      for (let orbital = i; orbital < n; orbital += nAtoms) {
        const slopes = scratch + <usize>tables.slopesAt + <usize>(axis * n + orbital) * row;
        sum += dotProduct(n, weights + <usize>orbital * row, slopes);
      }
      store<f64>(out + ((<usize>(3 * pair + axis)) << 3), sum);
    }
  }
}

/** out: f64 [pairs of the center][3][nFeatures], zero before */
export function jacobianOfCenter(nAtoms: i32, tables: OverlapTables, out: usize, scratch: usize): void {
  const n = tables.orbitals * nAtoms;
  const row = (<usize>n) << 3;
  const vectors = scratch + <usize>tables.vectorsAt;
  const products = scratch + <usize>tables.productsAt;
  const ofValues = scratch + <usize>tables.numbersAt;
  multiply(0, 1, 3 * n, n, n, 2, scratch + <usize>tables.slopesAt, n, vectors, n, 0, products, n, ALL, scratch + <usize>tables.workAt);
  for (let i = 0; i < nAtoms; i++) {
    const pair = load<i32>(atomRow(tables, AtomRow.pair, scratch) + ((<usize>i) << 3));
    if (pair < 0) continue;
    for (let axis = 0; axis < 3; axis++) {
      for (let k: usize = 0; k < <usize>n; k++) {
        let sum = 0.0;
        for (let orbital = i; orbital < n; orbital += nAtoms) {
          sum += load<f64>(vectors + k * row + ((<usize>orbital) << 3)) * load<f64>(products + <usize>(axis * n + orbital) * row + (k << 3));
        }
        store<f64>(ofValues + (k << 3), sum);
      }
      writeColumns(n, tables, ofValues, out + ((<usize>((3 * pair + axis) * tables.nFeatures)) << 3), scratch);
    }
  }
}

/** Derivatives of the columns from those of the eigenvalues. */
function writeColumns(n: i32, tables: OverlapTables, ofValues: usize, out: usize, scratch: usize): void {
  const values = scratch + <usize>tables.valuesAt;
  if (tables.form == SpectrumForm.eigenvalues) {
    averageBlocks(n, values, ofValues);
    for (let k = 0; k < n; k++) store<f64>(out + ((<usize>(n - 1 - k)) << 3), load<f64>(ofValues + ((<usize>k) << 3)));
    return;
  }
  const slopes = ofValues + ((<usize>n) << 3);
  for (let k: usize = 0; k < <usize>n; k++) {
    functionSlopes(load<f64>(values + (k << 3)), tables, slopes);
    subtractScaled(tables.nFeatures, -load<f64>(ofValues + (k << 3)), slopes, out);
  }
}
