// Σ_f g_f ∂B_f/∂r of every neighbor: the gradient of all features comes back through products and basic functions to the sums, from there to
// each neighbor by one contraction with its radial functions.
import { broadcast, lanes, minusTimes, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { pairVectorsOfHarmonics } from "../harmonic-pairs";
import { chunkRadialSlopes, nextChunk, radialOf, slotCount } from "./neighbors";
import { AceGeometryRow, AceTables, geometryRow, HarmonicBlock, memberAt, ROW, stateBytes } from "./tables";

/**
 * From the gradients of every member by the sums of the center, in one pass over its neighbors.
 * @param index 0 or 1: which of the two centers it is that the sums of a member are of
 * @param out [members][pairs of the center][3], `outStep` bytes from one to the next
 */
export function backwardOfCenter<T>(
  center: i32, index: i32, environments: Environments, tables: AceTables, members: i32, out: usize, outStep: usize, scratch: usize,
): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  // what is beyond its cutoff has no slot
  for (let k = 0; k < members; k++) memory.fill(out + <usize>k * outStep, 0, <usize>(endPair - firstPair) * 24);
  let ofSpecies = <usize>index * stateBytes(tables);
  for (let species = 0; species < tables.nSpecies; species++) {
    const radial = radialOf(tables, environments, center, species);
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextChunk(tables, environments, radial.cutoff, species, pair, endPair, scratch);
      const slots = slotCount(tables, scratch);
      if (slots == 0) continue;
      chunkRadialSlopes<T>(tables, radial, slots, scratch);
      for (let k = 0; k < members; k++) {
        contractChunk<T>(tables, slots, memberAt(tables, k, scratch) + ofSpecies, scratch);
        pairVectorsOfHarmonics<T>(
          tables.lMax, slots, ROW, tables.harmonics, scratch + tables.contractedAt, geometryRow(tables, scratch, 0), scratch + tables.harmonicsAt,
          scratch + tables.legendreAt, geometryRow(tables, scratch, AceGeometryRow.result), scratch + tables.slotPairAt, firstPair,
          out + <usize>k * outStep,
        );
      }
    }
    ofSpecies += <usize>tables.nSums << 3;
  }
}

/** Factors u of S and v of ∇(r^l S) for every lm, rows over slots: ∂(R S)/∂r = (R′ − l R / r) S r̂ + (R / r) ∇(r^l S). */
function contractChunk<T>(tables: AceTables, slots: i32, gradient: usize, scratch: usize): void {
  const lMax = tables.lMax;
  const size = <usize>((lMax + 1) * (lMax + 1)) * ROW;
  const radial = scratch + tables.radialRowsAt;
  const slopes = scratch + tables.slopeRowsAt;
  const contracted = scratch + tables.contractedAt;
  const inverse = geometryRow(tables, scratch, AceGeometryRow.inverse);
  for (let l = 0; l <= lMax; l++) {
    const block = recordAt<HarmonicBlock>(tables.blocks, l);
    const from = gradient + (<usize>block.sumAt << 3);
    const step = <usize>block.stride << 3;
    const columns = <usize>block.columnAt * ROW;
    const u = contracted + <usize>block.harmonicAt * ROW;
    outerProducts<T>(block.rows, slots, block.stride, from, 8, step, slopes + columns, ROW, u, ROW, false);
    outerProducts<T>(block.rows, slots, block.stride, from, 8, step, radial + columns, ROW, u + size, ROW, false);
    divideByDistance<T>(block.rows, <f64>l, slots, inverse, u, u + size);
  }
  const pairs = recordAt<HarmonicBlock>(tables.blocks, lMax + 1);
  const sum = geometryRow(tables, scratch, AceGeometryRow.result);
  outerProducts<T>(1, slots, pairs.stride, gradient + (<usize>pairs.sumAt << 3), 8, 0, slopes + <usize>pairs.columnAt * ROW, ROW, sum, ROW, false);
  // the pair term has no harmonic: in units of S_00
  const unit = broadcast<T>(Math.sqrt(4 * Math.PI));
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = contracted + (<usize>slot << 3);
    store<T>(at, timesPlus<T>(unit, load<T>(sum + (<usize>slot << 3)), load<T>(at)));
  }
}

/** (Σ R′ g, Σ R g) → (Σ (R′ − l R / r) g, Σ R g / r) */
// @ts-ignore: decorator
@inline
function divideByDistance<T>(rows: i32, degree: f64, slots: i32, inverse: usize, u: usize, v: usize): void {
  const l = broadcast<T>(degree);
  for (let row = 0; row < rows; row++, u += ROW, v += ROW) {
    for (let slot = 0; slot < slots; slot += lanes<T>()) {
      const at = <usize>slot << 3;
      const scaled = times<T>(load<T>(v + at), load<T>(inverse + at));
      store<T>(v + at, scaled);
      store<T>(u + at, minusTimes<T>(l, scaled, load<T>(u + at)));
    }
  }
}
