import { statSync } from "node:fs";
import { createDescriptor } from "../../descriptors/registry.js";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { readSparsePoints } from "../../select/sparse-file.js";
import type { SparseOptions } from "../../select/schema.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import { cellVolume } from "../../structures/cell.js";
import type { Dataset } from "../../structures/dataset.js";
import { type Block, splitBlocks } from "../least-squares/blocks.js";
import { blocksInFlight, chainCount } from "../least-squares/chains.js";
import { strideOf, triangleBytes } from "../least-squares/triangle.js";
import { sigmaOf } from "../structure-sigma.js";
import { countTargets, rowCount, rowCounts } from "../targets.js";
import type { FitPlan, PlannedMemory } from "../trainer.js";
import { JACOBIAN_BYTES, KERNEL_ROWS } from "./design-rows.js";
import { type ResolvedFit, resolveFit, type SparseGpFit } from "./schema.js";

/** Sustained rate of the matrix products that the estimate of the time assumes, per thread. */
const FLOPS_PER_SECOND = 1.2e10;
/** Node.js, the program and the data set, beside the WebAssembly memory. */
const HOST_BYTES = 150e6;

const PROGRAM = "program and data";
const SCRATCH = "scratch of the threads";

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

interface TermShape {
  readonly descriptor: Descriptor;
  readonly nFeatures: number;
  readonly nSparse: number;
  readonly nCenters: number;
  readonly centers: readonly number[] | null;
}

/** Plans a fit: shapes, memory and roughly the time, without computing anything. */
export async function planSparseGpFit(request: SparseGpFit, dataset: Dataset, threads: number): Promise<SparseGpFitPlan> {
  const options = resolveFit(request);
  const { sigma } = options.fit;
  const targets = countTargets(dataset, sigma);
  const terms = await Promise.all(options.model.terms.map((term) => shapeOf(term, dataset)));
  const columns = terms.reduce((sum, { nSparse }) => sum + nSparse, 0);
  const blocks = splitBlocks(rowCounts(dataset, sigma));
  const rows = blocks.reduce((sum, { nRows }) => sum + nRows, 0);
  const memory = memoryOf(terms, columns, blocks, dataset, threads);
  const flops = flopsOf(terms, columns, rows, dataset, options);
  return {
    targets,
    outline: [
      ...terms.map(({ descriptor, nFeatures, nSparse, nCenters }, index) => ({
        label: `term ${index + 1}`,
        text: `${descriptor.name}: ${nCenters} environments × ${nFeatures} features, ${nSparse} sparse points`,
      })),
      { label: "rows", text: `${rows} (${targets.energies} energies, ${targets.forceComponents} force and ${targets.virialComponents} virial components)` },
      { label: "columns", text: String(columns) },
    ],
    terms: terms.map(({ descriptor, nFeatures, nSparse, nCenters }) => ({ descriptor: descriptor.name, nFeatures, nSparse, nCenters })),
    rows,
    columns,
    blocks: blocks.length,
    memory,
    bytes: memory.reduce((sum, { bytes }) => sum + bytes, 0),
    flops,
    seconds: flops / (FLOPS_PER_SECOND * threads),
  };
}

/**
 * WebAssembly memory of one fit, roughly, without reading sparse points: scratch of the threads, which all work shares, is left out.
 * @throws {InvalidParameterError}
 */
export function estimateSparseGpBytes(request: SparseGpFit, dataset: Dataset, threads: number): number {
  const options = resolveFit(request);
  const terms = options.model.terms.map((term) => upperShape(term, dataset));
  const columns = terms.reduce((sum, { nSparse }) => sum + nSparse, 0);
  const memory = memoryOf(terms, columns, splitBlocks(rowCounts(dataset, options.fit.sigma)), dataset, threads);
  const own = memory.filter(({ what }) => what !== PROGRAM && what !== SCRATCH);
  return own.reduce((sum, { bytes }) => sum + bytes, 0);
}

type TermOptions = ResolvedFit["model"]["terms"][number];

async function shapeOf(term: TermOptions, dataset: Dataset): Promise<TermShape> {
  const shape = upperShape(term, dataset);
  if (term.sparse.method !== "file") return shape;
  return { ...shape, nSparse: (await readSparsePoints(term.sparse.path, shape.nFeatures)).count };
}

