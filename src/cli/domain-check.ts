import type { Assessment } from "../analysis/assessment.js";
import { type TrainingDomain, trainingDomain } from "../analysis/training-domain.js";
import { InvalidParameterError } from "../errors.js";
import type { Model } from "../models/model-type.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { DomainFlags } from "./options.js";

/** Operations that a check may take without being asked for: half a second on one core of 2020. */
const UNASKED_FLOPS = 5e9;

/** Said where the check would take longer. */
export const DOMAIN_LEFT_OUT = "domain     not checked, to save time; --domain finds atoms outside the training domain";

/** Whether uncertainties were asked for, so that they are part of the output. */
export function isDomainAsked({ domain, domainThreshold }: DomainFlags): boolean {
  return domain === true || (domain !== false && domainThreshold !== undefined);
}

/** Whether the variance of a model says which atoms lie outside its training domain. */
export function canTellDomain({ hasVariance, varianceTellsDomain = true }: Model): boolean {
  return hasVariance && varianceTellsDomain;
}

/**
 * Whether uncertainties are predicted.
 * @throws {InvalidParameterError} where they are asked of a model without a variance
 */
export function checksDomain(model: Model, { nAtoms }: Dataset, flags: DomainFlags): boolean {
  if (flags.domain === false) return false;
  if (isDomainAsked(flags)) {
    if (canTellDomain(model)) return true;
    throw new InvalidParameterError(`a ${model.type} model has no variance that a training domain could be told by; leave --domain out`);
  }
  return canTellDomain(model) && (model.varianceFlops?.(nAtoms) ?? Infinity) <= UNASKED_FLOPS;
}

/** Of an assessment with uncertainties. */
export function domainOf({ comparisons }: Assessment, { domainThreshold }: DomainFlags): TrainingDomain {
  return trainingDomain(comparisons, domainThreshold);
}

/** One sentence. */
export function describeDomain({ threshold, atoms, outside, worst }: TrainingDomain, dataset: Dataset): string {
  if (outside === 0 || !worst) return `all ${atoms} atoms lie within the training domain (uncertainty up to ${worst?.uncertainty.toFixed(3) ?? 0}, below ${threshold})`;
  const symbol = symbolOf(dataset.atomicNumbers[dataset.offsets[worst.structure] + worst.atom]);
  return (
    `${outside} of ${atoms} atoms lie outside the training domain (uncertainty above ${threshold}), ` +
    `the worst: ${worst.label}, ${symbol} ${worst.atom} (from 0), ${worst.uncertainty.toFixed(2)}`
  );
}
