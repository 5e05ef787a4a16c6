// ∂X/∂r of every neighbor of one center. With ∂c/∂r_a = u Y r̂_a + v G_a the derivative of a product of channels is
//   ∂p_{AB} = u1_A r̂ (Y·c2)_B + v1_A (G·c2)_B + u2_B r̂ (Y·c1)_A + v2_B (G·c1)_A,
// where (Y·c)_B = Σ_m Y_lm c_{lm,B} is formed once per neighbor and l: four multiply–adds per feature and direction.
import { dotProduct } from "../../linalg/vector";
import { broadcast, lanes, minusTimes, times, timesPlus } from "../../math/lanes";
import { gradientsOfAll } from "../../math/spherical-harmonics";
import { outerProducts4 } from "../../math/outer-tile";
import {
  E_OFFSETS,
  HARMONICS,
  K1,
  K2,
  L_MAX,
  MIX1,
  MIX2,
  MIXED,
  N_FEATURES,
  N_MIX1,
  N_MIX2,
  N_PRODUCTS,
  N_PROJECTION,
  N_RADIAL,
  N_RUNS,
  OFF_DIAGONAL,
  ROW,
  RUNS,
  S_CHANNELS,
  S_GROUPS,
  S_HARMONICS,
  S_LEGENDRE,
  S_RADIAL,
  S_RADIAL2,
  S_SLOT_PAIR,
  integer,
  pointer,
  real,
} from "./plan";
import { geometryRow, nextChunk, rewind } from "./chunk";
import { leftCoefficients, rightCoefficients } from "./density";
import { productRow, projectProducts } from "./projection";
import { radialDerivatives } from "./radial";

