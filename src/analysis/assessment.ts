import { InvalidParameterError } from "../errors.js";
import { evaluateDataset } from "../models/evaluate.js";
import type { Potential, Prediction } from "../models/potential.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { requireForceThreshold } from "./force-vectors.js";
import type { PredictedDeviations } from "./error-bars.js";
import { uncertainties } from "./training-domain.js";
import { type ErrorSummary, errorSummary, type StructureComparison } from "./metrics.js";
import { type PropertyErrors, PropertyErrorSums } from "./property-errors.js";

/** What a potential predicts for a data set, beside the reference values. */
export interface Assessment {
  /** By configuration type and of all structures. */
  readonly errors: ErrorSummary;
  /** One for each structure, in order. What is not predicted or has no reference is NaN. */
  readonly comparisons: readonly LabeledComparison[];
  /** Of properties beside the energy that the potential predicts and the data set has as columns of their names; none for most potentials. */
  readonly properties: readonly PropertyErrors[];
  /** Wall time of the prediction. */
  readonly seconds: number;
}

/** A comparison with the label of its structure, for tables and messages. */
export interface LabeledComparison extends StructureComparison {
  readonly label: string;
  /** 0 … 1, nAtoms: how little is known of each local energy, see {@link trainingDomain}; only where it was asked for. */
  readonly uncertainty?: Float64Array;
  /** nAtoms; only where it was asked for. */
  readonly extrapolationGrade?: Float64Array;
  /** nAtoms: deviations of local energies over the members of a committee as shares of their limits; only where they were asked for. */
  readonly committeeSpread?: Float64Array;
  /** Predicted, by name; only where the potential predicts any. */
  readonly properties?: Readonly<Record<string, number>>;
  /** Standard deviations of energy and forces; only where they were asked for. */
  readonly errorBars?: PredictedDeviations;
}

/** How a potential is assessed. */
export interface AssessmentOptions {
  /** Stops between structures with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of every structure that is predicted. */
  readonly onProgress?: ProgressListener;
  /** Whether uncertainties are predicted, too, which takes more time; only for potentials that have a variance. Default: no. */
  readonly uncertainty?: boolean;
  /** Whether extrapolation grades are predicted, too; only for potentials that have an active set. Default: no. */
  readonly extrapolationGrade?: boolean;
  /** Whether spreads of local energies are predicted, too; only for committees that have limits of them. Default: no. */
  readonly committeeSpread?: boolean;
  /** Whether standard deviations of energy and forces are predicted, too; only for potentials that have error bars. Default: no. */
  readonly errorBars?: boolean;
  /** Predicts forces and virials only where the data set has any: energies alone take about half of the time. Default: everything. */
  readonly onlyReferences?: boolean;
  /** eV/Å: reference forces up to this length count for no errors of lengths and directions. Default: {@link FORCE_THRESHOLD}. */
  readonly forceThreshold?: number;
}

/**
 * Predicts every structure of a data set and compares with its targets.
 * @throws {InvalidStructureError} for a species that the potential does not know; {NumericalError} for a prediction that is not finite;
 * {InvalidParameterError} for uncertainties of a potential that has no variance, grades of one that has no active set, spreads of one that is no committee with limits, or error bars of one without,
 * and for a threshold that is no length
 */
export async function assessPotential(
  potential: Potential,
  dataset: Dataset,
  executor: Executor,
  { uncertainty = false, extrapolationGrade = false, committeeSpread = false, errorBars = false, onlyReferences = false, forceThreshold, ...options }: AssessmentOptions = {},
): Promise<Assessment> {
  if (forceThreshold !== undefined) requireForceThreshold(forceThreshold);
  const start = performance.now();
  const comparisons: LabeledComparison[] = [];
  const { forceComponents, virials } = dataset.report;
  const kinds = { forces: !onlyReferences || forceComponents > 0, virial: !onlyReferences || virials > 0 };
  if (committeeSpread && !potential.hasSpreadLimits) throw new InvalidParameterError(`this ${potential.type} potential is no committee with limits of its spread; do not ask for spreads, or give it limits (withSpreadLimits)`);
  const want = { ...kinds, variance: uncertainty, extrapolationGrade, localDeviations: committeeSpread, errorBars };
  const properties = new PropertyErrorSums();
  for await (const { structure, prediction } of evaluateDataset(potential, dataset, executor, { want, ...options })) {
    const { atomicNumbers, targets, configType, label } = structure;
    const nAtoms = atomicNumbers.length;
    const { energy, forces = missing(3 * nAtoms), virial = missing(9) } = prediction;
    properties.add(structure, prediction.properties ?? {});
    comparisons.push({
      group: configType,
      label,
      nAtoms,
      energy: { reference: targets.energy ?? NaN, predicted: energy },
      forces: { reference: targets.forces ?? missing(3 * nAtoms), predicted: forces },
      virial: { reference: targets.virial ?? missing(9), predicted: virial },
      ...(prediction.properties && { properties: prediction.properties }),
      ...(uncertainty && { uncertainty: uncertainties(prediction) }),
      ...(errorBars && { errorBars: deviationsOf(prediction) }),
      ...(extrapolationGrade && { extrapolationGrade: prediction.extrapolationGrades! }),
      ...(committeeSpread && { committeeSpread: prediction.committeeSpreads! }),
    });
  }
  const seconds = (performance.now() - start) / 1000;
  return { errors: errorSummary(comparisons, { forceThreshold }), comparisons, properties: properties.errors(), seconds };
}

function deviationsOf({ energyVariance = 0, forceVariances }: Prediction): PredictedDeviations {
  return { energy: Math.sqrt(energyVariance), forces: forceVariances?.map(Math.sqrt) ?? new Float64Array(0) };
}

function missing(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}
