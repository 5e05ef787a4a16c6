/** Coefficients at the minimum of a least-squares loss, and the triangle of its design matrix. */
export interface LinearMinimum {
  /** R of the QR decomposition of the weighted rows, row-major, K × K, zeros below the diagonal. */
  readonly triangle: Float64Array;
  /** K, in the order of the columns. */
  readonly coefficients: Float64Array;
}

/**
 * How much the loss rises when some coefficients become 0 and the others are fitted anew: c_Bᵀ([(RᵀR)⁻¹]_BB)⁻¹c_B = |M^(−T) c_B|², M from the QR
 * decomposition of (rows B of R⁻¹)ᵀ. Exact where the model is linear in all K; for products to second order.
 * Columns are scaled to length 1 first, which changes nothing but rounding.
 * @param block positions of the coefficients
 * @returns in the unit of the loss; 0 for a block that the data do not determine
 */
export function dropCost({ triangle, coefficients }: LinearMinimum, block: readonly number[]): number {
  const size = coefficients.length;
  const lengths = columnLengths(triangle, size);
  const rows = block.map((column) => inverseRow(triangle, lengths, size, column));
  const factor = triangleOfRows(rows);
  return squaredSolution(factor, block.map((column) => coefficients[column] * lengths[column]));
}

/** Below, relative to a column of length 1, the data say nothing of what a column adds to those before it. */
const SMALLEST_PIVOT = 1e-15;

function columnLengths(triangle: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, column) => {
    let sum = 0;
    for (let row = 0; row <= column; row++) sum += triangle[row * size + column] ** 2;
    return sum > 0 ? Math.sqrt(sum) : 1;
  });
}

/** Row of the inverse of the scaled triangle: x R = e. */
function inverseRow(triangle: Float64Array, lengths: Float64Array, size: number, row: number): Float64Array {
  const x = new Float64Array(size);
  for (let column = row; column < size; column++) {
    let sum = column === row ? 1 : 0;
    for (let k = row; k < column; k++) sum -= (x[k] * triangle[k * size + column]) / lengths[column];
    const pivot = triangle[column * size + column] / lengths[column];
    x[column] = sum / (Math.abs(pivot) > SMALLEST_PIVOT ? pivot : SMALLEST_PIVOT);
  }
  return x;
}

/** Upper triangle M of the QR decomposition of a matrix with these columns, by modified Gram–Schmidt with one repetition. */
function triangleOfRows(columns: readonly Float64Array[]): number[][] {
  const directions: Float64Array[] = [];
  return columns.map((column, j) => {
    const rest = Float64Array.from(column);
    const entries = new Array<number>(columns.length).fill(0);
    for (let pass = 0; pass < 2; pass++) {
      for (const [i, direction] of directions.entries()) {
        const part = rest.reduce((sum, value, k) => sum + value * direction[k], 0);
        entries[i] += part;
        for (let k = 0; k < rest.length; k++) rest[k] -= part * direction[k];
      }
    }
    entries[j] = Math.hypot(...rest);
    directions.push(entries[j] > 0 ? rest.map((value) => value / entries[j]) : rest);
    return entries;
  });
}

/** |M^(−T) c|², M by columns. */
function squaredSolution(columns: readonly number[][], c: readonly number[]): number {
  const x: number[] = [];
  for (const [j, column] of columns.entries()) {
    const rest = c[j] - x.reduce((sum, value, i) => sum + column[i] * value, 0);
    x.push(column[j] > 0 ? rest / column[j] : 0);
  }
  return x.reduce((sum, value) => sum + value * value, 0);
}
