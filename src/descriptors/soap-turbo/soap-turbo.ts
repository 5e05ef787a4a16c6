import { InvalidParameterError } from "../../errors.js";
import { estimateTableBytes, type HermiteTable, hermiteTable } from "../../math/hermite-table.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { PowerSpectrumEvaluator } from "../power-spectrum/evaluator.js";
import { describeFeatures, type FeatureLayout } from "../power-spectrum/features.js";
import { type PowerSpectrumBlock, powerSpectrumMemory, type PowerSpectrumShape, powerSpectrumState, preparePowerSpectrum, radialStride } from "../power-spectrum/tables.js";
import type { StateSize } from "../rows.js";
import { parseSpecies, rememberedBySpecies } from "../species.js";
import { turboLayout } from "./compression.js";
import { readCompressionFile } from "./compression-file.js";
import { type SoapTurboParameters, soapTurboSchema } from "./parameters.js";
import { type RadialParameters, radialFunctions, radialScale } from "./radial-functions.js";

/** Error bound of the radial splines, relative to the largest value of each radial function; tested. */
export const RADIAL_TOLERANCE = 1e-12;

/** Vectors shorter than this are not brought to unit length, as in the original program. */
const NORM_FLOOR = 1e-5;

/** More polynomials are linearly dependent for the original program. */
const LARGEST_BASIS = { poly3: 10, poly3gauss: 11 };

const perSpeciesKeys = [
  "nMax",
  "sigmaRadial",
  "sigmaRadialScaling",
  "sigmaAngular",
  "sigmaAngularScaling",
  "amplitudeScaling",
  "centralWeight",
] as const;

type PerSpecies = number | Readonly<Record<string, number>>;

const valuesOf = (value: PerSpecies): number[] => (typeof value === "number" ? [value] : Object.values(value));

/**
 * SOAP with separable radial and angular Gaussians: Caro, Phys. Rev. B 100, 024112 (2019), doi:10.1103/PhysRevB.100.024112.
 * Values are those of the original program, its truncations included; see docs/theory/soap-turbo.md.
 */
export class SoapTurbo implements Descriptor {
  readonly name = "soap-turbo";
  readonly parameters: SoapTurboParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "amplitudeScaling: 1";
  readonly rows = "center";
  /** in the order of the features */
  private readonly listedSpecies: readonly number[] | undefined;
  private readonly layout = rememberedBySpecies((species) => this.layoutFor(species));
  private readonly tables = new Map<string, { table: HermiteTable; center: Float64Array }>();

  /** @throws {InvalidParameterError} {FormatError} for a compression file that is not one */
  constructor(parameters: unknown) {
    const given = validate(soapTurboSchema, parameters, { what: "soap-turbo" });
    this.listedSpecies = given.species && parseSpecies(this.name, given.species);
    this.parameters = given;
    this.checkPerSpecies();
    this.parameters = given.compression.mode === "file" ? { ...given, compression: this.readCompression(given.compression.path) } : given;
    this.cutoff = given.cutoff.radius;
    // the weight is proportional to (radius − r)^2A near the cutoff
    this.isSmoothAtCutoff = valuesOf(given.amplitudeScaling).every((exponent) => exponent > 0.5);
    if (this.listedSpecies) this.layout(this.listedSpecies);
  }

  get ownSpecies(): SpeciesList | undefined {
    return this.listedSpecies && [...this.listedSpecies].sort((a, b) => a - b);
  }

  featureCount(species: SpeciesList): number {
    return this.layout(species).nFeatures;
  }

  features(species: SpeciesList): Feature[] {
    return describeFeatures(this.layout(species), this.blockSpecies(species));
  }

