import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bispectrum } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";

const valid = { type: "bispectrum" as const, rcutfac: 5 };
const bispectrum = (changes: object): Bispectrum => new Bispectrum({ ...valid, ...changes });

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

describe("parameters of the bispectrum", () => {
  it("have the defaults of LAMMPS", () => {
    const { parameters, cutoff, isSmoothAtCutoff } = bispectrum({});
    expect(parameters).toEqual({
      ...valid, twoJMax: 6, radii: 0.5, weights: 1, rfac0: 0.99363, rmin0: 0, switch: true, bzero: true, bnorm: false, chem: false, wselfall: false,
    });
    expect(cutoff).toBe(5);
    expect(isSmoothAtCutoff).toBe(true);
    expect(bispectrum({ switch: false }).isSmoothAtCutoff).toBe(false);
  });

  it("make the largest cutoff of a pair the range of the neighbors", () => {
    expect(bispectrum({ radii: { Na: 0.45, Cl: 0.6 } }).cutoff).toBe(6);
  });

  it.each([[0, 1], [2, 5], [4, 14], [6, 30], [8, 55], [10, 91], [14, 204]])("2J = %i: %i components", (twoJMax, count) => {
    expect(bispectrum({ twoJMax }).featureCount([11, 17])).toBe(count);
    expect(bispectrum({ twoJMax, chem: true }).featureCount([11, 17])).toBe(8 * count);
    expect(bispectrum({ twoJMax, chem: { Na: 0, Cl: 0 } }).featureCount([11, 17])).toBe(count);
  });

  it("label densities by the species that share them", () => {
    const features = bispectrum({ twoJMax: 0, chem: { Na: 1, K: 0, Cl: 1 } }).features([11, 17, 19]);
    expect(features.slice(0, 2).map(({ label }) => label)).toEqual(["K K K 2j1=0 2j2=0 2j=0", "K K Na+Cl 2j1=0 2j2=0 2j=0"]);
    expect(features[1].channel).toEqual(["K", "Na", "Cl"]);
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ rcutfac: 0 }, /rcutfac/],
    [{ twoJMax: 15 }, /twoJMax/],
    [{ twoJMax: 2.5 }, /twoJMax/],
    [{ rfac0: 1.2 }, /rfac0/],
    [{ twojmax: 8 }, /twojmax.*twoJMax/s],
    [{ radii: 6 }, /cutoff of 60 Å; it must not exceed 50 Å/],
    [{ radii: {} }, /radii has no values/],
    [{ radii: { Na: 0.5, Cl: -1 } }, /radii/],
    [{ rmin0: 4, radii: { Na: 0.5, Cl: 0.4 } }, /rmin0 is 4 Å; it must be below the smallest cutoff of a pair.*= 4 Å/],
    [{ species: ["Na", "Na"] }, /names one element twice/],
    [{ species: ["Na"], weights: { Na: 1, Cl: 2 } }, /weights has a value for Cl, which is not in species \[Na\]/],
    [{ species: ["Na", "Cl"], chem: { Na: 0 } }, /chem has values for Na but none for Cl: add one$/],
    [{ innerSwitch: { center: 1 } }, /halfWidth/],
    [{ innerSwitch: { center: 1, halfWidth: 0 } }, /halfWidth/],
  ];
  it.each(wrong)("%j", (changes, message) => {
    expect(() => bispectrum(changes)).toThrow(message);
  });

  it("must cover the species of the data", () => {
    expect(() => bispectrum({ species: ["Na"] }).featureCount([11, 17])).toThrow(/the data contains Cl, which is not in species \[Na\]: add it/);
    const { wasm, pool } = executor;
    expect(() => bispectrum({ radii: { Na: 0.5 } }).prepare(wasm, pool, [11, 17])).toThrow(/radii has values for Na but none for Cl: add one, or give one number/);
  });
});

/** One center of a species at the origin. */
function rowOf(parameters: object, center: number, neighbors: readonly (readonly number[])[]): Float64Array {
  const calculator = new Calculator(executor, bispectrum({ twoJMax: 3, ...parameters }), [6, 8]);
  const environments = { centerSpecies: [center], offsets: [0, neighbors.length], neighborSpecies: neighbors.map(() => 1), displacements: Float64Array.from(neighbors.flat()) };
  const { values, backward } = calculator.compute(environments, { gradients: new Float64Array(calculator.nFeatures).fill(1) });
  calculator.release();
  expect([...values, ...backward].every(Number.isFinite)).toBe(true);
  return values;
}

describe("the bispectrum at its borders", () => {
  it("of an isolated atom is 0, or J + 1 where that is not subtracted", () => {
    expectClose(rowOf({}, 0, []), new Float64Array(8), 1e-14);
    expectClose(rowOf({ bzero: false }, 0, []), [1, 2, 3, 3, 4, 3, 4, 4], 1e-13);
  });

  it("counts neighbors beyond the cutoff of their pair as none", () => {
    expect(rowOf({ radii: { C: 0.5, O: 0.3 } }, 0, [[0, 0, 4.01]])).toEqual(rowOf({}, 0, []));
  });

  it("is finite and the same in all directions where an atom is on the center", () => {
    const at = rowOf({}, 0, [[0, 0, 0], [1, 1, 1]]);
    expectClose(rowOf({}, 0, [[1e-13, 0, 0], [1, 1, 1]]), at, 1e-10);
    expectClose(rowOf({}, 0, [[0, -1e-9, 0], [1, 1, 1]]), at, 1e-7);
  });

  it("of a point in space sees as far as the largest atom, and has no density of its own with chem", () => {
    expectClose(rowOf({ radii: { C: 0.5, O: 0.3 } }, -1, [[0, 0, 3.9]]), rowOf({ radii: { C: 0.5, O: 0.3 } }, 0, [[0, 0, 3.9]]), 1e-14);
    expect([...rowOf({ chem: true }, -1, [])].every((value) => value === 0)).toBe(true);
  });

  it("takes rmin0 as angle zero, and distances below it", () => {
    rowOf({ rmin0: 1 }, 0, [[0, 0, 1], [0, 1.5, 0]]);
    rowOf({ rmin0: 2 }, 0, [[0, 0, 0.5], [0, 1.5, 0]]);
  });
});
