import { type Factor, isSame } from "./selection.js";

/**
 * Independent invariants of a product of factors, equal ones side by side: how often L = 0 occurs in ⊗_c Sym^{k_c}(V_{l_c}) over the different
 * factors c, each k_c times. That is W(0) − W(1), W(M) being the number of choices of the m, without order among equal factors, that add up to M.
 */
export function countInvariants(factors: readonly Factor[]): number {
  if (factors.reduce((sum, { l }) => sum + l, 0) % 2 !== 0) return 0;
  let ways = [1];
  for (let first = 0; first < factors.length; ) {
    let next = first + 1;
    while (next < factors.length && isSame(factors[next], factors[first])) next++;
    ways = product(ways, choicesByTotal(2 * factors[first].l + 1, next - first));
    first = next;
  }
  const middle = (ways.length - 1) / 2;
  return ways[middle] - (ways[middle + 1] ?? 0);
}

/** Multisets of `size` of the numbers 0 … values − 1 by their total: [size][total], one number after another. */
function choicesByTotal(values: number, size: number): number[] {
  const ways = Array.from({ length: size + 1 }, () => new Array<number>((values - 1) * size + 1).fill(0));
  ways[0][0] = 1;
  for (let value = 0; value < values; value++) {
    for (let chosen = 1; chosen <= size; chosen++) {
      for (let total = value; total < ways[0].length; total++) ways[chosen][total] += ways[chosen - 1][total - value];
    }
  }
  return ways[size];
}

function product(a: readonly number[], b: readonly number[]): number[] {
  const result = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => b.forEach((y, j) => (result[i + j] += x * y)));
  return result;
}
