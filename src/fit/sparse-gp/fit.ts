import { InvalidParameterError } from "../../errors.js";
import { prepareKernelPoints } from "../../kernels/registry.js";
import { matrix } from "../../linalg/matrix.js";
import { SparseGpModel, type SparseGpOptions } from "../../models/sparse-gp/model.js";
import type { SparseGpTerm } from "../../models/sparse-gp/term.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { withDescribed } from "../design/terms.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { digestOfNumbers, fitIdentity } from "../checkpoint/identity.js";
import { splitBlocks } from "../least-squares/blocks.js";
import { chainCount, reduceRows, type RowSource } from "../least-squares/chains.js";
import { makeTriangles, readFactor, solveTriangle, strideOf, type Triangle, triangleBytes } from "../least-squares/triangle.js";
import { findIsolatedAtomEnergies } from "../isolated-atoms.js";
import { targetsOf } from "../structure-targets.js";
import { countTargets, rowCounts } from "../targets.js";
import type { FitContext, FitRequest } from "../trainer.js";
import type { KernelRowTables } from "../../models/sparse-gp/tables.js";
import type { DesignTables } from "./design-tables.js";
import { requireSparseGpMemory } from "./estimate.js";
import { regularize } from "./prior.js";
import { fitSchema, type Jitter, type ResolvedFit, resolveFit, type SparseGpFit, sparseGpSchema } from "./schema.js";
import { type SelectedTerm, selectTerms } from "./selection.js";
import { type StructureRows, writeStructureRows } from "./structure-rows.js";
import { type SparseGpFitSummary, summarize } from "./summary.js";
import { fitWarnings } from "./warnings.js";

/** A fitted potential with an account of the fit. */
export interface SparseGpFitResult {
  /** Ready to predict and to store. */
  readonly model: SparseGpModel;
  /** Sizes, times and sparse sets. */
  readonly summary: SparseGpFitSummary;
}

/**
 * Fits a sparse Gaussian process to energies, forces and virials: minimises |Λ^−½ (K_NM c − y)|² + cᵀ K_MM c (subset of regressors),
 * by a QR decomposition of [Lᵀ; Λ^−½ K_NM] that takes the rows block by block. Bartók, Csányi, IJQC 115, 1051 (2015), 10.1002/qua.24927;
 * Foster et al., JMLR 10, 857 (2009) for the solution by QR. The same bits for any number of threads.
 * @throws {InvalidParameterError} for targets, species or isolated-atom energies that the data does not have;
 * {ResourceError} before anything is computed, where the memory is not there; {NumericalError} when the kernel matrix is not positive
 * definite; {CancelledError}
 */
export async function fitSparseGp(
  request: SparseGpFit | FitRequest,
  dataset: Dataset,
  executor: Executor,
  context: FitContext = {},
): Promise<SparseGpFitResult> {
  throwIfAborted(context.signal);
  const options = resolveFit(request);
  const identity = () => fitIdentity({ model: sparseGpSchema, fit: fitSchema }, options, dataset, executor);
  return withCheckpoint(context, identity, (own) => fitResolved(options, dataset, executor, own));
}

