import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { GaussianDensity } from "../density-expansion/density.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { OuterAverage } from "../outer-average.js";
import { PowerSpectrumEvaluator } from "../power-spectrum/evaluator.js";
import { describeFeatures, type FeatureLayout, featureLayout, neededChannels } from "../power-spectrum/features.js";
import { InnerAverageEvaluator } from "../power-spectrum/inner-average.js";
import { powerSpectrumMemory, type PowerSpectrumShape, powerSpectrumState, preparePowerSpectrum, radialStride } from "../power-spectrum/tables.js";
import type { StateSize } from "../rows.js";
import type { RadialSetting } from "../reduction/schema.js";
import { rememberedBySpecies } from "../species.js";
import { type SoapParameters, soapSchema } from "./parameters.js";
import { checkRadialReduction, radialMap, withCounts } from "./radial-map.js";
import { soapCost } from "./cost.js";

/** Two channels whose coefficients are multiplied. */
export interface SoapColumn {
  /** Positions in the list of species. */
  readonly species: readonly [number, number];
  /** Radial indices; −1: summed. */
  readonly n: readonly [number, number];
  /** Degree. */
  readonly l: number;
}

/**
 * Smooth overlap of atomic positions: the power spectrum of a Gaussian density around each center.
 * Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 * With the inner average, a structure has one row: the power spectrum of the mean of the densities of its centers.
 */
export class Soap implements Descriptor {
  readonly name = "soap";
  readonly parameters: SoapParameters & {
    /** Absent: all radial functions are there. */
    readonly reduction?: RadialSetting;
  };
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "cutoff: { radius: …, function: cosine }";
  readonly rows: "center" | "structure";
  readonly ownSpecies: readonly number[] | undefined;
  private readonly density: GaussianDensity<SoapParameters>;
  private readonly whole: SoapParameters;
  private readonly layout = rememberedBySpecies((species) => this.layoutFor(species));

  /**
   * @param reduction leaves out combinations of radial functions that others span
   * @throws {InvalidParameterError}
   */
  constructor(parameters: unknown, reduction?: RadialSetting) {
    const given = validate(soapSchema, parameters, { what: "soap" });
    this.density = new GaussianDensity(this.name, given, ({ spectrumFactor }) => spectrumFactor, reduction?.tolerance);
    this.whole = { ...this.density.parameters, normalize: given.normalize ?? this.density.convention.normalize };
    this.parameters = { ...this.whole, ...(reduction && { reduction }) };
    this.ownSpecies = this.density.ownSpecies;
    this.cutoff = this.density.cutoff;
    this.isSmoothAtCutoff = this.density.isSmoothAtCutoff;
    this.rows = this.parameters.average === "inner" ? "structure" : "center";
    this.checkCompression();
    if (reduction) checkRadialReduction(this.density, this.whole, reduction);
  }

  featureCount(species: SpeciesList): number {
    return this.layout(species).nFeatures;
  }

  features(species: SpeciesList): Feature[] {
    const features = describeFeatures(this.layout(species), this.density.speciesList(species));
    if (!this.density.radialReduction) return features;
    return features.map((feature) => ({ ...feature, label: feature.label.replace(/ n=(\S+) n'=/u, " u=$1 u'=") }));
  }

  /** The same without combinations of radial functions that others span. */
  get radiallyReduced(): Descriptor["radiallyReduced"] {
    if (this.density.radialReduction) return undefined;
    return (reduction) => new Soap(this.whole, reduction);
  }

  /** What it was before combinations of radial functions were left out. */
  get reducedFrom(): Descriptor["reducedFrom"] {
    const { radialReduction } = this.density;
    if (!radialReduction) return undefined;
    const whole = new Soap(this.whole);
    return { descriptor: whole, columnMap: (species) => radialMap(whole.layout(species), this.layout(species), radialReduction) };
  }

  /** What every column is made of, in their order. */
  columnIndices(species: SpeciesList): readonly SoapColumn[] {
    return this.layout(species).index;
  }

  /** Both channels of a product; the center itself adds to the one of its species, or to all. */
  get neededSpecies(): Descriptor["neededSpecies"] {
    if (this.rows !== "center") return undefined;
    const { centralReference } = this.parameters;
    return (species, center) => {
      const list = this.density.speciesList(species);
      return neededChannels(this.layout(species), (channel) => centralReference !== "all" && list[channel] !== center ? list[channel] : undefined);
    };
  }

  stateSize(species: SpeciesList): StateSize {
    return powerSpectrumState(this.shape(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    return powerSpectrumMemory(this.shape(species), [this.density.tableBytes]);
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const spec = { ...this.density.spec(species), normalize: this.parameters.normalize!, layout: this.layout(species), rows: this.rows };
    return preparePowerSpectrum(wasm, pool, spec);
  }

  private shape(species: SpeciesList): PowerSpectrumShape {
    const { lMax } = this.parameters;
    const { nMax } = this.density;
    return { nMax: this.density.speciesList(species).map(() => nMax), lMax, layout: this.layout(species), rows: this.rows };
  }

  private layoutFor(species: SpeciesList): FeatureLayout {
    const { lMax, compression } = this.parameters;
    const list = this.density.speciesList(species);
    const { mode } = compression;
    const speciesWeights = list.map((z) => compression.speciesWeights?.[symbolOf(z)] ?? 1);
    const keep = { species: true, radial: true };
    const mixes = {
      mu2: { left: { species: false, radial: true }, right: { species: false, radial: true }, speciesWeights },
      mu1nu1: { left: keep, right: { species: false, radial: true }, speciesWeights },
      nu: {
        left: { species: (compression.nuS ?? 2) >= 1, radial: (compression.nuR ?? 2) >= 1 },
        right: { species: (compression.nuS ?? 2) >= 2, radial: (compression.nuR ?? 2) >= 2 },
        speciesWeights,
      },
    };
    const counts = list.map(() => this.density.nMax);
    const layout = featureLayout({
      nMax: counts,
      lMax,
      stride: radialStride(counts),
      order: this.density.convention.order,
      crossover: mode !== "crossover",
      radialPairs: mode === "diagonal-radial" ? "diagonal" : "all",
      mix: mode in mixes ? mixes[mode as keyof typeof mixes] : undefined,
    });
    const { radialReduction } = this.density;
    return radialReduction ? withCounts(layout, radialReduction.counts) : layout;
  }

  private checkCompression(): void {
    const { mode, nuR, nuS } = this.parameters.compression;
    if (mode !== "nu" && (nuR !== undefined || nuS !== undefined)) {
      throw new InvalidParameterError(`soap: compression.nuR and nuS belong to mode "nu", but the mode is "${mode}"`);
    }
    const { order } = this.density.convention;
    if (mode === "diagonal-radial" && order !== "lower") {
      throw new InvalidParameterError('soap: compression "diagonal-radial" exists for bases "equispaced-gaussian", "quip-gto" and "quip-polynomial" only');
    }
    if (mode === "crossover" && order === "lower") {
      throw new InvalidParameterError('soap: compression "crossover" exists for bases "gto", "polynomial", "librascal-gto" and "librascal-dvr" only');
    }
  }
}

export const soapType: DescriptorType = {
  name: "soap",
  schema: soapSchema,
  cost: soapCost,
  create: (parameters) => {
    const soap = new Soap(parameters);
    return soap.parameters.average === "outer" ? new OuterAverage(soap) : soap;
  },
  attach: (wasm, tables) => new (tables.rows === "center" ? PowerSpectrumEvaluator : InnerAverageEvaluator)(wasm, tables),
};
