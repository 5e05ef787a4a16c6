import { NumericalError } from "../../../errors.js";
import { combineDirections, directionsRoot, type SingularForm } from "./singular-form.js";
import type { LinearSolution, RidgeScanPoint } from "./solution.js";

/** A scan goes from below the smallest singular value to above the largest, in steps of this factor of λ. */
const STEP = Math.exp(0.25);
/** A singular value below this share of the largest is rounding error. */
const NOISE = Number.EPSILON;
const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * What a ridge with a given λ does to the data, without its coefficients: O(M).
 * GCV: Golub, Heath & Wahba, Technometrics 21, 215 (1979), doi:10.1080/00401706.1979.10489751.
 */
export function ridgePoint(form: SingularForm, regularization: number): RidgeScanPoint {
  const { values, projected, residual, nRows } = form;
  let [sumOfSquares, effectiveParameters] = [residual * residual, 0];
  for (let i = 0; i < values.length; i++) {
    const square = values[i] * values[i];
    const share = square > 0 ? square / (square + regularization) : 0;
    effectiveParameters += share;
    // 1 − share would lose the digits of a small λ
    const left = square > 0 ? (regularization / (square + regularization)) * projected[i] : projected[i];
    sumOfSquares += left * left;
  }
  const freedom = nRows - effectiveParameters;
  const gcv = freedom > 1e-9 * nRows ? (nRows * sumOfSquares) / freedom ** 2 : Infinity;
  const point = { regularization, sumOfSquares, effectiveParameters, gcv };
  return regularization > 0 ? { ...point, logEvidence: bestEvidence(form, regularization) } : point;
}

/** Many regularizations from one decomposition, in the order given. */
export function ridgeScan(form: SingularForm, regularizations: ArrayLike<number>): RidgeScanPoint[] {
  return Array.from(regularizations, (regularization) => ridgePoint(form, regularization));
}

/**
 * λ of a geometric series that leaves no doubt at either end.
 * @throws {NumericalError} when all columns are zero
 */
export function scanGrid({ values }: SingularForm): Float64Array {
  const largest = values[0];
  if (!(largest > 0)) throw new NumericalError("all columns of the fit are zero: no atom has a neighbor within the cutoff, or all weights are 0");
  const smallest = values.findLast((value) => value > NOISE * largest)!;
  const [from, to] = [smallest ** 2 * 1e-24, largest ** 2 * 1e6];
  return Float64Array.from({ length: Math.ceil(Math.log(to / from) / Math.log(STEP)) + 1 }, (_, k) => from * STEP ** k);
}

/** The σ_ε² that maximises the evidence at a given λ = σ_ε²/σ_0². */
export function noiseVarianceAt({ values, projected, residual, nRows }: SingularForm, regularization: number): number {
  let sum = residual * residual;
  for (let i = 0; i < values.length; i++) sum += (projected[i] ** 2 * regularization) / (values[i] ** 2 + regularization);
  return sum / nRows;
}

/**
 * ln p(y | σ_0², σ_ε²) of the weighted targets (MacKay, Neural Comput. 4, 415 (1992), doi:10.1162/neco.1992.4.3.415), with every
 * constant. Values for different scales Γ compare directly; different weights need Σ ln w added.
 */
export function logEvidence({ values, projected, residual, nRows }: SingularForm, coefficientVariance: number, noiseVariance: number): number {
  let sum = residual ** 2 / noiseVariance + (nRows - values.length) * Math.log(noiseVariance) + nRows * LOG_TWO_PI;
  for (let i = 0; i < values.length; i++) {
    const total = coefficientVariance * values[i] ** 2 + noiseVariance;
    sum += projected[i] ** 2 / total + Math.log(total);
  }
  return -0.5 * sum;
}

function bestEvidence(form: SingularForm, regularization: number): number {
  const noise = noiseVarianceAt(form, regularization);
  return noise > 0 ? logEvidence(form, noise / regularization, noise) : Infinity;
}

/** Derivative of the best evidence in ln λ. */
export function evidenceSlope(form: SingularForm, regularization: number): number {
  let [parameters, moved] = [0, 0];
  for (let i = 0; i < form.values.length; i++) {
    const square = form.values[i] ** 2;
    const share = square / (square + regularization);
    parameters += share;
    moved += form.projected[i] ** 2 * share * (regularization / (square + regularization));
  }
  return 0.5 * (parameters - moved / noiseVarianceAt(form, regularization));
}

