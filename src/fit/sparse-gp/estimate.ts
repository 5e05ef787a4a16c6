import { statSync } from "node:fs";
import { readSparsePoints } from "../../select/sparse-file.js";
import { type SparseOptions, wantedPoints } from "../../select/schema.js";
import { mostChoices } from "../../select/sparse-points.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { centersIn, checkpointMemory, countRows, DERIVATIVES, describeSeconds, FLOPS_PER_SECOND, HOST_BYTES, termShape } from "../design/estimate.js";
import { SCRATCH, writersOutline } from "../design/reduction-memory.js";
import { requireMemory } from "../design/require-memory.js";
import { describeRows } from "../design/summary.js";
import { splitBlocks } from "../least-squares/blocks.js";
import { needsDerivatives } from "../sigma.js";
import { sigmaOf } from "../structure-sigma.js";
import { countTargets, rowCount, rowCounts } from "../targets.js";
import type { FitPlan, PlannedMemory, PredictionSeconds } from "../fit-plan.js";
import { ADDRESSABLE_BYTES } from "../../wasm/memory.js";
import { plannedMemory, type SparseTermShape } from "./memory-estimate.js";
import { type ResolvedFit, resolveFit, type SparseGpFit, type SparseGpTermOptions } from "./schema.js";

/** Rate of the leverage scores, on one thread: molecules of four species (1800 features), measured. */
const CUR_FLOPS_PER_SECOND = 0.85e10;

/** Sizes of one term. */
export interface TermSizes {
  /** Name of the descriptor. */
  readonly descriptor: string;
  /** Columns of the descriptor. */
  readonly nFeatures: number;
  /** Sparse points, at most: equal environments count once, which only the selection finds out. */
  readonly nSparse: number;
  /** Environments of the training data. */
  readonly nCenters: number;
  /** Rows of the descriptor: environments, or tuples as they are expected. */
  readonly nRows: number;
}

/** What a fit will take, before it is run. */
export interface SparseGpFitPlan extends FitPlan {
  /** In the order of the model. */
  readonly terms: readonly TermSizes[];
  /** Rows × columns of the design matrix, which is never held as a whole. */
  readonly rows: number;
  /** Sparse points of all terms, at most. */
  readonly columns: number;
  /** Parts that the rows are factored in. */
  readonly blocks: number;
}

/**
 * Plans a fit: shapes, memory and roughly the time, without computing anything.
 * @param room bytes of the WebAssembly memory: where it is short, fewer tasks run at once
 */
export async function planSparseGpFit(request: SparseGpFit, dataset: Dataset, threads: number, room = ADDRESSABLE_BYTES): Promise<SparseGpFitPlan> {
  const options = resolveFit(request);
  const { sigma } = options.fit;
  const targets = countTargets(dataset, sigma);
  const terms = await Promise.all(options.model.terms.map((term) => shapeOf(term, dataset)));
  const columns = terms.reduce((sum, { nSparse }) => sum + nSparse, 0);
  const blocks = splitBlocks(rowCounts(dataset, sigma));
  const rows = blocks.reduce((sum, { nRows }) => sum + nRows, 0);
  const { needed, writers } = plannedMemory({ terms, blocks, dataset, threads, hasDerivatives: needsDerivatives(sigma), room });
  const wasmBytes = needed.reduce((sum, { bytes }) => sum + bytes, 0);
  const posterior = options.fit.errorBars ? 4 * columns * (columns + 1) : 0;
  const design = designFlops(terms, columns, rows, dataset, options);
  const selection = terms.reduce((sum, term) => sum + curFlops(term), 0);
  const { describe, ...predictionSeconds } = secondsOf(terms, dataset.nAtoms);
  // all are described for the selection, and again for the rows: with derivatives that is little beside the products
  const seconds = (design / FLOPS_PER_SECOND + 2 * describe) / threads + selection / CUR_FLOPS_PER_SECOND;
  const host = [{ what: "program and data", bytes: HOST_BYTES }, ...(posterior > 0 ? [{ what: "posterior of the coefficients", bytes: posterior }] : [])];
  const memory = [...host, ...checkpointMemory(columns, seconds), ...needed];
  return {
    targets,
    outline: [
      ...terms.map(({ descriptor, nFeatures, nSparse, nRows }, index) => ({
        label: `term ${index + 1}`,
        text: `${descriptor.name}: ${descriptor.rows === "tuple" ? `about ${nRows} tuples` : `${nRows} environments`} × ${nFeatures} features, ${nSparse} sparse points`,
      })),
      { label: "rows", text: describeRows(rows, targets) },
      { label: "columns", text: String(columns) },
      ...writersOutline({ threads, blocks }, writers),
    ],
    terms: terms.map(({ descriptor, nFeatures, nSparse, nCenters, nRows }) => ({ descriptor: descriptor.name, nFeatures, nSparse, nCenters, nRows })),
    rows,
    columns,
    blocks: blocks.length,
    memory,
    bytes: memory.reduce((sum, { bytes }) => sum + bytes, 0),
    wasmBytes,
    flops: design + selection,
    seconds,
    predictionSeconds,
  };
}

