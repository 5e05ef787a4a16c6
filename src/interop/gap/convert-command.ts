import { InvalidParameterError } from "../../errors.js";
import { chemicalSymbols, findAtomicNumber, symbolOf } from "../../structures/periodic-table.js";
import { baselineOf, type CompanionFile, type CoreTables } from "./baseline.js";
import type { GapCommand } from "./command.js";
import { dataColumns, dataKeys, gapKeys } from "./data-keys.js";
import { isolatedEnergies } from "./isolated-energies.js";
import { type ConversionNote, Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";
import { sigmaOf } from "./sigma.js";
import { type ConvertedTerm, termsOf } from "./terms.js";
import type { ThetaFile } from "./theta-file.js";
import type { TrainingFacts } from "./training-facts.js";

/** Sections of a fit file as plain data. */
export interface ConvertedFile {
  /** Training file, keys and columns. */
  readonly data: object;
  /** Isolated-atom energies and terms. */
  readonly model: object;
  /** σ and jitter. */
  readonly fit: object;
  /** rnd_seed, or 1. */
  readonly seed: number;
}

/** A fit file that says what a gap_fit command says. */
export interface GapConversion {
  /** The fit file, not yet validated. */
  readonly config: ConvertedFile;
  /** Lines above parts of it, by their path: "model.terms.0". */
  readonly comments: ReadonlyMap<string, readonly string[]>;
  /** What has no counterpart, and what one should know. */
  readonly notes: readonly ConversionNote[];
  /** What the fit file names and has to stand beside it. */
  readonly files: readonly CompanionFile[];
  /** As given. */
  readonly command: string;
  /** What gap_fit would have written. */
  readonly modelFile: string;
}

/** What a conversion knows beside the command. */
export interface ConversionContext {
  /** Atomic numbers; default: those of the facts, then those that e0 names */
  readonly species?: readonly number[];
  /** undefined where the training file cannot be read */
  readonly facts?: TrainingFacts;
  /** Pair functions that the fit stands on. */
  readonly core?: CoreTables;
  /** Length scales by the names of their files; default: none can be read */
  readonly thetaFiles?: ReadonlyMap<string, ThetaFile>;
  /** A file of the command, as the fit file names it. */
  readonly pathOf: (name: string) => string;
}

/** gap_fit's own. */
const JITTER = 1e-10;

/**
 * A fit file for pestle from a gap_fit command.
 * @throws {FormatError} with the place of what cannot be read; {InvalidParameterError} where species have to be known, or no term is left
 */
export function convertGapCommand(command: GapCommand, { species: given, facts, core, thetaFiles = new Map(), pathOf }: ConversionContext): GapConversion {
  const { options } = command;
  const notes = new Notes();
  options.note(notes);
  const species = given ?? facts?.species ?? namedSpecies(command);
  if (!given && !facts && species.length > 0) notes.remark("at_file", `elements are those that the command names, ${species.map(symbolOf).join(", ")}; if the data have others, convert with --species`);
  const jitter = options.number("sparse_jitter") ?? JITTER;
  const configTypeOf = (name: string): string | undefined => spelling(name, facts?.configTypes, notes);
  const terms = command.terms.flatMap((string) => termsOf(string, { species, pathOf, configTypeOf, thetaFiles, notes, jitter }));
  if (terms.length === 0) throw new InvalidParameterError(`none of the descriptors has a counterpart: ${notes.list.map(({ option, text }) => `${option}: ${text}`).join("; ")}`);
  const { keys, targets } = dataKeys(options, gapKeys(options), facts, notes);
  const { columns, sigma, masks } = dataColumns(options, facts, targets, notes);
  const energies = isolatedEnergies(options, { species, facts, cutoff: largestCutoff(terms), notes });
  const { baseline, files } = baselineOf(options, core, notes);
  const filled = (record: object): boolean => Object.keys(record).length > 0;
  return {
    config: {
      data: { train: pathOf(options.text("at_file")!), keys, ...(filled(columns) && { columns }) },
      model: { type: "sparse-gp", ...(baseline && { baseline }), isolatedAtomEnergies: energies.value, terms: terms.map(({ term }) => term) },
      fit: {
        sigma: { ...sigmaOf(options, { targets, configTypeOf, notes }), ...(filled(sigma) && { columns: sigma }), ...(filled(masks) && { masks }) },
        jitter,
      },
      seed: seedOf(options, notes),
    },
    comments: new Map([
      ...(energies.comment === undefined ? [] : [["model.isolatedAtomEnergies", [energies.comment]] as const]),
      ...terms.map(({ comments }, i) => [`model.terms.${i}`, comments] as const),
      ["fit.jitter", ["eV², on the diagonal of every sparse point of terms without a jitter of their own (sparse_jitter)"]] as const,
    ]),
    notes: notes.list,
    files,
    command: command.text,
    modelFile: options.text("gp_file") ?? "gap_new.xml",
  };
}

/** Elements that e0 and descriptor strings list. */
function namedSpecies({ options, terms }: GapCommand): number[] {
  const symbols = [...(options.text("e0") ?? "").matchAll(/([A-Z][a-z]?)\s*:/gu)].map(([, symbol]) => findAtomicNumber(symbol));
  const lists = terms.flatMap(({ text }) => [...text.matchAll(/\b(?:species_Z|Z|Z1|Z2|Z_center)\s*=([{\s]*[\d\s,]+)/gu)]);
  const numbers = lists.flatMap(([, list]) => list.split(/\D+/u).map(Number));
  const named = [...symbols, ...numbers].filter((atomicNumber) => atomicNumber !== undefined && atomicNumber > 0 && atomicNumber <= chemicalSymbols.length);
  return [...new Set(named as number[])].sort((a, b) => a - b);
}

/** A group as the data spell it, which gap_fit takes in any case; "default" are frames without one. undefined: there is none */
function spelling(name: string, configTypes: ReadonlySet<string> | undefined, notes: Notes): string | undefined {
  const plain = name.toLowerCase();
  if (!configTypes) return plain === "default" ? "" : name;
  const found = configTypes.has(name) ? name : [...configTypes].find((candidate) => candidate.toLowerCase() === plain);
  if (found !== undefined) return found;
  if (plain === "default" && configTypes.has("")) return "";
  notes.remark("config_type", `no frame of the training file has ${name}`);
  return undefined;
}

function largestCutoff(terms: readonly ConvertedTerm[]): number {
  return Math.max(...terms.map(({ term }) => (term.descriptor as { cutoff: { radius: number } }).cutoff.radius));
}

const LARGEST_SEED = 0xffffffff;

function seedOf(options: OptionGroup, notes: Notes): number {
  const seed = options.integer("rnd_seed", -Infinity) ?? -1;
  if (seed >= 0 && seed <= LARGEST_SEED) return seed;
  if (options.has("rnd_seed")) notes.remark("rnd_seed", "gap_fit takes another seed at every run; here it is 1, for the same result each time");
  return 1;
}
