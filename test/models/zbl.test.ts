import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { decodeModel, encodeModel, evaluateStructure, ZblModel } from "../../src/models/index.js";
import { partTypes } from "../../src/models/registry.js";
import { zblType } from "../../src/models/pair/zbl.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "./systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const model = new ZblModel([11, 17], { type: "zbl", inner: 1.8, outer: 3.5 });

describe("ZBL repulsion", () => {
  describePotential({ executor: () => executor, potential: () => model, structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)] });

  it("goes to that of bare nuclei at short distance, and ends smoothly", async () => {
    const energyAt = async (r: number): Promise<number> => {
      const atoms = { atomicNumbers: Uint8Array.of(11, 17), positions: Float64Array.of(0, 0, 0, r, 0, 0), cell: null, pbc: [false, false, false] as const, label: "dimer" };
      return (await evaluateStructure(model, makeStructure(atoms), executor)).energy;
    };
    // k Z Z'/r, screened by less than a percent
    expectClose([(await energyAt(1e-4)) * 1e-4], [14.39964548 * 11 * 17], 1e-2, "relative-to-max");
    expect(await energyAt(3.5)).toBe(0);
    // the fourth power of what is left to the end: value, slope and curvature vanish, the third derivative does not
    const [far, near] = [await energyAt(3.5 - 2e-2), await energyAt(3.5 - 1e-2)];
    expect(far > 0 && far / near > 7.5 && far / near < 8.5).toBe(true);
  });

  it("is stored and read, and refuses what is none", async () => {
    const decoded = await decodeModel(await encodeModel(model), "a.pestle");
    expect(decoded).toBeInstanceOf(ZblModel);
    expect(await evaluateStructure(decoded, randomStructure(1), executor)).toEqual(await evaluateStructure(model, randomStructure(1), executor));
    expect(() => new ZblModel([11], { type: "zbl", inner: 2, outer: 2 })).toThrow(InvalidParameterError);
    expect(() => zblType.decode({ parameters: { species: [11] }, arrays: [] }, {}, "x", partTypes)).toThrow(FormatError);
  });
});
