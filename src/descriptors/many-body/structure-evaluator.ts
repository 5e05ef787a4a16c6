import { InvalidStructureError } from "../../errors.js";
import { environmentBatch } from "../../neighbors/environments.js";
import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import { placeNeighborList, type NeighborList } from "../../neighbors/layout.js";
import { buildNeighborList } from "../../neighbors/neighbor-list.js";
import { cellVolume } from "../../structures/cell.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { SpeciesStructure, StructureDescriptorEvaluator, StructureDescriptorTables } from "../structure-descriptor.js";
import { gaussianFactor, normal } from "./profiles.js";
import { type PlacedTerm, requireDistances, runTerms } from "./routines.js";
import { channelsOf } from "./terms.js";

/** In the order in which tables count them. */
export const normalizations = ["none", "l2", "n-atoms", "valle-oganov"] as const;

/** Neighbors of all atoms. */
interface Surroundings {
  readonly list: NeighborList;
  readonly batch: EnvironmentBatch;
}

/** Evaluates many-body tensors of whole structures. */
export class StructureTensorEvaluator implements StructureDescriptorEvaluator {
  private readonly terms: readonly PlacedTerm[];
  private readonly firstPair: number;
  private readonly firstTriplet: number;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: StructureDescriptorTables,
  ) {
    const { data, species } = tables;
    this.firstPair = data.singleBins * species.length;
    this.firstTriplet = this.firstPair + data.pairBins * channelsOf(2, false, species).length;
    const all: PlacedTerm[] = [{ pointer: data.pairs, order: 2, column: this.firstPair }, { pointer: data.triplets, order: 3, column: this.firstTriplet }];
    this.terms = all.filter(({ pointer }) => pointer !== 0);
  }

  values(structure: SpeciesStructure, out: Pointer, scratch: Arena): void {
    const { wasm, tables } = this;
    const row = wasm.f64(out, tables.nFeatures).fill(0);
    if (structure.species.length === 0) return;
    const mark = scratch.mark();
    this.sums(structure, this.surroundings(structure, scratch), out, scratch);
    const factors = this.factors(structure, row);
    for (let f = 0; f < row.length; f++) row[f] *= factors[f];
    scratch.reset(mark);
  }

  jacobian(structure: SpeciesStructure, values: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { wasm, tables } = this;
    const nRows = 3 * structure.species.length;
    const { nFeatures } = tables;
    wasm.f64(out, nRows * nFeatures).fill(0);
    wasm.f64(strain, 9 * nFeatures).fill(0);
    if (nRows === 0) return;
    const mark = scratch.mark();
    const surroundings = this.surroundings(structure, scratch);
    const factors = this.factorsAgain(structure, surroundings, scratch);
    if (surroundings) {
      const { batch, list } = surroundings;
      const target = { mode: "jacobian", rows: out, rowLength: nFeatures, rowsOfPairs: list.neighborAtoms, rowsOfCenters: list.centerAtoms, strain } as const;
      runTerms(wasm, scratch, batch, this.terms, target);
    }
    const x = wasm.f64(values, nFeatures);
    for (const [pointer, count] of [[out, nRows], [strain, 9]]) {
      for (let row = 0; row < count; row++) this.normalizeSlopes(wasm.f64(pointer + 8 * row * nFeatures, nFeatures), factors, x);
    }
    const diagonal = [0, 4, 8].map((ab) => wasm.f64(strain + 8 * ab * nFeatures, nFeatures));
    if (this.dependsOnVolume) for (let f = this.firstPair; f < nFeatures; f++) for (const row of diagonal) row[f] += x[f];
    scratch.reset(mark);
  }

  backward(structure: SpeciesStructure, values: Pointer, gradients: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { wasm, tables } = this;
    const { nFeatures } = tables;
    const onAtoms = wasm.f64(out, 3 * structure.species.length).fill(0);
    const onStrain = wasm.f64(strain, 9).fill(0);
    if (onAtoms.length === 0) return;
    const mark = scratch.mark();
    const surroundings = this.surroundings(structure, scratch);
    if (surroundings) {
      const factors = this.factorsAgain(structure, surroundings, scratch);
      const onSums = scratch.f64(nFeatures);
      const [given, x] = [wasm.f64(gradients, nFeatures), wasm.f64(values, nFeatures)];
      const scaled = wasm.f64(onSums, nFeatures);
      scaled.set(given);
      this.normalizeSlopes(scaled, factors, x); // it is symmetric
      const { list, batch } = surroundings;
      const pairs = scratch.f64(3 * list.nPairs);
      wasm.f64(pairs, 3 * list.nPairs).fill(0);
      runTerms(wasm, scratch, batch, this.terms, { mode: "backward", rows: onSums, rowLength: nFeatures, pairs });
      this.scatter(list, pairs, out, strain, scratch);
      if (this.dependsOnVolume) {
        let sum = 0;
        for (let f = this.firstPair; f < nFeatures; f++) sum += given[f] * x[f];
        for (const ab of [0, 4, 8]) onStrain[ab] += sum;
      }
    }
    scratch.reset(mark);
  }

  /** `scatterForces` gives forces and virial, which are minus what is asked for. */
  private scatter(list: NeighborList, pairs: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { wasm } = this;
    wasm.routines.scatterForces(placeNeighborList(wasm, scratch, list), pairs, out, strain);
    const onAtoms = wasm.f64(out, 3 * list.nAtoms);
    for (let i = 0; i < onAtoms.length; i++) onAtoms[i] = -onAtoms[i];
    const virial = wasm.f64(strain, 9).slice();
    wasm.f64(strain, 9).set(virial.map((_, ab) => -virial[3 * (ab % 3) + Math.floor(ab / 3)]));
  }

  private get dependsOnVolume(): boolean {
    return this.normalization === "valle-oganov";
  }

  private get normalization(): (typeof normalizations)[number] {
    return normalizations[this.tables.data.normalization];
  }

  /** Undefined where there are terms of single atoms only. */
  private surroundings(structure: SpeciesStructure, scratch: Arena): Surroundings | undefined {
    const { wasm, tables, terms } = this;
    const { positions, cell, pbc, species } = structure;
    if (this.dependsOnVolume && !(cell && pbc.every(Boolean))) {
      throw new InvalidStructureError(`${tables.descriptor} is normalised by the volume here, which only structures that are periodic along all three lattice vectors have`);
    }
    if (terms.length === 0) return undefined;
    let cutoff = tables.data.reach * (1 + 2 * Number.EPSILON); // neighbors at the range itself count
    if (!Number.isFinite(cutoff)) {
      if (pbc.some(Boolean)) throw new InvalidStructureError(`${tables.descriptor}: weighting unity has no end in a periodic structure: use exp, or give it a cutoff`);
      cutoff = extentOf(positions);
    }
    const list = buildNeighborList(wasm, scratch, { positions, nAtoms: species.length, cell, pbc, cutoff });
    const batch = environmentBatch(wasm, scratch, list, species);
    requireDistances(wasm, batch);
    return { list, batch };
  }

  /** Sums over the structure, without normalisation. */
  private sums({ species }: SpeciesStructure, surroundings: Surroundings | undefined, out: Pointer, scratch: Arena): void {
    const { wasm, tables, terms } = this;
    this.addAtoms(species, wasm.f64(out, tables.nFeatures));
    if (surroundings) runTerms(wasm, scratch, surroundings.batch, terms, { mode: "values", rows: out, rowLength: tables.nFeatures });
  }

  private addAtoms(atoms: Int32Array, row: Float64Array): void {
    const { singleMin: min, singleMax: max, singleSigma: sigma, singleBins: n, normalizeGaussians } = this.tables.data;
    if (n === 0) return;
    const step = (max - min) / (n - 1);
    const factor = gaussianFactor({ min, max, sigma, n }, normalizeGaussians === 1);
    this.tables.species.forEach((atomicNumber, index) => {
      const count = countOf(atoms, index);
      const below = (edge: number): number => normal((min + (edge - 0.5) * step - atomicNumber) / sigma);
      for (let q = 0; q < n; q++) row[index * n + q] = count * factor * (below(q + 1) - below(q));
    });
  }

  /** By what sums are multiplied. */
  private factors({ species: atoms, cell }: SpeciesStructure, sums: Float64Array): Float64Array {
    const { tables, firstPair } = this;
    const factors = new Float64Array(tables.nFeatures).fill(1);
    if (this.normalization === "n-atoms") factors.fill(1 / atoms.length);
    if (this.normalization === "l2") {
      const squared = sums.reduce((sum, x) => sum + x * x, 0);
      factors.fill(squared > 0 ? 1 / Math.sqrt(squared) : 0);
    }
    if (this.normalization === "valle-oganov") {
      const indices = tables.species.map((_, index) => index);
      const counts = indices.map((index) => countOf(atoms, index));
      const { pairBins, tripletBins } = tables.data;
      const volume = cellVolume(cell!);
      const density = (channel: readonly number[]): number => {
        const product = channel.reduce((all, index) => all * counts[index], 1);
        if (product === 0) return 0;
        return channel.length === 3 ? volume / product : ((channel[0] === channel[1] ? 2 : 1) * volume) / (4 * Math.PI * product);
      };
      const fill = (order: 2 | 3, first: number, bins: number): void =>
        channelsOf(order, false, indices).forEach((channel, c) => factors.fill(density(channel), first + c * bins, first + (c + 1) * bins));
      if (pairBins > 0) fill(2, firstPair, pairBins);
      if (tripletBins > 0) fill(3, this.firstTriplet, tripletBins);
    }
    return factors;
  }

  private factorsAgain(structure: SpeciesStructure, surroundings: Surroundings | undefined, scratch: Arena): Float64Array {
    const { wasm, tables } = this;
    const mark = scratch.mark();
    const sums = scratch.f64(tables.nFeatures);
    if (this.normalization === "l2") this.sums(structure, surroundings, sums, scratch);
    const factors = this.factors(structure, wasm.f64(sums, tables.nFeatures));
    scratch.reset(mark);
    return factors;
  }

  /** Derivatives of sums to derivatives of the row. */
  private normalizeSlopes(slopes: Float64Array, factors: Float64Array, x: Float64Array): void {
    let along = 0;
    if (this.normalization === "l2") for (let f = 0; f < x.length; f++) along += x[f] * slopes[f];
    for (let f = 0; f < x.length; f++) slopes[f] = (slopes[f] - along * x[f]) * factors[f];
  }
}

function countOf(atoms: Int32Array, index: number): number {
  let count = 0;
  for (const species of atoms) if (species === index) count++;
  return count;
}

/** Å: more than the distance of any two atoms. */
function extentOf(positions: Float64Array): number {
  let squared = 0;
  for (let k = 0; k < 3; k++) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = k; i < positions.length; i += 3) [low, high] = [Math.min(low, positions[i]), Math.max(high, positions[i])];
    squared += (high - low) ** 2;
  }
  return 1.001 * Math.sqrt(squared) + 0.1;
}
