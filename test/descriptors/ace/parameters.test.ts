import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aceType } from "../../../src/descriptors/ace/ace.js";
import { bondLength } from "../../../src/descriptors/ace/bonds.js";
import { polynomialSet } from "../../../src/descriptors/ace/radial/polynomials.js";
import { pacemakerSet } from "../../../src/descriptors/ace/radial/pacemaker.js";
import { Ace } from "../../../src/descriptors/index.js";
import { gaussLegendre } from "../../../src/math/quadrature.js";
import type { Jet } from "../../../src/math/jet.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";

const ace = (changes: object): Ace => new Ace({ type: "ace", cutoff: { radius: 5 }, ...changes });

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

describe("parameters of the atomic cluster expansion", () => {
  it("have the sizes of ACEpotentials where nothing is said", () => {
    expect(ace({}).featureCount([14])).toBe(319);
    expect(ace({ degree: [25, 21, 17] }).featureCount([14])).toBe(1041);
    expect(ace({ pair: false }).featureCount([14])).toBe(299);
    expect(ace({ maximumFunctions: 50, pair: { degree: 7 } }).featureCount([14])).toBe(57);
    expect(ace({ pair: { cutoff: { radius: 6 } } }).cutoff).toBe(6);
    expect(ace({ bonds: [{ center: "Si", neighbor: "O", cutoff: { radius: 5.5 } }] }).cutoff).toBe(5.5);
    expect(ace({}).isSmoothAtCutoff).toBe(true);
    expect(ace({ radial: { type: "chebyshev-linear" } }).isSmoothAtCutoff).toBe(false);
  });

  it("keep the functions of lowest degree", () => {
    const all = ace({ degree: [6, 6, 6], pair: false }).features([14]).map(({ label }) => label);
    const kept = ace({ degree: [6, 6, 6], pair: false, maximumFunctions: 10 }).features([14]).map(({ label }) => label);
    expect(kept.length).toBe(10);
    expect(all.filter((label) => kept.includes(label))).toEqual(kept);
    expect(kept).toContain("Si n=1 l=0, Si n=1 l=0, Si n=1 l=0");
    expect(kept).not.toContain("Si n=6 l=0");
  });

  it("count the arithmetic of functions that name their neighbors", () => {
    const { parameters } = ace({ functions: [{ neighbors: ["O", "Si"], n: [1, 2], l: [1, 1] }, { pair: true, neighbors: ["O"], n: [1] }] });
    const { values, backward } = aceType.cost!.arithmetic!(parameters, { nSpecies: 2, nCenters: 10, nPairs: 200 });
    expect(values).toBeGreaterThan(0);
    expect(backward).toBeGreaterThan(values);
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ cutoff: { radius: -1 } }, /cutoff\.radius/],
    [{ cutoff: 5 }, /cutoff is 5/],
    [{ order: 6 }, /order/],
    [{ degre: 5 }, /degre.*degree/s],
    [{ order: 2, degree: [5, 4, 3] }, /degree has 3 numbers \(5, 4, 3\); with order 2 it must have 2/],
    [{ functions: [{ n: [1], l: [0] }], degree: 4 }, /listed and chosen by degree at once/],
    [{ bondLengths: { "Si-O-H": 2 } }, /bondLengths has "Si-O-H"/],
    [{ bondLengths: { Xx: 2 } }, /Xx/],
    [{ radial: { type: "polynomials", innerCutoff: 6 } }, /radial\.innerCutoff is 6 Å; it must be below the cutoff, 5 Å/],
    [{ radial: { type: "polynomials", transform: { type: "agnesi", p: 4, q: 2 } } }, /q = 2 and p = 4; q must not be below p/],
    [{ radial: { transform: { type: "agnesi", p: 1, q: 1 } } }, /radial\.transform has p = 1 and q = 1, with which y does not fall.*raise q/],
    [{ pair: { transform: { type: "agnesi", p: 1, q: 1 } } }, /pair\.transform has p = 1 and q = 1/],
    [{ mostFactors: { Xx: 1 } }, /unknown element "Xx"/],
    [{ mostFactors: { Si: 1.5 } }, /mostFactors\.Si/],
    [{ mostFactors: { Si: -1 } }, /mostFactors\.Si/],
    [{ mostFactors: { Si: 1, si: 2 } }, /mostFactors names Si twice/],
    [{ mostFactors: { O: 1 }, species: ["Si", "H"] }, /mostFactors names O, which is not among the species H, Si: leave it out/],
    [{ mostFactors: { Si: 1 }, functions: [{ n: [1], l: [0] }] }, /no effect on those that are listed: leave mostFactors or functions out/],
    [{ radial: { type: "polynomials", recursion: { a: [1], b: [1, 2], c: [0] } } }, /1, 2 and 1 numbers in a, b and c/],
    [{ radial: { type: "chebyshev-power", innerSwitch: { radius: 1, width: 2 } } }, /innerSwitch has a width of 2 Å; it must not exceed its radius, 1 Å/],
    [{ radial: { type: "chebyshev-power", lambda: 1.5 } }, /lambda/],
  ];
  it.each(wrong)("%j", (changes, message) => {
    expect(() => ace(changes)).toThrow(message);
  });

  const refused: readonly (readonly [object, RegExp])[] = [
    [{ order: 1, degree: 0, pair: false }, /degree/],
    [{ order: 2, degree: [0, 1], pair: false }, /degree 0, 1 leaves no functions/],
    [{ order: 5, degree: 60 }, /degree 60 at order 3 gives more than 50000 functions: lower the degree/],
    [{ mostFactors: { O: 1 } }, /mostFactors names O, which is not among the species Si: leave it out/],
    [{ mostFactors: { Si: 0 } }, /degree 20, 16, 12 leaves no functions with mostFactors 0: allow more factors/],
    [{ order: 2, degree: [0, 8], mostFactors: { Si: 1 } }, /leaves no functions with mostFactors 1/],
    [{ functions: [{ n: [1, 1], l: [0, 1] }] }, /functions\[0\] has l = 0, 1, which do not couple/],
    [{ functions: [{ n: [1, 1, 1], l: [1, 1, 1] }] }, /do not couple/],
    [{ functions: [{ n: [1, 1], l: [1] }] }, /2 n and 1 l/],
    [{ functions: [{ n: [1, 1], l: [1, 1], coupling: 1 }] }, /coupling is 1; these n and l have 1, counted from 0/],
    [{ functions: [{ neighbors: ["O"], n: [1, 1], l: [1, 1] }], species: ["Si"] }, /1 neighbors and 2 n/],
    [{ functions: [{ neighbors: ["O"], n: [1], l: [0] }], species: ["Si"] }, /names O, which is not among the species Si/],
    [{ functions: [{ n: [1, 1], l: [1, 1], terms: [{ m: [1, 1], coefficient: 1 }] }] }, /m = 1, 1; they must add up to 0/],
    [{ functions: [{ n: [1, 1], l: [1, 1], terms: [{ m: [2, -2], coefficient: 1 }] }] }, /must not exceed its l/],
    [{ functions: [{ n: [1], l: [0] }], species: ["Si", "O"] }, /names no neighbors/],
  ];
  it.each(refused)("%j", (changes, message) => {
    expect(() => ace(changes).featureCount([14])).toThrow(message);
  });

  it("tell what a pair lacks", () => {
    const { wasm, pool } = executor;
    const short = ace({ radial: { type: "polynomials", innerCutoff: 3 } });
    expect(() => short.prepare(wasm, pool, [14])).toThrow(/innerCutoff is 3 Å; it must be below the bond length of Si-Si, 2.4 Å \(bondLengths\)/);
    const recursion = { a: [1, 1], b: [0, 0], c: [0, 0] };
    expect(() => ace({ radial: { type: "polynomials", recursion } }).prepare(wasm, pool, [14])).toThrow(/given for 2 radial functions; the basis takes 20/);
  });
});

