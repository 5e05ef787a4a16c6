import type { AceFunction } from "./selection.js";

/** A factor A_{μ n l m} as the routines keep it. */
export interface BasicFunction {
  /** Index of the neighbor's species. */
  readonly species: number;
  /** From 1. */
  readonly n: number;
  /** −1: a function of the pair term, which has no harmonic. */
  readonly l: number;
  readonly m: number;
}

/** A product of two complex numbers of the list: factors first, then products. */
export type Product = readonly [a: number, b: number];

/** feature += coefficient · Re(a · b) */
export interface FinalTerm {
  readonly a: number;
  readonly b: number;
  readonly coefficient: number;
}

/** Σ coefficient · Re Π of a feature, factor by factor. */
export interface Monomial {
  /** Indices of basic functions. */
  readonly factors: readonly number[];
  readonly coefficient: number;
}

/** How features are made of basic functions, with shared factors; complex number 0 is 1. */
export interface ProductPlan {
  /** From index 1 on. */
  readonly basics: readonly BasicFunction[];
  /** After the basic functions; each uses what stands before it. */
  readonly products: readonly Product[];
  /** For each feature. */
  readonly terms: readonly (readonly FinalTerm[])[];
  /** For each feature, the same in full. */
  readonly monomials: readonly (readonly Monomial[])[];
}

/** A function of the pair term: its column is Σ_j R_n(r_ij) over neighbors of a species. */
export interface PairFunction {
  readonly species: number;
  readonly n: number;
}

/**
 * Products of three or more factors start with the pair that most of them share, so that few products remain: the recursive evaluator of
 * Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021), 10.1038/s41524-021-00559-9.
 */
export function planProducts(pairs: readonly PairFunction[], functions: readonly AceFunction[]): ProductPlan {
  const basics = new Basics();
  const ofPairs = pairs.map(({ species, n }): Monomial[] => [{ factors: [basics.indexOf({ species, n, l: -1, m: 0 })], coefficient: 1 }]);
  const ofFunctions = functions.map(({ factors, terms }) =>
    terms.map(({ m, coefficient }): Monomial => ({ factors: factors.map((own, t) => basics.indexOf({ ...own, m: m[t] })), coefficient })),
  );
  const monomials = [...ofPairs, ...ofFunctions];
  const counts = new PairCounts(monomials.flat());
  // numbers of products follow those of the basic functions, which are complete only when all monomials were turned
  const turned = monomials.map((own) => own.map((monomial) => turnedAndOrdered(monomial, basics, counts)));
  const products = new Products(1 + basics.list.length);
  const terms = turned.map((own) => own.map(({ factors, coefficient }): FinalTerm => ({ ...products.split(factors), coefficient })));
  return { basics: basics.list, products: products.list, terms, monomials };
}

class Basics {
  readonly list: BasicFunction[] = [];
  private readonly indices = new Map<string, number>();

  indexOf({ species, n, l, m }: BasicFunction): number {
    const key = `${species} ${n} ${l} ${m}`;
    let index = this.indices.get(key);
    if (index === undefined) this.indices.set(key, (index = this.list.push({ species, n, l, m })));
    return index;
  }

  at(index: number): BasicFunction {
    return this.list[index - 1];
  }

  opposite(index: number): number {
    const own = this.at(index);
    return own.m === 0 ? index : this.indexOf({ ...own, m: -own.m });
  }
}

/** How often two factors stand in one product of three or more. */
class PairCounts {
  private readonly counts = new Map<string, number>();

  constructor(monomials: readonly Monomial[]) {
    for (const { factors } of monomials) {
      if (factors.length < 3) continue;
      for (let i = 0; i < factors.length; i++) {
        for (let j = i + 1; j < factors.length; j++) {
          const key = pairKey(factors[i], factors[j]);
          this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
        }
      }
    }
  }

  of(a: number, b: number): number {
    return this.counts.get(pairKey(a, b)) ?? 0;
  }
}

function pairKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** The pairs to multiply first stand first; of a product and the one with all m reversed, whose real part is the same, that whose first pair is more common. */
function turnedAndOrdered({ factors, coefficient }: Monomial, basics: Basics, counts: PairCounts): Monomial {
  if (factors.length < 3) return { factors, coefficient };
  const reversed = factors.map((own) => basics.opposite(own));
  const [own, other] = [bestOrder(factors, counts), bestOrder(reversed, counts)];
  return { factors: other.count > own.count ? other.factors : own.factors, coefficient };
}

function bestOrder(factors: readonly number[], counts: PairCounts): { factors: number[]; count: number } {
  if (factors.length < 2) return { factors: [...factors], count: 0 };
  let best = { factors: [...factors], count: -1 };
  for (let i = 0; i < factors.length; i++) {
    for (let j = i + 1; j < factors.length; j++) {
      const own = counts.of(factors[i], factors[j]);
      if (own <= best.count && !(factors.length > 3)) continue;
      const rest = bestOrder(factors.filter((_, t) => t !== i && t !== j), counts);
      if (own + rest.count > best.count) best = { factors: [...[factors[i], factors[j]].sort((a, b) => a - b), ...rest.factors], count: own + rest.count };
    }
  }
  return best;
}

class Products {
  readonly list: Product[] = [];
  private readonly indices = new Map<string, number>();

  constructor(private readonly first: number) {}

  /** Two numbers whose product has all factors: pairs together, the first two pairs of five or more before the last factor. */
  split(factors: readonly number[]): { a: number; b: number } {
    switch (factors.length) {
      case 1:
        return { a: factors[0], b: 0 };
      case 2:
        return { a: factors[0], b: factors[1] };
      case 3:
        return { a: this.of(factors[0], factors[1]), b: factors[2] };
      case 4:
        return { a: this.of(factors[0], factors[1]), b: this.of(factors[2], factors[3]) };
      default:
        return { a: this.of(this.of(factors[0], factors[1]), factors[4]), b: this.of(factors[2], factors[3]) };
    }
  }

  private of(a: number, b: number): number {
    const key = pairKey(a, b);
    let index = this.indices.get(key);
    if (index === undefined) this.indices.set(key, (index = this.first + this.list.push([a, b]) - 1));
    return index;
  }
}
