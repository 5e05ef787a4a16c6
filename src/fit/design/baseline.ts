import { readFile } from "node:fs/promises";
import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { filePath } from "../../file-path.js";
import { evaluateDataset } from "../../models/evaluate.js";
import { loadModel } from "../../models/model-file.js";
import type { Model } from "../../models/model-type.js";
import { type PairTable, PairTableModel, parsePairTable } from "../../models/pair/table.js";
import { ZblModel, zblSchema } from "../../models/pair/zbl.js";
import type { WorkContext } from "../../parallel/work-context.js";
import { type Dataset, DatasetBuilder } from "../../structures/dataset.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { Targets } from "../../structures/structure.js";

/** `model.baseline`: a potential that is known already; what it predicts is taken from the targets before a fit. */
export const baselineSchema = z
  .discriminatedUnion("type", [
    zblSchema,
    z.strictObject({
      /** Chooses pair functions in tables. */
      type: z.literal("pair-table").describe("pair functions in tables"),
      pairs: z
        .array(
          z.strictObject({
            species: z.tuple([z.string(), z.string()]).describe("chemical symbols"),
            path: filePath().describe("lines r φ F (Å, eV, eV/Å; F = −dφ/dr) or r φ; the last distance is the cutoff, where φ should be 0"),
          }),
        )
        .min(1)
        .describe("a table for every pair of species that interacts"),
    }),
    z.strictObject({
      /** Chooses a potential in a model file. */
      type: z.literal("file").describe("any potential in a model file"),
      path: filePath().describe("model file"),
    }),
  ])
  .describe("a potential that the energy stands on: its predictions are taken from the targets before the fit, and added by the model");

/** The same with its defaults. */
export type BaselineOptions = z.output<typeof baselineSchema>;

/**
 * The potential that a fit stands on.
 * @param species atomic numbers of the data
 * @throws {InvalidParameterError} for a model that does not know a species of the data; {FormatError}
 */
export async function openBaseline(options: BaselineOptions, species: readonly number[]): Promise<Model> {
  if (options.type === "zbl") return new ZblModel(species, options);
  if (options.type === "pair-table") return readTables(options.pairs, species);
  const model = await loadModel(options.path);
  const unknown = species.filter((atomicNumber) => !model.species.includes(atomicNumber));
  if (unknown.length === 0) return model;
  throw new InvalidParameterError(
    `model.baseline: ${options.path} knows ${model.species.map(symbolOf).join(", ")}; the data also has ${unknown.map(symbolOf).join(", ")}`,
  );
}

async function readTables(pairs: readonly { readonly species: readonly [string, string]; readonly path: string }[], species: readonly number[]): Promise<Model> {
  const tables: PairTable[] = [];
  for (const { species: [a, b], path } of pairs) {
    const pair = [atomicNumberOf(a), atomicNumberOf(b)] as const;
    const isSame = (table: PairTable): boolean => [...table.species].sort().join() === [...pair].sort().join();
    if (tables.some(isSame)) throw new InvalidParameterError(`model.baseline has two tables for ${a} and ${b}`);
    tables.push(parsePairTable(await readFile(path, "utf8"), pair, path));
  }
  const all = new Set([...species, ...tables.flatMap((table) => table.species)]);
  return new PairTableModel([...all].sort((x, y) => x - y), tables);
}

/** The data with what a potential predicts taken from energies, forces and virials. */
export async function withoutBaseline(dataset: Dataset, baseline: Model, { executor, signal, onProgress }: WorkContext): Promise<Dataset> {
  const builder = new DatasetBuilder(dataset.columns.values());
  const { forceComponents, virials } = dataset.report;
  const want = { forces: forceComponents > 0, virial: virials > 0 };
  for await (const { structure, prediction } of evaluateDataset(baseline, dataset, executor, { want, signal, onProgress })) {
    const { energy, forces, virial } = structure.targets;
    const targets: Targets = {
      ...structure.targets,
      ...(energy !== undefined && { energy: energy - prediction.energy }),
      ...(forces && { forces: forces.map((value, i) => value - prediction.forces![i]) }),
      ...(virial && { virial: virial.map((value, i) => value - prediction.virial![i]) }),
    };
    builder.add({ ...structure, targets });
  }
  return builder.finish();
}
