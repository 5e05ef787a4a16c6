import { uniformInt } from "pure-rand/distribution/uniformInt";
import { InvalidParameterError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
import type { Dataset } from "../../structures/dataset.js";
import { isIsolatedAtom } from "../../structures/isolated-atom.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { shuffledOrder } from "../../structures/split.js";
import type { CommitteeOptions } from "./schema.js";

/**
 * Structures of each member, ascending; of a bootstrap some of them more than once. Isolated atoms are with every member once. The same for
 * the same seed, and the first members of a larger committee are those of a smaller one.
 * @throws {InvalidParameterError} for fewer structures than members, and where a member has none of a species
 */
export function memberSamples(dataset: Dataset, { members, by }: { readonly members: number; readonly by: Exclude<CommitteeOptions["by"], "posterior"> }, seed: number): number[][] {
  const all = Array.from({ length: dataset.nStructures }, (_, i) => i);
  const isolated = all.filter((index) => isIsolatedAtom(dataset, index));
  const others = all.filter((index) => !isIsolatedAtom(dataset, index));
  if (others.length < members) {
    throw new InvalidParameterError(`committee.members is ${members}, but the training data has ${others.length} structures beside isolated atoms: choose at most as many members`);
  }
  const drawn = by === "bootstrap" ? resampled(others, members, seed) : divided(dataset, others, members, seed);
  const samples = drawn.map((sample) => [...isolated, ...sample].sort((a, b) => a - b));
  for (const [k, sample] of samples.entries()) requireSpecies(dataset, sample, k, by);
  return samples;
}

function resampled(structures: readonly number[], members: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: members }, () => Array.from(structures, () => structures[uniformInt(random, 0, structures.length - 1)]));
}

/** Each part holds the groups in their shares: groups are dealt one after the other. */
function divided(dataset: Dataset, structures: readonly number[], members: number, seed: number): number[][] {
  const parts = Array.from({ length: members }, (): number[] => []);
  const order = shuffledOrder(dataset, structures, { seed });
  const groups = [...new Set(structures.map((index) => dataset.configTypes[index]))];
  groups.flatMap((group) => order.filter((index) => dataset.configTypes[index] === group)).forEach((index, place) => parts[place % members].push(index));
  return parts;
}

function requireSpecies(dataset: Dataset, sample: readonly number[], member: number, by: string): void {
  const present = new Set(sample.flatMap((index) => [...dataset.atomicNumbers.subarray(dataset.offsets[index], dataset.offsets[index + 1])]));
  const absent = dataset.species().filter((atomicNumber) => !present.has(atomicNumber));
  if (absent.length === 0) return;
  throw new InvalidParameterError(
    `committee: the ${by} sample of member ${member + 1} has no ${absent.map(symbolOf).join(", ")}, which few structures of the training data have: ` +
      "add isolated atoms of it, which every member gets, take another seed, or fewer members",
  );
}
