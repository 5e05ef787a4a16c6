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

/**
 * Several gradients come back in one pass over couplings and neighbors.
 * @param gradients [members] rows of features of the centers, `gradientStep` bytes from one member to the next
 * @param out [members][pairs of the centers][3], `outStep` bytes from one to the next
 */
export function backwardOfCenters<T>(
  center: i32, count: i32, environments: Environments, tables: BispectrumTables, state: usize, members: i32, gradients: usize, gradientStep: usize,
  out: usize, outStep: usize, scratch: usize,
): void {
  placeDensities<T>(tables, count, state, scratch);
  fillMatrices<T>(tables, scratch);
  const nFeatures = tables.nFeatures;
  for (let k = 0; k < members; k++) {
    const second = count > 1 ? gradients + (<usize>nFeatures << 3) : gradients;
    placeGradients<T>(nFeatures, gradients, second, memberAt(tables, k, scratch) + tables.featuresOfMember);
    gradients += gradientStep;
  }
  adjointMatrices<T>(tables, members, scratch);
  for (let k = 0; k < members; k++) densityOfMember<T>(tables, memberAt(tables, k, scratch));
  const offsets = environments.offsets + (<usize>center << 2);
  const numbers = tables.nElements * tables.nCoefficients;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < members; k++) {
      const member = memberAt(tables, k, scratch);
      lane<T>(numbers, i, member + tables.densityGradientOfMember, member + tables.centerGradientOfMember);
    }
    const before = load<i32>(offsets + (<usize>i << 2)) - load<i32>(offsets);
    backwardOfCenter<T>(center + i, environments, tables, members, out + <usize>before * 24, outStep, scratch);
  }
}

/** The gradient by the density, of all elements, from Y. */
function densityOfMember<T>(tables: BispectrumTables, member: usize): void {
  const gradient = member + tables.densityGradientOfMember;
  memory.fill(gradient, 0, <usize>(tables.nElements * tables.nCoefficients) * sizeof<T>());
  for (let element = 0; element < tables.nElements; element++) {
    const y = member + <usize>(element * tables.nMatrix) * 2 * sizeof<T>();
    densityGradients<T>(tables, 0, tables.nMatrixElements, y, gradient + <usize>(element * tables.nCoefficients) * sizeof<T>());
  }
}

/** Where the numbers of a member stand: Y, then those at the offsets `…OfMember`. */
// @ts-ignore: decorator
@inline
function memberAt(tables: BispectrumTables, member: i32, scratch: usize): usize {
  return scratch + tables.membersAt + <usize>member * tables.memberBytes;
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

/** Y of every U on the half that is no mirror image: E changes by Σ Re Y dU* over it. A row of Z is made once for all members. */
function adjointMatrices<T>(tables: BispectrumTables, members: i32, scratch: usize): void {
  const matrices = scratch + tables.matricesAt;
  const z = scratch + tables.rowAt;
  const step = tables.memberBytes;
  const firstMember = memberAt(tables, 0, scratch);
  const lastMember = memberAt(tables, members, scratch);
  for (let member = firstMember; member < lastMember; member += step) memory.fill(member, 0, <usize>(tables.nElements * tables.nMatrix) * 2 * sizeof<T>());
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
        const ofFeature = tables.featuresOfMember + <usize>term.feature * sizeof<T>();
        const ofRow = <usize>(term.at + row * (j + 1)) * 2 * sizeof<T>();
        for (let member = firstMember; member < lastMember; member += step) {
          const factor = times<T>(broadcast<T>(term.factor), load<T>(member + ofFeature));
          const y = member + ofRow;
          for (let i: usize = 0; i < bytes; i += sizeof<T>()) store<T>(y + i, timesPlus<T>(factor, load<T>(z + i), load<T>(y + i)));
        }
      }
    }
  }
}

function backwardOfCenter<T>(
  center: i32, environments: Environments, tables: BispectrumTables, members: i32, out: usize, outStep: usize, scratch: usize,
): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  // what is beyond its cutoff has no slot
  for (let k = 0; k < members; k++) memory.fill(out + <usize>k * outStep, 0, <usize>(endPair - firstPair) * 24);
  let ofElement = tables.centerGradientOfMember;
  for (let element = 0; element < tables.nElements; element++) {
    let pair = firstPair;
    while (pair < endPair) {
      pair = nextChunk<T>(tables, environments, center, element, pair, endPair, scratch);
      const slots = load<i32>(scratch + tables.slotPairAt + (SLOTS << 2));
      if (slots == 0) continue;
      chunkFactors<T>(tables, slots, scratch);
      for (let k = 0; k < members; k++) {
        contractChunk<T>(tables, slots, memberAt(tables, k, scratch) + ofElement, scratch);
        storeChunk<T>(tables, slots, firstPair, out + <usize>k * outStep, scratch);
      }
    }
    ofElement += <usize>tables.nCoefficients << 3;
  }
}

/** What the gradients of all members are multiplied by, rows over slots. */
function chunkFactors<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  gradientFactors<T>(tables, slots, scratch);
  radialRows<T>(tables, slots, false, scratch + tables.radialAt, scratch);
  nextRadialRows<T>(tables, slots, scratch + tables.radialAt, scratch + tables.radial2At);
}

/** Factors of Y and of ∇(r^l Y) for every lm, rows over slots. */
function contractChunk<T>(tables: BispectrumTables, slots: i32, gradient: usize, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  let p = scratch + tables.radialAt;
  let next = scratch + tables.radial2At;
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
