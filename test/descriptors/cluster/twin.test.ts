import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Cluster } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { expectDerivatives } from "../expect-derivatives.js";
import { Calculator } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";
import { computeCluster, plainRows } from "./calculations.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const elements = [1, 6, 8];
/** None, one, two, and around the 32 that are computed together. */
const counts = [0, 1, 2, 3, 7, 31, 32, 33, 36];

const exponents = { alpha: 0.09, beta: 1.9 };
const pairWeights = { "H-C": [0.5, -1, 2, 0.25, 1.5], "O-O": 3, "C-O": [1, 2, 0, 4, 5] };
const tripletWeights = { "H-C-O": 0.6, "C-C-C": -1.4, "O-H-O": 0, "H-O-C": 2 };
const cases: Record<string, { species?: number[]; parameters: object }> = {
  "Gaussians by pairs of species": { parameters: { cutoff: { radius: 4 }, bases: [{ size: 5, ...exponents }] } },
  "weighted Gaussians": { parameters: { cutoff: { radius: 4 }, bases: [{ size: 5, ...exponents, species: "weights", weights: pairWeights }] } },
  "Chebyshev polynomials of each mode": {
    parameters: {
      cutoff: { radius: 4, function: "smoothstep7" },
      bases: [{ radial: "chebyshev", size: 9 }, { radial: "chebyshev", size: 5, species: "weights", weights: pairWeights }, { radial: "chebyshev", size: 1, species: "alike" }],
    },
  },
  "three bodies by species": { parameters: { cutoff: { radius: 4, function: "bump" }, bases: [{ body: 3, size: 3, ...exponents, degrees: [2, 0, 5] }] } },
  "three bodies, weighted": { parameters: { cutoff: { radius: 4 }, bases: [{ body: 3, size: 4, ...exponents, species: "weights", weights: tripletWeights }] } },
  "three bodies, all alike": {
    parameters: { cutoff: { radius: 4 }, bases: [{ body: 3, size: 1, ...exponents, degrees: [0], species: "alike" }, { body: 3, radial: "chebyshev", size: 2, degrees: [1, 3], species: "alike" }] },
  },
  "all at once": {
    parameters: {
      cutoff: { radius: 4 },
      bases: [
        { size: 2, ...exponents, species: "alike" }, { body: 3, size: 2, ...exponents, degrees: [1], species: "weights", weights: tripletWeights }, { size: 5, ...exponents },
        { body: 3, radial: "chebyshev", size: 3, degrees: [0, 2] }, { body: 3, size: 2, alpha: 0.2, beta: 3, degrees: [3, 1], species: "alike" },
      ],
    },
  },
  "one species": { species: [8], parameters: { cutoff: { radius: 4 }, bases: [{ size: 3, ...exponents }, { body: 3, size: 3, ...exponents, degrees: [0, 1] }] } },
};

describe("cluster bases are what the formulas say", () => {
  it.each(Object.entries(cases))("%s", (_, { species = elements, parameters }) => {
    const cluster = new Cluster({ type: "cluster", ...parameters });
    const environments = randomEnvironments(counts, species.length, 4, 3);
    const { values, jacobian, byParameter } = computeCluster(executor, cluster, species, environments);
    const expected = counts.map((__, center) => plainRows(cluster, species, environments, center));
    expectClose(values, expected.flatMap((rows) => rows.values), 1e-13, "relative-to-max");
    expectClose(jacobian, expected.flatMap((rows) => rows.slopes.flat()), 1e-12, "relative-to-max");
    expectClose(byParameter, expected.flatMap((rows) => rows.byParameter.flat()), 1e-12, "relative-to-max");
    expect(byParameter.length).toBe(counts.length * cluster.parameterNames(species).length * cluster.featureCount(species));
  });

  it("derivatives meet differences of the values, and those come back without the Jacobian", () => {
    const calculator = new Calculator(executor, new Cluster({ type: "cluster", ...cases["all at once"].parameters }), elements);
    expectDerivatives(calculator, randomEnvironments([0, 1, 2, 5, 40], 3, 4, 7), 1e-9);
    calculator.release();
  });

  it("points in space have no pairs of species and no factors, but neighbors that are alike or pair", () => {
    const cluster = new Cluster({ type: "cluster", ...cases["all at once"].parameters });
    const atoms = randomEnvironments([4, 5], 3, 4, 9);
    const calculator = new Calculator(executor, cluster, elements);
    const ofAtoms = calculator.compute(atoms).values;
    const ofPoints = calculator.compute({ ...atoms, centerSpecies: [-1, -1] }).values;
    calculator.release();
    const sees = cluster.features(elements).map(({ label }) => !/^G5|^T2 nu=\d mu=\d degree=1$/u.test(label));
    ofPoints.forEach((value, i) => expect(value).toBe(sees[i % sees.length] ? ofAtoms[i] : 0));
    expect(ofAtoms.some((value, i) => !sees[i % sees.length] && value !== 0)).toBe(true);
  });

  it("many polynomials stay accurate up to both ends", () => {
    const cluster = new Cluster({ type: "cluster", cutoff: { radius: 4 }, bases: [{ radial: "chebyshev", size: 40 }] });
    const distances = [0.02, 0.7, 2, 3.3, 3.99];
    const environments = { centerSpecies: distances.map(() => 0), offsets: distances.map((__, i) => i).concat(5), neighborSpecies: distances.map(() => 0), displacements: Float64Array.from(distances.flatMap((r) => [0, r, 0])) };
    const { values } = computeCluster(executor, cluster, [8], environments);
    const expected = distances.flatMap((r) => Array.from({ length: 40 }, (__, nu) => (1 - (r / 4) ** 2) ** 4 * Math.cos(nu * Math.acos(r / 2 - 1))));
    expectClose(values, expected, 1e-13);
  });
});
