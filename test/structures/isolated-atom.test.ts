import { describe, expect, it } from "vitest";
import { findIsolatedAtomEnergies } from "../../src/fit/index.js";
import { Dataset, isIsolatedAtom, parseStructures, splitDataset } from "../../src/structures/index.js";

const BOX = 'Lattice="9 0 0 0 9 0 0 0 9"';
const crystals = Array.from({ length: 12 }, (_, i) => `2\n${BOX} Properties=species:S:1:pos:R:3 energy=-${i + 1}.5 config_type=crystal\nSi 0 0 0\nSi 2.3 0 0\n`);

function atom(comment: string): string {
  return `1\n${comment} Properties=species:S:1:pos:R:3 energy=-100.5\nSi 0 0 0\n`;
}

const datasetOf = (...frames: string[]): Dataset => Dataset.from(parseStructures(frames.join("")));

describe("an isolated atom", () => {
  it.each([
    ["not periodic", atom(""), true],
    ["not periodic, of any group", atom("config_type=dimer"), true],
    ["in a box that is called so", atom(`${BOX} config_type=IsolatedAtom`), true],
    ["in a box, in another spelling", atom(`${BOX} config_type=isolated_atom`), true],
    ["in a box of another group", atom(`${BOX} config_type=crystal`), false],
    ["periodic in one direction", atom(`${BOX} pbc="F F T"`), false],
    ["two atoms", "2\nconfig_type=IsolatedAtom \nSi 0 0 0\nSi 2 0 0\n", false],
  ])("%s", (_, frame, expected) => {
    expect(isIsolatedAtom(datasetOf(frame), 0)).toBe(expected);
  });

  it("in a periodic box stays in the training data of every split, so that a fit finds its energy", () => {
    const dataset = datasetOf(...crystals.slice(0, 5), atom(`${BOX} config_type=IsolatedAtom`), ...crystals.slice(5));
    for (let seed = 1; seed <= 12; seed++) {
      const { train, test } = splitDataset(dataset, { seed, fractions: { test: 0.4 }, stratify: seed % 2 === 0 });
      expect(test.nStructures).toBe(5);
      expect(findIsolatedAtomEnergies("from-data", train, [14])).toEqual({ values: [-100.5], source: "from-data" });
    }
  });
});
