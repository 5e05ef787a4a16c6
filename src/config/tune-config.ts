import type { z } from "zod";
import type { Candidate } from "../tune/search-space/search-space.js";
import { stagesOf, tuneSchema } from "../tune/schema.js";
import { fitFileSchema } from "./fit-config.js";

/** The tune file: a fit file with a `tune` section. */
export const tuneFileSchema = fitFileSchema.extend({ tune: tuneSchema });

export type TuneConfig = z.output<typeof tuneFileSchema>;

/**
 * What a valid file describes without its search, as it is written: defaults that follow other values, as the soft cutoff of soap_turbo
 * follows its radius, go on following them while those are searched.
 */
export function candidateOf(given: Readonly<Record<string, unknown>>, { seed }: TuneConfig): Candidate {
  return structuredClone({ model: given.model as Candidate["model"], fit: (given.fit ?? {}) as Candidate["fit"], seed });
}

/**
 * What must stay the same for a search to go on: all but budgets, how many evaluations run at once, and the places of files (their
 * contents count, see `recordFile`).
 */
export function searchIdentity({ data, model, fit, seed, tune }: TuneConfig): unknown {
  const { split, keys } = data;
  const stages = stagesOf(tune).map(({ budget: _, evaluation: { parallel: _parallel, ...evaluation }, ...stage }) => ({ ...stage, evaluation }));
  return { data: { split, keys }, model: withoutPlaces(model), fit, seed, stages };
}

/** Leaves out every `path`: of sparse points, of what a descriptor reads. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (key === "path" ? [] : [[key, withoutPlaces(inner)]])));
}
