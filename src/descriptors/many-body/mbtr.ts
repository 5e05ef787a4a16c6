import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Feature, SpeciesList } from "../descriptor.js";
import { ownSpeciesOf, speciesFor } from "../species.js";
import type { PreparedStructureDescriptor, StructureDescriptor, StructureDescriptorType } from "../structure-descriptor.js";
import { type MbtrParameters, mbtrSchema, type ValleOganovParameters, valleOganovSchema } from "./parameters.js";
import { normalizations, StructureTensorEvaluator } from "./structure-evaluator.js";
import { prepareTensor } from "./tables.js";
import { channelsOf, completeTerm, featuresOf, type Term } from "./terms.js";
import { mbtrCost, valleOganovCost } from "./cost.js";

/** Terms of a tensor in the order of their columns, and how it is normalised. */
interface TensorSpec {
  readonly terms: readonly Term[];
  readonly normalization: MbtrParameters["normalization"];
  readonly normalizeGaussians: boolean;
}

/** A many-body tensor of a whole structure: one row. */
abstract class StructureTensor<Parameters extends { readonly type: string; readonly species?: readonly string[] | undefined }> implements StructureDescriptor {
  readonly describes = "structures";
  readonly rows = "structure";
  readonly ownSpecies: SpeciesList | undefined;
  /** With every default filled in. */
  readonly parameters: Parameters;
  private readonly spec: TensorSpec;

  constructor(parameters: Parameters, spec: TensorSpec) {
    this.parameters = parameters;
    this.spec = spec;
    this.ownSpecies = ownSpeciesOf(parameters.type, parameters.species);
  }

  get name(): string {
    return this.parameters.type;
  }

  featureCount(species: SpeciesList): number {
    const list = this.speciesList(species);
    return this.spec.terms.reduce((sum, { order, grid }) => sum + channelsOf(order, false, list).length * grid.n, 0);
  }

  features(species: SpeciesList): Feature[] {
    return this.spec.terms.flatMap((term) => featuresOf(term, false, this.speciesList(species)));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedStructureDescriptor {
    const { terms, normalization, normalizeGaussians } = this.spec;
    const list = this.speciesList(species);
    const { data, release } = prepareTensor(wasm, pool, terms, { isLocal: false, normalizeGaussians, species: list });
    const single = terms.find(({ order }) => order === 1)?.grid;
    const bins = (order: Term["order"]): number => terms.find((term) => term.order === order)?.grid.n ?? 0;
    return {
      tables: {
        describes: this.describes,
        serial: nextSerial(),
        descriptor: this.name,
        nFeatures: this.featureCount(species),
        species: list,
        rows: this.rows,
        data: {
          ...data,
          reach: Math.max(0, ...terms.map((term) => term.reach)),
          normalization: normalizations.indexOf(normalization),
          normalizeGaussians: Number(normalizeGaussians),
          singleMin: single?.min ?? 0, singleMax: single?.max ?? 0, singleSigma: single?.sigma ?? 0,
          singleBins: bins(1), pairBins: bins(2), tripletBins: bins(3),
        },
      },
      release,
    };
  }

  private speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }
}

/**
 * Many-body tensor representation: histograms of atomic numbers, distances and angles over a structure, broadened by Gaussians, for each
 * channel of species. Huo & Rupp, Mach. Learn.: Sci. Technol. 3, 045017 (2022), doi:10.1088/2632-2153/aca005.
 */
export class Mbtr extends StructureTensor<MbtrParameters> {
  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(mbtrSchema, parameters, { what: "mbtr" });
    const { k1, k2, k3, normalization, normalizeGaussians } = given;
    if (!k1 && !k2 && !k3) throw new InvalidParameterError("mbtr has no terms: give at least one of k1, k2, k3, for example k2.geometry=inverse-distance");
    const single = k1 && completeTerm("mbtr: k1", 1, false, k1);
    const pairs = k2 && completeTerm("mbtr: k2", 2, false, k2);
    const triplets = k3 && completeTerm("mbtr: k3", 3, false, k3);
    const terms = [single, pairs, triplets].flatMap((complete) => (complete ? [complete.term] : []));
    const filled = { ...given, ...(single && { k1: single.parameters }), ...(pairs && { k2: pairs.parameters }), ...(triplets && { k3: triplets.parameters }) };
    super(filled, { terms, normalization, normalizeGaussians });
  }
}

/**
 * The fingerprint of Valle and Oganov: MBTR of distances with weight 1/r², or of angles with a smooth cutoff, normalised by density.
 * Valle & Oganov, Acta Cryst. A 66, 507 (2010), doi:10.1107/S0108767310026395.
 */
export class ValleOganov extends StructureTensor<ValleOganovParameters> {
  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(valleOganovSchema, parameters, { what: "valle-oganov" });
    const { n, sigma, cutoff } = given;
    const { term } =
      given.function === "distance"
        ? completeTerm("valle-oganov", 2, false, { geometry: "distance", grid: { min: 0, max: cutoff.radius, sigma, n }, weighting: { function: "inverse-square", cutoff: cutoff.radius } })
        : completeTerm("valle-oganov", 3, false, { geometry: "angle", grid: { min: 0, max: 180, sigma, n }, weighting: { function: "smooth-cutoff", cutoff: cutoff.radius, sharpness: 2 } });
    super({ ...given, sigma: term.grid.sigma }, { terms: [term], normalization: "valle-oganov", normalizeGaussians: true });
  }
}

export const mbtrType: StructureDescriptorType = {
  describes: "structures",
  name: "mbtr",
  schema: mbtrSchema,
  cost: mbtrCost,
  create: (parameters) => new Mbtr(parameters),
  attach: (wasm, tables) => new StructureTensorEvaluator(wasm, tables),
};

export const valleOganovType: StructureDescriptorType = {
  describes: "structures",
  name: "valle-oganov",
  schema: valleOganovSchema,
  cost: valleOganovCost,
  create: (parameters) => new ValleOganov(parameters),
  attach: (wasm, tables) => new StructureTensorEvaluator(wasm, tables),
};
