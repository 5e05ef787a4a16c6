import { z } from "zod";
import { schemasFor, trainerOf } from "../../fit/registry.js";
import { type ParameterPath, valueAt } from "../../parameter-path.js";
import { isContainer } from "../../plain-data.js";
import { findAtomicNumber } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { Candidate } from "./search-space.js";

const seedSchema = z.int().min(0).max(0xffffffff);

/** A candidate with every default in its place: plain data. */
export type CompleteCandidate = Candidate;

/**
 * Fills in the defaults of the schemas; reads no files.
 * @throws {InvalidParameterError}
 */
export function fillDefaults(candidate: unknown): CompleteCandidate {
  return plain(validate(candidateSchema(schemasFor(candidate)), candidate));
}

type Schemas = ReturnType<typeof schemasFor>;
const candidateSchemas = new WeakMap<Schemas["model"], Map<Schemas["fit"], z.ZodType<Candidate>>>();

/** Made once for sections that are the same: schemas remember what they are compiled to. */
function candidateSchema({ model, fit }: Schemas): z.ZodType<Candidate> {
  const ofModel = candidateSchemas.get(model) ?? new Map<Schemas["fit"], z.ZodType<Candidate>>();
  candidateSchemas.set(model, ofModel);
  let known = ofModel.get(fit);
  if (!known) ofModel.set(fit, (known = z.strictObject({ model, fit, seed: seedSchema })));
  return known;
}

/**
 * Fills in the defaults of the schemas and those that follow from other values, as the trainer says.
 * @throws {InvalidParameterError} for a candidate that cannot be fitted
 */
export function completeCandidate(candidate: unknown): CompleteCandidate {
  const complete = fillDefaults(candidate);
  return plain({ ...complete, model: trainerOf(complete.model).complete(complete.model) });
}

/** Parameters that are undefined are as good as absent. */
function plain(candidate: Candidate): CompleteCandidate {
  return JSON.parse(JSON.stringify(candidate)) as CompleteCandidate;
}

export function isElement(part: PropertyKey | undefined): part is string {
  return typeof part === "string" && findAtomicNumber(part) !== undefined;
}

/** The value that a parameter has: what is written for every species holds for each. */
export function lookUp(complete: CompleteCandidate, path: ParameterPath): unknown {
  const parent = valueAt(complete, path.slice(0, -1));
  if (isElement(path.at(-1)) && parent !== undefined && !isContainer(parent)) return parent;
  return valueAt(complete, path);
}

/**
 * Puts a value into a candidate, in place. Groups that are missing there appear with the defaults they stood for: a sigma for
 * energies does not take away the default sigma of forces. A value for one species keeps the common one for the others.
 * @param defaults as `fillDefaults` makes them: values in a new group that follow others go on following them
 */
export function place(
  candidate: unknown,
  path: ParameterPath,
  value: unknown,
  { complete, defaults, species }: { readonly complete: CompleteCandidate; readonly defaults: CompleteCandidate; readonly species: readonly string[] },
): void {
  let container = candidate as Record<PropertyKey, unknown>;
  path.slice(0, -1).forEach((part, depth) => {
    if (!isContainer(container[part])) {
      const here = path.slice(0, depth + 1);
      const known = valueAt(defaults, here) ?? valueAt(complete, here);
      const common = known ?? container[part];
      const isPerSpecies = depth === path.length - 2 && isElement(path.at(-1)) && common !== undefined && !isContainer(common);
      container[part] = isPerSpecies ? Object.fromEntries(species.map((symbol) => [symbol, common])) : isContainer(known) ? structuredClone(known) : {};
    }
    container = container[part] as Record<PropertyKey, unknown>;
  });
  container[path.at(-1)!] = value;
}

/** Takes a value out of a candidate, in place, with the groups that become empty. */
export function takeOut(candidate: unknown, path: ParameterPath): void {
  const container = valueAt(candidate, path.slice(0, -1));
  if (!isContainer(container) || Array.isArray(container) || !Object.hasOwn(container, path.at(-1)!)) return;
  delete (container as Record<PropertyKey, unknown>)[path.at(-1)!];
  if (Object.keys(container).length === 0) takeOut(candidate, path.slice(0, -1));
}