describe("radial functions", () => {
  const jets: Jet[] = [];
  const spec = {
    size: 8, bondLength: 2.4, innerCutoff: 0, cutoff: 6, transform: { type: "agnesi", p: 2, q: 4 }, envelope: { type: "polynomial", inner: 2, outer: 2 },
  } as const;

  it("are steepest in x at the bond length, and go to zero at both ends", () => {
    const one = polynomialSet({ ...spec, size: 2, recursion: { a: [1, 1], b: [0, 0], c: [0, 0] }, envelope: { type: "polynomial", inner: 0, outer: 2 } });
    const x = (r: number): number => {
      one.pieces[0].functions(r, jets);
      return jets[1][0] / jets[0][0];
    };
    const slope = (r: number): number => (x(r + 1e-4) - x(r - 1e-4)) / 2e-4;
    expect(slope(2.4)).toBeGreaterThan(slope(2.35));
    expect(slope(2.4)).toBeGreaterThan(slope(2.45));
    for (const r of [1e-9, 6]) {
      polynomialSet(spec).pieces[0].functions(r, jets);
      for (const [value, first] of jets.slice(0, 8)) expectClose([value, first], [0, 0], 1e-7);
    }
  });

  it("of polynomials are orthonormal in x", () => {
    // ∫ R_a R_b dx over x, by distances
    const set = polynomialSet(spec);
    const one = polynomialSet({ ...spec, size: 2, recursion: { a: [1, 1], b: [0, 0], c: [0, 0] }, envelope: { type: "polynomial", inner: 0, outer: 2 } });
    const { nodes, weights } = gaussLegendre(400, 0, 6);
    const gram = Float64Array.from({ length: 64 }, () => 0);
    nodes.forEach((r, i) => {
      one.pieces[0].functions(r, jets);
      const slope = (jets[1][1] * jets[0][0] - jets[1][0] * jets[0][1]) / jets[0][0] ** 2;
      set.pieces[0].functions(r, jets);
      for (let k = 0; k < 64; k++) gram[k] += weights[i] * slope * jets[Math.floor(k / 8)][0] * jets[k % 8][0];
    });
    expectClose(gram, Float64Array.from({ length: 64 }, (_, k) => Number(k % 9 === 0)), 1e-10);
  });

  it("of Bessel functions are orthonormal with r² dr", () => {
    const set = pacemakerSet({ type: "simplified-bessel" }, 6, 5);
    const { nodes, weights } = gaussLegendre(100, 0, 5);
    const gram = new Float64Array(36);
    nodes.forEach((r, i) => {
      set.pieces[0].functions(r, jets);
      for (let k = 0; k < 36; k++) gram[k] += weights[i] * r * r * jets[Math.floor(k / 6)][0] * jets[k % 6][0];
    });
    expectClose(gram, Float64Array.from({ length: 36 }, (_, k) => Number(k % 7 === 0)), 1e-12);
  });

  const sets = {
    agnesi: polynomialSet(spec),
    "inverse square": polynomialSet({ ...spec, transform: { type: "agnesi", p: 1, q: 3 }, envelope: { type: "inverse-square" } }),
    "inverse power": polynomialSet({ ...spec, innerCutoff: 0.8, transform: { type: "inverse-power", p: 3 } }),
    power: pacemakerSet({ type: "chebyshev-power", lambda: 3 }, 6, 5),
    linear: pacemakerSet({ type: "chebyshev-linear" }, 6, 5),
    exponential: pacemakerSet({ type: "chebyshev-exponential-cosine", lambda: 4, switchWidth: 0.7, innerSwitch: { radius: 1.6, width: 0.9 } }, 6, 5),
    bessel: pacemakerSet({ type: "simplified-bessel" }, 6, 5),
  };
  it.each(Object.keys(sets) as (keyof typeof sets)[])("%s: derivatives are those of the values", (name) => {
    const { pieces, size } = sets[name];
    const at = (r: number): Jet[] => {
      const out: Jet[] = [];
      pieces.find(({ end }) => r <= end)!.functions(r, out);
      return out.slice(0, size);
    };
    const h = 1e-4;
    for (const r of [0.05, 0.31, 0.83, 1.1, 2.2, 3.7, 4.6, 4.9]) {
      const [a, b, c, d] = [-2, -1, 1, 2].map((steps) => at(r + steps * h));
      at(r).forEach(([value, first, second], n) => {
        const slopes = [0, 1].map((k) => (a[n][k] - 8 * b[n][k] + 8 * c[n][k] - d[n][k]) / (12 * h));
        expectClose([first], [slopes[0]], 1e-9 * (1 + Math.abs(value)) + 1e-7 * Math.abs(first));
        expectClose([second], [slopes[1]], 1e-8 * (1 + Math.abs(first)) + 1e-7 * Math.abs(second));
      });
    }
  });
});

