// What sensitivities and paths must be whatever the orientation, and bad environments of paths.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blindnessOf, followManifold, fourBodyEnergy, sensitivityOf } from "../../../src/analysis/index.js";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { acsfParameters, generic, methane, start, tetrahedral } from "../methane.js";

let executor: Executor;
let describer: EnvironmentDescriber;
beforeAll(async () => {
  executor = await testExecutor();
  describer = new EnvironmentDescriber(executor, createEnvironmentDescriptor({ ...acsfParameters, species: ["H", "C"] }, "this test"), [1, 6]);
});
afterAll(async () => {
  describer.release();
  await executor.close();
});

/** By 40° about (1, 2, 2)/3, by Rodrigues' formula, and mirrored where that is asked for. */
function turned(environment: SingleEnvironment, mirrored = false): SingleEnvironment {
  const axis = [1 / 3, 2 / 3, 2 / 3];
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  const displacements = new Float64Array(environment.displacements.length);
  for (let j = 0; j < displacements.length; j += 3) {
    const own = environment.displacements.subarray(j, j + 3);
    const along = axis.reduce((sum, value, k) => sum + value * own[k], 0);
    for (let k = 0; k < 3; k++) {
      const [next, last] = [(k + 1) % 3, (k + 2) % 3];
      const value = cos * own[k] + sin * (axis[next] * own[last] - axis[last] * own[next]) + (1 - cos) * along * axis[k];
      displacements[j + k] = mirrored ? -value : value;
    }
  }
  return { ...environment, displacements };
}

describe("turned and mirrored environments", () => {
  it.each([false, true])("have the same singular values and the same path, mirrored: %s", async (mirrored) => {
    const [values, others] = [generic, turned(generic, mirrored)].map((own) => sensitivityOf(executor, describer, own).singularValues);
    expectClose(others, values, 1e-12, "relative-to-max");
    const [path, other] = await Promise.all([start, turned(start, mirrored)].map((own) => followManifold(executor, describer, own, { length: 0.05 })));
    // which way the path goes follows from the largest component of the first direction, which depends on the axes
    expect(other.points.length).toBe(path.points.length);
    expectClose([other.points[0].singularValues.softest], [path.points[0].singularValues.softest], 1e-11);
    expectClose([other.points[0].energy!], [path.points[0].energy!], 1e-12);
  });
});

describe("four-body energy", () => {
  it("is 2/3 for the regular tetrahedron, 6 for a flat shape and 1 for the corner of a cube", () => {
    expectClose([fourBodyEnergy(tetrahedral.displacements)], [2 / 3], 1e-12);
    expectClose([fourBodyEnergy([1, 0, 0, 0, 1, 0, -1, 0.2, 0, 0.3, -1, 0])], [6], 1e-12);
    // the corner of a cube: three faces at right angles, the fourth at cosine 1/√3 to each: 3 · 0 + 3 · 1/3
    expectClose([fourBodyEnergy([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])], [1], 1e-12);
  });

  it("does not change with the order of the neighbors, a rotation or the size", () => {
    const { displacements } = generic;
    const reordered = [2, 0, 3, 1].flatMap((j) => [...displacements.subarray(3 * j, 3 * j + 3)]);
    const energy = fourBodyEnergy(displacements);
    expectClose([fourBodyEnergy(reordered), fourBodyEnergy(turned(generic, true).displacements), fourBodyEnergy(displacements.map((x) => 2 * x))], [energy, energy, energy], 1e-12);
  });
});

describe("paths from environments that leave no direction", () => {
  const line = methane([[0, 0, 1.1], [0, 0, -1.2]]);
  it.each([
    ["tetrahedral", tetrahedral, "crossing"],
    ["one neighbor", methane([[0.3, 1, 0.2]]), undefined],
    ["in line", line, undefined],
    ["two neighbors at one place", methane([[1, 0.2, 0], [1, 0.2, 0], [-0.3, 1, 0.4]]), "close-atoms"],
  ] as const)("%s: an end that is named, and finite numbers", async (_, environment, end) => {
    const path = await followManifold(executor, describer, environment, { length: 0.05 });
    if (end) expect(path.end).toBe(end);
    expect(path.endMessage.length).toBeGreaterThan(10);
    const numbers = path.points.flatMap(({ displacements, variation, displacement }) => [...displacements, variation, displacement]);
    expect([...numbers, path.variation, path.displacement].every(Number.isFinite)).toBe(true);
    const { ratio, typicalVariation } = blindnessOf(describer, path, environment, { samples: 5 });
    expect(Number.isFinite(typicalVariation)).toBe(true);
    expect(ratio === undefined || Number.isFinite(ratio)).toBe(true);
  });

  it("says what an environment without neighbors lacks", async () => {
    await expect(followManifold(executor, describer, methane([]))).rejects.toThrow("methane has no neighbors, so there is nothing to move");
  });
});
