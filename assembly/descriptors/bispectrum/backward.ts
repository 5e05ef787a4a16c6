// Σ_f g_f ∂B_f/∂r of every neighbor. The gradients of all features come together in one matrix Y for each U, from there in one gradient by
// each coefficient of the density, so that a neighbor costs no more than its part of the density.
import { broadcast, lanes, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { bytesOf, recordAt } from "../../records";
import { pairVectorsOfHarmonics } from "../harmonic-pairs";
import { columnsOfRow, coupleRow } from "./coupling";
import { densityGradients, fillMatrices, interleave, lane } from "./matrices";
import { gradientFactors, nextChunk, nextRadialRows, radialRows } from "./neighbors";
import { BispectrumTables, Coupling, CouplingTerm, GeometryRow, geometryRow, radialStride, ROW, SLOTS } from "./tables";
import { placeDensities } from "./values";

/** gradients: rows of features of the centers; out: [pairs of the centers][3] */
export function backwardOfCenters<T>(
  center: i32, count: i32, environments: Environments, tables: BispectrumTables, state: usize, gradients: usize, out: usize, scratch: usize,
): void {
  placeDensities<T>(tables, count, state, scratch);
  fillMatrices<T>(tables, scratch);
  const nFeatures = tables.nFeatures;
  const second = count > 1 ? gradients + (<usize>nFeatures << 3) : gradients;
  placeGradients<T>(nFeatures, gradients, second, scratch + tables.featuresAt);
  adjointMatrices<T>(tables, scratch);
  const numbers = tables.nElements * tables.nCoefficients;
  const gradient = scratch + tables.densityGradientAt;
  memory.fill(gradient, 0, <usize>numbers * sizeof<T>());
  for (let element = 0; element < tables.nElements; element++) {
    const y = scratch + tables.adjointAt + <usize>(element * tables.nMatrix) * 2 * sizeof<T>();
    densityGradients<T>(tables, 0, tables.nMatrixElements, y, gradient + <usize>(element * tables.nCoefficients) * sizeof<T>());
  }
  const offsets = environments.offsets + (<usize>center << 2);
  for (let i = 0; i < count; i++) {
    lane<T>(numbers, i, gradient, scratch + tables.centerGradientAt);
    const before = load<i32>(offsets + (<usize>i << 2)) - load<i32>(offsets);
    backwardOfCenter<T>(center + i, environments, tables, out + <usize>before * 24, scratch);
  }
}

/** Like `interleave`, of any count. */
function placeGradients<T>(count: i32, first: usize, second: usize, out: usize): void {
  interleave<T>(count & ~1, first, second, out);
  if (!(count & 1)) return;
  const at = <usize>(count - 1) << 3;
  const to = out + <usize>(count - 1) * sizeof<T>();
  store<f64>(to, load<f64>(first + at));
  if (isVector<T>()) store<f64>(to, load<f64>(second + at), 8);
}

/** Y of every U on the half that is no mirror image: E changes by Σ Re Y dU* over it. */
function adjointMatrices<T>(tables: BispectrumTables, scratch: usize): void {
  const matrices = scratch + tables.matricesAt;
  const adjoint = scratch + tables.adjointAt;
  const features = scratch + tables.featuresAt;
  const z = scratch + tables.rowAt;
  memory.fill(adjoint, 0, <usize>(tables.nElements * tables.nMatrix) * 2 * sizeof<T>());
  for (let c = 0; c < tables.nGradientCouplings; c++) {
    const coupling = recordAt<Coupling>(tables.gradientCouplings, c);
    const j = coupling.j;
    const first = tables.gradientTerms + <usize>coupling.firstTerm * bytesOf<CouplingTerm>();
    const end = tables.gradientTerms + <usize>coupling.endTerm * bytesOf<CouplingTerm>();
    for (let row = 0; 2 * row <= j; row++) {
      coupleRow<T>(coupling, row, matrices, z);
      const bytes = <usize>columnsOfRow(j, row) * 2 * sizeof<T>();
      for (let at = first; at < end; at += bytesOf<CouplingTerm>()) {
        const term = changetype<CouplingTerm>(at);
        const factor = times<T>(broadcast<T>(term.factor), load<T>(features + <usize>term.feature * sizeof<T>()));
        const y = adjoint + <usize>(term.at + row * (j + 1)) * 2 * sizeof<T>();
        for (let i: usize = 0; i < bytes; i += sizeof<T>()) store<T>(y + i, timesPlus<T>(factor, load<T>(z + i), load<T>(y + i)));
      }
    }
  }
}

function backwardOfCenter<T>(center: i32, environments: Environments, tables: BispectrumTables, out: usize, scratch: usize): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  memory.fill(out, 0, <usize>(endPair - firstPair) * 24); // what is beyond its cutoff has no slot
  let gradient = scratch + tables.centerGradientAt;
  for (let element = 0; element < tables.nElements; element++) {
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextChunk<T>(tables, environments, center, element, pair, endPair, scratch);
      const slots = load<i32>(scratch + tables.slotPairAt + (SLOTS << 2));
      if (slots == 0) continue;
      contractChunk<T>(tables, slots, gradient, scratch);
      storeChunk<T>(tables, slots, firstPair, out, scratch);
    }
    gradient += <usize>tables.nCoefficients << 3;
  }
}

