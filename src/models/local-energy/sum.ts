import { backwardOfSeveral } from "../../descriptors/backward-of-several.js";
import { attachDescriptor } from "../../descriptors/registry.js";
import type { DescriptorEvaluator, DescriptorTables, SpeciesList } from "../../descriptors/descriptor.js";
import { rowsByCenter, sliceBatch, spreadOverRows } from "../../descriptors/rows.js";
import { speciesIndices } from "../../descriptors/species.js";
import { type AtomicEnvironments, buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments } from "../../environments/environments.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { EvaluationRequest, Prediction, TablesOfPart, Want } from "../potential.js";
import { splitCenters } from "./derivative-rows.js";

/** Bytes of the gradients of several potentials that are in memory at once. */
const GRADIENT_BYTES = 8e6;

/** Name of a term as a part of its potential. */
export function partName(term: number): string {
  return `terms[${term}]`;
}

/** What the terms of a potential describe environments with, for its tables. */
export function partsOfTerms(species: SpeciesList, terms: readonly Pick<TablesOfPart, "descriptor" | "centers">[]): Record<string, TablesOfPart> {
  return Object.fromEntries(terms.map(({ descriptor, centers }, t) => [partName(t), { descriptor, centers, species }]));
}

/** Rows of a descriptor of some centers, and what is to be made of them. */
export interface TermRows {
  /** The center of each row, an atom; one after the other, rows of one center together. */
  readonly atoms: Int32Array;
  /** Species index of every atom of the structure. */
  readonly species: Int32Array;
  /** f64 [rows × nFeatures] */
  readonly values: Pointer;
  /** f64 [potentials × rows × nFeatures], out: ∂E/∂X of every row; 0 where no derivatives are wanted */
  readonly gradients: Pointer;
}

/** What contributions of centers are added to, by atom. */
export interface LocalSums {
  /** eV */
  readonly localEnergies: Float64Array;
  /** eV²; undefined where it is not wanted */
  readonly variance: Float64Array | undefined;
  /** eV²; comes with the variance */
  readonly priorVariance: Float64Array | undefined;
}

/** A part of the energy of one potential, or of several alike: a function of the rows of one descriptor, summed over its rows; each counts for its center. */
export interface LocalEnergyTerm {
  readonly descriptor: DescriptorTables;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** Adds local energies and variances of some rows to the sums of each potential, and writes their gradients unless that pointer is 0. */
  addEnergies(rows: TermRows, sums: readonly LocalSums[], scratch: Arena): void;
}

/** What all such potentials begin with. */
export interface EnergyZero {
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  /** eV, by species index: what every atom has whatever its environment */
  readonly atomEnergies: readonly number[];
}

interface AttachedTerm {
  readonly term: LocalEnergyTerm;
  readonly descriptor: DescriptorEvaluator;
  /** Terms with the same text have the same environments: cutoff, species and centers. */
  readonly environments: string;
  readonly sharesWithLater: boolean;
}

/** Sums of one potential, and where derivatives are added up, in the arena; 0 where they are not wanted. */
interface AllSums extends LocalSums {
  readonly forces: Pointer;
  readonly virial: Pointer;
}

/**
 * Predictions of potentials whose energy is a sum over atoms and terms, E = Σ_i E₀(Z_i) + Σ_terms Σ_i ε(x_i): a term turns rows of its
 * descriptor into energies and gradients ∂ε/∂x, which go back through the descriptor without its Jacobian. Several potentials that describe
 * environments alike are predicted together.
 */
export class LocalEnergySum {
  private readonly terms: readonly AttachedTerm[];

  /** @param zeros of each potential */
  constructor(
    private readonly wasm: Wasm,
    private readonly zeros: readonly EnergyZero[],
    terms: readonly LocalEnergyTerm[],
  ) {
    const environments = terms.map(({ descriptor, centers }) => JSON.stringify([descriptor.cutoff, descriptor.species, centers]));
    this.terms = terms.map((term, t) => ({
      term,
      descriptor: attachDescriptor(wasm, term.descriptor),
      environments: environments[t],
      sharesWithLater: environments.includes(environments[t], t + 1),
    }));
  }

