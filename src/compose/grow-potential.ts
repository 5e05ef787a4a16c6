import { fisherInformation } from "../analysis/fisher/fisher-information.js";
import type { ComposedFit } from "../fit/composed/schema.js";
import type { ComposedModel } from "../models/composed/model.js";
import { printNotation } from "../models/composed/notation.js";
import type { ComposedForm } from "../models/composed/tree.js";
import type { Executor } from "../parallel/executor.js";
import { Holdings } from "../parallel/holdings.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { memoryJournal } from "../tune/journal/journal.js";
import { composePotential, type ComposeContext, type ComposeOptions } from "./compose-potential.js";
import type { ComposeResult } from "./compose-result.js";
import { DataEvaluator, fitOf } from "./data-evaluator.js";
import type { DescribedParameter, ResultDescription } from "./description.js";
import type { ComposeData } from "./judged-data.js";
import { poolForms } from "./pool.js";
import { type ComposeRequest, poolOf, type ResolvedCompose, resolveCompose } from "./schema.js";

/** Structures of a search. */
export interface GrowthData extends ComposeData {
  /** Never looked at before the search is over. */
  readonly test?: Dataset | undefined;
}

/** Where a search is made; without a journal nothing can be resumed. */
export interface GrowthContext extends Partial<ComposeContext> {
  /** Hears of what is done before and after the search. */
  readonly onProgress?: ProgressListener | undefined;
}

/** A potential that was grown. */
export interface GrownPotential {
  /** Ready to predict and to store. */
  readonly model: ComposedModel;
  /** What was tried. */
  readonly result: ComposeResult;
  /** Errors, and how well the data determine the parameters. */
  readonly description: ResultDescription;
  /** The fit that makes it again, from its values. */
  readonly fit: ComposedFit;
  /** What may ruin it, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Grows a composed potential from single terms by what the validation structures say: see `composePotential` for the rules.
 * @throws {InvalidParameterError} for terms that are none, parts of the data that do not fit together, a cutoff that leaves no pairs, a journal of another
 * path; {NumericalError} when no term can be trained; {ResourceError}; {CancelledError}
 */
export async function growPotential(request: ComposeRequest, data: GrowthData, executor: Executor, context: GrowthContext = {}): Promise<GrownPotential> {
  const resolved = resolveCompose(request);
  const { signal, onProgress, onEvent, journal = memoryJournal() } = context;
  const forms = poolForms(poolOf(resolved.compose), resolved.model);
  const holdings = new Holdings(executor);
  try {
    const work = { executor, ...(signal && { signal }), ...(onProgress && { onProgress }) };
    const evaluator = await DataEvaluator.open(resolved, largestOf(forms), data, work, holdings);
    const result = await composePotential(evaluator, searchOptions(resolved), { journal, signal, onEvent });
    const model = evaluator.model(result.form, Float64Array.from(result.best.parameters));
    const { description, unused } = await describe(evaluator, model, result, data, work);
    return { model, result, description, fit: fitFrom(resolved, model), warnings: [...evaluator.warnings(model, data.train), ...unused] };
  } finally {
    holdings.release();
  }
}

function searchOptions({ model, compose, seed }: ResolvedCompose): ComposeOptions {
  const { limits: { functions, exponents, terms, parameters }, gain, redistribution, tolerance, restarts, prune, budget } = compose;
  return {
    cutoff: model.cutoff, pool: poolOf(compose), species: model.species,
    limits: { functions, exponents, leaves: terms, size: parameters },
    rules: { gain, redistribution, tolerance }, budget, restarts, prune, seed,
  };
}

/** The one with most functions: its fit needs most rows. */
function largestOf(forms: readonly ComposedForm[]): ComposedForm {
  const functions = ({ bases }: ComposedForm): number => bases.reduce((sum, { size }) => sum + size, 0);
  return forms.reduce((largest, form) => (functions(form) > functions(largest) ? form : largest));
}

async function describe(
  evaluator: DataEvaluator, model: ComposedModel, { best }: ComposeResult, { train, test }: GrowthData, work: Parameters<typeof fisherInformation>[2],
): Promise<{ readonly description: ResultDescription; readonly unused: readonly string[] }> {
  const information = await fisherInformation(model, train, work, { precision: "double" });
  const { parameters: names, scaled: { sloppiness } } = information.spectra.find(({ name }) => name === "all") ?? information.spectra[0];
  const parameters = model.layout.parameters.map(({ name, kind }, p): DescribedParameter => {
    const { value, error, isLogarithmic } = information.parameters[p];
    const place = names.indexOf(name);
    return { name, kind, value, error: error === null ? null : isLogarithmic ? error * value : error, sloppiness: place < 0 ? null : sloppiness[place] };
  });
  const errors = { ...best.errors, ...(test && test.nStructures > 0 && { test: await evaluator.errorsOf(model, test) }) };
  return { description: { parameters, errors }, unused: information.warnings };
}

/** Starts from the values that were found: a descent that ends at once. */
function fitFrom(request: ResolvedCompose, { form, layout, values }: ComposedModel): ComposedFit {
  const { model, fit: { bipartite: _, ...fit }, seed } = fitOf(request, form);
  return {
    model: { ...model, potential: printNotation(form) },
    fit: { ...fit, start: Object.fromEntries(layout.parameters.map(({ name }, p) => [name, values[p]])) },
    seed,
  };
}
