import { InvalidParameterError } from "../../../errors.js";
import type { KernelParameters } from "../../../kernels/registry.js";

/** A covariance function as gap.xml has it. */
export interface QuipCovariance {
  /** `covariance_type`, and its name. */
  readonly type: 1 | 2 | 4;
  readonly name: "ard_se" | "dot_product" | "pp";
  /** eV, of rows here */
  readonly delta: number;
  /** f0, eV, of rows here */
  readonly mean: number;
  /** ζ of a dot product. */
  readonly zeta?: number;
  /** θ, one for all features or one for each. */
  readonly lengthScale?: number | readonly number[];
  /** `covariance_sigma0` */
  readonly sigma0: number;
}

/**
 * @param dimensions of QUIP's vectors
 * @throws {InvalidParameterError} for kernels that QUIP does not have
 */
export function quipCovariance(kernel: KernelParameters, dimensions: (sigma0: boolean) => number): QuipCovariance {
  const { delta } = kernel;
  switch (kernel.type) {
    case "dot-product":
      return { type: 2, name: "dot_product", delta, mean: 0, zeta: kernel.zeta, sigma0: 0 };
    case "polynomial":
      return { type: 2, name: "dot_product", delta, mean: 0, zeta: kernel.degree, sigma0: Math.sqrt(kernel.offset) };
    case "squared-exponential":
      if (kernel.normalize) throw new InvalidParameterError("QUIP has no squared-exponential kernel that normalizes rows: let the descriptor do it");
      return { type: 1, name: "ard_se", delta, mean: kernel.constant ?? 0, lengthScale: numbersOf(kernel.lengthScale), sigma0: 0 };
    case "piecewise-polynomial": {
      const [own, quip] = [kernel.dimension ?? dimensions(false), dimensions(true)];
      if (Math.floor(own / 2) !== Math.floor(quip / 2)) throw new InvalidParameterError(`QUIP takes the power of a piecewise-polynomial kernel from ${quip} dimensions, this one is of ${own}: fit with dimension: ${quip}`);
      return { type: 4, name: "pp", delta, mean: kernel.constant ?? 0, lengthScale: numbersOf(kernel.lengthScale), sigma0: 0 };
    }
    default:
      throw new InvalidParameterError(`QUIP has no ${kernel.type} kernel: only dot-product, polynomial, squared-exponential and piecewise-polynomial can be written for it`);
  }
}

function numbersOf(lengthScale: number | readonly number[] | object): number | readonly number[] {
  if (typeof lengthScale === "number" || Array.isArray(lengthScale)) return lengthScale as number | readonly number[];
  throw new InvalidParameterError("lengthScale: { ofRange } has no numbers yet");
}
