import { unitFactor } from "../../units.js";
import type { Dataset } from "../dataset.js";

/**
 * Total energies of atoms with all their electrons from hydrogen to argon, −hartree, exact without relativity: Chakravorty et al.,
 * Phys. Rev. A 47, 3649 (1993), 10.1103/PhysRevA.47.3649; hydrogen and helium as well known.
 */
const ATOMS = [0.5, 2.9037, 7.4781, 14.6674, 24.6539, 37.845, 54.5892, 75.0673, 99.7339, 128.9376, 162.2546, 200.053, 242.346, 289.359, 341.259, 398.11, 460.148, 527.54];
const HARTREE = unitFactor("hartree", "eV");

/** Energies of molecules are 1.002 to 1.007 times the sum over their atoms, with any functional. */
const TOLERANCE = 0.02;
/** Structures that are looked at, and how many of them must agree. */
const MOST_STRUCTURES = 200;
const SHARE = 0.9;

const units = ["hartree", "kcal/mol", "kJ/mol", "Ry"] as const;

/**
 * A sentence about energies that are total energies with all electrons in another unit: these are the sums over the atoms to within two
 * percent, so that −79.9 for C₂H₆ can only be hartree. Potentials of cores and relative energies give other numbers, of which nothing is said.
 * @param name of the data: "training"
 */
export function totalEnergyWarnings(dataset: Dataset, name: string): string[] {
  const shares = sharesOfAtoms(dataset);
  const agree = (factor: (nAtoms: number) => number): boolean => shares.filter(({ share, nAtoms }) => Math.abs(share / factor(nAtoms) - 1) < TOLERANCE).length >= SHARE * shares.length;
  const unit = shares.length === 0 ? undefined : units.find((candidate) => agree(() => 1 / unitFactor(candidate, "eV")));
  if (unit === undefined) return [];
  const median = shares.map(({ share }) => share).sort((a, b) => a - b)[shares.length >> 1];
  const orPerAtom = agree((nAtoms) => 1 / nAtoms) ? " or per atom" : "";
  return [
    `it looks as if energies are in ${unit}${orPerAtom}: those of the ${name} data are ${median.toPrecision(3)} times the total energies of the atoms in eV, as in no other unit; ` +
      "convert energies, and forces if they are in the same units, to eV and eV/Å",
  ];
}

/** Energies over the sums of the atoms, where these are known and not hydrogen alone. */
function sharesOfAtoms(dataset: Dataset): { share: number; nAtoms: number }[] {
  const count = Math.min(dataset.nStructures, MOST_STRUCTURES);
  const shares: { share: number; nAtoms: number }[] = [];
  for (let k = 0; k < count; k++) {
    const index = Math.floor((k * dataset.nStructures) / count);
    const atoms = dataset.atomicNumbers.subarray(dataset.offsets[index], dataset.offsets[index + 1]);
    if (atoms.length < 2 || Number.isNaN(dataset.energies[index]) || new Set(atoms).size < 2) continue;
    const sum = atoms.reduce((total, atomicNumber) => total - (ATOMS[atomicNumber - 1] ?? NaN) * HARTREE, 0);
    if (!Number.isNaN(sum)) shares.push({ share: dataset.energies[index] / sum, nAtoms: atoms.length });
  }
  return shares;
}
