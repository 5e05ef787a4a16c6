// Derivatives by every parameter in high precision: their doubles are the stored ones.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreciseArithmetic } from "../../../src/math/precise/arithmetic.js";
import { PreciseComposedRows } from "../../../src/analysis/fisher/precise/composed-rows.js";
import { precisePairs, SEARCH_MARGIN } from "../../../src/analysis/fisher/precise/pairs.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import { neighborList } from "../../../src/neighbors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";
import { referenceFolder } from "../../reference/folder.js";
import { type StoredModel, storedPotential } from "./stored-model.js";

interface StoredFile {
  readonly structure: { readonly numbers: readonly number[]; readonly positions: number[][]; readonly cell: number[][] | null; readonly pbc: boolean[] };
  readonly models: readonly {
    readonly name: string;
    readonly model: StoredModel;
    readonly parameters: readonly string[];
    readonly energy: number;
    readonly energyGradient: readonly number[];
    readonly forceProjectionGradient: readonly number[];
  }[];
}

const folder = referenceFolder("composable");
let executor: Executor;
let numbers: PreciseArithmetic;
beforeAll(async () => {
  executor = await testExecutor();
  numbers = await PreciseArithmetic.open(128);
});
afterAll(async () => {
  numbers.close();
  await executor.close();
});

const cases = (folder?.files.filter((file) => file.endsWith(".json")) ?? []).flatMap((file) => {
  const { structure, models } = folder!.json(file) as StoredFile;
  return structure ? models.map((model) => ({ file, structure, name: model.name, model })) : [];
});

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe.skipIf(!folder)("rows in high precision", () => {
  it.each(cases)("$file: $name", async ({ structure, model }) => {
    const species = [...new Set(structure.numbers)].sort((a, b) => a - b);
    const geometry = {
      atomicNumbers: Uint8Array.from(structure.numbers),
      positions: Float64Array.from(structure.positions.flat()),
      cell: structure.cell ? Float64Array.from(structure.cell.flat()) : null,
      pbc: structure.pbc as [boolean, boolean, boolean],
      label: "stored",
      targets: {},
      configType: "",
      info: {},
    };
    const potential = storedPotential(model.model, species);
    const mark = numbers.mark();
    const list = await neighborList(executor, geometry as never, potential.form.cutoff.radius * SEARCH_MARGIN);
    const own = new PreciseComposedRows(numbers, precisePairs(numbers, geometry, list, potential.form.cutoff, species), potential);
    const nAtoms = structure.numbers.length;
    const n = potential.values.length;
    const rows = own.rows({ forces: true, virial: true });
    const { parameters } = layoutParameters(potential.form, species.length);
    expect(parameters.map(({ name }) => name)).toEqual(model.parameters);
    const values = numbers.numbers(rows, (3 * nAtoms + 7) * n);
    // stored by α and β, not by their logarithms
    const scale = parameters.map(({ kind }, p) => (kind === "alpha" || kind === "beta" ? potential.values[p] : 1));
    const tolerance = 1e-13 * largest(model.energyGradient);
    model.energyGradient.forEach((value, p) => expect(Math.abs(values[p] / scale[p] - value), `energy by ${parameters[p].name}`).toBeLessThan(tolerance));
    const projected = parameters.map((_, p) => {
      let sum = 0;
      for (let k = 0; k < 3 * nAtoms; k++) sum += Math.sin(1 + k) * values[(1 + k) * n + p];
      return sum / scale[p];
    });
    const forceTolerance = 2e-12 * largest(model.forceProjectionGradient);
    model.forceProjectionGradient.forEach((value, p) => expect(Math.abs(projected[p] - value), `forces by ${parameters[p].name}`).toBeLessThan(forceTolerance));
    numbers.reset(mark);
  });
});
