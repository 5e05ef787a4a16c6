import { calibrateErrorBars } from "../analysis/calibrate.js";
import { type ErrorBarSummary, judgeErrorBars } from "../analysis/error-bars.js";
import { configuredTrainer, type FitConfig } from "../config/fit-config.js";
import { InvalidParameterError } from "../errors.js";
import { calibratesOutOfBag, trainCommittee } from "../fit/committee/train.js";
import type { FitPlan } from "../fit/fit-plan.js";
import type { FitContext, FitResult } from "../fit/trainer.js";
import type { FileRecord, Model } from "../models/model-type.js";
import type { Executor } from "../parallel/executor.js";
import type { LoadedData } from "../structures/data-schema.js";
import { shortInputName } from "../structures/io/input-name.js";
import type { AssessedPart } from "./fit-report.js";
import type { Session } from "./session.js";

/** The fit to all training data: one model, or the committee that the fit file asks for. */
export function trainWhole(config: FitConfig, data: LoadedData, executor: Executor, context: FitContext): Promise<FitResult> {
  const trainer = configuredTrainer(config);
  return config.committee ? trainCommittee(trainer, config, data.train, executor, config.committee, context) : trainer.train(config, data.train, executor, context);
}

/** A committee by samples takes the fit once for each member, one after the other, and may predict what each leaves out. */
export function planWhole({ committee }: FitConfig, plan: FitPlan, { train, validation }: LoadedData): FitPlan {
  if (!committee) return plan;
  const { members, by } = committee;
  const { energy, energyAndForces } = plan.predictionSeconds;
  const calibrates = calibratesOutOfBag(committee, validation !== undefined);
  // a structure is in none of N draws of N with a probability of 1/e
  const leftOut = by === "disjoint" ? 1 - 1 / members : 1 / Math.E;
  const calibration = calibrates ? leftOut * train.nAtoms * (train.report.forceComponents > 0 ? energyAndForces : energy) : 0;
  // limits of the spread take all members once
  const limits = members * train.nAtoms * energy;
  return {
    ...plan,
    outline: [...plan.outline, { label: "committee", text: `${members} members by ${by}${calibrates ? ", calibrated out of bag" : ""}` }],
    seconds: (by === "posterior" ? plan.seconds : members * (plan.seconds + calibration)) + limits,
    predictionSeconds: { energy: members * energy, energyAndForces: members * energyAndForces },
  };
}

/** The model with error bars as large as its errors on the validation data, unless they are calibrated already; a committee that cannot be is told of. */
export async function calibrateWhole(session: Session, executor: Executor, model: Model, { committee }: FitConfig, data: LoadedData): Promise<{ model: Model; warnings: string[] }> {
  const { signal, onProgress } = session;
  if (!committee || committee.calibration !== "auto" || model.provenance.calibration) return { model, warnings: [] };
  const { validation } = data;
  if (!validation) {
    if (calibratesOutOfBag(committee, false)) return { model, warnings: [] }; // the fit said why it could not
    return {
      model,
      warnings: [
        "the error bars of the committee are not calibrated, because there is no validation data: bootstrap or disjoint with 4 members or more calibrates itself, and pestle calibrate does it with data that were not fitted",
      ],
    };
  }
  try {
    const calibrated = await calibrateErrorBars(model, validation, executor, { signal, onProgress, data: filesOf(data) });
    return { model: calibrated.model, warnings: [] };
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    return { model, warnings: [error.message] };
  }
}

/** Error bars of the data that a report judges a committee by. */
export function judgedBars(model: Model, parts: readonly AssessedPart[]): ErrorBarSummary | undefined {
  const { comparisons } = parts[parts.length - 1].assessment;
  return comparisons.some(({ errorBars }) => errorBars) ? judgeErrorBars(comparisons, model.provenance.calibration ? undefined : model.residualNoise) : undefined;
}

/** Files of the validation data; none where it was split off from the training data. */
function filesOf({ files }: LoadedData): FileRecord[] | undefined {
  const own = files.filter(({ role }) => role === "validation");
  return own.length > 0 ? own.map(({ path, sha256 }) => ({ role: "calibration", path: shortInputName(path), sha256 })) : undefined;
}
