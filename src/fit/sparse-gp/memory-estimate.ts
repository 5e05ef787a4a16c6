import { eigenScratchBytes } from "../../linalg/eigen.js";
import { packedCholeskyScratchBytes, packedTriangleBytes } from "../../linalg/packed-triangle.js";
import { gemmScratchBytes } from "../../linalg/product.js";
import { qrScratchBytes } from "../../linalg/qr.js";
import { CUR_ROWS } from "../../select/cur.js";
import { mostChoices } from "../../select/sparse-points.js";
import type { Dataset } from "../../structures/dataset.js";
import { centersIn, derivativeNeeds, describeNeeds, descriptorTables, learningMemory, type TermShape } from "../design/estimate.js";
import { grownScratch, reductionMemory, reductionScratch, SCRATCH, scratchInRoom, tasksInFlight } from "../design/reduction-memory.js";
import type { Block } from "../least-squares/blocks.js";
import type { PlannedMemory } from "../fit-plan.js";
import { KERNEL_ROWS } from "../../models/sparse-gp/kernel-rows.js";
import { PRIOR_ROWS } from "./prior.js";

/** Slopes for each kernel of rows with weights, at most. */
const SLOPES_OF_WEIGHTED_ROWS = 3;

/** A term with its sparse points, as far as a plan can tell. */
export interface SparseTermShape extends TermShape {
  /** Rows of the descriptor over the training data: environments, or tuples as they are expected. */
  readonly nRows: number;
  readonly nSparse: number;
  readonly usesCur: boolean;
}

/** What memory is planned for. */
export interface FitShape {
  readonly terms: readonly SparseTermShape[];
  readonly blocks: readonly Block[];
  readonly dataset: Dataset;
  readonly threads: number;
  /** Whether there are rows of forces or virials. */
  readonly hasDerivatives: boolean;
  /** Bytes that can be had in all. */
  readonly room: number;
}

/** WebAssembly memory of a fit at its peak. */
export interface FitMemory {
  readonly needed: readonly PlannedMemory[];
  /** Tasks that write rows at once. */
  readonly writers: number;
}

/** Descriptors learn first, then sparse points are chosen, and what they were chosen from is gone when the rows are reduced. */
export function plannedMemory(shape: FitShape): FitMemory {
  const { terms, dataset } = shape;
  const tables = descriptorTables(terms, dataset.species());
  const choices = Math.max(...terms.map(({ nFeatures, nRows }) => 8 * nFeatures * Math.min(mostChoices(nFeatures), nRows)));
  const chosen = [tables, { what: "environments to choose sparse points from", bytes: choices }];
  const selection = [...chosen, { what: SCRATCH, bytes: selectionScratch(shape, shape.room - sum(chosen)) }];
  const points = { what: "sparse points", bytes: terms.reduce((total, { nFeatures, nSparse }) => total + 16 * nFeatures * (nSparse + 2), 0) };
  const { needed: ofRows, writers } = memoryOfReduction(shape, shape.room - sum([tables, points]));
  const reduction = [tables, points, ...ofRows];
  const learning = [tables, ...learningMemory(terms, dataset.species())];
  const [needed] = [reduction, selection, learning].sort((a, b) => sum(b) - sum(a));
  return { needed, writers };
}

function sum(memory: readonly PlannedMemory[]): number {
  return memory.reduce((total, { bytes }) => total + bytes, 0);
}

/** @param room beside the tables and the sparse points */
function memoryOfReduction(shape: FitShape, room: number): FitMemory {
  const { terms, dataset, ...rest } = shape;
  const reduction = { ...rest, columns: terms.reduce((total, { nSparse }) => total + nSparse, 0) };
  const tasks = {
    rowNeeds: terms.flatMap((term) => rowNeeds(term, shape)),
    // one thread chooses sparse points and makes the prior before
    singleNeeds: [...terms.flatMap(curNeeds), ...terms.map(priorNeeds)],
    nStructures: dataset.nStructures,
  };
  const held = reductionMemory(reduction, room);
  const { bytes, writers } = reductionScratch(reduction, tasks, room, room - sum(held));
  return { needed: [...held, { what: SCRATCH, bytes }], writers };
}

/** Every thread describes structures; one decomposes what sparse points are chosen from. */
function selectionScratch({ terms, dataset, threads }: FitShape, room: number): number {
  const described = terms.flatMap((term) => describeNeeds(term, dataset));
  const others = tasksInFlight(threads, dataset.nStructures) - 1;
  const first = { bytes: grownScratch([...described, ...terms.flatMap(curNeeds)]), count: 1 };
  return scratchInRoom([first, { bytes: grownScratch(described), count: others }], room).bytes;
}

/** Those of the task that writes the rows of a structure: environments, kernels of some centers, and Jacobians of some of these. */
function rowNeeds(term: SparseTermShape, shape: FitShape): number[][] {
  const { descriptor, nFeatures, nSparse } = term;
  return describeNeeds(term, shape.dataset).map(([list, values, state, work], i) => {
    const centers = centersIn(term, shape.dataset, i);
    const rows = Math.min(Math.max(KERNEL_ROWS, centers.nRows / Math.max(1, centers.nCenters)), centers.nRows);
    const kernels = 8 * rows * nSparse;
    const slopes = descriptor.weighsRows ? SLOPES_OF_WEIGHTED_ROWS * kernels : kernels;
    const product = gemmScratchBytes(KERNEL_ROWS, 0, nFeatures);
    if (!shape.hasDerivatives) return [list, values, state, Math.max(work, kernels + product)];
    return [list, values, state, kernels, slopes, ...derivativeNeeds(term, centers, nSparse, KERNEL_ROWS), Math.max(work, product)];
  });
}

function priorNeeds({ nSparse, nFeatures }: SparseTermShape): number[] {
  return [Math.max(8 * PRIOR_ROWS * nSparse + gemmScratchBytes(PRIOR_ROWS, nSparse, nFeatures), packedCholeskyScratchBytes(nSparse))];
}

/** Those of the leverage scores: Gram matrix, eigenvectors, numerical rank, projections. */
function curNeeds({ usesCur, nFeatures }: SparseTermShape): number[][] {
  if (!usesCur) return [];
  const square = 8 * nFeatures ** 2;
  const rows = 8 * CUR_ROWS * nFeatures;
  return [
    [square, square, eigenScratchBytes(nFeatures)],
    [square, square, packedTriangleBytes(nFeatures), rows, qrScratchBytes(nFeatures, CUR_ROWS)],
    [square, square, rows / 2, gemmScratchBytes(CUR_ROWS, nFeatures, nFeatures)],
  ];
}
