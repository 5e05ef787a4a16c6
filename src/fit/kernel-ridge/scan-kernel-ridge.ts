import { InvalidParameterError } from "../../errors.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import type { FitContext, FitRequest } from "../trainer.js";
import { requireRoom, validatedCount } from "./estimate.js";
import { openKernelFit } from "./open-job.js";
import { runScan } from "./run-scan.js";
import { scanEdgeWarnings } from "./scan-edge.js";
import type { KernelRidgeScanPoint } from "./scan-point.js";
import { fitsForces, type KernelRidgeFit, resolveKernelFit } from "./schema.js";
import { describeRows, type TermRows } from "./term-rows.js";

/** What a scan may be given besides its request and data. */
export interface KernelRidgeScanContext extends Pick<FitContext, "signal" | "onProgress" | "validation"> {
  /** Data sets by name whose energies are predicted at every point, and decide nothing. */
  readonly others?: Readonly<Record<string, Dataset>>;
}

/** All points of a scan, without a model. */
export interface KernelRidgeScan {
  /** Length scale after length scale. */
  readonly points: readonly KernelRidgeScanPoint[];
  /** The one that a fit would choose. */
  readonly best: KernelRidgeScanPoint;
  /** Structures that are fitted to. */
  readonly size: number;
  /** Columns of each term. */
  readonly features: readonly number[];
  /** Best points at an end of the scan. */
  readonly warnings: readonly string[];
  /** Of the WebAssembly memory, so far. */
  readonly peakWasmBytes: number;
}

/**
 * The scan of `fitKernelRidge` alone, with the errors of further data sets at every point: how a choice does where it was not made. Fits to
 * energies only. The same bits for any number of threads.
 * @throws {InvalidParameterError} for a request without `regularization.scan`, one with forces, and data without energies; {ResourceError};
 * {NumericalError} where no point is positive definite or has a measure; {CancelledError}
 */
export async function scanKernelRidge(request: KernelRidgeFit | FitRequest, dataset: Dataset, executor: Executor, context: KernelRidgeScanContext = {}): Promise<KernelRidgeScan> {
  const { others = {}, ...rest } = context;
  throwIfAborted(rest.signal);
  const options = resolveKernelFit(request);
  const { regularization } = options.fit;
  if (typeof regularization !== "object") throw new InvalidParameterError("fit.regularization has no scan: give regularization: { scan: { lengthScale: …, lambda: … } }");
  if (fitsForces(options.fit)) throw new InvalidParameterError("fit.sigma has forces; a scan without a fit is one of energies: leave sigma out, or use fitKernelRidge");
  requireRoom(options, dataset, executor.threads, Object.values(others).reduce((sum, { nStructures }) => sum + nStructures, validatedCount(options, rest.validation)));
  const holdings = new Holdings(executor);
  try {
    const job = await openKernelFit(options, dataset, rest, holdings);
    const rows: TermRows[] = [];
    for (const term of job.terms) rows.push(await describeRows(term, job.data.dataset, job.data.species, holdings, job));
    const { points, best } = await runScan(job, rows, regularization.scan, others);
    return {
      points,
      best,
      size: job.data.dataset.nStructures,
      features: rows.map(({ nFeatures }) => nFeatures),
      warnings: scanEdgeWarnings(points, best, regularization.scan.by),
      peakWasmBytes: executor.pool.peakBytes,
    };
  } finally {
    holdings.release();
  }
}
