import { isAbsolute, join, relative, sep } from "node:path";
import { CancelledError, PestleError } from "../../errors.js";
import { STANDARD_INPUT } from "../../structures/io/input-name.js";
import { systemReason } from "../../system-error.js";
import { readCoreTables } from "./baseline.js";
import { readGapCommand } from "./command.js";
import { readCommandFile } from "./command-source.js";
import { convertGapCommand, type GapConversion } from "./convert-command.js";
import { gapKeys } from "./data-keys.js";
import type { CommandSource } from "./located-text.js";
import { readThetaFiles } from "./theta-file.js";
import { surveyTraining, type TrainingFacts } from "./training-facts.js";

/** Where a conversion finds files, and where its result will stand. */
export interface ImportOptions {
  /** Folder that the paths of the command start from. */
  readonly folder: string;
  /** Folder of the fit file. */
  readonly outputFolder: string;
  /** Atomic numbers of the data; default: those of the training file */
  readonly species?: readonly number[];
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

/** A conversion with what became of the training file. */
export interface ImportedCommand extends GapConversion {
  /** Why it was not looked at; undefined where it was. */
  readonly dataProblem: string | undefined;
}

/**
 * Reads a gap_fit command and, where it is at hand, its training file, and makes a fit file of it.
 * @throws as `readGapCommand` and `convertGapCommand`
 */
export async function importGapCommand(source: CommandSource, { folder, outputFolder, species, signal }: ImportOptions): Promise<ImportedCommand> {
  const placeOf = (name: string): string => (isAbsolute(name) ? name : notStandardInput(join(folder, name)));
  const pathOf = (name: string): string => (isAbsolute(name) ? name : relative(outputFolder || ".", placeOf(name)).replaceAll(sep, "/"));
  const command = await readGapCommand(source, (name) => readCommandFile(placeOf(name)));
  const { energy, configType } = gapKeys(command.options);
  const core = await readCoreTables(command.options, placeOf);
  const thetaFiles = await readThetaFiles(command.terms, placeOf);
  const survey = await tryToSurvey(placeOf(command.options.text("at_file")!), { energyKey: energy, configTypeKey: configType, signal });
  return { ...convertGapCommand(command, { species, facts: survey.facts, core, thetaFiles, pathOf }), dataProblem: survey.problem };
}

/** A file of that name. */
function notStandardInput(path: string): string {
  return path === STANDARD_INPUT ? `./${path}` : path;
}

async function tryToSurvey(path: string, options: Parameters<typeof surveyTraining>[1]): Promise<{ facts?: TrainingFacts; problem?: string }> {
  try {
    return { facts: await surveyTraining(path, options) };
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const reason = error instanceof PestleError ? error.message : systemReason(error);
    if (reason === undefined) throw error;
    return { problem: reason };
  }
}
