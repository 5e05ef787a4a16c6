import type { Notes } from "../notes.js";
import type { GapOptions, OptionGroup } from "../option-group.js";

/** Atomic numbers by option, as gap_fit writes them into a descriptor string for one combination of species. */
export type SpeciesChoice = Readonly<Record<string, readonly number[]>>;

/** A descriptor string in terms of a fit file. */
export interface ConvertedDescriptor {
  /** With its `type`. */
  readonly descriptor: Readonly<Record<string, unknown>>;
  /** Atomic numbers of the centers; undefined: all, or said by the descriptor itself */
  readonly centers?: readonly number[];
  /** Rows of gap_fit for each row here. */
  readonly rowsPerRow: number;
  /** Whether a row ends with its weight, which gap_fit calls cutoff. */
  readonly weighsRows: boolean;
  /** The last component of gap_fit's vectors where it is the same for all, which belongs to the kernel; undefined: there is none */
  readonly constantComponent: number | undefined;
  /** Whether there is one row for a whole structure, which potentials have no use for. */
  readonly describesStructures?: boolean;
  /** The column here of each column of gap_fit; undefined: they are in the same order */
  readonly columns?: readonly number[];
}

/** What the conversion of a descriptor has beside its string. */
export interface DescriptorContext {
  /** What gap_fit would add to the string. */
  readonly choice: SpeciesChoice;
  /** Atomic numbers of the data, as far as known. */
  readonly species: readonly number[];
  /** Place of a file that the string names, as the fit file has to name it. */
  readonly pathOf: (name: string) => string;
  readonly notes: Notes;
}

/** How strings of one descriptor of QUIP are converted. */
export interface GapDescriptor {
  readonly options: GapOptions;
  /** Whether the string says which species it is about. */
  namesSpecies(group: OptionGroup): boolean;
  /** Every combination of species that `add_species` makes a descriptor for. */
  combinations(species: readonly number[]): SpeciesChoice[];
  /** undefined where there is no counterpart, which the notes then say */
  convert(group: OptionGroup, context: DescriptorContext): ConvertedDescriptor | undefined;
}

/** Every pair, in either order, of a list. */
export function unorderedPairs(species: readonly number[]): [number, number][] {
  return species.flatMap((first, i) => species.slice(i).map((second): [number, number] => [first, second]));
}
