// Neighbors of one center in one channel, in chunks of SLOTS, with the weight and the angle θ₀ of each in rows over slots.
import { broadcast, lanes, minus, minusTimes, over, times } from "../../math/lanes";
import { storeSinCos } from "../../math/sin-cos";
import { Environments } from "../../neighbors/environments";
import { bytesOf } from "../../records";
import { BispectrumTables, GeometryRow, geometryRow, PairParameters, ROW, SLOTS } from "./tables";

/** A neighbor at the center itself counts as one this far away along z, Å: U is smooth there unless rmin0 moves the angle. */
const NEAREST: f64 = 1e-12;

/**
 * Fills the slots with the neighbors of a channel from `pair` on and returns the pair to go on with. Behind the pairs of the slots at
 * `slotPairAt` stands their number, even; −1 is padding without weight.
 */
export function nextChunk<T>(
  tables: BispectrumTables, environments: Environments, center: i32, element: i32, pair: i32, endPair: i32, scratch: usize,
): i32 {
  const slotPair = scratch + tables.slotPairAt;
  const species = load<i32>(environments.centerSpecies + (<usize>center << 2));
  const parameters = tables.pairs + <usize>((species + 1) * tables.nSpecies) * bytesOf<PairParameters>();
  const elements = tables.elements;
  const speciesOf = environments.neighborSpecies;
  const distances = environments.distances;
  let slots = 0;
  for (; pair < endPair && slots < SLOTS; pair++) {
    const neighbor = load<i32>(speciesOf + (<usize>pair << 2));
    if (load<i32>(elements + (<usize>neighbor << 2)) != element) continue;
    const own = changetype<PairParameters>(parameters + <usize>neighbor * bytesOf<PairParameters>());
    const r = load<f64>(distances + (<usize>pair << 3));
    if (!(r < own.cutoff)) continue;
    store<i32>(slotPair + (<usize>slots << 2), pair);
    fillSlot(tables, environments, pair, r, own, slots++, scratch);
  }
  if (slots & 1) {
    store<i32>(slotPair + (<usize>slots << 2), -1);
    padSlot(tables, slots++, scratch);
  }
  store<i32>(slotPair + (SLOTS << 2), slots);
  anglesOf<T>(tables, slots, scratch);
  weightsOf(tables, environments, parameters, slots, scratch);
  return pair;
}

// @ts-ignore: decorator
@inline
function fillSlot(tables: BispectrumTables, environments: Environments, pair: i32, r: f64, own: PairParameters, slot: i32, scratch: usize): void {
  const at = <usize>pair << 3;
  const to = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  const isThere = r > NEAREST;
  const inverse: f64 = isThere ? 1 / r : 0;
  const length = isThere ? r : NEAREST;
  store<f64>(to, load<f64>(environments.dx + at) * inverse);
  store<f64>(to + ROW, load<f64>(environments.dy + at) * inverse);
  store<f64>(to + 2 * ROW, isThere ? load<f64>(environments.dz + at) * inverse : 1);
  store<f64>(to + 3 * ROW, length);
  store<f64>(to + <usize>GeometryRow.weight * ROW, own.weight);
  store<f64>(to + <usize>GeometryRow.angleSlope * ROW, own.scale);
  store<f64>(to + <usize>GeometryRow.phase * ROW, (length - tables.rmin0) * own.scale);
}

function padSlot(tables: BispectrumTables, slot: i32, scratch: usize): void {
  const to = geometryRow(tables, scratch, 0) + (<usize>slot << 3);
  for (let row: usize = 0; row < <usize>GeometryRow.count; row++) store<f64>(to + row * ROW, 0);
  store<f64>(to + 2 * ROW, 1);
  store<f64>(to + 3 * ROW, 1);
  store<f64>(to + <usize>GeometryRow.phase * ROW, 0.5);
}

/** sin and cos of θ₀ = rfac0 π x and of π x, x = (r − rmin0) / (R_c − rmin0). */
function anglesOf<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  const phases = geometryRow(tables, scratch, GeometryRow.phase);
  const sines = geometryRow(tables, scratch, GeometryRow.sine);
  const cosines = geometryRow(tables, scratch, GeometryRow.cosine);
  const phaseSines = geometryRow(tables, scratch, GeometryRow.phaseSine);
  const phaseCosines = geometryRow(tables, scratch, GeometryRow.phaseCosine);
  const factor = broadcast<T>(tables.angleFactor);
  const pi = broadcast<T>(Math.PI);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = <usize>slot << 3;
    const phase = load<T>(phases + at);
    storeSinCos<T>(times<T>(phase, factor), sines + at, cosines + at);
    storeSinCos<T>(times<T>(phase, pi), phaseSines + at, phaseCosines + at);
  }
}

