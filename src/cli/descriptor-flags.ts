import { applyAssignments } from "../config/overrides.js";
import { InvalidParameterError } from "../errors.js";

/** Flags of commands that are about one descriptor. */
export interface DescriptorFlags {
  readonly descriptor?: string;
  readonly parameters?: readonly string[];
}

/**
 * Puts `-d` and `-p` into a configuration: another type than that of the file starts anew.
 * @throws {InvalidParameterError} where there is no descriptor after that
 */
export function applyDescriptorFlags(config: Record<string, unknown>, { descriptor, parameters }: DescriptorFlags): void {
  if (descriptor !== undefined) {
    const same = (config.descriptor as { type?: unknown } | undefined)?.type === descriptor;
    config.descriptor = same ? config.descriptor : { type: descriptor };
  }
  if (parameters) config.descriptor = applyAssignments(config.descriptor, parameters);
  if (config.descriptor === undefined) throw new InvalidParameterError("no descriptor is given; add for example -d soap");
}
