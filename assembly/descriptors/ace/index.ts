// Routines of the atomic cluster expansion. environments: an Environments record, tables: an AceTables; state: the sums over neighbors of each
// center, written by `aceValues` and read by the derivatives. Products of two centers are formed at once in the lanes.
import { lanes } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfCenter } from "./backward";
import { featureGradients, jacobianOfCenter } from "./jacobian";
import { adjointNumbers, fillNumbers, storeFeatures, sumGradients } from "./products";
import { sumNeighbors } from "./sums";
import { AceTables, memberAt, stateBytes } from "./tables";

/** out: f64 [nCenters][features] */
export function aceValues(nCenters: i32, environments: usize, tables: usize, out: usize, state: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AceTables>(tables);
  if (ASC_FEATURE_SIMD) valuesOfAll<v128>(nCenters, batch, parameters, out, state, scratch);
  else valuesOfAll<f64>(nCenters, batch, parameters, out, state, scratch);
  return OK;
}

function valuesOfAll<T>(nCenters: i32, environments: Environments, tables: AceTables, out: usize, state: usize, scratch: usize): void {
  const bytes = stateBytes(tables);
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    for (let i = 0; i < count; i++) sumNeighbors<T>(center + i, environments, tables, state + <usize>i * bytes, scratch);
    fillNumbers<T>(tables, state, secondOf(count, state, bytes), scratch);
    storeFeatures<T>(tables, count, out, scratch);
    out += <usize>(count * tables.nFeatures) << 3;
    state += <usize>count * bytes;
  }
}

/** out: f64 [nPairs][3][features] */
export function aceJacobian(nCenters: i32, environments: usize, tables: usize, state: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AceTables>(tables);
  if (ASC_FEATURE_SIMD) jacobianOfAll<v128>(nCenters, batch, parameters, state, out, scratch);
  else jacobianOfAll<f64>(nCenters, batch, parameters, state, out, scratch);
  return OK;
}

function jacobianOfAll<T>(nCenters: i32, environments: Environments, tables: AceTables, state: usize, out: usize, scratch: usize): void {
  const bytes = stateBytes(tables);
  const pairBytes = <usize>tables.nFeatures * 24;
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    fillNumbers<T>(tables, state, secondOf(count, state, bytes), scratch);
    featureGradients<T>(tables, scratch);
    for (let i = 0; i < count; i++) jacobianOfCenter<T>(center + i, i, environments, tables, out + pairsBefore(environments, center + i) * pairBytes, scratch);
    state += <usize>count * bytes;
  }
}

/** gradients: f64 [members][nCenters][features]; out: f64 [members][nPairs][3]; scratch: with room for as many members */
export function aceBackward(
  nCenters: i32, members: i32, environments: usize, tables: usize, state: usize, gradients: usize, out: usize, scratch: usize,
): i32 {
  if (nCenters < 0 || members < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AceTables>(tables);
  if (ASC_FEATURE_SIMD) backwardOfAll<v128>(nCenters, members, batch, parameters, state, gradients, out, scratch);
  else backwardOfAll<f64>(nCenters, members, batch, parameters, state, gradients, out, scratch);
  return OK;
}

function backwardOfAll<T>(
  nCenters: i32, members: i32, environments: Environments, tables: AceTables, state: usize, gradients: usize, out: usize, scratch: usize,
): void {
  const bytes = stateBytes(tables);
  const features = <usize>tables.nFeatures << 3;
  const gradientStep = <usize>nCenters * features;
  const outStep = pairsBefore(environments, nCenters) * 24;
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    fillNumbers<T>(tables, state, secondOf(count, state, bytes), scratch);
    for (let k = 0; k < members; k++) {
      const ofMember = gradients + <usize>k * gradientStep;
      adjointNumbers<T>(tables, ofMember, secondOf(count, ofMember, features), scratch);
      for (let i = 0; i < count; i++) sumGradients<T>(tables, i, bytes, memberAt(tables, k, scratch) + <usize>i * bytes, scratch);
    }
    for (let i = 0; i < count; i++) {
      backwardOfCenter<T>(center + i, i, environments, tables, members, out + pairsBefore(environments, center + i) * 24, outStep, scratch);
    }
    gradients += <usize>count * features;
    state += <usize>count * bytes;
  }
}

/** What belongs to the second center of a pair; to the first one where it is alone. */
// @ts-ignore: decorator
@inline
function secondOf(count: i32, first: usize, bytes: usize): usize {
  return count > 1 ? first + bytes : first;
}

/** Pairs of the batch before those of a center. */
// @ts-ignore: decorator
@inline
function pairsBefore(environments: Environments, center: i32): usize {
  return <usize>(load<i32>(environments.offsets + (<usize>center << 2)) - load<i32>(environments.offsets));
}