describe("the atomic cluster expansion at its borders", () => {
  function rowOf(parameters: object, neighbors: readonly (readonly number[])[], center = 0): Float64Array {
    const calculator = new Calculator(executor, ace({ degree: [4, 4, 4], lWeight: 1, ...parameters }), [14]);
    const environments = { centerSpecies: [center], offsets: [0, neighbors.length], neighborSpecies: neighbors.map(() => 0), displacements: Float64Array.from(neighbors.flat()) };
    const { values, backward, jacobian } = calculator.compute(environments, { gradients: new Float64Array(calculator.nFeatures).fill(1), jacobian: true });
    calculator.release();
    expect([...values, ...backward, ...jacobian].every(Number.isFinite)).toBe(true);
    return values;
  }

  it("is 0 without neighbors, at the cutoff and beyond", () => {
    expect([...rowOf({}, [])].every((value) => value === 0)).toBe(true);
    expectClose(rowOf({}, [[0, 0, 5], [6, 0, 0]]), new Float64Array(rowOf({}, []).length), 1e-14);
  });

  it("is finite where an atom is on the center or very close", () => {
    rowOf({}, [[0, 0, 0], [1, 1, 1]]);
    rowOf({}, [[1e-9, 0, 0], [1, 1, 1]]);
    rowOf({ radial: { type: "chebyshev-exponential-cosine" }, pair: "radial" }, [[0, 0, 0], [1, 1, 1]]);
  });

  it("of a point in space sees atoms as they see each other", () => {
    expectClose(rowOf({}, [[0, 1, 2]], -1), rowOf({}, [[0, 1, 2]]), 1e-14);
  });

  it("goes on beyond 32 neighbors of a species", () => {
    const many = Array.from({ length: 70 }, (_, i) => [Math.sin(i) * 3, Math.cos(1.7 * i) * 3, Math.sin(2.3 * i)]);
    const linear = rowOf({ order: 1, degree: 4 }, many);
    const parts = [many.slice(0, 20), many.slice(20, 45), many.slice(45)].map((part) => rowOf({ order: 1, degree: 4 }, part));
    expectClose(linear, linear.map((_, i) => parts[0][i] + parts[1][i] + parts[2][i]), 1e-11);
  });

  it("name bond lengths whatever the case of their symbols", () => {
    const lengthOf = (bondLengths: object): number => bondLength(ace({ bondLengths }).parameters, 14, 8);
    expect(["Si-O", "si-o", "O-SI"].map((pair) => lengthOf({ [pair]: 1.7 }))).toEqual([1.7, 1.7, 1.7]);
    expect(lengthOf({ si: 2.5, O: 1.5 })).toBe(2);
  });
});
