// ∂X/∂r of every neighbor of one center. With ∂c/∂r_a = u Y r̂_a + v G_a the derivative of a product of channels is
//   ∂p_{AB} = u1_A r̂ (Y·c2)_B + v1_A (G·c2)_B + u2_B r̂ (Y·c1)_A + v2_B (G·c1)_A,
// where (Y·c)_B = Σ_m Y_lm c_{lm,B} is formed once per neighbor and l: four multiply–adds per feature and direction.
import { dotProduct } from "../../linalg/vector";
import { broadcast, lanes, minusTimes, times, timesPlus } from "../../math/lanes";
import { gradientsOfAll } from "../../math/spherical-harmonics";
import { outerProducts4 } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { MixEntry, PowerSpectrumTables, ROW, Run } from "./tables";
import { geometryRow, nextChunk, rewind } from "./chunk";
import { leftCoefficients, rightCoefficients } from "./density";
import { productRow, projectProducts } from "./projection";
import { radialDerivatives } from "./radial";

/** out: [pairs of the center][3][features] */
export function jacobianOfCenter<T>(
  center: i32,
  environments: Environments,
  tables: PowerSpectrumTables,
  values: usize,
  state: usize,
  out: usize,
  scratch: usize,
): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  const pairBytes = <usize>tables.nFeatures * 24;
  const norm = load<f64>(state);
  const projected = tables.nProjection;
  const products = productRow(tables, 0, scratch);
  memory.fill(out, 0, <usize>(endPair - firstPair) * pairBytes);
  const slotPair = scratch + tables.slotPairAt;
  rewind(tables, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(tables, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    chunkGradients<T>(tables, slots, scratch);
    radialDerivatives<T>(tables, scratch);
    const groups = scratch + tables.groupsAt;
    const nGroups = load<i32>(groups);
    for (let g = 0; g < nGroups; g++) {
      const group = groups + 4 + (<usize>g << 3);
      const end = load<i32>(group, 12);
      for (let slot = load<i32>(group, 4); slot < end; slot++) {
        const pair = load<i32>(slotPair + (<usize>slot << 2));
        if (pair < 0) continue;
        const target = out + <usize>(pair - firstPair) * pairBytes;
        if (projected) {
          memory.fill(products, 0, <usize>tables.nProducts * 24);
          jacobianOfSlot<T>(slot, load<i32>(group), tables, state, products, scratch);
          projectRows(tables, target, scratch);
        } else {
          jacobianOfSlot<T>(slot, load<i32>(group), tables, state, target, scratch);
        }
        if (norm > 0) removeAlong<T>(tables.nFeatures, values, norm, target);
      }
    }
  }
}

/** The three rows of products in the scratch to features. */
function projectRows(tables: PowerSpectrumTables, out: usize, scratch: usize): void {
  const bytes = <usize>tables.nFeatures << 3;
  for (let row = 0; row < 3; row++) projectProducts(tables, productRow(tables, row, scratch), out + <usize>row * bytes);
}

/** Harmonics and their gradients of all slots, as four arrays of [lm] rows. */
export function chunkGradients<T>(tables: PowerSpectrumTables, slots: i32, scratch: usize): void {
  const lMax = tables.lMax;
  const harmonics = scratch + tables.harmonicsAt;
  const size = <usize>((lMax + 1) * (lMax + 1)) * ROW;
  const x = geometryRow(tables, scratch, 0);
  const legendre = scratch + tables.legendreAt;
  const table = tables.harmonics;
  gradientsOfAll<T>(slots, lMax, x, x + ROW, x + 2 * ROW, table, harmonics, ROW, harmonics + size, size, legendre);
}

function jacobianOfSlot<T>(slot: i32, block: i32, tables: PowerSpectrumTables, state: usize, out: usize, scratch: usize): void {
  const lMax = tables.lMax;
  const k1 = tables.nLeft;
  const k2 = tables.nRight;
  const mixed = tables.mixed;
  const row1 = <usize>k1 << 3;
  const row2 = <usize>k2 << 3;
  // Work rows: u1 v1 | u2 v2 | Y·c1 G·c1 (4 rows) | Y·c2 G·c2 (4 rows); u2… and …·c1 are the others' where nothing is mixed.
  const u1 = scratch + tables.channelsAt;
  const u2 = mixed ? u1 + 2 * row1 : u1;
  const along1 = u1 + 2 * row1 + 2 * row2;
  const along2 = mixed ? along1 + 4 * row1 : along1;
  const l1 = lMax + 1;
  const size = <usize>(l1 * l1) * ROW;
  let harmonics = scratch + tables.harmonicsAt + (<usize>slot << 3);
  let left = leftCoefficients(tables, state);
  let right = rightCoefficients(tables, state);
  for (let l = 0; l <= lMax; l++) {
    const count = l + l + 1;
    spreadRadial(slot, block, l, tables, u1, u2, scratch);
    outerProducts4<T>(k1, count, harmonics, ROW, size, left, row1, along1, row1);
    if (mixed) outerProducts4<T>(k2, count, harmonics, ROW, size, right, row2, along2, row2);
    derivativeRows<T>(slot, block, l, tables, u1, u2, along1, along2, out, scratch);
    harmonics += <usize>count * ROW;
    left += <usize>count * row1;
    right += <usize>count * row2;
  }
}

