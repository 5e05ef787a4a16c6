// Routines of all descriptors that are power spectra of a density expansion. environments: an Environments record, tables: a PowerSpectrumTables;
// state: one block per center, written by `powerSpectrumExpand`/`powerSpectrumValues` and read by the derivatives.
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfCenter } from "./backward";
import { expandCenter, mixState } from "./density";
import { jacobianOfCenter } from "./jacobian";
import { Environments } from "../../neighbors/environments";
import { coefficientBytes, PowerSpectrumTables, stateBytes } from "./tables";
import { spectrumOfCenter } from "./spectrum";

/** out: f64 [nCenters][features] */
export function powerSpectrumValues(nCenters: i32, environments: usize, tables: usize, out: usize, state: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  if (ASC_FEATURE_SIMD) valuesOfAll<v128>(nCenters, batch, parameters, out, state, scratch);
  else valuesOfAll<f64>(nCenters, batch, parameters, out, state, scratch);
  return OK;
}

function valuesOfAll<T>(nCenters: i32, environments: Environments, tables: PowerSpectrumTables, out: usize, state: usize, scratch: usize): void {
  const features = <usize>tables.nFeatures << 3;
  const bytes = stateBytes(tables);
  for (let center = 0; center < nCenters; center++) {
    expandCenter<T>(center, environments, tables, state, scratch);
    spectrumOfCenter<T>(tables, state, out, scratch);
    out += features;
    state += bytes;
  }
}

/** The coefficients alone, into the states. */
export function powerSpectrumExpand(nCenters: i32, environments: usize, tables: usize, state: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const bytes = stateBytes(parameters);
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) expandCenter<v128>(center, batch, parameters, state, scratch);
    else expandCenter<f64>(center, batch, parameters, state, scratch);
    state += bytes;
  }
  return OK;
}

/** Mean of the coefficients of `nCenters` states into `mean`, and the power spectrum of it: the `inner` average. */
export function powerSpectrumOfMean(nCenters: i32, state: usize, tables: usize, mean: usize, out: usize, scratch: usize): i32 {
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 1) return INVALID_ARGUMENT;
  const bytes = stateBytes(parameters);
  const n = coefficientBytes(parameters, parameters.nChannels);
  memory.fill(mean, 0, bytes);
  for (let center = 0; center < nCenters; center++) {
    for (let i: usize = 64; i < 64 + n; i += 8) store<f64>(mean + i, load<f64>(mean + i) + load<f64>(state + i));
    state += bytes;
  }
  for (let i: usize = 64; i < 64 + n; i += 8) store<f64>(mean + i, load<f64>(mean + i) / <f64>nCenters);
  mixState(parameters, mean);
  if (ASC_FEATURE_SIMD) spectrumOfCenter<v128>(parameters, mean, out, scratch);
  else spectrumOfCenter<f64>(parameters, mean, out, scratch);
  return OK;
}

/** out: f64 [nPairs][3][features] */
export function powerSpectrumJacobian(
  nCenters: i32,
  environments: usize,
  tables: usize,
  values: usize,
  state: usize,
  out: usize,
  scratch: usize,
): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const features = <usize>parameters.nFeatures << 3;
  const bytes = stateBytes(parameters);
  const offsets = batch.offsets;
  const firstPair = load<i32>(offsets);
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>(load<i32>(offsets + (<usize>center << 2)) - firstPair) * 3 * features;
    if (ASC_FEATURE_SIMD) jacobianOfCenter<v128>(center, batch, parameters, values, state, target, scratch);
    else jacobianOfCenter<f64>(center, batch, parameters, values, state, target, scratch);
    values += features;
    state += bytes;
  }
  return OK;
}

/** gradients: f64 [members][nCenters][features]; out: f64 [members][nPairs][3]; scratch: with room for as many gradients of the density */
export function powerSpectrumBackward(
  nCenters: i32,
  members: i32,
  environments: usize,
  tables: usize,
  values: usize,
  state: usize,
  gradients: usize,
  out: usize,
  scratch: usize,
): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0 || members < 0) return INVALID_ARGUMENT;
  const features = <usize>parameters.nFeatures << 3;
  const bytes = stateBytes(parameters);
  const offsets = batch.offsets;
  const firstPair = load<i32>(offsets);
  const gradientStep = <usize>nCenters * features;
  const outStep = <usize>(load<i32>(offsets + (<usize>nCenters << 2)) - firstPair) * 24;
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>(load<i32>(offsets + (<usize>center << 2)) - firstPair) * 24;
    if (ASC_FEATURE_SIMD) backwardOfCenter<v128>(center, batch, parameters, values, state, members, gradients, gradientStep, target, outStep, scratch);
    else backwardOfCenter<f64>(center, batch, parameters, values, state, members, gradients, gradientStep, target, outStep, scratch);
    values += features;
    gradients += features;
    state += bytes;
  }
  return OK;
}
