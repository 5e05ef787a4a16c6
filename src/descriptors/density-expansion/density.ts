import { InvalidParameterError } from "../../errors.js";
import { estimateTableBytes, type HermiteTable, hermiteTable } from "../../math/hermite-table.js";
import type { SpeciesList } from "../descriptor.js";
import type { DensitySpec } from "../power-spectrum/tables.js";
import { radialStride } from "../power-spectrum/tables.js";
import { ownSpeciesOf, speciesFor } from "../species.js";
import type { RadialBasis } from "./basis.js";
import { type BasisName, type Convention, radialBases } from "./conventions.js";
import type { DensityParameters } from "./parameters.js";
import { combinedCenter, combinedTable, type RadialReduction, radialReduction } from "./radial-reduction.js";

/** Error bound of the radial splines, relative to the largest value of each radial function; tested. */
export const RADIAL_TOLERANCE = 1e-11;

/** DScribe takes atoms out to where the tail of their Gaussian at the cutoff has fallen to this. */
const PADDING_THRESHOLD = 1e-3;

const GRID_DECADES = 10;

/**
 * The density of Gaussians of a descriptor with the radial functions that it is expanded in: one table for all species. The
 * parameters that follow from the convention of the basis are filled in.
 */
export class GaussianDensity<Parameters extends DensityParameters> {
  readonly parameters: Parameters;
  /** Å: range of the neighbor list. */
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  /** Its own species in ascending order, where they do not follow the data. */
  readonly ownSpecies: SpeciesList | undefined;
  private known: { basis: RadialBasis; reduction: RadialReduction | undefined } | undefined;
  private table: HermiteTable | undefined;

  /**
   * @param descriptor its name, for messages
   * @param factorOf number that the radial functions of a degree are multiplied with
   * @param radialTolerance of the radial functions that are left out because others span them; default: none are, see `radialReduction`
   * @throws {InvalidParameterError}
   */
  constructor(
    private readonly descriptor: string,
    given: Parameters,
    private readonly factorOf: (convention: Convention) => (l: number) => number,
    private readonly radialTolerance?: number,
  ) {
    const { isPadded, cutoffFunction, program } = radialBases[given.basis].convention;
    const cutoff = { ...given.cutoff, function: given.cutoff.function ?? cutoffFunction };
    this.parameters = { ...given, cutoff };
    this.ownSpecies = ownSpeciesOf(descriptor, given.species);
    this.weightOfCenter();
    if (given.basis === "gto" && cutoff.radius <= 1) {
      throw new InvalidParameterError(`${descriptor}: cutoff.radius is ${cutoff.radius}; the gto basis needs a radius above 1 Å`);
    }
    if (given.basisErrorExponent !== undefined && program !== "QUIP") {
      throw new InvalidParameterError(`${descriptor}: basisErrorExponent belongs to the bases of QUIP, but the basis is "${given.basis}": leave it out`);
    }
    const { weighting, sigma } = given;
    const endsAt = weighting?.function === "poly" ? weighting.r0 : Number.POSITIVE_INFINITY;
    const padded = cutoff.function === "none" && isPadded ? cutoff.radius + sigma * Math.sqrt(-2 * Math.log(PADDING_THRESHOLD)) : cutoff.radius;
    this.cutoff = Math.min(endsAt, padded);
    // near r0 a poly weight is proportional to (r0 − r)^2m
    const endsSmoothly = weighting !== undefined && weighting.m > 0.5;
    this.isSmoothAtCutoff = (cutoff.function === "cosine" && padded <= endsAt) || (endsAt <= padded && endsSmoothly);
  }

  get basis(): BasisName {
    return this.parameters.basis;
  }

  get convention(): Convention {
    return radialBases[this.basis].convention;
  }

  /** Bytes of its radial table, at most. */
  get tableBytes(): number {
    const { lMax, sigma } = this.parameters;
    return estimateTableBytes((lMax + 1) * radialStride([this.nMax]), this.cutoff, sigma);
  }

