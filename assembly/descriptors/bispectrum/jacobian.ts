// ∂B_f/∂r of every neighbor. The gradient of each coupling by the coefficients of its J, (J+1)² numbers for a center, times their gradients
// by the position of a neighbor: matrix products, J by J, since a feature depends on three J only.
import { broadcast, lanes, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { gradientsOfAll } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { bytesOf, recordAt } from "../../records";
import { coupleRow } from "./coupling";
import { densityGradients, fillMatrices } from "./matrices";
import { gradientFactors, nextChunk, nextRadialRows, radialRows } from "./neighbors";
import { BispectrumTables, Coupling, CouplingTerm, GeometryRow, geometryRow, matrixStart, radialStride, ROW, SLOTS } from "./tables";
import { placeDensities } from "./values";

/** Couplings whose products are formed before they are added to their features. */
const BLOCK: i32 = 24;

/** out: [pairs of the centers][3][features] */
export function jacobianOfCenters<T>(
  center: i32, count: i32, environments: Environments, tables: BispectrumTables, state: usize, out: usize, scratch: usize,
): void {
  placeDensities<T>(tables, count, state, scratch);
  fillMatrices<T>(tables, scratch);
  couplingGradients<T>(tables, count, scratch);
  const offsets = environments.offsets + (<usize>center << 2);
  for (let i = 0; i < count; i++) {
    const before = load<i32>(offsets + (<usize>i << 2)) - load<i32>(offsets);
    const ofCenter = scratch + tables.couplingGradientsAt + <usize>i * tables.couplingGradientBytes;
    jacobianOfCenter<T>(center + i, environments, tables, ofCenter, out + <usize>before * <usize>tables.nFeatures * 24, scratch);
  }
}

/** ∂(Re Σ Z U*)/∂c by the matrix at the term, for every coupling and center: [J][coupling][(J+1)²]. */
function couplingGradients<T>(tables: BispectrumTables, count: i32, scratch: usize): void {
  const z = scratch + tables.adjointAt;
  const gradient = scratch + tables.densityGradientAt;
  let out = scratch + tables.couplingGradientsAt;
  memory.fill(gradient, 0, <usize>tables.nCoefficients * sizeof<T>());
  for (let j = 0; j <= tables.twoJMax; j++) {
    const firstElement = load<i32>(tables.elementsOfJ + (<usize>j << 2));
    const endElement = load<i32>(tables.elementsOfJ + (<usize>j << 2), 4);
    const end = load<i32>(tables.couplingsOfJ + (<usize>j << 2), 4);
    const numbers = (j + 1) * (j + 1);
    const places = tables.coefficientsOfJ + (<usize>matrixStart(j) << 2);
    for (let c = load<i32>(tables.couplingsOfJ + (<usize>j << 2)); c < end; c++) {
      const coupling = recordAt<Coupling>(tables.gradientCouplings, c);
      for (let row = 0; 2 * row <= j; row++) {
        const at = z + <usize>(matrixStart(j) + row * (j + 1)) * 2 * sizeof<T>();
        coupleRow<T>(coupling, row, scratch + tables.matricesAt, at);
      }
      densityGradients<T>(tables, firstElement, endElement, z, gradient);
      for (let i = 0; i < numbers; i++) {
        const from = gradient + <usize>load<i32>(places + (<usize>i << 2)) * sizeof<T>();
        for (let k = 0; k < count; k++) store<f64>(out + <usize>k * tables.couplingGradientBytes, load<f64>(from + (<usize>k << 3)));
        store<T>(from, broadcast<T>(0));
        out += 8;
      }
    }
  }
}

function jacobianOfCenter<T>(center: i32, environments: Environments, tables: BispectrumTables, gradients: usize, out: usize, scratch: usize): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  memory.fill(out, 0, <usize>(endPair - firstPair) * <usize>tables.nFeatures * 24);
  for (let element = 0; element < tables.nElements; element++) {
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextChunk<T>(tables, environments, center, element, pair, endPair, scratch);
      const slots = load<i32>(scratch + tables.slotPairAt + (SLOTS << 2));
      if (slots == 0) continue;
      chunkFactors<T>(tables, slots, scratch);
      let ofJ = gradients;
      for (let j = 0; j <= tables.twoJMax; j++) {
        displacementRows<T>(tables, slots, j, scratch);
        ofJ = addProducts<T>(tables, slots, j, element, ofJ, firstPair, out, scratch);
      }
    }
  }
}

