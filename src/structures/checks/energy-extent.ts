import { Matrix, SVD } from "ml-matrix";
import type { Dataset } from "../dataset.js";

/** Fewer structures say nothing. */
const FEWEST = 10;
/** Structures of one size that are looked at: many of them would hide the others. */
const OF_ONE_SIZE = 10;
/** Energies are taken to be per atom where compositions explain them so much better than energies divided by the number of atoms. */
const RATIO = 0.2;

/**
 * A sentence about energies that look like energies per atom: they do not grow with the number of atoms. Total energies divided by the number
 * of atoms, and energies as they are, are both fitted to the shares of the species; the smaller rest, in terms of the numbers themselves, tells which they are.
 * @param name of the data: "training"
 */
export function energyExtentWarnings(dataset: Dataset, name: string): string[] {
  const structures = someOfEachSize(dataset);
  if (structures.length < FEWEST) return [];
  const sizes = structures.map((i) => dataset.atomCount(i));
  const [smallest, largest] = sizes.reduce(([least, most], size) => [Math.min(least, size), Math.max(most, size)], [Infinity, 0]);
  if (smallest === largest) return [];
  const shares = sharesOf(dataset, structures);
  const energies = structures.map((i) => dataset.energies[i]);
  const asTotal = unexplained(shares, energies.map((energy, i) => energy / sizes[i]));
  const perAtom = unexplained(shares, energies);
  if (!(perAtom < RATIO * asTotal)) return [];
  return [
    `it looks as if energies are per atom: in the ${name} data they hardly change between structures of ${smallest} to ${largest} atoms; multiply them by the number of atoms`,
  ];
}

/** Structures with energies, spread over those of each size. */
function someOfEachSize(dataset: Dataset): number[] {
  const sizes = new Map<number, number[]>();
  for (let i = 0; i < dataset.nStructures; i++) {
    const size = dataset.atomCount(i);
    if (size === 0 || !Number.isFinite(dataset.energies[i])) continue;
    const own = sizes.get(size);
    if (own) own.push(i);
    else sizes.set(size, [i]);
  }
  return [...sizes.values()].flatMap((own) => {
    const count = Math.min(own.length, OF_ONE_SIZE);
    return Array.from({ length: count }, (_, k) => own[Math.floor((k * own.length) / count)]);
  });
}

/** Shares of the species, of each structure. */
function sharesOf(dataset: Dataset, structures: readonly number[]): number[][] {
  const species = dataset.species();
  const { atomicNumbers, offsets } = dataset;
  return structures.map((i) => {
    const row = species.map(() => 0);
    for (let atom = offsets[i]; atom < offsets[i + 1]; atom++) row[species.indexOf(atomicNumbers[atom])] += 1 / dataset.atomCount(i);
    return row;
  });
}

/** Median of what shares do not explain, over the median of the numbers: few structures far from all others do not count. */
function unexplained(shares: readonly number[][], values: readonly number[]): number {
  const rows = new Matrix(shares.map((row) => [...row]));
  const normal = rows.transpose().mmul(rows);
  const coefficients = new SVD(normal, { autoTranspose: true }).solve(rows.transpose().mmul(Matrix.columnVector([...values]))).to1DArray();
  const rests = values.map((value, i) => value - shares[i].reduce((sum, share, s) => sum + share * coefficients[s], 0));
  return median(rests) / median(values);
}

function median(values: readonly number[]): number {
  return values.map(Math.abs).sort((a, b) => a - b)[values.length >> 1];
}
