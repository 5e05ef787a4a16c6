import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { NumericalError } from "../../errors.js";
import type { SmoothFunctions } from "../../math/hermite-table.js";

/** Radial functions of a Gaussian neighbor: q_nl(r), without weights. */
export interface RadialBasis {
  /** q_nl(r) or a derivative as [l][n] */
  readonly functions: SmoothFunctions;
  /** what an atom at the center adds to the coefficients c_n00 */
  readonly center: Float64Array;
}

export interface RadialBasisParameters {
  readonly nMax: number;
  readonly lMax: number;
  /** Å */
  readonly sigma: number;
  /** Å: the nominal cutoff */
  readonly radius: number;
  /** Å: how far the functions are needed */
  readonly range: number;
  /** number that q_nl of this degree is multiplied with */
  readonly factor: (l: number) => number;
  /** The grid of QUIP's bases ends where the Gaussian of an atom at the cutoff has fallen to ten to minus this. */
  readonly gridDecades: number;
}

export const Y00 = 0.5 / Math.sqrt(Math.PI);

/** S^{−1/2}: symmetric (Löwdin) orthonormalisation. */
export function inverseSquareRoot(overlap: Matrix, what: string): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(overlap, { assumeSymmetric: true });
  if (!realEigenvalues.every((value) => value > 0)) {
    throw new NumericalError(`the ${what} radial basis is linearly dependent in double precision: use a smaller nMax`);
  }
  const scaled = Matrix.mul(eigenvectorMatrix, Matrix.ones(overlap.rows, overlap.rows));
  scaled.mulRowVector(realEigenvalues.map((value) => 1 / Math.sqrt(value)));
  return scaled.mmul(eigenvectorMatrix.transpose());
}