/** Weights with the switching functions, and their derivatives; sin θ₀ ≥ 0. */
function weightsOf(tables: BispectrumTables, environments: Environments, parameters: usize, slots: i32, scratch: usize): void {
  const slotPair = scratch + tables.slotPairAt;
  const switching = tables.switching;
  const angleFactor = tables.angleFactor;
  let row = geometryRow(tables, scratch, 0);
  for (let slot = 0; slot < slots; slot++, row += 8) {
    const scale = load<f64>(row + <usize>GeometryRow.angleSlope * ROW);
    const weight = load<f64>(row + <usize>GeometryRow.weight * ROW);
    let value: f64 = 1;
    let slope: f64 = 0;
    if (switching && load<f64>(row + <usize>GeometryRow.phase * ROW) > 0) {
      value = 0.5 * (1 + load<f64>(row + <usize>GeometryRow.phaseCosine * ROW));
      slope = -0.5 * Math.PI * scale * load<f64>(row + <usize>GeometryRow.phaseSine * ROW);
    }
    const pair = load<i32>(slotPair + (<usize>slot << 2));
    if (pair >= 0) {
      const neighbor = load<i32>(environments.neighborSpecies + (<usize>pair << 2));
      const own = changetype<PairParameters>(parameters + <usize>neighbor * bytesOf<PairParameters>());
      if (own.innerHalfWidth > 0) {
        const x = (load<f64>(row + 3 * ROW) - own.innerCenter) / own.innerHalfWidth;
        const inner = innerSwitch(x);
        slope = slope * inner + value * innerSwitchSlope(x) / own.innerHalfWidth;
        value *= inner;
      }
    }
    store<f64>(row + <usize>GeometryRow.weight * ROW, weight * value);
    store<f64>(row + <usize>GeometryRow.weightSlope * ROW, weight * slope);
    store<f64>(row + <usize>GeometryRow.angleSlope * ROW, angleFactor * scale);
    // below rmin0 the angle is negative: r / ρ = |sin θ₀|, z₀ / ρ = cos θ₀ · sign(sin θ₀)
    const sine = load<f64>(row + <usize>GeometryRow.sine * ROW);
    if (sine < 0) {
      store<f64>(row + <usize>GeometryRow.sine * ROW, -sine);
      store<f64>(row + <usize>GeometryRow.cosine * ROW, -load<f64>(row + <usize>GeometryRow.cosine * ROW));
    }
  }
}

/** ½ (1 − cos(½π (1 + x))): 0 up to x = −1, 1 from x = 1 on. */
// @ts-ignore: decorator
@inline
function innerSwitch(x: f64): f64 {
  if (x <= -1) return 0;
  return x < 1 ? 0.5 * (1 - Math.cos(0.5 * Math.PI * (1 + x))) : 1;
}

// @ts-ignore: decorator
@inline
function innerSwitchSlope(x: f64): f64 {
  return x > -1 && x < 1 ? 0.25 * Math.PI * Math.sin(0.5 * Math.PI * (1 + x)) : 0;
}

/**
 * Rows of factors that turn p_lJ = χ^J_l / sin θ₀ (χ^J_0 for l = 0) into the gradient of W χ Y, which is u Y r̂ + v ∇(r^l Y) with
 * u = (W′ s + l (W θ′ c − W s / r)) p_l − W θ′ s √((J − l)(J + l + 2)) p_{l+1} and v = W (s / r) p_l.
 */
