import { InternalError } from "../../errors.js";
import type { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { type CheckpointContext, type InnerWork, type PartCodec, workWithin } from "../../fit/checkpoint/checkpoint.js";
import type { FitRequest, Trainer } from "../../fit/trainer.js";
import { evaluateDataset } from "../../models/evaluate.js";
import type { Executor } from "../../parallel/executor.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
import type { StructureComparison } from "../metrics.js";
import { type PropertyErrors, PropertyErrorSums } from "../property-errors.js";

/** Which fits are made, and of what. */
export interface HeldOutSeries {
  readonly trainer: Trainer;
  readonly request: FitRequest;
  /** Structures that are fitted to are taken from it. */
  readonly train: Dataset;
  /** Structures that are predicted are taken from it; may be the same. */
  readonly scored: Dataset;
  /** Of both. */
  readonly cache: EnvironmentCache;
  /** Whether forces and virials are predicted where the data has none, too. */
  readonly everything: boolean;
}

/** What one fit of the series consists of: ascending indices. */
export interface HeldOutSplit {
  readonly train: readonly number[];
  readonly scored: readonly number[];
}

/** What one fit came to. Plain data. */
export interface HeldOutResult {
  /** Of the structures that were predicted, in their order. */
  readonly predictions: HeldOutPredictions;
  /** Wall time of fit and predictions. */
  readonly seconds: number;
  /** Of the fit, one sentence each. */
  readonly warnings: readonly string[];
}

/** Predicted values of some structures, one after the other; absent: not predicted. */
export interface HeldOutPredictions {
  /** eV */
  readonly energies: Float64Array;
  /** eV/Å, all atoms × 3 */
  readonly forces?: Float64Array;
  /** eV, structures × 9 */
  readonly virials?: Float64Array;
  /** A number per structure, by the names of columns: what the model predicts beside the energy. */
  readonly properties?: Readonly<Record<string, Float64Array>>;
}

interface HeldOutContext extends CheckpointContext {
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Fits to some structures and predicts others. What only structures outside the fit have is left out of its targets.
 * @param work which fit of the series it is: its result is kept where the context has a place for it, and what is done on the way
 */
export function fitHeldOut(series: HeldOutSeries, split: HeldOutSplit, work: InnerWork, context: HeldOutContext): Promise<HeldOutResult> {
  return workWithin(context, work, (inner) => fitAndPredict(series, split, inner), heldOutCodec);
}

async function fitAndPredict(series: HeldOutSeries, split: HeldOutSplit, { executor, signal, onProgress, kept }: HeldOutContext): Promise<HeldOutResult> {
  const { trainer, request, train, scored, cache } = series;
  const start = performance.now();
  const fitted = train.subset(split.train);
  const { model, summary } = await trainer.train(requestOnPart(trainer, request, train, fitted), fitted, executor, { signal, onProgress, kept, environments: cache.of(train, split.train) });
  const part = scored.subset(split.scored);
  const { forceComponents, virials } = scored.report;
  const want = { forces: series.everything || forceComponents > 0, virial: series.everything || virials > 0 };
  const found = { energies: new Float64Array(part.nStructures), forces: new Float64Array(3 * part.nAtoms), virials: new Float64Array(9 * part.nStructures) };
  const properties: Record<string, Float64Array> = {};
  let index = 0;
  for await (const { prediction } of evaluateDataset(model, part, executor, { want, signal, onProgress, environments: cache.of(scored, split.scored) })) {
    found.energies[index] = prediction.energy;
    if (want.forces) found.forces.set(prediction.forces!, 3 * part.offsets[index]);
    if (want.virial) found.virials.set(prediction.virial!, 9 * index);
    for (const [name, value] of Object.entries(prediction.properties ?? {})) (properties[name] ??= new Float64Array(part.nStructures).fill(NaN))[index] = value;
    index++;
  }
  const { energies, forces, virials: predictedVirials } = found;
  return {
    predictions: { energies, ...(want.forces && { forces }), ...(want.virial && { virials: predictedVirials }), ...(Object.keys(properties).length > 0 && { properties }) },
    seconds: (performance.now() - start) / 1000,
    warnings: summary.warnings ?? [],
  };
}

/** Which of the arrays are there, and what is no array. */
interface HeldOutMeta extends Omit<HeldOutResult, "predictions"> {
  readonly names: readonly string[];
  readonly properties: readonly string[];
}

const heldOutCodec: PartCodec<HeldOutResult> = {
  encode({ predictions: { properties = {}, ...arrays }, ...rest }) {
    const present = Object.entries(arrays).filter(([, values]) => values !== undefined);
    const meta: HeldOutMeta = { ...rest, names: present.map(([name]) => name), properties: Object.keys(properties) };
    return { meta, arrays: [...present.map(([, values]) => values), ...Object.values(properties)] };
  },
  decode({ meta, arrays }) {
    const { names, properties, ...rest } = meta as HeldOutMeta;
    const named = (all: readonly string[], first: number): object => Object.fromEntries(all.map((name, k) => [name, arrays[first + k]]));
    return { ...rest, predictions: { ...named(names, 0), ...(properties.length > 0 && { properties: named(properties, names.length) }) } as HeldOutPredictions };
  },
};

/** The fit to a part of the data. */
export function requestOnPart(trainer: Trainer, request: FitRequest, whole: Dataset, part: Dataset): FitRequest {
  const ofPart = trainer.onPart(request, { whole, part, energiesOnly: false });
  if (!ofPart) throw new InternalError(`the trainer of ${trainer.type} fits no part of the data`);
  return ofPart;
}

/** Predicted values beside those of the data, for error summaries. */
export function* heldOutComparisons(dataset: Dataset, indices: readonly number[], { energies, forces, virials }: HeldOutPredictions): Generator<StructureComparison> {
  let first = 0;
  for (const [place, index] of indices.entries()) {
    const { targets, configType: group, label, atomicNumbers } = dataset.structure(index);
    const nAtoms = atomicNumbers.length;
    yield {
      group,
      label,
      nAtoms,
      ...(targets.energy !== undefined && { energy: { reference: targets.energy, predicted: energies[place] } }),
      ...(targets.forces && forces && { forces: { reference: targets.forces, predicted: forces.subarray(first, first + 3 * nAtoms) } }),
      ...(targets.virial && virials && { virial: { reference: targets.virial, predicted: virials.subarray(9 * place, 9 * place + 9) } }),
    };
    first += 3 * nAtoms;
  }
}

/** Errors of the properties that structures have as columns. */
export function heldOutPropertyErrors(dataset: Dataset, parts: readonly { readonly heldOut: readonly number[]; readonly predictions: HeldOutPredictions }[]): PropertyErrors[] {
  const sums = new PropertyErrorSums();
  for (const { heldOut, predictions: { properties } } of parts) {
    if (!properties) continue;
    const predicted = Object.entries(properties);
    for (const [place, index] of heldOut.entries()) sums.add(dataset.structure(index), Object.fromEntries(predicted.map(([name, values]) => [name, values[place]])));
  }
  return sums.errors();
}
