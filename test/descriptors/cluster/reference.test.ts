// Features of cluster bases against values of another program: two and three bodies, weighted and by pairs of species, every cutoff function.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { speciesPairs } from "../../../src/descriptors/cluster/basis.js";
import { pairKey, tripletKey } from "../../../src/descriptors/cluster/parameters.js";
import { Cluster } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import type { ReferenceModels } from "../../models/composed/reference-model.js";
import { Calculator, type System } from "../calculator.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

type FileBasis = ReferenceModels["models"][number]["model"]["bases"][string] & { readonly weights?: readonly (number | readonly number[])[] };

/** The basis as the descriptor has it, with factors by their keys. */
function parametersOf({ weights, species = weights && "weights", ...basis }: FileBasis, elements: readonly number[]): object {
  if (!weights) return { ...basis, species: species ?? "alike" };
  const pairs = speciesPairs(elements.length).map((pair) => pair.map((index) => elements[index]));
  const keys = basis.body === 3 ? elements.flatMap((z) => pairs.map(([a, b]) => tripletKey(z, a, b))) : pairs.map(([a, b]) => pairKey(a, b));
  return { ...basis, species, weights: Object.fromEntries(keys.map((key, i) => [key, weights[i]])) };
}

describe.each(["nb12.json", "nacl8.json", "ch4.json"])("features of %s", (name) => {
  const { structure, models } = JSON.parse(readFileSync(new URL(`../../data/reference/composable/${name}`, import.meta.url), "utf8")) as ReferenceModels;
  const elements = [...new Set(structure.numbers)].sort((a, b) => a - b);
  const system: System = {
    name, atomicNumbers: structure.numbers, positions: Float64Array.from(structure.positions.flat()),
    cell: structure.pbc.some(Boolean) ? Float64Array.from(structure.cell.flat()) : null, pbc: structure.pbc as System["pbc"],
  };

  it.each(models.map((model) => [model.name, model] as const))("%s", (_, { model, features }) => {
    const bases = Object.values(model.bases).map((basis) => parametersOf(basis as FileBasis, elements));
    const cluster = new Cluster({ type: "cluster", cutoff: model.cutoff, bases });
    const calculator = new Calculator(executor, cluster, elements);
    const { values } = calculator.compute(calculator.environments(system));
    const expected = Object.values(features).flat();
    expect(expected.length).toBe(calculator.nFeatures);
    expectClose(values.subarray(0, expected.length), expected, 1e-13, "relative-to-max");
    calculator.release();
  });
});