  stateSize(species: SpeciesList): StateSize {
    return powerSpectrumState(this.shape(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    const shape = this.shape(species);
    const stride = (this.parameters.lMax + 1) * radialStride(shape.nMax);
    const distinct = new Map(this.blockSpecies(species).map((z) => [JSON.stringify(this.radialParameters(z)), this.radialParameters(z)]));
    return powerSpectrumMemory(shape, [...distinct.values()].map((radial) => estimateTableBytes(stride, this.cutoff, radialScale(radial))));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { lMax, cutoff, amplitudeScaling } = this.parameters;
    const blocks = this.blockSpecies(species).map((z): PowerSpectrumBlock => {
      const radial = this.radialParameters(z);
      const { table, center } = this.tableOf(radial);
      const weighting = { c: 1, d: 1, m: this.valueFor(amplitudeScaling, "amplitudeScaling", z), r0: cutoff.radius };
      return { species: z, nMax: radial.nMax, radial: table, center, weighting };
    });
    return preparePowerSpectrum(wasm, pool, {
      descriptor: this.name,
      species: [...new Set([...species, ...(this.listedSpecies ?? [])])].sort((a, b) => a - b),
      blocks,
      lMax,
      cutoff: this.cutoff,
      cosine: undefined,
      weighting: valuesOf(amplitudeScaling).some((exponent) => exponent !== 0) ? "poly" : undefined,
      normalize: true,
      normFloor: NORM_FLOOR,
      layout: this.layout(species),
      rows: this.rows,
    });
  }

  private shape(species: SpeciesList): PowerSpectrumShape {
    return { nMax: this.radialCounts(species), lMax: this.parameters.lMax, layout: this.layout(species), rows: this.rows };
  }

  /** Species that the density resolves: its own, if given, else those of the data. */
  private blockSpecies(species: SpeciesList): SpeciesList {
    return this.listedSpecies ?? species;
  }

  /** Radial functions of each block. */
  private radialCounts(species: SpeciesList): number[] {
    return this.blockSpecies(species).map((z) => this.valueFor(this.parameters.nMax, "nMax", z));
  }

  private layoutFor(species: SpeciesList): FeatureLayout {
    const { lMax, compression } = this.parameters;
    const counts = this.radialCounts(species);
    return turboLayout({ nMax: counts, lMax, stride: radialStride(counts) }, compression);
  }

  private radialParameters(z: number): RadialParameters {
    const { basis, lMax, cutoff, radialEnhancement } = this.parameters;
    const value = (key: (typeof perSpeciesKeys)[number]): number => this.valueFor(this.parameters[key], key, z);
    return {
      basis,
      lMax,
      cutoff,
      radialEnhancement,
      nMax: value("nMax"),
      sigmaRadial: value("sigmaRadial"),
      sigmaRadialScaling: value("sigmaRadialScaling"),
      sigmaAngular: value("sigmaAngular"),
      sigmaAngularScaling: value("sigmaAngularScaling"),
      centralWeight: value("centralWeight"),
    };
  }

  /** Species with the same radial parameters share a table. */
  private tableOf(radial: RadialParameters): { table: HermiteTable; center: Float64Array } {
    const key = JSON.stringify(radial);
    let found = this.tables.get(key);
    if (!found) {
      const { pieces, center, scale } = radialFunctions(radial);
      found = { table: hermiteTable(pieces, (radial.lMax + 1) * radial.nMax, scale, RADIAL_TOLERANCE), center };
      this.tables.set(key, found);
    }
    return found;
  }

  /** @throws {InvalidParameterError} where values are given by species and this one has none */
  private valueFor(value: PerSpecies, key: string, z: number): number {
    if (typeof value === "number") return value;
    const own = value[symbolOf(z)];
    if (own !== undefined) return own;
    throw new InvalidParameterError(
      `soap-turbo: ${key} has values for ${Object.keys(value).join(", ") || "no species"} but none for ${symbolOf(z)}: add one, or give one number for all species`,
    );
  }

  private checkPerSpecies(): void {
    const { basis, nMax } = this.parameters;
    for (const key of perSpeciesKeys) {
      const value = this.parameters[key];
      if (typeof value === "number") continue;
      const given = Object.keys(value).map(atomicNumberOf);
      const foreign = this.listedSpecies && given.find((z) => !this.listedSpecies!.includes(z));
      if (foreign) {
        throw new InvalidParameterError(
          `soap-turbo: ${key} has a value for ${symbolOf(foreign)}, which is not in species [${this.parameters.species!.join(", ")}]`,
        );
      }
      for (const z of this.listedSpecies ?? []) this.valueFor(value, key, z);
    }
    const largest = Math.max(...valuesOf(nMax));
    if (largest > LARGEST_BASIS[basis]) {
      throw new InvalidParameterError(
        `soap-turbo: nMax is ${largest}; the ${basis} basis becomes linearly dependent above ${LARGEST_BASIS[basis]}: use at most that`,
      );
    }
  }

  private readCompression(path: string): SoapTurboParameters["compression"] {
    const { nMax, lMax, compression } = readCompressionFile(path);
    const own = this.listedSpecies?.map((z) => this.valueFor(this.parameters.nMax, "nMax", z)) ?? nMax.map(() => this.parameters.nMax);
    if (lMax !== this.parameters.lMax || nMax.length !== own.length || !nMax.every((count, i) => typeof own[i] !== "number" || own[i] === count)) {
      throw new InvalidParameterError(
        `soap-turbo: compression file ${path} is for nMax ${nMax.join(", ")} and lMax ${lMax}, not for nMax ${JSON.stringify(this.parameters.nMax)} and lMax ${this.parameters.lMax}`,
      );
    }
    return compression;
  }
}

export const soapTurboType: DescriptorType = {
  name: "soap-turbo",
  schema: soapTurboSchema,
  create: (parameters) => new SoapTurbo(parameters),
  attach: (wasm, tables) => new PowerSpectrumEvaluator(wasm, tables),
};
