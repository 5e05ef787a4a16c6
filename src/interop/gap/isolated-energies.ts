import { symbolOf } from "../../structures/periodic-table.js";
import { splitAtColons } from "./command-words.js";
import type { Notes } from "./notes.js";
import { numberFrom, type OptionGroup } from "./option-group.js";
import { speciesFromSymbols } from "./terms.js";
import type { TrainingFacts } from "./training-facts.js";

/** `model.isolatedAtomEnergies`, and what stands above it. */
export interface ConvertedEnergies {
  readonly value: unknown;
  readonly comment: string | undefined;
}

interface Known {
  /** Atomic numbers of the data, as far as known. */
  readonly species: readonly number[];
  readonly facts: TrainingFacts | undefined;
  /** Å, the largest of all descriptors */
  readonly cutoff: number;
  readonly notes: Notes;
}

const FROM_DATA = "from-data";
const AVERAGE = "average";

/** Energies of isolated atoms: e0, or what e0_method says. */
export function isolatedEnergies(options: OptionGroup, known: Known): ConvertedEnergies {
  const offset = options.number("e0_offset") ?? 0;
  const found = options.has("e0") ? given(options, known) : byMethod(options, known);
  if (offset === 0) return found;
  if (typeof found.value === "string") {
    const { facts, species } = known;
    if (found.value === AVERAGE && facts?.meanEnergy != null) {
      const shifted = facts.meanEnergy + offset;
      return { value: bySymbol(species, shifted), comment: `${found.comment} is ${facts.meanEnergy}; e0_offset=${offset} is added` };
    }
    known.notes.lost("e0_offset", `energies of isolated atoms come from the data here; write them by symbol, each with ${offset} eV added`);
    return found;
  }
  const shifted = Object.fromEntries(Object.entries(found.value as Record<string, number>).map(([symbol, energy]) => [symbol, energy + offset]));
  return { value: shifted, comment: `${found.comment ? `${found.comment}; ` : ""}e0_offset=${offset} is added` };
}

/** A number for all species, or by symbol. */
function given(options: OptionGroup, { species, notes }: Known): ConvertedEnergies {
  const list = options.located("e0")!;
  const parts = splitAtColons(list);
  if (parts.length === 1) {
    const value = numberFrom(parts[0], "e0");
    if (species.length > 0) return { value: bySymbol(species, value), comment: undefined };
    notes.lost("e0", `which elements the data have is not known here; write isolatedAtomEnergies: { Si: ${value}, … }, or convert with --species`);
    return { value: FROM_DATA, comment: `e0=${value} for every element` };
  }
  if (parts.length % 2 === 1) throw list.error("e0 is a number, or a list of symbols and numbers: {Si:-0.8:O:-2.1}");
  const energies = new Map<number, number>();
  for (let i = 0; i < parts.length; i += 2) {
    const [atomicNumber] = speciesFromSymbols([parts[i].text]);
    if (energies.has(atomicNumber)) throw parts[i].error(`e0 names ${symbolOf(atomicNumber)} twice`);
    energies.set(atomicNumber, numberFrom(parts[i + 1], "e0"));
  }
  const missing = species.filter((atomicNumber) => !energies.has(atomicNumber));
  for (const atomicNumber of missing) energies.set(atomicNumber, 0);
  if (missing.length > 0) notes.remark("e0", `${missing.map(symbolOf).join(", ")}: 0, as elements that e0 does not name have with gap_fit`);
  const sorted = [...energies].sort(([a], [b]) => a - b);
  return { value: Object.fromEntries(sorted.map(([atomicNumber, energy]) => [symbolOf(atomicNumber), energy])), comment: undefined };
}

function byMethod(options: OptionGroup, known: Known): ConvertedEnergies {
  const method = (options.text("e0_method") ?? "isolated").toLowerCase();
  if (method === "isolated") return isolated(known);
  if (method !== "average") throw options.located("e0_method")!.error(`e0_method is "${method}"; it must be isolated or average`);
  return { value: AVERAGE, comment: "e0_method=average: the mean energy per atom of the training file" };
}

function bySymbol(species: readonly number[], energy: number): Record<string, number> {
  return Object.fromEntries(species.map((atomicNumber) => [symbolOf(atomicNumber), energy]));
}

/** Frames of one atom: those that a fit finds itself, or their energies where it would not know that they are isolated. */
function isolated({ species, facts, cutoff, notes }: Known): ConvertedEnergies {
  if (!facts) return { value: FROM_DATA, comment: undefined };
  const atoms = species.map((atomicNumber) => ({ symbol: symbolOf(atomicNumber), atom: facts.isolatedAtoms.get(atomicNumber) }));
  const missing = atoms.filter(({ atom }) => !atom || !(atom.isFound || atom.distance > cutoff)).map(({ symbol }) => symbol);
  if (missing.length > 0) {
    notes.remark("e0_method", `the training file has no isolated ${missing.join(", ")}: gap_fit would stop; add a frame, or write isolatedAtomEnergies by symbol`);
    return { value: FROM_DATA, comment: undefined };
  }
  if (atoms.every(({ atom }) => atom!.isFound)) return { value: FROM_DATA, comment: undefined };
  return {
    value: Object.fromEntries(atoms.map(({ symbol, atom }) => [symbol, atom!.energy])),
    comment: "e0_method=isolated: frames of one atom whose images are out of reach",
  };
}