async function fitResolved(options: ResolvedFit, dataset: Dataset, executor: Executor, context: FitContext): Promise<SparseGpFitResult> {
  const { signal, kept } = context;
  const species = dataset.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const targets = countTargets(dataset, options.fit.sigma);
  const isolated = findIsolatedAtomEnergies(options.model.isolatedAtomEnergies, dataset, species, options.fit.sigma);
  await requireSparseGpMemory(options, dataset, executor);
  const holdings = new Holdings(executor);
  try {
    const started = performance.now();
    const terms = await selectTerms(options, dataset, context, holdings);
    const selected = performance.now();
    const nColumns = terms.reduce((sum, { selection }) => sum + selection.count, 0);
    const blocks = splitBlocks(rowCounts(dataset, options.fit.sigma));
    const triangles = await makeTriangles(nColumns, chainCount(nColumns + 1, blocks.length), holdings, signal);
    const tables = await makeTables(terms, nColumns, species, options.fit.jitter, triangles[0], holdings, signal);
    const source: RowSource<StructureRows> = {
      count: blocks.length,
      maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
      rowsOf: (block) => blocks[block].nRows,
      write: writeStructureRows,
      input: (block) => ({ tables, structures: blocks[block].items.map((i) => withDescribed(targetsOf(dataset, i, options.fit.sigma, species, isolated.values), terms, i)) }),
    };
    const of = kept && terms.map(({ descriptor, selection }) => [descriptor.parameters, digestOfNumbers([selection.values])]);
    const chains = kept?.chains({ name: "rows", of, elements: triangleBytes(nColumns) / 8, chains: triangles.length, blocks: blocks.length });
    if (chains) holdings.keep(chains);
    await reduceRows(source, triangles, { executor, signal, onProgress: context.onProgress }, chains);
    const reduced = performance.now();
    const { coefficients, residual } = await executor.submit(solveTriangle, triangles[0], { signal, label: "coefficients" });
    const posterior = options.fit.errorBars ? { factor: readFactor(executor.wasm, triangles[0]) } : undefined;
    const model = modelOf(options, { species, isolatedAtomEnergies: isolated.values, posterior }, terms, tables, coefficients, context);
    const warnings = fitWarnings(options, dataset, isolated, terms);
    const milliseconds = { select: selected - started, design: reduced - selected, solve: performance.now() - reduced };
    return { model, summary: summarize({ dataset, targets, isolated, terms, warnings, residual, milliseconds, peakWasmBytes: executor.pool.peakBytes }) };
  } finally {
    holdings.release();
  }
}

/** Puts the sparse points in shared memory, and the prior of the coefficients into the first triangle. */
async function makeTables(
  terms: readonly SelectedTerm[],
  nColumns: number,
  species: readonly number[],
  jitter: Jitter,
  triangle: Triangle,
  holdings: Holdings,
  signal: AbortSignal | undefined,
): Promise<DesignTables> {
  const { executor } = holdings;
  const { wasm } = executor;
  const made: KernelRowTables[] = [];
  let firstColumn = 0;
  for (const { options, kernel, tables, centers, selection } of terms) {
    const { nFeatures, weighsRows = false } = tables;
    const nSparse = selection.count;
    const points = holdings.allocate(8 * nSparse * nFeatures, "sparse points");
    wasm.f64(points.pointer, nSparse * nFeatures).set(selection.values);
    const rows = matrix(points.pointer, nSparse, nFeatures);
    const kernelPoints = prepareKernelPoints(wasm, kernel, rows, false, (bytes) => holdings.allocate(bytes, "sparse points").pointer, weighsRows);
    const input = { kernel, jitter: options.jitter ?? jitter, points: points.pointer, nSparse, nFeatures, weighsRows, triangle, firstColumn };
    await executor.submit(regularize, input, { signal, label: "kernel matrix of the sparse points" });
    made.push({
      descriptor: tables,
      kernel,
      centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)),
      nSparse,
      firstColumn,
      points: kernelPoints,
    });
    firstColumn += nSparse;
  }
  return { species, terms: made, nColumns, stride: strideOf(nColumns) };
}

function modelOf(
  { model, fit, seed }: ResolvedFit,
  known: Omit<SparseGpOptions, "terms">,
  terms: readonly SelectedTerm[],
  tables: DesignTables,
  coefficients: Float64Array,
  { provenance }: FitContext,
): SparseGpModel {
  const modelTerms = terms.map(({ kernel, descriptor, centers, selection }, t): SparseGpTerm => {
    const { firstColumn, nSparse } = tables.terms[t];
    return {
      descriptor,
      kernel,
      centers,
      sparsePoints: selection.values,
      coefficients: coefficients.slice(firstColumn, firstColumn + nSparse),
    };
  });
  return new SparseGpModel({ ...known, terms: modelTerms, provenance: { ...provenance, options: { model, fit, seed } } });
}
