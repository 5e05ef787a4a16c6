import { InvalidParameterError } from "../../errors.js";
import { estimateTableBytes, type HermiteTable, hermiteTable } from "../../math/hermite-table.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { PowerSpectrumEvaluator } from "../power-spectrum/evaluator.js";
import { describeFeatures, type FeatureLayout, featureLayout } from "../power-spectrum/features.js";
import { powerSpectrumMemory, type PowerSpectrumShape, powerSpectrumState, preparePowerSpectrum, radialStride } from "../power-spectrum/tables.js";
import { OuterAverage } from "../outer-average.js";
import { InnerAverageEvaluator } from "../power-spectrum/inner-average.js";
import type { StateSize } from "../rows.js";
import { parseSpecies, rememberedBySpecies } from "../species.js";
import { type SoapParameters, soapSchema } from "./parameters.js";
import { type RadialBasis, radialBases } from "./radial-bases.js";

/** Error bound of the radial splines, relative to the largest value of each radial function; tested. */
export const RADIAL_TOLERANCE = 1e-11;

/** DScribe takes atoms out to where the tail of their Gaussian at the cutoff has fallen to this. */
const PADDING_THRESHOLD = 1e-3;

/**
 * Smooth overlap of atomic positions: the power spectrum of a Gaussian density around each center.
 * Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 * With the inner average, a structure has one row: the power spectrum of the mean of the densities of its centers.
 */
