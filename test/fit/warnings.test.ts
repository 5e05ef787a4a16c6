// What a fit says about itself: each warning by a case that deserves it and one that does not.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitSparseGp, type SparseGpFit } from "../../src/fit/index.js";
import { jitters } from "../../src/fit/sparse-gp/prior.js";
import { sparseGpTrainer } from "../../src/fit/sparse-gp/trainer.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { coefficientsOf } from "./plain-solution.js";

let executor: Executor;
let dataset: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  dataset = dataWith((nAtoms) => -2 * nAtoms);
});
afterAll(() => executor.close());

function dataWith(energy: (nAtoms: number) => number): Dataset {
  const structures = Array.from({ length: 6 }, (_, i) => randomStructure(40 + i, 4, false));
  return Dataset.from(structures.map((atoms, i) => makeStructure(atoms, { energy: energy(atoms.atomicNumbers.length) + 0.1 * Math.sin(i) })));
}

interface Options {
  readonly count?: number | Record<string, number>;
  readonly jitter?: NonNullable<SparseGpFit["fit"]>["jitter"];
  readonly delta?: number;
  readonly normalize?: boolean;
  readonly isolated?: SparseGpFit["model"]["isolatedAtomEnergies"];
}

function request({ count = 5, jitter, delta = 1, normalize = true, isolated = { Na: 0, Cl: 0 } }: Options): SparseGpFit {
  return {
    model: {
      type: "sparse-gp",
      isolatedAtomEnergies: isolated,
      terms: [
        {
          descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.6, cutoff: { radius: 4 }, normalize } as never,
          kernel: { type: "dot-product", zeta: 2, delta },
          sparse: { method: "farthest-point", count },
        },
      ],
    },
    fit: { sigma: { energy: 0.01 }, ...(jitter !== undefined && { jitter }) },
  };
}

const warningsOf = async (options: Options, data = dataset): Promise<readonly string[]> => (await fitSparseGp(request(options), data, executor)).summary.warnings ?? [];

describe("warnings of a fit", () => {
  it("none where there is no reason", async () => {
    expect(await warningsOf({})).toEqual([]);
    expect(await warningsOf({ jitter: 1e-8, delta: 3 })).toEqual([]);
  });

  it.each([[200], [{ Na: 100, Cl: 100 }]])("fewer sparse points than asked for: %j", async (count) => {
    const [text, ...others] = await warningsOf({ count });
    expect(others).toEqual([]);
    expect(text).toMatch(/^(\d+) sparse points are taken where sparse\.count asks for 200: the training data have no more different environments$/);
    expect(Number(/^\d+/.exec(text)![0])).toBeLessThanOrEqual(dataset.nAtoms);
  });

  it("an absolute jitter of fingerprints that are not normalised", async () => {
    const [text, ...others] = await warningsOf({ jitter: 1e-8, normalize: false });
    expect(others).toEqual([]);
    expect(text).toMatch(/^fit\.jitter is 1e-8 eV², but the fingerprints are not normalised: k\(x, x\) .* write jitter: \{ relative: 1e-8 \}$/);
    expect(await warningsOf({ jitter: { relative: 1e-8 }, normalize: false })).toEqual([]);
    expect(await warningsOf({ normalize: false })).toEqual([]);
  });

  it("energies that are not relative to isolated atoms", async () => {
    const total = dataWith((nAtoms) => -160 * nAtoms);
    const [text, ...others] = await warningsOf({}, total);
    expect(others).toEqual([]);
    expect(text).toMatch(/^the energies are not relative to isolated atoms: the median is -1(59|60)\.\d eV\/atom from isolatedAtomEnergies/);
    expect(await warningsOf({ isolated: { Na: -158, Cl: -158 } }, total)).toEqual([]);
    expect(await warningsOf({ isolated: "least-squares" }, total)).toEqual([]);
    // energies that are not fitted are not judged
    const forces = new Float64Array(12).fill(0.1);
    const both = Dataset.from(Array.from({ length: 6 }, (_, i) => makeStructure(randomStructure(40 + i, 4, false), { energy: -640, forces })));
    const { model } = request({});
    expect((await fitSparseGp({ model, fit: { sigma: { forces: 0.1 } } }, both, executor)).summary.warnings).toEqual([]);
  });
});

describe("a relative jitter", () => {
  it("is a share of each element of the diagonal, of zeros that of the average", () => {
    expectClose(jitters(Float64Array.of(1, 100, 0, 3), { relative: 0.01 }), [0.01, 1, 0.26, 0.03], 1e-15);
    expect([...jitters(Float64Array.of(1, 100), 0.5)]).toEqual([0.5, 0.5]);
  });

  it("equals an absolute one where k(x, x) is 1, and follows delta", async () => {
    const fitted = async (options: Options): Promise<number[]> => coefficientsOf((await fitSparseGp(request(options), dataset, executor)).model);
    expectClose(await fitted({ jitter: { relative: 1e-6 } }), await fitted({ jitter: 1e-6 }), 1e-7, "relative-to-max");
    expectClose(await fitted({ jitter: { relative: 1e-6 }, delta: 10 }), await fitted({ jitter: 1e-4, delta: 10 }), 1e-7, "relative-to-max");
    const [relative, absolute] = [await fitted({ jitter: { relative: 1e-3 }, delta: 10 }), await fitted({ jitter: 1e-3, delta: 10 })];
    expect(Math.max(...relative.map((value, i) => Math.abs(value - absolute[i])))).toBeGreaterThan(1e-6);
  });
});

describe("descriptors that are not smooth at their cutoff", () => {
  const notes = (descriptor: object): string[] => {
    const [term] = request({}).model.terms;
    return [...sparseGpTrainer.notes(candidate({ ...term, descriptor: descriptor as never }))];
  };
  const candidate = (term: unknown): never => ({ ...request({}), model: { ...request({}).model, terms: [term] } }) as never;
  const soap = { type: "soap", nMax: 2, lMax: 1, sigma: 0.5 };

  it.each([
    ["add a cutoff function", { ...soap, cutoff: { radius: 3 } }, "set cutoff: { radius: …, function: cosine }", { ...soap, cutoff: { radius: 3, function: "cosine" } }],
    ["switch", { type: "bispectrum", rcutfac: 3, switch: false }, "set switch: true", { type: "bispectrum", rcutfac: 3, switch: true }],
    ["not be hard", { type: "acsf", cutoff: { radius: 3, function: "hard" } }, "set cutoff: { function: cosine }", { type: "acsf", cutoff: { radius: 3, function: "cosine" } }],
    [
      "say which part",
      { type: "concatenation", parts: [{ type: "acsf", cutoff: { radius: 3 } }, { type: "bispectrum", rcutfac: 3, switch: false }] },
      "set parts[1]: switch: true",
      { type: "concatenation", parts: [{ type: "acsf", cutoff: { radius: 3 } }, { type: "bispectrum", rcutfac: 3 }] },
    ],
  ])("are told to %s, which helps", (_, rough, remedy, smooth) => {
    expect(notes(rough)).toEqual([`model.terms[0].descriptor is not smooth at its cutoff, so energies and forces jump as atoms cross it: ${remedy}`]);
    expect(notes(smooth)).toEqual([]);
  });
});
