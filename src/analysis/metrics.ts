import { InvalidParameterError, NumericalError } from "../errors.js";
import { VOIGT } from "../structures/tensor.js";
import { type ErrorStatistics, ErrorSum } from "./error-sum.js";
import { FORCE_THRESHOLD, forEachForceVector, type ForceVectorErrors, ForceVectorSums, requireForceThreshold } from "./force-vectors.js";

/** A total energy (eV) as given by the data and by a model. A NaN reference means that the data has none. */
export interface EnergyComparison {
  /** eV; NaN where the data has no energy. */
  readonly reference: number;
  /** eV */
  readonly predicted: number;
}

/** Arrays of equal length, as given by the data and by a model. A NaN in `reference` means that the data has no such value. */
export interface ArrayComparison {
  /** In the unit of the quantity; NaN for values that the data does not have. */
  readonly reference: Float64Array;
  /** In the same order and unit. */
  readonly predicted: Float64Array;
}

/** Reference values of one structure beside predicted ones. Plain data: it may cross threads. */
export interface StructureComparison {
  /** `config_type`, or "" */
  readonly group: string;
  /** Where the structure came from, for messages and tables. */
  readonly label?: string;
  /** Number of atoms; energies and virials are divided by it. Nothing is compared where it is 0. */
  readonly nAtoms: number;
  /** eV, of the whole structure */
  readonly energy?: EnergyComparison;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: ArrayComparison;
  /** eV, 3 × 3 row-major, of the whole structure */
  readonly virial?: ArrayComparison;
}

/** Errors of one group of structures: energy in eV/atom, force components in eV/Å, virial components in eV/atom. */
export interface GroupErrors {
  /** The `config_type` that the structures share; "total" for all of them. */
  readonly group: string;
  /** All structures of the group, also those without a reference value. */
  readonly nStructures: number;
  /** Atoms of these structures. */
  readonly nAtoms: number;
  /** eV/atom */
  readonly energy: ErrorStatistics;
  /** eV/Å, by component. */
  readonly forces: ErrorStatistics;
  /** eV/atom, by component; the six of the symmetric tensor count once. */
  readonly virial: ErrorStatistics;
  /** Of lengths (eV/Å) and directions (rad) of forces. */
  readonly forceVectors: ForceVectorErrors;
}

/** Errors of a data set, by group and in total. */
export interface ErrorSummary {
  /** In order of first appearance. */
  readonly groups: readonly GroupErrors[];
  /** Over every structure; every counted value weighs the same. */
  readonly total: GroupErrors;
  /** eV/Å: reference forces up to this length count for no `forceVectors`. */
  readonly forceThreshold: number;
}

/** What counts. */
export interface ErrorOptions {
  /** eV/Å, ≥ 0: reference forces up to this length have no direction and count for no `forceVectors`. Default: {@link FORCE_THRESHOLD}. */
  readonly forceThreshold?: number;
}

/** What errors are told of. */
export type Quantity = "energy" | "forces" | "virial";
/** What errors are told of, in the order of tables. */
export const quantities: readonly Quantity[] = ["energy", "forces", "virial"];

class GroupAccumulator {
  private nStructures = 0;
  private nAtoms = 0;
  private readonly errors = {
    energy: new ErrorSum(),
    forces: new ErrorSum(),
    virial: new ErrorSum(),
  };
  readonly forceVectors = new ForceVectorSums();

  constructor(private readonly group: string) {}

  count(nAtoms: number): void {
    this.nStructures += 1;
    this.nAtoms += nAtoms;
  }

  add(quantity: Quantity, error: number): void {
    this.errors[quantity].add(error);
  }

  result(): GroupErrors {
    const { errors: { energy, forces, virial }, forceVectors } = this;
    return {
      group: this.group,
      nStructures: this.nStructures,
      nAtoms: this.nAtoms,
      energy: energy.statistics(),
      forces: forces.statistics(),
      virial: virial.statistics(),
      forceVectors: forceVectors.errors(),
    };
  }
}

/** Errors collected while structures stream by; nothing but sums is kept. */
export class ErrorAccumulator {
  private readonly groups = new Map<string, GroupAccumulator>();
  private readonly total = new GroupAccumulator("total");
  private readonly forceThreshold: number;

  /** @throws InvalidParameterError for a threshold that is no length */
  constructor({ forceThreshold = FORCE_THRESHOLD }: ErrorOptions = {}) {
    requireForceThreshold(forceThreshold);
    this.forceThreshold = forceThreshold;
  }

  /**
   * Counts one structure.
   * @throws NumericalError if a value with a reference is predicted as NaN or infinite.
   * @throws InvalidParameterError if array lengths do not fit.
   */
  add(structure: StructureComparison): void {
    let group = this.groups.get(structure.group);
    if (!group) this.groups.set(structure.group, (group = new GroupAccumulator(structure.group)));
    group.count(structure.nAtoms);
    this.total.count(structure.nAtoms);
    const target = group;
    forEachError(structure, (quantity, error) => {
      target.add(quantity, error);
      this.total.add(quantity, error);
    });
    if (structure.forces) {
      forEachForceVector(structure.forces, this.forceThreshold, (errors) => {
        target.forceVectors.add(errors);
        this.total.forceVectors.add(errors);
      });
    }
  }

