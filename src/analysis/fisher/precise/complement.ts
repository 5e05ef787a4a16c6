import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";

/** A reflection 1 − u uᵀ/h. */
interface Reflection {
  readonly u: Precise;
  readonly h: Precise;
}

/** Turns the space so that given directions span its first coordinates; the others are their orthogonal complement, to all bits. */
export class PreciseComplement {
  /** Of the directions as far as they are independent. */
  private readonly reflections: Reflection[] = [];

  /** @param directions of n components each */
  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly n: number,
    directions: readonly Precise[],
  ) {
    for (const direction of directions) {
      const u = numbers.vector(n);
      for (let k = 0; k < n; k++) numbers.set(numbers.at(u, k), numbers.at(direction, k));
      this.takeDirection(u);
    }
  }

  /** How many directions are taken out. */
  get count(): number {
    return this.reflections.length;
  }

  private takeDirection(u: Precise): void {
    const { numbers } = this;
    const mark = numbers.mark();
    const [whole, rest] = [numbers.scalar(), numbers.scalar()];
    this.dot(whole, u, u, 0);
    for (const reflection of this.reflections) this.reflect(u, reflection);
    this.dot(rest, u, u, this.count);
    // what is left of a dependent direction is rounding
    numbers.scale(whole, whole, 2 ** -Math.min(1000, numbers.bits));
    const isDependent = numbers.compare(rest, whole) <= 0;
    numbers.reset(mark);
    if (isDependent) return;
    const place = this.count;
    const h = numbers.scalar();
    for (let k = 0; k < place; k++) numbers.setNumber(numbers.at(u, k), 0);
    this.dot(h, u, u, place);
    const first = numbers.at(u, place);
    const root = numbers.scalar();
    numbers.squareRoot(root, h);
    if (numbers.sign(first) > 0) numbers.negate(root, root);
    const t = numbers.scalar();
    numbers.multiply(t, first, root);
    numbers.subtract(h, h, t);
    numbers.subtract(first, first, root);
    this.reflections.push({ u, h });
  }

  /** The part of a symmetric matrix (n × n, overwritten) on the complement: m × m, m = n − count. */
  restrict(a: Precise): Precise {
    const { numbers, n, count } = this;
    for (const reflection of this.reflections) {
      for (let row = 0; row < n; row++) this.reflect(numbers.at(a, row * n), reflection);
      transpose(numbers, a, n);
      for (let row = 0; row < n; row++) this.reflect(numbers.at(a, row * n), reflection);
    }
    const m = n - count;
    const out = numbers.vector(m * m);
    for (let i = 0; i < m; i++) for (let k = 0; k < m; k++) numbers.set(numbers.at(out, i * m + k), numbers.at(a, (i + count) * n + k + count));
    return out;
  }

  /** Vectors of the complement in the coordinates of the whole space: rows × n from rows × m. */
  expand(vectors: Precise, rows: number): Precise {
    const { numbers, n, count } = this;
    const m = n - count;
    const out = numbers.vector(rows * n);
    for (let row = 0; row < rows; row++) {
      const to = numbers.at(out, row * n);
      for (let k = 0; k < m; k++) numbers.set(numbers.at(to, count + k), numbers.at(vectors, row * m + k));
      for (const reflection of [...this.reflections].reverse()) this.reflect(to, reflection);
    }
    return out;
  }

  private reflect(v: Precise, { u, h }: Reflection): void {
    const { numbers, n } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    this.dot(t, u, v, 0);
    if (numbers.sign(t) !== 0) {
      numbers.divide(t, t, h);
      numbers.negate(t, t);
      for (let k = 0; k < n; k++) numbers.multiplyAdd(numbers.at(v, k), t, numbers.at(u, k), numbers.at(v, k));
    }
    numbers.reset(mark);
  }

  private dot(result: Precise, a: Precise, b: Precise, first: number): void {
    const { numbers, n } = this;
    numbers.setNumber(result, 0);
    for (let k = first; k < n; k++) numbers.multiplyAdd(result, numbers.at(a, k), numbers.at(b, k), result);
  }
}

function transpose(numbers: PreciseArithmetic, a: Precise, n: number): void {
  const mark = numbers.mark();
  const t = numbers.scalar();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const [lower, upper] = [numbers.at(a, i * n + k), numbers.at(a, k * n + i)];
      numbers.set(t, lower);
      numbers.set(lower, upper);
      numbers.set(upper, t);
    }
  }
  numbers.reset(mark);
}
