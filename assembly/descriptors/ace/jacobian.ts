// ∂B_f/∂r of every neighbor: the gradient of each feature by the sums that it is made of, few numbers for a center, times the gradients of
// these sums by the position of a neighbor.
import { broadcast, loadBroadcast, minusTimes, times, timesPlus } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { bytesOf, recordAt } from "../../records";
import { chunkHarmonicGradients, chunkRadialSlopes, nextChunk, radialOf, slotCount } from "./neighbors";
import {
  AceGeometryRow, AceTables, geometryRow, HarmonicBlock, harmonicsBytes, JACOBIAN_SLOTS, MonomialEntry, MonomialFactor, ROW,
} from "./tables";

/** Bytes of one axis of the gradient of a sum for a part of the slots. */
const PART: usize = <usize>JACOBIAN_SLOTS << 3;

/** Gradients of all features by their sums, one or two centers in the lanes. Basic functions are there already. */
export function featureGradients<T>(tables: AceTables, scratch: usize): void {
  const gradients = scratch + tables.featureGradientsAt;
  memory.fill(gradients, 0, <usize>tables.nGradients * sizeof<T>());
  const nFeatures = tables.nFeatures;
  const nSpecies = tables.nSpecies;
  let at = tables.monomials;
  for (let f = 0; f < nFeatures; f++) {
    const end = tables.monomials + <usize>load<i32>(tables.monomialStarts + (<usize>f << 2), 4) * bytesOf<MonomialEntry>();
    const own = gradients + <usize>load<i32>(tables.gradientStarts + (<usize>(f * nSpecies) << 2)) * sizeof<T>();
    for (; at < end; at += bytesOf<MonomialEntry>()) addMonomial<T>(tables, changetype<MonomialEntry>(at), own, scratch);
  }
}

function addMonomial<T>(tables: AceTables, monomial: MonomialEntry, gradients: usize, scratch: usize): void {
  const numbers = scratch + tables.numbersAt;
  const factors = tables.monomialFactors + <usize>monomial.firstFactor * bytesOf<MonomialFactor>();
  const count = monomial.nFactors;
  for (let t = 0; t < count; t++) {
    let real = broadcast<T>(monomial.coefficient);
    let imaginary = broadcast<T>(0);
    for (let s = 0; s < count; s++) {
      if (s == t) continue;
      const number = numbers + <usize>recordAt<MonomialFactor>(factors, s).basic * 2 * sizeof<T>();
      const br = load<T>(number), bi = load<T>(number, sizeof<T>());
      const next = minusTimes<T>(imaginary, bi, times<T>(real, br));
      imaginary = timesPlus<T>(imaginary, br, times<T>(real, bi));
      real = next;
    }
    // Re(p A) = Re p Re A − Im p Im A
    const factor = recordAt<MonomialFactor>(factors, t);
    const ofReal = gradients + <usize>factor.real * sizeof<T>();
    const ofImaginary = gradients + <usize>factor.imaginary * sizeof<T>();
    store<T>(ofReal, timesPlus<T>(broadcast<T>(factor.realFactor), real, load<T>(ofReal)));
    store<T>(ofImaginary, minusTimes<T>(broadcast<T>(factor.imaginaryFactor), imaginary, load<T>(ofImaginary)));
  }
}

/** out: [pairs of the center][3][features], from the feature gradients in a lane */
export function jacobianOfCenter<T>(center: i32, lane: i32, environments: Environments, tables: AceTables, out: usize, scratch: usize): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  const pairBytes = <usize>tables.nFeatures * 24;
  memory.fill(out, 0, <usize>(endPair - firstPair) * pairBytes); // what is beyond its cutoff has no slot
  const slotPair = scratch + tables.slotPairAt;
  for (let species = 0; species < tables.nSpecies; species++) {
    const radial = radialOf(tables, environments, center, species);
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextChunk(tables, environments, radial.cutoff, species, pair, endPair, scratch);
      const slots = slotCount(tables, scratch);
      if (slots == 0) continue;
      chunkHarmonicGradients<T>(tables, slots, scratch);
      chunkRadialSlopes<T>(tables, radial, slots, scratch);
      for (let first = 0; first < slots; first += JACOBIAN_SLOTS) {
        const count = min(JACOBIAN_SLOTS, slots - first);
        displacements<T>(tables, first, scratch);
        featureRows<T>(tables, species, lane, count, slotPair + (<usize>first << 2), firstPair, out, scratch);
      }
    }
  }
}

