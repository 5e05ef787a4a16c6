import { InvalidParameterError } from "../errors.js";
import { type ErrorStatistics, ErrorSum } from "./error-sum.js";

/** eV/Å: reference forces up to this length are 0 by symmetry but for rounding, and have no direction. */
export const FORCE_THRESHOLD = 1e-6;

/** How the predicted force of an atom differs from the reference. */
export interface ForceVectorError {
  /** |F| − |F⁰|, eV/Å */
  readonly amplitude: number;
  /** Between F and F⁰, rad, 0 … π. */
  readonly angle: number;
}

/**
 * Errors of lengths and directions of forces, one of each per atom.
 * Source: Wang et al., arXiv:2504.19372 (2025), equations 31 to 33.
 */
export interface ForceVectorErrors {
  /** Atoms with a reference force above the threshold: these count. */
  readonly count: number;
  /** Atoms with a reference force up to the threshold. */
  readonly leftOut: number;
  /** eV/Å, of |F| − |F⁰|; undefined where no atom counts. */
  readonly amplitude?: ErrorStatistics;
  /** rad, of the angle between F and F⁰; undefined where no atom counts. */
  readonly angle?: ErrorStatistics;
}

/**
 * Visits every atom whose reference force is there, all of its three components; without errors where it is not longer than the threshold.
 * Length and direction differ by |F| − |F⁰| and θ = atan2(|F × F⁰|, F · F⁰); θ is π/2 where F = 0.
 * @param forces eV/Å, each nAtoms × 3; NaN in `reference` where it is not known
 * @param threshold eV/Å
 */
export function forEachForceVector(
  { reference, predicted }: { readonly reference: Float64Array; readonly predicted: Float64Array },
  threshold: number,
  visit: (errors: ForceVectorError | undefined) => void,
): void {
  for (let at = 0; at < reference.length; at += 3) {
    const known = scaledVector(reference, at);
    if (Number.isNaN(known.length)) continue;
    visit(known.scale * known.length > threshold ? vectorError(known, scaledVector(predicted, at)) : undefined);
  }
}

/** A vector divided by its largest component, so that no product overflows or underflows. */
interface ScaledVector {
  /** Largest absolute component. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Of the scaled vector: 1 … √3, or 0; NaN where a component is. */
  readonly length: number;
}

function scaledVector(values: Float64Array, at: number): ScaledVector {
  const scale = Math.max(Math.abs(values[at]), Math.abs(values[at + 1]), Math.abs(values[at + 2]));
  if (scale === 0) return { scale, x: 0, y: 0, z: 0, length: 0 };
  const [x, y, z] = [values[at] / scale, values[at + 1] / scale, values[at + 2] / scale];
  return { scale, x, y, z, length: Math.sqrt(x * x + y * y + z * z) };
}

function vectorError(a: ScaledVector, b: ScaledVector): ForceVectorError {
  // lengths in units of the larger one: their difference is finite where both are close to the largest number
  const unit = Math.max(a.scale, b.scale);
  const amplitude = (b.length * (b.scale / unit) - a.length * (a.scale / unit)) * unit;
  if (b.length === 0) return { amplitude, angle: Math.PI / 2 };
  const [x, y, z] = [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x];
  return { amplitude, angle: Math.atan2(Math.sqrt(x * x + y * y + z * z), a.x * b.x + a.y * b.y + a.z * b.z) };
}

/** Sums up errors of forces as vectors; nothing but sums is kept. */
export class ForceVectorSums {
  private leftOut = 0;
  private readonly amplitude = new ErrorSum();
  private readonly angle = new ErrorSum();

  /** @param errors undefined: of an atom that is left out */
  add(errors: ForceVectorError | undefined): void {
    if (!errors) {
      this.leftOut += 1;
      return;
    }
    this.amplitude.add(errors.amplitude);
    this.angle.add(errors.angle);
  }

  /** All of them at once. */
  errors(): ForceVectorErrors {
    const { leftOut, amplitude, angle } = this;
    const { count } = amplitude;
    return { count, leftOut, ...(count > 0 && { amplitude: amplitude.statistics(), angle: angle.statistics() }) };
  }
}

/** @throws InvalidParameterError */
export function requireForceThreshold(threshold: number): void {
  if (threshold >= 0 && threshold < Infinity) return;
  throw new InvalidParameterError(`forceThreshold is ${threshold}; it must be a length of forces in eV/Å, 0 or more`);
}
