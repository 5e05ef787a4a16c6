// Geometry functions and weights of pairs and triplets, with derivatives.
import { TensorGeometry, TensorTerm, TensorWeighting } from "./term";

const DEGREES: f64 = 57.29577951308232;
/** Sine of an angle below which it counts as straight: its direction, and so the derivative of the angle, is not defined. */
const STRAIGHT: f64 = 1e-9;

/** Where on the axis a pair is. */
// @ts-ignore: decorator
@inline
export function pairPlace(term: TensorTerm, r: f64): f64 {
  return term.geometry == TensorGeometry.distance ? r : 1 / r;
}

/** Derivative of the place by r. */
// @ts-ignore: decorator
@inline
export function pairPlaceSlope(term: TensorTerm, r: f64): f64 {
  return term.geometry == TensorGeometry.distance ? 1 : -1 / (r * r);
}

/** Weight of a pair. */
// @ts-ignore: decorator
@inline
export function pairWeight(term: TensorTerm, r: f64): f64 {
  if (term.weighting == TensorWeighting.exponential) return Math.exp(-term.decay * r);
  if (term.weighting == TensorWeighting.inverseSquare) return 1 / (r * r);
  return 1;
}

/** Derivative of the weight by r. */
// @ts-ignore: decorator
@inline
export function pairWeightSlope(term: TensorTerm, r: f64, w: f64): f64 {
  if (term.weighting == TensorWeighting.exponential) return -term.decay * w;
  if (term.weighting == TensorWeighting.inverseSquare) return (-2 * w) / r;
  return 0;
}

/** f of a smooth cutoff. */
function smooth(term: TensorTerm, r: f64): f64 {
  const x = r / term.range;
  const y = term.sharpness;
  if (y == 2) return 1 + x * x * (2 * x - 3);
  const power = Math.pow(x, y);
  return 1 + power * (y * x - (y + 1));
}

function smoothSlope(term: TensorTerm, r: f64): f64 {
  const x = r / term.range;
  const y = term.sharpness;
  return (y * (y + 1) * Math.pow(x, y - 1) * (x - 1)) / term.range;
}

/** A triplet: two vectors from the middle atom to the ends, what they are, and what it comes to. */
@unmanaged
export class Triplet {
  ax: f64;
  ay: f64;
  az: f64;
  bx: f64;
  by: f64;
  bz: f64;
  /** place on the axis, and weight */
  g: f64;
  w: f64;
  /** derivatives of the place by both vectors */
  gax: f64;
  gay: f64;
  gaz: f64;
  gbx: f64;
  gby: f64;
  gbz: f64;
  /** derivatives of the weight by both vectors */
  wax: f64;
  way: f64;
  waz: f64;
  wbx: f64;
  wby: f64;
  wbz: f64;
}

/** Place and weight of a triplet with its vectors; whether it counts. */
export function placeTriplet(term: TensorTerm, t: Triplet): bool {
  const aa = t.ax * t.ax + t.ay * t.ay + t.az * t.az;
  const bb = t.bx * t.bx + t.by * t.by + t.bz * t.bz;
  // most far ends are too far: said without a root, with room for its rounding
  if (term.weighting == TensorWeighting.smoothCutoff && max<f64>(aa, bb) > term.range * term.range * (1 + 1e-12)) return false;
  const ra = Math.sqrt(aa);
  const rb = Math.sqrt(bb);
  let w: f64 = 1;
  if (term.weighting == TensorWeighting.exponential) {
    const cx = t.bx - t.ax;
    const cy = t.by - t.ay;
    const cz = t.bz - t.az;
    const perimeter = ra + rb + Math.sqrt(cx * cx + cy * cy + cz * cz);
    if (perimeter > term.range) return false;
    w = Math.exp(-term.decay * perimeter);
  } else if (term.weighting == TensorWeighting.smoothCutoff) {
    if (ra > term.range || rb > term.range) return false;
    w = smooth(term, ra) * smooth(term, rb);
  }
  t.w = w;
  const dot = t.ax * t.bx + t.ay * t.by + t.az * t.bz;
  t.g = term.geometry == TensorGeometry.cosine ? max<f64>(-1, min<f64>(1, dot / (ra * rb))) : DEGREES * Math.atan2(crossLength(t), dot);
  return true;
}

// @ts-ignore: decorator
@inline
function crossLength(t: Triplet): f64 {
  const x = t.ay * t.bz - t.az * t.by;
  const y = t.az * t.bx - t.ax * t.bz;
  const z = t.ax * t.by - t.ay * t.bx;
  return Math.sqrt(x * x + y * y + z * z);
}

/** The derivatives of a triplet that `placeTriplet` has placed. The angle of three atoms in a line has none: 0, the mean over all directions. */
export function differentiateTriplet(term: TensorTerm, t: Triplet): void {
  const aa = t.ax * t.ax + t.ay * t.ay + t.az * t.az;
  const bb = t.bx * t.bx + t.by * t.by + t.bz * t.bz;
  const ra = Math.sqrt(aa);
  const rb = Math.sqrt(bb);
  const cosine = (t.ax * t.bx + t.ay * t.by + t.az * t.bz) / (ra * rb);
  let factor: f64 = 1;
  if (term.geometry == TensorGeometry.angle) {
    const sine = crossLength(t) / (ra * rb);
    factor = sine > STRAIGHT ? -DEGREES / sine : 0;
  }
  const both = factor / (ra * rb);
  const ofA = (factor * cosine) / aa;
  const ofB = (factor * cosine) / bb;
  t.gax = both * t.bx - ofA * t.ax;
  t.gay = both * t.by - ofA * t.ay;
  t.gaz = both * t.bz - ofA * t.az;
  t.gbx = both * t.ax - ofB * t.bx;
  t.gby = both * t.ay - ofB * t.by;
  t.gbz = both * t.az - ofB * t.bz;
  differentiateWeight(term, t, ra, rb);
}

function differentiateWeight(term: TensorTerm, t: Triplet, ra: f64, rb: f64): void {
  let alongA: f64 = 0;
  let alongB: f64 = 0;
  let alongC: f64 = 0;
  const cx = t.bx - t.ax;
  const cy = t.by - t.ay;
  const cz = t.bz - t.az;
  if (term.weighting == TensorWeighting.exponential) {
    const slope = -term.decay * t.w;
    alongA = slope / ra;
    alongB = slope / rb;
    alongC = slope / Math.sqrt(cx * cx + cy * cy + cz * cz);
  } else if (term.weighting == TensorWeighting.smoothCutoff) {
    alongA = (smoothSlope(term, ra) * smooth(term, rb)) / ra;
    alongB = (smooth(term, ra) * smoothSlope(term, rb)) / rb;
  }
  t.wax = alongA * t.ax - alongC * cx;
  t.way = alongA * t.ay - alongC * cy;
  t.waz = alongA * t.az - alongC * cz;
  t.wbx = alongB * t.bx + alongC * cx;
  t.wby = alongB * t.by + alongC * cy;
  t.wbz = alongB * t.bz + alongC * cz;
}
