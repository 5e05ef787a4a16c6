// Fitted cluster expansions as .yace files and back: with fewer columns, pruned lists, components and standardization.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reduceDescriptor } from "../../src/analysis/redundancy/reduce-descriptor.js";
import { fitLinear, linearSchema } from "../../src/fit/index.js";
import { readYaceModel, writeYaceModel } from "../../src/interop/pace/index.js";
import { evaluateStructure, type LinearModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { symbolOf } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { smallData } from "../fit/kernel-ridge/small-fits.js";
import { PlainYace } from "../reference/plain-yace.js";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-pace-fitted-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const data = smallData(8);
const expCos = { type: "chebyshev-exponential-cosine", lambda: 4, switchWidth: 0.3 };
const ace = { type: "ace", cutoff: { radius: 3.6 }, order: 2, degree: [3, 3], radial: expCos, pair: "radial" };

async function fitted(descriptor: object): Promise<LinearModel> {
  const model = linearSchema.parse({ type: "linear", isolatedAtomEnergies: { Na: -1, Cl: -2 }, terms: [{ descriptor }] });
  const fit = { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: "ridge", regularization: 1e-3 } } as never;
  return (await fitLinear({ model, fit }, data, executor)).model;
}

/** The list of functions that `pestle reduce` leaves of orders 3 and 4 where lower ones are few. */
async function pruned(): Promise<object> {
  const parameters = { ...ace, order: 4, degree: [1, 1, 4, 6], lWeight: 1 };
  const { parameters: reduced, orders } = await reduceDescriptor(executor, parameters, [11, 17]);
  expect(orders.filter(({ order, kept }) => order >= 3 && kept > 0).length).toBe(2);
  return reduced;
}

it.each<[string, () => object | Promise<object>]>([
  ["all columns", () => ace],
  ["radial functions as sums", () => ({ ...ace, radial: undefined, pair: undefined, bondLengths: { Na: 2.4, Cl: 2.4 } })],
  ["a pruned list of orders 3 and 4", pruned],
  ["some columns", () => ({ ...ace, reduction: { type: "columns", columns: [0, 2, 7, 11], species: ["Na", "Cl"] } })],
  ["components", () => ({ ...ace, reduction: { type: "principal-components", components: 6 } })],
  ["centered components", () => ({ ...ace, reduction: { type: "principal-components", components: 6, centered: true } })],
  ["standardized columns", () => ({ ...ace, standardization: "standard" })],
  ["standardized components", () => ({ ...ace, reduction: { type: "principal-components", components: 6 }, standardization: "standard" })],
])("a fit with %s is the same in a file, and when it is read back", async (name, descriptor) => {
  const model = await fitted(await descriptor());
  const path = join(folder, `${name.replaceAll(" ", "-")}.yace`);
  await writeYaceModel(path, model);
  const plain = new PlainYace(readFileSync(path, "utf8"));
  const read = await readYaceModel(path);
  const structure = data.structure(3);
  const want = { forces: true, localEnergies: true };
  const expected = await evaluateStructure(model, structure, executor, { want });
  const symbols = [...structure.atomicNumbers].map(symbolOf);
  const { atomicNumbers, positions, cell, pbc } = structure;
  expect(Math.max(...expected.forces!.map(Math.abs))).toBeGreaterThan(0.1);
  expectClose(plain.energies({ name, atomicNumbers: [...atomicNumbers], positions, cell, pbc }, symbols), expected.localEnergies!, 1e-9, "relative-to-max");
  const found = await evaluateStructure(read, structure, executor, { want });
  expectClose(found.localEnergies!, expected.localEnergies!, 1e-9, "relative-to-max");
  expectClose(found.forces!, expected.forces!, 1e-8, "relative-to-max");
});
