import type { Prediction } from "../models/potential.js";

/**
 * Atoms that are more uncertain than this lie outside the training domain. Measured with the examples: of the atoms that silicon was
 * fitted to none is above 0.07, of QM9 (500 sparse points) one in twenty is above 0.15; where the lattice of silicon is stretched by a
 * tenth many are, and all where it is stretched by 30 %.
 */
export const DOMAIN_THRESHOLD = 0.15;

/** Grades above this lie outside the training domain, see the measurements in docs/how-to/linear-models.md. */
export const GRADE_THRESHOLD = 2;

/** Spreads above this, the limit of a species, lie outside the training domain, see the measurements in docs/how-to/uncertainty.md. */
export const SPREAD_THRESHOLD = 1;

/**
 * What tells how far an environment is from those of the training data: `uncertainty`, the standard deviation of its energy as a share of that
 * where nothing is known; `extrapolationGrade`, the largest weight with which an environment of the active set takes part in it; or `committeeSpread`, the
 * standard deviation of its energy over the members of a committee as a share of the limit that the training data gave.
 */
export type DomainMeasure = "uncertainty" | "extrapolationGrade" | "committeeSpread";

/** An atom and how far it is from the training data. */
export interface OutermostAtom {
  /** Position in the data. */
  readonly structure: number;
  /** Label of the structure. */
  readonly label: string;
  /** Position in the structure, from 0. */
  readonly atom: number;
  /** Uncertainty, 0 … 1; grade, infinite where a function is at work that the training data had not; or spread, infinite where members always agreed there. */
  readonly value: number;
}

/** How much of some data lies outside of what a potential was fitted to. */
export interface TrainingDomain {
  /** What atoms are judged by. */
  readonly measure: DomainMeasure;
  /** Uncertainty, grade or spread above which an atom is outside. */
  readonly threshold: number;
  /** Atoms of the data. */
  readonly atoms: number;
  /** Of them outside. */
  readonly outside: number;
  /** The atom that is farthest outside; absent where there are no atoms. */
  readonly worst?: OutermostAtom;
}

/** How a training domain is told. */
export interface TrainingDomainOptions {
  /** Default: uncertainty. */
  readonly measure?: DomainMeasure;
  /** Default: {@link DOMAIN_THRESHOLD} for uncertainties, {@link GRADE_THRESHOLD} for grades, {@link SPREAD_THRESHOLD} for spreads. */
  readonly threshold?: number | undefined;
}

/** What domains are told by, of one structure. */
export interface DomainValues {
  /** Names it in messages. */
  readonly label: string;
  /** nAtoms */
  readonly uncertainty?: Float64Array | undefined;
  /** nAtoms */
  readonly extrapolationGrade?: Float64Array | undefined;
  /** nAtoms */
  readonly committeeSpread?: Float64Array | undefined;
}

/**
 * Counts atoms outside the training domain: those whose uncertainty is above `threshold`, so that the kernel finds too little in the sparse
 * points that resembles them, those with such a grade, which the active set does not enclose,
 * or those that the members of a committee disagree on so much more than on the training data.
 * @param structures as `assessPotential` gives them
 */
export function trainingDomain(structures: readonly DomainValues[], { measure = "uncertainty", threshold = defaultThreshold(measure) }: TrainingDomainOptions = {}): TrainingDomain {
  let [atoms, outside] = [0, 0];
  let worst: OutermostAtom | undefined;
  for (const [structure, { label, [measure]: values = new Float64Array(0) }] of structures.entries()) {
    atoms += values.length;
    for (const [atom, value] of values.entries()) {
      // NaN says that nothing is known
      if (!(value <= threshold)) outside++;
      if (worst === undefined || value > worst.value || Number.isNaN(value)) worst = { structure, label, atom, value };
    }
  }
  return { measure, threshold, atoms, outside, ...(worst && { worst }) };
}

const thresholds: Readonly<Record<DomainMeasure, number>> = { uncertainty: DOMAIN_THRESHOLD, extrapolationGrade: GRADE_THRESHOLD, committeeSpread: SPREAD_THRESHOLD };

function defaultThreshold(measure: DomainMeasure): number {
  return thresholds[measure];
}

/** √(variance / prior variance) of each atom; 0 where nothing is to be learnt, such as for atoms without neighbors in some descriptors. */
export function uncertainties({ variance, priorVariance }: Prediction): Float64Array {
  return Float64Array.from(variance ?? [], (value, atom) => {
    const prior = priorVariance?.[atom] ?? 0;
    return prior === 0 ? 0 : Math.sqrt(Math.min(1, value / prior));
  });
}
