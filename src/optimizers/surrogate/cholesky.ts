/**
 * Lower triangular factor of a symmetric positive definite matrix, row by row in a square of `stride` columns, with room to grow:
 * a batch of proposals appends rows, which ml-matrix's factorization cannot.
 */
export class GrowingCholesky {
  readonly rows: Float64Array[] = [];

  get size(): number {
    return this.rows.length;
  }

  /**
   * Appends one row of the matrix: its off-diagonal elements and the diagonal one.
   * @returns false, without a change, unless the matrix stays positive definite to rounding
   */
  append(offDiagonal: Float64Array, diagonal: number): boolean {
    const row = new Float64Array(this.size + 1);
    const norm = this.solveLower(offDiagonal, row);
    const rest = diagonal - norm;
    if (!(rest > 1e-14 * diagonal)) return false;
    row[this.size] = Math.sqrt(rest);
    this.rows.push(row);
    return true;
  }

  /** L v = b into `out`; returns |v|². */
  solveLower(b: Float64Array, out: Float64Array): number {
    let norm = 0;
    for (let i = 0; i < this.size; i++) {
      const row = this.rows[i];
      let sum = b[i];
      for (let j = 0; j < i; j++) sum -= row[j] * out[j];
      const value = sum / row[i];
      out[i] = value;
      norm += value * value;
    }
    return norm;
  }

  /** Lᵀ x = b in place. */
  solveUpper(b: Float64Array): void {
    for (let i = this.size - 1; i >= 0; i--) {
      const row = this.rows[i];
      const value = b[i] / row[i];
      b[i] = value;
      for (let j = 0; j < i; j++) b[j] -= row[j] * value;
    }
  }

  logDeterminant(): number {
    return 2 * this.rows.reduce((sum, row, i) => sum + Math.log(row[i]), 0);
  }

  /** The inverse of the matrix, rows of the lower triangle. */
  inverse(): Float64Array[] {
    const n = this.size;
    // columns of L⁻¹, from the diagonal down
    const columns = Array.from({ length: n }, (_, k) => {
      const column = new Float64Array(n);
      for (let i = k; i < n; i++) {
        const row = this.rows[i];
        let sum = i === k ? 1 : 0;
        for (let j = k; j < i; j++) sum -= row[j] * column[j];
        column[i] = sum / row[i];
      }
      return column;
    });
    return columns.map((a, i) => {
      const result = new Float64Array(i + 1);
      for (let j = 0; j <= i; j++) {
        const b = columns[j];
        let sum = 0;
        for (let k = i; k < n; k++) sum += a[k] * b[k];
        result[j] = sum;
      }
      return result;
    });
  }
}
