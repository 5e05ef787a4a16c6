import { type BuildConfig, buildSchema, relocateBuildPaths } from "../../config/build-config.js";
import { readConfigFile, resolveConfig } from "../../config/config-file.js";
import { programVersions, recordFile } from "../../config/provenance.js";
import { InvalidParameterError } from "../../errors.js";
import { changeFilePaths, filesIn } from "../../file-path.js";
import { knownSpecies, makeKnownPotential } from "../../models/known-potential.js";
import { saveModel } from "../../models/model-file.js";
import type { FileRecord } from "../../models/model-type.js";
import { shortInputName } from "../../structures/io/input-name.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle build`. */
export interface BuildFlags extends SessionOptions {
  readonly config?: string;
  readonly output?: string;
  readonly set?: readonly string[];
}

/**
 * Runs `pestle build`: a model file of a potential that needs no fit.
 * @param path file with a `model` section
 */
export async function runBuild(session: Session, path: string | undefined, flags: BuildFlags): Promise<void> {
  const config = await readBuildConfig(path, flags);
  const { output } = flags;
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o lj.pestle");
  const files = filesIn(buildSchema, config, "model");
  await refuseToReplace(output, files.map((file) => file.path));
  const data: FileRecord[] = [];
  for (const file of files) data.push(await recordFile(file.role, file.path, session.signal));
  const made = await makeKnownPotential(config.model, await speciesOf(config), "model");
  const versions = programVersions();
  const named = data.map((file) => ({ ...file, path: shortInputName(file.path) }));
  // one that is taken from a file as it is keeps the calibration of its error bars
  const model = made.withProvenance({ ...made.provenance, versions, options: withoutFolders(config), ...(data.length > 0 && { data: named }) });
  await saveModel(output, model);
  const { type, cutoff } = model;
  const species = model.species.map(symbolOf);
  session.result({ output, model: { type, species, cutoff }, data, versions }, `${type}, cutoff ${cutoff} Å, ${species.join(" ")}\nmodel → ${output}`);
}

async function readBuildConfig(path: string | undefined, { config: other, set }: BuildFlags): Promise<BuildConfig> {
  if (path !== undefined && other !== undefined) throw new InvalidParameterError("the file is given twice; leave --config out");
  const configPath = path ?? other;
  if (configPath === undefined && !set) throw new InvalidParameterError("no file is given: pestle build lj.yaml -o lj.pestle");
  const file = configPath === undefined ? undefined : await readConfigFile(configPath);
  const values = (config: Record<string, unknown>): void => {
    if (file) relocateBuildPaths(config, file.path);
  };
  return resolveConfig(buildSchema, file, { assignments: set, values });
}

async function speciesOf({ model, species }: BuildConfig): Promise<number[]> {
  const known = species ? species.map(atomicNumberOf) : await knownSpecies(model);
  if (known.length === 0) throw new InvalidParameterError(`a ${model.type} potential is of any species: add species, for example species: [Si, O]`);
  return [...new Set(known)].sort((a, b) => a - b);
}

/** Files by their names alone, so that the bytes of a model do not depend on the working directory. */
function withoutFolders(config: BuildConfig): BuildConfig {
  const named = structuredClone(config);
  changeFilePaths(buildSchema, named, shortInputName);
  return named;
}
