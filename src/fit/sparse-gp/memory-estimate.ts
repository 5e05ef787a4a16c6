import type { Descriptor, DescriptorMemory, SpeciesList } from "../../descriptors/descriptor.js";
import { stateBytes } from "../../descriptors/rows.js";
import { eigenScratchBytes } from "../../linalg/eigen.js";
import { packedCholeskyScratchBytes, packedTriangleBytes } from "../../linalg/packed-triangle.js";
import { gemmScratchBytes } from "../../linalg/product.js";
import { qrMergeScratchBytes, qrScratchBytes } from "../../linalg/qr.js";
import { estimateNeighborListBytes, expectedNeighbors } from "../../neighbors/estimate.js";
import { scratchSize } from "../../parallel/executor.js";
import { CUR_ROWS } from "../../select/cur.js";
import { CHOICE_BYTES } from "../../select/sparse-points.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Block } from "../least-squares/blocks.js";
import { blocksInFlight, chainCount } from "../least-squares/chains.js";
import { strideOf, triangleBytes } from "../least-squares/triangle.js";
import type { PlannedMemory } from "../trainer.js";
import { KERNEL_ROWS, pairsAtOnce } from "./design-rows.js";
import { PRIOR_ROWS } from "./prior.js";

/** What one term is made of, as far as a plan can tell. */
export interface TermShape {
  readonly descriptor: Descriptor;
  readonly nFeatures: number;
  readonly nSparse: number;
  readonly nCenters: number;
  /** Atomic numbers; null for all */
  readonly centers: readonly number[] | null;
  readonly usesCur: boolean;
}

/** What memory is planned for. */
export interface FitShape {
  readonly terms: readonly TermShape[];
  readonly blocks: readonly Block[];
  readonly dataset: Dataset;
  readonly threads: number;
  /** Whether there are rows of forces or virials. */
  readonly hasDerivatives: boolean;
}

/** What all work of the threads shares. */
export const SCRATCH = "scratch of the threads";
const NO_MEMORY: DescriptorMemory = { tables: 0, scratch: { perBatch: 0, perCenter: 0, perPair: 0 } };

/** WebAssembly memory at the peak of a fit: sparse points are chosen first, and what they were chosen from is gone when the rows are reduced. */
export function plannedMemory(shape: FitShape): PlannedMemory[] {
  const { terms, dataset } = shape;
  const species = dataset.species();
  const tables = { what: "tables of the descriptors", bytes: terms.reduce((total, { descriptor }) => total + memoryOf(descriptor, species).tables, 0) };
  const choices = Math.max(...terms.map(({ nFeatures, nCenters }) => Math.min(CHOICE_BYTES, 8 * nCenters * nFeatures)));
  const selection = [tables, { what: "environments to choose sparse points from", bytes: choices }, { what: SCRATCH, bytes: selectionScratch(shape) }];
  const reduction = [tables, ...reductionMemory(shape)];
  return sum(selection) > sum(reduction) ? selection : reduction;
}

function memoryOf(descriptor: Descriptor, species: SpeciesList): DescriptorMemory {
  return descriptor.memory?.(species) ?? NO_MEMORY;
}

function sum(memory: readonly PlannedMemory[]): number {
  return memory.reduce((total, { bytes }) => total + bytes, 0);
}

function columnsOf(terms: readonly TermShape[]): number {
  return terms.reduce((total, { nSparse }) => total + nSparse, 0);
}

function reductionMemory(shape: FitShape): PlannedMemory[] {
  const { terms, blocks, threads } = shape;
  const columns = columnsOf(terms);
  const largestBlock = Math.max(0, ...blocks.map(({ nRows }) => nRows));
  return [
    { what: "sparse points", bytes: terms.reduce((total, { nFeatures, nSparse }) => total + 16 * nFeatures * (nSparse + 2), 0) },
    { what: "triangular factors", bytes: chainCount(columns + 1, blocks.length) * triangleBytes(columns) },
    { what: "blocks of the design matrix", bytes: 8 * blocksInFlight(threads, blocks.length) * largestBlock * strideOf(columns) },
    { what: SCRATCH, bytes: reductionScratch(shape, largestBlock) },
  ];
}

/** Every thread describes structures; one decomposes what sparse points are chosen from. */
function selectionScratch(shape: FitShape): number {
  const described = shape.terms.flatMap((term) => describeNeeds(term, shape));
  const others = inFlight(shape.threads, shape.dataset.nStructures) - 1;
  return grownScratch([...described, ...shape.terms.flatMap(curNeeds)]) + others * grownScratch(described);
}

