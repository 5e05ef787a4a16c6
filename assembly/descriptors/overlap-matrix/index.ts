// Routines of the overlap matrix. environments: an Environments record, tables: an OverlapTables. Nothing is kept for derivatives: vectors are
// large, and values need none. CAPACITY: a center has more neighbors than the tables have room for.
import { symmetricEigenvalues } from "../../linalg/eigenvalues";
import { Environments } from "../../neighbors/environments";
import { CAPACITY, INVALID_ARGUMENT, OK } from "../../status";
import { gatherAtoms } from "./atoms";
import { backwardOfCenter, decompose, jacobianOfCenter } from "./derivatives";
import { overlapMatrix } from "./matrix";
import { columnsOf } from "./spectrum";
import { OverlapTables } from "./tables";

/** out: f64 [nCenters][features] */
export function overlapMatrixValues(nCenters: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const parameters = changetype<OverlapTables>(tables);
  const matrix = scratch + <usize>parameters.matrixAt;
  const values = scratch + <usize>parameters.valuesAt;
  for (let center = 0; center < nCenters; center++) {
    const nAtoms = gatherAtoms(center, changetype<Environments>(environments), parameters, scratch);
    if (nAtoms < 0) return CAPACITY;
    const n = parameters.orbitals * nAtoms;
    overlapMatrix(nAtoms, parameters, matrix, scratch);
    const status = symmetricEigenvalues(n, matrix, n, values, scratch + <usize>parameters.workAt);
    if (status != OK) return status;
    columnsOf(n, values, parameters, out);
    out += (<usize>parameters.nFeatures) << 3;
  }
  return OK;
}

/** out: f64 [nPairs][3][features] */
export function overlapMatrixJacobian(nCenters: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<OverlapTables>(tables);
  for (let center = 0; center < nCenters; center++) {
    const bytes = pairsOf(batch, center) * 24 * <usize>parameters.nFeatures;
    memory.fill(out, 0, bytes);
    const nAtoms = gatherAtoms(center, batch, parameters, scratch);
    if (nAtoms < 0) return CAPACITY;
    const status = decompose(nAtoms, parameters, scratch);
    if (status != OK) return status;
    jacobianOfCenter(nAtoms, parameters, out, scratch);
    out += bytes;
  }
  return OK;
}

/** gradients: f64 [members][nCenters][features]; out: f64 [members][nPairs][3] */
export function overlapMatrixBackward(
  nCenters: i32, members: i32, environments: usize, tables: usize, gradients: usize, out: usize, scratch: usize,
): i32 {
  if (nCenters < 0 || members < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<OverlapTables>(tables);
  const rowBytes = (<usize>parameters.nFeatures) << 3;
  const gradientStep = <usize>nCenters * rowBytes;
  const outStep = <usize>(load<i32>(batch.offsets + ((<usize>nCenters) << 2)) - load<i32>(batch.offsets)) * 24;
  for (let center = 0; center < nCenters; center++) {
    const bytes = pairsOf(batch, center) * 24;
    const nAtoms = gatherAtoms(center, batch, parameters, scratch);
    if (nAtoms < 0) return CAPACITY;
    const status = decompose(nAtoms, parameters, scratch);
    if (status != OK) return status;
    for (let member = 0; member < members; member++) {
      const target = out + <usize>member * outStep;
      memory.fill(target, 0, bytes);
      backwardOfCenter(nAtoms, parameters, gradients + <usize>member * gradientStep, target, scratch);
    }
    gradients += rowBytes;
    out += bytes;
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function pairsOf(environments: Environments, center: i32): usize {
  const at = environments.offsets + ((<usize>center) << 2);
  return <usize>(load<i32>(at, 4) - load<i32>(at));
}
