// Congruence distance: against its definition, and by what it must be.
import { describe, expect, it } from "vitest";
import { type EnvironmentAtoms, structuralDistance } from "../../../src/analysis/index.js";
import { assign } from "../../../src/analysis/blind-spots/assignment.js";
import { bestOrthogonal, largestTrace } from "../../../src/analysis/blind-spots/orthogonal.js";
import { InvalidParameterError } from "../../../src/errors.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { shuffle } from "../../../src/math/sampling.js";
import { expectClose } from "../../expect.js";
import { plainDistance } from "./plain-distance.js";

const cutoff = 4;

function environment(points: readonly (readonly number[])[], species: readonly number[] = points.map(() => 1)): EnvironmentAtoms {
  return { positions: Float64Array.from(points.flat()), species };
}

/** Points between 0.9 and 3.4 Å from the center. */
function random(count: number, seed: number, nSpecies = 1): EnvironmentAtoms {
  const generator = seededRandom(seed);
  const points = Array.from({ length: count }, () => {
    const [x, y, z] = [0, 1, 2].map(() => standardNormal(generator));
    const scale = (0.9 + 2.5 * Math.abs(Math.sin(7 * x))) / Math.hypot(x, y, z);
    return [scale * x, scale * y, scale * z];
  });
  return environment(points, points.map((_, i) => i % nSpecies));
}

function orthogonal(seed: number, hand: number): Float64Array {
  const generator = seededRandom(seed);
  const r = bestOrthogonal(Float64Array.from({ length: 9 }, () => standardNormal(generator)));
  return r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) + r[2] * (r[3] * r[7] - r[4] * r[6]) > 0 === hand > 0 ? r : r.map((value) => -value);
}

/** Turned and numbered anew; `order` says which atom comes where. */
function moved({ positions, species }: EnvironmentAtoms, r: ArrayLike<number>, order: ArrayLike<number>): EnvironmentAtoms {
  const turned = Array.from(order, (i) => [0, 1, 2].map((k) => r[3 * k] * positions[3 * i] + r[3 * k + 1] * positions[3 * i + 1] + r[3 * k + 2] * positions[3 * i + 2]));
  return environment(turned, Array.from(order, (i) => species[i]));
}

const shuffled = (count: number, seed: number): Int32Array => shuffle(Int32Array.from({ length: count }, (_, i) => i), seededRandom(seed));
const distance = (a: EnvironmentAtoms, b: EnvironmentAtoms): number => structuralDistance(a, b, { cutoff }).distance;

