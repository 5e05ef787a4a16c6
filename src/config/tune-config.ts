import type { z } from "zod";
import { withoutFilePaths } from "../file-path.js";
import type { Candidate } from "../tune/search-space/search-space.js";
import { stagesOf, tuneSchema } from "../tune/schema.js";
import { type RequestFileSchema, requestFileSchema, requestFileSchemas } from "./fit-config.js";

const withSearch = (schema: RequestFileSchema) => schema.extend({ tune: tuneSchema.describe("what is searched, how, and for how long") });

/** The schema of tune files: data and fit with a `tune` section. */
export type TuneFileSchema = ReturnType<typeof withSearch>;

/** The schema that a tune file is validated with, see `fitFileSchema`. */
export function tuneFileSchema(config?: unknown): TuneFileSchema {
  return withSearch(requestFileSchema(config));
}

/** The schemas of tune files, one for each trainer. */
export function tuneFileSchemas(): TuneFileSchema[] {
  return requestFileSchemas().map(withSearch);
}

/** A tune file, validated, with every default filled in. */
export type TuneConfig = z.output<TuneFileSchema>;

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
  const { split, keys, columns, types } = data;
  const stages = stagesOf(tune).map(({ budget: _, evaluation: { parallel: _parallel, ...evaluation }, ...stage }) => ({ ...stage, evaluation }));
  const { shape } = requestFileSchema({ model });
  return { data: { split, keys, columns, types }, model: withoutFilePaths(shape.model, model), fit: withoutFilePaths(shape.fit, fit), seed, stages };
}