/** λ of the least GCV: the best of a scan, refined by golden sections. */
export function leastGcv(form: SingularForm, scan: readonly RidgeScanPoint[]): number {
  let best = 0;
  for (let k = 1; k < scan.length; k++) if (scan[k].gcv < scan[best].gcv) best = k;
  const golden = (Math.sqrt(5) - 1) / 2;
  const gcvAt = (x: number): number => ridgePoint(form, Math.exp(x)).gcv;
  let [a, b] = [Math.max(0, best - 1), Math.min(scan.length - 1, best + 1)].map((k) => Math.log(scan[k].regularization));
  while (b - a > 1e-8) {
    const [left, right] = [b - golden * (b - a), a + golden * (b - a)];
    if (gcvAt(left) <= gcvAt(right)) b = right;
    else a = left;
  }
  // at an end of the scan, or where GCV is flat, nothing is better than the point of the scan
  return gcvAt((a + b) / 2) < scan[best].gcv ? Math.exp((a + b) / 2) : scan[best].regularization;
}

/** λ of every local maximum of the evidence, ascending: each found by a scan, then bisection of the slope until nothing changes. */
export function evidenceMaxima(form: SingularForm, scan: readonly RidgeScanPoint[]): number[] {
  const value = (k: number): number => scan[k]?.logEvidence ?? -Infinity;
  const maxima: number[] = [];
  for (let k = 0; k < scan.length; k++) {
    if (!(value(k) > value(k - 1) && value(k) >= value(k + 1))) continue;
    const [lower, upper] = [scan[Math.max(0, k - 1)], scan[Math.min(scan.length - 1, k + 1)]];
    maxima.push(rootOfSlope(form, lower.regularization, upper.regularization));
  }
  return maxima;
}

/** At an end of the scan the slope does not change its sign, and the end it is. */
function rootOfSlope(form: SingularForm, lower: number, upper: number): number {
  let [a, b] = [Math.log(lower), Math.log(upper)];
  for (;;) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) return Math.exp(middle);
    if (evidenceSlope(form, Math.exp(middle)) > 0) a = middle;
    else b = middle;
  }
}

/**
 * Coefficients and posterior of a ridge with a given λ ≥ 0; directions that the data do not show at all get no coefficient.
 * @param noiseVariance σ_ε²; default: RSS/(n − effective parameters)
 */
export function ridgeSolution(form: SingularForm, regularization: number, noiseVariance?: number): LinearSolution {
  const { values, projected, scale, nRows } = form;
  const { sumOfSquares, effectiveParameters } = ridgePoint(form, regularization);
  const denominators = values.map((value) => value * value + regularization);
  const weights = values.map((value, i) => (denominators[i] > 0 ? (value * projected[i]) / denominators[i] : 0));
  const coefficients = combineDirections(form, weights).map((value, j) => value / scale[j]);
  const freedom = nRows - effectiveParameters;
  const noise = noiseVariance ?? (freedom > 1e-9 * nRows ? sumOfSquares / freedom : undefined);
  const lengths = denominators.map((denominator) => (denominator > 0 ? 1 / Math.sqrt(denominator) : 0));
  return {
    coefficients,
    sumOfSquares,
    rank: values.filter((value) => value > NOISE * values[0]).length,
    effectiveParameters,
    regularization,
    singularValues: values,
    ...(noise !== undefined && { noiseVariance: noise, covarianceRoot: directionsRoot(form, lengths.map((length) => length * Math.sqrt(noise))) }),
  };
}

/**
 * Ridge with the σ_0² and σ_ε² that maximise the evidence: the highest of its maxima, of which there may be several (fixed points and
 * gradients from one start find one of them).
 */
export function bayesianRidge(form: SingularForm): LinearSolution {
  const grid = scanGrid(form);
  if (form.residual === 0 && form.projected.every((value) => value === 0)) {
    return { ...ridgeSolution(form, form.values[0] ** 2, 0), coefficientVariance: 0 };
  }
  const scan = ridgeScan(form, grid);
  const regularization = evidenceMaxima(form, scan).reduce((best, other) => (bestEvidence(form, other) > bestEvidence(form, best) ? other : best));
  const noise = noiseVarianceAt(form, regularization);
  const coefficientVariance = noise / regularization;
  return { ...ridgeSolution(form, regularization, noise), coefficientVariance, logEvidence: logEvidence(form, coefficientVariance, noise), chosenFrom: "singular values", scan };
}

/** Ridge with the λ of the least generalised cross-validation. */
export function gcvRidge(form: SingularForm): LinearSolution {
  const scan = ridgeScan(form, scanGrid(form));
  return { ...ridgeSolution(form, leastGcv(form, scan)), chosenFrom: "singular values", scan };
}
