// The coefficients of a density expansion as features: [block][l² + l + m][n]. They are linear in the density, so derivatives need nothing
// of the values. environments: an Environments record, tables: a PowerSpectrumTables whose triangle is `none`.
import { broadcast, times, timesPlus } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";
import { backwardOfDensity } from "../power-spectrum/backward";
import { geometryRow, nextChunk, rewind } from "../power-spectrum/chunk";
import { expandDensity } from "../power-spectrum/density";
import { chunkGradients } from "../power-spectrum/jacobian";
import { radialDerivatives } from "../power-spectrum/radial";
import { coefficientBytes, PowerSpectrumTables, ROW } from "../power-spectrum/tables";

/** out: f64 [nCenters][features] */
export function sphericalExpansionValues(nCenters: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const l1 = parameters.lMax + 1;
  const row = <usize>parameters.nRadial << 3;
  const block = row * <usize>(l1 * l1);
  // an odd number of radial functions is padded to even for the lanes
  const isPadded = radialCount(parameters) != parameters.nRadial;
  const work = scratch + parameters.gradientAt;
  // sums over the neighbors of many blocks are faster where memory stays in the cache
  const isDirect = !isPadded && parameters.nBlocks == 1;
  for (let center = 0; center < nCenters; center++) {
    const coefficients = isDirect ? out : work;
    if (ASC_FEATURE_SIMD) expandDensity<v128>(center, batch, parameters, coefficients, block, row, scratch);
    else expandDensity<f64>(center, batch, parameters, coefficients, block, row, scratch);
    if (isPadded) removePadding(parameters, work, out);
    else if (!isDirect) memory.copy(out, work, <usize>parameters.nFeatures << 3);
    out += <usize>parameters.nFeatures << 3;
  }
  return OK;
}

function removePadding(tables: PowerSpectrumTables, from: usize, to: usize): void {
  const bytes = <usize>radialCount(tables) << 3;
  for (const end = to + (<usize>tables.nFeatures << 3); to < end; to += bytes) {
    for (let n: usize = 0; n < bytes; n += 8) store<f64>(to + n, load<f64>(from + n));
    from += <usize>tables.nRadial << 3;
  }
}

/** out: f64 [nPairs][3][features] */
export function sphericalExpansionJacobian(nCenters: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const first = load<i32>(batch.offsets);
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) jacobianOfCenter<v128>(center, batch, parameters, first, out, scratch);
    else jacobianOfCenter<f64>(center, batch, parameters, first, out, scratch);
  }
  return OK;
}

/** gradients: f64 [nCenters][features]; out: f64 [nPairs][3] */
export function sphericalExpansionBackward(nCenters: i32, environments: usize, tables: usize, gradients: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<PowerSpectrumTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const first = load<i32>(batch.offsets);
  const ofCoefficients = scratch + parameters.gradientAt;
  for (let center = 0; center < nCenters; center++) {
    const target = out + <usize>(load<i32>(batch.offsets + (<usize>center << 2)) - first) * 24;
    memory.fill(ofCoefficients, 0, coefficientBytes(parameters, parameters.nChannels));
    if (ASC_FEATURE_SIMD) {
      copyBlocks<v128>(parameters, gradients, ofCoefficients);
      backwardOfDensity<v128>(center, batch, parameters, 1, target, 0, scratch);
    } else {
      copyBlocks<f64>(parameters, gradients, ofCoefficients);
      backwardOfDensity<f64>(center, batch, parameters, 1, target, 0, scratch);
    }
    gradients += <usize>parameters.nFeatures << 3;
  }
  return OK;
}

/** Radial functions of every block. */
// @ts-ignore: decorator
@inline
function radialCount(tables: PowerSpectrumTables): i32 {
  const l1 = tables.lMax + 1;
  return tables.nFeatures / max(1, tables.nBlocks * l1 * l1);
}

/** From features [block][lm][n] to coefficients [lm][channel]. */
function copyBlocks<T>(tables: PowerSpectrumTables, features: usize, coefficients: usize): void {
  const l1 = tables.lMax + 1;
  const row = <usize>tables.nChannels << 3;
  const bytes = <usize>radialCount(tables) << 3;
  for (let block = 0; block < tables.nBlocks; block++) {
    let channels = coefficients + (<usize>(block * tables.nRadial) << 3);
    for (let lm = 0; lm < l1 * l1; lm++) {
      let from = features;
      let to = channels;
      const end = to + bytes;
      for (; to + sizeof<T>() <= end; to += sizeof<T>(), from += sizeof<T>()) store<T>(to, load<T>(from));
      if (to < end) store<f64>(to, load<f64>(from));
      channels += row;
      features += bytes;
    }
  }
}

