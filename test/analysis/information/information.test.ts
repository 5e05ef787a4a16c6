// Information and agreement of descriptors as a whole: what is there, what is left out and why, the same bits on threads.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { descriptorAgreement, descriptorInformation, type PairAgreement } from "../../../src/analysis/index.js";
import { createDescriptor } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const soap = createDescriptor({ type: "soap", nMax: 3, lMax: 2, cutoff: { radius: 3 }, sigma: 0.5 });
const smaller = createDescriptor({ type: "soap", nMax: 2, lMax: 1, cutoff: { radius: 3 }, sigma: 0.5 });
const expansion = createDescriptor({ type: "spherical-expansion", nMax: 2, lMax: 1, cutoff: { radius: 3 }, sigma: 0.5 });
const pairs = createDescriptor({ type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 3 } });
const coulomb = createDescriptor({ type: "coulomb-matrix", nAtomsMax: 6 });

/** A pair potential, so that there is something to learn. */
function withTargets(structure: Structure, i: number): Structure {
  const { positions, atomicNumbers } = structure;
  const forces = new Float64Array(positions.length);
  let energy = 0;
  for (let a = 0; a < atomicNumbers.length; a++) {
    energy -= atomicNumbers[a];
    for (let b = 0; b < a; b++) {
      const d = [0, 1, 2].map((k) => positions[3 * b + k] - positions[3 * a + k]);
      const r = Math.hypot(...d);
      energy += Math.exp(-r);
      d.forEach((x, k) => {
        forces[3 * a + k] -= (Math.exp(-r) * x) / r;
        forces[3 * b + k] += (Math.exp(-r) * x) / r;
      });
    }
  }
  return { ...structure, targets: { energy, forces }, configType: `${i % 2}` };
}

const molecules = Dataset.from(Array.from({ length: 24 }, (_, i) => withTargets(randomStructure(i + 1, 4 + (i % 3), false), i)));
const few = { sampleSize: 40, repeats: 2, length: 6 };

