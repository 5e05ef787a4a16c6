// Environments that are the same but for a rotation, a reflection or the numbering, and some that are not.
import { describe, expect, it } from "vitest";
import { alignmentError, type Neighborhood } from "../../../src/analysis/information/alignment.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { shuffle } from "../../../src/math/sampling.js";

type Point = readonly [number, number, number];

function neighborhood(points: readonly Point[], species: readonly number[] = points.map(() => 0)): Neighborhood {
  const order = [...points.keys()].sort((a, b) => Math.hypot(...points[a]) - Math.hypot(...points[b]) || a - b);
  return {
    positions: Float64Array.from(order.flatMap((i) => [...points[i]])),
    distances: Float64Array.from(order, (i) => Math.hypot(...points[i])),
    species: order.map((i) => species[i]),
  };
}

const random = seededRandom(4);
const cutoff = 4;
/** Some points within the cutoff, none near it. */
const points = Array.from({ length: 12 }, (): Point => {
  const [x, y, z] = [0, 1, 2].map(() => standardNormal(random));
  const scale = (1 + 2 * Math.abs(Math.sin(x))) / Math.hypot(x, y, z);
  return [scale * x, scale * y, scale * z];
});
const species = points.map((_, i) => i % 2);

/** About (1, 2, 3)/√14. */
function rotated([x, y, z]: Point): Point {
  const [u, v, w] = [1, 2, 3].map((value) => value / Math.sqrt(14));
  const [c, s] = [Math.cos(1.1), Math.sin(1.1)];
  const dot = (1 - c) * (u * x + v * y + w * z);
  return [c * x + s * (v * z - w * y) + u * dot, c * y + s * (w * x - u * z) + v * dot, c * z + s * (u * y - v * x) + w * dot];
}
const mirrored = ([x, y, z]: Point): Point => [x, -y, z];

describe("alignment", () => {
  it("undoes rotations, reflections and numberings", () => {
    const order = shuffle(Int32Array.from(points.keys()), random);
    for (const move of [rotated, mirrored, (point: Point) => rotated(mirrored(point))]) {
      const other = neighborhood(
        Array.from(order, (i) => move(points[i])),
        Array.from(order, (i) => species[i]),
      );
      expect(alignmentError(neighborhood(points, species), other, cutoff)).toBeLessThan(1e-9);
    }
  });

  it("tells species apart", () => {
    const other = neighborhood(points, species.map((value) => 1 - value));
    expect(alignmentError(neighborhood(points, species), other, cutoff)).toBeGreaterThan(0.3);
  });

  it("finds displacements no larger than they are", () => {
    const moved = points.map(([x, y, z], i): Point => rotated([x + 0.05 * Math.sin(i), y + 0.05 * Math.cos(3 * i), z]));
    const rms = Math.sqrt(points.reduce((sum, _, i) => sum + 0.0025 * (Math.sin(i) ** 2 + Math.cos(3 * i) ** 2), 0) / points.length);
    const found = alignmentError(neighborhood(points, species), neighborhood(moved, species), cutoff);
    expect(found).toBeLessThanOrEqual(rms);
    expect(found).toBeGreaterThan(0.3 * rms);
  });

  it("lets a neighbor leave through the cutoff", () => {
    const more = neighborhood([...points, [0, 0, 3.9]], [...species, 0]);
    const found = alignmentError(neighborhood(points, species), more, cutoff);
    expect(found).toBeCloseTo(0.1 / Math.sqrt(13), 9);
    expect(alignmentError(more, neighborhood(points, species), cutoff)).toBe(found);
  });

  it("tells environments apart that have the same distances and angles", () => {
    // Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020), doi:10.1103/PhysRevLett.125.166001: four H around C, φ = 0.8π and −0.8π
    const [a, b] = [3 * Math.PI, Math.PI].map((value) => value / 8);
    const shared: Point[] = [
      [-Math.cos(a), 0, Math.sin(a)],
      [Math.cos(b) * 0.8, -0.6 * Math.cos(b), -Math.sin(b)],
      [Math.cos(b) * 0.8, 0.6 * Math.cos(b), Math.sin(b)],
    ];
    const [plus, minus] = [1, -1].map((sign): Point[] => [...shared, [Math.cos(0.8 * Math.PI), sign * Math.sin(0.8 * Math.PI), 0]]);
    const angles = (set: readonly Point[]): number[] =>
      set.flatMap((p, i) => set.slice(0, i).map((q) => p.reduce((sum, value, k) => sum + value * q[k], 0))).sort((x, y) => x - y);
    angles(plus).forEach((value, k) => expect(value).toBeCloseTo(angles(minus)[k], 12));
    expect(alignmentError(neighborhood(plus), neighborhood(minus), cutoff)).toBeGreaterThan(0.05);
    expect(alignmentError(neighborhood(plus), neighborhood(plus.map(mirrored).map(rotated)), cutoff)).toBeLessThan(1e-9);
  });

  it.each([
    [[], []],
    [[[1, 0, 0]], [[0, 0, 1]]],
    [[[1, 0, 0], [-2, 0, 0]], [[0, -1, 0], [0, 2, 0]]],
  ] as [Point[], Point[]][])("copes with few neighbors and those in line (%j)", (one, two) => {
    expect(alignmentError(neighborhood(one), neighborhood(two), cutoff)).toBeLessThan(1e-12);
  });

  it("is far for an atom without neighbors and one with", () => {
    expect(alignmentError(neighborhood([]), neighborhood([[1, 0, 0]]), cutoff)).toBe(3);
  });
});
