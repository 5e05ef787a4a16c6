import { attachDescriptor } from "../../descriptors/registry.js";
import type { DescriptorEvaluator, DescriptorTables, SpeciesList } from "../../descriptors/descriptor.js";
import { spreadOverRows } from "../../descriptors/rows.js";
import { speciesIndices } from "../../descriptors/species.js";
import { type AtomicEnvironments, buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { EvaluationRequest, Prediction, TablesOfPart } from "../potential.js";

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
  /** f64 [rows × nFeatures], out: ∂E/∂X of every row; 0 where no derivatives are wanted */
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

/** A part of the energy: a function of the rows of one descriptor, summed over its rows; each counts for its center. */
export interface LocalEnergyTerm {
  readonly descriptor: DescriptorTables;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** Adds local energies and variances of some rows, and writes their gradients unless that pointer is 0. */
  addEnergies(rows: TermRows, sums: LocalSums, scratch: Arena): void;
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

/** Where derivatives are added up, in the arena; 0 where they are not wanted. */
interface DerivativeSums {
  readonly forces: Pointer;
  readonly virial: Pointer;
}

/**
 * Predictions of potentials whose energy is a sum over atoms and terms, E = Σ_i E₀(Z_i) + Σ_terms Σ_i ε(x_i): a term turns rows of its
 * descriptor into energies and gradients ∂ε/∂x, which go back through the descriptor without its Jacobian.
 */
export class LocalEnergySum {
  private readonly terms: readonly AttachedTerm[];

  constructor(
    private readonly wasm: Wasm,
    private readonly zero: EnergyZero,
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
   * Contributions of the centers of a range, as `PotentialEvaluator.evaluate` gives them.
   * @throws {InvalidStructureError} for a species that the potential does not know
   */
  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length }, described }: EvaluationRequest, scratch: Arena): Prediction {
    const { wasm } = this;
    const nAtoms = geometry.atomicNumbers.length;
    const species = speciesIndices(geometry, this.zero.species);
    const mark = scratch.mark();
    const needsGradient = want.forces === true || want.virial === true;
    const derivatives: DerivativeSums = {
      forces: needsGradient ? zeros(wasm, scratch, 3 * nAtoms) : 0,
      virial: needsGradient ? zeros(wasm, scratch, 9) : 0,
    };
    const sums: LocalSums = {
      localEnergies: new Float64Array(nAtoms),
      variance: want.variance ? new Float64Array(nAtoms) : undefined,
      priorVariance: want.variance ? new Float64Array(nAtoms) : undefined,
    };
    for (let atom = range.first; atom < range.last; atom++) sums.localEnergies[atom] = this.zero.atomEnergies[species[atom]];
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
      this.addTerm(term, descriptor, environments, { atoms, species }, sums, derivatives, scratch);
      scratch.reset(termMark);
    }
    const prediction: Prediction = {
      energy: sums.localEnergies.reduce((sum, energy) => sum + energy, 0),
      ...(want.forces ? { forces: wasm.f64(derivatives.forces, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(derivatives.virial, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies: sums.localEnergies } : {}),
      ...(sums.variance ? { variance: sums.variance, priorVariance: sums.priorVariance } : {}),
    };
    scratch.reset(mark);
    return prediction;
  }

  private addTerm(
    term: LocalEnergyTerm,
    descriptor: DescriptorEvaluator,
    { batch, list, values, state }: DescribedEnvironments,
    centers: Pick<TermRows, "atoms" | "species">,
    sums: LocalSums,
    { forces, virial }: DerivativeSums,
    scratch: Arena,
  ): void {
    const { wasm } = this;
    const gradients = forces ? scratch.f64(batch.rows.nRows * descriptor.tables.nFeatures) : 0;
    const atoms = spreadOverRows(wasm, batch, centers.atoms);
    term.addEnergies({ species: centers.species, atoms, values, gradients }, sums, scratch);
    if (!gradients) return;
    const pairGradients = scratch.f64(3 * list.nPairs);
    descriptor.backward(batch, values, state, gradients, pairGradients, scratch);
    wasm.routines.scatterForces(placeNeighborList(wasm, scratch, list), pairGradients, forces, virial);
  }
}

function zeros(wasm: Wasm, arena: Arena, count: number): Pointer {
  const pointer = arena.f64(count);
  wasm.f64(pointer, count).fill(0);
  return pointer;
}
