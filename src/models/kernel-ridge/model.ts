import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InternalError } from "../../errors.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { findingsOfTerms } from "../findings.js";
import type { Model, ModelType, Provenance } from "../model-type.js";
import type { PotentialTables, PreparedPotential, ResidualNoise, Want } from "../potential.js";
import { decodeKernelRidge, encodeKernelRidge } from "./content.js";
import { KernelRidgeEvaluator } from "./evaluator.js";
import type { KernelRidgeErrorBars, KernelRidgeOptions, KernelRidgeTarget } from "./options.js";
import type { ErrorBarTables, KernelRidgeTables } from "./tables.js";
import { type KernelRidgeTerm, type PreparedTerm, prepareTerm } from "./term.js";

/**
 * Kernel ridge regression, or the mean of a Gaussian process: E = Ē + Σ_i E₀(Z_i) + Σ_A α_A K(structure, A) over training structures A, and other
 * properties likewise. Rupp, Tkatchenko, Müller, von Lilienfeld, PRL 108, 058301 (2012), 10.1103/PhysRevLett.108.058301; Rasmussen, Williams,
 * Gaussian Processes for Machine Learning (2006), 10.7551/mitpress/3206.001.0001.
 */
export class KernelRidgeModel implements Model {
  readonly type = "kernel-ridge";
  readonly hasVariance = false;
  readonly species: SpeciesList;
  /** eV, by species index; undefined: energies are not relative to isolated atoms */
  readonly isolatedAtomEnergies: readonly number[] | undefined;
  /** The energy first. */
  readonly targets: readonly KernelRidgeTarget[];
  /** Summed to the kernel of two structures. */
  readonly terms: readonly KernelRidgeTerm[];
  /** null: there are none */
  readonly errorBars: KernelRidgeErrorBars | null;
  readonly residualNoise: ResidualNoise | undefined;
  readonly provenance: Provenance;

  constructor({ species, isolatedAtomEnergies, targets, terms, errorBars, residualNoise, provenance = {} }: KernelRidgeOptions) {
    this.species = species;
    this.isolatedAtomEnergies = isolatedAtomEnergies;
    this.targets = targets;
    this.terms = terms;
    this.errorBars = errorBars;
    this.residualNoise = residualNoise;
    this.provenance = provenance;
    for (const { descriptor, rows, structures } of terms) {
      const expected = structures.length * descriptor.featureCount(species);
      if (rows.length !== expected) throw new InternalError(`rows of ${descriptor.name}: ${rows.length} numbers instead of ${expected}`);
    }
  }

  /** Å: how far an atom sees; of descriptors of whole structures, which see everything, 0 */
  get cutoff(): number {
    return Math.max(0, ...this.terms.map(({ descriptor }) => (descriptor.describes === "structures" ? 0 : descriptor.cutoff)));
  }

  get hasErrorBars(): boolean {
    return this.errorBars !== null;
  }

  /** Whether the energy is a sum over atoms, up to a constant: else it has no local energies, and every atom gets the same share. */
  get isSumOverAtoms(): boolean {
    return this.terms.every(({ atomicNumbers, normalize }) => !normalize && atomicNumbers.every((atomicNumber) => atomicNumber > 0));
  }

  get findings(): readonly string[] {
    return findingsOfTerms(this.terms);
  }

  withProvenance(provenance: Provenance): KernelRidgeModel {
    return new KernelRidgeModel({ ...this, provenance });
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    const prepared: PreparedTerm[] = [];
    const regions: { release(): void }[] = [];
    const release = (): void => [...prepared.splice(0), ...regions.splice(0)].forEach((part) => part.release());
    const errorBars = want.errorBars === true && this.errorBars !== null;
    const gradients = want.forces === true || want.virial === true;
    const coefficients = this.targets.map((target) => target.coefficients);
    try {
      for (const term of this.terms) prepared.push(prepareTerm(wasm, pool, term, { species: this.species, gradients, errorBars, coefficients }));
      const tables: KernelRidgeTables = {
        type: this.type,
        species: this.species,
        atomEnergies: this.isolatedAtomEnergies ?? this.species.map(() => 0),
        targets: this.targets.map(({ name, mean, atomValues }) => ({ name, mean, atomValues })),
        isSumOverAtoms: this.isSumOverAtoms,
        terms: prepared.map((term) => term.tables),
        errorBars: errorBars ? placeErrorBars(wasm, pool, this.errorBars, regions) : null,
      };
      return { tables, release };
    } catch (error) {
      release();
      throw error;
    }
  }
}

function placeErrorBars(wasm: Wasm, pool: MemoryPool, { scale, prior, size, factors }: KernelRidgeErrorBars, kept: { release(): void }[]): ErrorBarTables {
  const placed = factors.map(({ weight, values }) => {
    const region = pool.allocate(8 * size * size, "factor of the error bars");
    kept.push({ release: () => pool.release(region) });
    const square = wasm.f64(region.pointer, size * size);
    for (let i = 0, at = 0; i < size; at += ++i) square.set(values.subarray(at, at + i + 1), i * size);
    return { weight, pointer: region.pointer };
  });
  return { scale, prior, size, factors: placed };
}

export const kernelRidgeType: ModelType = {
  type: "kernel-ridge",
  encode(model) {
    if (!(model instanceof KernelRidgeModel)) throw new InternalError(`a ${model.type} model is not one of kernel ridge regression`);
    return encodeKernelRidge(model);
  },
  decode: (content, provenance, file) => new KernelRidgeModel({ ...decodeKernelRidge(content, file), provenance }),
  attach: (wasm: Wasm, tables: PotentialTables) => new KernelRidgeEvaluator(wasm, tables as KernelRidgeTables),
};
