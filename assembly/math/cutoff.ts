// Cutoff functions of a distance with their first two derivatives, for every descriptor. Distances in Å.
import { INVALID_ARGUMENT, OK } from "../status";
import { exponential } from "./exp";
import { broadcast, lanes, larger, minus, over, plus, smaller, times, timesPlus, whereLess } from "./lanes";

/** ½ (1 + cos π x), x = (r − start) / (end − start): 1 up to `start`, 0 from `end` on. Its first derivative is continuous, the second jumps. */
export function cosineCutoff(r: f64, start: f64, end: f64): f64 {
  if (r >= end) return 0;
  if (r <= start) return 1;
  const k = Math.PI / (end - start);
  return 0.5 * (1 + Math.cos(k * (r - start)));
}

/** First derivative, 1/Å. */
export function cosineCutoffSlope(r: f64, start: f64, end: f64): f64 {
  if (r >= end || r <= start) return 0;
  const k = Math.PI / (end - start);
  return -0.5 * k * Math.sin(k * (r - start));
}

/** Second derivative, 1/Å²; 0 at both ends. */
export function cosineCutoffCurvature(r: f64, start: f64, end: f64): f64 {
  if (r >= end || r <= start) return 0;
  const k = Math.PI / (end - start);
  return -0.5 * k * k * Math.cos(k * (r - start));
}

/**
 * The cosine cutoff function of many distances.
 * @param distances f64 [count], Å
 * @param values f64 [count], written
 * @param slopes f64 [count], written, 1/Å; 0: skipped
 * @param curvatures f64 [count], written, 1/Å²; 0: skipped
 */
export function cosineCutoffs(count: i32, start: f64, end: f64, distances: usize, values: usize, slopes: usize, curvatures: usize): i32 {
  if (count < 0 || !(start >= 0) || !(end > start)) return INVALID_ARGUMENT;
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    const r = load<f64>(distances + i);
    store<f64>(values + i, cosineCutoff(r, start, end));
    if (slopes) store<f64>(slopes + i, cosineCutoffSlope(r, start, end));
    if (curvatures) store<f64>(curvatures + i, cosineCutoffCurvature(r, start, end));
  }
  return OK;
}

/**
 * Cutoff functions between `start`, up to where they are 1, and `end`, from where on they are 0; x = (r − start)/(end − start), u = 1 − x.
 * Those of n2p2 (Singraber, Behler & Dellago, J. Chem. Theory Comput. 15, 1827 (2019), doi:10.1021/acs.jctc.8b00770), in its order.
 */
export const enum CutoffKind {
  /** 1 */
  hard,
  /** ½ (1 + cos πx) */
  cosine,
  /** tanh³ u; `start` is 0 */
  tanh,
  /** tanh³ u / tanh³ 1; `start` is 0 */
  tanhNormalized,
  /** exp(1 − 1/(1 − x²)) */
  exponential,
  /** u²(3 − 2u): one derivative is continuous; each further one has one more */
  polynomial1,
  polynomial2,
  polynomial3,
  polynomial4,
}

/** A cutoff function and where it acts, Å. */
@unmanaged
export class CutoffFunction {
  /** a CutoffKind */
  kind: i32;
  start: f64;
  end: f64;
}

/** 1 / tanh³ 1 */
const TANH_NORM: f64 = 2.2637537952253513;
/** Where exp(1 − 1/(1 − x²)) is nothing in double precision. */
const SMALLEST_SQUARE: f64 = 1.0 / 800.0;

