import type { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import type { FitContext } from "../trainer.js";
import { type KernelFitJob, StageClock } from "./job.js";
import type { ResolvedKernelFit } from "./schema.js";
import { type OpenKernelTerm, openKernelTerm } from "./term-rows.js";
import { trainingData } from "./training-data.js";

/** What all steps of a fit begin with: descriptors that have learned from the data, and targets. */
export async function openKernelFit(options: ResolvedKernelFit, dataset: Dataset, context: FitContext, holdings: Holdings): Promise<KernelFitJob> {
  const clock = new StageClock();
  const work = { executor: holdings.executor, signal: context.signal, onProgress: context.onProgress };
  const terms: OpenKernelTerm[] = [];
  for (const [t, term] of options.model.terms.entries()) terms.push(await openKernelTerm(term, t, dataset, work));
  const data = trainingData(options, dataset, terms.every(({ isWhole, options: { normalize } }) => !isWhole && !normalize));
  return { ...work, options, context, data, terms, holdings, clock };
}
