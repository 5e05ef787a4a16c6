import { type AtomPair, SAME_PLACE, SHORT_SHARE, ShortDistances } from "../structures/short-distances.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";

/** The closest two atoms of a structure where that is suspicious. */
export interface CloseAtoms extends AtomPair {
  /** Label of the structure. */
  readonly structure: string;
  /** Chemical symbols. */
  readonly symbols: readonly [string, string];
}

/** Structures that are named; the others are counted. */
const NAMED = 3;

/** One pair for each structure with atoms that are suspiciously close, the worst of it. */
export async function closeAtoms(...datasets: readonly Dataset[]): Promise<CloseAtoms[]> {
  const distances = await ShortDistances.load();
  return datasets.flatMap((dataset) => Array.from({ length: dataset.nStructures }, (_, i) => closeAtomsOf(dataset.atoms(i), distances)).flat());
}

/** The pair of one structure, if there is one. */
export function closeAtomsOf(structure: ReturnType<Dataset["atoms"]>, distances: ShortDistances): CloseAtoms[] {
  const pair = distances.shortest(structure);
  if (!pair) return [];
  const { atomicNumbers, label } = structure;
  return [{ structure: label, symbols: [symbolOf(atomicNumbers[pair.first]), symbolOf(atomicNumbers[pair.second])], ...pair }];
}

/** All of it in one sentence, for commands that have more to say; none where there is nothing. */
export function closeAtomsWarning(found: readonly CloseAtoms[]): string[] {
  const sentences = describeCloseAtoms(found);
  return sentences.length > 0 ? [sentences.join("; ")] : [];
}

/** A sentence about atoms at one place, and one about those that are only too close. */
export function describeCloseAtoms(found: readonly CloseAtoms[]): string[] {
  const duplicates = found.filter(({ distance }) => distance < SAME_PLACE);
  const short = found.filter(({ distance }) => distance >= SAME_PLACE);
  return [
    ...sentence(duplicates, `${countOf(duplicates)} two atoms at one place`, "one of each two is there twice"),
    ...sentence(short, `${countOf(short)} atoms closer than ${SHORT_SHARE} of the sum of their covalent radii`, "wrong units, a wrong cell or a simulation that failed look like this"),
  ];
}

function countOf({ length }: readonly CloseAtoms[]): string {
  return length === 1 ? "1 structure has" : `${length} structures have`;
}

function sentence(found: readonly CloseAtoms[], what: string, why: string): string[] {
  if (found.length === 0) return [];
  const worst = [...found].sort((a, b) => a.distance - b.distance).slice(0, NAMED);
  const rest = found.length > NAMED ? `, and ${found.length - NAMED} more` : "";
  return [`${what}: ${worst.map(describePair).join("; ")}${rest} (atoms from 0); ${why}`];
}

function describePair({ structure, symbols, first, second, distance }: CloseAtoms): string {
  const pair = first === second ? `${symbols[0]} ${first} and its own image` : `${symbols[0]} ${first} and ${symbols[1]} ${second}`;
  return `${structure}, ${pair}, ${distance.toFixed(distance < 0.01 ? 4 : 2)} Å`;
}
