import { clebschGordan } from "../../math/clebsch-gordan.js";

/** A product Π A_{n_t l_t m_t} of one choice of the m, and its factor: functions are Σ coefficient · Re Π A. */
export interface CouplingTerm {
  /** m of each factor, Σ m = 0 */
  readonly m: readonly number[];
  /** Of the real part, with those of the products that are equal to it. */
  readonly coefficient: number;
}

/** Norm, relative to the largest, below which what is left of a coupling is dependent on the others. */
const DEPENDENT = 1e-8;
/** Coefficients of normalized couplings that are zero but for rounding. */
const ZERO = 1e-12;

/**
 * Orthonormal couplings of several A_{n_t l_t m_t} to functions that no rotation and no reflection changes: coupled pair by pair through
 * Clebsch–Gordan coefficients to total angular momentum 0, symmetrized over the permutations of equal factors, and orthogonalized. Products
 * that are equal are one term: those that differ by a permutation of equal factors, and those that differ by the sign of all m, since
 * A_{n l −m} = (−1)^m A*_{n l m}. Drautz, Phys. Rev. B 99, 014104 (2019), 10.1103/PhysRevB.99.014104; Dusson et al., J. Comput. Phys. 454,
 * 110946 (2022), 10.1016/j.jcp.2022.110946.
 * @param l of each factor
 * @param kinds equal numbers for equal factors, which stand side by side
 * @returns none where Σ l is odd or the l do not couple to 0
 */
export function couplings(l: readonly number[], kinds: readonly number[]): CouplingTerm[][] {
  if (l.reduce((sum, own) => sum + own, 0) % 2 !== 0) return [];
  const classes = new ProductClasses(kinds);
  const vectors = coupledPaths(l).map((path) => classes.sums(path));
  return orthonormal(vectors, classes.weights()).map((vector) => classes.terms(vector));
}

/** Coefficients by m. */
type Coupled = readonly (readonly [m: readonly number[], value: number])[];

/** Every way through the intermediate angular momenta. */
function coupledPaths(l: readonly number[]): Coupled[] {
  let paths: { total: number; coupled: Coupled }[] = [
    { total: l[0], coupled: Array.from({ length: 2 * l[0] + 1 }, (_, i) => [[i - l[0]], 1] as const) },
  ];
  for (let t = 1; t < l.length; t++) {
    const rest = l.slice(t + 1).reduce((sum, own) => sum + own, 0);
    paths = paths.flatMap(({ total, coupled }) => {
      const next: typeof paths = [];
      // a total above what is left cannot come back to 0
      for (let to = Math.abs(total - l[t]); to <= Math.min(total + l[t], rest); to++) next.push({ total: to, coupled: coupleOne(coupled, total, l[t], to) });
      return next;
    });
  }
  return paths.filter(({ total }) => total === 0).map(({ coupled }) => coupled);
}

function coupleOne(coupled: Coupled, total: number, l: number, to: number): Coupled {
  const result: [readonly number[], number][] = [];
  for (const [m, value] of coupled) {
    const before = m.reduce((sum, own) => sum + own, 0);
    for (let own = -l; own <= l; own++) {
      if (Math.abs(before + own) > to) continue;
      const factor = rememberedClebschGordan(total, before, l, own, to);
      if (factor !== 0) result.push([[...m, own], value * factor]);
    }
  }
  return result;
}

const knownFactors = new Map<number, number>();

function rememberedClebschGordan(l1: number, m1: number, l2: number, m2: number, l: number): number {
  const key = (((l1 * 64 + l2) * 64 + l) * 128 + m1 + 64) * 128 + m2 + 64;
  let factor = knownFactors.get(key);
  if (factor === undefined) {
    factor = clebschGordan(2 * l1, 2 * m1, 2 * l2, 2 * m2, 2 * l, 2 * (m1 + m2));
    knownFactors.set(key, factor);
  }
  return factor;
}