export function gradientFactors<T>(tables: BispectrumTables, slots: i32, scratch: usize): void {
  const rows = geometryRow(tables, scratch, 0);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = rows + (<usize>slot << 3);
    const weight = load<T>(at + <usize>GeometryRow.weight * ROW);
    const sine = load<T>(at + <usize>GeometryRow.sine * ROW);
    const turn = times<T>(weight, load<T>(at + <usize>GeometryRow.angleSlope * ROW));
    const tangential = over<T>(times<T>(weight, sine), load<T>(at + 3 * ROW));
    const cosine = load<T>(at + <usize>GeometryRow.cosine * ROW);
    store<T>(at + <usize>GeometryRow.alongSine * ROW, times<T>(load<T>(at + <usize>GeometryRow.weightSlope * ROW), sine));
    store<T>(at + <usize>GeometryRow.alongCosine * ROW, minus<T>(times<T>(turn, cosine), tangential));
    store<T>(at + <usize>GeometryRow.across * ROW, times<T>(turn, sine));
    store<T>(at + <usize>GeometryRow.tangential * ROW, tangential);
  }
}

/** Rows [l][n] over slots: W χ^J_l, or, not weighted, χ^J_l / sin θ₀ (χ^J_0 for l = 0). */
export function radialRows<T>(tables: BispectrumTables, slots: i32, weighted: bool, out: usize, scratch: usize): void {
  const twoJMax = tables.twoJMax;
  const rows = geometryRow(tables, scratch, 0);
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = rows + (<usize>slot << 3);
    const cosine = load<T>(at + <usize>GeometryRow.cosine * ROW);
    const sine = load<T>(at + <usize>GeometryRow.sine * ROW);
    let power = weighted ? load<T>(at + <usize>GeometryRow.weight * ROW) : broadcast<T>(1);
    let table = tables.recursion;
    let to = out + (<usize>slot << 3);
    for (let l = 0; l <= twoJMax; l++) {
      if (l > 0 && (weighted || l > 1)) power = times<T>(power, sine);
      let before = broadcast<T>(0);
      let here = times<T>(broadcast<T>(load<f64>(table)), power);
      store<T>(to, here);
      table += 24;
      to += ROW;
      const count = twoJMax + 1 - l;
      for (let n = 1; n < count; n++) {
        const next = minusTimes<T>(broadcast<T>(load<f64>(table, 8)), before, times<T>(times<T>(broadcast<T>(load<f64>(table)), cosine), here));
        before = here;
        here = next;
        store<T>(to, here);
        table += 24;
        to += ROW;
      }
      if (count & 1) {
        store<T>(to, broadcast<T>(0));
        table += 24;
        to += ROW;
      }
    }
  }
}

/** √((J − l)(J + l + 2)) p_{l+1,J} in the places of p_lJ; zero where J = l. */
export function nextRadialRows<T>(tables: BispectrumTables, slots: i32, from: usize, out: usize): void {
  const twoJMax = tables.twoJMax;
  let table = tables.recursion;
  for (let l = 0; l <= twoJMax; l++) {
    const stride = (twoJMax + 2 - l) & ~1;
    const count = twoJMax + 1 - l;
    const next = from + <usize>stride * ROW;
    for (let n = 0; n < stride; n++) {
      const factor = broadcast<T>(n > 0 && n < count ? load<f64>(table + <usize>n * 24, 16) : 0);
      const row = next + <usize>(n - 1) * ROW;
      const to = out + <usize>n * ROW;
      const isThere = n > 0 && n < count;
      for (let slot = 0; slot < slots; slot += lanes<T>()) {
        const at = <usize>slot << 3;
        store<T>(to + at, isThere ? times<T>(factor, load<T>(row + at)) : broadcast<T>(0));
      }
    }
    from = next;
    out += <usize>stride * ROW;
    table += <usize>stride * 24;
  }
}

/** Rows over slots → [slot][length], an even length. */
export function rowsToSlots<T>(slots: i32, length: i32, from: usize, to: usize): void {
  const bytes = <usize>length << 3;
  for (let slot = 0; slot < slots; slot += 2) {
    let row = from + (<usize>slot << 3);
    let a = to + <usize>slot * bytes;
    let b = a + bytes;
    for (let i = 0; i < length; i += 2) {
      if (isVector<T>()) {
        const p = v128.load(row);
        const q = v128.load(row + ROW);
        v128.store(a, v128.shuffle<u64>(p, q, 0, 2));
        v128.store(b, v128.shuffle<u64>(p, q, 1, 3));
      } else {
        store<f64>(a, load<f64>(row));
        store<f64>(b, load<f64>(row, 8));
        store<f64>(a, load<f64>(row + ROW), 8);
        store<f64>(b, load<f64>(row + ROW, 8), 8);
      }
      row += 2 * ROW;
      a += 16;
      b += 16;
    }
  }
}
