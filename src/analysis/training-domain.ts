import type { Prediction } from "../models/potential.js";

/**
 * Atoms that are more uncertain than this lie outside the training domain. Measured with the examples: of the atoms that silicon was
 * fitted to none is above 0.07, of QM9 (500 sparse points) one in twenty is above 0.15; where the lattice of silicon is stretched by a
 * tenth many are, and all where it is stretched by 30 %.
 */
export const DOMAIN_THRESHOLD = 0.15;

/** An atom and how little is known of its environment. */
export interface UncertainAtom {
  /** Position in the data. */
  readonly structure: number;
  /** Label of the structure. */
  readonly label: string;
  /** Position in the structure, from 0. */
  readonly atom: number;
  /** 0 … 1 */
  readonly uncertainty: number;
}

/** How much of some data lies outside of what a potential was fitted to. */
export interface TrainingDomain {
  /** Uncertainty above which an atom is outside. */
  readonly threshold: number;
  /** Atoms of the data. */
  readonly atoms: number;
  /** Of them outside. */
  readonly outside: number;
  /** The most uncertain atom; absent where there are no atoms. */
  readonly worst?: UncertainAtom;
}

/**
 * Counts atoms outside the training domain: those whose local energy has a standard deviation above `threshold` of that where nothing is
 * known, so that the kernel finds too little in the sparse points that resembles them.
 * @param structures with uncertainties, as `assessPotential` gives them
 */
export function trainingDomain(
  structures: readonly { readonly label: string; readonly uncertainty?: Float64Array }[],
  threshold = DOMAIN_THRESHOLD,
): TrainingDomain {
  let [atoms, outside] = [0, 0];
  let worst: UncertainAtom | undefined;
  for (const [structure, { label, uncertainty = new Float64Array(0) }] of structures.entries()) {
    atoms += uncertainty.length;
    for (const [atom, value] of uncertainty.entries()) {
      // NaN says that nothing is known
      if (!(value <= threshold)) outside++;
      if (worst === undefined || value > worst.uncertainty || Number.isNaN(value)) worst = { structure, label, atom, uncertainty: value };
    }
  }
  return { threshold, atoms, outside, ...(worst && { worst }) };
}

/** √(variance / prior variance) of each atom; 0 where nothing is to be learnt, such as for atoms without neighbors in some descriptors. */
export function uncertainties({ variance, priorVariance }: Prediction): Float64Array {
  return Float64Array.from(variance ?? [], (value, atom) => {
    const prior = priorVariance?.[atom] ?? 0;
    return prior === 0 ? 0 : Math.sqrt(Math.min(1, value / prior));
  });
}