export class Soap implements Descriptor {
  readonly name = "soap";
  readonly parameters: SoapParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly rows: "center" | "structure";
  readonly ownSpecies: readonly number[] | undefined;
  private readonly isQuip: boolean;
  private readonly layout = rememberedBySpecies((species) => this.layoutFor(species));
  private radial: { basis: RadialBasis; table: HermiteTable } | undefined;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(soapSchema, parameters, { what: "soap" });
    this.isQuip = given.basis === "equispaced-gaussian";
    const cutoffFunction = given.cutoff.function ?? (this.isQuip ? "cosine" : "none");
    this.parameters = {
      ...given,
      cutoff: { ...given.cutoff, function: cutoffFunction },
      normalize: given.normalize ?? this.isQuip,
    };
    this.ownSpecies = given.species && parseSpecies(this.name, given.species).sort((a, b) => a - b);
    this.checkCompression();
    this.weightOfCenter();
    if (given.basis === "gto" && given.cutoff.radius <= 1) {
      throw new InvalidParameterError(`soap: cutoff.radius is ${given.cutoff.radius}; the gto basis needs a radius above 1 Å`);
    }
    const { weighting, cutoff, sigma } = this.parameters;
    const endsAt = weighting?.function === "poly" ? weighting.r0 : Number.POSITIVE_INFINITY;
    const padded = cutoffFunction === "none" && !this.isQuip ? cutoff.radius + sigma * Math.sqrt(-2 * Math.log(PADDING_THRESHOLD)) : cutoff.radius;
    this.cutoff = Math.min(endsAt, padded);
    // near r0 a poly weight is proportional to (r0 − r)^2m
    const endsSmoothly = weighting !== undefined && weighting.m > 0.5;
    this.isSmoothAtCutoff = (cutoffFunction === "cosine" && padded <= endsAt) || (endsAt <= padded && endsSmoothly);
    this.rows = this.parameters.average === "inner" ? "structure" : "center";
  }

  featureCount(species: SpeciesList): number {
    return this.layout(species).nFeatures;
  }

  features(species: SpeciesList): Feature[] {
    return describeFeatures(this.layout(species), this.speciesList(species));
  }

  stateSize(species: SpeciesList): StateSize {
    return powerSpectrumState(this.shape(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    const { nMax, lMax, sigma } = this.parameters;
    return powerSpectrumMemory(this.shape(species), [estimateTableBytes((lMax + 1) * radialStride([nMax]), this.cutoff, sigma)]);
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { nMax, lMax, cutoff, weighting, normalize } = this.parameters;
    const list = this.speciesList(species);
    const { basis, table } = this.radialTable();
    const atCenter = basis.center.map((value) => value * this.weightOfCenter());
    const block = { nMax, weighting, radial: table, center: atCenter };
    return preparePowerSpectrum(wasm, pool, {
      descriptor: this.name,
      species: list,
      blocks: list.map((z) => ({ ...block, species: z })),
      lMax,
      cutoff: this.cutoff,
      cosine: cutoff.function === "cosine" ? { start: cutoff.radius - cutoff.width, end: cutoff.radius } : undefined,
      weighting: weighting?.function,
      normalize: normalize!,
      layout: this.layout(species),
      rows: this.rows,
    });
  }

  private shape(species: SpeciesList): PowerSpectrumShape {
    const { nMax, lMax } = this.parameters;
    return { nMax: this.speciesList(species).map(() => nMax), lMax, layout: this.layout(species), rows: this.rows };
  }

  /** Species the descriptor resolves: its own, if given, else those of the data. */
  private speciesList(species: SpeciesList): SpeciesList {
    const own = this.ownSpecies;
    if (!own) return species;
    const foreign = species.find((z) => !own.includes(z));
    if (foreign !== undefined) {
      throw new InvalidParameterError(
        `soap: the data contains ${symbolOf(foreign)}, which is not in species [${this.parameters.species!.join(", ")}]: add it, or leave species out`,
      );
    }
    return own;
  }

  private radialTable(): { basis: RadialBasis; table: HermiteTable } {
    if (!this.radial) {
      const { nMax, lMax, sigma, cutoff, basis: name } = this.parameters;
      const basis = radialBases[name]({ nMax, lMax, sigma, radius: cutoff.radius, range: this.cutoff });
      const pieces = [{ end: this.cutoff, functions: basis.functions }];
      const table = hermiteTable(pieces, (lMax + 1) * nMax, sigma, RADIAL_TOLERANCE);
      this.radial = { basis, table };
    }
    return this.radial;
  }

  /** @throws {InvalidParameterError} where the weighting function has no finite value */
  private weightOfCenter(): number {
    const { centralWeight, weighting } = this.parameters;
    if (centralWeight !== undefined) return centralWeight;
    if (!weighting || this.isQuip) return 1;
    if (weighting.function === "poly") return weighting.c;
    const bottom = weighting.d + (weighting.function === "exp" ? 1 : 0);
    if (bottom === 0) {
      throw new InvalidParameterError("soap: weighting pow with d = 0 is infinite at the center; set centralWeight");
    }
    return weighting.c / bottom;
  }

  private layoutFor(species: SpeciesList): FeatureLayout {
    const { nMax, lMax, compression } = this.parameters;
    const list = this.speciesList(species);
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
    const counts = list.map(() => nMax);
    return featureLayout({
      nMax: counts,
      lMax,
      stride: radialStride(counts),
      order: this.isQuip ? "lower" : "dscribe",
      crossover: mode !== "crossover",
      radialPairs: mode === "diagonal-radial" ? "diagonal" : "all",
      mix: mode in mixes ? mixes[mode as keyof typeof mixes] : undefined,
    });
  }

  private checkCompression(): void {
    const { mode, nuR, nuS } = this.parameters.compression;
    if (mode !== "nu" && (nuR !== undefined || nuS !== undefined)) {
      throw new InvalidParameterError(`soap: compression.nuR and nuS belong to mode "nu", but the mode is "${mode}"`);
    }
    if (mode === "diagonal-radial" && !this.isQuip) {
      throw new InvalidParameterError('soap: compression "diagonal-radial" exists for basis "equispaced-gaussian" only');
    }
    if (mode === "crossover" && this.isQuip) {
      throw new InvalidParameterError('soap: compression "crossover" exists for bases "gto" and "polynomial" only');
    }
  }
}

export const soapType: DescriptorType = {
  name: "soap",
  schema: soapSchema,
  create: (parameters) => {
    const soap = new Soap(parameters);
    return soap.parameters.average === "outer" ? new OuterAverage(soap) : soap;
  },
  attach: (wasm, tables) => new (tables.rows === "center" ? PowerSpectrumEvaluator : InnerAverageEvaluator)(wasm, tables),
};