/** Harmonics with gradients, and rows of u and v. */
function chunkFactors<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  const nLm = (twoJMax + 1) * (twoJMax + 1);
  const x = geometryRow(tables, scratch, 0);
  const y = scratch + tables.harmonicsAt;
  const size = <usize>nLm * ROW;
  gradientsOfAll<T>(slots, twoJMax, x, x + ROW, x + 2 * ROW, tables.harmonics, y, ROW, y + size, size, scratch + tables.legendreAt);
  gradientFactors<T>(tables, slots, scratch);
  radialRows<T>(tables, slots, false, scratch + tables.radialAt, scratch);
  nextRadialRows<T>(tables, slots, scratch + tables.radialAt, scratch + tables.radial2At);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = x + (<usize>slot << 3);
    const alongCosine = load<T>(at + <usize>GeometryRow.alongCosine * ROW);
    const across = load<T>(at + <usize>GeometryRow.across * ROW);
    const tangential = load<T>(at + <usize>GeometryRow.tangential * ROW);
    let along = load<T>(at + <usize>GeometryRow.alongSine * ROW);
    let v = scratch + tables.radialAt + (<usize>slot << 3);
    let u = scratch + tables.radial2At + (<usize>slot << 3);
    for (let l = 0; l <= twoJMax; l++) {
      if (l > 0) along = plus<T>(along, alongCosine);
      const factor = l > 0 ? along : load<T>(at + <usize>GeometryRow.weightSlope * ROW);
      const factorV = l > 0 ? tangential : broadcast<T>(0);
      const stride = radialStride(twoJMax, l);
      for (let n = 0; n < stride; n++, u += ROW, v += ROW) {
        const p = load<T>(v);
        store<T>(u, minusTimes<T>(across, load<T>(u), times<T>(factor, p)));
        store<T>(v, times<T>(factorV, p));
      }
    }
  }
}

/** ∂c^J_lm/∂r of the slots, rows [axis][lm]: u Y r̂ + v ∇(r^l Y). */
function displacementRows<T>(tables: BispectrumTables, slots: i32, j: i32, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  const numbers = (j + 1) * (j + 1);
  const size = <usize>((twoJMax + 1) * (twoJMax + 1)) * ROW;
  const axis = <usize>numbers * ROW;
  const geometry = geometryRow(tables, scratch, 0);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = <usize>slot << 3;
    const x = load<T>(geometry + at);
    const y = load<T>(geometry + ROW + at);
    const z = load<T>(geometry + 2 * ROW + at);
    let harmonic = scratch + tables.harmonicsAt + at;
    let out = scratch + tables.displacementsAt + at;
    let row = 0;
    for (let l = 0; l <= j; l++) {
      const radial = <usize>(row + j - l) * ROW + at;
      const v = load<T>(scratch + tables.radialAt + radial);
      const u = load<T>(scratch + tables.radial2At + radial);
      for (let m = -l; m <= l; m++) {
        const along = times<T>(u, load<T>(harmonic));
        store<T>(out, timesPlus<T>(along, x, times<T>(v, load<T>(harmonic + size))));
        store<T>(out + axis, timesPlus<T>(along, y, times<T>(v, load<T>(harmonic + 2 * size))));
        store<T>(out + 2 * axis, timesPlus<T>(along, z, times<T>(v, load<T>(harmonic + 3 * size))));
        harmonic += ROW;
        out += ROW;
      }
      row += radialStride(twoJMax, l);
    }
  }
}

/** The couplings of one J by the displacement of every slot, added to the features of their terms; returns where those of the next J start. */
function addProducts<T>(tables: BispectrumTables, slots: i32, j: i32, element: i32, gradients: usize, firstPair: i32, out: usize, scratch: usize): usize {
  const numbers = (j + 1) * (j + 1);
  const row = <usize>numbers << 3;
  const products = scratch + tables.productsAt;
  const displacements = scratch + tables.displacementsAt;
  const end = load<i32>(tables.couplingsOfJ + (<usize>j << 2), 4);
  for (let c = load<i32>(tables.couplingsOfJ + (<usize>j << 2)); c < end; c += BLOCK) {
    const count = min(BLOCK, end - c);
    for (let axis = 0; axis < 3; axis++) {
      const from = displacements + <usize>(axis * numbers) * ROW;
      outerProducts<T>(count, slots, numbers, gradients, 8, row, from, ROW, products + <usize>axis * ROW, 3 * ROW, false);
    }
    for (let i = 0; i < count; i++) {
      addTerms(recordAt<Coupling>(tables.gradientCouplings, c + i), tables, slots, element, products + <usize>(3 * i) * ROW, firstPair, out, scratch);
    }
    gradients += <usize>count * row;
  }
  return gradients;
}

function addTerms(coupling: Coupling, tables: BispectrumTables, slots: i32, element: i32, products: usize, firstPair: i32, out: usize, scratch: usize): void {
  const slotPair = scratch + tables.slotPairAt;
  const axis = <usize>tables.nFeatures << 3;
  const end = tables.gradientTerms + <usize>coupling.endTerm * bytesOf<CouplingTerm>();
  for (let at = tables.gradientTerms + <usize>coupling.firstTerm * bytesOf<CouplingTerm>(); at < end; at += bytesOf<CouplingTerm>()) {
    const term = changetype<CouplingTerm>(at);
    if (term.element != element) continue;
    const factor = term.factor;
    const feature = out + (<usize>term.feature << 3);
    for (let slot = 0; slot < slots; slot++) {
      const pair = load<i32>(slotPair + (<usize>slot << 2));
      if (pair < 0) continue;
      const from = products + (<usize>slot << 3);
      const to = feature + <usize>(pair - firstPair) * 3 * axis;
      store<f64>(to, load<f64>(to) + factor * load<f64>(from));
      store<f64>(to + axis, load<f64>(to + axis) + factor * load<f64>(from + ROW));
      store<f64>(to + 2 * axis, load<f64>(to + 2 * axis) + factor * load<f64>(from + 2 * ROW));
    }
  }
}