describe("structural distance", () => {
  it.each([
    [1, 1, 1], [2, 2, 1], [3, 3, 1], [4, 4, 1], [4, 3, 1], [5, 5, 1], [5, 4, 2], [2, 5, 2], [6, 1, 1], [0, 3, 1], [5, 5, 3],
  ])("is that of the definition for %d and %d neighbors of %d species", (nA, nB, nSpecies) => {
    for (let seed = 1; seed <= 3; seed++) {
      const [a, b] = [random(nA, 10 * nA + seed, nSpecies), random(nB, 777 * nB + seed, nSpecies)];
      const found = structuralDistance(a, b, { cutoff });
      expect(found.isExact).toBe(true);
      expectClose([found.distance], [plainDistance(a, b, cutoff)], 1e-9);
    }
  });

  it.each([1, 2, 3, 4, 6, 7, 12, 27])("is 0 for %d neighbors that are turned, reflected or numbered anew, and says how", (count) => {
    for (const hand of [1, -1]) {
      const a = random(count, count, 2);
      const r = orthogonal(count, hand);
      const found = structuralDistance(moved(a, r, shuffled(count, 3)), a, { cutoff });
      expect(found.distance).toBeLessThan(1e-12 * count);
      expect([...found.partners]).toEqual([...shuffled(count, 3)]);
      // fewer than three neighbors leave the orientation open
      if (count > 2) expectClose(found.rotation, r, 1e-9);
    }
  });

  it("has a rotation and partners that give the distance", () => {
    for (const [nA, nB] of [[5, 5], [4, 6], [9, 12], [12, 9]]) {
      const [a, b] = [random(nA, nA), random(nB, nB + 50)];
      const { distance: found, rotation, partners } = structuralDistance(a, b, { cutoff });
      const turned = moved(b, rotation, Array.from({ length: nB }, (_, j) => j));
      const radius = ({ positions }: EnvironmentAtoms, i: number): number => Math.hypot(...positions.subarray(3 * i, 3 * i + 3));
      let sum = 0;
      partners.forEach((j, i) => {
        if (j < 0) sum += (cutoff - radius(a, i)) ** 2;
        else for (let k = 0; k < 3; k++) sum += (a.positions[3 * i + k] - turned.positions[3 * j + k]) ** 2;
      });
      for (let j = 0; j < nB; j++) if (!partners.includes(j)) sum += (cutoff - radius(b, j)) ** 2;
      expectClose([found], [Math.sqrt(sum)], 1e-9);
      expectClose(moved(environment([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), rotation, [0, 1, 2]).positions.map((x) => x * x).slice(0, 3), rotation.map((x) => x * x).filter((_, k) => k % 3 === 0), 1e-12);
    }
  });

  it.each([[4, 4], [5, 3], [14, 14], [11, 13]])("does not mind which of %d and %d neighbors comes first", (nA, nB) => {
    const [a, b] = [random(nA, 5), random(nB, 6)];
    expect(distance(a, b)).toBe(distance(b, a));
  });

  it("keeps the triangle inequality", () => {
    for (let seed = 0; seed < 20; seed++) {
      const [a, b, c] = [4, 3 + (seed % 3), 5].map((count, k) => random(count, 31 * seed + k));
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-9);
    }
  });

  it("changes no faster than atoms move, and without a step or a kink where one passes the cutoff", () => {
    const [a, b] = [random(4, 1), random(4, 2)];
    const without = distance(a, b);
    const withOneAt = (radius: number): number => distance({ positions: Float64Array.of(...a.positions, 0, 0, radius), species: [0, 0, 0, 0, 0] }, b);
    expectClose([withOneAt(cutoff)], [without], 1e-12);
    // D² grows with the square of what the atom is inside
    for (const inside of [1e-2, 1e-4]) expectClose([withOneAt(cutoff - inside) ** 2 - without ** 2], [inside ** 2], 1e-12);
    const step = 1e-3;
    const near = random(4, 2);
    near.positions[4] += step;
    expect(Math.abs(distance(a, near) - without)).toBeLessThanOrEqual(step + 1e-12);
  });

  it("tells environments apart that have the same distances and angles", () => {
    // Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020), doi:10.1103/PhysRevLett.125.166001: φ = ±144°
    const at = (latitude: number, azimuth: number): number[] => {
      const [l, p] = [latitude, azimuth].map((degrees) => (degrees * Math.PI) / 180);
      return [Math.cos(l) * Math.cos(p), Math.cos(l) * Math.sin(p), Math.sin(l)].map((x) => 1.09 * x);
    };
    const shared = [at(67.5, 180), at(-30, -36), at(30, 36)];
    const [plus, minus] = [144, -144].map((azimuth) => environment([...shared, at(0, azimuth)]));
    expectClose([distance(plus, minus)], [plainDistance(plus, minus, cutoff)], 1e-9);
    expect(distance(plus, minus)).toBeGreaterThan(0.1);
    expect(distance(plus, moved(plus, orthogonal(9, -1), shuffled(4, 1)))).toBeLessThan(1e-12);
  });

  it("lays a tetrahedron on itself in any of its 24 ways", () => {
    const tetrahedron = environment([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]);
    for (let seed = 1; seed < 6; seed++) expect(distance(moved(tetrahedron, orthogonal(seed, 1), shuffled(4, seed)), tetrahedron)).toBeLessThan(1e-12);
  });

  it("copes with atoms in line, in one place, in the center and none at all", () => {
    const [line, other] = [environment([[1, 0, 0], [-2, 0, 0], [3, 0, 0]]), environment([[0, 2, 0], [0, 0, 0], [0, 2, 0]])];
    const turned = moved(line, orthogonal(2, 1), [2, 0, 1]);
    expect(distance(line, turned)).toBeLessThan(1e-12);
    expectClose([distance(line, other)], [plainDistance(line, other, cutoff)], 1e-9);
    expectClose([distance(other, other)], [0], 1e-12);
    const none = environment([]);
    expect(distance(none, none)).toBe(0);
    expect(distance(none, environment([[1, 0, 0]]))).toBe(3);
    const many = environment(Array.from({ length: 9 }, () => [0, 0, 2]));
    expect(distance(many, moved(many, orthogonal(4, 1), shuffled(9, 1)))).toBeLessThan(1e-12);
  });

  it("is far for atoms of other species", () => {
    const a = environment([[1, 0, 0]], [1]);
    expectClose([distance(a, environment([[1, 0, 0]], [6]))], [Math.sqrt(18)], 1e-12);
  });

  it("is an upper bound that small displacements do not exceed where there are many neighbors", () => {
    const a = random(27, 3, 2);
    const b = moved(a, orthogonal(1, -1), shuffled(27, 2));
    const generator = seededRandom(1);
    const shift = b.positions.map(() => 0.02 * standardNormal(generator));
    const found = structuralDistance(a, { ...b, positions: b.positions.map((x, k) => x + shift[k]) }, { cutoff });
    expect(found.isExact).toBe(false);
    expect(found.distance).toBeLessThanOrEqual(Math.hypot(...shift) + 1e-12);
    expect(found.distance).toBeGreaterThan(0.5 * Math.hypot(...shift));
  });

  it("is an upper bound of the least of all matchings of seven neighbors, and the least where environments are alike", () => {
    const generator = seededRandom(1);
    for (let seed = 1; seed <= 3; seed++) {
      const [a, other] = [random(7, 100 + seed, 2), random(7, 200 + seed, 2)];
      const alike = { ...a, positions: a.positions.map((x) => 0.9 * x + 0.2 * standardNormal(generator)) };
      const [far, near] = [other, alike].map((b) => structuralDistance(a, b, { cutoff }));
      expect([far.isExact, near.isExact]).toEqual([false, false]);
      expect(far.distance).toBeGreaterThan(plainDistance(a, other, cutoff) * (1 - 1e-12));
      expectClose([near.distance], [plainDistance(a, alike, cutoff)], 1e-9);
    }
  });

  it("ends where it is good enough", () => {
    const a = random(20, 1);
    expect(structuralDistance(a, moved(a, orthogonal(5, 1), shuffled(20, 4)), { cutoff, enough: 1e-6 })).toMatchObject({ isExact: true });
  });

  it.each([
    [environment([[5, 0, 0]]), cutoff, /neighbor 0 is at \(5, 0, 0\) Å from the center; it must be within the cutoff of 4 Å/],
    [environment([[1, 0, NaN]]), cutoff, /neighbor 0 is at \(1, 0, NaN\)/],
    [environment([[1, 0, 0]]), Infinity, /the cutoff is Infinity Å; it must be greater than 0/],
    [{ positions: Float64Array.of(1, 0), species: [1] }, cutoff, /2 coordinates and 1 species/],
  ] as const)("refuses what makes no sense", (atoms, reach, message) => {
    const compare = (): unknown => structuralDistance(atoms, environment([]), { cutoff: reach });
    expect(compare).toThrow(InvalidParameterError);
    expect(compare).toThrow(message);
  });
});