  /** What has been counted so far, groups in the order in which they first occurred. */
  summary(): ErrorSummary {
    return { groups: [...this.groups.values()].map((group) => group.result()), total: this.total.result(), forceThreshold: this.forceThreshold };
  }
}

/** RMSE, MAE and largest absolute error per group and in total, in one pass. Throws as `ErrorAccumulator` does. */
export function errorSummary(structures: Iterable<StructureComparison>, options: ErrorOptions = {}): ErrorSummary {
  const accumulator = new ErrorAccumulator(options);
  for (const structure of structures) accumulator.add(structure);
  return accumulator.summary();
}

/**
 * Called with every counted value: reference and prediction in eV/atom (energy and the six independent virial
 * components, xx yy zz yz xz xy) or eV/Å (force components). `index` is the component in that order.
 */
export type ValueVisitor = (quantity: Quantity, reference: number, predicted: number, index: number) => void;

/** Visits every value of a structure that has a reference. Throws as `ErrorAccumulator.add` does. */
export function forEachValue(structure: StructureComparison, visit: ValueVisitor): void {
  visitPairs(structure, (quantity, reference, predicted, _, scale, index) => visit(quantity, reference / scale, predicted / scale, index));
}

/**
 * Visits the error of every value that has a reference, prediction − reference, in the units of `forEachValue`: the difference is
 * taken before it is divided by the number of atoms. Throws as `ErrorAccumulator.add` does.
 */
export function forEachError(structure: StructureComparison, visit: (quantity: Quantity, error: number) => void): void {
  visitPairs(structure, (quantity, _reference, _predicted, error, scale) => visit(quantity, error / scale));
}

/** `scale` turns sums over a structure into what is compared. */
type PairVisitor = (quantity: Quantity, reference: number, predicted: number, error: number, scale: number, index: number) => void;

function visitPairs(structure: StructureComparison, visit: PairVisitor): void {
  const { nAtoms, energy, forces, virial } = structure;
  if (!Number.isInteger(nAtoms) || nAtoms < 0) {
    throw new InvalidParameterError(`${nameOf(structure)}: nAtoms is ${nAtoms}; it must be a whole number`);
  }
  // nothing is per atom where there are none
  if (nAtoms === 0) return;
  const emit: PairVisitor = (quantity, reference, predicted, error, scale, index) => {
    if (Number.isNaN(reference)) return;
    if (!Number.isFinite(error)) throw notFinite(structure, quantity, reference / scale, predicted / scale, index);
    visit(quantity, reference, predicted, error, scale, index);
  };
  if (energy) emit("energy", energy.reference, energy.predicted, energy.predicted - energy.reference, nAtoms, 0);
  if (forces) {
    requireLength(structure, "forces", forces, 3 * nAtoms);
    const { reference, predicted } = forces;
    for (let i = 0; i < 3 * nAtoms; i++) emit("forces", reference[i], predicted[i], predicted[i] - reference[i], 1, i);
  }
  if (virial) {
    requireLength(structure, "virial", virial, 9);
    const { reference, predicted } = virial;
    VOIGT.forEach(([a, b], index) => {
      const error = predicted[a] + predicted[b] - reference[a] - reference[b];
      emit("virial", reference[a] + reference[b], predicted[a] + predicted[b], error, 2 * nAtoms, index);
    });
  }
}

function nameOf(structure: StructureComparison): string {
  return structure.label ?? `a structure of group "${structure.group}"`;
}

function requireLength(structure: StructureComparison, quantity: Quantity, { reference, predicted }: ArrayComparison, length: number): void {
  if (reference.length === length && predicted.length === length) return;
  throw new InvalidParameterError(
    `${nameOf(structure)}: ${quantity} has ${reference.length} reference and ${predicted.length} predicted values; both must be ${length}`,
  );
}

function notFinite(structure: StructureComparison, quantity: Quantity, reference: number, predicted: number, index: number): NumericalError {
  const place = quantity === "energy" ? "energy" : `${quantity} component ${index}`;
  return new NumericalError(
    `${nameOf(structure)}: ${place} is predicted as ${predicted} where the reference is ${reference}; both must be finite numbers. ` +
      "Check the structure for coincident atoms and the potential for overflow",
  );
}

/**
 * Norm of the force error of each atom, |F_predicted − F_reference| in eV/Å (length nAtoms); NaN where a component has no reference.
 * @throws InvalidParameterError if the array lengths differ or are not multiples of 3.
 */
export function atomForceErrors({ reference, predicted }: ArrayComparison): Float64Array {
  if (reference.length !== predicted.length || reference.length % 3 !== 0) {
    throw new InvalidParameterError(
      `forces have ${reference.length} reference and ${predicted.length} predicted values; both must be 3 × nAtoms`,
    );
  }
  return Float64Array.from({ length: reference.length / 3 }, (_, atom) => {
    const component = (axis: number): number => predicted[3 * atom + axis] - reference[3 * atom + axis];
    return Math.hypot(component(0), component(1), component(2));
  });
}
