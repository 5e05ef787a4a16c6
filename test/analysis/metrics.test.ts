import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError, NumericalError } from "../../src/errors.js";
import type { ErrorStatistics } from "../../src/analysis/error-sum.js";
import { atomForceErrors, errorSummary, type StructureComparison } from "../../src/analysis/metrics.js";

function expectStatistics(actual: ErrorStatistics, count: number, rmse: number, mae: number, max: number): void {
  expect(actual.count).toBe(count);
  for (const [value, truth] of [[actual.rmse, rmse], [actual.mae, mae], [actual.max, max]]) {
    const close = Object.is(value, truth) || Math.abs(value - truth) <= 1e-12 * Math.max(1, Math.abs(truth));
    expect(close, `${value} should be ${truth}`).toBe(true);
  }
}

const twoAtoms: StructureComparison = {
  group: "bulk",
  nAtoms: 2,
  energy: { reference: -10, predicted: -9.4 },
  forces: { reference: Float64Array.of(0, 0, 0, 1, 1, 1), predicted: Float64Array.of(0.3, 0, 0, 1, 0.6, 1) },
};
const oneAtom: StructureComparison = {
  group: "surface",
  nAtoms: 1,
  energy: { reference: -4, predicted: -4.1 },
  virial: {
    reference: Float64Array.of(1, 2, 3, 2, 5, 6, 3, 6, 9),
    predicted: Float64Array.of(1, 2, 3, 2, 5, 6.5, 3, 6.5, 10),
  },
};

describe("errorSummary", () => {
  it("gives hand-computed errors per group and in total", () => {
    const { groups, total } = errorSummary([twoAtoms, oneAtom]);
    expect(groups.map(({ group, nStructures, nAtoms }) => [group, nStructures, nAtoms])).toEqual([["bulk", 1, 2], ["surface", 1, 1]]);
    expectStatistics(groups[0].energy, 1, 0.3, 0.3, 0.3);
    expectStatistics(groups[0].forces, 6, Math.sqrt(0.25 / 6), 0.7 / 6, 0.4);
    expectStatistics(groups[0].virial, 0, NaN, NaN, NaN);
    expectStatistics(groups[1].virial, 6, Math.sqrt(1.25 / 6), 1.5 / 6, 1);
    expectStatistics(total.energy, 2, Math.sqrt((0.09 + 0.01) / 2), 0.2, 0.3);
    expect(total).toMatchObject({ group: "total", nStructures: 2, nAtoms: 3 });
  });

  it("divides energies and virials by the number of atoms, forces not", () => {
    const [reference, predicted] = [new Float64Array(9), Float64Array.of(4, 2, 0, 2, 0, 0, 0, 0, 0)];
    const { total } = errorSummary([{ ...twoAtoms, virial: { reference, predicted } }]);
    expectStatistics(total.energy, 1, 0.3, 0.3, 0.3);
    expectStatistics(total.virial, 6, Math.sqrt((2 ** 2 + 1 ** 2) / 6), 0.5, 2);
    expectStatistics(total.forces, 6, Math.sqrt(0.25 / 6), 0.7 / 6, 0.4);
  });

  it("does not count values without a reference", () => {
    const { total } = errorSummary([
      {
        group: "", nAtoms: 1, energy: { reference: NaN, predicted: 3 },
        forces: { reference: Float64Array.of(NaN, 1, NaN), predicted: Float64Array.of(NaN, 3, 0) },
      },
    ]);
    expectStatistics(total.energy, 0, NaN, NaN, NaN);
    expectStatistics(total.forces, 1, 2, 2, 2);
  });

  it("has no structures, and says so, for an empty data set", () => {
    const { groups, total } = errorSummary([]);
    expect(groups).toEqual([]);
    expect(total.nStructures).toBe(0);
    expect(JSON.parse(JSON.stringify(total.energy))).toEqual({ count: 0, rmse: null, mae: null, max: null });
  });

  it.each([NaN, Infinity, -Infinity])("refuses the prediction %s and names the structure", (predicted) => {
    const broken: StructureComparison = { group: "g", label: "frame 7 of x.xyz", nAtoms: 1, energy: { reference: 1, predicted } };
    expect(() => errorSummary([broken])).toThrow(NumericalError);
    expect(() => errorSummary([broken])).toThrow(/frame 7 of x\.xyz: energy is predicted as/);
  });

  it("refuses arrays of the wrong length and structures without atoms", () => {
    const forces = { reference: new Float64Array(6), predicted: new Float64Array(3) };
    expect(() => errorSummary([{ group: "g", nAtoms: 2, forces }])).toThrow(InvalidParameterError);
    for (const nAtoms of [-1, 1.5, NaN]) expect(() => errorSummary([{ group: "g", nAtoms }])).toThrow(InvalidParameterError);
  });

  it("agrees with plain formulas on random data", () => {
    const value = fc.double({ min: -50, max: 50, noNaN: true });
    const reference = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(NaN) });
    const structure = fc.record({ group: fc.constantFrom("a", "b", ""), nAtoms: fc.integer({ min: 1, max: 5 }) }).chain(({ group, nAtoms }) =>
      fc.record({
        group: fc.constant(group),
        nAtoms: fc.constant(nAtoms),
        reference: fc.array(reference, { minLength: 3 * nAtoms, maxLength: 3 * nAtoms }),
        predicted: fc.array(value, { minLength: 3 * nAtoms, maxLength: 3 * nAtoms }),
      }),
    );
    fc.assert(
      fc.property(fc.array(structure, { maxLength: 12 }), (structures) => {
        const summary = errorSummary(
          structures.map(({ group, nAtoms, reference, predicted }) => ({
            group, nAtoms, forces: { reference: Float64Array.from(reference), predicted: Float64Array.from(predicted) },
          })),
        );
        for (const name of [undefined, ...new Set(structures.map(({ group }) => group))]) {
          const chosen = structures.filter(({ group }) => name === undefined || group === name);
          const errors = chosen.flatMap((s) => s.reference.map((r, i) => s.predicted[i] - r)).filter((e) => !Number.isNaN(e));
          const n = errors.length;
          const sum = (f: (e: number) => number): number => errors.reduce((total, e) => total + f(e), 0);
          const actual = name === undefined ? summary.total : summary.groups.find(({ group }) => group === name);
          if (!actual) throw new Error(`group ${name} is missing`);
          if (n === 0) expectStatistics(actual.forces, 0, NaN, NaN, NaN);
          else expectStatistics(actual.forces, n, Math.sqrt(sum((e) => e * e) / n), sum(Math.abs) / n, Math.max(...errors.map(Math.abs)));
        }
      }),
    );
  });
});

describe("atomForceErrors", () => {
  it("is the norm of the difference, NaN without a reference", () => {
    const reference = Float64Array.of(0, 0, 0, NaN, 0, 0);
    const predicted = Float64Array.of(3, 4, 12, 0, 0, 0);
    expect([...atomForceErrors({ reference, predicted })]).toEqual([13, NaN]);
  });
});
