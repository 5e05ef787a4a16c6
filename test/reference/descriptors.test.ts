// Values of other programs for descriptors. Every file of the folder is compared.
import { describe, expect, it } from "vitest";
import { compareSna, compareSnad, compareSnapPotential } from "./descriptors/bispectrum.js";
import { compareTensor, compareValleOganov } from "./descriptors/many-body.js";
import { compareMatrix } from "./descriptors/matrices.js";
import { compareAcsf } from "./descriptors/acsf.js";
import { compareSymmetryFunctions } from "./descriptors/n2p2.js";
import type { CompareFile, IndexEntry } from "./descriptors/run.js";
import { compareLibrascal } from "./descriptors/librascal.js";
import { compareLocations, compareSoap } from "./descriptors/soap.js";
import { referenceSuite } from "./suite.js";

/** How each kind is compared. */
const kinds: readonly (readonly [RegExp, CompareFile])[] = [
  [/^SOAP$/u, compareSoap],
  [/^soap feature location map$/u, compareLocations],
  [/^ACSF$/u, compareAcsf],
  [/^n2p2 symmetry functions/u, compareSymmetryFunctions],
  [/^compute sna\/atom$/u, compareSna],
  [/^compute snad\/atom$/u, compareSnad],
  [/^pair_style snap /u, compareSnapPotential],
  [/^L?MBTR$/u, compareTensor],
  [/^ValleOganov$/u, compareValleOganov],
  [/^librascal SphericalInvariants PowerSpectrum$/u, compareLibrascal],
  [/^(CoulombMatrix|SineMatrix|EwaldSumMatrix)$/u, compareMatrix],
];

const suite = referenceSuite("descriptors");
const { folder, comparisons } = suite;

describe.skipIf(!folder)("reference values of descriptors", () => {
  const entries = folder ? (folder.json("index.json") as readonly IndexEntry[]) : [];
  folder?.know(...entries.flatMap(({ file, frame }) => [file, frame]));

  it("are all known, and all there", () => {
    expect(folder!.unknown).toEqual([]);
    expect(entries.filter(({ file }) => !folder!.has(file))).toEqual([]);
    expect(new Set(entries.map(({ file }) => file)).size).toBe(entries.length);
  });

  for (const entry of entries) {
    const compare = kinds.find(([pattern]) => pattern.test(entry.descriptor))?.[1];
    it(entry.file, async () => {
      if (!compare) throw new Error(`the suite does not know the descriptor "${entry.descriptor}"`);
      await compare({ folder: folder!, executor: suite.executor, comparisons }, entry);
    });
  }

  it("were compared", () => {
    expect(comparisons.total).toBeGreaterThan(0);
  });
});
