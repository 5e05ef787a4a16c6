import { InvalidParameterError } from "../../errors.js";
import { trainerOf } from "../../fit/registry.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { Dimension, Point } from "../../optimizers/optimizer.js";
import { checkSpace } from "./check.js";
import { compileEntries, type Entry } from "./compile.js";
import { type CompleteCandidate, completeCandidate, fillDefaults, place, takeOut } from "./complete.js";
import { withoutNeverActive } from "./conditions.js";
import { Decoder, middleOf, type SearchedEntry } from "./decoder.js";
import { extremesOf } from "./extremes.js";
import { labelsOf } from "./labels.js";
import { orderByDependency } from "./order.js";
import { SearchParameterError } from "./parameter-error.js";
import { type ParametersOptions, parametersSchema } from "./schema.js";
import type { Candidate, Parameter, ParameterValues, SearchSpace } from "./search-space.js";

/** What a search space knows of the data. */
export interface SearchSpaceOptions {
  /** Chemical symbols of the data: what `*` stands for where the file gives one value for all species. */
  readonly species?: readonly string[];
}

/**
 * What is searched, from the map under `tune.parameters` and the candidate whose other values stay. Everything is tried on the rules
 * of the fit file: every parameter at its ends and in pairs.
 * @throws {SearchParameterError} with the place inside `parameters`; {InvalidParameterError} for a base that cannot be fitted
 */
export function createSearchSpace(parameters: ParametersOptions, base: Candidate, { species }: SearchSpaceOptions = {}): SearchSpace {
  const complete = completeCandidate(base);
  const written = compileEntries(validate(parametersSchema, parameters, { what: "parameters" }), complete, species);
  const ordered = withoutNeverActive(orderByDependency(written), base, complete);
  const decoder = new Decoder(ordered, written.filter((entry) => ordered.includes(entry)), complete);
  if (decoder.searched.length === 0) {
    throw new SearchParameterError([], "key", "nothing is searched: every parameter has one value, follows another one, or is never active with the values of this file");
  }
  return new ConfiguredSearchSpace(decoder, base, complete, species ?? []);
}

/** A search space that was compiled before the data were read, with the species it was compiled for. */
export interface CheckedSpace {
  /** The space. */
  readonly space: SearchSpace;
  /** Chemical symbols, in order of the atomic numbers. */
  readonly species: readonly string[];
}

/**
 * Finds what is wrong before the data are read, as far as that can be said without knowing their species.
 * @returns the space, good for data of just these species; undefined where only the data tell what the parameters are
 * @throws as createSearchSpace
 */
export function checkParameters(parameters: ParametersOptions, base: Candidate): CheckedSpace | undefined {
  const named = trainerOf(base.model).species(completeCandidate(base));
  const species = named.map(atomicNumberOf).sort((a, b) => a - b).map(symbolOf);
  const hasWildcards = Object.keys(parameters).some((path) => path.includes("*"));
  if (hasWildcards && species.length === 0) return undefined;
  return { space: createSearchSpace(parameters, base, { species }), species };
}

class ConfiguredSearchSpace implements SearchSpace {
  readonly parameters: readonly Parameter[];
  readonly dimensions: readonly Dimension[];
  private readonly paths: ReadonlyMap<string, Entry["path"]>;
  readonly defaults: CompleteCandidate;

  constructor(
    private readonly decoder: Decoder,
    private readonly base: Candidate,
    readonly complete: CompleteCandidate,
    readonly species: readonly string[],
  ) {
    this.defaults = fillDefaults(base);
    this.paths = new Map(decoder.ordered.map(({ name, path }) => [name, path]));
    this.dimensions = decoder.searched.map(({ dimension }) => dimension);
    const start = decoder.encode(complete).map((x, index) => x ?? middleOf(this.dimensions[index]));
    checkSpace({ decoder, start, build: (values) => this.build(values) });
    const byName = new Map(decoder.ordered.map((entry) => [entry.name, entry]));
    const labels = labelsOf(decoder.searched.map(({ entry }) => entry.path));
    this.parameters = decoder.searched.map((searched, index) => this.describe(searched, labels[index], byName));
  }

  decode(point: Point): ParameterValues {
    const isShown = ({ rule }: Entry): boolean => rule.kind !== "fixed";
    const values = this.decoder.decode(point);
    return Object.fromEntries(this.decoder.ordered.filter((entry) => isShown(entry) && values.has(entry.name)).map(({ name }) => [name, values.get(name)!]));
  }

  encode(candidate: Candidate): Point | undefined {
    const point = this.decoder.encode(completeCandidate(candidate));
    return point.every((x) => x !== undefined) ? point : undefined;
  }

  apply(point: Point): Candidate {
    return this.build(this.decoder.decode(point));
  }

  private build(values: ReadonlyMap<string, unknown>): Candidate {
    const candidate = structuredClone(this.base);
    for (const [name, value] of values) place(candidate, this.paths.get(name)!, value, this);
    const inactive = this.decoder.ordered.filter(({ name, conditions }) => conditions.length > 0 && !values.has(name));
    // values of the file that only another choice allows: a key of one method is unknown to the others
    if (inactive.length > 0 && !isAllowed(candidate)) for (const { path } of inactive) takeOut(candidate, path);
    return candidate;
  }

  private describe({ entry, dimension, levels }: SearchedEntry, label: string, byName: ReadonlyMap<string, Entry>): Parameter {
    const { name: path, rule } = entry;
    const scale = rule.kind === "range" && rule.isLog ? "log" : "linear";
    const range = rule.kind === "range" ? extremesOf(entry, byName, this.complete) : undefined;
    return { path, label, dimension, scale, ...(range && { range }), ...(levels && { values: levels }) };
  }
}

function isAllowed(candidate: Candidate): boolean {
  try {
    completeCandidate(candidate);
    return true;
  } catch (error) {
    if (error instanceof InvalidParameterError) return false;
    throw error;
  }
}
