import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InternalError } from "../../errors.js";
import { kernelSchema } from "../../kernels/registry.js";
import type { MemoryPool, Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { findingsOfTerms } from "../findings.js";
import { arrayOf, decodeEnergies, decodeTerm, encodeEnergies, encodeTerm, energiesSchema, parseContent, speciesSchema, termContentSchema } from "../local-energy/content.js";
import { partName, partsOfTerms } from "../local-energy/sum.js";
import type { Model, ModelContent, ModelType, NamedArray, Provenance } from "../model-type.js";
import { isEqualShape, prepareAlike } from "../local-energy/alike.js";
import type { Parametric, PotentialParameter } from "../parametric.js";
import type { DescribedPart, Potential, PotentialTables, PreparedPotential, Want } from "../potential.js";
import { SparseGpEvaluator } from "./evaluator.js";
import { placePosterior, type SparseGpPosterior, triangleElements } from "./posterior.js";
import type { PosteriorTables, SparseGpTables } from "./tables.js";
import { type PreparedTerm, prepareTerm, type SparseGpTerm } from "./term.js";

/** What a sparse Gaussian-process potential consists of. */
export interface SparseGpOptions {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
  /** eV, by species index */
  readonly isolatedAtomEnergies: readonly number[];
  /** Summed to the energy. */
  readonly terms: readonly SparseGpTerm[];
  /** Absent: there are no error bars. */
  readonly posterior?: SparseGpPosterior | undefined;
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}

/**
 * Sparse Gaussian-process potential (GAP): E = Σ_i E₀(Z_i) + Σ_terms Σ_i Σ_s α_s k(x_i, x_s).
 * Bartók, Payne, Kondor, Csányi, PRL 104, 136403 (2010), 10.1103/PhysRevLett.104.136403;
 * Bartók, Csányi, IJQC 115, 1051 (2015), 10.1002/qua.24927.
 */
export class SparseGpModel implements Model {
  readonly type = "sparse-gp";
  readonly hasVariance = true;
  readonly species: SpeciesList;
  /** eV, by species index */
  readonly isolatedAtomEnergies: readonly number[];
  /** Summed to the energy. */
  readonly terms: readonly SparseGpTerm[];
  /** undefined: there are no error bars */
  readonly posterior: SparseGpPosterior | undefined;
  readonly provenance: Provenance;

  constructor({ species, isolatedAtomEnergies, terms, posterior, provenance = {} }: SparseGpOptions) {
    this.species = species;
    this.isolatedAtomEnergies = isolatedAtomEnergies;
    this.terms = terms;
    this.posterior = posterior;
    this.provenance = provenance;
    if (isolatedAtomEnergies.length !== species.length) {
      throw new InternalError(`${isolatedAtomEnergies.length} isolated-atom energies for ${species.length} species`);
    }
    for (const term of terms) {
      const expected = term.coefficients.length * term.descriptor.featureCount(species);
      if (term.sparsePoints.length !== expected) {
        throw new InternalError(`sparse points of ${term.descriptor.name}: ${term.sparsePoints.length} numbers instead of ${expected}`);
      }
    }
    if (posterior && posterior.factor.length !== triangleElements(this.nColumns)) {
      throw new InternalError(`a posterior of ${posterior.factor.length} numbers for ${this.nColumns} coefficients`);
    }
  }

  /** Coefficients of all terms. */
  get nColumns(): number {
    return this.terms.reduce((sum, { coefficients }) => sum + coefficients.length, 0);
  }

  /** Coefficients term by term; sparse points and kernels are as they are. */
  get parametric(): Parametric {
    const parameters = this.terms.flatMap(({ coefficients }, t) => [...coefficients].map((value, s): PotentialParameter => ({ name: `${partName(t)}.coefficients[${s}]`, value, isLinear: true })));
    return { parameters };
  }

  get hasErrorBars(): boolean {
    return this.posterior !== undefined;
  }

  get cutoff(): number {
    return Math.max(0, ...this.terms.map(({ descriptor }) => descriptor.cutoff));
  }

  varianceFlops(nAtoms: number): number {
    // solutions with a triangle for each atom, and its factorisation
    return this.terms.reduce((sum, { coefficients: { length } }) => sum + nAtoms * length ** 2 + length ** 3 / 3, 0);
  }

  get described(): ReadonlyMap<string, DescribedPart> {
    return new Map(this.terms.map((term, t) => [partName(t), term]));
  }

  get findings(): readonly string[] {
    return findingsOfTerms(this.terms);
  }

  withProvenance(provenance: Provenance): SparseGpModel {
    return this.with({ provenance });
  }

  /** The same model with some of its parts replaced. */
  with(changes: Partial<SparseGpOptions>): SparseGpModel {
    return new SparseGpModel({ ...this, ...changes });
  }

  isAlike(other: Potential): boolean {
    return other instanceof SparseGpModel && isEqualShape(this, other);
  }

  prepareWith(others: readonly SparseGpModel[], wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    const known: PreparedTerm[][] = this.terms.map(() => []);
    const plain: Want = { ...want, variance: false };
    return prepareAlike([this, ...others], (model, k) => model.prepareKnowing(wasm, pool, { ...(k === 0 ? want : plain), errorBars: false }, known));
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    return this.prepareKnowing(wasm, pool, want, this.terms.map(() => []));
  }

  /** @param known of each term, those of potentials that stay in memory at least as long; its own are added */
  private prepareKnowing(wasm: Wasm, pool: MemoryPool, want: Want, known: readonly PreparedTerm[][]): PreparedPotential<SparseGpTables> {
    const prepared: PreparedTerm[] = [];
    const regions: Region[] = [];
    const release = (): void => {
      prepared.splice(0).forEach((term) => term.release());
      regions.splice(0).forEach((region) => pool.release(region));
    };
    let posterior: PosteriorTables | undefined;
    try {
      let firstColumn = 0;
      for (const [t, term] of this.terms.entries()) {
        prepared.push(prepareTerm(wasm, pool, term, this.species, firstColumn, want.variance === true, known[t]));
        firstColumn += term.coefficients.length;
      }
      prepared.forEach((term, t) => known[t].push(term));
      posterior = want.errorBars && this.posterior ? placePosterior(wasm, pool, this.posterior, this.nColumns, regions) : undefined;
    } catch (error) {
      release();
      throw error;
    }
    const terms = prepared.map((term) => term.tables);
    const tables: SparseGpTables = {
      type: this.type,
      parts: partsOfTerms(this.species, terms),
      species: this.species,
      isolatedAtomEnergies: this.isolatedAtomEnergies,
      terms,
      posterior,
      alike: [],
    };
    return { tables, release };
  }
}

const parametersSchema = z.object({
  species: speciesSchema,
  isolatedAtomEnergies: energiesSchema,
  terms: z.array(termContentSchema.extend({ kernel: kernelSchema })),
  hasPosterior: z.boolean().default(false),
});

function encode(model: Model): ModelContent {
  if (!(model instanceof SparseGpModel)) throw new InternalError(`a ${model.type} model is not a sparse Gaussian process`);
  const { species, isolatedAtomEnergies, terms, posterior } = model;
  const arrays = terms.flatMap(({ coefficients, sparsePoints }, t): NamedArray[] => [
    { name: `terms[${t}].coefficients`, shape: [coefficients.length], values: coefficients },
    {
      name: `terms[${t}].sparsePoints`,
      shape: [coefficients.length, coefficients.length === 0 ? 0 : sparsePoints.length / coefficients.length],
      values: sparsePoints,
    },
  ]);
  const parameters: z.input<typeof parametersSchema> = {
    species: [...species],
    isolatedAtomEnergies: encodeEnergies(species, isolatedAtomEnergies),
    terms: terms.map((term) => ({ ...encodeTerm(term), kernel: term.kernel })),
    ...(posterior && { hasPosterior: true }),
  };
  return { parameters, arrays: [...arrays, ...(posterior ? [{ name: "posterior.factor", shape: [posterior.factor.length], values: posterior.factor }] : [])] };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string): SparseGpModel {
  const { species, isolatedAtomEnergies, terms, hasPosterior } = parseContent(parametersSchema, parameters, file);
  return new SparseGpModel({
    species,
    posterior: hasPosterior ? { factor: arrayOf(arrays, "posterior.factor", file) } : undefined,
    isolatedAtomEnergies: decodeEnergies(species, isolatedAtomEnergies),
    terms: terms.map((term, t) => ({
      ...decodeTerm(term),
      kernel: term.kernel,
      sparsePoints: arrayOf(arrays, `terms[${t}].sparsePoints`, file),
      coefficients: arrayOf(arrays, `terms[${t}].coefficients`, file),
    })),
    provenance,
  });
}

export const sparseGpType: ModelType = {
  type: "sparse-gp",
  encode,
  decode,
  attach: (wasm: Wasm, tables: PotentialTables) => new SparseGpEvaluator(wasm, tables as SparseGpTables),
};
