// What is said of error bars, calibrated in several ways.
import { attainableCorrelation, barScale, coverage, rankCorrelation } from "../../dist/index.js";

/** Most uncertain predictions that are compared with the others. */
const FLAGGED = 0.1;

/** Calibrations by data of one kind that was not fitted. */
export function calibrationsOf({ errors, bars }) {
  const factor = Math.sqrt(mean(errors.map((error, i) => (error / bars[i]) ** 2)));
  return { none: { factor: 1, floor: 0 }, factor: { factor, floor: 0 }, floor: barScale({ errors, variances: bars.map((bar) => bar * bar) }) };
}

/** Of bars that are calibrated so. */
export function judge({ errors, bars }, { factor, floor }) {
  const own = bars.map((bar) => Math.hypot(factor * bar, floor));
  const ratios = errors.map((error, i) => error / own[i]);
  const within = (deviations) => ratios.filter((ratio) => Math.abs(ratio) <= deviations).length / ratios.length;
  return {
    factor, floor, size: rootMeanSquare(own), ratio: rootMeanSquare(ratios), within68: within(1), within95: within(1.959963985), coverage: coverage(ratios).map(({ expected, observed }) => [expected, observed]),
    negativeLogLikelihood: mean(errors.map((error, i) => 0.5 * (error / own[i]) ** 2 + Math.log(own[i]) + 0.5 * Math.log(2 * Math.PI))),
  };
}

/** Which errors are larger: the same for every factor, and for every floor that is the same for all. */
export function ranking({ errors, bars }, scale) {
  const sizes = errors.map(Math.abs);
  const order = bars.map((_, i) => i).sort((a, b) => bars[b] - bars[a]);
  const count = Math.max(1, Math.round(FLAGGED * order.length));
  const errorOf = (part) => rootMeanSquare(part.map((i) => errors[i]));
  return {
    count: errors.length, error: rootMeanSquare(errors), rankCorrelation: rankCorrelation(bars, sizes), standardError: 1 / Math.sqrt(errors.length - 1), attainable: attainableCorrelation(bars.map((bar) => Math.hypot(scale.factor * bar, scale.floor))),
    flagged: { count, error: errorOf(order.slice(0, count)), rest: errorOf(order.slice(count)) },
  };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rootMeanSquare(values) {
  return Math.sqrt(mean(values.map((value) => value * value)));
}