/** ∂(R_n S_lm)/∂r of a part of the slots: [sum][3][JACOBIAN_SLOTS]; slots beyond the chunk hold what was there before. */
function displacements<T>(tables: AceTables, first: i32, scratch: usize): void {
  const out = scratch + tables.displacementsAt;
  const at = <usize>first << 3;
  const geometry = geometryRow(tables, scratch, 0) + at;
  const inverses = geometryRow(tables, scratch, AceGeometryRow.inverse) + at;
  const harmonics = scratch + tables.harmonicsAt + at;
  const radial = scratch + tables.radialRowsAt + at;
  const slopes = scratch + tables.slopeRowsAt + at;
  const size = harmonicsBytes(tables);
  const lMax = tables.lMax;
  for (let b = 0; b < lMax + 2; b++) {
    const block = recordAt<HarmonicBlock>(tables.blocks, b);
    const degree: f64 = b > lMax ? 0 : <f64>b;
    const stride = block.stride;
    for (let row = 0; row < block.rows; row++) {
      const harmonic = harmonics + <usize>(block.harmonicAt + row) * ROW;
      const to = out + <usize>(block.sumAt + row * stride) * 3 * PART;
      for (let slot: usize = 0; slot < PART; slot += sizeof<T>()) {
        const x = load<T>(geometry + slot), y = load<T>(geometry + ROW + slot), z = load<T>(geometry + 2 * ROW + slot);
        const inverse = load<T>(inverses + slot);
        const value = load<T>(harmonic + slot);
        const down = times<T>(broadcast<T>(degree), value);
        // along r̂ for R′, and the rest for R
        const ax = times<T>(x, value), ay = times<T>(y, value), az = times<T>(z, value);
        const gx = times<T>(inverse, minusTimes<T>(down, x, load<T>(harmonic + size + slot)));
        const gy = times<T>(inverse, minusTimes<T>(down, y, load<T>(harmonic + 2 * size + slot)));
        const gz = times<T>(inverse, minusTimes<T>(down, z, load<T>(harmonic + 3 * size + slot)));
        let target = to + slot;
        let column = <usize>block.columnAt * ROW + slot;
        for (let n = 0; n < stride; n++) {
          const value0 = load<T>(radial + column);
          const slope = load<T>(slopes + column);
          store<T>(target, timesPlus<T>(gx, value0, times<T>(ax, slope)));
          store<T>(target + PART, timesPlus<T>(gy, value0, times<T>(ay, slope)));
          store<T>(target + 2 * PART, timesPlus<T>(gz, value0, times<T>(az, slope)));
          target += 3 * PART;
          column += ROW;
        }
      }
    }
  }
}

/** Rows of the slots: Σ_sum ∂B_f/∂sum · ∂sum/∂r for the sums of the species. */
function featureRows<T>(
  tables: AceTables, species: i32, lane: i32, count: i32, slotPair: usize, firstPair: i32, out: usize, scratch: usize,
): void {
  const nFeatures = tables.nFeatures;
  const nSpecies = tables.nSpecies;
  const rowBytes = <usize>nFeatures << 3;
  const gradients = scratch + tables.featureGradientsAt + (<usize>lane << 3);
  const displaced = scratch + tables.displacementsAt;
  const result = geometryRow(tables, scratch, AceGeometryRow.result);
  for (let f = 0; f < nFeatures; f++) {
    const starts = tables.gradientStarts + (<usize>(f * nSpecies + species) << 2);
    const first = load<i32>(starts);
    const end = load<i32>(starts, 4);
    if (first == end) continue;
    addEntries<T>(tables.gradientSums, first, end, gradients, displaced, result);
    const to = out + (<usize>f << 3);
    for (let slot = 0; slot < count; slot++) {
      const pair = load<i32>(slotPair + (<usize>slot << 2));
      if (pair < 0) continue;
      const from = result + (<usize>slot << 3);
      const row = to + 3 * rowBytes * <usize>(pair - firstPair);
      store<f64>(row, load<f64>(from));
      store<f64>(row + rowBytes, load<f64>(from + PART));
      store<f64>(row + 2 * rowBytes, load<f64>(from + 2 * PART));
    }
  }
}

/** result: [3][JACOBIAN_SLOTS]; all sums in registers */
// @ts-ignore: decorator
@inline
function addEntries<T>(sums: usize, first: i32, end: i32, gradients: usize, displaced: usize, result: usize): void {
  for (let part: usize = 0; part < PART; part += 4 * sizeof<T>()) {
    const zero = broadcast<T>(0);
    let x0 = zero, x1 = zero, x2 = zero, x3 = zero;
    let y0 = zero, y1 = zero, y2 = zero, y3 = zero;
    let z0 = zero, z1 = zero, z2 = zero, z3 = zero;
    for (let e = first; e < end; e++) {
      const g = loadBroadcast<T>(gradients + <usize>e * sizeof<T>());
      const d = displaced + <usize>load<i32>(sums + (<usize>e << 2)) * 3 * PART + part;
      x0 = timesPlus<T>(g, load<T>(d), x0);
      x1 = timesPlus<T>(g, load<T>(d, sizeof<T>()), x1);
      x2 = timesPlus<T>(g, load<T>(d, 2 * sizeof<T>()), x2);
      x3 = timesPlus<T>(g, load<T>(d, 3 * sizeof<T>()), x3);
      y0 = timesPlus<T>(g, load<T>(d + PART), y0);
      y1 = timesPlus<T>(g, load<T>(d + PART, sizeof<T>()), y1);
      y2 = timesPlus<T>(g, load<T>(d + PART, 2 * sizeof<T>()), y2);
      y3 = timesPlus<T>(g, load<T>(d + PART, 3 * sizeof<T>()), y3);
      z0 = timesPlus<T>(g, load<T>(d + 2 * PART), z0);
      z1 = timesPlus<T>(g, load<T>(d + 2 * PART, sizeof<T>()), z1);
      z2 = timesPlus<T>(g, load<T>(d + 2 * PART, 2 * sizeof<T>()), z2);
      z3 = timesPlus<T>(g, load<T>(d + 2 * PART, 3 * sizeof<T>()), z3);
    }
    const to = result + part;
    store<T>(to, x0);
    store<T>(to, x1, sizeof<T>());
    store<T>(to, x2, 2 * sizeof<T>());
    store<T>(to, x3, 3 * sizeof<T>());
    store<T>(to + PART, y0);
    store<T>(to + PART, y1, sizeof<T>());
    store<T>(to + PART, y2, 2 * sizeof<T>());
    store<T>(to + PART, y3, 3 * sizeof<T>());
    store<T>(to + 2 * PART, z0);
    store<T>(to + 2 * PART, z1, sizeof<T>());
    store<T>(to + 2 * PART, z2, 2 * sizeof<T>());
    store<T>(to + 2 * PART, z3, 3 * sizeof<T>());
  }
}