/** sin(πu/2), 0 ≤ u ≤ 1: the Taylor series, which leaves 1e-18. */
// @ts-ignore: decorator
@inline
function quarterSine<T>(u: T): T {
  const z = times<T>(u, u);
  let sum = broadcast<T>(2.5714228928604738662e-16);
  sum = timesPlus<T>(sum, z, broadcast<T>(-4.3770654673137422772e-14));
  sum = timesPlus<T>(sum, z, broadcast<T>(6.0669357311061956671e-12));
  sum = timesPlus<T>(sum, z, broadcast<T>(-6.6880351098114672325e-10));
  sum = timesPlus<T>(sum, z, broadcast<T>(5.6921729219679268118e-8));
  sum = timesPlus<T>(sum, z, broadcast<T>(-3.5988432352120853405e-6));
  sum = timesPlus<T>(sum, z, broadcast<T>(0.00016044118478735982187));
  sum = timesPlus<T>(sum, z, broadcast<T>(-0.0046817541353186881007));
  sum = timesPlus<T>(sum, z, broadcast<T>(0.079692626246167045121));
  sum = timesPlus<T>(sum, z, broadcast<T>(-0.64596409750624625366));
  return times<T>(u, timesPlus<T>(sum, z, broadcast<T>(1.5707963267948966192)));
}

/** cos(πu/2), 0 ≤ u ≤ 1 */
// @ts-ignore: decorator
@inline
function quarterCosine<T>(u: T): T {
  const z = times<T>(u, u);
  let sum = broadcast<T>(-1.8359916521552451562e-17);
  sum = timesPlus<T>(sum, z, broadcast<T>(3.4377391790986070002e-15));
  sum = timesPlus<T>(sum, z, broadcast<T>(-5.2944002007346237619e-13));
  sum = timesPlus<T>(sum, z, broadcast<T>(6.5659631149794723622e-11));
  sum = timesPlus<T>(sum, z, broadcast<T>(-6.3866030837918522411e-9));
  sum = timesPlus<T>(sum, z, broadcast<T>(4.7108747788181715037e-7));
  sum = timesPlus<T>(sum, z, broadcast<T>(-0.000025202042373060605481));
  sum = timesPlus<T>(sum, z, broadcast<T>(0.00091926027483942658024));
  sum = timesPlus<T>(sum, z, broadcast<T>(-0.020863480763352960873));
  sum = timesPlus<T>(sum, z, broadcast<T>(0.25366950790104801364));
  sum = timesPlus<T>(sum, z, broadcast<T>(-1.2337005501361698274));
  return timesPlus<T>(sum, z, broadcast<T>(1));
}

/** a + b u, the step of Horner's scheme in u. */
// @ts-ignore: decorator
@inline
function linear<T>(a: f64, b: f64, u: T): T {
  return timesPlus<T>(broadcast<T>(b), u, broadcast<T>(a));
}

// @ts-ignore: decorator
@inline
function tanhOf<T>(u: T): T {
  const e = exponential<T>(times<T>(broadcast<T>(-2), u));
  return over<T>(minus<T>(broadcast<T>(1), e), plus<T>(broadcast<T>(1), e));
}

/** 1/(1 − x²), bounded */
// @ts-ignore: decorator
@inline
function bumpOf<T>(u: T): T {
  return over<T>(broadcast<T>(1), larger<T>(times<T>(u, minus<T>(broadcast<T>(2), u)), broadcast<T>(SMALLEST_SQUARE)));
}

/** f(u), 0 ≤ u ≤ 1; KIND is a literal at every call. `sine`: sin(πu/2) where f is a cosine. */
// @ts-ignore: decorator
@inline
function valueAt<T>(KIND: i32, u: T, sine: T): T {
  const square = times<T>(u, u);
  if (KIND == CutoffKind.cosine) return times<T>(sine, sine);
  if (KIND == CutoffKind.tanh || KIND == CutoffKind.tanhNormalized) {
    const t = tanhOf<T>(u);
    return times<T>(times<T>(t, t), times<T>(t, broadcast<T>(KIND == CutoffKind.tanh ? 1 : TANH_NORM)));
  }
  if (KIND == CutoffKind.exponential) return exponential<T>(minus<T>(broadcast<T>(1), bumpOf<T>(u)));
  if (KIND == CutoffKind.polynomial1) return times<T>(square, linear<T>(3, -2, u));
  if (KIND == CutoffKind.polynomial2) return times<T>(times<T>(square, u), timesPlus<T>(linear<T>(-15, 6, u), u, broadcast<T>(10)));
  if (KIND == CutoffKind.polynomial3) {
    const sum = timesPlus<T>(timesPlus<T>(linear<T>(70, -20, u), u, broadcast<T>(-84)), u, broadcast<T>(35));
    return times<T>(times<T>(square, square), sum);
  }
  if (KIND == CutoffKind.polynomial4) {
    let sum = timesPlus<T>(linear<T>(-315, 70, u), u, broadcast<T>(540));
    sum = timesPlus<T>(timesPlus<T>(sum, u, broadcast<T>(-420)), u, broadcast<T>(126));
    return times<T>(times<T>(square, square), times<T>(u, sum));
  }
  return broadcast<T>(1);
}