describe("its parts", () => {
  it("assigns rows to columns as the best of all permutations", () => {
    const generator = seededRandom(3);
    for (const [rows, columns] of [[1, 1], [2, 4], [4, 4], [4, 5]]) {
      const costs = Float64Array.from({ length: rows * columns }, () => standardNormal(generator));
      const total = (choice: ArrayLike<number>): number => Array.from(choice).reduce((sum, j, i) => sum + costs[i * columns + j], 0);
      let best = Infinity;
      const extend = (choice: number[]): void => {
        if (choice.length === rows) best = Math.min(best, total(choice));
        else for (let j = 0; j < columns; j++) if (!choice.includes(j)) extend([...choice, j]);
      };
      extend([]);
      const found = assign(costs, rows, columns);
      expect(new Set(found).size).toBe(rows);
      expectClose([total(found)], [best], 1e-12);
    }
  });

  it("turns by orthogonal matrices whatever the rank", () => {
    for (const h of [[0, 0, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 2, 4, 6, 0, 1, 0], [1, 2, 3, 4, 5, 6, 7, 8, 10]]) {
      const r = bestOrthogonal(Float64Array.from(h));
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) expectClose([[0, 1, 2].reduce((sum, k) => sum + r[3 * i + k] * r[3 * j + k], 0)], [Number(i === j)], 1e-12);
      expectClose([r.reduce((sum, value, k) => sum + value * h[k], 0)], [largestTrace(Float64Array.from(h))], 1e-12);
    }
  });
});
