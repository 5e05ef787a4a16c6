import type { Descriptor, DescriptorMemory, SpeciesList } from "../../descriptors/descriptor.js";
import { ANY } from "../../descriptors/tuples/species.js";
import { createEnvironmentDescriptor } from "../../descriptors/registry.js";
import { scratchBytes, stateBytes } from "../../descriptors/rows.js";
import { LOCAL_ENERGIES } from "../../models/local-energy/content.js";
import { estimateNeighborListBytes, expectedNeighbors } from "../../neighbors/estimate.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import { FIRST_CHECKPOINT } from "../checkpoint/pace.js";
import { triangleBytes } from "../least-squares/triangle.js";
import type { PlannedMemory } from "../fit-plan.js";
import { pairsAtOnce } from "../../models/local-energy/derivative-rows.js";
import type { TermOptions } from "./terms.js";

/**
 * Rate that estimates of the time assume of the rows of the design matrix and their QR, on each thread. Measured on two idle cores: silicon
 * (324 features, 1000 sparse points) 1.74e10, molecules of four species (1800 features, 500 sparse points) 2.1e10.
 */
export const FLOPS_PER_SECOND = 1.9e10;
/** Of a descriptor, for one feature of one environment: molecules of five species (2325 features) 2.1e-8, silicon (252) 2e-8, neighbor lists not counted. */
const DESCRIBE_SECONDS = 2.5e-8;
/** The same with derivatives, in multiples of the values: with it silicon (1000 points) is predicted in 1.35 s of one thread by the plan, in 1.6 s measured. */
export const DERIVATIVES = 4;
/** Node.js, the program and the data set, beside the WebAssembly memory. */
export const HOST_BYTES = 150e6;

/** How plans name what descriptors learn in. */
export const LEARNING = "principal axes of the descriptors";

const NO_MEMORY: DescriptorMemory = { tables: 0, scratch: { perBatch: 0, perCenter: 0, perPair: 0 } };

/** What one term is made of, as far as a plan can tell. */
export interface TermShape {
  readonly descriptor: Descriptor;
  readonly nFeatures: number;
  /** Environments of the training data. */
  readonly nCenters: number;
  /** Atomic numbers; null for all */
  readonly centers: readonly number[] | null;
}

/** @throws {InvalidParameterError} */
export function termShape(term: TermOptions, dataset: Dataset): TermShape {
  const descriptor = createEnvironmentDescriptor(term.descriptor, LOCAL_ENERGIES);
  const nFeatures = descriptor.featureCount(dataset.species());
  const centers = term.centers ? term.centers.map((symbol) => atomicNumberOf(symbol)) : null;
  return { descriptor, nFeatures, nCenters: countCenters(dataset.atomicNumbers, centers), centers };
}

function countCenters(atomicNumbers: Uint8Array, centers: readonly number[] | null): number {
  return centers === null ? atomicNumbers.length : atomicNumbers.reduce((count, atomicNumber) => count + (centers.includes(atomicNumber) ? 1 : 0), 0);
}

/** Environments of a term in one structure. */
export interface CenterCounts {
  /** Bytes of their neighbor list, with what the search takes. */
  readonly list: number;
  readonly nCenters: number;
  /** Expected. */
  readonly nPairs: number;
  /** Rows of the descriptor, expected: as many as centers, where they are not of tuples. */
  readonly nRows: number;
  /** Pairs of a row and a displacement that it depends on, expected: as many as pairs, where rows are of centers. */
  readonly nEntries: number;
}

/** Environments of a term in structure `index`. */
export function centersIn({ descriptor, centers }: TermShape, dataset: Dataset, index: number): CenterCounts {
  const { atomicNumbers, cell, pbc } = dataset.structure(index);
  const input = { nAtoms: atomicNumbers.length, cell, pbc, cutoff: descriptor.cutoff };
  const nCenters = countCenters(atomicNumbers, centers);
  const nNeighbors = expectedNeighbors(input);
  const counts = { list: estimateNeighborListBytes(input), nCenters, nPairs: nCenters * nNeighbors };
  const expected = descriptor.expectedRows?.({ nCenters, nNeighbors, share: (symbol) => shareOf(atomicNumbers, symbol) });
  if (!expected) return { ...counts, nRows: nCenters, nEntries: counts.nPairs };
  const { nRows, entriesPerRow } = expected;
  return { ...counts, list: counts.list + 4 * (nCenters + nRows * (1 + entriesPerRow)), nRows, nEntries: nRows * entriesPerRow };
}

