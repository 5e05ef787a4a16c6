import { Matrix, SVD } from "ml-matrix";
import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import type { Dataset } from "../structures/dataset.js";
import { isolatedAtomChoices } from "../structures/isolated-atom.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";
import type { SigmaOptions } from "./sigma.js";
import { isMasked, sigmaOf } from "./structure-sigma.js";

/** Energies of isolated atoms, and where they come from. */
export interface IsolatedAtomEnergies {
  /** eV, by species index */
  readonly values: readonly number[];
  /** The options, isolated atoms in the data, a least-squares fit to the compositions, or the mean energy of an atom. */
  readonly source: "given" | "from-data" | "least-squares" | "average";
}

/** E₀ from one-atom frames of the data, from a least-squares fit to all energies, the mean energy of an atom, or given in eV by symbol. */
export const isolatedAtomEnergiesSchema = z.union([z.enum(["from-data", "least-squares", "average"]), z.record(z.string(), z.number())]);

/** Where they come from, or eV by chemical symbol. */
export type IsolatedAtomOption = "from-data" | "least-squares" | "average" | Readonly<Record<string, number>>;

/**
 * Isolated-atom energies of every species of the data; energies that `masks.energy` leaves out of the fit are not used.
 * @throws {InvalidParameterError} when one is missing, with the remedy
 */
export function findIsolatedAtomEnergies(
  option: IsolatedAtomOption,
  dataset: Dataset,
  species: readonly number[],
  masks: Pick<SigmaOptions, "masks"> = {},
): IsolatedAtomEnergies {
  const isUsable = (index: number): boolean => !Number.isNaN(dataset.energies[index]) && !isMasked(dataset, index, masks, "energy");
  if (option === "from-data") return { values: fromData(dataset, species, isUsable), source: option };
  if (option === "least-squares") return { values: leastSquares(dataset, species, isUsable), source: option };
  if (option === "average") return { values: average(dataset, species, isUsable), source: option };
  const given = new Map(Object.entries(option).map(([symbol, energy]) => [atomicNumberOf(symbol), energy]));
  const values = species.map((atomicNumber) => {
    const energy = given.get(atomicNumber);
    if (energy !== undefined) return energy;
    const symbol = symbolOf(atomicNumber);
    throw new InvalidParameterError(`isolatedAtomEnergies has no ${symbol}, which the data contains; add "${symbol}: <energy in eV>"`);
  });
  return { values, source: "given" };
}

/** No solid or molecule is bound by this much, eV/atom; tungsten is by 8.9 (Kittel, Introduction to Solid State Physics, 8th ed., table 3.1). */
const LARGEST_BINDING = 12;

/**
 * Warns of energies that are far from those of the isolated atoms: the two are then not of the same calculation, and the fingerprints would
 * have to learn a constant. Judged by the median of the energies that are fitted, so that a few structures of high energy do not count.
 */
export function energyZeroWarnings(
  option: IsolatedAtomOption,
  dataset: Dataset,
  sigma: SigmaOptions,
  { values }: Pick<IsolatedAtomEnergies, "values">,
): string[] {
  const species = dataset.species();
  const perAtom: number[] = [];
  for (let i = 0; i < dataset.nStructures; i++) {
    const atoms = dataset.atomicNumbers.subarray(dataset.offsets[i], dataset.offsets[i + 1]);
    if (atoms.length < 2 || sigmaOf(dataset, i, sigma).energy === null) continue;
    const zero = atoms.reduce((sum, atomicNumber) => sum + values[species.indexOf(atomicNumber)], 0);
    perAtom.push((dataset.energies[i] - zero) / atoms.length);
  }
  if (perAtom.length === 0) return [];
  const median = perAtom.sort((a, b) => a - b)[perAtom.length >> 1];
  if (Math.abs(median) <= LARGEST_BINDING) return [];
  const remedy =
    typeof option === "string"
      ? "the isolated atoms in the data seem to be of another calculation"
      : "give what the same calculation has for isolated atoms, or isolatedAtomEnergies: least-squares";
  return [`the energies are not relative to isolated atoms: the median is ${median.toFixed(1)} eV/atom from isolatedAtomEnergies, more than any bond explains; ${remedy}`];
}

/** Energies of isolated atoms in the data. */
function fromData(dataset: Dataset, species: readonly number[], isUsable: (index: number) => boolean): number[] {
  const energies = isolatedAtomChoices(dataset, isUsable);
  return species.map((atomicNumber) => {
    const energy = energies.get(atomicNumber)?.energy;
    if (energy !== undefined) return energy;
    const symbol = symbolOf(atomicNumber);
    throw new InvalidParameterError(
      `the data has no isolated ${symbol} atom (a frame of one atom with config_type=IsolatedAtom or without periodicity): add one, ` +
        `give isolatedAtomEnergies: { ${symbol}: <energy in eV> }, or use isolatedAtomEnergies: least-squares`,
    );
  });
}

/** The mean of E/n over the structures, the same for all species: `e0_method=average` of gap_fit. */
function average(dataset: Dataset, species: readonly number[], isUsable: (index: number) => boolean): number[] {
  let [sum, count] = [0, 0];
  for (let i = 0; i < dataset.nStructures; i++) {
    const nAtoms = dataset.atomCount(i);
    if (nAtoms === 0 || !isUsable(i)) continue;
    sum += dataset.energies[i] / nAtoms;
    count++;
  }
  if (count === 0) throw new InvalidParameterError("isolatedAtomEnergies: average needs energies; the data has none: give them by symbol");
  return species.map(() => sum / count);
}

function leastSquares(dataset: Dataset, species: readonly number[], isUsable: (index: number) => boolean): number[] {
  const energies = dataset.energies.map((energy, index) => (isUsable(index) ? energy : NaN));
  const found = leastSquaresOfComposition(dataset, species, energies);
  if (!found) throw new InvalidParameterError("isolatedAtomEnergies: least-squares needs energies; the data has none: give them by symbol");
  return found;
}

/**
 * What each species adds to a number of structures: minimises Σ (y/n − Σ_Z (n_Z/n) y₀(Z))²; of several solutions (fixed composition) the one
 * of least norm. Undefined where there is no number.
 * @param values nStructures; NaN: not known
 */
export function leastSquaresOfComposition(dataset: Dataset, species: readonly number[], values: Float64Array): number[] | undefined {
  const rows: number[][] = [];
  const targets: number[][] = [];
  for (let i = 0; i < dataset.nStructures; i++) {
    const nAtoms = dataset.atomCount(i);
    if (nAtoms === 0 || Number.isNaN(values[i])) continue;
    const row = species.map(() => 0);
    for (const atomicNumber of dataset.atomicNumbers.subarray(dataset.offsets[i], dataset.offsets[i + 1])) {
      row[species.indexOf(atomicNumber)] += 1 / nAtoms;
    }
    rows.push(row);
    targets.push([values[i] / nAtoms]);
  }
  if (rows.length === 0) return undefined;
  // Normal equations are small and the pseudo-inverse gives the solution of least norm.
  const composition = new Matrix(rows);
  const normal = composition.transpose().mmul(composition);
  return new SVD(normal, { autoTranspose: true }).solve(composition.transpose().mmul(new Matrix(targets))).to1DArray();
}