/** Every thread writes rows and updates triangles; one chooses sparse points and makes the prior before, and some merge pairs of triangles. */
function reductionScratch(shape: FitShape, largestBlock: number): number {
  const { terms, blocks, threads } = shape;
  const size = columnsOf(terms) + 1;
  const chains = chainCount(size, blocks.length);
  const count = inFlight(threads, Math.max(shape.dataset.nStructures, chains));
  const reduced = [...terms.flatMap((term) => rowNeeds(term, shape)), [qrScratchBytes(size, largestBlock)]];
  const merged = chains > 1 ? [...reduced, [qrMergeScratchBytes(size)]] : reduced;
  const merging = Math.min(count, Math.max(1, Math.floor(chains / 2)));
  const first = grownScratch([...terms.flatMap(curNeeds), ...terms.map(priorNeeds), ...merged]);
  return first + (merging - 1) * grownScratch(merged) + (count - merging) * grownScratch(reduced);
}

/** @param needs what each task allocates */
function grownScratch(needs: readonly (readonly number[])[]): number {
  return scratchSize(needs.reduce((most, allocations) => Math.max(most, allocations.reduce((total, bytes) => total + bytes, 0)), 0));
}

/** Tasks that the executor hands out at once, each with scratch of its own, which it keeps. */
function inFlight(threads: number, tasks: number): number {
  return Math.min(tasks, threads === 1 ? 1 : threads + 1);
}

/** Allocations of the task that describes a structure: list, values, state. */
function describeNeeds(term: TermShape, { dataset }: FitShape): number[][] {
  const { descriptor, nFeatures } = term;
  const species = dataset.species();
  const size = descriptor.stateSize(species);
  const { scratch } = memoryOf(descriptor, species);
  return Array.from({ length: dataset.nStructures }, (_, i) => {
    const { list, nCenters, nPairs } = environmentsOf(term, dataset, i);
    const batch = { nCenters, nPairs };
    return [list, 8 * nFeatures * nCenters, stateBytes(size, batch), stateBytes(scratch, batch)];
  });
}

/** Those of the task that writes the rows of a structure: the same, kernels of some centers, and Jacobians of some of these. */
function rowNeeds(term: TermShape, shape: FitShape): number[][] {
  const { nFeatures, nSparse } = term;
  const described = describeNeeds(term, shape);
  return described.map(([list, values, state, work], i) => {
    const { nCenters, nPairs } = environmentsOf(term, shape.dataset, i);
    const kernels = 8 * Math.min(KERNEL_ROWS, nCenters) * nSparse;
    const product = gemmScratchBytes(KERNEL_ROWS, 0, nFeatures);
    if (!shape.hasDerivatives) return [list, values, state, Math.max(work, kernels + product)];
    const perCenter = nCenters === 0 ? 0 : nPairs / nCenters;
    const pairs = Math.min(perCenter * Math.min(KERNEL_ROWS, nCenters), Math.max(perCenter, pairsAtOnce(nFeatures, nSparse)));
    const rows = 3 * pairs + 6 * (perCenter === 0 ? 0 : pairs / perCenter);
    return [list, values, state, kernels, kernels, 24 * nFeatures * pairs, 8 * nFeatures * rows, 8 * nSparse * rows, Math.max(work, product)];
  });
}

function priorNeeds({ nSparse, nFeatures }: TermShape): number[] {
  return [Math.max(8 * PRIOR_ROWS * nSparse + gemmScratchBytes(PRIOR_ROWS, nSparse, nFeatures), packedCholeskyScratchBytes(nSparse))];
}

/** Those of the leverage scores: Gram matrix, eigenvectors, numerical rank, projections. */
function curNeeds({ usesCur, nFeatures }: TermShape): number[][] {
  if (!usesCur) return [];
  const square = 8 * nFeatures ** 2;
  const rows = 8 * CUR_ROWS * nFeatures;
  return [
    [square, square, eigenScratchBytes(nFeatures)],
    [square, square, packedTriangleBytes(nFeatures), rows, qrScratchBytes(nFeatures, CUR_ROWS)],
    [square, square, rows / 2, gemmScratchBytes(CUR_ROWS, nFeatures, nFeatures)],
  ];
}

function environmentsOf({ descriptor: { cutoff }, centers }: TermShape, dataset: Dataset, index: number): { list: number; nCenters: number; nPairs: number } {
  const { atomicNumbers, cell, pbc } = dataset.structure(index);
  const input = { nAtoms: atomicNumbers.length, cell, pbc, cutoff };
  const nCenters = centers === null ? atomicNumbers.length : atomicNumbers.filter((atomicNumber) => centers.includes(atomicNumber)).length;
  const nPairs = nCenters * expectedNeighbors(input);
  return { list: estimateNeighborListBytes(input), nCenters, nPairs };
}
