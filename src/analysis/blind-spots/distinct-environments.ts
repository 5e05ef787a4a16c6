import type { EnvironmentSource } from "../../environments/collect.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { compareEnvironments } from "./compare-environments.js";

/** Å: environments that a rotation, a reflection and a numbering bring as close are the same. */
export const CONGRUENT = 1e-3;
/** Rows of columns of deviation 1 that are as close, for each column, may be of the same environment. */
const ALIKE = 1e-6;
/** Environments of equal fingerprints that are told apart one after the other. */
const ROUNDS = 8;

/** Environments of which there is one row each. */
interface Described {
  readonly dataset: Dataset;
  readonly environments: readonly EnvironmentSource[];
  /** n × d, scaled */
  readonly values: Float64Array;
  /** Å */
  readonly cutoff: number;
}

/**
 * Positions of environments without those that are congruent to one before them, ascending: copies would be the nearest neighbors of each other, and hide
 * the pairs that are looked for. Only environments with about the same row are compared.
 */
export async function distinctEnvironments(described: Described, context: WorkContext): Promise<Int32Array> {
  const { dataset, environments, cutoff } = described;
  const isCopy = new Uint8Array(environments.length);
  let left = Int32Array.from(environments.keys());
  for (let round = 0; round < ROUNDS; round++) {
    const pairs = alikePairs(described, left);
    if (pairs.length === 0) break;
    const found = await compareEnvironments(dataset, pairs.map(([a, b]) => ({ a: environments[a], b: environments[b] })), { cutoff, enough: CONGRUENT }, context);
    const others: number[] = [];
    pairs.forEach(([, b], k) => {
      if (found[k].distance <= CONGRUENT) isCopy[b] = 1;
      else others.push(b);
    });
    // those that have the row of another environment may be copies of one another
    left = Int32Array.from(others).sort();
  }
  return Int32Array.from(environments.keys()).filter((i) => !isCopy[i]);
}

/** Pairs (first, other) of rows that are alike: each row once as the other, with the first of those that it is like. */
function alikePairs({ values, environments }: Described, members: Int32Array): [number, number][] {
  const d = values.length / Math.max(1, environments.length);
  const random = seededRandom(1);
  const direction = Float64Array.from({ length: d }, () => standardNormal(random));
  const length = Math.hypot(...direction);
  const projections = new Map(Array.from(members, (i) => [i, direction.reduce((sum, value, f) => sum + value * values[i * d + f], 0) / length]));
  const order = members.slice().sort((a, b) => projections.get(a)! - projections.get(b)! || a - b);
  const reach = ALIKE * Math.sqrt(d);
  const isTaken = new Set<number>();
  const pairs: [number, number][] = [];
  order.forEach((first, at) => {
    if (isTaken.has(first)) return;
    for (let next = at + 1; next < order.length && projections.get(order[next])! - projections.get(first)! <= reach; next++) {
      const other = order[next];
      if (isTaken.has(other) || !isWithin(values, d, first, other, reach)) continue;
      isTaken.add(other);
      pairs.push([first, other]);
    }
  });
  return pairs;
}

function isWithin(values: Float64Array, d: number, i: number, j: number, reach: number): boolean {
  let sum = 0;
  for (let f = 0; f < d && sum <= reach ** 2; f++) sum += (values[i * d + f] - values[j * d + f]) ** 2;
  return sum <= reach ** 2;
}
