// Sentences and limits of verdicts, from numbers as parts have them.
import { describe, expect, it } from "vitest";
import type { BlindPart, FunctionalPart, JudgedEnvironment, KernelPart, LinearPart, ManifoldPart, SensitivityPart, VariancePart, Verdict } from "../../src/audit/index.js";
import { type Judged, verdictsOf } from "../../src/audit/verdicts.js";

const leftOut = { leftOut: "not asked for" };
const nothing: Judged = {
  descriptor: { type: "soap", parameters: {}, rows: "center", columns: 10 },
  cost: leftOut, variance: leftOut, linear: leftOut, functional: leftOut, kernels: leftOut, sensitivity: leftOut, manifold: leftOut, blind: leftOut,
};
function verdictOf(parts: Partial<Judged>): Verdict {
  const verdicts = verdictsOf({ ...nothing, ...parts });
  expect(verdicts).toHaveLength(1);
  return verdicts[0];
}

const environment: JudgedEnvironment = {
  structure: 0, atom: 2, label: "frame 7", species: "Si", neighbors: ["Si", "Si"], displacements: [1, 0, 0, 0, 1, 0], singularValues: [2, 1, 0.1], rank: 3, ratio: 0.05, mode: [0, 0, 1, 0, 0, 0],
};
const noCauses = { range: 0, symmetry: 0, incompleteness: 0, truncation: 0, unknown: 0 };

describe("a part that was left out", () => {
  it("has no verdict", () => {
    expect(verdictsOf(nothing)).toEqual([]);
  });
});

describe("the cost", () => {
  const cost = { unit: "environment", sampleSize: 5, neighbors: 20, microseconds: { neighbors: 1, values: 9, backward: 19, kernel: 30 }, range: [8, 10], sparsePoints: 1000, bytes: { row: 80, jacobian: 800 } } as const;

  it("is good while the kernel takes longer than the row with forces and neighbors", () => {
    const { severity, value, meaning } = verdictOf({ cost });
    expect([severity, value]).toEqual(["good", "10.0 µs, 20.0 µs with forces"]);
    expect(meaning).toContain("a million environments take 10.0 s");
    expect(verdictOf({ cost: { ...cost, microseconds: { ...cost.microseconds, kernel: 19.5 } } }).severity).toBe("note");
  });
});

describe("variance", () => {
  const variance: VariancePart = { rows: 40, columns: 10, effectiveRank: { value: 4.21 }, rank: 9, constantColumns: 0, duplicateColumns: 0, eigenvalues: [0.5, 0.5] };

  it("is worth a note where columns are idle", () => {
    expect(verdictOf({ variance })).toMatchObject({ severity: "good", value: "4.21 of 10" });
    expect(verdictOf({ variance: { ...variance, constantColumns: 1 } })).toMatchObject({ severity: "note", meaning: expect.stringContaining("9 are above rounding; 1 column says nothing of its own") as unknown });
    expect(verdictOf({ variance: { ...variance, duplicateColumns: 2, rank: 1 } }).meaning).toContain("1 is above rounding; 2 columns say nothing of their own");
  });

  it("is bad where all rows are equal", () => {
    expect(verdictOf({ variance: { ...variance, effectiveRank: { value: 0 } } })).toMatchObject({ severity: "bad", meaning: "All 40 rows are equal: to this descriptor the data are one environment." });
  });
});

