// Derivatives of rows by parameters of a descriptor against central differences of the rows.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor, type Descriptor } from "../../src/descriptors/index.js";
import { EnvironmentDescriber, environmentOf, parameterDerivatives } from "../../src/environments/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { rattledCrystal } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const crystal = rattledCrystal("a crystal", [8, 14, 14], 3.2, [true, true, true], 5);
const structure = { ...crystal, label: "frame 1", atomicNumbers: Uint8Array.from(crystal.atomicNumbers) };
const SPECIES = [8, 14];

type Numbers = Record<string, number | number[]>;
interface Basis {
  readonly [key: string]: unknown;
  readonly weights?: Numbers;
}

const weighted = (weights: Numbers): object => ({ species: "weights", weights });
const parameters = {
  type: "cluster",
  cutoff: { radius: 5 },
  bases: [
    { size: 3, alpha: 0.1, beta: 1.7, ...weighted({ "O-O": [1, 2, 3], "O-Si": [0.5, 0.7, -1], "Si-Si": [1, 1, 1] }) },
    { body: 3, size: 2, alpha: 0.12, beta: 2, degrees: [0, 1, 3], ...weighted({ "O-O-O": 1, "O-O-Si": 0.4, "Si-O-Si": 2, "O-Si-O": -1, "O-Si-Si": 1.5, "Si-Si-Si": 0.3 }) },
    { body: 3, size: 3, alpha: 0.08, beta: 1.5, degrees: [2] },
    { radial: "chebyshev", size: 2, ...weighted({ "O-O": [1, 2], "O-Si": [0.5, 0.7], "Si-Si": [1, 1] }) },
    { size: 2, alpha: 0.2, beta: 3 },
  ] as Basis[],
};

/** With one number raised. */
function raised(name: string, by: number): object {
  const copy = structuredClone(parameters);
  const [, index, key, of, place] = /^bases\[(\d+)\]\.(alpha|beta|weights\.([\w-]+)(?:\[(\d+)\])?)$/u.exec(name)!;
  const basis = copy.bases[Number(index)] as Record<string, number> & { weights: Numbers };
  if (of === undefined) basis[key] += by;
  else if (place === undefined) basis.weights[of] = (basis.weights[of] as number) + by;
  else (basis.weights[of] as number[])[Number(place)] += by;
  return copy;
}

function rowOf(given: object, atom: number): Float64Array {
  const describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor(given as { type: string }, "this test"), SPECIES);
  const values = describer.values(environmentOf(executor, structure, atom, 5));
  describer.release();
  return values;
}

const cluster = createEnvironmentDescriptor(parameters, "this test");

describe("derivatives by parameters", () => {
  it("meet differences of the rows", () => {
    const { names, nFeatures, values } = parameterDerivatives(executor, cluster, structure, { species: SPECIES });
    expect(names.length).toBe(2 + 9 + 2 + 6 + 2 + 6 + 2);
    expect(new Set(names).size).toBe(names.length);
    const h = 2e-4;
    for (const [p, name] of names.entries()) {
      for (const atom of [0, 1]) {
        const [a, b, c, d] = [-2, -1, 1, 2].map((steps) => rowOf(raised(name, steps * h), atom));
        const numeric = a.map((value, i) => (value - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
        const analytic = values.slice((atom * names.length + p) * nFeatures, (atom * names.length + p + 1) * nFeatures);
        expectClose(analytic, numeric, 1e-8);
      }
    }
    // every parameter changes some row
    for (const [p, name] of names.entries()) {
      const own = values.filter((_, i) => Math.floor(i / nFeatures) % names.length === p);
      expect(own.some((value) => Math.abs(value) > 1e-3), name).toBe(true);
    }
  });

  it("of some centers are those of all", () => {
    const all = parameterDerivatives(executor, cluster, structure, { species: SPECIES });
    const some = parameterDerivatives(executor, cluster, structure, { centers: Int32Array.of(2) });
    expect(some.values).toEqual(all.values.slice(2 * all.names.length * all.nFeatures, 3 * all.names.length * all.nFeatures));
  });

  it("are refused where a descriptor does not tell them", () => {
    const of = (given: { type: string } & Record<string, unknown>): Descriptor => createEnvironmentDescriptor(given, "this test");
    const soap = of({ type: "soap", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 } });
    expect(() => parameterDerivatives(executor, soap, structure)).toThrow("soap does not tell derivatives by its parameters");
    expect(() => parameterDerivatives(executor, of({ ...parameters, average: "outer" }), structure)).toThrow("cluster has a row for each structure here");
    expect(() => parameterDerivatives(executor, cluster, { ...structure, atomicNumbers: structure.atomicNumbers.map(() => 6) }, { species: SPECIES })).toThrow("frame 1");
  });
});
