import { Matrix, SVD } from "ml-matrix";
import { unitFactor } from "../../units.js";
import type { Dataset } from "../dataset.js";
import { describeFrames } from "./named-frames.js";

/** Fewer structures do not tell what most of them are like. */
const FEWEST = 10;
/** Of all structures: more of another unit are no exceptions. */
const MOST_EXCEPTIONS = 0.3;
/** Steps of the iteration that makes squares into sizes. */
const ITERATIONS = 15;
/** Ratios of the others to what their composition says, at most, for exceptions to be told by units that are smaller than eV by this much … */
const LARGE = { factor: 10, tolerance: 0.3, others: 0.5 };
/** … and by any factor: energies that say nothing beyond the composition, as total energies do. */
const ANY = { tolerance: 0.03, others: 0.01 };

const units = ["kcal/mol", "kJ/mol", "hartree", "Ry", "meV"] as const;

/**
 * A sentence for each unit in which the energies of some structures seem to be, while those of the others agree with each other: all are compared with
 * what their composition says, by a fit in which few that are far away do not count.
 * @param name of the data: "training"
 */
export function mixedEnergyWarnings(dataset: Dataset, name: string): string[] {
  const structures: number[] = [];
  for (let i = 0; i < dataset.nStructures; i++) if (dataset.atomCount(i) > 1 && !Number.isNaN(dataset.energies[i])) structures.push(i);
  if (structures.length < FEWEST) return [];
  const ratios = ratiosToComposition(dataset, structures);
  const scatter = quantile(ratios.map((ratio) => Math.abs(ratio - 1)), 1 - MOST_EXCEPTIONS);
  const exceptions = new Map<string, number[]>();
  structures.forEach((index, k) => {
    const what = unitOf(ratios[k], dataset.atomCount(index), scatter);
    if (what !== undefined) exceptions.set(what, [...(exceptions.get(what) ?? []), index]);
  });
  return [...exceptions].filter(([, own]) => own.length < MOST_EXCEPTIONS * structures.length).map(([what, own]) => {
    const [verb, count] = [own.length === 1 ? "is" : "are", own.length === 1 ? "the energy of 1" : `the energies of ${own.length}`];
    return `it looks as if ${count} of ${dataset.nStructures} ${name} structures ${verb} ${what}, and the others are not (${describeFrames(own.map((i) => dataset.labels[i]))}); convert all of them to eV, of the whole structure`;
  });
}

/** What an energy is that has such a ratio to what its composition says. */
function unitOf(ratio: number, nAtoms: number, scatter: number): string | undefined {
  if (!(ratio > 0)) return undefined;
  const isNear = (factor: number): boolean =>
    factor > LARGE.factor ? scatter < LARGE.others && Math.abs(ratio / factor - 1) < Math.min(LARGE.tolerance, ANY.tolerance + 3 * scatter) : scatter < ANY.others && Math.abs(ratio / factor - 1) < ANY.tolerance;
  const found = units.filter((unit) => isNear(1 / unitFactor(unit, "eV"))).map((unit) => `in ${unit}`);
  if (nAtoms > 2 && isNear(1 / nAtoms)) found.push("per atom");
  return found.length > 0 ? found.join(" or ") : undefined;
}

/** Energies over what numbers of atoms explain, by least absolute deviations of energies per atom. */
function ratiosToComposition(dataset: Dataset, structures: readonly number[]): number[] {
  const species = dataset.species();
  const { atomicNumbers, offsets, energies } = dataset;
  const column = Array.from({ length: 119 }, (_, atomicNumber) => species.indexOf(atomicNumber));
  const shares = structures.map((i) => {
    const row = species.map(() => 0);
    for (let atom = offsets[i]; atom < offsets[i + 1]; atom++) row[column[atomicNumbers[atom]]] += 1 / dataset.atomCount(i);
    return row;
  });
  const values = structures.map((i) => energies[i] / dataset.atomCount(i));
  const explained = (coefficients: readonly number[]): number[] => shares.map((row) => row.reduce((sum, share, s) => sum + share * coefficients[s], 0));
  let weights = values.map((value) => 1 / Math.max(Math.abs(value), Number.MIN_VALUE));
  let expected: number[] = [];
  for (let step = 0; step < ITERATIONS; step++) {
    expected = explained(weighted(shares, values, weights));
    const rests = values.map((value, i) => Math.abs(value - expected[i]));
    const least = 1e-6 * quantile(values.map(Math.abs), 0.5);
    weights = rests.map((rest) => 1 / Math.max(rest, least, Number.MIN_VALUE));
  }
  return values.map((value, i) => value / expected[i]);
}

function weighted(shares: readonly number[][], values: readonly number[], weights: readonly number[]): number[] {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const nSpecies = shares[0].length;
  const [normal, right] = [Matrix.zeros(nSpecies, nSpecies), Matrix.zeros(nSpecies, 1)];
  shares.forEach((row, i) => {
    for (let p = 0; p < nSpecies; p++) {
      const share = (row[p] * weights[i]) / largest;
      if (share === 0) continue;
      right.set(p, 0, right.get(p, 0) + share * values[i]);
      for (let q = 0; q < nSpecies; q++) normal.set(p, q, normal.get(p, q) + share * row[q]);
    }
  });
  return new SVD(normal, { autoTranspose: true }).solve(right).to1DArray();
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
}
