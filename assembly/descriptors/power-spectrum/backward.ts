// Σ_f g_f ∂X_f/∂r of every neighbor of one center. The gradient goes back to the coefficients, H[lm][channel] = ∂E/∂c, once per
// center; a neighbor then needs Σ_n u H and Σ_n v H for each lm, as matrix products with the neighbors in the lanes.
import { dotProduct } from "../../linalg/vector";
import { broadcast, lanes, minusTimes, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { pairVectorsOfHarmonics } from "../harmonic-pairs";
import { coefficientBytes, gradientBytes, PowerSpectrumTables, ROW, Run } from "./tables";
import { geometryRow, nextChunk, rewind } from "./chunk";
import { leftCoefficients, rightCoefficients, unmix } from "./density";
import { productRow, spreadFeatures } from "./projection";
import { radialDerivatives, slotsToRows } from "./radial";

/**
 * Several gradients of this center come back in one pass over its neighbors.
 * @param gradients [members][features], `gradientStep` bytes from one to the next
 * @param out [members][pairs of the center][3], `outStep` bytes from one to the next
 */
export function backwardOfCenter<T>(
  center: i32,
  environments: Environments,
  tables: PowerSpectrumTables,
  values: usize,
  state: usize,
  members: i32,
  gradients: usize,
  gradientStep: usize,
  out: usize,
  outStep: usize,
  scratch: usize,
): void {
  let h = scratch + tables.gradientAt;
  for (let k = 0; k < members; k++) {
    coefficientGradients<T>(tables, values, state, gradients, h, scratch);
    gradients += gradientStep;
    h += gradientBytes(tables);
  }
  backwardOfDensity<T>(center, environments, tables, members, out, outStep, scratch);
}

/** From H = ∂E/∂c [lm][channel] of every member at `gradientAt` to the pairs of the center. */
export function backwardOfDensity<T>(
  center: i32, environments: Environments, tables: PowerSpectrumTables, members: i32, out: usize, outStep: usize, scratch: usize,
): void {
  const offsets = environments.offsets + (<usize>center << 2);
  const firstPair = load<i32>(offsets);
  const endPair = load<i32>(offsets, 4);
  // invisible neighbors have no slot
  for (let k = 0; k < members; k++) memory.fill(out + <usize>k * outStep, 0, <usize>(endPair - firstPair) * 24);
  rewind(tables, scratch, firstPair);
  for (;;) {
    const slots = nextChunk(tables, environments, firstPair, endPair, scratch);
    if (slots == 0) break;
    radialDerivatives<T>(tables, scratch);
    radialRows<T>(tables, slots, scratch);
    for (let k = 0; k < members; k++) {
      contractChunk<T>(tables, scratch + tables.gradientAt + <usize>k * gradientBytes(tables), scratch);
      storeChunk<T>(tables, slots, firstPair, out + <usize>k * outStep, scratch);
    }
  }
}

/** H = ∂E/∂c [lm][K] at `h`, and its mixed parts behind it. */
function coefficientGradients<T>(tables: PowerSpectrumTables, values: usize, state: usize, gradients: usize, h: usize, scratch: usize): void {
  const k1 = tables.nLeft;
  const k2 = tables.nRight;
  const row1 = <usize>k1 << 3;
  const row2 = <usize>k2 << 3;
  const mixed = tables.mixed;
  const product = scratch + tables.productAt;
  const transposed = product + <usize>k1 * row2;
  const h1 = mixed ? h + coefficientBytes(tables, tables.nChannels) : h;
  const h2 = h1 + coefficientBytes(tables, k1);
  const ofProducts = productGradients<T>(tables, values, load<f64>(state), gradients, scratch);
  let left = leftCoefficients(tables, state);
  let right = rightCoefficients(tables, state);
  let h1l = h1;
  let h2l = h2;
  const lMax = tables.lMax;
  for (let l = 0; l <= lMax; l++) {
    const count = l + l + 1;
    memory.fill(product, 0, <usize>k1 * row2);
    if (mixed) memory.fill(transposed, 0, <usize>k2 * row1);
    gatherGradients(tables, l, ofProducts, product, row2, mixed ? transposed : product, row1);
    // H1[m][A] = Σ_B c2[m][B] G[A][B]: rows m, columns A, so the factor B is the transposed product
    outerProducts<T>(count, k1, k2, right, 8, row2, mixed ? transposed : product, row1, h1l, row1, false);
    if (mixed) outerProducts<T>(count, k2, k1, left, 8, row1, product, row2, h2l, row2, false);
    left += <usize>count * row1;
    right += <usize>count * row2;
    h1l += <usize>count * row1;
    h2l += <usize>count * row2;
  }
  if (mixed) {
    const k = tables.nChannels;
    memory.fill(h, 0, coefficientBytes(tables, k));
    unmix(tables, tables.nLeftMix, tables.leftMix, h, k, h1, k1);
    unmix(tables, tables.nRightMix, tables.rightMix, h, k, h2, k2);
  }
}

/** ∂E/∂p of every product before projection and normalisation: (g − x (x·g)) / |p|, back through the projection. */
function productGradients<T>(tables: PowerSpectrumTables, values: usize, norm: f64, gradients: usize, scratch: usize): usize {
  const n = tables.nFeatures;
  let current = gradients;
  if (norm > 0) {
    current = productRow(tables, 1, scratch);
    const inverse = 1 / norm;
    const overlap = dotProduct(n, values, gradients) * inverse;
    const factor = broadcast<T>(inverse);
    const along = broadcast<T>(overlap);
    const bytes = <usize>n << 3;
    let at: usize = 0;
    for (; at + sizeof<T>() <= bytes; at += sizeof<T>()) {
      store<T>(current + at, minusTimes<T>(along, load<T>(values + at), times<T>(factor, load<T>(gradients + at))));
    }
    for (; at < bytes; at += 8) store<f64>(current + at, inverse * load<f64>(gradients + at) - overlap * load<f64>(values + at));
  }
  if (!tables.nProjection) return current;
  const products = productRow(tables, 0, scratch);
  spreadFeatures(tables, current, products);
  return products;
}

/**
 * Gradient of each feature to G[A][B] and to the transpose: both at once in one symmetric matrix where nothing is mixed, in two
 * matrices otherwise.
 */
function gatherGradients(
  tables: PowerSpectrumTables,
  l: i32,
  gradients: usize,
  product: usize,
  row2: usize,
  transposed: usize,
  row1: usize,
): void {
  const nRuns = tables.nRuns;
  const runs = tables.runs;
  for (let i = 0; i < nRuns; i++) {
    const run = recordAt<Run>(runs, i);
    const row = run.row;
    const column = run.column;
    const count = run.count;
    const factor = run.offDiagonal;
    const step = <usize>run.step << 3;
    let at = <usize>(run.feature + l * run.stepL) << 3;
    let straight = product + <usize>row * row2 + (<usize>column << 3);
    let across = transposed + <usize>column * row1 + (<usize>row << 3);
    for (let c = 0; c < count; c++) {
      let g = load<f64>(gradients + at);
      if (row != column + c) g *= factor;
      store<f64>(straight, load<f64>(straight) + g);
      store<f64>(across, load<f64>(across) + g);
      at += step;
      straight += 8;
      across += row1;
    }
  }
}

/** u and v as rows over slots at `pairedAt`. */
function radialRows<T>(tables: PowerSpectrumTables, slots: i32, scratch: usize): void {
  const length = (tables.lMax + 1) * tables.nRadial;
  const rows = scratch + tables.pairedAt;
  slotsToRows<T>(slots, length, scratch + tables.radialAt, rows);
  slotsToRows<T>(slots, length, scratch + tables.radial2At, rows + <usize>length * ROW);
}

/** Σ_n u H and Σ_n v H for every lm, rows over slots, at `pairedAt` behind the transposed u and v; H at `gradient`. */
function contractChunk<T>(tables: PowerSpectrumTables, gradient: usize, scratch: usize): void {
  const lMax = tables.lMax;
  const nRadial = tables.nRadial;
  const length = (lMax + 1) * nRadial;
  const uRows = scratch + tables.pairedAt;
  const vRows = uRows + <usize>length * ROW;
  const l1 = lMax + 1;
  const size = <usize>(l1 * l1) * ROW;
  const uOut = vRows + <usize>length * ROW;
  const hRow = <usize>tables.nChannels << 3;
  const groups = scratch + tables.groupsAt;
  const nGroups = load<i32>(groups);
  for (let g = 0; g < nGroups; g++) {
    const group = groups + 4 + (<usize>g << 3);
    const first = load<i32>(group, 4);
    const columns = load<i32>(group, 12) - first;
    const shift = <usize>first << 3;
    let h = gradient + (<usize>(load<i32>(group) * nRadial) << 3);
    let u = uRows + shift;
    let v = vRows + shift;
    let out = uOut + shift;
    for (let l = 0; l <= lMax; l++) {
      const rows = l + l + 1;
      outerProducts<T>(rows, columns, nRadial, h, 8, hRow, u, ROW, out, ROW, false);
      outerProducts<T>(rows, columns, nRadial, h, 8, hRow, v, ROW, out + size, ROW, false);
      h += <usize>rows * hRow;
      u += <usize>nRadial * ROW;
      v += <usize>nRadial * ROW;
      out += <usize>rows * ROW;
    }
  }
}

/** Σ_lm [Y (uH) r̂ + G (vH)] of every slot to its pair. */
function storeChunk<T>(tables: PowerSpectrumTables, slots: i32, firstPair: i32, out: usize, scratch: usize): void {
  const contracted = scratch + tables.pairedAt + <usize>(2 * (tables.lMax + 1) * tables.nRadial) * ROW;
  // The distances are not needed any more: their three rows take the result.
  const result = geometryRow(tables, scratch, 3);
  pairVectorsOfHarmonics<T>(
    tables.lMax, slots, ROW, tables.harmonics, contracted, geometryRow(tables, scratch, 0), scratch + tables.harmonicsAt,
    scratch + tables.legendreAt, result, scratch + tables.slotPairAt, firstPair, out,
  );
}