/** To describe all environments once, and to predict one atom. */
function secondsOf(terms: readonly SparseTermShape[], nAtoms: number): { describe: number } & PredictionSeconds {
  const describe = describeSeconds(terms);
  const kernel = terms.reduce((sum, term) => sum + (kernelFlops(term) * term.nRows * term.nSparse) / FLOPS_PER_SECOND, 0);
  return { describe, energy: (describe + kernel) / nAtoms, energyAndForces: (DERIVATIVES * describe + 2 * kernel) / nAtoms };
}

/**
 * WebAssembly memory of one fit, roughly, without reading sparse points: scratch of the threads, which all work shares, is left out.
 * @throws {InvalidParameterError}
 */
export function estimateSparseGpBytes(request: SparseGpFit, dataset: Dataset, threads: number): number {
  const options = resolveFit(request);
  const terms = options.model.terms.map((term) => upperShape(term, dataset));
  const { sigma } = options.fit;
  const blocks = splitBlocks(rowCounts(dataset, sigma));
  const { needed } = plannedMemory({ terms, blocks, dataset, threads, hasDerivatives: needsDerivatives(sigma), room: ADDRESSABLE_BYTES });
  const own = needed.filter(({ what }) => what !== SCRATCH);
  return own.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Refuses a fit that there is no memory for, before sparse points are chosen.
 * @throws {ResourceError}
 */
export async function requireSparseGpMemory({ model, fit: { sigma } }: ResolvedFit, dataset: Dataset, { pool, threads }: Executor): Promise<void> {
  const terms = await Promise.all(model.terms.map((term) => shapeOf(term, dataset)));
  const columns = terms.reduce((sum, { nSparse }) => sum + nSparse, 0);
  const blocks = splitBlocks(rowCounts(dataset, sigma));
  const needed = (count: number): readonly PlannedMemory[] => {
    const scaled = terms.map((term) => ({ ...term, nSparse: Math.round((term.nSparse * count) / Math.max(1, columns)) }));
    return plannedMemory({ terms: scaled, blocks, dataset, threads, hasDerivatives: needsDerivatives(sigma), room: pool.bytesObtainable }).needed;
  };
  requireMemory(pool, { columns, what: "sparse points", needed });
}

async function shapeOf(term: SparseGpTermOptions, dataset: Dataset): Promise<SparseTermShape> {
  const shape = upperShape(term, dataset);
  if (term.sparse.method !== "file") return shape;
  const { path, layout } = term.sparse;
  return { ...shape, nSparse: (await readSparsePoints(path, shape.nFeatures, { layout, weighsRows: shape.descriptor.weighsRows })).count };
}

function upperShape(term: SparseGpTermOptions, dataset: Dataset): SparseTermShape {
  const shape = termShape(term, dataset);
  const nRows = countRows(shape, dataset);
  return { ...shape, nRows, nSparse: sparseCountAtMost(term.sparse, shape.nFeatures, nRows), usesCur: term.sparse.method === "cur" };
}

/** Of a file that is not read: as many as its bytes could hold in binary. */
function sparseCountAtMost(sparse: SparseOptions, nFeatures: number, nRows: number): number {
  if (sparse.method === "file") return Math.ceil((statSync(sparse.path, { throwIfNoEntry: false })?.size ?? 0) / (8 * nFeatures));
  return Math.min(wantedPoints(sparse), nRows);
}

/** Loops over short rows run at a part of the rate of matrix products: operations of a kernel that take as long. */
const SHORT_ROW_FLOPS = 100;
/** The same for a derivative. */
const SHORT_SLOPE_FLOPS = 20;

function kernelFlops({ descriptor, nFeatures }: SparseTermShape): number {
  return descriptor.weighsRows ? SHORT_ROW_FLOPS : 2 * nFeatures;
}

function designFlops(terms: readonly SparseTermShape[], columns: number, rows: number, dataset: Dataset, options: ResolvedFit): number {
  let flops = 2 * columns * columns * rows;
  for (let i = 0; i < dataset.nStructures; i++) {
    const sigma = sigmaOf(dataset, i, options.fit.sigma);
    if (rowCount(sigma) === 0) continue;
    const hasDerivatives = sigma.forces !== null || sigma.virial !== null;
    for (const term of terms) {
      const { nRows, nEntries } = centersIn(term, dataset, i);
      const slope = term.descriptor.weighsRows ? SHORT_SLOPE_FLOPS : 2 * term.nFeatures;
      const derivatives = (hasDerivatives ? 3 * nEntries : 0) + (sigma.virial === null ? 0 : 6 * nRows);
      flops += term.nSparse * (kernelFlops(term) * nRows + slope * derivatives);
    }
  }
  return flops;
}

/** Leverage scores: numerical rank, Gram matrix and projections of the environments, and eigenvectors. */
function curFlops({ usesCur, nRows, nFeatures }: SparseTermShape): number {
  return usesCur ? 4 * Math.min(mostChoices(nFeatures), nRows) * nFeatures ** 2 + 9 * nFeatures ** 3 : 0;
}
