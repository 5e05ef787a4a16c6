import { describe, expect, it } from "vitest";
import { type StructureComparison, suspectReferenceWarnings } from "../../src/analysis/index.js";
import { VOIGT } from "../../src/structures/tensor.js";
import { unitFactor } from "../../src/units.js";

const cells = Array.from({ length: 12 }, (_, i) => ({ cell: Float64Array.of(5 + 0.2 * i, 0, 0, 0.3, 6, 0, 0, 0, 7) }));
const volumeOf = (i: number): number => (5 + 0.2 * i) * 42;

/** A symmetric tensor from xx yy zz yz xz xy. */
function tensor(six: readonly number[]): Float64Array {
  const values = new Float64Array(9);
  VOIGT.forEach(([a, b], k) => (values[a] = values[b] = six[k]));
  return values;
}

type Change = (reference: Float64Array, structure: number) => Float64Array;

/** References, changed, beside predictions with errors of a fifth. */
function comparisons({ forces = (x) => x, virial = (x) => x }: { forces?: Change; virial?: Change }): StructureComparison[] {
  return cells.map((_, i) => {
    const trueForces = Float64Array.from({ length: 12 }, (__, k) => Math.sin(3 * k + i));
    const trueVirial = tensor([3 + i, 2 - i, 4, 1, -2, 0.5].map((x, k) => x * (1 + 0.3 * Math.sin(k * i))));
    const off = (values: Float64Array): Float64Array => values.map((x, k) => x * (1 + 0.2 * Math.cos(5 * k + i)));
    return { group: "", nAtoms: 4, forces: { reference: forces(trueForces, i), predicted: off(trueForces) }, virial: { reference: virial(trueVirial, i), predicted: off(trueVirial) } };
  });
}

const warningsOf = (change: Parameters<typeof comparisons>[0]): string[] => suspectReferenceWarnings(comparisons(change), cells, "training");
const times = (factor: number) => (values: Float64Array): Float64Array => values.map((x) => factor * x);

describe("references that a model contradicts", () => {
  it("are right as they are, and where the model knows nothing", () => {
    expect(warningsOf({})).toEqual([]);
    const noise: Change = (values, i) => values.map((_, k) => Math.sin(17 * k * k + 29 * i + 3));
    expect(warningsOf({ virial: noise })).toEqual([]);
    expect(warningsOf({ forces: noise, virial: noise })).toEqual([]);
    const fitted = suspectReferenceWarnings(comparisons({ forces: noise }), cells, "training", { knowsForces: true });
    expect(fitted).toEqual([expect.stringMatching(/^errors of the forces of the training data \(0\.999 eV\/Å\) are as large as the forces themselves/u)]);
    expect(suspectReferenceWarnings([], [], "training")).toEqual([]);
    expect(suspectReferenceWarnings([{ group: "", nAtoms: 4, energy: { reference: NaN, predicted: 1 } }], [{ cell: null }], "training")).toEqual([]);
  });

  it("are told of single structures, where the others agree", () => {
    const one = (change: Change): Change => (values, i) => (i % 2 === 1 && i < 10 ? change(values, i) : values);
    const many = Array.from({ length: 3 }, () => comparisons({ forces: one(times(-1)) })).flat().filter((_, i) => i < 12 || i % 2 === 0);
    const labelled = many.map((_, i) => ({ cell: null, label: `frame ${i + 1}` }));
    expect(suspectReferenceWarnings(many, labelled, "test")).toEqual([
      "it looks as if in 5 of 24 test structures forces have the sign of gradients (frame 2; frame 4; frame 6, and 2 more): they agree with those of the model then, as those of the others do as they are",
    ]);
    expect(suspectReferenceWarnings(many.filter((_, i) => i > 3), labelled, "test")).toEqual([]); // three of them
  });

  it("are told of energies that differ by a constant, and of those that the model knows nothing of", () => {
    const judged = (error: (i: number) => number): string[] =>
      suspectReferenceWarnings(Array.from({ length: 8 }, (_, i) => ({ group: "", nAtoms: 2, energy: { reference: -8 + 0.1 * i, predicted: -8 + 0.1 * i + error(i) } })), [], "given");
    expect(judged((i) => 0.02 * Math.sin(9 * i))).toEqual([]);
    expect(judged(() => -3)).toEqual([expect.stringMatching(/^energies of the given data are 1\.50 eV\/atom above those of the model, all alike/u)]);
    expect(judged((i) => 2 * Math.cos(9 * i + 1))).toEqual([expect.stringMatching(/^errors of the energies of the given data \(0\.\d+ eV\/atom\) are as large/u)]);
    expect(judged(() => NaN)).toEqual([]);
  });

  it.each([
    [times(-1), "forces have the sign of gradients"],
    [times(1 / unitFactor("kcal/mol/Å", "eV/Å")), "forces are in kcal/mol/Å"],
    [times(1 / unitFactor("hartree/bohr", "eV/Å")), "forces are in hartree/bohr"],
    [times(-1 / unitFactor("hartree/bohr", "eV/Å")), "forces are in hartree/bohr, with the sign of gradients"],
    [times(unitFactor("bohr", "Å")), "forces are in eV/bohr"],
  ])("are told of forces (%#)", (forces, what) => {
    expect(warningsOf({ forces })).toEqual([`it looks as if ${what}: forces of the training data agree with those of the model then, and not as they are`]);
  });

  it.each<[Change, RegExp]>([
    [times(-1), /^it looks as if virials have the opposite sign .*: virials of the training data agree/u],
    [(values, i) => times(1 / (volumeOf(i) * unitFactor("kbar", "eV/Å³")))(values), /virials are pressures in kbar/u],
    [(values, i) => times(-1 / volumeOf(i))(values), /virials are stresses in eV\/Å³/u],
    [(values) => tensor([0, 4, 8, 1, 5, 2].map((k) => values[k])), /last three components of the virials of the training data are xy yz xz where yz xz xy is expected/u],
    [(values) => tensor([0, 4, 8, 1, 2, 5].map((k) => values[k])), /are xy xz yz where/u],
  ])("are told of virials (%#)", (virial, pattern) => {
    const warnings = warningsOf({ virial });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(pattern);
  });

  it("are passed over where there are too few, or no volumes", () => {
    const wrong = comparisons({ virial: times(-1) });
    expect(suspectReferenceWarnings(wrong.slice(0, 4), cells, "training")).toEqual([]);
    expect(suspectReferenceWarnings(wrong, cells.map(() => ({ cell: null })), "training")).toEqual([]);
  });
});