/** Factors of Y and of ∇(r^l Y) for every lm, rows over slots. */
function contractChunk<T>(tables: BispectrumTables, slots: i32, gradient: usize, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  let p = scratch + tables.radialAt;
  let next = scratch + tables.radial2At;
  gradientFactors<T>(tables, slots, scratch);
  radialRows<T>(tables, slots, false, p, scratch);
  nextRadialRows<T>(tables, slots, p, next);
  const size = <usize>((twoJMax + 1) * (twoJMax + 1)) * ROW;
  let out = scratch + tables.sumsAt;
  for (let l = 0; l <= twoJMax; l++) {
    const rows = l + l + 1;
    const stride = radialStride(twoJMax, l);
    const bytes = <usize>stride << 3;
    outerProducts<T>(rows, slots, twoJMax + 1 - l, gradient, 8, bytes, p, ROW, out, ROW, false);
    outerProducts<T>(rows, slots, twoJMax + 1 - l, gradient, 8, bytes, next, ROW, out + size, ROW, false);
    gradient += <usize>rows * bytes;
    p += <usize>stride * ROW;
    next += <usize>stride * ROW;
    out += <usize>rows * ROW;
  }
  applyFactors<T>(tables, slots, scratch);
}

/** (Σ p H, Σ p_next H) → (Σ u H, Σ v H) */
function applyFactors<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  const size = <usize>((twoJMax + 1) * (twoJMax + 1)) * ROW;
  const geometry = geometryRow(tables, scratch, 0);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = geometry + (<usize>slot << 3);
    const alongCosine = load<T>(at + <usize>GeometryRow.alongCosine * ROW);
    const across = load<T>(at + <usize>GeometryRow.across * ROW);
    const tangential = load<T>(at + <usize>GeometryRow.tangential * ROW);
    let out = scratch + tables.sumsAt + (<usize>slot << 3);
    store<T>(out, minusTimes<T>(across, load<T>(out + size), times<T>(load<T>(at + <usize>GeometryRow.weightSlope * ROW), load<T>(out))));
    store<T>(out + size, broadcast<T>(0));
    out += ROW;
    let along = load<T>(at + <usize>GeometryRow.alongSine * ROW);
    for (let l = 1; l <= twoJMax; l++) {
      along = plus<T>(along, alongCosine);
      for (let m = -l; m <= l; m++) {
        const sum = load<T>(out);
        store<T>(out, minusTimes<T>(across, load<T>(out + size), times<T>(along, sum)));
        store<T>(out + size, times<T>(tangential, sum));
        out += ROW;
      }
    }
  }
}

/** Σ_lm [Y (uH) r̂ + ∇(r^l Y) (vH)] of every slot to its pair. */
function storeChunk<T>(tables: BispectrumTables, slots: i32, firstPair: i32, out: usize, scratch: usize): void {
  // angles are not needed any more: their rows take the result
  const result = geometryRow(tables, scratch, GeometryRow.phase);
  pairVectorsOfHarmonics<T>(
    tables.twoJMax, slots, ROW, tables.harmonics, scratch + tables.sumsAt, geometryRow(tables, scratch, 0), scratch + tables.harmonicsAt,
    scratch + tables.legendreAt, result, scratch + tables.slotPairAt, firstPair, out,
  );
}
