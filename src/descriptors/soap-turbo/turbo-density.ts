import { InvalidParameterError } from "../../errors.js";
import { estimateTableBytes, type HermiteTable, hermiteTable } from "../../math/hermite-table.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";
import { type DensitySpec, type PowerSpectrumBlock, radialStride } from "../power-spectrum/tables.js";
import { parseSpecies } from "../species.js";
import type { TurboDensityParameters } from "./parameters.js";
import { type RadialParameters, radialFunctions, radialScale } from "./radial-functions.js";

/** Error bound of the radial splines, relative to the largest value of each radial function; tested. */
export const RADIAL_TOLERANCE = 1e-12;

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

/** The density of soap_turbo, separable Gaussians with widths of each species, and the radial functions that it is expanded in. */
export class TurboDensity {
  /** Å: range of the neighbor list. */
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  /** Its own species in their order, where they do not follow the data. */
  readonly listedSpecies: SpeciesList | undefined;
  private readonly tables = new Map<string, { table: HermiteTable; center: Float64Array }>();

  /**
   * @param descriptor its name, for messages
   * @throws {InvalidParameterError}
   */
  constructor(
    private readonly descriptor: string,
    private readonly parameters: TurboDensityParameters,
  ) {
    this.listedSpecies = parameters.species && parseSpecies(descriptor, parameters.species);
    this.checkPerSpecies();
    this.cutoff = parameters.cutoff.radius;
    // the weight is proportional to (radius − r)^2A near the cutoff
    this.isSmoothAtCutoff = valuesOf(parameters.amplitudeScaling).every((exponent) => exponent > 0.5);
  }

  /** The same, ascending. */
  get ownSpecies(): SpeciesList | undefined {
    return this.listedSpecies && [...this.listedSpecies].sort((a, b) => a - b);
  }

  /** Species that it resolves: its own, if given, else those of the data. */
  blockSpecies(species: SpeciesList): SpeciesList {
    return this.listedSpecies ?? species;
  }

  /** Radial functions of each block. */
  radialCounts(species: SpeciesList): number[] {
    return this.blockSpecies(species).map((z) => this.radialCount(z));
  }

  /** @throws {InvalidParameterError} where numbers are given by species and this one has none */
  radialCount(z: number): number {
    return this.valueFor(this.parameters.nMax, "nMax", z);
  }

  /** Bytes of its radial tables, at most. */
  tableBytes(species: SpeciesList): number[] {
    const stride = (this.parameters.lMax + 1) * radialStride(this.radialCounts(species));
    const distinct = new Map(this.blockSpecies(species).map((z) => [JSON.stringify(this.radialParameters(z)), this.radialParameters(z)]));
    return [...distinct.values()].map((radial) => estimateTableBytes(stride, this.cutoff, radialScale(radial)));
  }

  /** What the routines need to know about it. */
  spec(species: SpeciesList): DensitySpec {
    const { lMax, cutoff, amplitudeScaling } = this.parameters;
    const blocks = this.blockSpecies(species).map((z): PowerSpectrumBlock => {
      const radial = this.radialParameters(z);
      const { table, center } = this.tableOf(radial);
      const weighting = { c: 1, d: 1, m: this.valueFor(amplitudeScaling, "amplitudeScaling", z), r0: cutoff.radius };
      return { species: z, nMax: radial.nMax, radial: table, center, weighting };
    });
    return {
      descriptor: this.descriptor,
      species: [...new Set([...species, ...(this.listedSpecies ?? [])])].sort((a, b) => a - b),
      blocks,
      lMax,
      cutoff: this.cutoff,
      cosine: undefined,
      weighting: valuesOf(amplitudeScaling).some((exponent) => exponent !== 0) ? "poly" : undefined,
    };
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
      `${this.descriptor}: ${key} has values for ${Object.keys(value).join(", ") || "no species"} but none for ${symbolOf(z)}: add one, or give one number for all species`,
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
          `${this.descriptor}: ${key} has a value for ${symbolOf(foreign)}, which is not in species [${this.parameters.species!.join(", ")}]`,
        );
      }
      for (const z of this.listedSpecies ?? []) this.valueFor(value, key, z);
    }
    const largest = Math.max(...valuesOf(nMax));
    if (largest > LARGEST_BASIS[basis]) {
      throw new InvalidParameterError(
        `${this.descriptor}: nMax is ${largest}; the ${basis} basis becomes linearly dependent above ${LARGEST_BASIS[basis]}: use at most that`,
      );
    }
  }
}