/** Rows of all pairs of one center; every neighbor belongs to a block. */
function jacobianOfCenter<T>(center: i32, environments: Environments, tables: PowerSpectrumTables, first: i32, out: usize, scratch: usize): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  const rowBytes = <usize>tables.nFeatures << 3;
  const slotPair = scratch + tables.slotPairAt;
  const groups = scratch + tables.groupsAt;
  rewind(tables, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(tables, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    chunkGradients<T>(tables, slots, scratch);
    radialDerivatives<T>(tables, scratch);
    const nGroups = load<i32>(groups);
    for (let g = 0; g < nGroups; g++) {
      const group = groups + 4 + (<usize>g << 3);
      const end = load<i32>(group, 12);
      for (let slot = load<i32>(group, 4); slot < end; slot++) {
        const pair = load<i32>(slotPair + (<usize>slot << 2));
        if (pair >= 0) jacobianOfSlot<T>(slot, load<i32>(group), tables, out + 3 * rowBytes * <usize>(pair - first), rowBytes, scratch);
      }
    }
  }
}

/** ∂c_nlm/∂r = u r̂ Y_lm + v G_lm in the block of the neighbor's species, zeros in the others. */
function jacobianOfSlot<T>(slot: i32, block: i32, tables: PowerSpectrumTables, out: usize, rowBytes: usize, scratch: usize): void {
  const l1 = tables.lMax + 1;
  const radialBytes = <usize>tables.nRadial << 3;
  const bytes = <usize>radialCount(tables) << 3;
  const blockBytes = bytes * <usize>(l1 * l1);
  const before = blockBytes * <usize>block;
  for (let axis: usize = 0; axis < 3; axis++) {
    const row = out + axis * rowBytes;
    memory.fill(row, 0, before);
    memory.fill(row + before + blockBytes, 0, rowBytes - before - blockBytes);
  }
  const size = <usize>(l1 * l1) * ROW;
  const direction = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  const x = load<f64>(direction), y = load<f64>(direction + ROW), z = load<f64>(direction + 2 * ROW);
  let harmonic = scratch + tables.harmonicsAt + (<usize>slot << 3);
  let u = scratch + tables.radialAt + <usize>(slot * l1) * radialBytes;
  let v = scratch + tables.radial2At + <usize>(slot * l1) * radialBytes;
  let to = out + before;
  for (let l = 0; l < l1; l++) {
    for (let m = -l; m <= l; m++) {
      const value = load<f64>(harmonic);
      const ax = x * value, ay = y * value, az = z * value;
      const gx = load<f64>(harmonic + size), gy = load<f64>(harmonic + 2 * size), gz = load<f64>(harmonic + 3 * size);
      const vax = broadcast<T>(ax), vay = broadcast<T>(ay), vaz = broadcast<T>(az);
      const vgx = broadcast<T>(gx), vgy = broadcast<T>(gy), vgz = broadcast<T>(gz);
      let n: usize = 0;
      for (; n + sizeof<T>() <= bytes; n += sizeof<T>()) {
        const p = load<T>(u + n);
        const q = load<T>(v + n);
        store<T>(to + n, timesPlus<T>(vgx, q, times<T>(vax, p)));
        store<T>(to + n + rowBytes, timesPlus<T>(vgy, q, times<T>(vay, p)));
        store<T>(to + n + 2 * rowBytes, timesPlus<T>(vgz, q, times<T>(vaz, p)));
      }
      if (n < bytes) {
        const p = load<f64>(u + n);
        const q = load<f64>(v + n);
        store<f64>(to + n, ax * p + gx * q);
        store<f64>(to + n + rowBytes, ay * p + gy * q);
        store<f64>(to + n + 2 * rowBytes, az * p + gz * q);
      }
      harmonic += ROW;
      to += bytes;
    }
    u += radialBytes;
    v += radialBytes;
  }
}
