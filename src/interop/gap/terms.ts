import { InvalidParameterError } from "../../errors.js";
import { findAtomicNumber, symbolOf } from "../../structures/periodic-table.js";
import { readDescriptorString } from "./descriptors/descriptor-string.js";
import type { ConvertedDescriptor, GapDescriptor, SpeciesChoice } from "./descriptors/gap-descriptor.js";
import { kernelOf } from "./kernel.js";
import type { LocatedText } from "./located-text.js";
import type { Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";
import { sparseOf } from "./sparse.js";
import type { ThetaFile } from "./theta-file.js";

/** A term of the fit file, and what stands above it there. */
export interface ConvertedTerm {
  readonly term: Readonly<Record<string, unknown>>;
  readonly comments: readonly string[];
}

/** What terms need beside their strings. */
export interface TermContext {
  /** Atomic numbers of the data, ascending; empty where they are not known. */
  readonly species: readonly number[];
  readonly pathOf: (name: string) => string;
  readonly configTypeOf: (name: string) => string | undefined;
  readonly thetaFiles: ReadonlyMap<string, ThetaFile>;
  readonly notes: Notes;
  /** eV², on the diagonal of every sparse point of gap_fit */
  readonly jitter: number;
}

/** Terms of one descriptor string: several, where `add_species` makes one for every combination of species. */
export function termsOf(string: LocatedText, context: TermContext): ConvertedTerm[] {
  const read = readDescriptorString(string);
  if ("instead" in read) {
    context.notes.lost(read.name, `there is no such term, it is left out; ${read.instead}`);
    return [];
  }
  const { kind, group } = read;
  group.note(context.notes, `${group.where} `);
  return choicesOf(kind, group, context).flatMap((choice) => {
    const converted = kind.convert(group, { ...context, choice });
    if (converted?.describesStructures) {
      context.notes.lost(`${group.where} average`, "a potential of averages over structures is not fitted; the term is left out");
      return [];
    }
    const kernel = converted && kernelOf(group, converted, context);
    if (!kernel) return [];
    const term = {
      descriptor: converted.descriptor,
      kernel,
      sparse: sparseOf(group, converted, context),
      ...(converted.rowsPerRow !== 1 && { jitter: converted.rowsPerRow ** 2 * context.jitter }),
      ...(converted.centers && { centers: converted.centers.map(symbolOf) }),
    };
    return [{ term, comments: commentsOf(string, choice, { converted, group, jitter: context.jitter }) }];
  });
}

/** What `add_species` adds to the string: T by default. */
function choicesOf(kind: GapDescriptor, group: OptionGroup, { species }: TermContext): SpeciesChoice[] {
  if (kind.namesSpecies(group) || !group.flag("add_species", true)) return [{}];
  if (species.length > 0) return kind.combinations(species);
  throw new InvalidParameterError(
    `${group.where} makes a term for every combination of species (add_species), but the training file, which has them, cannot be read here: add --species, for example --species Si,O`,
  );
}

interface Origin {
  readonly converted: ConvertedDescriptor;
  readonly group: OptionGroup;
  readonly jitter: number;
}

function commentsOf(string: LocatedText, choice: SpeciesChoice, { converted: { rowsPerRow }, group, jitter }: Origin): string[] {
  const added = Object.entries(choice).map(([key, values]) => ` ${key}=${values.length === 1 ? values[0] : `{${values.join(" ")}}`}`);
  const doubled = `delta is ${rowsPerRow} × ${group.text("delta")}, jitter ${rowsPerRow ** 2} × ${jitter}: gap_fit counts a triplet in both orders, here it is one row`;
  return [string.text.replace(/\s+/gu, " ") + added.join(""), ...(rowsPerRow === 1 ? [] : [doubled])];
}

/** Atomic numbers of symbols. @throws {InvalidParameterError} for what is none */
export function speciesFromSymbols(symbols: readonly string[]): number[] {
  const numbers = symbols.map((symbol) => {
    const found = findAtomicNumber(symbol);
    if (found !== undefined) return found;
    throw new InvalidParameterError(`"${symbol}" is no chemical symbol; write for example Si,O`);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
