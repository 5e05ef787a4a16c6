// Routines of all descriptors that are power spectra of a density expansion. environments: eight i32 pointers (see plan.ts);
// state: one block per center, written by `powerSpectrumExpand`/`powerSpectrumValues` and read by the derivatives.
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfCenter } from "./backward";
import { expandCenter, mixState } from "./density";
import { jacobianOfCenter } from "./jacobian";
import { E_OFFSETS, K, N_FEATURES, coefficientBytes, integer, pointer, stateBytes } from "./plan";
import { spectrumOfCenter } from "./spectrum";

/** out: f64 [nCenters][features] */
export function powerSpectrumValues(nCenters: i32, environments: usize, plan: usize, out: usize, state: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  if (ASC_FEATURE_SIMD) valuesOfAll<v128>(nCenters, environments, plan, out, state, scratch);
  else valuesOfAll<f64>(nCenters, environments, plan, out, state, scratch);
  return OK;
}

function valuesOfAll<T>(nCenters: i32, environments: usize, plan: usize, out: usize, state: usize, scratch: usize): void {
  const features = <usize>integer(plan, N_FEATURES) << 3;
  const bytes = stateBytes(plan);
  for (let center = 0; center < nCenters; center++) {
    expandCenter<T>(center, environments, plan, state, scratch);
    spectrumOfCenter<T>(plan, state, out, scratch);
    out += features;
    state += bytes;
  }
}

/** The coefficients alone, into the states. */
export function powerSpectrumExpand(nCenters: i32, environments: usize, plan: usize, state: usize, scratch: usize): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const bytes = stateBytes(plan);
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) expandCenter<v128>(center, environments, plan, state, scratch);
    else expandCenter<f64>(center, environments, plan, state, scratch);
    state += bytes;
  }
  return OK;
}

/** Mean of the coefficients of `nCenters` states into `mean`, and the power spectrum of it: the `inner` average. */
export function powerSpectrumOfMean(nCenters: i32, state: usize, plan: usize, mean: usize, out: usize, scratch: usize): i32 {
  if (nCenters < 1) return INVALID_ARGUMENT;
  const bytes = stateBytes(plan);
  const n = coefficientBytes(plan, integer(plan, K));
  memory.fill(mean, 0, bytes);
  for (let center = 0; center < nCenters; center++) {
    for (let i: usize = 64; i < 64 + n; i += 8) store<f64>(mean + i, load<f64>(mean + i) + load<f64>(state + i));
    state += bytes;
  }
  for (let i: usize = 64; i < 64 + n; i += 8) store<f64>(mean + i, load<f64>(mean + i) / <f64>nCenters);
  mixState(plan, mean);
  if (ASC_FEATURE_SIMD) spectrumOfCenter<v128>(plan, mean, out, scratch);
  else spectrumOfCenter<f64>(plan, mean, out, scratch);
  return OK;
}

/** out: f64 [nPairs][3][features] */
export function powerSpectrumJacobian(
  nCenters: i32,
  environments: usize,
  plan: usize,
  values: usize,
  state: usize,
  out: usize,
  scratch: usize,
): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const features = <usize>integer(plan, N_FEATURES) << 3;
  const bytes = stateBytes(plan);
  const offsets = pointer(environments, E_OFFSETS);
  const firstPair = load<i32>(offsets);
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>(load<i32>(offsets + (<usize>center << 2)) - firstPair) * 3 * features;
    if (ASC_FEATURE_SIMD) jacobianOfCenter<v128>(center, environments, plan, values, state, target, scratch);
    else jacobianOfCenter<f64>(center, environments, plan, values, state, target, scratch);
    values += features;
    state += bytes;
  }
  return OK;
}

/** gradients: f64 [nCenters][features]; out: f64 [nPairs][3] */
export function powerSpectrumBackward(
  nCenters: i32,
  environments: usize,
  plan: usize,
  values: usize,
  state: usize,
  gradients: usize,
  out: usize,
  scratch: usize,
): i32 {
  if (nCenters < 0) return INVALID_ARGUMENT;
  const features = <usize>integer(plan, N_FEATURES) << 3;
  const bytes = stateBytes(plan);
  const offsets = pointer(environments, E_OFFSETS);
  const firstPair = load<i32>(offsets);
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>(load<i32>(offsets + (<usize>center << 2)) - firstPair) * 24;
    if (ASC_FEATURE_SIMD) backwardOfCenter<v128>(center, environments, plan, values, state, gradients, target, scratch);
    else backwardOfCenter<f64>(center, environments, plan, values, state, gradients, target, scratch);
    values += features;
    gradients += features;
    state += bytes;
  }
  return OK;
}
