// Two isolated atoms of one element: the better-founded one counts, and the report says so.
import { describe, expect, it } from "vitest";
import { findIsolatedAtomEnergies } from "../../src/fit/isolated-atoms.js";
import { Dataset, parseStructures } from "../../src/structures/index.js";

const atom = (energy: string, name = ""): string => `1\nProperties=species:S:1:pos:R:3 energy=${energy}${name && ` config_type=${name}`}\nCu 0 0 0\n`;

describe("isolated atoms that contradict each other", () => {
  it.each<[string[], number, RegExp | undefined]>([
    [[atom("-1.0"), atom("-0.5", "IsolatedAtom")], -0.5, /-0\.5 eV \(frame 2 of f\) counts, since its config_type says IsolatedAtom; not -1 eV \(frame 1 of f\)/],
    [[atom("-0.5", "isolated_atom"), atom("-1.0")], -0.5, /config_type says IsolatedAtom/],
    [[atom("-1.0", "IsolatedAtom"), atom("-1.5", "IsolatedAtom")], -1.5, /-1\.5 eV \(frame 2 of f\) counts, since it is the lowest; not -1 eV/],
    [[atom("-1.0"), atom("-0.5")], -1, /since it is the lowest/],
    [[atom("-1.0"), atom("-1.00"), atom("-10e-1", "IsolatedAtom")], -1, undefined],
  ])("%#", (frames, energy, warning) => {
    const dataset = Dataset.from(parseStructures(frames.join(""), "f"));
    expect(findIsolatedAtomEnergies("from-data", dataset, [29]).values).toEqual([energy]);
    expect(dataset.report.warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });
});