describe("the information of a descriptor", () => {
  it("holds everything where the data has everything", async () => {
    const information = await descriptorInformation(molecules, soap, executor, few);
    expect(information.remarks).toEqual([]);
    expect(information).toMatchObject({ rows: "center", sampleSize: 40 });
    const { spectrum, kernels, distanceCorrelation, closest, learning, map } = information;
    expect(spectrum.rank).toBeGreaterThan(10);
    expect(kernels!.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe((40 * 39) / 2);
    for (const { mean, count } of [distanceCorrelation.energy!, distanceCorrelation.force!]) expect(mean >= 0 && mean < 1 && count === 8).toBe(true);
    expect(closest!.length).toBe(5);
    for (const { distance, displacement } of closest!) expect(distance > 0 && distance < 1 && displacement > 1e-3).toBe(true);
    expect(learning.length).toBe(6);
    for (const curve of [learning.energy!, learning.energyAtLength!, learning.forcesAtLength!]) {
      expect(curve.points.map(({ structures }) => structures)).toEqual([4, 9, 18]);
      const last = curve.points[2].rmse;
      expect(last.mean).toBeLessThan(curve.spread);
      expect(last.error).toBeGreaterThan(0);
    }
    expect(map.points).toHaveLength(40);
  });

  it("has the same bits in whatever order tasks end", async () => {
    const data = molecules.subset([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const compute = async (on: Executor) => [
      await descriptorInformation(data, soap, on, { ...few, sampleSize: 16 }),
      await descriptorAgreement(data, [soap, smaller], on, { ...few, sampleSize: 16, localNeighbors: 8 }),
    ];
    const expected = await compute(executor);
    const delayed = new DelayingExecutor(executor, 5, 4);
    expect(await compute(delayed)).toEqual(expected);
    expect(delayed.overtakings).toBeGreaterThan(0);
  });

  it("passes over environments that are the same", async () => {
    const [one, other] = [molecules.structure(0), molecules.structure(1)];
    const mirrored = { ...one, positions: one.positions.map((x, i) => (i % 3 ? x : 1 - x)), label: "mirrored" };
    const { closest, sampleSize } = await descriptorInformation(Dataset.from([one, mirrored, other]), soap, executor, few);
    expect(sampleSize).toBe(13);
    expect(closest!.length).toBe(5);
    for (const { distance, displacement } of closest!) expect(distance > 1e-4 && displacement > 1e-3).toBe(true);
  });

  it("leaves out what turning rows, tuples and whole structures do not have", async () => {
    const turning = await descriptorInformation(molecules, expansion, executor, few);
    expect(turning.remarks.join()).toMatch(/Rows turn with the structure/);
    expect([turning.kernels, turning.closest, turning.learning.energy]).toEqual([undefined, undefined, undefined]);
    const tuples = await descriptorInformation(molecules, pairs, executor, few);
    expect(tuples.remarks.join()).toMatch(/tuples of atoms/);
    expect(tuples).toMatchObject({ rows: "tuple", sampleSize: 40, kernels: undefined, closest: undefined });
    const whole = await descriptorInformation(molecules, coulomb, executor, few);
    expect(whole).toMatchObject({ rows: "structure", sampleSize: 24, closest: undefined, distanceCorrelation: { force: undefined } });
    expect(whole.learning.energy!.points).toHaveLength(3);
    expect(whole.learning.forcesAtLength!.points).toHaveLength(3);
    expect(whole.map.rows[3]).toEqual({ structure: 3, atom: -1 });
  });

  const atom = (element: number, label: string): Structure =>
    makeStructure({ atomicNumbers: Uint8Array.of(element), positions: new Float64Array(3), cell: null, pbc: [false, false, false], label });
  const noTargets = Array.from({ length: 24 }, (_, i) => ({ ...randomStructure(i + 1, 5, false) }));

  it.each([
    ["no energies or forces", noTargets, /no energies.*\|.*|no forces/],
    ["one structure", [withTargets(randomStructure(1, 5, false), 0)], /1 structure with an energy/],
    ["one atom", [atom(11, "atom")], /one environment: nothing/],
    ["equal atoms", [atom(11, "a"), atom(11, "b"), atom(11, "c")], /All rows of the sample are equal/],
    ["a species with one atom", [...molecules, withTargets(atom(3, "Li"), 0)], /^$/],
  ])("copes with %s", async (_, structures, remarks) => {
    const information = await descriptorInformation(Dataset.from(structures), soap, executor, few);
    expect(information.remarks.join(" | ")).toMatch(remarks);
    expect(wrongNumbers(information)).toEqual([]);
  });

  it("says where rows are too long to learn from all structures", async () => {
    const bytes = 8 * soap.featureCount(molecules.species()) * molecules.species().length;
    const { learning, remarks } = await descriptorInformation(molecules, soap, executor, { ...few, memory: { sums: 12.9 * bytes } });
    expect(remarks).toEqual([expect.stringMatching(/energies were learned from 12 structures instead of 24/)]);
    expect(learning.energy!.points.at(-1)!.structures).toBe(9);
    expect([learning.energy, learning.energyAtLength, learning.forcesAtLength].map((curve) => curve!.leftOut)).toEqual([12, 12, 0]);
    const forces = await descriptorInformation(molecules, soap, executor, { ...few, memory: { equations: 1 } });
    expect(forces.remarks).toEqual([expect.stringMatching(/forces were learned from 8 structures instead of 24/)]);
    expect([forces.learning.energy, forces.learning.forcesAtLength].map((curve) => curve!.leftOut)).toEqual([0, 16]);
  });

  it("stops on a signal and gives its memory back", async () => {
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const stop = AbortSignal.abort();
    await expect(descriptorInformation(molecules, soap, executor, { ...few, signal: stop })).rejects.toThrow(/cancelled/);
    await expect(descriptorAgreement(molecules, [soap], executor, { ...few, signal: stop })).rejects.toThrow(/cancelled/);
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
  });

  /** Paths of numbers that are not finite, but for errors of one value and condition numbers. */
  function wrongNumbers(value: unknown, path = ""): string[] {
    if (typeof value === "number") return Number.isFinite(value) || /error$|conditionNumber$/.test(path) ? [] : [path];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => wrongNumbers(inner, `${path}.${key}`));
  }
});

describe("the agreement of descriptors", () => {
  const options = { ...few, localNeighbors: 8, localTests: 10 };

  it("is complete with itself, and a part tells less than the whole", async () => {
    const doubled = createDescriptor({ type: "concatenation", parts: [smaller.parameters, smaller.parameters] });
    const { members, overlap, globalError, localError, remarks } = await descriptorAgreement(molecules, [soap, expansion, smaller, doubled, coulomb], executor, { ...options, sampleSize: 120 });
    expect(members).toEqual([0, 2, 3, 4]);
    expect(remarks.join()).toMatch(/spherical-expansion turn.*no rows in common/);
    for (const i of [0, 1, 2]) expect(overlap[i][i]).toBe(1);
    // the same columns twice: the same neighborhoods, and each a linear map of the other
    expect(overlap[1][2]).toBe(1);
    expect(globalError[1][2].mean).toBeLessThan(1e-6);
    expect(globalError[2][1].mean).toBeLessThan(1e-6);
    expect(overlap[0][1]).toBe(overlap[1][0]);
    expect(globalError[1][0].mean).toBeGreaterThan(globalError[1][1].mean + 0.02);
    expect(localError[1][0].mean).toBeGreaterThan(0.02);
    expect(globalError[0][1]).toMatchObject({ count: 2 });
    expect([overlap[0][3], globalError[3][0].mean]).toEqual([NaN, NaN]);
  });

  it("computes only what is not known", async () => {
    const known = new Map<string, PairAgreement>();
    const all = await descriptorAgreement(molecules, [soap, smaller], executor, { ...options, onPair: (i, j, pair) => known.set(`${i} ${j}`, pair) });
    expect([...known.keys()]).toEqual(["0 0", "0 1", "1 0", "1 1"]);
    known.delete("1 0");
    const computed: string[] = [];
    const again = await descriptorAgreement(molecules, [soap, smaller], executor, {
      ...options,
      known: (i, j) => known.get(`${i} ${j}`),
      onPair: (i, j) => computed.push(`${i} ${j}`),
    });
    expect(again).toEqual(all);
    expect(computed).toEqual(["1 0"]);
  });

  it("keeps the pairs that were whole when it was stopped", async () => {
    const descriptors = [soap, smaller, createDescriptor({ type: "acsf", cutoff: { radius: 3 }, g2: [[1, 0], [1, 2]] })];
    const known = new Map<string, PairAgreement>();
    const stop = new AbortController();
    const keep = (i: number, j: number, pair: PairAgreement): void => {
      known.set(`${i} ${j}`, pair);
      stop.abort();
    };
    await expect(descriptorAgreement(molecules, descriptors, executor, { ...options, onPair: keep, signal: stop.signal })).rejects.toThrow(/cancelled/);
    expect([...known.keys()]).toEqual(["0 0", "0 1", "0 2", "1 0", "1 1", "1 2"]);
    const computed: string[] = [];
    const resumed = await descriptorAgreement(molecules, descriptors, executor, { ...options, known: (i, j) => known.get(`${i} ${j}`), onPair: (i, j) => computed.push(`${i} ${j}`) });
    expect(computed).toEqual(["2 0", "2 1", "2 2"]);
    expect(resumed).toEqual(await descriptorAgreement(molecules, descriptors, executor, options));
  });

  it("leaves out what there is no time for", async () => {
    let asked = 0;
    const mayGoOn = (): boolean => asked++ < 2;
    const { overlap, globalError } = await descriptorAgreement(molecules, [soap, smaller, soap], executor, { ...options, mayGoOn });
    expect(overlap.map((row) => row.map(Number.isFinite))).toEqual([[true, true, true], [true, true, true], [false, false, false]]);
    expect(globalError[2].map(({ mean, count }) => [mean, count])).toEqual([[NaN, 0], [NaN, 0], [NaN, 0]]);
  });

  it("says that there are too few rows", async () => {
    const { overlap, remarks } = await descriptorAgreement(molecules.subset([0]), [soap, smaller], executor, options);
    expect(overlap).toEqual([[NaN, NaN], [NaN, NaN]]);
    expect(remarks.join()).toMatch(/16 are needed/);
  });
});
