import type { TypedParameters } from "../analysis/redundancy/reduce-descriptor.js";
import { presetsFor, usualCutoff } from "../compare/presets.js";
import { sampleStructures } from "../compare/sample.js";
import { compareSchema } from "../config/compare-config.js";
import { descriptorNames, descriptorPresets } from "../descriptors/registry.js";
import { InvalidParameterError } from "../errors.js";
import type { Executor } from "../parallel/executor.js";
import { readDataset } from "../structures/io/read-structures.js";
import { suggestionFor } from "../suggestion.js";
import { validate } from "../validation.js";
import { NO_REFERENCES } from "./scanned-data.js";

const STANDARD_INPUT = "-";

/** Where a preset is looked up. */
export interface PresetData {
  /** None: there are no data. */
  readonly paths: readonly string[];
  readonly types?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Parameters of the descriptor that a name stands for: those of a preset of `pestle compare`, for the same data the same; of a type no more than it.
 * @throws {InvalidParameterError} for names that there are none of, and a preset without data
 */
export async function namedDescriptor(executor: Executor, name: string, { paths, types, signal }: PresetData): Promise<TypedParameters> {
  if (descriptorNames.includes(name)) return { type: name };
  checkName(name);
  if (paths.includes(STANDARD_INPUT)) throw new InvalidParameterError(`"${name}" is a preset, which takes its cutoff and species from data that are then read again, and the standard input cannot be: give a file, or a type and its parameters with -p`);
  if (paths.length === 0) throw new InvalidParameterError(`"${name}" is a preset, which takes its cutoff and species from data: add data, or give a type and its parameters with -p`);
  const { sample, seed } = validate(compareSchema, { data: [...paths] });
  const dataset = await readDataset(paths, { keys: NO_REFERENCES, types, signal });
  const cutoff = usualCutoff(executor.wasm, executor.pool, sampleStructures(dataset, sample.cost, seed));
  return presetsFor(dataset, cutoff, [name])[0].parameters;
}

function presetNames(): string[] {
  return descriptorPresets({ cutoff: 5, species: [14], isPeriodic: true, largestStructure: 1 }).map((own) => own.name);
}

/** The same error with the presets of a type, where parameters are missing. */
export function withPresets(error: unknown, type: string | undefined): unknown {
  const own = presetNames().filter((name) => name.startsWith(`${type} `));
  if (!(error instanceof InvalidParameterError && error.problem?.kind === "missing" && error.problem.path[0] === "descriptor" && own.length > 0)) return error;
  return new InvalidParameterError(`${error.message}; or take a preset: -d ${own.map((name) => `"${name}"`).join(", -d ")}`, { problem: error.problem, cause: error });
}

/** Of any data there are the same names, but for presets of other species: `presetsFor` knows these. */
function checkName(name: string): void {
  const presets = presetNames();
  if (presets.includes(name)) return;
  const known = [...new Set([...descriptorNames, ...presets])];
  throw new InvalidParameterError(`there is no descriptor and no preset "${name}"; there are ${known.join(", ")}${suggestionFor(name, known)}`);
}
