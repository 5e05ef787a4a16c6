import { NumericalError } from "../../../errors.js";
import type { Prediction } from "../../../models/index.js";
import type { Structure } from "../../../structures/index.js";

/** xx yy zz yz xz xy in a row-major 3 × 3 tensor, and the mirror image of each. */
const VOIGT: readonly (readonly [number, number])[] = [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]];

/** Root mean square and mean absolute value of the errors that were added. */
export class ErrorSum {
  count = 0;
  private squares = 0;
  private absolutes = 0;

  add(error: number): void {
    this.count++;
    this.squares += error * error;
    this.absolutes += Math.abs(error);
  }

  get rmse(): number {
    return Math.sqrt(this.squares / this.count);
  }

  get mae(): number {
    return this.absolutes / this.count;
  }
}

/** Errors of energies (eV/atom), force components (eV/Å) and virial components (eV/atom) over structures. */
export class PredictionErrors {
  readonly energy = new ErrorSum();
  readonly forces = new ErrorSum();
  readonly virial = new ErrorSum();

  /** @throws {NumericalError} when a prediction is not finite */
  add({ atomicNumbers, targets, label }: Structure, prediction: Prediction): void {
    const nAtoms = atomicNumbers.length;
    if (nAtoms === 0) return;
    const { energy, forces, virial } = targets;
    if (energy !== undefined) this.energy.add(finite(prediction.energy - energy, label) / nAtoms);
    if (forces && prediction.forces) {
      for (let i = 0; i < forces.length; i++) this.forces.add(finite(prediction.forces[i] - forces[i], label));
    }
    if (virial && prediction.virial) {
      for (const [a, b] of VOIGT) {
        const error = prediction.virial[a] + prediction.virial[b] - virial[a] - virial[b];
        this.virial.add(finite(error, label) / (2 * nAtoms));
      }
    }
  }
}

function finite(error: number, label: string): number {
  if (Number.isFinite(error)) return error;
  throw new NumericalError(`${label}: the potential of this candidate predicts a value that is not finite`);
}
