import { symbolOf } from "../../structures/periodic-table.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { FeatureLayout } from "../power-spectrum/features.js";
import { type DensitySpec, powerSpectrumMemory, type PowerSpectrumShape, preparePowerSpectrum } from "../power-spectrum/tables.js";
import type { StateSize } from "../rows.js";

/** A density with the radial functions that it is expanded in. */
interface ExpandedDensity {
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly ownSpecies: SpeciesList | undefined;
  spec(species: SpeciesList): DensitySpec;
}

/**
 * The coefficients c_nlm of a density in radial functions and real spherical harmonics: what power spectra and bispectra are made of.
 * Columns turn with the structure: for each species and n, those of degree l as the real spherical harmonics do.
 */
export abstract class ExpansionCoefficients implements Descriptor {
  abstract readonly name: string;
  /** With as many radial functions for every species. */
  abstract readonly parameters: Readonly<Record<string, unknown>> & { readonly nMax: number; readonly lMax: number };
  abstract readonly smoothedBy: string;
  readonly rows = "center";
  readonly turns = "spherical";
  protected abstract readonly density: ExpandedDensity;

  get cutoff(): number {
    return this.density.cutoff;
  }

  get isSmoothAtCutoff(): boolean {
    return this.density.isSmoothAtCutoff;
  }

  get ownSpecies(): SpeciesList | undefined {
    return this.density.ownSpecies;
  }

  featureCount(species: SpeciesList): number {
    const { nMax, lMax } = this.parameters;
    return this.speciesList(species).length * nMax * (lMax + 1) ** 2;
  }

  features(species: SpeciesList): Feature[] {
    const { nMax, lMax } = this.parameters;
    const features: Feature[] = [];
    for (const symbol of this.speciesList(species).map(symbolOf)) {
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
    return powerSpectrumMemory(this.shape(species), this.tableBytes(species));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const spec = this.density.spec(this.speciesList(species));
    const { tables, release } = preparePowerSpectrum(wasm, pool, { ...spec, ...this.shape(species), normalize: false });
    return { tables: { ...tables, stateSize: this.stateSize() }, release };
  }

  /**
   * Species of the columns, ascending: every neighbor is of one of them.
   * @throws {InvalidParameterError} for data with others
   */
  protected abstract speciesList(species: SpeciesList): SpeciesList;

  /** Bytes of each radial table, at most. */
  protected abstract tableBytes(species: SpeciesList): number[];

  private shape(species: SpeciesList): Omit<PowerSpectrumShape, "nMax"> & { readonly nMax: number[] } {
    const { nMax, lMax } = this.parameters;
    const layout: FeatureLayout = { nFeatures: this.featureCount(species), nProducts: 0, runs: [], mixing: undefined, triangle: "none", index: [] };
    return { nMax: this.speciesList(species).map(() => nMax), lMax, layout, rows: this.rows };
  }
}
