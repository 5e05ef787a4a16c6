import { z } from "zod";
import type { ErrorBarCalibration, Model, Provenance } from "./model-type.js";
import type { Prediction } from "./potential.js";

/** As it stands in model files beside a part. */
export const calibrationSchema = z.object({
  energy: z.number().optional(),
  forces: z.number().optional(),
  energyFloor: z.number().optional(),
  forcesFloor: z.number().optional(),
  outOfBag: z.boolean().optional(),
  structures: z.number().optional(),
  data: z.array(z.object({ role: z.string(), path: z.string(), sha256: z.string() })).readonly().optional(),
});

/** A model as a part of another: where it came from is said by the whole, but what its error bars were measured to be stays with it. */
export function asPart(model: Model): Model {
  return model.withProvenance(provenanceOfPart(model.provenance.calibration));
}

/** What is known of a part with such a calibration. */
export function provenanceOfPart(calibration: ErrorBarCalibration | undefined): Provenance {
  return calibration ? { calibration } : {};
}

/** Of the floor: force components with smaller bars vanish by symmetry, as their errors do, and stay without. */
const VANISHING = 1e-6;

/** A prediction with its error bars, where it has any, as a calibration has them. */
export function calibrated(prediction: Prediction, calibration: ErrorBarCalibration | undefined, nAtoms: number): Prediction {
  if (!calibration) return prediction;
  const { energy = 1, forces = 1, energyFloor = 0, forcesFloor = 0 } = calibration;
  const { energyVariance, forceVariances } = prediction;
  const forceVariance = (variance: number): number => {
    const scaled = forces ** 2 * variance;
    return scaled > (VANISHING * forcesFloor) ** 2 ? scaled + forcesFloor ** 2 : scaled;
  };
  return {
    ...prediction,
    ...(energyVariance !== undefined && { energyVariance: energy ** 2 * energyVariance + (energyFloor * nAtoms) ** 2 }),
    ...(forceVariances && { forceVariances: forceVariances.map(forceVariance) }),
  };
}
