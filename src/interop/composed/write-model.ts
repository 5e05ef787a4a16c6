import { basename, dirname, join } from "node:path";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { speciesPairs } from "../../descriptors/cluster/basis.js";
import { InvalidParameterError } from "../../errors.js";
import type { Model } from "../../models/model-type.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { ZblModel } from "../../models/pair/zbl.js";
import { printNotation } from "../../models/composed/notation.js";
import { writeWholeFile } from "../../output-file.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { lammpsLines } from "../lammps/input-lines.js";
import { overlayFunctions } from "../lammps/overlays.js";
import { pairSection, pairTableErrors, pairTableText } from "../lammps/pair-section.js";
import { type SetflErrors, setflText } from "../lammps/setfl.js";
import type { TableError } from "../lammps/table-error.js";
import { type ComposedSum, composedSumOf } from "./composed-sum.js";
import { type EmbeddedAtoms, embeddedAtomsOf, isEmbedded } from "./embedded-atom.js";
import { finnisSinclairOf } from "./finnis-sinclair.js";
import { composedJson } from "./json-model.js";

/** What a composed potential may be written as. */
export const composedFormats = ["pair-table", "eam-fs", "json"] as const;
/** A table for `pair_style table`, a file for `pair_style eam/fs`, or JSON with a reader in Python. */
export type ComposedFormat = (typeof composedFormats)[number];

/** How a composed potential is written. */
export interface WriteComposedOptions {
  /** Default: what the ending of the name says (.table, .fs, .json), else the first that holds the potential exactly. */
  readonly format?: ComposedFormat;
  /** Points of each table of eam/fs. Default: 5000. */
  readonly points?: number;
  /** Å, distance of neighbors in the densest close packing that tables of eam/fs are for. Default: 0.7 times the sum of the covalent radii. */
  readonly nearest?: number;
}

/** What was written. */
export interface WrittenComposed {
  /** Of the first file. */
  readonly format: ComposedFormat;
  /** Names of the files, the potential first. */
  readonly files: readonly string[];
  /** Input of LAMMPS that uses them; none for JSON. */
  readonly lammps: readonly string[];
  /** Whether a reader that somebody changed lay beside JSON, and was left as it is. */
  readonly keptReader?: boolean;
  /** Energy in eV of an atom alone by element, which LAMMPS leaves out where tables have pairs only. */
  readonly missingAtomEnergies?: Readonly<Record<string, number>>;
  /** Deviations of pair tables: eV, eV/Å. */
  readonly pairErrors?: TableError;
  /** Deviations of tables of eam/fs. */
  readonly setflErrors?: SetflErrors;
  /** Å by element: up to the density of a close packing with neighbors at this distance tables of eam/fs have embedding energies; above they go on as straight lines. */
  readonly nearest?: Readonly<Record<string, number>>;
}

interface WrittenTexts extends Omit<WrittenComposed, "format" | "files"> {
  /** By their names, the potential first. */
  readonly texts: readonly (readonly [name: string, text: string])[];
}

const POINTS = { usual: 5000, least: 100, most: 100_000 };
/** The reader that goes beside JSON. */
const READER = "composed.py";
const READER_FILE = fileURLToPath(new URL(`../../../examples/composed/${READER}`, import.meta.url));

/**
 * Writes a composed potential: as a table for `pair_style table` of LAMMPS where it is a pair potential, as a file for `pair_style eam/fs` where it is one
 * of embedded atoms, and any as JSON, beside which a reader for Python is put.
 * @throws {InvalidParameterError} for a format that does not hold the potential: it says which term is in the way, and what to take instead
 */
export function writeComposedModel(path: string, model: Model, options: WriteComposedOptions = {}): Promise<WrittenComposed> {
  return writeComposedSum(path, composedSumOf(model), options);
}

/** The same of parts. */
export async function writeComposedSum(path: string, sum: ComposedSum, options: WriteComposedOptions = {}): Promise<WrittenComposed> {
  const name = basename(path);
  if (!sum.potential.values.every(Number.isFinite)) throw new InvalidParameterError("the potential has parameters that are not finite: fit it again");
  const found = embeddedAtomsOf(sum.potential);
  const format = options.format ?? formatOfName(name) ?? (!isEmbedded(found) ? "json" : found.isPairwise ? "pair-table" : "eam-fs");
  const { texts, ...written } = format === "json" ? await jsonWithReader(path, sum) : format === "pair-table" ? pairTable(name, sum, found) : setfl(name, sum, requireEmbedded(found), options);
  // the file that others belong to comes last
  for (const [own, text] of [...texts].reverse()) await writeWholeFile(join(dirname(path), own), text);
  return { format, files: texts.map(([own]) => own), ...written };
}

