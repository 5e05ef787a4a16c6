import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { FormatError, InternalError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { MemoryPool, Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { findingsOfTerms } from "../findings.js";
import { arrayOf, decodeEnergies, decodeTerm, encodeEnergies, encodeTerm, energiesSchema, parseContent, speciesSchema, termContentSchema } from "../local-energy/content.js";
import { isEqualShape, prepareAlike } from "../local-energy/alike.js";
import { partName, partsOfTerms } from "../local-energy/sum.js";
import { decodePart, partSchema } from "../model-parts.js";
import type { Model, ModelContent, ModelType, NamedArray, PartTypes, Provenance } from "../model-type.js";
import type { Parametric, PotentialParameter } from "../parametric.js";
import type { DescribedPart, Potential, PotentialTables, PreparedPotential, Want, ResidualNoise } from "../potential.js";
import { SumModel } from "../sum/model.js";
import { type ActiveSets, activeSetsSchema, decodeActiveSets, encodeActiveSets, placeActiveSets } from "./active-sets.js";
import { LinearEvaluator } from "./evaluator.js";
import { speciesWidth } from "./species-rows.js";
import type { LinearTables, VarianceTables } from "./tables.js";
import { blockSpecies, columnCount, type LinearTerm, type PreparedLinearTerm, prepareTerm } from "./term.js";

/** What is known of the coefficients of a linear model beside their values: columns of all terms, block by block, then the intercepts. */
export interface CoefficientCovariance {
  /** Columns of the root. */
  readonly nDirections: number;
  /** columns × nDirections, row-major: B of Cov = B Bᵀ */
  readonly root: Float64Array;
  /** columns: the variance of each coefficient where nothing is known */
  readonly prior: Float64Array;
}

/** What a linear potential consists of. */
export interface LinearModelOptions {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
  /** eV, by species index; absent: energies are not relative to isolated atoms */
  readonly isolatedAtomEnergies?: readonly number[] | undefined;
  /** eV, by species index: a constant for each atom; absent: there is none */
  readonly intercepts?: readonly number[] | undefined;
  /** Summed to the energy. */
  readonly terms: readonly LinearTerm[];
  /** Absent: there are no error bars. */
  readonly covariance?: CoefficientCovariance | undefined;
  /** Of the residuals of the fit; absent: it is not known. */
  readonly residualNoise?: ResidualNoise | undefined;
  /** Environments by species index that others are compared with; absent: there are no extrapolation grades. */
  readonly activeSets?: ActiveSets | undefined;
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}

/**
 * Linear potential: E = Σ_i (E₀(Z_i) + b(Z_i)) + Σ_terms Σ_i c_{Z_i} · φ(x_i), φ the columns of a descriptor and, where the term is
 * quadratic, their products. With a bispectrum it is SNAP: Thompson et al., J. Comput. Phys. 285, 316 (2015), 10.1016/j.jcp.2014.12.018;
 * quadratic: Wood & Thompson, JCP 148, 241721 (2018), 10.1063/1.5017641.
 */
export class LinearModel implements Model {
  readonly type = "linear";
  readonly varianceTellsDomain = false;
  readonly species: SpeciesList;
  /** eV, by species index; undefined: energies are not relative to isolated atoms */
  readonly isolatedAtomEnergies: readonly number[] | undefined;
  /** eV, by species index; undefined: there are none */
  readonly intercepts: readonly number[] | undefined;
  /** Summed to the energy. */
  readonly terms: readonly LinearTerm[];
  /** undefined: there are no error bars */
  readonly covariance: CoefficientCovariance | undefined;
  readonly residualNoise: ResidualNoise | undefined;
  /** By species index; undefined: there are no extrapolation grades */
  readonly activeSets: ActiveSets | undefined;
  readonly provenance: Provenance;
  /** Coefficients of all terms, and intercepts. */
  readonly nColumns: number;

  constructor({ species, isolatedAtomEnergies, intercepts, terms, covariance, residualNoise, activeSets, provenance = {} }: LinearModelOptions) {
    this.species = species;
    this.isolatedAtomEnergies = isolatedAtomEnergies;
    this.intercepts = intercepts;
    this.terms = terms;
    this.covariance = covariance;
    this.activeSets = activeSets;
    this.residualNoise = residualNoise;
    this.provenance = provenance;
    for (const energies of [isolatedAtomEnergies, intercepts]) {
      if (energies && energies.length !== species.length) throw new InternalError(`${energies.length} energies of atoms for ${species.length} species`);
    }
    for (const term of terms) {
      const expected = blockSpecies(term, species).length * columnCount(term.descriptor.featureCount(species), term.quadratic);
      if (term.coefficients.length !== expected) throw new InternalError(`coefficients of ${term.descriptor.name}: ${term.coefficients.length} instead of ${expected}`);
    }
    this.nColumns = terms.reduce((sum, { coefficients }) => sum + coefficients.length, intercepts?.length ?? 0);
    if (covariance && (covariance.prior.length !== this.nColumns || covariance.root.length !== this.nColumns * covariance.nDirections)) {
      throw new InternalError(`a covariance of ${covariance.prior.length} coefficients for ${this.nColumns}`);
    }
    if (activeSets && (activeSets.length !== species.length || activeSets.some((set, s) => set && set.nFunctions !== this.speciesColumns(s)))) {
      throw new InternalError("active sets of other columns than the model has");
    }
  }

  get hasVariance(): boolean {
    return this.covariance !== undefined;
  }

  get hasErrorBars(): boolean {
    return this.covariance !== undefined;
  }

  get hasExtrapolationGrade(): boolean {
    return this.activeSets !== undefined;
  }

  get cutoff(): number {
    return Math.max(0, ...this.terms.map(({ descriptor }) => descriptor.cutoff));
  }

  get described(): ReadonlyMap<string, DescribedPart> {
    return new Map(this.terms.map((term, t) => [partName(t), term]));
  }

  /** Coefficients block by block, then intercepts. */
  get parametric(): Parametric {
    const named = (name: string, value: number): PotentialParameter => ({ name, value, isLinear: true });
    const coefficients = this.terms.flatMap((term, t) => {
      const blocks = blockSpecies(term, this.species);
      const width = term.coefficients.length / Math.max(1, blocks.length);
      return [...term.coefficients].map((value, k) => named(`${partName(t)}.${symbolOf(blocks[Math.floor(k / width)])}[${k % width}]`, value));
    });
    const intercepts = (this.intercepts ?? []).map((value, i) => named(`intercepts.${symbolOf(this.species[i])}`, value));
    return { parameters: [...coefficients, ...intercepts] };
  }

  varianceFlops(nAtoms: number): number {
    // an atom has columns of its own species only
    const perAtom = this.terms.reduce((sum, term) => sum + term.coefficients.length / blockSpecies(term, this.species).length, 1);
    return 2 * nAtoms * perAtom * (this.covariance?.nDirections ?? 0);
  }

  gradeFlops(nAtoms: number): number {
    return 2 * nAtoms * Math.max(0, ...(this.activeSets ?? []).map((set) => (set ? 2 * set.nFunctions * set.members.length : 0)));
  }

  /** Columns of all terms that centers of a species (index) have, without a constant. */
  speciesColumns(species: number): number {
    const shapes = this.terms.map((term) => ({
      blocks: blockSpecies(term, this.species).map((atomicNumber) => this.species.indexOf(atomicNumber)),
      width: columnCount(term.descriptor.featureCount(this.species), term.quadratic),
    }));
    return speciesWidth(shapes, species);
  }

  get findings(): readonly string[] {
    return findingsOfTerms(this.terms);
  }

  withProvenance(provenance: Provenance): LinearModel {
    return this.with({ provenance });
  }

  /** The same model with some of its parts replaced. */
  with(changes: Partial<LinearModelOptions>): LinearModel {
    return new LinearModel({ ...this, ...changes });
  }

  isAlike(other: Potential): boolean {
    const isQuadratic = ({ terms }: LinearModel): string => terms.map(({ quadratic }) => quadratic).join();
    return other instanceof LinearModel && isEqualShape(this, other) && isQuadratic(this) === isQuadratic(other);
  }

  prepareWith(others: readonly LinearModel[], wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    const whole: Want = { ...want, errorBars: false };
    const plain: Want = { ...whole, variance: false, extrapolationGrade: false };
    return prepareAlike([this, ...others], (model, k) => model.prepareTables(wasm, pool, k === 0 ? whole : plain));
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    return this.prepareTables(wasm, pool, want);
  }

  private prepareTables(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential<LinearTables> {
    const prepared: PreparedLinearTerm[] = [];
    const regions: Region[] = [];
    const release = (): void => {
      prepared.splice(0).forEach((term) => term.release());
      regions.splice(0).forEach((region) => pool.release(region));
    };
    try {
      let firstColumn = 0;
      for (const term of this.terms) {
        prepared.push(prepareTerm(wasm, pool, term, this.species, firstColumn));
        firstColumn += term.coefficients.length;
      }
      const variance = (want.variance || want.errorBars) && this.covariance ? this.placeCovariance(wasm, pool, this.covariance, regions) : undefined;
      const activeSets = want.extrapolationGrade && this.activeSets ? placeActiveSets(wasm, pool, this.activeSets, regions) : undefined;
      const atomEnergies = this.species.map((_, i) => (this.isolatedAtomEnergies?.[i] ?? 0) + (this.intercepts?.[i] ?? 0));
      const terms = prepared.map((term) => term.tables);
      const parts = partsOfTerms(this.species, terms);
      const { nColumns } = this;
      const firstIntercept = this.intercepts ? firstColumn : undefined;
      const tables: LinearTables = { type: this.type, parts, species: this.species, atomEnergies, terms, nColumns, firstIntercept, variance, activeSets, alike: [] };
      return { tables, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private placeCovariance(wasm: Wasm, pool: MemoryPool, { nDirections, root, prior }: CoefficientCovariance, regions: Region[]): VarianceTables {
    const [rootAt, priorAt] = [root, prior].map((values) => {
      const region = pool.allocate(8 * values.length, "covariance of the coefficients");
      regions.push(region);
      wasm.f64(region.pointer, values.length).set(values);
      return region.pointer;
    });
    return { nColumns: this.nColumns, nDirections, root: rootAt, prior: priorAt };
  }
}

const noiseSchema = z.object({ energy: z.number().optional(), forces: z.number().optional(), perAtom: z.boolean() });
const parametersSchema = z.object({
  species: speciesSchema,
  isolatedAtomEnergies: energiesSchema.nullable(),
  intercepts: energiesSchema.nullable(),
  terms: z.array(termContentSchema.extend({ quadratic: z.boolean() })),
  /** In files from before there were sums: a potential whose predictions are added. */
  baseline: partSchema.nullable(),
  hasCovariance: z.boolean(),
  activeSets: activeSetsSchema.optional(),
  residualNoise: noiseSchema.optional(),
});

function encode(model: Model): ModelContent {
  if (!(model instanceof LinearModel)) throw new InternalError(`a ${model.type} model is not a linear one`);
  const { species, isolatedAtomEnergies, intercepts, terms, covariance, nColumns } = model;
  const activeSets = model.activeSets && encodeActiveSets(model.activeSets);
  const parameters: z.input<typeof parametersSchema> = {
    species: [...species],
    isolatedAtomEnergies: isolatedAtomEnergies ? encodeEnergies(species, isolatedAtomEnergies) : null,
    intercepts: intercepts ? encodeEnergies(species, intercepts) : null,
    terms: terms.map((term) => ({ ...encodeTerm(term), quadratic: term.quadratic })),
    baseline: null,
    hasCovariance: covariance !== undefined,
    ...(activeSets && { activeSets: activeSets.parameters }),
    ...(model.residualNoise && { residualNoise: model.residualNoise }),
  };
  const coefficients = terms.map((term, t): NamedArray => {
    const blocks = blockSpecies(term, species).length;
    return { name: `terms[${t}].coefficients`, shape: [blocks, blocks === 0 ? 0 : term.coefficients.length / blocks], values: term.coefficients };
  });
  const known: NamedArray[] = covariance
    ? [
        { name: "covariance.root", shape: [nColumns, covariance.nDirections], values: covariance.root },
        { name: "covariance.prior", shape: [nColumns], values: covariance.prior },
      ]
    : [];
  return { parameters, arrays: [...coefficients, ...known, ...(activeSets?.arrays ?? [])] };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string, types: PartTypes): Model {
  const { species, isolatedAtomEnergies, intercepts, terms, baseline, hasCovariance, activeSets, residualNoise } = parseContent(parametersSchema, parameters, file);
  const decoded = terms.map((term, t) => ({ ...decodeTerm(term), quadratic: term.quadratic, coefficients: arrayOf(arrays, `terms[${t}].coefficients`, file) }));
  for (const [t, term] of decoded.entries()) {
    const expected = blockSpecies(term, species).length * columnCount(term.descriptor.featureCount(species), term.quadratic);
    if (term.coefficients.length !== expected) throw new FormatError({ file }, `terms[${t}] has ${term.coefficients.length} coefficients instead of ${expected}`);
  }
  const model = new LinearModel({
    species,
    isolatedAtomEnergies: isolatedAtomEnergies ? decodeEnergies(species, isolatedAtomEnergies) : undefined,
    intercepts: intercepts ? decodeEnergies(species, intercepts) : undefined,
    terms: decoded,
    covariance: hasCovariance ? decodeCovariance(arrays, file) : undefined,
    residualNoise,
    activeSets: activeSets && decodeActiveSets(activeSets, arrays, file),
    provenance: baseline ? {} : provenance,
  });
  if (!baseline) return model;
  const below = types.decode(decodePart("baseline", baseline, arrays), file);
  return new SumModel({ parts: [{ model: below, isBaseline: true }, { model }], provenance });
}

function decodeCovariance(arrays: readonly NamedArray[], file: string): CoefficientCovariance {
  const [root, prior] = [arrayOf(arrays, "covariance.root", file), arrayOf(arrays, "covariance.prior", file)];
  return { nDirections: prior.length === 0 ? 0 : root.length / prior.length, root, prior };
}

export const linearType: ModelType = {
  type: "linear",
  encode,
  decode,
  attach: (wasm: Wasm, tables: PotentialTables) => new LinearEvaluator(wasm, tables as LinearTables),
};