  /** Radial functions of each species, at most those of the parameters. */
  get nMax(): number {
    return this.radialReduction?.nMax ?? this.parameters.nMax;
  }

  /** Which combinations of radial functions it has, where not all functions. */
  get radialReduction(): RadialReduction | undefined {
    return this.radialTolerance === undefined ? undefined : this.radialBasis().reduction;
  }

  /** What the routines need to know about it. */
  spec(species: SpeciesList): DensitySpec {
    const { lMax, cutoff, weighting, centralReference } = this.parameters;
    const list = this.speciesList(species);
    const { basis, reduction } = this.radialBasis();
    const center = reduction ? combinedCenter(basis.center, reduction) : basis.center;
    const atCenter = center.map((value) => value * this.weightOfCenter());
    const block = { nMax: this.nMax, weighting, radial: this.radialTable(), center: atCenter };
    return {
      descriptor: this.descriptor,
      species: [...new Set([...species, ...list])].sort((a, b) => a - b),
      blocks: list.map((z) => ({ ...block, species: z })),
      lMax,
      cutoff: this.cutoff,
      cosine: cutoff.function === "cosine" ? { start: cutoff.radius - cutoff.width, end: cutoff.radius } : undefined,
      weighting: weighting?.function,
      centerInAll: centralReference === "all",
    };
  }

  /**
   * Species that it resolves: its own, if given, else those of the data.
   * @throws {InvalidParameterError} for data with others, unless these are ignored
   */
  speciesList(species: SpeciesList): SpeciesList {
    if (this.ownSpecies && this.parameters.otherSpecies === "ignore") return this.ownSpecies;
    return speciesFor(this.descriptor, this.ownSpecies, species);
  }

  private radialTable(): HermiteTable {
    return (this.table ??= this.makeTable());
  }

  private makeTable(): HermiteTable {
    const { nMax, lMax, sigma } = this.parameters;
    const { basis, reduction } = this.radialBasis();
    const whole = hermiteTable([{ end: this.cutoff, functions: basis.functions }], (lMax + 1) * nMax, sigma, RADIAL_TOLERANCE);
    return reduction ? combinedTable(whole, nMax, reduction) : whole;
  }

  private radialBasis(): { basis: RadialBasis; reduction: RadialReduction | undefined } {
    if (!this.known) {
      const { nMax, lMax, sigma, cutoff, basisErrorExponent: gridDecades = GRID_DECADES } = this.parameters;
      const { make, convention } = radialBases[this.basis];
      const basis = make({ nMax, lMax, sigma, radius: cutoff.radius, range: this.cutoff, factor: this.factorOf(convention), gridDecades });
      const sampled = { nMax, lMax, range: this.cutoff, weightAt: (r: number): number => cosineWeight(r, cutoff) };
      const reduction = this.radialTolerance === undefined ? undefined : radialReduction(basis, sampled, this.radialTolerance);
      this.known = { basis, reduction };
    }
    return this.known;
  }

  /** @throws {InvalidParameterError} where the weighting function has no finite value */
  private weightOfCenter(): number {
    const { centralWeight, weighting } = this.parameters;
    if (centralWeight !== undefined) return centralWeight;
    if (!weighting || !this.convention.weighsCenter) return 1;
    if (weighting.function === "poly") return weighting.c;
    const bottom = weighting.d + (weighting.function === "exp" ? 1 : 0);
    if (bottom === 0) {
      throw new InvalidParameterError(`${this.descriptor}: weighting pow with d = 0 is infinite at the center; set centralWeight`);
    }
    return weighting.c / bottom;
  }
}

/** The cutoff function of a neighbor. */
function cosineWeight(r: number, { radius, width, function: shape }: DensityParameters["cutoff"]): number {
  const into = r - (radius - width);
  if (shape !== "cosine" || into <= 0) return 1;
  return into >= width ? 0 : 0.5 * (1 + Math.cos((Math.PI * into) / width));
}
