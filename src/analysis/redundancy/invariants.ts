import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { countInvariants } from "../../descriptors/ace/invariant-count.js";
import { type Factor, type FactorSet, isSame } from "../../descriptors/ace/selection.js";
import { seededRandom } from "../../math/random.js";
import type { Workspace } from "../../linalg/dense.js";
import { Arena } from "../../wasm/memory.js";
import { CouplingTables } from "./coupling-tables.js";
import { couplingLabels, couplingTree } from "./coupling-trees.js";
import { invariantGradient, type SumValues } from "./invariant-gradient.js";
import { ModularRows, modularRowsBytes } from "./modular-rows.js";
import { PrimeField } from "./prime-field.js";

/** A function of sums over neighbors that no rotation and no reflection changes. */
export interface Invariant {
  /** Equal ones side by side. */
  readonly factors: readonly Factor[];
  /** Intermediate angular momenta of its coupling: none up to order 3, L of order 4, L₁ and L₂ of order 5. */
  readonly labels: readonly number[];
  /** Total degree, as the sets were chosen by. */
  readonly degree: number;
}

/** What is made of whole numbers modulo a prime: tables that all invariants share. */
export interface ExactTables {
  readonly field: PrimeField;
  readonly couplings: CouplingTables;
}

export function exactTables(prime: number): ExactTables {
  const field = new PrimeField(prime);
  return { field, couplings: new CouplingTables(field) };
}

/** Degrees that differ by less are the same. */
const DEGREE_UNIT = 1e-6;

/** Total degrees as whole numbers, so that those that are equal but for rounding are equal. */
export function degreeClass(degree: number): number {
  return Math.round(degree / DEGREE_UNIT);
}

/**
 * Independent invariants of sets of factors, in the order in which a pruning looks at them: by total degree, order, factors as lists of (n, l,
 * species), and labels.
 */
export function orderedInvariants(space: Workspace, tables: ExactTables, sets: readonly FactorSet[]): Invariant[] {
  const labels = new IndependentLabels(space, tables);
  const sorted = [...sets].sort((a, b) => degreeClass(a.degree) - degreeClass(b.degree) || a.factors.length - b.factors.length || compareLists(a.factors, b.factors));
  return sorted.flatMap(({ factors, degree }) => labels.of(factors).map((own): Invariant => ({ factors, labels: own, degree })));
}

function compareLists(a: readonly Factor[], b: readonly Factor[]): number {
  for (const [t, own] of a.entries()) {
    const difference = own.n - b[t].n || own.l - b[t].l || own.species - b[t].species;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of equal factors the couplings with different labels depend on each other linearly: the first that do not. */
class IndependentLabels {
  private readonly known = new Map<string, readonly (readonly number[])[]>();
  private readonly random = seededRandom(0);

  constructor(private readonly space: Workspace, private readonly tables: ExactTables) {}

  /** They depend on the l and on which factors are equal only. */
  of(factors: readonly Factor[]): readonly (readonly number[])[] {
    const key = factors.map((own, t) => `${own.l}${t > 0 && isSame(own, factors[t - 1]) ? "=" : " "}`).join("");
    let labels = this.known.get(key);
    if (!labels) this.known.set(key, (labels = this.find(factors)));
    return labels;
  }

  private find(factors: readonly Factor[]): readonly (readonly number[])[] {
    const l = factors.map((own) => own.l);
    const count = countInvariants(factors);
    const all = count === 0 ? [] : couplingLabels(l);
    if (all.length === count) return all;
    const { wasm, pool } = this.space;
    const points = Array.from({ length: count + 2 }, () => this.point(factors));
    const region = pool.allocate(modularRowsBytes(points.length, count), "couplings");
    try {
      return this.independent(l, all, points, new ModularRows(wasm, new Arena(region), this.tables.field.prime, points.length, count), count);
    } finally {
      pool.release(region);
    }
  }

  private independent(l: readonly number[], all: readonly (readonly number[])[], points: readonly (readonly SumValues[])[], rows: ModularRows, count: number): (readonly number[])[] {
    return all.filter((labels) => {
      if (rows.rank === count) return false;
      const tree = couplingTree(l, labels);
      const values = points.map((point) => invariantGradient(this.tables.field, this.tables.couplings, tree, point).value);
      rows.clearedRow().set(values);
      return rows.insert();
    });
  }

  private point(factors: readonly Factor[]): SumValues[] {
    const point: SumValues[] = [];
    factors.forEach((own, t) => point.push(t > 0 && isSame(own, factors[t - 1]) ? point[t - 1] : randomSums(own.l, this.random, this.tables.field)));
    return point;
  }
}

/** Values of one A_{n l m}, m = −l … l, none of them 0. */
export function randomSums(l: number, random: RandomGenerator, { prime }: PrimeField): SumValues {
  return { l, values: Float64Array.from({ length: 2 * l + 1 }, () => uniformInt(random, 1, prime - 1)) };
}
