import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";

/** F = Σ w jᵀj over rows j, in high precision; its lower triangle. */
export class PreciseInformation {
  /** n × n by rows */
  readonly matrix: Precise;
  constructor(
    readonly numbers: PreciseArithmetic,
    /** Parameters. */
    readonly n: number,
  ) {
    this.matrix = numbers.vector(n * n);
  }

  /**
   * Adds rows, which are multiplied by their factors.
   * @param factors √w of every row; those of 0 are left out
   */
  add(rows: Precise, factors: Float64Array): void {
    const { numbers, n } = this;
    for (const [r, factor] of factors.entries()) {
      if (factor === 0) continue;
      const row = numbers.at(rows, r * n);
      if (factor !== 1) for (let k = 0; k < n; k++) numbers.scale(numbers.at(row, k), numbers.at(row, k), factor);
      for (let a = 0; a < n; a++) {
        const element = numbers.at(row, a);
        if (numbers.sign(element) === 0) continue;
        const line = numbers.at(this.matrix, a * n);
        for (let b = 0; b <= a; b++) numbers.multiplyAdd(numbers.at(line, b), element, numbers.at(row, b), numbers.at(line, b));
      }
    }
  }

  /** Adds another one. */
  addMatrix(other: Precise): void {
    const { numbers, n, matrix } = this;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) numbers.add(numbers.at(matrix, a * n + b), numbers.at(matrix, a * n + b), numbers.at(other, a * n + b));
    }
  }

  /** Both triangles of F for some parameters, in their order: m × m. */
  block(parameters: readonly number[]): Precise {
    const { numbers, n } = this;
    const m = parameters.length;
    const out = numbers.vector(m * m);
    for (const [i, a] of parameters.entries()) {
      for (const [k, b] of parameters.entries()) numbers.set(numbers.at(out, i * m + k), numbers.at(this.matrix, Math.max(a, b) * n + Math.min(a, b)));
    }
    return out;
  }
}
