// The overlap-matrix fingerprint from its formulas, one element after the other.
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Environments } from "../calculator.js";

export interface TwinParameters {
  readonly orbitals: "s" | "sp";
  /** Å */
  readonly cutoff: number;
  readonly exponent: number;
  /** Å, by species index */
  readonly widths: readonly number[];
}

interface Atom {
  readonly position: readonly number[];
  readonly alpha: number;
  readonly weight: number;
}

/** The center, where it is an atom, and the neighbors within the cutoff. */
function atomsOf({ cutoff, exponent, widths }: TwinParameters, { centerSpecies, offsets, neighborSpecies, displacements }: Environments, center: number): Atom[] {
  const alphaOf = (species: number): number => 1 / (2 * widths[species] ** 2);
  const atoms: Atom[] = centerSpecies[center] < 0 ? [] : [{ position: [0, 0, 0], alpha: alphaOf(centerSpecies[center]), weight: 1 }];
  for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
    const position = [...displacements.subarray(3 * pair, 3 * pair + 3)];
    const r = Math.hypot(...position);
    if (r < cutoff) atoms.push({ position, alpha: alphaOf(neighborSpecies[pair]), weight: (1 - (r / cutoff) ** 2) ** exponent });
  }
  return atoms;
}

/** ⟨a|b⟩ of two normalized orbitals; 0: s, 1 … 3: p along an axis. */
function overlap(i: Atom, j: Atom, a: number, b: number): number {
  const d = i.position.map((x, k) => x - j.position[k]);
  const sum = i.alpha + j.alpha;
  const mu = (i.alpha * j.alpha) / sum;
  const ss = ((2 * Math.sqrt(i.alpha * j.alpha)) / sum) ** 1.5 * Math.exp(-mu * d.reduce((total, x) => total + x * x, 0));
  if (a === 0 && b === 0) return ss;
  if (a === 0) return 2 * Math.sqrt(j.alpha) * (i.alpha / sum) * d[b - 1] * ss;
  if (b === 0) return -2 * Math.sqrt(i.alpha) * (j.alpha / sum) * d[a - 1] * ss;
  return ((2 * Math.sqrt(i.alpha * j.alpha)) / sum) * ss * (Number(a === b) - 2 * mu * d[a - 1] * d[b - 1]);
}

/** Eigenvalues of each center, descending. */
export function twinEigenvalues(parameters: TwinParameters, environments: Environments): number[][] {
  return environments.centerSpecies.map((_, center) => {
    const atoms = atomsOf(parameters, environments, center);
    const orbitals = atoms.flatMap((atom) => Array.from({ length: parameters.orbitals === "s" ? 1 : 4 }, (__, orbital) => ({ atom, orbital })));
    if (orbitals.length === 0) return [];
    const rows = orbitals.map((p) => orbitals.map((q) => p.atom.weight * q.atom.weight * overlap(p.atom, q.atom, p.orbital, q.orbital)));
    return new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true }).realEigenvalues.sort((p, q) => q - p);
  });
}
