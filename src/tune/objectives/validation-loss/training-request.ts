import { InvalidParameterError } from "../../../errors.js";
import { trainerOf } from "../../../fit/registry.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { FitRequest } from "../../../fit/trainer.js";
import type { Candidate } from "../../search-space/search-space.js";

/**
 * The fit of a candidate to a part of the training data. What only structures outside the part have is left out of its targets; what the
 * whole data does not have remains, so that the fit reports it.
 * @throws {InvalidParameterError} when only energies are to be fitted and the candidate does not fit them
 */
export function trainingRequest(candidate: Candidate, trainOn: "all" | "energies", whole: Dataset, part: Dataset): FitRequest {
  const request = trainerOf(candidate.model).onPart(candidate, { whole, part, energiesOnly: trainOn === "energies" });
  if (request) return request;
  throw new InvalidParameterError("objective: trainOn is energies, but fit.sigma has no energy: add it, or use trainOn: all");
}