/** df/du of a function whose value is f. */
// @ts-ignore: decorator
@inline
function slopeAt<T>(KIND: i32, u: T, f: T, sine: T): T {
  const one = broadcast<T>(1);
  // u − u²: the polynomials have a power of it as derivative
  const bow = times<T>(u, minus<T>(one, u));
  const square = times<T>(bow, bow);
  if (KIND == CutoffKind.cosine) return times<T>(broadcast<T>(Math.PI), times<T>(sine, quarterCosine<T>(u)));
  if (KIND == CutoffKind.tanh || KIND == CutoffKind.tanhNormalized) {
    const t = tanhOf<T>(u);
    const t2 = times<T>(t, t);
    return times<T>(broadcast<T>(KIND == CutoffKind.tanh ? 3 : 3 * TANH_NORM), times<T>(t2, minus<T>(one, t2)));
  }
  if (KIND == CutoffKind.exponential) {
    const q = bumpOf<T>(u);
    return times<T>(times<T>(f, broadcast<T>(2)), times<T>(minus<T>(one, u), times<T>(q, q)));
  }
  if (KIND == CutoffKind.polynomial1) return times<T>(broadcast<T>(6), bow);
  if (KIND == CutoffKind.polynomial2) return times<T>(broadcast<T>(30), square);
  if (KIND == CutoffKind.polynomial3) return times<T>(broadcast<T>(140), times<T>(square, bow));
  if (KIND == CutoffKind.polynomial4) return times<T>(broadcast<T>(630), times<T>(square, square));
  return broadcast<T>(0);
}

/** d²f/du² of a function whose value is f. */
// @ts-ignore: decorator
@inline
function curvatureAt<T>(KIND: i32, u: T, f: T): T {
  const one = broadcast<T>(1);
  const bow = times<T>(u, minus<T>(one, u));
  const change = linear<T>(1, -2, u);
  if (KIND == CutoffKind.cosine) return times<T>(broadcast<T>((Math.PI * Math.PI) / 2), linear<T>(1, -2, f));
  if (KIND == CutoffKind.tanh || KIND == CutoffKind.tanhNormalized) {
    const t = tanhOf<T>(u);
    const t2 = times<T>(t, t);
    const sum = times<T>(t, linear<T>(1, -2, t2));
    return times<T>(broadcast<T>(KIND == CutoffKind.tanh ? 6 : 6 * TANH_NORM), times<T>(sum, minus<T>(one, t2)));
  }
  if (KIND == CutoffKind.exponential) {
    const q = bumpOf<T>(u);
    const x = minus<T>(one, u);
    const xq = times<T>(times<T>(x, x), q);
    const sum = minus<T>(times<T>(times<T>(broadcast<T>(4), xq), minus<T>(q, broadcast<T>(2))), broadcast<T>(2));
    return times<T>(f, times<T>(times<T>(q, q), sum));
  }
  if (KIND == CutoffKind.polynomial1) return times<T>(broadcast<T>(6), change);
  if (KIND == CutoffKind.polynomial2) return times<T>(broadcast<T>(60), times<T>(bow, change));
  if (KIND == CutoffKind.polynomial3) return times<T>(broadcast<T>(420), times<T>(times<T>(bow, bow), change));
  if (KIND == CutoffKind.polynomial4) return times<T>(broadcast<T>(2520), times<T>(times<T>(bow, bow), times<T>(bow, change)));
  return broadcast<T>(0);
}

