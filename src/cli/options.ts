import { type Command, InvalidArgumentError, Option } from "commander";
import { DOMAIN_THRESHOLD, GRADE_THRESHOLD, SPREAD_THRESHOLD } from "../analysis/training-domain.js";
import { InvalidParameterError } from "../errors.js";
import type { ColumnRequests } from "../structures/io/column-reader.js";
import type { TargetKeys } from "../structures/io/target-keys.js";

/** A parser of whole numbers from `minimum` to `maximum`, for commander. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < minimum || value > maximum) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `≥ ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

const byteUnits: Readonly<Record<string, number>> = {
  "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, k: 1e3, m: 1e6, g: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30,
};

/** Reads `1.5GB`, `800 MB`, `2GiB` or a number of bytes. */
export function byteCount(text: string): number {
  const match = /^([0-9]*\.?[0-9]+)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match ? byteUnits[match[2].toLowerCase()] : undefined;
  const bytes = match && factor ? Math.floor(Number(match[1]) * factor) : NaN;
  if (!(bytes >= 2 ** 24 && bytes <= 2 ** 32)) {
    throw new InvalidArgumentError("It must be a size from 17MB to 4.29GB, for example 1.5GB or 800MB.");
  }
  return bytes;
}

/** Collects the values of an option that may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

export interface ReferenceKeyFlags {
  readonly energyKey?: string;
  readonly forcesKey?: string;
  readonly virialKey?: string;
  readonly stressKey?: string;
}

/** What atom types are, of every command that reads data. */
export interface TypesFlag {
  /** Chemical symbols. */
  readonly types?: readonly string[];
}

/** Flags of the check for atoms outside the training domain. */
export interface DomainFlags {
  /** undefined: where it takes little time */
  readonly domain?: boolean;
  /** Name of the measure, as in the column `pestle_domain`. */
  readonly domainMeasure?: string;
  readonly domainThreshold?: number;
  /** Share of atoms that may lie outside. */
  readonly maxOutside?: number;
}

/** Flags of every command that computes. */
export function addComputeOptions(command: Command): Command {
  return command
    .addOption(new Option("--threads <count>", "number of threads, at most the number of cores (default: all cores)").argParser(wholeNumber(1, 1024)))
    .addOption(new Option("--memory-limit <size>", "limit of the numerical memory, for example 1.5GB").argParser(byteCount));
}

/** Flags of commands that predict. */
export function addDomainOptions(command: Command): Command {
  return command
    .option("--domain", "find atoms outside the training domain, whatever time it takes; -o then writes pestle_uncertainty, 0 to 1, pestle_grade or pestle_spread, and pestle_domain for each atom")
    .option("--no-domain", "do not look for them (default: where it takes about half a second at most)")
    .addOption(
      new Option("--domain-measure <name>", "what tells the training domain, where a model has several (default: the first of these that it has)").choices(["grade", "uncertainty", "spread"]),
    )
    .addOption(
      new Option(
        "--domain-threshold <number>",
        `uncertainty (0 to 1, default ${DOMAIN_THRESHOLD}), extrapolation grade of models with active sets (default ${GRADE_THRESHOLD}) or spread of committees (default ${SPREAD_THRESHOLD}) from which an atom lies outside`,
      ).argParser(positive),
    )
    .addOption(
      new Option("--max-outside <share>", "exit with status 3 where more than this share of the atoms (0 to 1) lies outside the training domain").argParser(share),
    );
}

/** Flags of every command. */
export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print the result as one JSON object")
    .option("--quiet", "no progress and no remarks")
    .option("--debug", "show where an error comes from");
}

/** What atom types are. */
export function addTypesOption(command: Command): Command {
  return command.addOption(
    new Option("--types <list>", "elements of the atom types 1, 2, … where the data have these in place of symbols: Si,O").argParser((text: string) =>
      text.split(",").map((symbol) => symbol.trim()),
    ),
  );
}

/** Names under which a data set keeps its reference values. */
export function addReferenceKeyOptions(command: Command): Command {
  return command
    .option("--energy-key <name>", "key of the energy in the data; false leaves it out")
    .option("--forces-key <name>", "column of the forces in the data; false leaves it out")
    .option("--virial-key <name>", "key of the virial in the data; false leaves it out")
    .option("--stress-key <name>", "key of the stress in the data; false leaves it out");
}

/**
 * The columns of `--column name[=key][:unit[:structure|atom]]`, in the form the readers take.
 * @throws {InvalidParameterError}
 */
export function requestedColumns(texts: readonly string[] = []): ColumnRequests {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, key, unit, per] = /^([^=:]+)(?:=([^:]+))?(?::([^:]*))?(?::(structure|atom))?$/u.exec(text) ?? [];
      if (name === undefined) {
        throw new InvalidParameterError(`--column ${text}: write name=key:unit, for example s=energy_sigma:eV; key and unit may be left out`);
      }
      return [name, { key, unit, per: per as "structure" | "atom" | undefined }];
    }),
  );
}

/** The keys that were given, in the form the readers take; undefined when none was. */
export function referenceKeys({ energyKey, forcesKey, virialKey, stressKey }: ReferenceKeyFlags): TargetKeys | undefined {
  const given = Object.entries({ energy: energyKey, forces: forcesKey, virial: virialKey, stress: stressKey }).filter(([, key]) => key !== undefined);
  return given.length > 0 ? Object.fromEntries(given.map(([target, key]) => [target, key === "false" ? false : key])) : undefined;
}

/** A parser of numbers above 0, for commander. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < Infinity)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** A parser of numbers from 0 on, for commander. */
export function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < Infinity)) throw new InvalidArgumentError("It must be a number, 0 or more.");
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1)) throw new InvalidArgumentError("It must be a number from 0 to below 1.");
  return value;
}
