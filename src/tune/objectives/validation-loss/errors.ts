import { ErrorSum } from "../../../analysis/error-sum.js";
import { forEachError } from "../../../analysis/metrics.js";
import type { Prediction } from "../../../models/potential.js";
import type { Structure } from "../../../structures/structure.js";

/** Errors of energies (eV/atom), force components (eV/Å) and virial components (eV/atom) over structures. */
export class PredictionErrors {
  readonly energy = new ErrorSum();
  readonly forces = new ErrorSum();
  readonly virial = new ErrorSum();

  /** @throws {NumericalError} when a prediction is not finite */
  add({ atomicNumbers, targets, configType: group, label }: Structure, prediction: Prediction): void {
    const nAtoms = atomicNumbers.length;
    if (nAtoms === 0) return;
    const { energy, forces, virial } = targets;
    const comparison = {
      group,
      label,
      nAtoms,
      ...(energy !== undefined && { energy: { reference: energy, predicted: prediction.energy } }),
      ...(forces && prediction.forces && { forces: { reference: forces, predicted: prediction.forces } }),
      ...(virial && prediction.virial && { virial: { reference: virial, predicted: prediction.virial } }),
    };
    forEachError(comparison, (quantity, error) => this[quantity].add(error));
  }
}