  /**
   * Contributions of the centers of a range to each potential, as `PotentialEvaluator.evaluate` gives them; variances of the first one alone.
   * @throws {InvalidStructureError} for a species that the potential does not know
   */
  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length }, described }: EvaluationRequest, scratch: Arena): Prediction[] {
    const { wasm } = this;
    const nAtoms = geometry.atomicNumbers.length;
    const species = speciesIndices(geometry, this.zeros[0].species);
    const mark = scratch.mark();
    const sums = this.zeros.map((zero, k) => this.openSums(zero, species, range, { ...want, variance: want.variance === true && k === 0 }, scratch));
    const shared = new Map<string, AtomicEnvironments>();
    for (const [t, { term, descriptor, environments: key, sharesWithLater }] of this.terms.entries()) {
      const atoms = centersOf(species, range, term.centers);
      if (atoms.length === 0) continue;
      const known = described?.get(partName(t));
      const build = (): AtomicEnvironments => buildEnvironments(wasm, scratch, geometry, term.descriptor, atoms);
      // where another term needs the same ones, they stay in the arena
      if (!known && sharesWithLater && !shared.has(key)) shared.set(key, build());
      const termMark = scratch.mark();
      const environments = known ?? describeEnvironments(scratch, shared.get(key) ?? build(), descriptor);
      this.addTerm(term, descriptor, environments, { atoms, species }, sums, scratch);
      scratch.reset(termMark);
    }
    const predictions = sums.map((own) => this.predictionOf(own, want, nAtoms));
    scratch.reset(mark);
    return predictions;
  }

  private openSums({ atomEnergies }: EnergyZero, species: Int32Array, range: CenterRange, want: Want, scratch: Arena): AllSums {
    const nAtoms = species.length;
    const needsGradient = want.forces === true || want.virial === true;
    const localEnergies = new Float64Array(nAtoms);
    for (let atom = range.first; atom < range.last; atom++) localEnergies[atom] = atomEnergies[species[atom]];
    return {
      localEnergies,
      variance: want.variance ? new Float64Array(nAtoms) : undefined,
      priorVariance: want.variance ? new Float64Array(nAtoms) : undefined,
      forces: needsGradient ? zeros(this.wasm, scratch, 3 * nAtoms) : 0,
      virial: needsGradient ? zeros(this.wasm, scratch, 9) : 0,
    };
  }

  private predictionOf({ localEnergies, variance, priorVariance, forces, virial }: AllSums, want: Want, nAtoms: number): Prediction {
    const { wasm } = this;
    return {
      energy: localEnergies.reduce((sum, energy) => sum + energy, 0),
      ...(want.forces ? { forces: wasm.f64(forces, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(virial, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies } : {}),
      ...(variance ? { variance, priorVariance } : {}),
    };
  }

  private addTerm(
    term: LocalEnergyTerm,
    descriptor: DescriptorEvaluator,
    described: DescribedEnvironments,
    centers: Pick<TermRows, "atoms" | "species">,
    sums: readonly AllSums[],
    scratch: Arena,
  ): void {
    const { wasm } = this;
    const { nFeatures } = descriptor.tables;
    const needsGradient = sums[0].forces !== 0;
    for (const [first, last] of this.blocksOf(descriptor, described, sums.length)) {
      const mark = scratch.mark();
      const isWhole = last - first === described.batch.nCenters;
      const part = isWhole ? described : sliceBatch(wasm, descriptor.tables, described, first, last);
      const { batch } = part;
      const gradients = needsGradient ? scratch.f64(sums.length * batch.rows.nRows * nFeatures) : 0;
      const atoms = spreadOverRows(wasm, batch, centers.atoms.subarray(first, last));
      term.addEnergies({ species: centers.species, atoms, values: part.values, gradients }, sums, scratch);
      if (gradients) {
        const pairGradients = scratch.f64(3 * sums.length * batch.nPairs);
        backwardOfSeveral(descriptor, part, sums.length, gradients, pairGradients, scratch);
        const list = placeNeighborList(wasm, scratch, described.list, first, last);
        sums.forEach(({ forces, virial }, k) => wasm.routines.scatterForces(list, pairGradients + 24 * k * batch.nPairs, forces, virial));
      }
      scratch.reset(mark);
    }
  }

  /** Centers whose gradients are in memory at once: those of one potential are small beside its environments, those of several may not be. */
  private blocksOf({ tables: { nFeatures, stateSize } }: DescriptorEvaluator, { batch }: DescribedEnvironments, members: number): [number, number][] {
    if (members === 1 || batch.rows.kind === "structure" || stateSize.perBatch > 0) return [[0, batch.nCenters]];
    const { rows } = rowsByCenter(this.wasm, batch);
    return splitCenters(rows, 0, batch.nCenters, Math.floor(GRADIENT_BYTES / (8 * members * nFeatures)));
  }
}

function zeros(wasm: Wasm, arena: Arena, count: number): Pointer {
  const pointer = arena.f64(count);
  wasm.f64(pointer, count).fill(0);
  return pointer;
}