function upperShape(term: TermOptions, dataset: Dataset): TermShape {
  const species = dataset.species();
  const descriptor = createDescriptor(term.descriptor);
  const nFeatures = descriptor.featureCount(species);
  const centers = term.centers ? term.centers.map((symbol) => atomicNumberOf(symbol)) : null;
  const nCenters = dataset.atomicNumbers.reduce((sum, atomicNumber) => sum + (centers === null || centers.includes(atomicNumber) ? 1 : 0), 0);
  return { descriptor, nFeatures, nSparse: sparseCountAtMost(term.sparse, nFeatures, nCenters), nCenters, centers };
}

/** Of a file that is not read: as many as its bytes could hold in binary. */
function sparseCountAtMost(sparse: SparseOptions, nFeatures: number, nCenters: number): number {
  if (sparse.method === "file") return Math.ceil((statSync(sparse.path, { throwIfNoEntry: false })?.size ?? 0) / (8 * nFeatures));
  const { count } = sparse;
  const wanted = typeof count === "number" ? count : Object.values(count).reduce((sum, number) => sum + number, 0);
  return Math.min(wanted, nCenters);
}

function memoryOf(
  terms: readonly TermShape[],
  columns: number,
  blocks: readonly Block[],
  dataset: Dataset,
  threads: number,
): PlannedMemory[] {
  const inFlight = blocksInFlight(threads, blocks.length);
  const largestBlock = Math.max(0, ...blocks.map(({ nRows }) => nRows));
  const largestStructure = Math.max(0, ...Array.from({ length: dataset.nStructures }, (_, i) => dataset.atomCount(i)));
  const scratch = terms.map(({ nFeatures, nSparse }) => {
    const products = (JACOBIAN_BYTES / nFeatures) * nSparse;
    return 24 * largestStructure * nFeatures + 2 * JACOBIAN_BYTES + products + 16 * KERNEL_ROWS * nSparse + 2e6;
  });
  const choices = Math.max(...terms.map(({ nFeatures, nCenters }) => Math.min(256e6, 8 * nCenters * nFeatures)));
  return [
    { what: PROGRAM, bytes: HOST_BYTES },
    { what: "environments to choose sparse points from", bytes: choices },
    { what: "sparse points", bytes: terms.reduce((sum, { nFeatures, nSparse }) => sum + 16 * nFeatures * nSparse, 0) },
    { what: "triangular factors", bytes: chainCount(columns + 1, blocks.length) * triangleBytes(columns) },
    { what: "blocks of the design matrix", bytes: 8 * inFlight * largestBlock * strideOf(columns) },
    { what: SCRATCH, bytes: inFlight * Math.max(...scratch) },
  ];
}

function flopsOf(terms: readonly TermShape[], columns: number, rows: number, dataset: Dataset, options: ResolvedFit): number {
  let flops = 2 * columns * columns * rows;
  for (let i = 0; i < dataset.nStructures; i++) {
    const sigma = sigmaOf(dataset, i, options.fit.sigma);
    if (rowCount(sigma) === 0) continue;
    const hasDerivatives = sigma.forces !== null || sigma.virial !== null;
    const atoms = dataset.atomicNumbers.subarray(dataset.offsets[i], dataset.offsets[i + 1]);
    for (const { descriptor, nFeatures, nSparse, centers } of terms) {
      const nCenters = centers === null ? atoms.length : atoms.filter((atomicNumber) => centers.includes(atomicNumber)).length;
      const derivatives = hasDerivatives ? 3 * meanNeighbors(dataset, i, descriptor.cutoff) : 0;
      flops += 2 * nCenters * nSparse * nFeatures * (1 + derivatives + (sigma.virial === null ? 0 : 6));
    }
  }
  return flops;
}

/** Neighbors of an atom if atoms filled the cell evenly; at most all others without periodicity. */
function meanNeighbors(dataset: Dataset, index: number, cutoff: number): number {
  const nAtoms = dataset.atomCount(index);
  const isPeriodic = dataset.pbc.subarray(3 * index, 3 * index + 3).includes(1);
  const cell = dataset.cells.subarray(9 * index, 9 * index + 9);
  if (!isPeriodic || Number.isNaN(cell[0])) return Math.max(0, nAtoms - 1);
  return ((4 / 3) * Math.PI * cutoff ** 3 * nAtoms) / cellVolume(cell);
}