function shareOf(atomicNumbers: Uint8Array, symbol: string): number {
  if (symbol === ANY || atomicNumbers.length === 0) return 1;
  return countCenters(atomicNumbers, [atomicNumberOf(symbol)]) / atomicNumbers.length;
}

/** Rows of a term in all structures: environments, or tuples as they are expected. */
export function countRows(term: TermShape, dataset: Dataset): number {
  if (term.descriptor.rows === "center") return term.nCenters;
  let sum = 0;
  for (let i = 0; i < dataset.nStructures; i++) sum += centersIn(term, dataset, i).nRows;
  return Math.round(sum);
}

/** s, to describe all environments of the terms once without derivatives, on one thread */
export function describeSeconds(terms: readonly (TermShape & { readonly nRows?: number })[]): number {
  return terms.reduce((sum, { nCenters, nRows = nCenters, nFeatures }) => sum + nRows * nFeatures * DESCRIBE_SECONDS, 0);
}

/** Tables of the descriptors of all terms. */
export function descriptorTables(terms: readonly TermShape[], species: SpeciesList): PlannedMemory {
  return { what: "tables of the descriptors", bytes: terms.reduce((total, { descriptor }) => total + memoryOf(descriptor, species).tables, 0) };
}

/** What descriptors take while they learn from the data: one after the other, before anything else is held. Nothing where none does. */
export function learningMemory(terms: readonly TermShape[], species: SpeciesList): PlannedMemory[] {
  const bytes = Math.max(0, ...terms.map(({ descriptor }) => descriptor.learningBytes?.(species) ?? 0));
  return bytes > 0 ? [{ what: LEARNING, bytes }] : [];
}

function memoryOf(descriptor: Descriptor, species: SpeciesList): DescriptorMemory {
  return descriptor.memory?.(species) ?? NO_MEMORY;
}

/** Allocations of the task that describes a structure, of each: list, values, state, and what the descriptor works in. */
export function describeNeeds(term: TermShape, dataset: Dataset): [list: number, values: number, state: number, work: number][] {
  const { descriptor, nFeatures } = term;
  const species = dataset.species();
  const size = descriptor.stateSize(species);
  const { scratch } = memoryOf(descriptor, species);
  return Array.from({ length: dataset.nStructures }, (_, i) => {
    const { list, nRows, ...batch } = centersIn(term, dataset, i);
    return [list, 8 * nFeatures * nRows, stateBytes(size, batch), scratchBytes(scratch, { ...batch, rows: { nRows } })];
  });
}

/**
 * Allocations of `addDerivativeRows`: the Jacobian, its folded rows, and rows of products.
 * @param width columns of the products
 * @param rowsAtOnce rows of the descriptor in one call, at most, if a center has not more
 */
export function derivativeNeeds(
  { nFeatures, descriptor }: TermShape, { nCenters, nRows, nEntries }: CenterCounts, width: number, rowsAtOnce = nRows,
): number[] {
  if (nCenters === 0 || nRows === 0) return [];
  const [perCenter, perRow] = [nEntries / nCenters, nEntries / nRows];
  const inBlock = Math.max(perCenter, perRow * Math.min(rowsAtOnce, nRows));
  const entries = Math.min(inBlock, Math.max(perCenter, pairsAtOnce(nFeatures, width)));
  const rows = 3 * entries + 6 * (perRow === 0 ? 0 : entries / perRow);
  // rows of tuples are listed with what they depend on
  const list = descriptor.rows === "tuple" ? 28 * entries + (8 * entries) / perRow : 0;
  return [24 * nFeatures * entries, 8 * nFeatures * rows, 8 * width * rows, list];
}

/** On the host: triangles are copied, one at a time, to be written while the work goes on. None in fits that end before anything is kept. */
export function checkpointMemory(columns: number, seconds: number): PlannedMemory[] {
  return seconds < FIRST_CHECKPOINT ? [] : [{ what: "copy of a triangular factor for the checkpoint", bytes: triangleBytes(columns) }];
}
