// Functions whose derivatives are summed over features once: the derivatives that they have without that.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DerivativeSums } from "../../../src/analysis/fisher/precise/cluster-functions.js";
import { precisePairs, type PrecisePairs, SEARCH_MARGIN } from "../../../src/analysis/fisher/precise/pairs.js";
import { PreciseBasis } from "../../../src/analysis/fisher/precise/precise-basis.js";
import { speciesWeightCount } from "../../../src/descriptors/cluster/basis.js";
import { PreciseArithmetic } from "../../../src/math/precise/arithmetic.js";
import type { Precise } from "../../../src/math/precise/binding.js";
import { parseNotation } from "../../../src/models/composed/notation.js";
import { neighborList } from "../../../src/neighbors/index.js";
import { testExecutor } from "../../expect.js";
import { randomStructure } from "../../models/systems.js";

const RADIUS = 4;
const SPECIES = [11, 17];

let numbers: PreciseArithmetic;
let pairs: PrecisePairs;
beforeAll(async () => {
  numbers = await PreciseArithmetic.open(256);
  const executor = await testExecutor();
  const structure = randomStructure(3);
  const list = await neighborList(executor, structure, RADIUS * SEARCH_MARGIN);
  await executor.close();
  pairs = precisePairs(numbers, structure, list, { radius: RADIUS, function: "poly4" }, SPECIES);
});
afterAll(() => numbers.close());

function vectorOf(length: number, value: (k: number) => number): Precise {
  const vector = numbers.vector(length);
  for (let k = 0; k < length; k++) numbers.setNumber(numbers.at(vector, k), value(k));
  return vector;
}

/** That hold something already, as sums of several terms do. */
function sumsOf(hasVirial: boolean): DerivativeSums {
  return { radial: vectorOf(pairs.nPairs, Math.cos), forces: vectorOf(3 * pairs.nAtoms, Math.sin), virial: hasVirial ? vectorOf(6, Math.cos) : undefined };
}

describe("contracted functions", () => {
  it.each(["G3", "C3", "T2[0,1,2]"].flatMap((notation) => (["channels", "weights"] as const).map((mode) => ({ notation, mode }))))("$notation, $mode", ({ notation, mode }) => {
    const [basis] = parseNotation(notation, mode).bases;
    const weights = Float64Array.from({ length: speciesWeightCount(basis, SPECIES.length) }, (_, k) => (k === 1 ? 0 : 0.4 + 0.3 * Math.sin(2 * k)));
    const values = { ...(basis.radial === "gaussian" && { alpha: 0.1, beta: 1.9 }), ...(weights.length > 0 && { weights }) };
    const { functions } = new PreciseBasis(numbers, pairs, basis, values, SPECIES.length, RADIUS);
    const { nFeatures } = functions;
    const gamma = vectorOf(pairs.nAtoms * nFeatures, (k) => Math.sin(1 + k));
    const contracted = functions.contract(gamma);
    for (const phase of [0, 1]) {
      const g = vectorOf(pairs.nAtoms, (i) => Math.cos(2 * i + phase));
      const product = vectorOf(pairs.nAtoms * nFeatures, () => 0);
      for (let k = 0; k < pairs.nAtoms * nFeatures; k++) numbers.multiply(numbers.at(product, k), numbers.at(g, Math.floor(k / nFeatures)), numbers.at(gamma, k));
      for (const hasVirial of [true, false]) {
        const [before, plain, own] = [sumsOf(hasVirial), sumsOf(hasVirial), sumsOf(hasVirial)];
        functions.pull(product, { first: 0, count: nFeatures }, plain);
        contracted.pull(g, own);
        expect(largestDifference(own, plain)).toBeLessThan(1e-70);
        expect(largestDifference(before, plain)).toBeGreaterThan(1e-3);
      }
    }
  });
});

/** Of all sums. */
function largestDifference(a: DerivativeSums, b: DerivativeSums): number {
  const t = numbers.scalar();
  const differences = (["radial", "forces", "virial"] as const).flatMap((sum) => {
    const [left, right] = [a[sum], b[sum]];
    if (left === undefined || right === undefined) return [];
    return Array.from({ length: { radial: pairs.nPairs, forces: 3 * pairs.nAtoms, virial: 6 }[sum] }, (_, k) => {
      numbers.subtract(t, numbers.at(left, k), numbers.at(right, k));
      return Math.abs(numbers.number(t));
    });
  });
  return Math.max(...differences);
}
