import type { KernelFitJob } from "./job.js";
import { type KernelTerm, placeNorms } from "./kernel-matrix.js";
import type { LengthChoice } from "./length-scales.js";
import type { OpenKernelTerm, TermRows } from "./term-rows.js";

/** Terms for one length scale, with the norms of the structures where kernels are normalized. */
export async function placeTerms({ kernels }: LengthChoice, rows: readonly TermRows[], terms: readonly OpenKernelTerm[], { holdings, signal }: KernelFitJob): Promise<KernelTerm[]> {
  const placed: KernelTerm[] = [];
  for (const [t, set] of rows.entries()) {
    const norms = terms[t].options.normalize ? await placeNorms(set, [kernels[t]], holdings, signal) : 0;
    placed.push({ left: set, right: set, kernels: [kernels[t]], norms: norms ? { left: norms, right: norms } : null });
  }
  return placed;
}
