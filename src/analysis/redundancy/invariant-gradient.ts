import type { CouplingTables } from "./coupling-tables.js";
import type { ClosedTree, CouplingTree } from "./coupling-trees.js";
import type { PrimeField } from "./prime-field.js";

/** A sum over neighbors A_{n l m}, m = −l … l, at one point: values without square roots, see `CouplingTables`. */
export interface SumValues {
  readonly l: number;
  /** [2l + 1] */
  readonly values: Float64Array;
}

/** A tree with its values, and room for the derivative of the function by them. */
interface Node extends SumValues {
  readonly left?: Node;
  readonly right?: Node;
  readonly adjoint: Float64Array;
}

/**
 * The value of an invariant and its derivatives by the values of its factors, by differentiation in reverse.
 * @param factors at their places in the tree
 * @returns derivatives [2l + 1] of each factor as if all were different: equal ones add up
 */
export function invariantGradient(field: PrimeField, tables: CouplingTables, tree: ClosedTree, factors: readonly SumValues[]): { value: number; gradients: Float64Array[] } {
  const gradients = factors.map(({ l }) => new Float64Array(2 * l + 1));
  const leaf = (place: number): Node => ({ ...factors[place], adjoint: gradients[place] });
  const left = evaluate(field, tables, tree.left, leaf);
  if (tree.right === undefined) {
    gradients[0][0] = 1;
    return { value: left.values[0], gradients };
  }
  const right = evaluate(field, tables, tree.right, leaf);
  const closing = tables.closing(left.l);
  let value = 0;
  for (let [i, j] = [0, 2 * left.l]; j >= 0; i++, j--) {
    left.adjoint[i] = field.multiply(closing[i], right.values[j]);
    right.adjoint[j] = field.multiply(closing[i], left.values[i]);
    value = field.add(value, field.multiply(left.adjoint[i], left.values[i]));
  }
  differentiate(field, tables, left);
  differentiate(field, tables, right);
  return { value, gradients };
}

function evaluate(field: PrimeField, tables: CouplingTables, tree: CouplingTree, leaf: (place: number) => Node): Node {
  if (typeof tree === "number") return leaf(tree);
  const left = evaluate(field, tables, tree.left, leaf);
  const right = evaluate(field, tables, tree.right, leaf);
  const values = new Float64Array(2 * tree.total + 1);
  const table = tables.table(left.l, right.l, tree.total);
  for (let t = 0; t < table.length; t += 4) {
    values[table[t + 2]] += field.multiply(table[t + 3], field.multiply(left.values[table[t]], right.values[table[t + 1]]));
  }
  values.forEach((sum, i) => (values[i] = field.of(sum)));
  return { l: tree.total, values, left, right, adjoint: new Float64Array(2 * tree.total + 1) };
}

function differentiate(field: PrimeField, tables: CouplingTables, { l, left, right, adjoint }: Node): void {
  if (!left || !right) return;
  const table = tables.table(left.l, right.l, l);
  for (let t = 0; t < table.length; t += 4) {
    const factor = field.multiply(table[t + 3], adjoint[table[t + 2]]);
    left.adjoint[table[t]] += field.multiply(factor, right.values[table[t + 1]]);
    right.adjoint[table[t + 1]] += field.multiply(factor, left.values[table[t]]);
  }
  for (const own of [left.adjoint, right.adjoint]) own.forEach((sum, i) => (own[i] = field.of(sum)));
  differentiate(field, tables, left);
  differentiate(field, tables, right);
}
