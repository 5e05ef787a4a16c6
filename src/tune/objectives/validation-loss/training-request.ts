import { resolveFit, type SigmaOptions } from "../../../fit/schema.js";
import { InvalidParameterError } from "../../../errors.js";
import type { Dataset } from "../../../structures/dataset.js";
import type { Candidate } from "../../search-space/search-space.js";

const targets = ["energy", "forces", "virial"] as const;

/**
 * The fit of a candidate to a part of the training data. σ of targets and groups that only structures outside the part have are left
 * out; those that the whole data does not have remain, so that the fit reports them.
 * @throws {InvalidParameterError} when only energies are to be fitted and there is no σ for them
 */
export function trainingRequest(candidate: Candidate, trainOn: "all" | "energies", whole: Dataset, part: Dataset): Candidate {
  const { sigma } = resolveFit(candidate).fit;
  if (trainOn === "energies" && sigma.energy === undefined) {
    throw new InvalidParameterError("objective: trainOn is energies, but fit.sigma has no energy: add it, or use trainOn: all");
  }
  return { ...candidate, fit: { ...candidate.fit, sigma: restrict(trainOn === "energies" ? energiesOnly(sigma) : sigma, whole, part) } };
}

function energiesOnly({ energy, perAtom, configTypes }: SigmaOptions): SigmaOptions {
  const groups = Object.entries(configTypes).map(([name, own]) => [name, own.energy === undefined ? {} : { energy: own.energy }]);
  return { energy, perAtom, configTypes: Object.fromEntries(groups) as SigmaOptions["configTypes"] };
}

function restrict(sigma: SigmaOptions, whole: Dataset, part: Dataset): SigmaOptions {
  if (whole === part) return sigma;
  const lost = targets.filter((target) => sigma[target] !== undefined && hasTarget(whole, target) && !hasTarget(part, target));
  const [known, present] = [new Set(whole.configTypes), new Set(part.configTypes)];
  const groups = Object.entries(sigma.configTypes).filter(([name]) => present.has(name) || !known.has(name));
  return { ...sigma, ...Object.fromEntries(lost.map((target) => [target, undefined])), configTypes: Object.fromEntries(groups) };
}

function hasTarget({ report }: Dataset, target: (typeof targets)[number]): boolean {
  return { energy: report.energies, forces: report.forceComponents, virial: report.virials }[target] > 0;
}
