/** A reflection 1 − 2 u uᵀ, |u| = 1. */
type Reflection = Float64Array;

/** Turns the space so that given directions span its first coordinates, in double precision: see `PreciseComplement`. */
export class DoubleComplement {
  private readonly reflections: Reflection[] = [];

  /** @param directions of n components each */
  constructor(
    private readonly n: number,
    directions: readonly Float64Array[],
  ) {
    for (const direction of directions) this.takeDirection(direction.slice());
  }

  /** How many directions are taken out. */
  get count(): number {
    return this.reflections.length;
  }

  private takeDirection(direction: Float64Array): void {
    const whole = norm(direction);
    for (const u of this.reflections) reflect(direction, 0, u);
    const u = direction.fill(0, 0, this.count);
    const rest = norm(u);
    // what is left of a dependent direction is rounding
    if (!(rest > 1e-10 * whole)) return;
    u[this.count] += u[this.count] < 0 ? -rest : rest;
    const length = norm(u);
    this.reflections.push(u.map((value) => value / length));
  }

  /** Columns on the complement: rows × (n − count) from rows × n. */
  restrictColumns(values: Float64Array, rows: number): Float64Array {
    const { n, count } = this;
    if (count === 0) return values;
    const turned = values.slice();
    for (const u of this.reflections) for (let row = 0; row < rows; row++) reflect(turned, row * n, u);
    const m = n - count;
    return Float64Array.from({ length: rows * m }, (_, e) => turned[Math.floor(e / m) * n + count + (e % m)]);
  }

  /** Vectors of the complement in the coordinates of the whole space: rows × n from rows × (n − count). */
  expandRows(vectors: Float64Array, rows: number): Float64Array {
    const { n, count } = this;
    const m = n - count;
    const out = new Float64Array(rows * n);
    for (let row = 0; row < rows; row++) {
      out.set(vectors.subarray(row * m, (row + 1) * m), row * n + count);
      for (const u of [...this.reflections].reverse()) reflect(out, row * n, u);
    }
    return out;
  }
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

function reflect(values: Float64Array, first: number, u: Reflection): void {
  let product = 0;
  for (let k = 0; k < u.length; k++) product += u[k] * values[first + k];
  for (let k = 0; k < u.length; k++) values[first + k] -= 2 * product * u[k];
}