describe("linear redundancy", () => {
  const linear = (columns: number, components: number, more: Partial<LinearPart> = {}): LinearPart =>
    ({ rows: 40, columns, needed: [{ error: 1e-6, components }, { error: 1e-10, components: columns }], isBoundedBySample: false, errors: [1, 0], ...more });

  it("pays where the projection costs less than it saves", () => {
    expect(verdictOf({ linear: linear(10, 9) }).severity).toBe("note");
    // d k = 2000 · 667 against 1000 (d − k)
    expect(verdictOf({ linear: linear(2000, 660) }).severity).toBe("note");
    expect(verdictOf({ linear: linear(2000, 670) }).severity).toBe("good");
  });

  it("counts what repeats", () => {
    expect(verdictOf({ linear: linear(10, 1, { rows: 1, isBoundedBySample: true }) }).meaning).toBe(
      "1 principal component reproduces every kernel x·x′ of these data to 10⁻⁶ of the largest, 10 to 10⁻¹⁰; the other 9 columns repeat them; the sample has only 1 row, so that more may be needed.",
    );
    expect(verdictOf({ linear: linear(10, 9) }).meaning).toContain("; the other column repeats them.");
    expect(verdictOf({ linear: linear(10, 10) }).meaning).toContain("; no column repeats others to that.");
  });
});

describe("functional redundancy", () => {
  const functional: FunctionalPart = { environments: 20, columns: 30, neighbors: 4, moves: 9, rank: 9, stiff: 8, fullRank: 0.95 };

  it("is good with full rank at 95 % of the environments, and enough columns", () => {
    expect(verdictOf({ functional })).toMatchObject({ severity: "good", value: "9 of 9 moves, 8 visible" });
    expect(verdictOf({ functional: { ...functional, fullRank: 0.94 } }).severity).toBe("note");
    expect(verdictOf({ functional: { ...functional, columns: 8, rank: 8 } })).toMatchObject({ severity: "note", value: "8 of 9 moves (8 columns), 8 visible", advice: expect.stringContaining("fewer columns than moves") as unknown });
  });
});

describe("kernels", () => {
  const kernels: KernelPart = { mean: { value: 0.9 }, std: { value: 0.05 }, skewness: { value: 0 }, median: 0.9, halvingZeta: 4, histogram: { from: 0, to: 1, counts: [1] } };

  it("are alike above ζ = 4, and bad where half of the pairs are equal", () => {
    expect(verdictOf({ kernels }).severity).toBe("good");
    expect(verdictOf({ kernels: { ...kernels, halvingZeta: 4.1 } }).severity).toBe("note");
    const equal = verdictOf({ kernels: { ...kernels, mean: { value: 1 }, std: { value: 0 }, median: 1, halvingZeta: undefined } });
    expect(equal).toMatchObject({ severity: "bad", meaning: "Cosines between rows have the mean 1.00 and the standard deviation 0." });
    expect(equal.advice).toContain("More than half of the pairs look equal");
  });
});

describe("sensitivity", () => {
  const sensitivity: SensitivityPart = {
    environments: 20, skipped: 0, excused: 0, ratio: { minimum: 2e-3, low: 0.01, median: 0.05, high: 0.1, maximum: 0.2 }, zeros: { environments: 0, told: 0, causes: noCauses },
    histogram: { edges: [0, 1], counts: [20] }, worst: environment, median: environment,
  };
  const withZeros = (causes: Partial<typeof noCauses>, more: Partial<SensitivityPart> = {}): SensitivityPart => ({ ...sensitivity, zeros: { environments: 3, told: 3, causes: { ...noCauses, ...causes } }, ...more });

  it("is good down to 10⁻³ and worth a note below", () => {
    expect(verdictOf({ sensitivity })).toMatchObject({ severity: "good", advice: "Every move of the nearest neighbors shows." });
    expect(verdictOf({ sensitivity }).meaning).toContain("around atom 3 (Si) of frame 7");
    expect(verdictOf({ sensitivity: { ...sensitivity, ratio: { ...sensitivity.ratio, minimum: 9e-4 } } }).severity).toBe("note");
  });

  it("is bad with zeros that nothing excuses, and says their causes", () => {
    expect(verdictOf({ sensitivity: withZeros({ symmetry: 1, range: 2 }) }).severity).toBe("good");
    for (const cause of ["incompleteness", "truncation", "unknown"] as const) expect(verdictOf({ sensitivity: withZeros({ [cause]: 1 }) }).severity).toBe("bad");
    const { meaning, advice } = verdictOf({ sensitivity: withZeros({ symmetry: 3, truncation: 1 }, { excused: 1 }) });
    expect(meaning).toContain("; nothing at all shows of 3 moves against a symmetry and 1 move that more functions would show (not counted: 1 environment whose zeros have to be).");
    expect(advice).toContain("more radial functions");
  });

  it("does not call environments symmetric that nobody asked for causes", () => {
    expect(verdictOf({ sensitivity: { ...withZeros({ symmetry: 3 }, { excused: 3 }), zeros: { environments: 5, told: 3, causes: { ...noCauses, symmetry: 3 } } } }).meaning)
      .toContain("(not counted: 3 environments whose zeros have to be and 2 with zeros that were not asked for causes).");
  });

  it("says so where there is nothing but symmetric environments", () => {
    const all = verdictOf({ sensitivity: withZeros({ symmetry: 7 }, { environments: 3, excused: 3 }) });
    expect(all).toMatchObject({ severity: "good", value: "zeros of symmetry alone" });
    expect(all.meaning).toBe("All 3 environments of the sample have zeros that have to be; nothing at all shows of 7 moves against a symmetry; no smooth invariant descriptor sees moves against a symmetry to first order.");
  });
});

