import type { Assessment } from "../analysis/assessment.js";
import { type DomainMeasure, type TrainingDomain, trainingDomain } from "../analysis/training-domain.js";
import { InvalidParameterError } from "../errors.js";
import type { Model } from "../models/model-type.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import { CheckFailedError } from "./failure.js";
import type { DomainFlags } from "./options.js";

/** Operations that a check may take without being asked for: half a second on one core of 2020. */
const UNASKED_FLOPS = 5e9;

/** Said where the check would take longer. */
export const DOMAIN_LEFT_OUT = "domain     not checked, to save time; --domain finds atoms outside the training domain";

/** Whether uncertainties or grades were asked for, so that they are part of the output. */
export function isDomainAsked({ domain, domainThreshold, maxOutside }: DomainFlags): boolean {
  return domain === true || (domain !== false && (domainThreshold !== undefined || maxOutside !== undefined));
}

/** Names of the measures in the column that says where each atom lies. */
const measureNames: Readonly<Record<DomainMeasure, string>> = { uncertainty: "uncertainty", extrapolationGrade: "grade" };

/** For each atom "inside", or the measure that is above its threshold; NaN says that nothing is known. */
export function domainsOf(values: ArrayLike<number>, { measure, threshold }: TrainingDomain): string[] {
  return Array.from(values, (value) => (value <= threshold ? "inside" : measureNames[measure]));
}

/** @throws {CheckFailedError} where more than `--max-outside` of the atoms lie outside */
export function requireInside({ atoms, outside }: TrainingDomain, { maxOutside }: DomainFlags): void {
  if (maxOutside === undefined || outside <= maxOutside * atoms) return;
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  throw new CheckFailedError(`${percent(outside / atoms)} of the atoms lie outside the training domain, more than ${percent(maxOutside)} (--max-outside)`);
}

/** What a model can judge atoms by: extrapolation grades where it has active sets, else its variance where that tells the domain. */
export function possibleMeasure({ hasExtrapolationGrade, hasVariance, varianceTellsDomain = true }: Model): DomainMeasure | undefined {
  if (hasExtrapolationGrade) return "extrapolationGrade";
  return hasVariance && varianceTellsDomain ? "uncertainty" : undefined;
}

/**
 * What atoms are judged by; undefined: they are not.
 * @throws {InvalidParameterError} where it is asked of a model that knows nothing of its training domain, or with an impossible threshold
 */
export function domainMeasure(model: Model, { nAtoms }: Dataset, flags: DomainFlags): DomainMeasure | undefined {
  if (flags.domain === false) {
    if (flags.maxOutside !== undefined) throw new InvalidParameterError("--max-outside needs the training domain, which --no-domain leaves out: give one of them");
    return undefined;
  }
  const measure = possibleMeasure(model);
  if (isDomainAsked(flags)) {
    if (!measure) {
      throw new InvalidParameterError(
        `a ${model.type} model has no variance that a training domain could be told by, and this one no active sets (fit.activeSet, where a fit has it); leave --domain out`,
      );
    }
    const { domainThreshold = 1 } = flags;
    if (measure === "uncertainty" && domainThreshold > 1) {
      throw new InvalidParameterError(`--domain-threshold is ${domainThreshold}, but uncertainties of a ${model.type} model without active sets are from 0 to 1: choose a number up to 1`);
    }
    return measure;
  }
  const flops = measure === "extrapolationGrade" ? model.gradeFlops?.(nAtoms) : model.varianceFlops?.(nAtoms);
  return (flops ?? Infinity) <= UNASKED_FLOPS ? measure : undefined;
}

/** Of an assessment with what the measure needs. */
export function domainOf({ comparisons }: Assessment, measure: DomainMeasure, { domainThreshold }: DomainFlags): TrainingDomain {
  return trainingDomain(comparisons, { measure, threshold: domainThreshold });
}

/** One sentence. */
export function describeDomain({ measure, threshold, atoms, outside, worst }: TrainingDomain, dataset: Dataset): string {
  const name = measure === "uncertainty" ? "uncertainty" : "extrapolation grade";
  if (outside === 0 || !worst) return `all ${atoms} atoms lie within the training domain (${name} up to ${worst?.value.toFixed(3) ?? 0}, below ${threshold})`;
  const symbol = symbolOf(dataset.atomicNumbers[dataset.offsets[worst.structure] + worst.atom]);
  return (
    `${outside} of ${atoms} atoms lie outside the training domain (${name} above ${threshold}), ` +
    `the worst: ${worst.label}, ${symbol} ${worst.atom} (from 0), ${worst.value === Infinity ? "with functions that the training data do not have" : worst.value.toFixed(2)}`
  );
}