/** u and v of one neighbor and l over all channels: zero outside its species, or mixed. */
function spreadRadial(slot: i32, block: i32, l: i32, tables: PowerSpectrumTables, u1: usize, u2: usize, scratch: usize): void {
  const nRadial = tables.nRadial;
  const row1 = <usize>tables.nLeft << 3;
  const bytes = <usize>nRadial << 3;
  const at = <usize>(slot * (tables.lMax + 1) + l) * bytes;
  const u = scratch + tables.radialAt + at;
  const v = scratch + tables.radial2At + at;
  if (!tables.mixed) {
    memory.fill(u1, 0, 2 * row1);
    memory.copy(u1 + <usize>block * bytes, u, bytes);
    memory.copy(u1 + row1 + <usize>block * bytes, v, bytes);
    return;
  }
  const row2 = <usize>tables.nRight << 3;
  const first = block * nRadial;
  mixRadial(tables.nLeftMix, tables.leftMix, first, nRadial, u, v, u1, row1);
  mixRadial(tables.nRightMix, tables.rightMix, first, nRadial, u, v, u2, row2);
}

function mixRadial(nEntries: i32, entries: usize, first: i32, count: i32, u: usize, v: usize, out: usize, row: usize): void {
  memory.fill(out, 0, 2 * row);
  for (let e = 0; e < nEntries; e++) {
    const entry = recordAt<MixEntry>(entries, e);
    const n = entry.from - first;
    if (n < 0 || n >= count) continue;
    const weight = entry.weight;
    const target = out + (<usize>entry.to << 3);
    store<f64>(target, load<f64>(target) + weight * load<f64>(u + (<usize>n << 3)));
    store<f64>(target + row, load<f64>(target + row) + weight * load<f64>(v + (<usize>n << 3)));
  }
}

/** All runs of features of one l, three directions. */
function derivativeRows<T>(
  slot: i32,
  block: i32,
  l: i32,
  tables: PowerSpectrumTables,
  u1: usize,
  u2: usize,
  along1: usize,
  along2: usize,
  out: usize,
  scratch: usize,
): void {
  const nRadial = tables.nRadial;
  const mixed = tables.mixed;
  const row1 = <usize>tables.nLeft << 3;
  const row2 = <usize>tables.nRight << 3;
  const direction = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  const nRuns = tables.nRuns;
  const featureBytes = <usize>tables.nProducts << 3;
  const firstChannel = block * nRadial;
  const endChannel = firstChannel + nRadial;
  const runs = tables.runs;
  for (let i = 0; i < nRuns; i++) {
    const run = recordAt<Run>(runs, i);
    const row = run.row;
    const column = run.column;
    const factor = run.offDiagonal;
    let first = column;
    let end = column + run.count;
    // Without mixing only channels of the neighbor's species move.
    if (!mixed && (row < firstChannel || row >= endChannel)) {
      if (first < firstChannel) first = firstChannel;
      if (end > endChannel) end = endChannel;
    }
    if (first >= end) continue;
    const step = <usize>run.step << 3;
    const target = out + (<usize>(run.feature + l * run.stepL) << 3) + <usize>(first - column) * step;
    const at1 = <usize>row << 3;
    const at2 = <usize>first << 3;
    derivativeRun<T>(end - first, direction, factor, u1 + at1, row1, along1 + at1, u2 + at2, row2, along2 + at2, target, step, featureBytes);
    if (factor != 1 && row >= first && row < end) {
      for (let a: usize = 0; a < 3; a++) {
        const cell = target + <usize>(row - first) * step + a * featureBytes;
        store<f64>(cell, load<f64>(cell) / factor);
      }
    }
  }
}

/** Features of one channel with the next `count` ones. u1, along1: of the one channel (v, and G·c, follow in rows); u2, along2: of the others. */
// @ts-ignore: decorator
@inline
function derivativeRun<T>(
  count: i32,
  direction: usize,
  factor: f64,
  u1: usize,
  row1: usize,
  along1: usize,
  u2: usize,
  row2: usize,
  along2: usize,
  out: usize,
  step: usize,
  featureBytes: usize,
): void {
  const rx = load<f64>(direction), ry = load<f64>(direction + ROW), rz = load<f64>(direction + 2 * ROW);
  const vx = broadcast<T>(rx), vy = broadcast<T>(ry), vz = broadcast<T>(rz);
  // Of the one channel: u, v, Y·c, and the three G·c
  const p = factor * load<f64>(u1), q = factor * load<f64>(u1 + row1), s = factor * load<f64>(along1);
  const tx = factor * load<f64>(along1 + row1), ty = factor * load<f64>(along1 + 2 * row1), tz = factor * load<f64>(along1 + 3 * row1);
  const vp = broadcast<T>(p), vq = broadcast<T>(q), vs = broadcast<T>(s);
  const wx = broadcast<T>(tx), wy = broadcast<T>(ty), wz = broadcast<T>(tz);
  let x = along2, u = u2, target = out;
  const stop = u + (<usize>count << 3);
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