describe("manifolds", () => {
  const manifold: ManifoldPart = {
    tried: 6, start: environment, end: "turning", endMessage: "the direction turns", variation: 1e-3, displacement: 0.5, typicalVariation: 1, blindness: 0.01, blindnessInPlace: 0.01, pathLength: 0.5, crossings: [], points: [],
  };

  it("are bad where the row sees a tenth of an Å as less than 0.05 of ordinary moves, with all neighbors, too", () => {
    expect(verdictOf({ manifold }).severity).toBe("bad");
    expect(verdictOf({ manifold: { ...manifold, blindnessInPlace: 0.06 } }).severity).toBe("note");
    expect(verdictOf({ manifold: { ...manifold, blindness: 0.06 } }).severity).toBe("good");
    expect(verdictOf({ manifold: { ...manifold, displacement: 0.09 } })).toMatchObject({ severity: "good", advice: expect.stringContaining("within 0.090 Å only") as unknown });
    expect(verdictOf({ manifold: { ...manifold, tried: 1 } }).meaning).toContain("On the longest soft path from the softest environment, around");
  });
});

describe("blind pairs", () => {
  const pair = { species: "C", labels: ["a", "b"], share: 0.1, structuralDistance: 0.8, score: 19.9 } as unknown as BlindPart["pairs"][number];
  const blind: BlindPart = { environments: 40, distinct: 30, compared: 20, identical: 0, pairs: [pair], remarks: [] };

  it("are bad where rows are equal, with the error that follows", () => {
    const { severity, meaning } = verdictOf({ blind: { ...blind, identical: 1, bound: { maximum: 0.02, rmse: 0.001 } as unknown as NonNullable<BlindPart["bound"]> } });
    expect(severity).toBe("bad");
    expect(meaning).toContain("1 pair of different environments has the same row");
    expect(meaning).toContain("at least 20.0 meV on one structure, and an RMSE of at least 1.00 meV over the data");
  });

  it("are worth a look from a score of 20 on", () => {
    expect(verdictOf({ blind }).severity).toBe("good");
    expect(verdictOf({ blind: { ...blind, pairs: [{ ...pair, score: 20 }] } }).severity).toBe("note");
  });

  it("are none where there are none, and where there is one environment", () => {
    expect(verdictOf({ blind: { ...blind, pairs: [] } })).toMatchObject({ severity: "good", value: "none", meaning: "Among 30 different environments no two have close rows and different neighbors." });
    expect(verdictOf({ blind: { ...blind, pairs: [], distinct: 1 } }).meaning).toContain("there is one");
  });
});
