// GAP models of pairs and triplets of several species with made-up numbers: what the suite makes of such files, against their definition in plain loops, in which
// pairs count from both ends and triplets in both orders. Bartók & Csányi, IJQC 115, 1051 (2015), 10.1002/qua.24927.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateStructure } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { randomStructure } from "../models/systems.js";
import { ReferenceFolder } from "./folder.js";
import { type GapFile, modelOf, whyNot } from "./gap-model.js";
import { covariances, pairRows, type PlainAtoms, type PlainRow, tripletRows } from "./gap-twin.js";

interface Part {
  readonly descriptor: string;
  readonly lengthScales: readonly number[];
  readonly delta: number;
  readonly points: readonly (readonly number[])[];
  readonly cutoffs: readonly number[];
  readonly coefficients: readonly number[];
  /** Every row that GAP has. */
  rows(atoms: PlainAtoms): PlainRow[];
}

const next = randomSource(11);
const between = (low: number, high: number): number => low + (high - low) * (0.5 + 0.5 * next());

function pairs(z: readonly [number, number], radius: number, exponents: readonly number[], count: number): Part {
  const list = exponents.join() === "1" ? "" : ` n_exponents=${exponents.length} exponents={${exponents.join(" ")}}`;
  return {
    descriptor: `distance_2b cutoff=${radius} cutoff_transition_width=0.8 Z1=${z[0]} Z2=${z[1]}${list}`,
    lengthScales: exponents.map(() => between(0.4, 1)), delta: between(0.3, 1),
    points: Array.from({ length: count }, () => { const r = between(1.8, radius); return exponents.map((e) => r ** e); }),
    cutoffs: Array.from({ length: count }, () => between(0.2, 1)), coefficients: Array.from({ length: count }, () => between(-1, 1)),
    rows: (atoms) => pairRows(atoms, z, { radius, width: 0.8 }, exponents),
  };
}

function triplets(center: number, z: readonly [number, number], radius: number, count: number): Part {
  return {
    descriptor: `angle_3b cutoff=${radius} cutoff_transition_width=0.6 Z=${center} Z1=${z[0]} Z2=${z[1]}`,
    lengthScales: [between(0.8, 2), between(0.5, 1.5), between(0.8, 2)], delta: between(0.1, 0.5),
    points: Array.from({ length: count }, () => [between(3.6, 2 * radius), between(0, 2), between(1.8, radius + 1)]),
    cutoffs: Array.from({ length: count }, () => between(0.2, 1)), coefficients: Array.from({ length: count }, () => between(-1, 1)),
    rows: (atoms) => tripletRows(atoms, center, z, { radius, width: 0.6 }),
  };
}

const parts: readonly Part[] = [
  pairs([11, 17], 3.6, [1], 5), pairs([17, 17], 3.4, [-1, -3], 4), pairs([11, 11], 3.2, [1], 3),
  triplets(11, [11, 17], 3.1, 6), triplets(17, [11, 11], 3.3, 5), triplets(17, [17, 17], 3.2, 4),
];
const e0: Readonly<Record<number, number>> = { 11: -1.25, 17: -3.5 };

interface Covariance {
  readonly type: string;
  /** f0, eV */
  readonly mean: number;
  /** θ is so many times larger, so that some points are in reach. */
  readonly reach: number;
}

/** Σ e0 + Σ_rows f_c Σ_s α_s f_c,s (δ² k(x, x_s) + f0²) */
function plainEnergies({ type, mean, reach }: Covariance, structure: Structure, positions = structure.positions): number[] {
  const energies = Array.from(structure.atomicNumbers, (z) => e0[z]);
  for (const { rows, points, cutoffs, coefficients, lengthScales, delta } of parts) {
    for (const { center, x, fc } of rows({ ...structure, positions })) {
      for (const [s, point] of points.entries()) {
        const square = point.reduce((sum, value, d) => sum + ((x[d] - value) / (reach * lengthScales[d])) ** 2, 0);
        energies[center] += fc * coefficients[s] * cutoffs[s] * (delta ** 2 * covariances[type](square, point.length) + mean ** 2);
      }
    }
  }
  return energies;
}

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

describe("a GAP of pairs and triplets of two species", () => {
  it.each([
    ["ard_se, periodic", { type: "1", mean: 0, reach: 1 }, randomStructure(21, 7)],
    ["ard_se, a molecule", { type: "1", mean: 0, reach: 1 }, randomStructure(22, 7, false)],
    ["ard_se with a mean", { type: "1", mean: 0.3, reach: 1 }, randomStructure(23, 6)],
    ["pp, periodic", { type: "4", mean: 0, reach: 3 }, randomStructure(24, 7)],
    ["pp with a mean, a molecule", { type: "4", mean: -0.2, reach: 3 }, randomStructure(25, 7, false)],
  ])("is what its file says: %s", async (_, covariance, structure) => {
    const gap: GapFile = {
      name: "gap.xml", commandLine: "",
      content: {
        label: "GAP", core: [], isolatedAtomEnergies: new Map([[11, e0[11]], [17, e0[17]]]),
        coordinates: parts.map(({ descriptor, lengthScales, delta, points, cutoffs, coefficients }) => ({
          descriptor, dimensions: points[0].length, covariance: covariance.type, delta, mean: covariance.mean, zeta: 1, lengthScales: lengthScales.map((length) => covariance.reach * length),
          sparsePoints: Float64Array.from(points.flat()), cutoffs: Float64Array.from(cutoffs), coefficients: Float64Array.from(coefficients),
        })),
      },
    };
    expect(whyNot(gap)).toBeUndefined();
    const model = modelOf(new ReferenceFolder(folder), gap, [11, 17]);
    const { energy, forces, localEnergies } = await evaluateStructure(model, structure, executor, { want: { forces: true, localEnergies: true } });
    const plain = plainEnergies(covariance, structure);
    const total = (positions: Float64Array): number => plainEnergies(covariance, structure, positions).reduce((sum, value) => sum + value, 0);
    expectClose([energy], [total(structure.positions)], 1e-11);
    expectClose(localEnergies!, plain, 1e-11);
    const h = 1e-4;
    const numerical = structure.positions.map((_, i) => {
      const at = (step: number): number => total(structure.positions.map((x, k) => (k === i ? x + step : x)));
      return (-8 * (at(h) - at(-h)) + (at(2 * h) - at(-2 * h))) / (12 * h);
    });
    expectClose(forces!, numerical, 1e-7, "relative-to-max");
    expect(Math.max(...forces!.map(Math.abs)) > 0.1).toBe(true);
  });
});
