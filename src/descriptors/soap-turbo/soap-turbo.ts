import { InvalidParameterError } from "../../errors.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { PowerSpectrumEvaluator } from "../power-spectrum/evaluator.js";
import { describeFeatures, type FeatureLayout, neededChannels } from "../power-spectrum/features.js";
import { powerSpectrumMemory, type PowerSpectrumShape, powerSpectrumState, preparePowerSpectrum, radialStride } from "../power-spectrum/tables.js";
import type { StateSize } from "../rows.js";
import { rememberedBySpecies } from "../species.js";
import { turboLayout } from "./compression.js";
import { readCompressionFile } from "./compression-file.js";
import { type SoapTurboParameters, soapTurboSchema } from "./parameters.js";
import { soapTurboCost } from "./cost.js";
import { TurboDensity } from "./turbo-density.js";

/** Vectors shorter than this are not brought to unit length, as in the original program. */
const NORM_FLOOR = 1e-5;

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
  private readonly density: TurboDensity;
  private readonly layout = rememberedBySpecies((species) => this.layoutFor(species));

  /** @throws {InvalidParameterError} {FormatError} for a compression file that is not one */
  constructor(parameters: unknown) {
    const given = validate(soapTurboSchema, parameters, { what: "soap-turbo" });
    this.density = new TurboDensity(this.name, given);
    this.parameters = given;
    this.parameters = given.compression.mode === "file" ? { ...given, compression: this.readCompression(given.compression.path) } : given;
    this.cutoff = this.density.cutoff;
    this.isSmoothAtCutoff = this.density.isSmoothAtCutoff;
    if (this.density.listedSpecies) this.layout(this.density.listedSpecies);
  }

  get ownSpecies(): SpeciesList | undefined {
    return this.density.ownSpecies;
  }

  featureCount(species: SpeciesList): number {
    return this.layout(species).nFeatures;
  }

  features(species: SpeciesList): Feature[] {
    return describeFeatures(this.layout(species), this.density.blockSpecies(species));
  }

  /** Both channels of a product; the center itself adds to the one of its species. */
  neededSpecies(species: SpeciesList, center: number): readonly NeededSpecies[] {
    const list = this.density.blockSpecies(species);
    return neededChannels(this.layout(species), (channel) => (list[channel] === center ? undefined : list[channel]));
  }

  stateSize(species: SpeciesList): StateSize {
    return powerSpectrumState(this.shape(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    return powerSpectrumMemory(this.shape(species), this.density.tableBytes(species));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { rows } = this;
    return preparePowerSpectrum(wasm, pool, { ...this.density.spec(species), normalize: true, normFloor: NORM_FLOOR, layout: this.layout(species), rows });
  }

  private shape(species: SpeciesList): PowerSpectrumShape {
    return { nMax: this.density.radialCounts(species), lMax: this.parameters.lMax, layout: this.layout(species), rows: this.rows };
  }

  private layoutFor(species: SpeciesList): FeatureLayout {
    const { lMax, compression } = this.parameters;
    const counts = this.density.radialCounts(species);
    return turboLayout({ nMax: counts, lMax, stride: radialStride(counts) }, compression);
  }

  private readCompression(path: string): SoapTurboParameters["compression"] {
    const { nMax, lMax, compression } = readCompressionFile(path);
    const own = this.density.listedSpecies?.map((z) => this.density.radialCount(z)) ?? nMax.map(() => this.parameters.nMax);
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
  cost: soapTurboCost,
  create: (parameters) => new SoapTurbo(parameters),
  attach: (wasm, tables) => new PowerSpectrumEvaluator(wasm, tables),
};
