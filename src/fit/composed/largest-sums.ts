import { type ClusterCutoff, speciesPairs } from "../../descriptors/cluster/basis.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { Geometry } from "../../environments/geometry.js";
import { buildNeighborList } from "../../neighbors/neighbor-list.js";
import type { NeighborList } from "../../neighbors/layout.js";
import { defineTask } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Exponents between which sums are interpolated. */
const NODES = 32;

/** Largest sums over neighbors in some data: Σ_j f_c(r)·exp(−α r²), and sums over neighbors of these, by α. */
export interface LargestSums {
  /** max_i Σ_j f_c(r_ij)·exp(−α r_ij²); α = 0 for Chebyshev polynomials. */
  features(alpha: number): number;
  /** max_i Σ_j f_c(r_ij)·Σ_k f_c(r_jk)·exp(−α r_jk²) */
  neighborSums(alpha: number): number;
}

/** What the sums of structures are. */
export interface SumsOfData {
  readonly sums: LargestSums;
  /** Pairs i, j and j, i of all structures, by unordered pair of species. */
  readonly pairsOfSpecies: readonly number[];
  /** Atoms with two neighbors, by their species and the unordered pair of species of these, the center slow. */
  readonly tripletsOfSpecies: readonly number[];
}

/**
 * Largest sums in some structures. They bound exponents, so that a line between nodes is accurate enough.
 * @param alpha Å⁻², range of exponents; beyond it the sums of its ends count
 */
export async function largestSums(
  geometries: readonly Geometry[],
  cutoff: ClusterCutoff,
  species: SpeciesList,
  alpha: readonly [number, number],
  { executor, signal }: WorkContext,
): Promise<SumsOfData> {
  const [low, high] = alpha.map(Math.log);
  const exponents = [0, ...Array.from({ length: NODES }, (_, k) => Math.exp(low + (k * (high - low)) / (NODES - 1)))];
  const found = await executor.map(largestInStructure, geometries.map((geometry) => ({ geometry, cutoff, species, exponents })), { signal, label: ({ geometry }) => geometry.label });
  const most = (pick: (sums: SumsOfStructure) => number[]): number[] => exponents.map((_, k) => found.reduce((largest, sums) => Math.max(largest, pick(sums)[k]), 0));
  const [features, neighborSums] = [most((sums) => sums.features), most((sums) => sums.neighborSums)];
  const between = (nodes: readonly number[], at: number): number => {
    if (at === 0) return nodes[0];
    const place = Math.min(Math.max(((Math.log(at) - low) / (high - low)) * (NODES - 1), 0), NODES - 1);
    const node = Math.min(Math.floor(place), NODES - 2);
    return nodes[1 + node] ** (1 - place + node) * nodes[2 + node] ** (place - node);
  };
  const total = (nKeys: number, pick: (sums: SumsOfStructure) => number[]): number[] => Array.from({ length: nKeys }, (_, key) => found.reduce((sum, sums) => sum + pick(sums)[key], 0));
  const nPairs = speciesPairs(species.length).length;
  return {
    sums: { features: (at) => between(features, at), neighborSums: (at) => between(neighborSums, at) },
    pairsOfSpecies: total(nPairs, ({ pairs }) => pairs),
    tripletsOfSpecies: total(species.length * nPairs, ({ triplets }) => triplets),
  };
}

interface SumsInput {
  readonly geometry: Geometry;
  readonly cutoff: ClusterCutoff;
  readonly species: SpeciesList;
  readonly exponents: readonly number[];
}

interface SumsOfStructure {
  readonly features: number[];
  readonly neighborSums: number[];
  readonly pairs: number[];
  readonly triplets: number[];
}

const largestInStructure = defineTask("fit/composed/largest-sums", ({ wasm, scratch }, { geometry, cutoff, species, exponents }: SumsInput): SumsOfStructure => {
  const { positions, cell, pbc, atomicNumbers } = geometry;
  const list = buildNeighborList(wasm, scratch, { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: cutoff.radius });
  const distances = wasm.f64(list.distances, list.nPairs);
  const weights = distances.map((r) => cutoffValue(cutoff, r));
  const largest = exponents.map((alpha) => {
    const sums = sumsOver(wasm, list, weights.map((weight, pair) => weight * Math.exp(-alpha * distances[pair] ** 2)));
    const outer = sumsOver(wasm, list, weights, sums);
    return [Math.max(0, ...sums), Math.max(0, ...outer)];
  });
  const indices = speciesIndices(geometry, species);
  return {
    features: largest.map(([sum]) => sum), neighborSums: largest.map(([, sum]) => sum),
    pairs: countPairs(wasm, list, indices, species.length), triplets: countTriplets(wasm, list, indices, species.length),
  };
});

/** Σ_j of a number of each pair, times that of the neighbor where it has one. */
function sumsOver(wasm: Wasm, { nCenters, nPairs, offsets, neighborAtoms }: NeighborList, ofPairs: Float64Array, ofAtoms?: Float64Array): Float64Array {
  const first = wasm.i32(offsets, nCenters + 1);
  const neighbors = wasm.i32(neighborAtoms, nPairs);
  return Float64Array.from({ length: nCenters }, (_, center) => {
    let sum = 0;
    for (let pair = first[center]; pair < first[center + 1]; pair++) sum += ofPairs[pair] * (ofAtoms ? ofAtoms[neighbors[pair]] : 1);
    return sum;
  });
}

/** By unordered pair of species. */
function countPairs(wasm: Wasm, { nCenters, nPairs, offsets, neighborAtoms }: NeighborList, species: Int32Array, nSpecies: number): number[] {
  const first = wasm.i32(offsets, nCenters + 1);
  const neighbors = wasm.i32(neighborAtoms, nPairs);
  const counts = speciesPairs(nSpecies).map(() => 0);
  for (let center = 0; center < nCenters; center++) {
    for (let pair = first[center]; pair < first[center + 1]; pair++) {
      const [low, high] = [species[center], species[neighbors[pair]]].sort((a, b) => a - b);
      counts[(low * (2 * nSpecies - low - 1)) / 2 + high]++;
    }
  }
  return counts;
}

/** Atoms with neighbors of both species of a pair. */
function countTriplets(wasm: Wasm, { nCenters, nPairs, offsets, neighborAtoms }: NeighborList, species: Int32Array, nSpecies: number): number[] {
  const first = wasm.i32(offsets, nCenters + 1);
  const neighbors = wasm.i32(neighborAtoms, nPairs);
  const pairs = speciesPairs(nSpecies);
  const counts = new Array<number>(nSpecies * pairs.length).fill(0);
  for (let center = 0; center < nCenters; center++) {
    const around = new Int32Array(nSpecies);
    for (let pair = first[center]; pair < first[center + 1]; pair++) around[species[neighbors[pair]]]++;
    for (const [p, [a, b]] of pairs.entries()) if (a === b ? around[a] > 1 : around[a] > 0 && around[b] > 0) counts[species[center] * pairs.length + p]++;
  }
  return counts;
}

/** f_c(r), r below the radius. */
function cutoffValue({ radius, function: name }: ClusterCutoff, r: number): number {
  const x = r / radius;
  if (name === "poly4") return (1 - x * x) ** 4;
  if (name === "smoothstep7") return 1 - 35 * x ** 4 + 84 * x ** 5 - 70 * x ** 6 + 20 * x ** 7;
  return Math.exp(1 - 1 / (1 - x * x));
}
