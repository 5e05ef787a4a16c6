// The density of one center, c[element][l][m][n]: a sum over neighbors, as matrix products of harmonics with radial functions.
import { lanes } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { harmonicsAt } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { nextChunk, radialRows, rowsToSlots } from "./neighbors";
import { BispectrumTables, geometryRow, radialStride, ROW, SLOTS } from "./tables";

export function expandCenter<T>(center: i32, environments: Environments, tables: BispectrumTables, density: usize, scratch: usize): void {
  const nElements = tables.nElements;
  const bytes = <usize>tables.nCoefficients << 3;
  memory.fill(density, 0, <usize>nElements * bytes);
  addSelf(center, environments, tables, density);
  const offsets = environments.offsets + (<usize>center << 2);
  const endPair = load<i32>(offsets, 4);
  for (let element = 0; element < nElements; element++) {
    let pair = load<i32>(offsets);
    while (pair < endPair) {
      pair = nextChunk<T>(tables, environments, center, element, pair, endPair, scratch);
      const slots = load<i32>(scratch + tables.slotPairAt + (SLOTS << 2));
      if (slots > 0) addChunk<T>(tables, slots, density, scratch);
    }
    density += bytes;
  }
}

/** The center adds the identity to every U: c^J_00 = (J + 1) / √(4π). */
function addSelf(center: i32, environments: Environments, tables: BispectrumTables, density: usize): void {
  const species = load<i32>(environments.centerSpecies + (<usize>center << 2));
  const nElements = tables.nElements;
  const twoJMax = tables.twoJMax;
  let weight = tables.self + (<usize>((species + 1) * nElements) << 3);
  for (let element = 0; element < nElements; element++) {
    const own = load<f64>(weight) / Math.sqrt(4 * Math.PI);
    for (let j = 0; j <= twoJMax; j++) store<f64>(density + (<usize>j << 3), own * <f64>(j + 1));
    weight += 8;
    density += <usize>tables.nCoefficients << 3;
  }
}

/** c[l][m][n] += Σ_slot Y_lm W χ_ln */
function addChunk<T>(tables: BispectrumTables, slots: i32, density: usize, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  const rows = scratch + tables.radialAt;
  const slotBytes = <usize>tables.nRadial << 3;
  let y = scratch + tables.harmonicsAt;
  let q = scratch + tables.slotsAt;
  chunkHarmonics<T>(tables, slots, scratch);
  radialRows<T>(tables, slots, true, rows, scratch);
  rowsToSlots<T>(slots, tables.nRadial, rows, q);
  for (let l = 0; l <= twoJMax; l++) {
    const count = l + l + 1;
    const stride = radialStride(twoJMax, l);
    const row = <usize>stride << 3;
    outerProducts<T>(count, stride, slots, y, 8, ROW, q, slotBytes, density, row, true);
    y += <usize>count * ROW;
    q += row;
    density += <usize>count * row;
  }
}

function chunkHarmonics<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  const x = geometryRow(tables, scratch, 0);
  const out = scratch + tables.harmonicsAt;
  const table = tables.harmonics;
  const lMax = tables.twoJMax;
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = x + (<usize>slot << 3);
    harmonicsAt<T>(lMax, load<T>(at), load<T>(at + ROW), load<T>(at + 2 * ROW), table, out + (<usize>slot << 3), ROW);
  }
}
