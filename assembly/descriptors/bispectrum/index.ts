// Routines of the bispectrum (SNAP). environments: an Environments record, tables: a BispectrumTables; state: the density of each center,
// written by `bispectrumValues` and read by the derivatives. Centers go two by two through the lanes, each for itself.
import { lanes } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfCenters } from "./backward";
import { jacobianOfCenters } from "./jacobian";
import { BispectrumTables } from "./tables";
import { valuesOfCenters } from "./values";

/** out: f64 [nCenters][features] */
export function bispectrumValues(nCenters: i32, environments: usize, tables: usize, out: usize, state: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<BispectrumTables>(tables);
  if (ASC_FEATURE_SIMD) valuesOfAll<v128>(nCenters, batch, parameters, out, state, scratch);
  else valuesOfAll<f64>(nCenters, batch, parameters, out, state, scratch);
  return OK;
}

function valuesOfAll<T>(nCenters: i32, environments: Environments, tables: BispectrumTables, out: usize, state: usize, scratch: usize): void {
  const features = <usize>tables.nFeatures << 3;
  const bytes = stateBytes(tables);
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    valuesOfCenters<T>(center, count, environments, tables, out, state, scratch);
    out += <usize>count * features;
    state += <usize>count * bytes;
  }
}

/** out: f64 [nPairs][3][features] */
export function bispectrumJacobian(nCenters: i32, environments: usize, tables: usize, state: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<BispectrumTables>(tables);
  if (ASC_FEATURE_SIMD) jacobianOfAll<v128>(nCenters, batch, parameters, state, out, scratch);
  else jacobianOfAll<f64>(nCenters, batch, parameters, state, out, scratch);
  return OK;
}

function jacobianOfAll<T>(nCenters: i32, environments: Environments, tables: BispectrumTables, state: usize, out: usize, scratch: usize): void {
  const bytes = stateBytes(tables);
  const pairBytes = <usize>tables.nFeatures * 24;
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    jacobianOfCenters<T>(center, count, environments, tables, state, out + <usize>pairsBefore(environments, center) * pairBytes, scratch);
    state += <usize>count * bytes;
  }
}

/** gradients: f64 [members][nCenters][features]; out: f64 [members][nPairs][3]; scratch: with room for as many members */
export function bispectrumBackward(
  nCenters: i32, members: i32, environments: usize, tables: usize, state: usize, gradients: usize, out: usize, scratch: usize,
): i32 {
  if (nCenters < 0 || members < 0) return INVALID_ARGUMENT;
  const batch = changetype<Environments>(environments);
  const parameters = changetype<BispectrumTables>(tables);
  if (ASC_FEATURE_SIMD) backwardOfAll<v128>(nCenters, members, batch, parameters, state, gradients, out, scratch);
  else backwardOfAll<f64>(nCenters, members, batch, parameters, state, gradients, out, scratch);
  return OK;
}

function backwardOfAll<T>(
  nCenters: i32, members: i32, environments: Environments, tables: BispectrumTables, state: usize, gradients: usize, out: usize, scratch: usize,
): void {
  const features = <usize>tables.nFeatures << 3;
  const bytes = stateBytes(tables);
  const gradientStep = <usize>nCenters * features;
  const outStep = <usize>pairsBefore(environments, nCenters) * 24;
  for (let center = 0; center < nCenters; center += lanes<T>()) {
    const count = min(lanes<T>(), nCenters - center);
    const target = out + <usize>pairsBefore(environments, center) * 24;
    backwardOfCenters<T>(center, count, environments, tables, state, members, gradients, gradientStep, target, outStep, scratch);
    gradients += <usize>count * features;
    state += <usize>count * bytes;
  }
}

/** Pairs of the batch before those of a center. */
// @ts-ignore: decorator
@inline
function pairsBefore(environments: Environments, center: i32): i32 {
  return load<i32>(environments.offsets + (<usize>center << 2)) - load<i32>(environments.offsets);
}

/** State of one center. */
// @ts-ignore: decorator
@inline
function stateBytes(tables: BispectrumTables): usize {
  return <usize>(tables.nElements * tables.nCoefficients) << 3;
}