/** out: [pairs of the center][3][features] */
export function jacobianOfCenter<T>(
  center: i32,
  environments: usize,
  plan: usize,
  values: usize,
  state: usize,
  out: usize,
  scratch: usize,
): void {
  const offsets = pointer(environments, E_OFFSETS) + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  const pairBytes = <usize>integer(plan, N_FEATURES) * 24;
  const norm = load<f64>(state);
  const projected = integer(plan, N_PROJECTION);
  const products = productRow(plan, 0, scratch);
  memory.fill(out, 0, <usize>(endPair - firstPair) * pairBytes);
  const slotPair = scratch + pointer(plan, S_SLOT_PAIR);
  rewind(plan, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(plan, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    chunkGradients<T>(plan, slots, scratch);
    radialDerivatives<T>(plan, scratch);
    const groups = scratch + pointer(plan, S_GROUPS);
    const nGroups = load<i32>(groups);
    for (let g = 0; g < nGroups; g++) {
      const group = groups + 4 + (<usize>g << 3);
      const end = load<i32>(group, 12);
      for (let slot = load<i32>(group, 4); slot < end; slot++) {
        const pair = load<i32>(slotPair + (<usize>slot << 2));
        if (pair < 0) continue;
        const target = out + <usize>(pair - firstPair) * pairBytes;
        if (projected) {
          memory.fill(products, 0, <usize>integer(plan, N_PRODUCTS) * 24);
          jacobianOfSlot<T>(slot, load<i32>(group), plan, state, products, scratch);
          projectRows(plan, target, scratch);
        } else {
          jacobianOfSlot<T>(slot, load<i32>(group), plan, state, target, scratch);
        }
        if (norm > 0) removeAlong<T>(integer(plan, N_FEATURES), values, norm, target);
      }
    }
  }
}

/** The three rows of products in the scratch to features. */
function projectRows(plan: usize, out: usize, scratch: usize): void {
  const bytes = <usize>integer(plan, N_FEATURES) << 3;
  for (let row = 0; row < 3; row++) projectProducts(plan, productRow(plan, row, scratch), out + <usize>row * bytes);
}

/** Harmonics and their gradients of all slots, as four arrays of [lm] rows. */
function chunkGradients<T>(plan: usize, slots: i32, scratch: usize): void {
  const lMax = integer(plan, L_MAX);
  const harmonics = scratch + pointer(plan, S_HARMONICS);
  const size = <usize>((lMax + 1) * (lMax + 1)) * ROW;
  const x = geometryRow(plan, scratch, 0);
  const legendre = scratch + pointer(plan, S_LEGENDRE);
  const table = pointer(plan, HARMONICS);
  gradientsOfAll<T>(slots, lMax, x, x + ROW, x + 2 * ROW, table, harmonics, ROW, harmonics + size, size, legendre);
}

function jacobianOfSlot<T>(slot: i32, block: i32, plan: usize, state: usize, out: usize, scratch: usize): void {
  const lMax = integer(plan, L_MAX);
  const k1 = integer(plan, K1);
  const k2 = integer(plan, K2);
  const mixed = integer(plan, MIXED);
  const row1 = <usize>k1 << 3;
  const row2 = <usize>k2 << 3;
  // Work rows: u1 v1 | u2 v2 | Y·c1 G·c1 (4 rows) | Y·c2 G·c2 (4 rows); u2… and …·c1 are the others' where nothing is mixed.
  const u1 = scratch + pointer(plan, S_CHANNELS);
  const u2 = mixed ? u1 + 2 * row1 : u1;
  const along1 = u1 + 2 * row1 + 2 * row2;
  const along2 = mixed ? along1 + 4 * row1 : along1;
  const l1 = lMax + 1;
  const size = <usize>(l1 * l1) * ROW;
  let harmonics = scratch + pointer(plan, S_HARMONICS) + (<usize>slot << 3);
  let left = leftCoefficients(plan, state);
  let right = rightCoefficients(plan, state);
  for (let l = 0; l <= lMax; l++) {
    const count = l + l + 1;
    spreadRadial(slot, block, l, plan, u1, u2, scratch);
    outerProducts4<T>(k1, count, harmonics, ROW, size, left, row1, along1, row1);
    if (mixed) outerProducts4<T>(k2, count, harmonics, ROW, size, right, row2, along2, row2);
    derivativeRows<T>(slot, block, l, plan, u1, u2, along1, along2, out, scratch);
    harmonics += <usize>count * ROW;
    left += <usize>count * row1;
    right += <usize>count * row2;
  }
}

/** u and v of one neighbor and l over all channels: zero outside its species, or mixed. */
function spreadRadial(slot: i32, block: i32, l: i32, plan: usize, u1: usize, u2: usize, scratch: usize): void {
  const nRadial = integer(plan, N_RADIAL);
  const row1 = <usize>integer(plan, K1) << 3;
  const bytes = <usize>nRadial << 3;
  const at = <usize>(slot * (integer(plan, L_MAX) + 1) + l) * bytes;
  const u = scratch + pointer(plan, S_RADIAL) + at;
  const v = scratch + pointer(plan, S_RADIAL2) + at;
  if (!integer(plan, MIXED)) {
    memory.fill(u1, 0, 2 * row1);
    memory.copy(u1 + <usize>block * bytes, u, bytes);
    memory.copy(u1 + row1 + <usize>block * bytes, v, bytes);
    return;
  }
  const row2 = <usize>integer(plan, K2) << 3;
  const first = block * nRadial;
  mixRadial(integer(plan, N_MIX1), pointer(plan, MIX1), first, nRadial, u, v, u1, row1);
  mixRadial(integer(plan, N_MIX2), pointer(plan, MIX2), first, nRadial, u, v, u2, row2);
}

function mixRadial(nEntries: i32, entries: usize, first: i32, count: i32, u: usize, v: usize, out: usize, row: usize): void {
  memory.fill(out, 0, 2 * row);
  for (let e = 0; e < nEntries; e++) {
    const entry = entries + (<usize>e << 4);
    const n = load<i32>(entry) - first;
    if (n < 0 || n >= count) continue;
    const weight = load<f64>(entry, 8);
    const target = out + (<usize>load<i32>(entry, 4) << 3);
    store<f64>(target, load<f64>(target) + weight * load<f64>(u + (<usize>n << 3)));
    store<f64>(target + row, load<f64>(target + row) + weight * load<f64>(v + (<usize>n << 3)));
  }
}

/** All runs of features of one l, three directions. */
function derivativeRows<T>(
  slot: i32,
  block: i32,
  l: i32,
  plan: usize,
  u1: usize,
  u2: usize,
  along1: usize,
  along2: usize,
  out: usize,
  scratch: usize,
): void {
  const nRadial = integer(plan, N_RADIAL);
  const mixed = integer(plan, MIXED);
  const row1 = <usize>integer(plan, K1) << 3;
  const row2 = <usize>integer(plan, K2) << 3;
  const direction = geometryRow(plan, scratch, 0) + (<usize>slot << 3);
  const rx = load<f64>(direction);
  const ry = load<f64>(direction + ROW);
  const rz = load<f64>(direction + 2 * ROW);
  const vx = broadcast<T>(rx), vy = broadcast<T>(ry), vz = broadcast<T>(rz);
  const nRuns = integer(plan, N_RUNS);
  const factor = real(plan, OFF_DIAGONAL);
  const featureBytes = <usize>integer(plan, N_PRODUCTS) << 3;
  const firstChannel = block * nRadial;
  const endChannel = firstChannel + nRadial;
  let run = pointer(plan, RUNS);
  for (let i = 0; i < nRuns; i++, run += 24) {
    const row = load<i32>(run);
    const column = load<i32>(run, 4);
    let first = column;
    let end = column + load<i32>(run, 8);
    // Without mixing only channels of the neighbor's species move.
    if (!mixed && (row < firstChannel || row >= endChannel)) {
      if (first < firstChannel) first = firstChannel;
      if (end > endChannel) end = endChannel;
    }
    if (first >= end) continue;
    const step = <usize>load<i32>(run, 16) << 3;
    const at1 = <usize>row << 3;
    // Of the row's channel: u, v, Y·c, and the three G·c
    const a1 = along1 + at1;
    const p = factor * load<f64>(u1 + at1);
    const q = factor * load<f64>(u1 + row1 + at1);
    const s = factor * load<f64>(a1);
    const tx = factor * load<f64>(a1 + row1);
    const ty = factor * load<f64>(a1 + 2 * row1);
    const tz = factor * load<f64>(a1 + 3 * row1);
    const vp = broadcast<T>(p), vq = broadcast<T>(q), vs = broadcast<T>(s);
    const wx = broadcast<T>(tx), wy = broadcast<T>(ty), wz = broadcast<T>(tz);
    let x = along2 + (<usize>first << 3);
    let u = u2 + (<usize>first << 3);
    let target = out + (<usize>(load<i32>(run, 12) + l * load<i32>(run, 20)) << 3) + <usize>(first - column) * step;
    const diagonal = factor != 1 && row >= first && row < end ? target + <usize>(row - first) * step : 0;
    const stop = u + (<usize>(end - first) << 3);
    for (; u + sizeof<T>() <= stop; u += sizeof<T>(), x += sizeof<T>()) {
      const v = load<T>(u + row2);
      const radial = timesPlus<T>(vs, load<T>(u), times<T>(vp, load<T>(x)));
      const gx = timesPlus<T>(wx, v, timesPlus<T>(vq, load<T>(x + row2), times<T>(vx, radial)));
      const gy = timesPlus<T>(wy, v, timesPlus<T>(vq, load<T>(x + 2 * row2), times<T>(vy, radial)));
      const gz = timesPlus<T>(wz, v, timesPlus<T>(vq, load<T>(x + 3 * row2), times<T>(vz, radial)));
      if (step == 8) {
        store<T>(target, gx);
        store<T>(target + featureBytes, gy);
        store<T>(target + 2 * featureBytes, gz);
        target += sizeof<T>();
      } else {
        storeApart<T>(target, gx, step);
        storeApart<T>(target + featureBytes, gy, step);
        storeApart<T>(target + 2 * featureBytes, gz, step);
        target += <usize>lanes<T>() * step;
      }
    }
    if (u < stop) {
      const v = load<f64>(u + row2);
      const radial = p * load<f64>(x) + s * load<f64>(u);
      store<f64>(target, rx * radial + q * load<f64>(x + row2) + tx * v);
      store<f64>(target + featureBytes, ry * radial + q * load<f64>(x + 2 * row2) + ty * v);
      store<f64>(target + 2 * featureBytes, rz * radial + q * load<f64>(x + 3 * row2) + tz * v);
    }
    if (diagonal) {
      for (let a: usize = 0; a < 3; a++) {
        const cell = diagonal + a * featureBytes;
        store<f64>(cell, load<f64>(cell) / factor);
      }
    }
  }
}

/** The lanes `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeApart<T>(to: usize, value: T, step: usize): void {
  if (isVector<T>()) {
    v128.store64_lane(to, value, 0);
    v128.store64_lane(to + step, value, 1);
  } else {
    store<T>(to, value);
  }
}

/** ∂(p/|p|) = (∂p − x (x·∂p)) / |p| for the three rows of one pair. */
function removeAlong<T>(n: i32, x: usize, norm: f64, rows: usize): void {
  const inverse = 1 / norm;
  const factor = broadcast<T>(inverse);
  for (let a = 0; a < 3; a++) {
    const overlap = dotProduct(n, x, rows);
    const along = broadcast<T>(overlap);
    const end = rows + (<usize>n << 3);
    let at = x;
    for (; rows + sizeof<T>() <= end; rows += sizeof<T>(), at += sizeof<T>()) {
      store<T>(rows, times<T>(factor, minusTimes<T>(along, load<T>(at), load<T>(rows))));
    }
    for (; rows < end; rows += 8, at += 8) store<f64>(rows, inverse * (load<f64>(rows) - overlap * load<f64>(at)));
  }
}
