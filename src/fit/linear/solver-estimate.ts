import { gemmScratchBytes } from "../../linalg/product.js";
import { qrMergeScratchBytes } from "../../linalg/qr.js";
import { SHARED_SIZE } from "../least-squares/shared-update.js";
import { triangleBytes } from "../least-squares/triangle.js";
import { BAND_WIDTH, bandFormBytes } from "./solvers/band-form.js";
import type { LinearFitOptions } from "./schema.js";
import { MANY_COLUMNS } from "./solvers/solve.js";

/** What finding the coefficients from reduced rows will take. */
export interface SolverEstimate {
  /** On the host, with the reduced rows and the covariance of the model. */
  readonly hostBytes: number;
  /** Of numerical memory, once that of the rows is given back. */
  readonly poolBytes: number;
  /** Allocations of the largest task. */
  readonly scratch: readonly number[];
  /** Operations on one thread … */
  readonly serial: number;
  /** … and on all. */
  readonly shared: number;
}

/** Matrices of the size of the covariance that a decomposition and the model hold on the host at once … */
const HOST_MATRICES = 6;
/** … and that it works in, in numerical memory. */
const SOLVER_MATRICES = 3;
/** Operations of a singular value decomposition in multiples of the cube of the columns. */
const SINGULAR_FLOPS = 25;
/** Regularizations that a band form is factored for, each 7·M·width² operations, at a third of the rate of products. */
const REGULARIZATIONS = 170;
const BAND_FLOPS = 21 * REGULARIZATIONS * BAND_WIDTH ** 2;
/** Columns of a covariance or an inverse that one task makes. */
const SLAB = 128;

/** Solvers of which nothing is known count as those that decompose. */
export function estimateSolver({ solver, errorBars, crossValidation }: LinearFitOptions, nColumns: number): SolverEstimate {
  const n = nColumns;
  const square = 8 * n ** 2;
  const hasCovariance = errorBars || crossValidation !== "none";
  const own = { scratch: [8 * SLAB * n, gemmScratchBytes(n, SLAB, n)] };
  if (solver.type === "ridge" && typeof solver.regularization === "number") {
    // rows, columns of the inverse, and the covariance of the solver and of the model
    const hostBytes = square * (1.5 + (hasCovariance ? 2 : 0));
    const scratch = [Math.max(qrMergeScratchBytes(n + 1), own.scratch[0] + own.scratch[1])];
    const merge = (2 / 3) * n ** 3;
    const serial = n + 1 < SHARED_SIZE ? merge : 0;
    return { hostBytes, poolBytes: 2 * triangleBytes(n), scratch, serial, shared: merge - serial + n ** 3 / 3 };
  }
  if ((solver.type === "bayesian-ridge" || solver.type === "ridge") && n >= MANY_COLUMNS) {
    const shared = ((8 + (hasCovariance ? 4 : 0)) / 3) * n ** 3 + BAND_FLOPS * n;
    const band = 16 * n * (BAND_WIDTH + 1);
    return { hostBytes: square * (1 + (hasCovariance ? 2 : 0)), poolBytes: bandFormBytes(n), scratch: [...own.scratch, band], serial: 0, shared };
  }
  return { hostBytes: square * HOST_MATRICES, poolBytes: 0, scratch: [SOLVER_MATRICES * square], serial: SINGULAR_FLOPS * n ** 3, shared: 0 };
}