async function jsonWithReader(path: string, { potential, overlays }: ComposedSum): Promise<WrittenTexts> {
  const name = basename(path);
  if (name === READER) throw new InvalidParameterError(`${READER} is the name of the reader that is put beside the potential; name the output otherwise, for example model.json`);
  if (overlays.length > 0) throw new InvalidParameterError(`the reader in Python knows composed potentials only, not ${overlays.map(({ type }) => type).join(", ")} beside them: fit without model.baseline`);
  const json = [name, composedJson(potential)] as const;
  const reader = await readFile(READER_FILE, "utf8");
  const present = await readFile(join(dirname(path), READER), "utf8").catch(() => reader);
  return present === reader ? { texts: [json, [READER, reader]], lammps: [] } : { texts: [json], lammps: [], keptReader: true };
}

/** The first format that holds a potential exactly, and the usual ending of its name. */
export function exactFormat(model: Model): { readonly format: ComposedFormat; readonly ending: string } {
  const found = embeddedAtomsOf(composedSumOf(model).potential);
  if (!isEmbedded(found)) return { format: "json", ending: ".json" };
  return found.isPairwise ? { format: "pair-table", ending: ".table" } : { format: "eam-fs", ending: ".eam.fs" };
}

/** Of endings that say it. */
function formatOfName(name: string): ComposedFormat | undefined {
  if (name.endsWith(".json")) return "json";
  if (name.endsWith(".table")) return "pair-table";
  return name.endsWith(".fs") ? "eam-fs" : undefined;
}

function requireEmbedded(found: ReturnType<typeof embeddedAtomsOf>): EmbeddedAtoms {
  if (isEmbedded(found)) return found;
  throw new InvalidParameterError(`eam/fs has a pair function and a function of one density for each atom: ${found.why}. Write the potential as JSON for the reader in Python (-o model.json)`);
}

function pairTable(name: string, { potential: { form }, overlays }: ComposedSum, found: ReturnType<typeof embeddedAtomsOf>): WrittenTexts {
  const notation = printNotation({ bases: form.bases, root: form.root });
  if (!isEmbedded(found)) throw new InvalidParameterError(`a table has a function of each pair: ${found.why}. Write the potential as JSON for the reader in Python (-o model.json)`);
  if (!found.isPairwise) throw new InvalidParameterError(`a table has a function of each pair: ${notation} has functions of densities. Write it as a file for pair_style eam/fs (-o model.eam.fs), which it is exactly`);
  const { species, centers } = found;
  const pairs = speciesPairs(species.length).map((pair) => ({ pair, functions: [found.pair(...pair), ...functionsBeside(overlays, species, pair)] }));
  const sections = pairs.map((pair) => pairSection(pair, species));
  return {
    texts: [[name, pairTableText(sections)]],
    lammps: lammpsLines({ tableName: name, species, zbl: zblOf(overlays), sections }),
    missingAtomEnergies: Object.fromEntries(centers.map(({ alone }, center) => [symbolOf(species[center]), alone])),
    pairErrors: largestOf(pairs.map(({ functions }) => pairTableErrors(functions))),
  };
}

function largestOf(errors: readonly TableError[]): TableError {
  return { value: Math.max(...errors.map(({ value }) => value)), slope: Math.max(...errors.map(({ slope }) => slope)) };
}

function setfl(name: string, { potential: { form: { bases, root } }, overlays }: ComposedSum, atoms: EmbeddedAtoms, { points = POINTS.usual, nearest }: WriteComposedOptions): WrittenTexts {
  if (!(Number.isInteger(points) && points >= POINTS.least && points <= POINTS.most)) throw new InvalidParameterError(`points is ${points}; it must be a whole number from ${POINTS.least} to ${POINTS.most}`);
  if (nearest !== undefined && !(nearest > 0 && nearest < atoms.cutoff)) throw new InvalidParameterError(`nearest is ${nearest}; it must be a distance in Å below the cutoff of ${atoms.cutoff}`);
  const functions = finnisSinclairOf(atoms, nearest);
  const { text, errors } = setflText(functions, points, printNotation({ bases, root }));
  const { species } = atoms;
  const pairs = speciesPairs(species.length).map((pair) => ({ pair, functions: functionsBeside(overlays, species, pair) }));
  const sections = pairs.filter(({ functions }) => functions.length > 0).map((pair) => pairSection(pair, species));
  const tableName = `${name.replace(/(\.eam)?\.fs$/u, "")}.table`;
  return {
    texts: [[name, text], ...(sections.length > 0 ? [[tableName, pairTableText(sections)] as const] : [])],
    lammps: lammpsLines({ style: { name: "eam/fs", file: name }, tableName, species, zbl: zblOf(overlays), sections }),
    setflErrors: errors,
    nearest: Object.fromEntries(functions.packings.flatMap((own, center) => (own.nearest > 0 ? [[symbolOf(species[center]), own.nearest]] : []))),
  };
}

/** Of pair potentials, without ZBL. */
function functionsBeside(overlays: readonly Model[], species: readonly number[], [a, b]: readonly [number, number]): PairFunction[] {
  return overlays.flatMap((overlay) => overlayFunctions(overlay, species[a], species[b]));
}

function zblOf(overlays: readonly Model[]): ZblModel[] {
  return overlays.filter((overlay) => overlay instanceof ZblModel);
}
