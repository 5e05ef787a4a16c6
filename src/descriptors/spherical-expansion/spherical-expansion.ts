import { validate } from "../../validation.js";
import { GaussianDensity } from "../density-expansion/density.js";
import type { Descriptor, DescriptorType, SpeciesList } from "../descriptor.js";
import { ExpansionCoefficients } from "./coefficients.js";
import { SphericalExpansionEvaluator } from "./evaluator.js";
import { type SphericalExpansionParameters, sphericalExpansionSchema } from "./parameters.js";
import { sphericalExpansionCost } from "./cost.js";

/**
 * The coefficients c_nlm of a Gaussian density in radial functions and real spherical harmonics: what power spectra and bispectra are made
 * of. Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 */
export class SphericalExpansion extends ExpansionCoefficients implements Descriptor {
  readonly name = "spherical-expansion";
  readonly parameters: SphericalExpansionParameters;
  readonly smoothedBy = "cutoff: { radius: …, function: cosine }";
  protected readonly density: GaussianDensity<SphericalExpansionParameters>;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    super();
    const given = validate(sphericalExpansionSchema, parameters, { what: this.name });
    this.density = new GaussianDensity(this.name, given, () => () => 1);
    this.parameters = this.density.parameters;
  }

  protected speciesList(species: SpeciesList): SpeciesList {
    return this.density.speciesList(species);
  }

  protected tableBytes(): number[] {
    return [this.density.tableBytes];
  }
}

export const sphericalExpansionType: DescriptorType = {
  name: "spherical-expansion",
  schema: sphericalExpansionSchema,
  cost: sphericalExpansionCost,
  create: (parameters) => new SphericalExpansion(parameters),
  attach: (wasm, tables) => new SphericalExpansionEvaluator(wasm, tables),
};
