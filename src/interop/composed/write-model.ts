import { basename, dirname, join } from "node:path";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { InvalidParameterError } from "../../errors.js";
import { printNotation } from "../../models/composed/notation.js";
import { writeWholeFile } from "../../output-file.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { pairSection, pairTableErrors, pairTableText, TABLE_LINES } from "../lammps/pair-section.js";
import { type SetflErrors, setflText } from "../lammps/setfl.js";
import type { TableError } from "../lammps/table-error.js";
import { word } from "../lammps/word.js";
import { type ComposedContent, type EmbeddedAtoms, embeddedAtomsOf, isEmbedded } from "./embedded-atom.js";
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
  readonly format: ComposedFormat;
  /** Names of the files, the potential first. */
  readonly files: readonly string[];
  /** Input of LAMMPS that uses them; none for JSON. */
  readonly lammps: readonly string[];
  /** Energy in eV of an atom alone by element, which LAMMPS leaves out where tables have pairs only. */
  readonly missingAtomEnergies?: Readonly<Record<string, number>>;
  /** Deviations of pair tables: eV, eV/Å. */
  readonly pairErrors?: TableError;
  /** Deviations of tables of eam/fs. */
  readonly setflErrors?: SetflErrors;
}

interface WrittenText extends Omit<WrittenComposed, "format" | "files"> {
  readonly text: string;
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
export async function writeComposedModel(path: string, content: ComposedContent, options: WriteComposedOptions = {}): Promise<WrittenComposed> {
  const name = basename(path);
  const found = embeddedAtomsOf(content);
  const format = options.format ?? formatOfName(name) ?? (!isEmbedded(found) ? "json" : found.isPairwise ? "pair-table" : "eam-fs");
  if (format === "json") {
    await writeWholeFile(join(dirname(path), READER), await readFile(READER_FILE, "utf8"));
    await writeWholeFile(path, composedJson(content));
    return { format, files: [name, READER], lammps: [] };
  }
  const { text, ...written } = format === "pair-table" ? pairTable(name, content, found) : setfl(name, content, requireEmbedded(found), options);
  await writeWholeFile(path, text);
  return { format, files: [name], ...written };
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

function pairTable(name: string, content: ComposedContent, found: ReturnType<typeof embeddedAtomsOf>): WrittenText {
  const notation = printNotation({ bases: content.form.bases, root: content.form.root });
  if (!isEmbedded(found)) throw new InvalidParameterError(`a table has a function of each pair: ${found.why}. Write the potential as JSON for the reader in Python (-o model.json)`);
  if (!found.isPairwise) throw new InvalidParameterError(`a table has a function of each pair: ${notation} has functions of densities. Write it as a file for pair_style eam/fs (-o model.eam.fs), which it is exactly`);
  const { species, centers } = found;
  const pairs = species.flatMap((_, i) => species.slice(i).map((__, offset) => ({ pair: [i, i + offset] as const, functions: [found.pair(i, i + offset)] })));
  const sections = pairs.map((pair) => pairSection(pair, species));
  return {
    text: pairTableText(sections),
    lammps: ["units metal", `pair_style table spline ${TABLE_LINES}`, ...sections.map(({ pair: [i, j], keyword }) => `pair_coeff ${i + 1} ${j + 1} ${word(name)} ${keyword}`)],
    missingAtomEnergies: Object.fromEntries(centers.map(({ alone }, center) => [symbolOf(species[center]), alone])),
    pairErrors: largestOf(pairs.map(({ functions }) => pairTableErrors(functions))),
  };
}

function largestOf(errors: readonly TableError[]): TableError {
  return { value: Math.max(...errors.map(({ value }) => value)), slope: Math.max(...errors.map(({ slope }) => slope)) };
}

function setfl(name: string, { form: { bases, root } }: ComposedContent, atoms: EmbeddedAtoms, { points = POINTS.usual, nearest }: WriteComposedOptions): WrittenText {
  if (!(Number.isInteger(points) && points >= POINTS.least && points <= POINTS.most)) throw new InvalidParameterError(`points is ${points}; it must be a whole number from ${POINTS.least} to ${POINTS.most}`);
  if (nearest !== undefined && !(nearest > 0 && nearest < atoms.cutoff)) throw new InvalidParameterError(`nearest is ${nearest}; it must be a distance in Å below the cutoff of ${atoms.cutoff}`);
  const { text, errors } = setflText(finnisSinclairOf(atoms, nearest), points, printNotation({ bases, root }));
  return { text, lammps: ["units metal", "pair_style eam/fs", `pair_coeff * * ${word(name)} ${atoms.species.map(symbolOf).join(" ")}`], setflErrors: errors };
}
