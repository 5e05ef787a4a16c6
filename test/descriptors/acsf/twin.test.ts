import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Acsf } from "../../../src/descriptors/index.js";
import { cutoffFunctionNames } from "../../../src/math/cutoff-functions.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import type { BuildName } from "../../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator, type Computed, type Environments } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";
import { AcsfTwin } from "./twin.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const elements = [1, 6, 14];
/** Triplets of one species: none, one, around and beyond the 64 that are processed together; 12 neighbors have 66. */
const counts = [0, 1, 2, 3, 11, 12, 13, 30];

const kinds = {
  g1: true, g2: [[0.5, 0], [1, 1.5], [0, 0]], g3: [0, 1.5],
  g4: [[0.05, 1, 1], [0.05, 1, -1], [0.05, 2.5, -1], [0.1, 16, 1], [0.2, 130, 0.5]], g5: [[0.05, 1, 1], [0.05, 3, 1], [0.07, 1.25, -1], [0, 7, -1], [0, 2, 0]],
};
/** Some elements have no functions, one has them with neighbors of one element only; radii differ. */
const ofCenters = [
  { center: "C", type: 2, neighbors: ["H"], eta: 0.5, shift: 1, radius: 4 },
  { center: "C", type: 3, neighbors: ["Si", "H"], eta: 0.05, shift: 0.3, zeta: 2, lambda: 1, radius: 3 },
  { center: "C", type: 3, neighbors: ["Si", "H"], eta: 0.05, shift: 0.3, zeta: 2, lambda: 1, radius: 2.5 },
  { center: "C", type: 9, neighbors: ["C", "H"], eta: 0.05, shift: 0.3, zeta: 2, lambda: 1, radius: 2.5 },
  { center: "Si", type: 2, neighbors: ["H"], eta: 0.5, shift: 1, radius: 4 },
  { center: "Si", type: 12, eta: 0.5, shift: 1, radius: 4 },
  { center: "Si", type: 13, eta: 0.1, shift: 1, zeta: 3, lambda: -1, radius: 4 },
];
const cases: Record<string, object> = {
  "every kind": { cutoff: { radius: 4 }, ...kinds },
  "weighted, with shifts": {
    cutoff: { radius: 4 }, weightedRadial: [[0.5, 1]], weightedAngular: [{ eta: 0.1, zeta: 2, lambda: 1, shift: 1.3 }, { eta: 0.1, zeta: 2, lambda: -1 }],
  },
  "functions of elements": { symmetryFunctions: ofCenters },
  ...Object.fromEntries(
    cutoffFunctionNames.map((name) => {
      const cutoff = { radius: 3.5, function: name, ...(!/tanh|hard/u.test(name) && { innerFraction: 0.4 }) };
      return [`cutoff function ${name}`, { cutoff, g1: true, g2: [[0.5, 1]], g4: [[0.1, 2, -1]] }];
    }),
  ),
};

function compute(on: Executor, acsf: Acsf, environments: Environments): Computed {
  const calculator = new Calculator(on, acsf, elements);
  try {
    const gradients = randomArray(environments.centerSpecies.length * calculator.nFeatures, 5);
    return calculator.compute(environments, { jacobian: true, gradients });
  } finally {
    calculator.release();
  }
}

describe("symmetry functions are what the formulas say", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const acsf = new Acsf({ type: "acsf", ...cases[name] });
    const environments = randomEnvironments(counts, elements.length, acsf.cutoff, 3);
    const { values } = compute(executor, acsf, environments);
    const labels = acsf.features(elements).map(({ label }) => label);
    const expected = new AcsfTwin(acsf.parameters, elements).values(environments);
    expect([...expected[0].keys()].sort()).toEqual([...labels].sort());
    expected.forEach((center, c) => {
      const row = values.slice(c * labels.length, (c + 1) * labels.length);
      expectClose(row, labels.map((label) => center.get(label)!), 1e-12, "relative-to-max");
    });
  });

  it("of a crowd of one species, whose triplets fill many blocks", () => {
    const acsf = new Acsf({ type: "acsf", cutoff: { radius: 4 }, ...kinds });
    const environments = randomEnvironments([90], 1, 4, 8);
    const calculator = new Calculator(executor, acsf, [14]);
    const { values } = calculator.compute(environments);
    calculator.release();
    const [expected] = new AcsfTwin(acsf.parameters, [14]).values(environments);
    expectClose(values, acsf.features([14]).map(({ label }) => expected.get(label)!), 1e-13, "relative-to-max");
  });

  it("of points that are no atoms, where elements have functions of their own: none", () => {
    const acsf = new Acsf({ type: "acsf", symmetryFunctions: ofCenters });
    const atoms = randomEnvironments([7], 3, acsf.cutoff, 3);
    const { values, jacobian, backward } = compute(executor, acsf, { ...atoms, centerSpecies: [-1] });
    expect([...values, ...jacobian, ...backward].every((value) => value === 0)).toBe(true);
    const lists = new Acsf({ type: "acsf", cutoff: { radius: 4 }, ...kinds });
    expect(compute(executor, lists, { ...atoms, centerSpecies: [-1] })).toEqual(compute(executor, lists, atoms));
  });

  it("of atoms in line, in one place, and at the center: finite", () => {
    const acsf = new Acsf({ type: "acsf", cutoff: { radius: 4 }, ...kinds, g4: [...kinds.g4, { eta: 0.1, zeta: 1, lambda: 1, shift: 1 }] });
    const displacements = Float64Array.from([0, 0, 0, 1, 0, 0, -1, 0, 0, 2, 0, 0, 2, 0, 0, 4, 0, 0]);
    const environments = { centerSpecies: [1], offsets: [0, 6], neighborSpecies: [1, 1, 1, 1, 1, 1], displacements };
    const { values, jacobian, backward } = compute(executor, acsf, environments);
    expect([...values, ...jacobian, ...backward].every(Number.isFinite)).toBe(true);
    const [expected] = new AcsfTwin(acsf.parameters, elements).values(environments);
    expectClose(values, acsf.features(elements).map(({ label }) => expected.get(label)!), 1e-13, "relative-to-max");
  });
});

describe.each<BuildName>(["simd", "unshared-scalar"])("symmetry functions on build %s", (build) => {
  it("agree with the scalar build", async () => {
    const [scalar, other] = await Promise.all([createExecutor({ threads: 1, build: "scalar" }), createExecutor({ threads: 1, build })]);
    try {
      for (const name of ["every kind", "weighted, with shifts", "functions of elements", "cutoff function exponential", "cutoff function tanh"]) {
        const acsf = new Acsf({ type: "acsf", ...cases[name] });
        const environments = randomEnvironments(counts, elements.length, acsf.cutoff, 3);
        const [expected, actual] = [scalar, other].map((on) => compute(on, acsf, environments));
        for (const key of ["values", "jacobian", "backward"] as const) expectClose(actual[key], expected[key], 1e-12, "relative-to-max");
      }
    } finally {
      await Promise.all([scalar.close(), other.close()]);
    }
  });
});
