import type { PrimeField } from "./prime-field.js";

/** Terms b_LM += coefficient · a_{l₁m₁} a_{l₂m₂}: places of m₁, m₂ and M, counted from the lowest, and the coefficient, four numbers each. */
export type CouplingTable = Float64Array;

/**
 * Couplings of two sums with angular momenta l₁ and l₂ to L, without square roots: a_lm stands for √((l+m)!(l−m)!) A_lm, and all that is common to
 * the terms is left out. From Racah's formula of the 3j symbols (Edmonds, Angular Momentum in Quantum Mechanics (1957), eq. 3.6.10 f.).
 */
export class CouplingTables {
  private readonly tables = new Map<number, CouplingTable>();
  private readonly closings = new Map<number, Float64Array>();

  constructor(private readonly field: PrimeField) {}

  table(l1: number, l2: number, total: number): CouplingTable {
    const key = (l1 * 256 + l2) * 512 + total;
    let table = this.tables.get(key);
    if (!table) this.tables.set(key, (table = this.makeTable(l1, l2, total)));
    return table;
  }

  /** Factors of a_m a'_{−m} in the coupling of two sums to 0, (−1)^m / ((l+m)!(l−m)!), from m = −l on. */
  closing(l: number): Float64Array {
    let factors = this.closings.get(l);
    if (!factors) {
      const { field } = this;
      factors = Float64Array.from({ length: 2 * l + 1 }, (_, i) => signed(field, i - l, field.inverse(field.multiply(field.factorial(i), field.factorial(2 * l - i)))));
      this.closings.set(l, factors);
    }
    return factors;
  }

  private makeTable(l1: number, l2: number, total: number): CouplingTable {
    const { field } = this;
    const terms: number[] = [];
    for (let m1 = -l1; m1 <= l1; m1++) {
      for (let m2 = Math.max(-l2, -total - m1); m2 <= Math.min(l2, total - m1); m2++) {
        const m = m1 + m2;
        const scale = field.multiply(field.factorial(total + m), field.factorial(total - m));
        const coefficient = signed(field, m, field.multiply(scale, this.threeJ(l1, m1, l2, m2, total)));
        if (coefficient !== 0) terms.push(m1 + l1, m2 + l2, m + total, coefficient);
      }
    }
    return Float64Array.from(terms);
  }

  /** The 3j symbol of (l₁ m₁), (l₂ m₂), (l₃ −m₁−m₂) without its roots. */
  private threeJ(l1: number, m1: number, l2: number, m2: number, l3: number): number {
    const { field } = this;
    let sum = 0;
    for (let k = Math.max(0, l2 - l3 - m1, l1 - l3 + m2); k <= Math.min(l1 + l2 - l3, l1 - m1, l2 + m2); k++) {
      const factors = [k, l1 + l2 - l3 - k, l1 - m1 - k, l2 + m2 - k, l3 - l2 + m1 + k, l3 - l1 - m2 + k];
      const denominator = factors.reduce((product, own) => field.multiply(product, field.factorial(own)), 1);
      sum = field.add(sum, signed(field, k, field.inverse(denominator)));
    }
    return signed(field, l1 - l2 + m1 + m2, sum);
  }
}

/** (−1)^power · value; the power may be negative. */
export function signed(field: PrimeField, power: number, value: number): number {
  return (power & 1) === 0 ? value : field.negative(value);
}
