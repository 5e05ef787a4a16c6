import { namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Arena } from "../../wasm/memory.js";
import { calibrated } from "../calibration.js";
import type { ErrorBarCalibration } from "../model-type.js";
import type { TogetherEvaluator, TogetherTables } from "../together.js";
import type { DescribedParts, EvaluationRequest, PotentialEvaluator, PotentialTables, Prediction, Want } from "../potential.js";

/** What not every part can tell, or is asked for. */
type PartWants = Required<Pick<Want, "variance" | "errorBars" | "extrapolationGrade" | "localDeviations">>;

/** A part as the threads see it. */
export interface SumPartTables {
  readonly tables: PotentialTables;
  readonly wants: PartWants;
  /** Of the error bars of the part. */
  readonly calibration?: ErrorBarCalibration | undefined;
}

export interface SumTables extends PotentialTables {
  readonly type: "sum";
  readonly summands: readonly SumPartTables[];
  /** Of several sums, part by part, for `evaluateAll`; none where tables are of one sum. */
  readonly together: readonly (readonly TogetherTables[])[];
}

interface AttachedPart {
  readonly evaluator: PotentialEvaluator;
  readonly wants: PartWants;
  /** Of the error bars of the part. */
  readonly calibration: ErrorBarCalibration | undefined;
  /** What the names of its described environments begin with. */
  readonly name: string;
  /** The part in each of several sums. */
  readonly together?: TogetherEvaluator | undefined;
}

/** Predictions of a sum of potentials. */
export class SumEvaluator implements PotentialEvaluator {
  constructor(private readonly parts: readonly AttachedPart[]) {}

  evaluate(geometry: Geometry, { want, range, described }: EvaluationRequest, scratch: Arena): Prediction {
    const predictions = this.parts.map(({ evaluator, wants, name, calibration }) => {
      const prediction = evaluator.evaluate(geometry, { want: wantsOf(want, wants), range, described: described && partOf(described, name) }, scratch);
      return calibrated(prediction, calibration, geometry.atomicNumbers.length);
    });
    return predictions.reduce(addPart);
  }

  evaluateTogether(geometries: readonly Geometry[], want: Want, scratch: Arena): Prediction[] {
    const ofParts = this.parts.map(({ evaluator, wants, calibration }) => {
      const own = wantsOf(want, wants);
      const alone = (geometry: Geometry): Prediction => namingStructure(geometry.label, () => evaluator.evaluate(geometry, { want: own }, scratch));
      const predictions = evaluator.evaluateTogether?.(geometries, own, scratch) ?? geometries.map(alone);
      return predictions.map((prediction, i) => calibrated(prediction, calibration, geometries[i].atomicNumbers.length));
    });
    return geometries.map((_, i) => ofParts.map((predictions) => predictions[i]).reduce(addPart));
  }

  evaluateAll(geometry: Geometry, { want, range, described }: EvaluationRequest, scratch: Arena): Prediction[] {
    const parts = this.parts.map(({ together, wants, name }) => {
      // what is described is described for the first sum
      const requestOf = (_: PotentialTables, first: number): Omit<EvaluationRequest, "want"> => ({ range, described: first === 0 && described ? partOf(described, name) : undefined });
      return together!.evaluate(geometry, wantsOf(want, wants), requestOf, scratch);
    });
    return parts[0].map((_, k) => parts.map((predictions) => predictions[k]).reduce(addPart));
  }
}

function wantsOf(want: Want, wants: PartWants): Want {
  return {
    ...want,
    variance: want.variance && wants.variance,
    errorBars: want.errorBars && wants.errorBars,
    extrapolationGrade: want.extrapolationGrade && wants.extrapolationGrade,
    localDeviations: want.localDeviations && wants.localDeviations,
  };
}

function partOf(described: DescribedParts, name: string): DescribedParts {
  return new Map([...described].filter(([key]) => key.startsWith(name)).map(([key, environments]) => [key.slice(name.length), environments]));
}

const largest = ["extrapolationGrades", "committeeSpreads"] as const;
const added = ["forces", "virial", "localEnergies", "variance", "priorVariance", "forceVariances"] as const;

/** Adds another potential, in place where both tell a quantity; of extrapolation grades and spreads the largest counts. */
function addPart(sum: Prediction, part: Prediction): Prediction {
  for (const name of added) {
    const total = sum[name];
    if (total) part[name]?.forEach((value, i) => (total[i] += value));
  }
  const { localDeviations: deviations } = sum;
  if (deviations) part.localDeviations?.forEach((value, i) => (deviations[i] = Math.hypot(deviations[i], value)));
  for (const name of largest) {
    const total = sum[name];
    if (total) part[name]?.forEach((value, i) => (total[i] = Math.max(total[i], value)));
  }
  const energyVariance = sum.energyVariance === undefined ? part.energyVariance : sum.energyVariance + (part.energyVariance ?? 0);
  return { ...part, ...sum, energy: sum.energy + part.energy, ...(energyVariance !== undefined && { energyVariance }) };
}
