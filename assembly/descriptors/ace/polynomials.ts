// Radial functions envelope(r) · P_n(x(r)) by three-term recursion, neighbors in the lanes: exact, and without tables.
import { broadcast, lanes, larger, loadBroadcast, minus, minusTimes, over, plus, smaller, times, timesPlus, whereLess } from "../../math/lanes";
import { AcePolynomials, ROW } from "./tables";

/**
 * Rows over slots of all functions, and of their slopes unless `slopes` is 0. Beyond the cutoff they are zero.
 * @param distances row over slots, Å
 */
export function polynomialRows<T>(own: AcePolynomials, slots: i32, distances: usize, values: usize, slopes: usize): void {
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = <usize>slot << 3;
    const r = load<T>(distances + at);
    if (own.isAgnesi) agnesi<T>(own, r, values + at, slopes ? slopes + at : 0);
    else inversePower<T>(own, r, values + at, slopes ? slopes + at : 0);
  }
}

/** y = 1 / (1 + f), f = a s^q / (1 + s^{q−p}), s the distance from the inner cutoff in bond lengths, not below 0. */
function agnesi<T>(own: AcePolynomials, r: T, values: usize, slopes: usize): void {
  const zero = broadcast<T>(0);
  const one = broadcast<T>(1);
  const scale = broadcast<T>(own.inverseLength);
  const s = larger<T>(zero, times<T>(minus<T>(r, broadcast<T>(own.start)), scale));
  const p = own.p;
  const rest = own.q - p;
  const wBefore = power<T>(s, p - 1);
  const w = times<T>(wBefore, s);
  const uBefore = rest > 0 ? power<T>(s, rest - 1) : zero;
  const u = rest > 0 ? times<T>(uBefore, s) : one;
  const inverse = over<T>(one, plus<T>(one, u));
  const a = broadcast<T>(own.a);
  const f = times<T>(times<T>(a, times<T>(w, u)), inverse);
  const y = over<T>(one, plus<T>(one, f));
  const factor = broadcast<T>(own.factor);
  const x = timesPlus<T>(factor, minus<T>(y, one), broadcast<T>(-1));
  // f′ = a (w′ u (1 + u) + w u′) / (1 + u)²
  const wSlope = times<T>(broadcast<T>(<f64>p), wBefore);
  const uSlope = times<T>(broadcast<T>(<f64>rest), uBefore);
  const fSlope = times<T>(times<T>(a, inverse), timesPlus<T>(wSlope, u, times<T>(inverse, times<T>(w, uSlope))));
  const xSlope = times<T>(times<T>(factor, scale), minusTimes<T>(times<T>(y, y), fSlope, zero));
  recursion<T>(own, r, x, whereLess<T>(zero, s, xSlope), values, slopes);
}

/** x = ((1 + r0) / (1 + r))^p, no further than the inner cutoff where the envelope ends there. */
function inversePower<T>(own: AcePolynomials, r: T, values: usize, slopes: usize): void {
  const inverse = over<T>(broadcast<T>(1), plus<T>(broadcast<T>(1), r));
  let x = power<T>(times<T>(broadcast<T>(own.factor), inverse), own.p);
  let slope = times<T>(broadcast<T>(-<f64>own.p), times<T>(x, inverse));
  if (own.innerPower > 0) {
    slope = whereLess<T>(x, broadcast<T>(own.inner), slope);
    x = smaller<T>(x, broadcast<T>(own.inner));
  }
  recursion<T>(own, r, x, slope, values, slopes);
}

// @ts-ignore: decorator
@inline
function recursion<T>(own: AcePolynomials, r: T, x: T, xSlope: T, values: usize, slopes: usize): void {
  let value: T;
  let slope: T;
  if (own.isInverseSquare) {
    // ρ^−2 down to the smallest ρ, where it goes on as a parabola
    const rho = times<T>(r, broadcast<T>(own.inverseBond));
    const smallest = own.smallest;
    const inverse = over<T>(broadcast<T>(1), larger<T>(rho, broadcast<T>(smallest)));
    const square = times<T>(inverse, inverse);
    const below = smaller<T>(broadcast<T>(0), minus<T>(rho, broadcast<T>(smallest)));
    const inverseSmallest = 1 / smallest;
    const first = broadcast<T>(-2 * inverseSmallest * inverseSmallest * inverseSmallest);
    const second = broadcast<T>(3 * inverseSmallest * inverseSmallest * inverseSmallest * inverseSmallest);
    value = timesPlus<T>(below, timesPlus<T>(second, below, first), plus<T>(square, timesPlus<T>(broadcast<T>(own.linear), rho, broadcast<T>(own.constant))));
    const steepness = timesPlus<T>(broadcast<T>(-2), times<T>(square, inverse), broadcast<T>(own.linear));
    slope = times<T>(broadcast<T>(own.inverseBond), timesPlus<T>(times<T>(broadcast<T>(2), second), below, steepness));
  } else {
    const sign = broadcast<T>(own.sign);
    const low = times<T>(sign, minus<T>(x, broadcast<T>(own.inner)));
    const high = times<T>(sign, minus<T>(broadcast<T>(own.outer), x));
    const i = own.innerPower;
    const o = own.outerPower;
    const lowBefore = i > 0 ? power<T>(low, i - 1) : broadcast<T>(0);
    const lowAll = i > 0 ? times<T>(lowBefore, low) : broadcast<T>(1);
    const highBefore = power<T>(high, o - 1);
    const highAll = times<T>(highBefore, high);
    value = times<T>(lowAll, highAll);
    const turn = minusTimes<T>(times<T>(broadcast<T>(<f64>o), lowAll), highBefore, times<T>(times<T>(broadcast<T>(<f64>i), lowBefore), highAll));
    slope = times<T>(times<T>(sign, xSlope), turn);
  }
  const cutoff = broadcast<T>(own.cutoff);
  value = whereLess<T>(r, cutoff, value);
  slope = whereLess<T>(r, cutoff, slope);
  let table = own.recursion;
  const first = loadBroadcast<T>(table);
  let before = broadcast<T>(0);
  let here = times<T>(first, value);
  let slopeBefore = before;
  let slopeHere = times<T>(first, slope);
  store<T>(values, here);
  if (slopes) store<T>(slopes, slopeHere);
  const size = own.size;
  for (let n = 1; n < size; n++) {
    table += 24;
    const a = loadBroadcast<T>(table);
    const c = loadBroadcast<T>(table + 16);
    const turn = timesPlus<T>(a, x, loadBroadcast<T>(table + 8));
    const next = timesPlus<T>(turn, here, times<T>(c, before));
    values += ROW;
    store<T>(values, next);
    if (slopes) {
      const slopeNext = timesPlus<T>(turn, slopeHere, timesPlus<T>(times<T>(a, xSlope), here, times<T>(c, slopeBefore)));
      slopeBefore = slopeHere;
      slopeHere = slopeNext;
      slopes += ROW;
      store<T>(slopes, slopeNext);
    }
    before = here;
    here = next;
  }
}

/** A power with a whole exponent. */
// @ts-ignore: decorator
@inline
function power<T>(base: T, exponent: i32): T {
  let result = broadcast<T>(1);
  for (let i = 0; i < exponent; i++) result = times<T>(result, base);
  return result;
}
