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
export function isDomainAsked({ domain, domainMeasure: measure, domainThreshold, maxOutside }: DomainFlags): boolean {
  return domain === true || (domain !== false && [measure, domainThreshold, maxOutside].some((flag) => flag !== undefined));
}

/** Names of the measures in the column that says where each atom lies. */
const measureNames: Readonly<Record<DomainMeasure, string>> = { extrapolationGrade: "grade", uncertainty: "uncertainty", committeeSpread: "spread" };
/** The same in sentences. */
const measureTexts: Readonly<Record<DomainMeasure, string>> = { extrapolationGrade: "extrapolation grade", uncertainty: "uncertainty", committeeSpread: "spread of the committee" };

const allMeasures = Object.keys(measureNames) as DomainMeasure[];

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

/** What a model can judge atoms by, the best first: extrapolation grades where it has active sets, its variance where that tells the domain, the spread of a committee. */
export function possibleMeasures({ hasExtrapolationGrade = false, hasVariance, varianceTellsDomain = true, hasSpreadLimits = false }: Model): DomainMeasure[] {
  const has: Readonly<Record<DomainMeasure, boolean>> = { extrapolationGrade: hasExtrapolationGrade, uncertainty: hasVariance && varianceTellsDomain, committeeSpread: hasSpreadLimits };
  return allMeasures.filter((measure) => has[measure]);
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
  const measures = possibleMeasures(model);
  const [best] = measures;
  if (isDomainAsked(flags)) {
    if (!best) throw noMeasure(model);
    const { domainMeasure: name, domainThreshold = 1 } = flags;
    const measure = name === undefined ? best : measures.find((one) => measureNames[one] === name);
    if (!measure) {
      const remedy = name === "spread" && model.hasLocalDeviations ? `; ${NO_LIMITS}` : "";
      throw new InvalidParameterError(`--domain-measure is ${name}, but this ${model.type} model is judged by ${measures.map((one) => measureNames[one]).join(" or ")}${remedy}`);
    }
    if (measure === "uncertainty" && domainThreshold > 1) {
      throw new InvalidParameterError(`--domain-threshold is ${domainThreshold}, but uncertainties of a ${model.type} model without active sets are from 0 to 1: choose a number up to 1`);
    }
    return measure;
  }
  const flops: Readonly<Record<DomainMeasure, number | undefined>> = { extrapolationGrade: model.gradeFlops?.(nAtoms), uncertainty: model.varianceFlops?.(nAtoms), committeeSpread: model.deviationFlops?.(nAtoms) };
  return best && (flops[best] ?? Infinity) <= UNASKED_FLOPS ? best : undefined;
}

/** Said of committees that were fitted by earlier versions, or put together from members. */
const NO_LIMITS = "the committee has no limits of its spread: fit it again, or give it limits with its training data (withSpreadLimits, from JavaScript)";

function noMeasure({ type, hasLocalDeviations }: Model): InvalidParameterError {
  if (hasLocalDeviations) return new InvalidParameterError(`nothing tells the training domain of this ${type} model: ${NO_LIMITS}; or leave --domain out`);
  return new InvalidParameterError(
    `a ${type} model has no variance that a training domain could be told by, and this one no active sets (fit.activeSet, where a fit has it); leave --domain out, or fit a committee`,
  );
}

/** Of an assessment with what the measure needs. */
export function domainOf({ comparisons }: Assessment, measure: DomainMeasure, { domainThreshold }: DomainFlags): TrainingDomain {
  return trainingDomain(comparisons, { measure, threshold: domainThreshold });
}

/** What an infinite value means; uncertainties are none. */
const infiniteTexts: Readonly<Record<DomainMeasure, string>> = {
  extrapolationGrade: "with functions that the training data do not have",
  uncertainty: "of nothing known",
  committeeSpread: "where members do not differ in the training data, or these have no such atom",
};

/** One sentence. */
export function describeDomain({ measure, threshold, atoms, outside, worst }: TrainingDomain, dataset: Dataset): string {
  const name = measureTexts[measure];
  if (outside === 0 || !worst) return `all ${atoms} atoms lie within the training domain (${name} up to ${worst?.value.toFixed(3) ?? 0}, below ${threshold})`;
  const symbol = symbolOf(dataset.atomicNumbers[dataset.offsets[worst.structure] + worst.atom]);
  return (
    `${outside} of ${atoms} atoms lie outside the training domain (${name} above ${threshold}), ` +
    `the worst: ${worst.label}, ${symbol} ${worst.atom} (from 0), ${worst.value === Infinity ? infiniteTexts[measure] : worst.value.toFixed(2)}`
  );
}
