import { calibrateErrorBars } from "../../analysis/calibrate.js";
import { InvalidParameterError } from "../../errors.js";
import { loadModel, saveModel } from "../../models/model-file.js";
import type { FileRecord } from "../../models/model-type.js";
import { checkOutput } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { shortInputName } from "../../structures/io/input-name.js";
import { readDataset, type ReadFile } from "../../structures/io/read-structures.js";
import { describeCalibration, describeErrorBars } from "../error-bar-text.js";
import { requireErrorBars, requireKnownSpecies, trainingFiles } from "../model-checks.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";
import { describeReport } from "./info.js";

/** Flags of `pestle calibrate`. */
export interface CalibrateFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag {
  readonly output?: string;
}

/** A committee takes a prediction for each of its members. */
const SECONDS_PER_MEGABYTE = 4;

/** Runs `pestle calibrate`. */
export async function runCalibrate(session: Session, modelPath: string, data: readonly string[], flags: CalibrateFlags): Promise<void> {
  const { output } = flags;
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o calibrated.pestle");
  await refuseToReplace(output, data);
  await checkOutput(output);
  await session.withExecutor((executor) => calibrate(session, executor, { modelPath, data, output }, flags), { files: data, secondsPerMegabyte: SECONDS_PER_MEGABYTE });
}

interface CalibrateJob {
  readonly modelPath: string;
  readonly data: readonly string[];
  readonly output: string;
}

async function calibrate(session: Session, executor: Executor, { modelPath, data, output }: CalibrateJob, flags: CalibrateFlags): Promise<void> {
  const { signal, onProgress } = session;
  const model = await loadModel(modelPath);
  requireErrorBars(model, "fit one of them, and calibrate that");
  const files: FileRecord[] = [];
  const onFile = ({ path, sha256 }: ReadFile): number => files.push({ role: "calibration", path: shortInputName(path), sha256 });
  const dataset = await readDataset(data, { keys: referenceKeys(flags), types: flags.types, onFile, signal });
  requireKnownSpecies(model, dataset, modelPath);
  session.note(describeReport(dataset.report));
  const warnings = [...dataset.report.warnings, ...trainingFiles(model, files)];
  for (const warning of warnings) session.warn(warning);
  const { model: calibrated, before, after } = await calibrateErrorBars(model, dataset, executor, { signal, onProgress, data: files });
  await saveModel(output, calibrated);
  const { calibration } = calibrated.provenance;
  const lines = ["as the model has them", ...describeErrorBars(before), "", describeCalibration(calibration!), ...describeErrorBars(after), `model → ${output}`];
  session.result({ output, calibration, before, after, warnings }, lines.join("\n"));
}
