/** A straight line through the logarithms of some points. */
export interface PowerLaw {
  readonly exponent: number;
  /** Standard error of the exponent; NaN for two points. */
  readonly error: number;
  /** Of x, where it holds. */
  readonly range: readonly [number, number];
  /** Largest deviation of a point in the range from the line, as a share. */
  readonly deviation: number;
}

export interface SizedTime {
  readonly x: number;
  readonly seconds: number;
}

/** A point that is off by more is not of the same power law. */
const TOLERANCE = 0.1;
const LEAST_POINTS = 3;

/**
 * The power law of the largest sizes: t ∝ x^p by least squares of ln t, over all points, or as many of the largest ones (three at the least) as
 * lie within a tenth of the line. For small sizes the cost of everything else hides the power.
 * @param points at least two, by ascending x, all positive
 */
export function powerLaw(points: readonly SizedTime[]): PowerLaw {
  let law = lineThrough(points);
  for (let first = 1; law.deviation > TOLERANCE && points.length - first >= LEAST_POINTS; first++) law = lineThrough(points.slice(first));
  return law;
}

function lineThrough(points: readonly SizedTime[]): PowerLaw {
  const n = points.length;
  const [x, y] = [points.map((point) => Math.log(point.x)), points.map((point) => Math.log(point.seconds))];
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / n;
  const [xMean, yMean] = [mean(x), mean(y)];
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i] - xMean) ** 2;
    xy += (x[i] - xMean) * (y[i] - yMean);
  }
  const exponent = xy / xx;
  const residuals = x.map((value, i) => y[i] - yMean - exponent * (value - xMean));
  const error = n > 2 ? Math.sqrt(residuals.reduce((sum, r) => sum + r * r, 0) / (n - 2) / xx) : NaN;
  const deviation = Math.max(...residuals.map((r) => Math.expm1(Math.abs(r))));
  return { exponent, error, range: [points[0].x, points[n - 1].x], deviation };
}