// @ts-ignore: decorator
@inline
function rowOf<T>(KIND: i32, count: i32, start: f64, end: f64, distances: usize, values: usize, slopes: usize, curvatures: usize): void {
  const inverse: f64 = 1 / (end - start);
  const first = broadcast<T>(start);
  const last = broadcast<T>(end);
  const one = broadcast<T>(1);
  for (let i = 0; i < count; i += lanes<T>()) {
    const r = load<T>(distances);
    const u = smaller<T>(larger<T>(times<T>(minus<T>(last, r), broadcast<T>(inverse)), broadcast<T>(0)), one);
    const sine = KIND == CutoffKind.cosine ? quarterSine<T>(u) : u;
    const f = valueAt<T>(KIND, u, sine);
    store<T>(values, whereLess<T>(r, last, f));
    if (slopes) {
      const slope = times<T>(broadcast<T>(-inverse), slopeAt<T>(KIND, u, f, sine));
      store<T>(slopes, whereLess<T>(first, r, whereLess<T>(r, last, slope)));
      slopes += sizeof<T>();
    }
    if (curvatures) {
      const curvature = times<T>(broadcast<T>(inverse * inverse), curvatureAt<T>(KIND, u, f));
      store<T>(curvatures, whereLess<T>(first, r, whereLess<T>(r, last, curvature)));
      curvatures += sizeof<T>();
    }
    distances += sizeof<T>();
    values += sizeof<T>();
  }
}

/**
 * A cutoff function of `count` distances (a multiple of the lanes of T), with its derivatives where there is a pointer for them. Derivatives
 * are 0 up to `start` and from `end` on.
 */
export function cutoffRow<T>(
  kind: i32, start: f64, end: f64, count: i32, distances: usize, values: usize, slopes: usize, curvatures: usize,
): void {
  switch (kind) {
    case CutoffKind.cosine: return rowOf<T>(CutoffKind.cosine, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.tanh: return rowOf<T>(CutoffKind.tanh, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.tanhNormalized: return rowOf<T>(CutoffKind.tanhNormalized, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.exponential: return rowOf<T>(CutoffKind.exponential, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.polynomial1: return rowOf<T>(CutoffKind.polynomial1, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.polynomial2: return rowOf<T>(CutoffKind.polynomial2, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.polynomial3: return rowOf<T>(CutoffKind.polynomial3, count, start, end, distances, values, slopes, curvatures);
    case CutoffKind.polynomial4: return rowOf<T>(CutoffKind.polynomial4, count, start, end, distances, values, slopes, curvatures);
    default: return rowOf<T>(CutoffKind.hard, count, start, end, distances, values, slopes, curvatures);
  }
}

/**
 * A cutoff function of many distances.
 * @param kind a CutoffKind
 * @param distances f64 [count], Å
 * @param values f64 [count], written
 * @param slopes f64 [count], written, 1/Å; 0: skipped
 * @param curvatures f64 [count], written, 1/Å²; 0: skipped
 */
export function cutoffValues(
  count: i32, kind: i32, start: f64, end: f64, distances: usize, values: usize, slopes: usize, curvatures: usize,
): i32 {
  if (count < 0 || !(start >= 0) || !(end > start)) return INVALID_ARGUMENT;
  const even = count & ~(lanes<v128>() - 1);
  const rest = <usize>even << 3;
  if (ASC_FEATURE_SIMD) cutoffRow<v128>(kind, start, end, even, distances, values, slopes, curvatures);
  else cutoffRow<f64>(kind, start, end, even, distances, values, slopes, curvatures);
  cutoffRow<f64>(kind, start, end, count - even, distances + rest, values + rest, slopes ? slopes + rest : 0, curvatures ? curvatures + rest : 0);
  return OK;
}
