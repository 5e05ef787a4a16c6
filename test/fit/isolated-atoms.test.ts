import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { findIsolatedAtomEnergies } from "../../src/fit/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose } from "../expect.js";
import { makeStructure } from "../models/systems.js";

function frame(atomicNumbers: number[], energy: number | undefined, configType = "", periodic = false): Structure {
  const positions = Float64Array.from({ length: 3 * atomicNumbers.length }, (_, i) => 2 * i);
  const cell = periodic ? Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9) : null;
  const atoms = { atomicNumbers: Uint8Array.from(atomicNumbers), positions, cell, pbc: [periodic, periodic, periodic] as const, label: "frame" };
  return makeStructure(atoms, energy === undefined ? {} : { energy }, configType);
}

describe("isolated-atom energies", () => {
  it("come from one-atom frames that are called so or are not periodic", () => {
    const dataset = Dataset.from([
      frame([1, 8], -20),
      frame([1], -7, "crystal", true),
      frame([1], undefined),
      frame([1], -13.6, "IsolatedAtom", true),
      frame([1], -13.5),
      frame([8], -432),
    ]);
    expect(findIsolatedAtomEnergies("from-data", dataset, [1, 8])).toEqual({ values: [-13.6, -432], source: "from-data" });
  });

  it("pass over energies that a mask leaves out of the fit", () => {
    const masked = (structure: Structure, value: number): Structure => {
      const column = { name: "m", unit: "1", per: "structure", width: 1, values: Float64Array.of(value) } as const;
      return { ...structure, columns: new Map([["m", column]]) };
    };
    const dataset = Dataset.from([masked(frame([1], -13), 0), masked(frame([1], -13.6), 1), frame([8], -432), masked(frame([1, 8], 1000), 0)]);
    const masks = { masks: { energy: "m" } };
    expect(findIsolatedAtomEnergies("from-data", dataset, [1, 8], masks).values).toEqual([-13.6, -432]);
    expectClose(findIsolatedAtomEnergies("least-squares", dataset, [1, 8], masks).values, [-13.6, -432], 1e-9);
  });

  it("are fitted to energies per atom", () => {
    const dataset = Dataset.from([frame([1, 1, 8], -2 - 2 - 5), frame([1, 8], -2 - 5), frame([8, 8, 8], -15), frame([1], undefined)]);
    expectClose(findIsolatedAtomEnergies("least-squares", dataset, [1, 8]).values, [-2, -5], 1e-10);
    // of one composition only the sum is known: the smallest solution
    expectClose(findIsolatedAtomEnergies("least-squares", Dataset.from([frame([1, 1, 8], -15), frame([1, 1, 8], -15)]), [1, 8]).values, [-6, -3], 1e-10);
  });

  it("are given by symbol", () => {
    const dataset = Dataset.from([frame([1, 8], -20)]);
    expect(findIsolatedAtomEnergies({ O: -5, H: -2, U: 9 }, dataset, [1, 8])).toEqual({ values: [-2, -5], source: "given" });
    expect(() => findIsolatedAtomEnergies({ H: -2 }, dataset, [1, 8])).toThrow(/no O.*add "O: <energy in eV>"/u);
    expect(() => findIsolatedAtomEnergies("from-data", dataset, [1, 8])).toThrow(InvalidParameterError);
    expect(() => findIsolatedAtomEnergies("least-squares", Dataset.from([frame([1], undefined)]), [1])).toThrow(/needs energies/u);
  });
});
