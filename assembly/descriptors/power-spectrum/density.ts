// Density coefficients c[lm][channel] of one center: channel = block · N_RADIAL + n.
import { lanes } from "../../math/lanes";
import { harmonicsAt } from "../../math/spherical-harmonics";
import { outerProducts } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { coefficientBytes, MixEntry, PowerSpectrumTables, ROW } from "./tables";
import { geometryRow, nextChunk, rewind } from "./chunk";
import { radialValues } from "./radial";

/** Fills the coefficients of `center` in its state; mixes channels where the tables asks for it. */
export function expandCenter<T>(center: i32, environments: Environments, tables: PowerSpectrumTables, state: usize, scratch: usize): void {
  expandDensity<T>(center, environments, tables, state + 64, <usize>tables.nRadial << 3, <usize>tables.nChannels << 3, scratch);
  mixState(tables, state);
}

/** Coefficients of one center: those of a block are `blockStep` bytes from those of the next, and those of one lm `row` bytes. */
export function expandDensity<T>(
  center: i32,
  environments: Environments,
  tables: PowerSpectrumTables,
  coefficients: usize,
  blockStep: usize,
  row: usize,
  scratch: usize,
): void {
  memory.fill(coefficients, 0, coefficientBytes(tables, tables.nChannels));
  addCenter(center, environments, tables, coefficients, blockStep);
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  rewind(tables, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(tables, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    chunkHarmonics<T>(tables, slots, scratch);
    radialValues<T>(tables, scratch);
    addChunk<T>(tables, coefficients, blockStep, row, scratch);
  }
}

/** The center's own density has l = 0 only; a center that is no atom has none. */
function addCenter(center: i32, environments: Environments, tables: PowerSpectrumTables, coefficients: usize, blockStep: usize): void {
  const species = load<i32>(environments.centerSpecies + (<usize>center << 2));
  const bytes = <usize>tables.nRadial << 3;
  const nBlocks = tables.nBlocks;
  const inAll = tables.centerInAll != 0 && species >= 0;
  for (let block = 0; block < nBlocks; block++) {
    if (!inAll && load<i32>(tables.species + (<usize>block << 2)) != species) continue;
    memory.copy(coefficients + <usize>block * blockStep, tables.center + <usize>block * bytes, bytes);
  }
}

function chunkHarmonics<T>(tables: PowerSpectrumTables, slots: i32, scratch: usize): void {
  const lMax = tables.lMax;
  const table = tables.harmonics;
  const x = geometryRow(tables, scratch, 0);
  const out = scratch + tables.harmonicsAt;
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = x + (<usize>slot << 3);
    harmonicsAt<T>(lMax, load<T>(at), load<T>(at + ROW), load<T>(at + 2 * ROW), table, out + (<usize>slot << 3), ROW);
  }
}

/** c[lm][n] += Σ_slot Y_lm(slot) q_ln(slot), block by block. */
function addChunk<T>(tables: PowerSpectrumTables, coefficients: usize, blockStep: usize, row: usize, scratch: usize): void {
  const lMax = tables.lMax;
  const nRadial = tables.nRadial;
  const radialBytes = <usize>nRadial << 3;
  const slotBytes = <usize>(lMax + 1) * radialBytes;
  const groups = scratch + tables.groupsAt;
  const nGroups = load<i32>(groups);
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const first = load<i32>(group, 4);
    const count = load<i32>(group, 12) - first;
    let c = coefficients + <usize>load<i32>(group) * blockStep;
    let q = scratch + tables.radialAt + <usize>first * slotBytes;
    let y = scratch + tables.harmonicsAt + (<usize>first << 3);
    for (let l = 0; l <= lMax; l++) {
      const rows = l + l + 1;
      outerProducts<T>(rows, nRadial, count, y, 8, ROW, q, slotBytes, c, row, true);
      y += <usize>rows * ROW;
      c += <usize>rows * row;
      q += radialBytes;
    }
  }
}

/** Writes the mixed coefficients behind the plain ones, where the tables mixes channels. */
export function mixState(tables: PowerSpectrumTables, state: usize): void {
  if (!tables.mixed) return;
  const k = tables.nChannels;
  const k1 = tables.nLeft;
  const coefficients = state + 64;
  const first = coefficients + coefficientBytes(tables, k);
  const second = first + coefficientBytes(tables, k1);
  mix(tables, tables.nLeftMix, tables.leftMix, coefficients, k, first, k1);
  mix(tables, tables.nRightMix, tables.rightMix, coefficients, k, second, tables.nRight);
}

function mix(tables: PowerSpectrumTables, nEntries: i32, entries: usize, from: usize, nFrom: i32, to: usize, nTo: i32): void {
  const l1 = tables.lMax + 1;
  const rows = l1 * l1;
  memory.fill(to, 0, coefficientBytes(tables, nTo));
  for (let e = 0; e < nEntries; e++) {
    const entry = recordAt<MixEntry>(entries, e);
    const weight = entry.weight;
    let source = from + (<usize>entry.from << 3);
    let target = to + (<usize>entry.to << 3);
    for (let lm = 0; lm < rows; lm++) {
      store<f64>(target, load<f64>(target) + weight * load<f64>(source));
      source += <usize>nFrom << 3;
      target += <usize>nTo << 3;
    }
  }
}

/** The reverse of `mix`: adds `to`-side gradients to `from`-side ones. */
export function unmix(tables: PowerSpectrumTables, nEntries: i32, entries: usize, from: usize, nFrom: i32, to: usize, nTo: i32): void {
  const l1 = tables.lMax + 1;
  const rows = l1 * l1;
  for (let e = 0; e < nEntries; e++) {
    const entry = recordAt<MixEntry>(entries, e);
    const weight = entry.weight;
    let source = from + (<usize>entry.from << 3);
    let target = to + (<usize>entry.to << 3);
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
export function leftCoefficients(tables: PowerSpectrumTables, state: usize): usize {
  return tables.mixed ? state + 64 + coefficientBytes(tables, tables.nChannels) : state + 64;
}

/** Right factor of the power spectrum. */
// @ts-ignore: decorator
@inline
export function rightCoefficients(tables: PowerSpectrumTables, state: usize): usize {
  return tables.mixed
    ? state + 64 + coefficientBytes(tables, tables.nChannels + tables.nLeft)
    : state + 64;
}
