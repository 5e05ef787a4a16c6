// Sums over the neighbors of one center, Σ_j R_n(r_j) S_lm(r̂_j), as matrix products of harmonics with radial functions.
import { outerProducts } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { chunkHarmonics, chunkRadial, nextChunk, radialOf, slotCount } from "./neighbors";
import { AceTables, HarmonicBlock, ROW, stateBytes } from "./tables";

/** sums: f64 [species][sum] */
export function sumNeighbors<T>(center: i32, environments: Environments, tables: AceTables, sums: usize, scratch: usize): void {
  memory.fill(sums, 0, stateBytes(tables));
  const offsets = environments.offsets + (<usize>center << 2);
  const endPair = load<i32>(offsets, 4);
  for (let species = 0; species < tables.nSpecies; species++) {
    const radial = radialOf(tables, environments, center, species);
    let pair = load<i32>(offsets);
    while (pair < endPair) {
      pair = nextChunk(tables, environments, radial.cutoff, species, pair, endPair, scratch);
      const slots = slotCount(tables, scratch);
      if (slots == 0) continue;
      chunkHarmonics<T>(tables, slots, scratch);
      chunkRadial<T>(tables, radial, slots, scratch);
      addChunk<T>(tables, slots, sums, scratch);
    }
    sums += <usize>tables.nSums << 3;
  }
}

function addChunk<T>(tables: AceTables, slots: i32, sums: usize, scratch: usize): void {
  const slotBytes = <usize>tables.nColumns << 3;
  const harmonics = scratch + tables.harmonicsAt;
  const radial = scratch + tables.radialAt;
  for (let b = 0; b < tables.lMax + 2; b++) {
    const block = recordAt<HarmonicBlock>(tables.blocks, b);
    outerProducts<T>(
      block.rows, block.stride, slots, harmonics + <usize>block.harmonicAt * ROW, 8, ROW, radial + (<usize>block.columnAt << 3), slotBytes,
      sums + (<usize>block.sumAt << 3), <usize>block.stride << 3, true,
    );
  }
}
