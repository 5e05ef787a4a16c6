// What no descriptor may do, whatever it computes: give numbers that are none, or fail without saying where.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyDescriptor, createDescriptor, descriptorNames } from "../../src/descriptors/index.js";
import { describeStructures, learnFromData } from "../../src/environments/index.js";
import { InvalidStructureError, PestleError } from "../../src/errors.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";
import { exampleParameters } from "./examples.js";

const cell = Float64Array.from([4.1, 0, 0, 0.3, 3.9, 0, -0.2, 0.1, 4.4]);
const periodic = [true, true, true] as const;

/** Structures that some program of the field fails on; what makes numbers of them must make finite ones. */
const odd: Readonly<Record<string, Structure>> = {
  "no atoms": frame([], []),
  "one atom": frame([14], [0, 0, 0]),
  "one atom in a cell": frame([14], [0.1, 0.2, 0.3], cell),
  "a pair that is in line with an axis": frame([14, 8], [0, 0, 0, 0, 0, 1.6]),
  "three atoms in line": frame([8, 14, 8], [0, 0, -1.6, 0, 0, 0, 0, 0, 1.6]),
  "atoms 0.03 Å apart": frame([14, 14, 8], [0, 0, 0, 0, 0, 0.03, 1, 1, 1]),
  "atoms far outside of the cell": frame([14, 8], [41, -40, 80, 43, -40.5, 80.2], cell),
  "neighbors at exactly the cutoff": frame([14, 14, 14], [0, 0, 0, 3.5, 0, 0, 0, 3.5, 0]),
  "atoms out of reach of each other": frame([14, 8], [0, 0, 0, 40, 0, 0]),
  "a square, which has equal eigenvalues": frame([14, 14, 14, 14], [0, 0, 0, 2, 0, 0, 0, 2, 0, 2, 2, 0]),
};

/** What cannot be described. */
const impossible: Readonly<Record<string, readonly [Structure, RegExp]>> = {
  "a position that is not a number": [frame([14, 8], [0, 0, Number.NaN, 0, 0, 1.6], cell), /NaN/u],
  "an infinite position": [frame([14, 8], [0, 0, 0, 0, Number.POSITIVE_INFINITY, 1.6], cell), /Infinity/u],
  "atoms at one place": [frame([14, 8], [1, 1, 1, 1, 1, 1], cell), /apart/u],
  "a species that is not in the list": [frame([14, 79], [0, 0, 0, 0, 0, 1.6], cell), /Au is not among the species/u],
  "a flat cell": [frame([14, 8], [0, 0, 0, 0, 0, 1.6], Float64Array.from([4, 0, 0, 8, 0, 0, 0, 0, 4])), /singular/u],
};

describe("every descriptor", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  const species = [8, 14];
  const rowsOf = async (descriptor: AnyDescriptor, structure: Structure): Promise<number[]> => {
    const values: number[] = [];
    for await (const block of describeStructures(executor, descriptor, [structure], { species })) values.push(...block.values);
    return values;
  };
  const made = (name: string): Promise<AnyDescriptor> =>
    learnFromData(executor, createDescriptor<string>({ ...exampleParameters[name], type: name }), Object.values(odd), { species });

  it("has an example here", () => {
    expect(Object.keys(exampleParameters).sort()).toEqual([...descriptorNames].sort());
  });

  it.each(descriptorNames)("gives finite numbers, or says what is wrong and where: %s", async (name) => {
    const descriptor = await made(name);
    for (const [what, structure] of Object.entries(odd)) {
      let values: number[];
      try {
        values = await rowsOf(descriptor, structure);
      } catch (error) {
        expect(error, what).toBeInstanceOf(PestleError);
        expect((error as Error).message, what).toContain(structure.label);
        continue;
      }
      expect(values.filter((value) => !Number.isFinite(value)), what).toEqual([]);
      if (structure.atomicNumbers.length === 0) expect(values).toEqual([]);
    }
  });

  it.each(descriptorNames)("refuses what cannot be described: %s", async (name) => {
    const descriptor = await made(name);
    for (const [what, [structure, reason]] of Object.entries(impossible)) {
      const failure = await rowsOf(descriptor, structure).then(() => undefined, (error: unknown) => error);
      // a matrix of pairs without images has no use for a cell
      if (failure === undefined && what === "a flat cell" && name === "coulomb-matrix") continue;
      expect(failure, what).toBeInstanceOf(InvalidStructureError);
      expect((failure as Error).message, what).toMatch(reason);
      expect((failure as Error).message, what).toContain(structure.label);
    }
  });

  it.each(descriptorNames)("refuses a range of 0, and keys that it does not know: %s", (name) => {
    const parameters = exampleParameters[name] as { cutoff?: object };
    if (parameters.cutoff) expect(() => createDescriptor({ ...parameters, type: name, cutoff: { ...parameters.cutoff, radius: 0 } })).toThrow(/cutoff\.radius is 0/u);
    expect(() => createDescriptor({ ...parameters, type: name, nmaxx: 3 })).toThrow(/unknown key "nmaxx"/u);
  });
});

function frame(atomicNumbers: readonly number[], positions: readonly number[], vectors: Float64Array | null = null): Structure {
  return {
    atomicNumbers: Uint8Array.from(atomicNumbers), positions: Float64Array.from(positions), cell: vectors, pbc: vectors ? periodic : [false, false, false],
    label: "frame 7 of odd.xyz", targets: {}, configType: "", info: new Map(), atomInfo: [],
  };
}
