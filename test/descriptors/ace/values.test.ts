import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basisOf } from "../../../src/descriptors/ace/basis.js";
import { radialOf } from "../../../src/descriptors/ace/bonds.js";
import { layoutOf } from "../../../src/descriptors/ace/layout.js";
import { type RadialPart, radialParts } from "../../../src/descriptors/ace/radial/pair-radial.js";
import { type PolynomialSpec, polynomialSet } from "../../../src/descriptors/ace/radial/polynomials.js";
import type { Factor } from "../../../src/descriptors/ace/selection.js";
import { Ace } from "../../../src/descriptors/index.js";
import type { Jet } from "../../../src/math/jet.js";
import type { Executor } from "../../../src/parallel/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator, type Environments } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";
import { choices, density, products } from "./twin.js";

const species = [6, 14];
let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

function rowsOf(ace: Ace, environments: Environments): Float64Array[] {
  const calculator = new Calculator(executor, ace, species);
  const { values } = calculator.compute(environments);
  calculator.release();
  return environments.centerSpecies.map((_, center) => values.subarray(center * calculator.nFeatures, (center + 1) * calculator.nFeatures));
}

/** Neighbors of each center within the cutoff. */
function neighborsOf({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, cutoff: number) {
  return centerSpecies.map((_, center) =>
    Array.from({ length: offsets[center + 1] - offsets[center] }, (__, i) => offsets[center] + i)
      .map((pair) => ({ species: neighborSpecies[pair], vector: [...displacements.subarray(3 * pair, 3 * pair + 3)] }))
      .filter(({ vector }) => Math.hypot(...vector) < cutoff),
  );
}

type Radial = (n: number, r: number, species: number) => number;

/** Radial functions by species of the neighbor. */
function radialOfSets(parts: readonly (RadialPart | undefined)[]): Radial {
  const functions = parts.map((part) => polynomialSet((part as { polynomials: PolynomialSpec }).polynomials).pieces[0].functions);
  const jets: Jet[] = [];
  return (n, r, own) => {
    functions[own](r, jets);
    return jets[n - 1][0];
  };
}

describe("values", () => {
  it("are sums of products over all neighbors", () => {
    const ace = new Ace({ type: "ace", cutoff: { radius: 4 }, order: 4, degree: [6, 5, 5, 5], lWeight: 1, pair: { degree: 5, cutoff: { radius: 4.5 } } });
    const { pairs, functions } = basisOf(ace.parameters, species);
    const layout = layoutOf(pairs, functions, false);
    const environments = randomEnvironments([9, 1, 14], species.length, 4.6, 3);
    const [near, far] = [neighborsOf(environments, 4), neighborsOf(environments, 4.5)];
    rowsOf(ace, environments).forEach((row, center) => {
      const parts = species.map((neighbor) => {
        const z = species[environments.centerSpecies[center]];
        return radialParts(radialOf(ace.parameters, z, neighbor), layout);
      });
      const radial = (isPair: boolean): Radial => radialOfSets(parts.map(({ manyBody, pair }) => (isPair ? pair : manyBody)));
      const pairRadial = radial(true);
      const ofPairs = pairs.map(({ n, species: own }) => {
        return far[center].filter((neighbor) => neighbor.species === own).reduce((sum, { vector }) => sum + pairRadial(n, Math.hypot(...vector), own), 0);
      });
      const manyBody = radial(false);
      const of = (factor: Factor, m: number) => density(near[center], manyBody, factor, m);
      const known = new Map<string, readonly [number, number]>();
      const remembered = (factor: Factor, m: number): readonly [number, number] => {
        const key = `${factor.species} ${factor.n} ${factor.l} ${m}`;
        if (!known.has(key)) known.set(key, of(factor, m));
        return known.get(key)!;
      };
      const ofFunctions = functions.map(({ factors, terms }) => {
        const all = choices(factors.map(({ l }) => l));
        const values = products(factors, remembered);
        return terms.reduce((sum, { m, coefficient }) => sum + coefficient * values[all.findIndex((own) => own.every((x, t) => x === m[t]))], 0);
      });
      expectClose(row, [...ofPairs, ...ofFunctions], 1e-11, "relative-to-max");
    });
  });

  it("of order two are the power spectrum of the same radial functions", () => {
    const ace = new Ace({ type: "ace", cutoff: { radius: 4 }, order: 2, degree: [3, 6], lWeight: 1, pair: false });
    const environments = randomEnvironments([8, 12], species.length, 4, 5);
    const near = neighborsOf(environments, 4);
    const { pairs, functions } = basisOf(ace.parameters, species);
    const layout = layoutOf(pairs, functions, false);
    rowsOf(ace, environments).forEach((row, center) => {
      const z = species[environments.centerSpecies[center]];
      const radial = radialOfSets(species.map((neighbor) => radialParts(radialOf(ace.parameters, z, neighbor), layout).manyBody));
      const of = (factor: Factor, m: number) => density(near[center], radial, factor, m);
      functions.forEach(({ factors }, f) => {
        if (factors.length < 2) return;
        const [a, b] = factors;
        let spectrum = 0;
        for (let m = -a.l; m <= a.l; m++) {
          const [x, y] = [of(a, m), of(b, m)];
          spectrum += x[0] * y[0] + x[1] * y[1];
        }
        expectClose([Math.abs(row[f])], [Math.abs(spectrum) / Math.sqrt(2 * a.l + 1)], 1e-11 * Math.max(1, Math.abs(spectrum)));
      });
    });
  });
});

describe("smoothness", () => {
  it("is Σ n⁴ + (1.5 l)⁴ of each column, positive", () => {
    const ace = new Ace({ type: "ace", cutoff: { radius: 4 }, order: 2, degree: [2, 5], pair: { degree: 2 } });
    expect([...ace.smoothness([14])]).toEqual([1, 16, 1, 16, ...ace.features([14]).slice(4).map(({ label }) => {
      return [...label.matchAll(/n=(\d+) l=(\d+)/gu)].reduce((sum, [, n, l]) => sum + Number(n) ** 4 + (1.5 * Number(l)) ** 4, 0);
    })]);
  });

  it("labels tell every column", () => {
    const labels = new Ace({ type: "ace", cutoff: { radius: 4 }, order: 4, degree: [4, 4, 6, 10], lWeight: 1 }).features([14]).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toContain(`pair ${symbolOf(14)} n=1`);
    expect(labels.some((label) => label.endsWith("#1"))).toBe(true);
  });
});
