// Density coefficients c[lm][channel] of one center: channel = block · N_RADIAL + n.
import { lanes } from "../../math/lanes";
import { harmonicsAt } from "../../math/spherical-harmonics";
import { outerProducts } from "../../math/outer-tile";
import {
  CENTER,
  E_CENTER_SPECIES,
  E_OFFSETS,
  HARMONICS,
  K,
  K1,
  K2,
  L_MAX,
  MIX1,
  MIX2,
  MIXED,
  N_BLOCKS,
  N_MIX1,
  N_MIX2,
  N_RADIAL,
  ROW,
  S_GROUPS,
  S_HARMONICS,
  S_RADIAL,
  SPECIES,
  coefficientBytes,
  integer,
  pointer,
} from "./plan";
import { geometryRow, nextChunk, rewind } from "./chunk";
import { radialValues } from "./radial";

/** Fills the coefficients of `center` in its state; mixes channels where the plan asks for it. */
export function expandCenter<T>(center: i32, environments: usize, plan: usize, state: usize, scratch: usize): void {
  const coefficients = state + 64;
  memory.fill(coefficients, 0, coefficientBytes(plan, integer(plan, K)));
  addCenter(center, environments, plan, coefficients);
  const offsets = pointer(environments, E_OFFSETS) + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  rewind(plan, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(plan, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    chunkHarmonics<T>(plan, slots, scratch);
    radialValues<T>(plan, scratch);
    addChunk<T>(plan, coefficients, scratch);
  }
  mixState(plan, state);
}

/** The center's own density has l = 0 only. */
function addCenter(center: i32, environments: usize, plan: usize, coefficients: usize): void {
  const species = load<i32>(pointer(environments, E_CENTER_SPECIES) + (<usize>center << 2));
  const bytes = <usize>integer(plan, N_RADIAL) << 3;
  const nBlocks = integer(plan, N_BLOCKS);
  for (let block = 0; block < nBlocks; block++) {
    if (load<i32>(pointer(plan, SPECIES) + (<usize>block << 2)) != species) continue;
    memory.copy(coefficients + <usize>block * bytes, pointer(plan, CENTER) + <usize>block * bytes, bytes);
  }
}

function chunkHarmonics<T>(plan: usize, slots: i32, scratch: usize): void {
  const lMax = integer(plan, L_MAX);
  const table = pointer(plan, HARMONICS);
  const x = geometryRow(plan, scratch, 0);
  const out = scratch + pointer(plan, S_HARMONICS);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = x + (<usize>slot << 3);
    harmonicsAt<T>(lMax, load<T>(at), load<T>(at + ROW), load<T>(at + 2 * ROW), table, out + (<usize>slot << 3), ROW);
  }
}

/** c[lm][n] += Σ_slot Y_lm(slot) q_ln(slot), block by block. */
function addChunk<T>(plan: usize, coefficients: usize, scratch: usize): void {
  const lMax = integer(plan, L_MAX);
  const nRadial = integer(plan, N_RADIAL);
  const row = <usize>integer(plan, K) << 3;
  const radialBytes = <usize>nRadial << 3;
  const slotBytes = <usize>(lMax + 1) * radialBytes;
  const groups = scratch + pointer(plan, S_GROUPS);
  const nGroups = load<i32>(groups);
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const first = load<i32>(group, 4);
    const count = load<i32>(group, 12) - first;
    let c = coefficients + <usize>load<i32>(group) * radialBytes;
    let q = scratch + pointer(plan, S_RADIAL) + <usize>first * slotBytes;
    let y = scratch + pointer(plan, S_HARMONICS) + (<usize>first << 3);
    for (let l = 0; l <= lMax; l++) {
      const rows = l + l + 1;
      outerProducts<T>(rows, nRadial, count, y, 8, ROW, q, slotBytes, c, row, true);
      y += <usize>rows * ROW;
      c += <usize>rows * row;
      q += radialBytes;
    }
  }
}

/** Writes the mixed coefficients behind the plain ones, where the plan mixes channels. */
export function mixState(plan: usize, state: usize): void {
  if (!integer(plan, MIXED)) return;
  const k = integer(plan, K);
  const k1 = integer(plan, K1);
  const coefficients = state + 64;
  const first = coefficients + coefficientBytes(plan, k);
  const second = first + coefficientBytes(plan, k1);
  mix(plan, integer(plan, N_MIX1), pointer(plan, MIX1), coefficients, k, first, k1);
  mix(plan, integer(plan, N_MIX2), pointer(plan, MIX2), coefficients, k, second, integer(plan, K2));
}

function mix(plan: usize, nEntries: i32, entries: usize, from: usize, nFrom: i32, to: usize, nTo: i32): void {
  const l1 = integer(plan, L_MAX) + 1;
  const rows = l1 * l1;
  memory.fill(to, 0, coefficientBytes(plan, nTo));
  for (let e = 0; e < nEntries; e++) {
    const entry = entries + (<usize>e << 4);
    const weight = load<f64>(entry, 8);
    let source = from + (<usize>load<i32>(entry) << 3);
    let target = to + (<usize>load<i32>(entry, 4) << 3);
    for (let lm = 0; lm < rows; lm++) {
      store<f64>(target, load<f64>(target) + weight * load<f64>(source));
      source += <usize>nFrom << 3;
      target += <usize>nTo << 3;
    }
  }
}

/** The reverse of `mix`: adds `to`-side gradients to `from`-side ones. */
export function unmix(plan: usize, nEntries: i32, entries: usize, from: usize, nFrom: i32, to: usize, nTo: i32): void {
  const l1 = integer(plan, L_MAX) + 1;
  const rows = l1 * l1;
  for (let e = 0; e < nEntries; e++) {
    const entry = entries + (<usize>e << 4);
    const weight = load<f64>(entry, 8);
    let source = from + (<usize>load<i32>(entry) << 3);
    let target = to + (<usize>load<i32>(entry, 4) << 3);
    for (let lm = 0; lm < rows; lm++) {
      store<f64>(source, load<f64>(source) + weight * load<f64>(target));
      source += <usize>nFrom << 3;
      target += <usize>nTo << 3;
    }
  }
}

/** Left factor of the power spectrum. */
// @ts-ignore: decorator
@inline
export function leftCoefficients(plan: usize, state: usize): usize {
  return integer(plan, MIXED) ? state + 64 + coefficientBytes(plan, integer(plan, K)) : state + 64;
}

/** Right factor of the power spectrum. */
// @ts-ignore: decorator
@inline
export function rightCoefficients(plan: usize, state: usize): usize {
  return integer(plan, MIXED)
    ? state + 64 + coefficientBytes(plan, integer(plan, K) + integer(plan, K1))
    : state + 64;
}
