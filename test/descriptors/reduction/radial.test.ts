import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import type { Descriptor } from "../../../src/descriptors/index.js";
import { columnsAfter, partsOf } from "../../../src/descriptors/reduction/column-map.js";
import type { Executor } from "../../../src/parallel/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";
import { contractSystems, speciesOf } from "../systems.js";

type Parameters = { readonly type: string } & Record<string, unknown>;

const systems = contractSystems();
const species = speciesOf(...systems);
const quip = { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 2, sigma: 0.5, cutoff: { radius: 3.5, width: 0.6 } };
const radial = (parameters: Parameters, more: object = {}): Parameters => ({ ...parameters, reduction: { type: "radial", ...more } });
const make = (parameters: Parameters): Descriptor => createEnvironmentDescriptor(parameters, "these tests");

const contracts: Record<string, Parameters> = {
  soap: radial(quip, { tolerance: 1e-2 }),
  "soap, not normalized, center in all": radial({ ...quip, normalize: false, centralReference: "all", nMax: 3 }),
  "soap, outer average": radial({ ...quip, average: "outer" }),
  "soap, inner average": radial({ ...quip, average: "inner" }),
};
for (const [name, parameters] of Object.entries(contracts)) {
  descriptorContract(`radial reduction: ${name}`, () => make(parameters), { systems: systems.slice(0, 3), differenceTolerance: 1e-6 });
}

describe("the radial reduction", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  /** Rows and Jacobian of some system, with the rows as they are in the memory. */
  const describeBoth = (parameters: Parameters, more: object = {}, list = species) => {
    const fewer = make(radial(parameters, more));
    const whole = make(parameters);
    const [a, b] = [whole, fewer].map((descriptor) => new Calculator(executor, descriptor, list));
    const environments = a.environments(systems[2]);
    const [before, after] = [a, b].map((calculator) => calculator.compute(environments, { jacobian: true }));
    a.release();
    b.release();
    return { fewer, before, after, nBefore: a.nFeatures, nAfter: b.nFeatures };
  };
  const rowsOf = (values: Float64Array, width: number): Float64Array[] => Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, f) => sum + value * b[f], 0);

  it.each([
    ["several species", quip, 1e-12],
    ["sums over species", { ...quip, compression: "mu2" }, 1e-12],
    ["one factor without species", { ...quip, compression: "mu1nu1" }, 1e-12],
    ["not normalized", { ...quip, normalize: false }, 1e-12],
    ["a looser tolerance", { ...quip, nMax: 6 }, 1e-5],
  ] as const)("is the matrix of its map times the whole, and keeps dot products: %s", (_, parameters, tolerance) => {
    const { fewer, before, after, nBefore, nAfter } = describeBoth(parameters, { tolerance });
    const map = fewer.reducedFrom!.columnMap(species);
    expect([map.nBefore, columnsAfter(map)]).toEqual([nBefore, nAfter]);
    expect(nAfter < 0.9 * nBefore).toBe(true);
    const parts = partsOf(map);
    // columns of what is left out differ by norms: x / |x| of fewer columns
    const room = Math.max(1e-10, tolerance);
    for (const [full, few] of [[before.values, after.values], [before.jacobian, after.jacobian]]) {
      const expected = rowsOf(full, nBefore).flatMap((row) => parts.map((of) => of.reduce((sum, { column, weight }) => sum + weight * row[column], 0)));
      expectClose(few, expected, room, "relative-to-max");
    }
    const [whole, few] = [rowsOf(before.values, nBefore), rowsOf(after.values, nAfter)];
    const products = (rows: readonly Float64Array[]): number[] => rows.flatMap((a) => rows.map((b) => dot(a, b)));
    expectClose(products(few), products(whole), Math.max(1e-12, tolerance ** 2), "relative-to-max");
  });

  it("leaves 196 of 324 columns with n = l = 8 at σ = 0.5 Å and 5 Å, and kernels to 1e-14", () => {
    const large = { ...quip, nMax: 8, lMax: 8, sigma: 0.5, cutoff: { radius: 5, width: 1 } };
    const { nBefore, nAfter, before, after } = describeBoth({ ...large, compression: "mu2" });
    expect([nBefore, nAfter]).toEqual([324, 196]);
    const [whole, few] = [rowsOf(before.values, nBefore), rowsOf(after.values, nAfter)];
    for (const [i, a] of whole.entries()) for (const [j, b] of whole.entries()) expectClose([dot(few[i], few[j])], [dot(a, b)], 1e-14);
  });

  it("says what its columns are, each once", () => {
    const features = make(radial(quip)).features([14]);
    expect(features[0]).toEqual({ label: "Si Si u=1 u'=1 l=0", bodyOrder: 3, channel: ["Si", "Si"] });
    expect(new Set(features.map(({ label }) => label)).size).toBe(features.length);
  });

  it("is made again from its parameters, and has nothing to learn", () => {
    const fewer = make(radial(quip));
    expect(fewer.learn).toBeUndefined();
    expect(fewer.parameters).toMatchObject({ reduction: { type: "radial", tolerance: 1e-7 } });
    expect(make({ ...fewer.parameters, type: "soap" }).features([6, 14])).toEqual(fewer.features([6, 14]));
  });

  it.each([
    [radial({ ...quip, basis: "gto", cutoff: { radius: 3.5 } }), 'soap: reduction "radial" is for bases of QUIP, but the basis is "gto", whose functions are independent'],
    [radial({ ...quip, basis: "quip-gto" }), 'soap: reduction "radial" finds no function to leave out: all 4 of basis "quip-gto" are independent to the tolerance 1e-7 for every degree'],
    [radial({ ...quip, compression: "diagonal-radial" }), 'needs all products of radial functions, but compression "diagonal-radial" leaves some out'],
    [radial({ ...quip, compression: { mode: "nu", nuR: 1 } }), 'compression "nu" leaves some out'],
    [radial({ type: "acsf", cutoff: { radius: 3.5 }, g2: [{ eta: 0.5, shift: 0 }] }), 'acsf: reduction "radial" leaves out radial functions that others span, and this descriptor has none'],
    [radial(quip, { tolerance: 2 }), /tolerance/u],
  ] as const)("refuses parameters %#", (parameters, message) => {
    expect(() => make(parameters)).toThrow(message);
  });
});
