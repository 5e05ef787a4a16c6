// Routines of cluster bases. environments: an Environments record, tables: a ClusterTables; state: the densities of each center, written by
// `clusterValues` and read by the derivatives.
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfCenter } from "./backward";
import { jacobianOfCenter } from "./jacobian";
import { parametersOfCenter } from "./parameters";
import { ClusterTables } from "./tables";
import { valuesOfCenter } from "./values";

/** out: f64 [nCenters][features] */
export function clusterValues(nCenters: i32, environments: usize, tables: usize, out: usize, state: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<ClusterTables>(tables);
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) valuesOfCenter<v128>(center, batch, parameters, out, state, scratch);
    else valuesOfCenter<f64>(center, batch, parameters, out, state, scratch);
    out += <usize>parameters.nFeatures << 3;
    state += parameters.densityBytes;
  }
  return OK;
}

/** out: f64 [nPairs][3][features] */
export function clusterJacobian(nCenters: i32, environments: usize, tables: usize, state: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<ClusterTables>(tables);
  const pairBytes = <usize>parameters.nFeatures * 24;
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>pairsBefore(batch, center) * pairBytes;
    if (ASC_FEATURE_SIMD) jacobianOfCenter<v128>(center, batch, parameters, state, target, scratch);
    else jacobianOfCenter<f64>(center, batch, parameters, state, target, scratch);
    state += parameters.densityBytes;
  }
  return OK;
}

/** gradients: f64 [members][nCenters][features]; out: f64 [members][nPairs][3]; scratch: with room for as many members */
export function clusterBackward(
  nCenters: i32, members: i32, environments: usize, tables: usize, state: usize, gradients: usize, out: usize, scratch: usize,
): i32 {
  if (nCenters < 0 || members < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<ClusterTables>(tables);
  const features = <usize>parameters.nFeatures << 3;
  const gradientStep = <usize>nCenters * features;
  const outStep = <usize>pairsBefore(batch, nCenters) * 24;
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>pairsBefore(batch, center) * 24;
    if (ASC_FEATURE_SIMD) backwardOfCenter<v128>(center, batch, parameters, state, members, gradients, gradientStep, target, outStep, scratch);
    else backwardOfCenter<f64>(center, batch, parameters, state, members, gradients, gradientStep, target, outStep, scratch);
    gradients += features;
    state += parameters.densityBytes;
  }
  return OK;
}

/** out: f64 [nCenters][parameters][features]; densities: room for two states of one center and its self terms */
export function clusterParameters(nCenters: i32, environments: usize, tables: usize, out: usize, densities: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<ClusterTables>(tables);
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) parametersOfCenter<v128>(center, batch, parameters, out, densities, scratch);
    else parametersOfCenter<f64>(center, batch, parameters, out, densities, scratch);
    out += <usize>(parameters.nParameters * parameters.nFeatures) << 3;
  }
  return OK;
}

/** Pairs of the batch before those of a center. */
// @ts-ignore: decorator
@inline
function pairsBefore(environments: Environments, center: i32): i32 {
  return load<i32>(environments.offsets + (<usize>center << 2)) - load<i32>(environments.offsets);
}
