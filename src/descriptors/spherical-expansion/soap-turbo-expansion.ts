import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { Descriptor, DescriptorType, SpeciesList } from "../descriptor.js";
import { TurboDensity } from "../soap-turbo/turbo-density.js";
import { ownSpeciesOf, speciesFor } from "../species.js";
import { ExpansionCoefficients } from "./coefficients.js";
import { SphericalExpansionEvaluator } from "./evaluator.js";
import { type SoapTurboExpansionParameters, soapTurboExpansionSchema } from "./parameters.js";
import { soapTurboExpansionCost } from "./cost.js";

/**
 * The coefficients c_nlm that soap_turbo multiplies: a density of separable Gaussians in the radial functions poly3 or poly3gauss and real spherical
 * harmonics. Caro, Phys. Rev. B 100, 024112 (2019), doi:10.1103/PhysRevB.100.024112.
 */
export class SoapTurboExpansion extends ExpansionCoefficients implements Descriptor {
  readonly name = "soap-turbo-expansion";
  readonly parameters: SoapTurboExpansionParameters;
  readonly smoothedBy = "amplitudeScaling: 1";
  protected readonly density: TurboDensity;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    super();
    this.parameters = validate(soapTurboExpansionSchema, parameters, { what: this.name });
    // columns stand by atomic number
    const species = ownSpeciesOf(this.name, this.parameters.species)?.map(symbolOf);
    this.density = new TurboDensity(this.name, { ...this.parameters, species });
  }

  protected speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }

  protected tableBytes(species: SpeciesList): number[] {
    return this.density.tableBytes(species);
  }
}

export const soapTurboExpansionType: DescriptorType = {
  name: "soap-turbo-expansion",
  schema: soapTurboExpansionSchema,
  cost: soapTurboExpansionCost,
  create: (parameters) => new SoapTurboExpansion(parameters),
  attach: (wasm, tables) => new SphericalExpansionEvaluator(wasm, tables),
};
