/** error = amplitude · N^−exponent */
export interface PowerLaw {
  /** In the unit of the errors. */
  readonly amplitude: number;
  /** Positive where errors fall. */
  readonly exponent: number;
  /** Standard error of the exponent, from how far the points lie from the line; NaN (null in JSON) for two points, which are on it. */
  readonly standardError: number;
}

/**
 * Least squares of ln error against ln N, every point alike. Undefined where fewer than two numbers N have a positive error.
 * @param points N and error
 */
export function fitPowerLaw(points: readonly (readonly [size: number, error: number])[]): PowerLaw | undefined {
  const used = points.filter(([size, error]) => size > 0 && error > 0 && Number.isFinite(error)).map(([size, error]) => [Math.log(size), Math.log(error)]);
  const n = used.length;
  const [meanX, meanY] = [0, 1].map((axis) => used.reduce((sum, point) => sum + point[axis], 0) / n);
  const squares = used.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(squares > 0)) return undefined;
  const slope = used.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const residual = used.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { amplitude: Math.exp(meanY - slope * meanX), exponent: -slope, standardError: n > 2 ? Math.sqrt(residual / (n - 2) / squares) : NaN };
}
