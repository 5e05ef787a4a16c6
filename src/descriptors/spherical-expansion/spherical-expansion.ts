import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { GaussianDensity } from "../density-expansion/density.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { FeatureLayout } from "../power-spectrum/features.js";
import { powerSpectrumMemory, type PowerSpectrumShape, preparePowerSpectrum } from "../power-spectrum/tables.js";
import type { StateSize } from "../rows.js";
import { SphericalExpansionEvaluator } from "./evaluator.js";
import { type SphericalExpansionParameters, sphericalExpansionSchema } from "./parameters.js";

/**
 * The coefficients c_nlm of a Gaussian density in radial functions and real spherical harmonics: what power spectra and bispectra are made
 * of. Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 * Columns turn with the structure: for each species and n, those of degree l as the real spherical harmonics do.
 */
export class SphericalExpansion implements Descriptor {
  readonly name = "spherical-expansion";
  readonly parameters: SphericalExpansionParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "cutoff: { radius: …, function: cosine }";
  readonly rows = "center";
  readonly turns = "spherical";
  readonly ownSpecies: SpeciesList | undefined;
  private readonly density: GaussianDensity<SphericalExpansionParameters>;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(sphericalExpansionSchema, parameters, { what: this.name });
    this.density = new GaussianDensity(this.name, given, () => () => 1);
    this.parameters = this.density.parameters;
    this.ownSpecies = this.density.ownSpecies;
    this.cutoff = this.density.cutoff;
    this.isSmoothAtCutoff = this.density.isSmoothAtCutoff;
  }

  featureCount(species: SpeciesList): number {
    const { nMax, lMax } = this.parameters;
    return this.density.speciesList(species).length * nMax * (lMax + 1) ** 2;
  }

  features(species: SpeciesList): Feature[] {
    const { nMax, lMax } = this.parameters;
    const features: Feature[] = [];
    for (const symbol of this.density.speciesList(species).map(symbolOf)) {
      for (let degree = 0; degree <= lMax; degree++) {
        for (let column = 0; column <= 2 * degree; column++) {
          const order = column - degree;
          for (let n = 1; n <= nMax; n++) {
            const set = `${symbol} n=${n} l=${degree}`;
            features.push({ label: `${set} m=${order}`, bodyOrder: 2, channel: [symbol], harmonic: { degree, order, set } });
          }
        }
      }
    }
    return features;
  }

  stateSize(): StateSize {
    return { perBatch: 0, perCenter: 0, perPair: 0 };
  }

  memory(species: SpeciesList): DescriptorMemory {
    return powerSpectrumMemory(this.shape(species), [this.density.tableBytes]);
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { tables, release } = preparePowerSpectrum(wasm, pool, { ...this.density.spec(species), ...this.shape(species), normalize: false });
    return { tables: { ...tables, stateSize: this.stateSize() }, release };
  }

  private shape(species: SpeciesList): PowerSpectrumShape {
    const { nMax, lMax } = this.parameters;
    const layout: FeatureLayout = { nFeatures: this.featureCount(species), nProducts: 0, runs: [], mixing: undefined, triangle: "none", index: [] };
    return { nMax: this.density.speciesList(species).map(() => nMax), lMax, layout, rows: this.rows };
  }
}

export const sphericalExpansionType: DescriptorType = {
  name: "spherical-expansion",
  schema: sphericalExpansionSchema,
  create: (parameters) => new SphericalExpansion(parameters),
  attach: (wasm, tables) => new SphericalExpansionEvaluator(wasm, tables),
};
