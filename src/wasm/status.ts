import { InternalError, InvalidStructureError, NumericalError, type PestleError } from "../errors.js";

/** Status codes of the WebAssembly routines, as in `assembly/status.ts`. */
export const Status = {
  OK: 0,
  INVALID_ARGUMENT: 1,
  CAPACITY: 2,
  NOT_POSITIVE_DEFINITE: 3,
  SINGULAR: 4,
  NOT_FINITE: 5,
  COINCIDENT_ATOMS: 6,
  NOT_CONVERGED: 7,
} as const;

/** The one place that turns a status code into an error. */
export function errorOfStatus(status: number, routine: string): PestleError {
  switch (status) {
    case Status.INVALID_ARGUMENT:
      return new InternalError(`routine ${routine} was called with an invalid argument`);
    case Status.CAPACITY:
      return new InternalError(`routine ${routine} was given an output that is too small`);
    case Status.NOT_POSITIVE_DEFINITE:
      return new NumericalError("a matrix is not positive definite: raise the jitter or remove duplicate sparse points");
    case Status.SINGULAR:
      return new NumericalError("a triangular matrix is singular: raise the jitter or use fewer functions");
    case Status.NOT_FINITE:
      return new NumericalError(`routine ${routine} met a value that is not finite: check positions, cell and targets of the data`);
    case Status.COINCIDENT_ATOMS:
      return new InvalidStructureError("two atoms are at the same position: remove one of them");
    case Status.NOT_CONVERGED:
      return new NumericalError(`routine ${routine} did not converge: check the matrix for values that are extremely large or small`);
    default:
      return new InternalError(`routine ${routine} returned the unknown status ${status}`);
  }
}
