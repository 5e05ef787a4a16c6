import { symbolOf } from "../structures/periodic-table.js";
import { asPart } from "../models/calibration.js";
import type { Model, Provenance } from "../models/model-type.js";
import { SumModel } from "../models/sum/model.js";
import type { Executor } from "../parallel/executor.js";
import type { Dataset } from "../structures/dataset.js";
import { type BaselineOptions, openBaseline, withoutBaseline, withoutBaselineAtoms } from "./baseline.js";
import type { Recall } from "./kept-results.js";
import type { FitPlan } from "./fit-plan.js";
import type { FitTable } from "./fit-summary.js";
import type { FitContext, FitResult } from "./trainer.js";

/** A `model` section without the baseline. */
interface OwnSection {
  readonly [key: string]: unknown;
}

/** A fit of what the baseline leaves. */
type FitRest<Section> = (model: Section, dataset: Dataset, context: FitContext) => Promise<FitResult>;

/**
 * Fits what a baseline leaves of the data, and adds both to one model. Energies of isolated atoms that `model.isolatedAtomEnergies` gives
 * by number are those of the sum; what is found in the data is without the baseline already.
 * @param model without the baseline, with every default filled in
 */
export async function trainOnBaseline<Section extends OwnSection>(
  options: BaselineOptions,
  model: Section,
  dataset: Dataset,
  executor: Executor,
  context: FitContext,
  fit: FitRest<Section>,
): Promise<FitResult> {
  const started = performance.now();
  const species = dataset.species();
  const baseline = (await openBaseline(options, species)).withProvenance({});
  const recall = context.recall && recallOn(options, context.recall);
  const work = { executor, signal: context.signal, onProgress: context.onProgress };
  const subtract = (): Promise<Dataset> => withoutBaseline(dataset, baseline, work);
  const rest = await (recall ? recall("data without what the baseline predicts", subtract, datasetBytes) : subtract());
  const { validation } = context;
  const foreign = validation?.species().find((atomicNumber) => !species.includes(atomicNumber));
  const isJudged = validation !== undefined && foreign === undefined;
  const own = { ...context, recall, validation: isJudged ? await withoutBaseline(validation, baseline, work) : undefined };
  const section = { ...model, ...(await atomsAbove(model, baseline, executor)) };
  const subtracted = performance.now();
  const { model: fitted, summary } = await fit(section, rest, own);
  const ofValidation = foreign === undefined ? [] : [`validation data is not used on the way of the fit: it has ${symbolOf(foreign)}, which the training data has not`];
  const warnings = [...ofValidation, ...(summary.warnings ?? [])];
  const made = fitted.provenance.options as object | undefined;
  return {
    model: sumWith(baseline, fitted, { ...fitted.provenance, ...(made && { options: { ...made, model: { ...model, baseline: options } } }) }),
    summary: {
      ...summary,
      stages: [{ name: "baseline", short: "baseline", seconds: (subtracted - started) / 1e3 }, ...summary.stages],
      tables: [baselineTable(baseline), ...summary.tables],
      ...(warnings.length > 0 && { warnings }),
    },
  };
}

function sumWith(baseline: Model, fitted: Model, provenance: Provenance): SumModel {
  return new SumModel({ parts: [{ model: baseline, isBaseline: true }, { model: asPart(fitted) }], provenance });
}

/** Draws from what was fitted, each on the same baseline, where there is one. */
export function drawOnBaseline(model: Model, drawFrom: (fitted: Model) => FitResult["draw"]): FitResult["draw"] {
  if (!(model instanceof SumModel)) return drawFrom(model);
  const baseline = model.parts.find(({ isBaseline }) => isBaseline);
  const fitted = model.parts.find((part) => part !== baseline);
  const draw = baseline && fitted && drawFrom(fitted.model);
  return draw && ((how) => draw(how).map((member) => sumWith(baseline.model, member, {})));
}

/** The plan of the rest, with the baseline named: a file that does not fit to the data is refused before the fit. */
export async function planOnBaseline(options: BaselineOptions, dataset: Dataset, plan: () => Promise<FitPlan>): Promise<FitPlan> {
  const baseline = await openBaseline(options, dataset.species());
  const rest = await plan();
  const text = partsOf(baseline).map((part) => `${part.type} (cutoff ${part.cutoff} Å)`).join(" + ");
  return { ...rest, outline: [{ label: "baseline", text }, ...rest.outline] };
}

/** What depends on the data depends on the baseline, too. */
function recallOn(options: BaselineOptions, recall: Recall): Recall {
  return (key, make, bytes) => recall(JSON.stringify(["on a baseline", options, key]), make, bytes);
}

/** On the host, roughly: positions, targets and what belongs to a structure. */
function datasetBytes({ nAtoms, nStructures }: Dataset): number {
  return 8 * (7 * nAtoms + 40 * nStructures);
}

async function atomsAbove({ isolatedAtomEnergies: given }: OwnSection, baseline: Model, executor: Executor): Promise<object> {
  if (typeof given !== "object" || given === null) return {};
  return { isolatedAtomEnergies: await withoutBaselineAtoms(given as Record<string, number>, baseline, executor) };
}

function partsOf(model: Model): readonly Model[] {
  return model instanceof SumModel ? model.parts.map((part) => part.model) : [model];
}

function baselineTable(baseline: Model): FitTable {
  return {
    title: "Baseline",
    columns: ["potential", "species", "cutoff, Å"],
    rows: partsOf(baseline).map(({ type, species, cutoff }) => [type, species.map(symbolOf).join(" "), cutoff]),
  };
}
