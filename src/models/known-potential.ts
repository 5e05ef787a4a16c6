import { readFile } from "node:fs/promises";
import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { filePath } from "../file-path.js";
import { atomicNumberOf } from "../structures/periodic-table.js";
import { asPart } from "./calibration.js";
import { loadModel } from "./model-file.js";
import type { Model } from "./model-type.js";
import { buckinghamModel, buckinghamSchema } from "./pair/buckingham.js";
import { lennardJonesModel, lennardJonesSchema } from "./pair/lennard-jones.js";
import { morseModel, morseSchema } from "./pair/morse.js";
import { type PairTable, PairTableModel, parsePairTable } from "./pair/table.js";
import { ZblModel, zblSchema } from "./pair/zbl.js";
import { SumModel } from "./sum/model.js";

const tableSchema = z.strictObject({
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
});

const fileSchema = z.strictObject({
  /** Chooses a potential in a model file. */
  type: z.literal("file").describe("any potential in a model file"),
  path: filePath().describe("model file"),
});

const partSchemas = [zblSchema, lennardJonesSchema, morseSchema, buckinghamSchema, tableSchema, fileSchema] as const;

const sumSchema = z.strictObject({
  /** Chooses a sum of potentials. */
  type: z.literal("sum").describe("sum of potentials"),
  parts: z.array(z.discriminatedUnion("type", partSchemas)).min(1).describe("potentials that are added"),
});

/** A potential that needs no fit, as options describe it: one of closed form, one in files, or a sum of these. */
export const knownPotentialSchema = z.discriminatedUnion("type", [...partSchemas, sumSchema]);

/** The same with its defaults. */
export type KnownPotentialOptions = z.output<typeof knownPotentialSchema>;

/**
 * The potential that options describe.
 * @param species atomic numbers that it should know, ascending; one in a file knows what it knows
 * @param place of the options, for messages: "model.baseline"
 * @throws {InvalidParameterError} for parameters that do not fit together; {FormatError} for files
 */
export async function makeKnownPotential(options: KnownPotentialOptions, species: readonly number[], place: string): Promise<Model> {
  switch (options.type) {
    case "sum": {
      const parts: Model[] = [];
      for (const [p, part] of options.parts.entries()) parts.push(await makeKnownPotential(part, species, `${place}.parts[${p}]`));
      return new SumModel({ parts: parts.map((model) => ({ model })) });
    }
    case "file":
      return asPart(await loadModel(options.path));
    case "pair-table":
      return readTables(options.pairs, species, place);
    case "zbl":
      return new ZblModel(species, options);
    case "lennard-jones":
      return lennardJonesModel(species, options, place);
    case "morse":
      return morseModel(species, options, place);
    case "buckingham":
      return buckinghamModel(species, options, place);
  }
}

/** Atomic numbers that options name, or that their model files know; none where they are of any species. */
export async function knownSpecies(options: KnownPotentialOptions): Promise<number[]> {
  switch (options.type) {
    case "sum":
      return (await Promise.all(options.parts.map(knownSpecies))).flat();
    case "file":
      return [...(await loadModel(options.path)).species];
    case "zbl":
      return [];
    case "lennard-jones":
      return [...Object.keys(options.parameters), ...options.pairs.flatMap(({ species }) => species)].map(atomicNumberOf);
    default:
      return options.pairs.flatMap(({ species }) => species.map(atomicNumberOf));
  }
}

type TableOptions = z.output<typeof tableSchema>["pairs"];

async function readTables(pairs: TableOptions, species: readonly number[], place: string): Promise<Model> {
  const tables: PairTable[] = [];
  for (const { species: [a, b], path } of pairs) {
    const pair = [atomicNumberOf(a), atomicNumberOf(b)] as const;
    const isSame = (table: PairTable): boolean => [...table.species].sort().join() === [...pair].sort().join();
    if (tables.some(isSame)) throw new InvalidParameterError(`${place} has two tables for ${a} and ${b}`);
    tables.push(parsePairTable(await readFile(path, "utf8"), pair, path));
  }
  const all = new Set([...species, ...tables.flatMap((table) => table.species)]);
  return new PairTableModel([...all].sort((x, y) => x - y), tables);
}