/** Choices of the m that differ by permutations of equal factors only. */
class ProductClasses {
  private readonly indices = new Map<string, number>();
  private readonly members: number[][] = [];

  constructor(private readonly kinds: readonly number[]) {}

  /** Sum of the coefficients in each class. */
  sums(coupled: Coupled): number[] {
    const sums: number[] = [];
    for (const [m, value] of coupled) {
      const index = this.indexOf(m);
      sums[index] = (sums[index] ?? 0) + value;
    }
    return sums;
  }

  /** One over the number of members of each class: of two symmetrized couplings, Σ a b · weight is the inner product. */
  weights(): number[] {
    return this.members.map((m) => 1 / this.permutations(m));
  }

  /** One term for classes that are equal up to the sign of all m. */
  terms(vector: readonly number[]): CouplingTerm[] {
    const terms = this.members.flatMap((m, index): CouplingTerm[] => {
      const opposite = this.indexOf(m.map((own) => -own + 0));
      const coefficient = (vector[index] ?? 0) + (opposite === index ? 0 : (vector[opposite] ?? 0));
      return opposite < index || Math.abs(coefficient) < ZERO ? [] : [{ m, coefficient }];
    });
    const sign = Math.sign(terms[0].coefficient);
    return terms.map(({ m, coefficient }) => ({ m, coefficient: sign * coefficient }));
  }

  private indexOf(m: readonly number[]): number {
    const sorted = this.sorted(m);
    const key = sorted.join(" ");
    let index = this.indices.get(key);
    if (index === undefined) {
      index = this.members.push(sorted) - 1;
      this.indices.set(key, index);
    }
    return index;
  }

  private sorted(m: readonly number[]): number[] {
    return this.groups(m).flatMap((group) => group.sort((a, b) => b - a));
  }

  private groups(m: readonly number[]): number[][] {
    const groups: number[][] = [];
    m.forEach((own, t) => (t > 0 && this.kinds[t] === this.kinds[t - 1] ? groups[groups.length - 1].push(own) : groups.push([own])));
    return groups;
  }

  private permutations(m: readonly number[]): number {
    return this.groups(m).reduce((product, group) => product * distinctOrders(group), 1);
  }
}

/** Orders of some numbers, equal ones not told apart. */
function distinctOrders(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  let orders = 1;
  numbers.forEach((number, i) => {
    const count = (counts.get(number) ?? 0) + 1;
    counts.set(number, count);
    orders = (orders * (i + 1)) / count;
  });
  return orders;
}

/** Gram–Schmidt with pivoting, twice over, in the inner product Σ a b · weight. */
function orthonormal(vectors: readonly (readonly number[])[], weights: readonly number[]): number[][] {
  const inner = (a: readonly number[], b: readonly number[]): number => weights.reduce((sum, weight, i) => sum + weight * (a[i] ?? 0) * (b[i] ?? 0), 0);
  let left = vectors.map((vector) => weights.map((_, i) => vector[i] ?? 0));
  const basis: number[][] = [];
  const largest = Math.max(0, ...left.map((vector) => Math.sqrt(inner(vector, vector))));
  while (left.length > 0) {
    const norms = left.map((vector) => Math.sqrt(inner(vector, vector)));
    const pivot = norms.reduce((best, norm, i) => (norm > norms[best] * (1 + ZERO) ? i : best), 0);
    if (!(norms[pivot] > DEPENDENT * largest)) break;
    const unit = left[pivot].map((value) => value / norms[pivot]);
    basis.push(unit);
    left = left.filter((_, i) => i !== pivot);
    for (let pass = 0; pass < 2; pass++) {
      left = left.map((vector) => basis.reduce((rest, own) => subtract(rest, inner(rest, own), own), vector));
    }
  }
  return basis;
}

function subtract(from: readonly number[], factor: number, vector: readonly number[]): number[] {
  return from.map((value, i) => value - factor * vector[i]);
}
