import { Matrix, SingularValueDecomposition } from "ml-matrix";
import type { Dimension, Point } from "../optimizer.js";

/** A fitted polynomial with what is needed to judge it. */
export interface Polynomial {
  predict(point: Point): number;
  /** At the fitted points. */
  readonly fitted: readonly number[];
  /** At each fitted point from all the others. */
  readonly leftOut: readonly number[];
}

/** Ridge penalties that are tried, relative to the largest squared singular value. */
const PENALTIES = [1e-12, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

/**
 * Least squares of degree 1, or 2 with products of different dimensions as long as there are fewer terms than points. The ridge penalty
 * with the smallest leave-one-out error (PRESS) is kept, so that few points suffice.
 */
export function fitPolynomial(dimensions: readonly Dimension[], points: readonly Point[], losses: readonly number[], degree: 1 | 2): Polynomial {
  const expand = expansion(dimensions, points.length, degree);
  const n = points.length;
  const rows = points.map(expand);
  if (rows[0].length === 0) return constant(losses);
  const columnMeans = rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / n);
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  const centered = losses.map((loss) => loss - mean);
  const svd = new SingularValueDecomposition(
    new Matrix(rows.map((row) => row.map((x, k) => x - columnMeans[k]))),
    { autoTranspose: true },
  );
  const left = svd.leftSingularVectors;
  const values = svd.diagonal;
  const projections = values.map((_, k) => centered.reduce((sum, y, i) => sum + left.get(i, k) * y, 0));
  const largest = values.reduce((most, value) => Math.max(most, value * value), 0) || 1;
  const fits = PENALTIES.map((penalty) => {
    const shares = values.map((value) => (value * value) / (value * value + penalty * largest));
    const fitted = centered.map((_, i) => shares.reduce((sum, share, k) => sum + left.get(i, k) * share * projections[k], 0));
    const leftOut = centered.map((y, i) => {
      const leverage = 1 / n + shares.reduce((sum, share, k) => sum + share * left.get(i, k) ** 2, 0);
      return y - (y - fitted[i]) / Math.max(1 - leverage, 1e-6);
    });
    const press = centered.reduce((sum, y, i) => sum + (y - leftOut[i]) ** 2, 0);
    return { penalty, fitted, leftOut, press };
  });
  const best = fits.reduce((a, b) => (b.press < a.press ? b : a));
  const right = svd.rightSingularVectors;
  const coefficients = columnMeans.map((_, column) =>
    values.reduce((sum, value, k) => {
      const denominator = value * value + best.penalty * largest;
      return denominator > 0 ? sum + (right.get(column, k) * value * projections[k]) / denominator : sum;
    }, 0),
  );
  return {
    predict: (point) => expand(point).reduce((sum, x, k) => sum + coefficients[k] * (x - columnMeans[k]), mean),
    fitted: best.fitted.map((y) => y + mean),
    leftOut: best.leftOut.map((y) => y + mean),
  };
}

/** The mean, where no dimension has a choice. */
function constant(losses: readonly number[]): Polynomial {
  const n = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  return { predict: () => mean, fitted: losses.map(() => mean), leftOut: losses.map((loss) => (n * mean - loss) / (n - 1)) };
}

/** Terms of a point without the constant: numbers and ordered levels from −1 to 1, one indicator per level of a category but the first. */
function expansion(dimensions: readonly Dimension[], nPoints: number, degree: 1 | 2): (point: Point) => number[] {
  const columns = dimensions.map((dimension) => (dimension.kind === "categorical" ? dimension.levels - 1 : 1));
  const linear = columns.reduce((sum, count) => sum + count, 0);
  const squares = dimensions.filter(({ kind }) => kind !== "categorical").length;
  const products = (linear * linear - columns.reduce((sum, count) => sum + count * count, 0)) / 2;
  const hasProducts = degree === 2 && linear + squares + products < nPoints;
  return (point) => {
    const parts = dimensions.map((dimension, d) => coordinates(dimension, point[d]));
    const terms = parts.flat();
    if (degree === 1) return terms;
    for (const [d, dimension] of dimensions.entries()) if (dimension.kind !== "categorical") terms.push(parts[d][0] ** 2);
    if (!hasProducts) return terms;
    for (let a = 1; a < parts.length; a++) {
      for (let b = 0; b < a; b++) for (const x of parts[a]) for (const y of parts[b]) terms.push(x * y);
    }
    return terms;
  };
}

function coordinates(dimension: Dimension, value: number): number[] {
  if (dimension.kind === "continuous") return [2 * value - 1];
  if (dimension.kind === "ordered") return [dimension.levels > 1 ? (2 * value) / (dimension.levels - 1) - 1 : 0];
  return Array.from({ length: dimension.levels - 1 }, (_, level) => (value === level + 1 ? 1 : 0));
}
