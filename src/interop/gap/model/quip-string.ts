import type { Angle3bParameters } from "../../../descriptors/angle-3b/parameters.js";
import type { Distance2bParameters } from "../../../descriptors/distance-2b/parameters.js";
import type { SoapTurboParameters } from "../../../descriptors/soap-turbo/parameters.js";
import type { SoapParameters } from "../../../descriptors/soap/parameters.js";
import { InvalidParameterError } from "../../../errors.js";
import type { SparseGpTerm } from "../../../models/sparse-gp/term.js";
import { atomicNumberOf, symbolOf } from "../../../structures/periodic-table.js";

/** A descriptor as QUIP has it. */
export interface QuipDescriptor {
  /** The descriptor string. */
  readonly text: string;
  /** Rows of QUIP for each row here. */
  readonly rowsPerRow: number;
  /** Whether vectors end with `covariance_sigma0`. */
  readonly hasConstantComponent: boolean;
}

/**
 * Descriptor strings of a term: several where QUIP has one for each species of the centers.
 * @param species of the model, ascending
 * @param sigma0 of a polynomial kernel, 0 for others
 * @throws {InvalidParameterError} for descriptors that QUIP does not have
 */
export function quipDescriptors({ descriptor, centers }: Pick<SparseGpTerm, "descriptor" | "centers">, species: readonly number[], sigma0: number): QuipDescriptor[] {
  const parameters = descriptor.parameters as { readonly type?: string; readonly standardization?: unknown };
  if (parameters.standardization) throw new InvalidParameterError(`QUIP has no ${descriptor.name} with standardized columns: fit without standardization`);
  if (parameters.type !== "soap" && sigma0 !== 0) throw new InvalidParameterError(`QUIP has no polynomial kernel with an offset for ${descriptor.name}: take dot-product`);
  switch (parameters.type) {
    case "distance-2b":
      return [{ text: pairs(parameters as Distance2bParameters), rowsPerRow: 1, hasConstantComponent: false }];
    case "angle-3b":
      return [{ text: triplets(parameters as Angle3bParameters), rowsPerRow: 2, hasConstantComponent: false }];
    case "soap":
      return [{ text: soap(parameters as SoapParameters, centers, { species, sigma0 }), rowsPerRow: 1, hasConstantComponent: true }];
    case "soap-turbo":
      return soapTurbo(parameters as SoapTurboParameters, centers, species).map((text) => ({ text, rowsPerRow: 1, hasConstantComponent: false }));
    default:
      throw new InvalidParameterError(`QUIP has no descriptor like ${descriptor.name}: only distance-2b, angle-3b, soap and soap-turbo can be written for it`);
  }
}

const list = (values: readonly (number | string)[]): string => `{${values.join(" ")}}`;
const numberOf = (symbol: string): number => (symbol === "*" ? 0 : atomicNumberOf(symbol));
const flag = (value: boolean): string => (value ? "T" : "F");

function pairs({ species: [a, b], cutoff, exponents, tail }: Distance2bParameters): string {
  const powers = exponents.join() === "1" ? "" : ` n_exponents=${exponents.length} exponents=${list(exponents)}`;
  const further = tail ? ` tail_exponent=${tail.exponent} tail_range=${tail.range}` : "";
  return `distance_2b cutoff=${cutoff.radius} cutoff_transition_width=${cutoff.width} Z1=${numberOf(a)} Z2=${numberOf(b)}${powers}${further}`;
}

function triplets({ center, species: [a, b], cutoff }: Angle3bParameters): string {
  return `angle_3b cutoff=${cutoff.radius} cutoff_transition_width=${cutoff.width} Z_center=${numberOf(center)} Z1=${numberOf(a)} Z2=${numberOf(b)}`;
}

const soapBases: Readonly<Record<string, string | undefined>> = { "equispaced-gaussian": "EQUISPACED_GAUSS", "quip-polynomial": "POLY", "quip-gto": "GTO" };

function soap(parameters: SoapParameters, centers: readonly number[] | null, { species, sigma0 }: { species: readonly number[]; sigma0: number }): string {
  const { basis, cutoff, average, compression, nMax, lMax, sigma, centralWeight = 1, centralReference = "own", normalize = true, basisErrorExponent } = parameters;
  const radialBasis = soapBases[basis];
  if (radialBasis === undefined) throw new InvalidParameterError(`QUIP has no soap of the basis ${basis}: only those of ${Object.keys(soapBases).join(", ")} can be written for it`);
  if (average !== "off" || cutoff.function === "none") throw new InvalidParameterError("QUIP has no soap without a cosine cutoff, and potentials of no averages");
  const own = compression.mode === "mu2" ? [0] : parameters.species ? parameters.species.map(atomicNumberOf).sort((a, b) => a - b) : species;
  const all = centers ?? [0];
  return [
    `soap cutoff=${cutoff.radius} cutoff_transition_width=${cutoff.width} n_max=${nMax} l_max=${lMax} atom_sigma=${sigma} radial_basis=${radialBasis}`,
    `central_weight=${centralWeight} central_reference_all_species=${flag(centralReference === "all" || own[0] === 0)} normalise=${flag(normalize)}`,
    `covariance_sigma0=${sigma0} n_species=${own.length} species_Z=${list(own)} n_Z=${all.length} Z=${all.length === 1 ? all[0] : list(all)}`,
    ...(basisErrorExponent === undefined ? [] : [`basis_error_exponent=${basisErrorExponent}`]),
    ...decay(parameters),
    ...fewerProducts(parameters),
  ].join(" ");
}

/** c / (d + x^m) is QUIP's where c = d, or c = 1 and d = 0. */
function decay({ weighting }: SoapParameters): string[] {
  if (!weighting) return [];
  const { function: name, c, d, m, r0 } = weighting;
  if (name !== "pow" || c !== (d || 1)) throw new InvalidParameterError("QUIP has no such weighting of soap: only pow with c = d, or c = 1 and d = 0");
  return [`cutoff_dexp=${m} cutoff_scale=${r0} cutoff_rate=${d}`];
}

function fewerProducts({ compression: { mode, nuR = 2, nuS = 2, speciesWeights } }: SoapParameters): string[] {
  if (speciesWeights) throw new InvalidParameterError("QUIP has no weights of species in soap");
  if (mode === "diagonal-radial") return ["diagonal_radial=T"];
  if (mode === "nu") return [`nu_R=${nuR} nu_S=${nuS}`];
  if (mode === "off" || mode === "mu2") return [];
  throw new InvalidParameterError(`QUIP has no compression ${mode} of soap`);
}

/** One string for each species of the centers. */
function soapTurbo(parameters: SoapTurboParameters, centers: readonly number[] | null, species: readonly number[]): string[] {
  const { compression, cutoff, basis, lMax, radialEnhancement } = parameters;
  const own = parameters.species?.map(atomicNumberOf) ?? species;
  if (!["off", "trivial", "nu"].includes(compression.mode)) throw new InvalidParameterError("soap-turbo: a compression by a list of features is not written; take trivial, or a mode like 0_2");
  const bySpecies = (value: number | Readonly<Record<string, number>>): string => list(own.map((z) => (typeof value === "number" ? value : value[symbolOf(z)])));
  const mode = compression.mode === "nu" ? `${compression.nuR}_${compression.nuS}` : compression.mode;
  return (centers ?? species).map((center) => {
    if (!own.includes(center)) throw new InvalidParameterError(`soap-turbo: centers of ${symbolOf(center)}, which is not among its species, cannot be written for QUIP`);
    return [
      `soap_turbo rcut_hard=${cutoff.radius} rcut_soft=${cutoff.soft} nf=${cutoff.filter} l_max=${lMax} alpha_max=${bySpecies(parameters.nMax)}`,
      `atom_sigma_r=${bySpecies(parameters.sigmaRadial)} atom_sigma_t=${bySpecies(parameters.sigmaAngular)}`,
      `atom_sigma_r_scaling=${bySpecies(parameters.sigmaRadialScaling)} atom_sigma_t_scaling=${bySpecies(parameters.sigmaAngularScaling)}`,
      `amplitude_scaling=${bySpecies(parameters.amplitudeScaling)} central_weight=${bySpecies(parameters.centralWeight)}`,
      `radial_enhancement=${radialEnhancement} basis=${basis} scaling_mode=polynomial n_species=${own.length} species_Z=${list(own)} central_index=${own.indexOf(center) + 1}`,
      ...(mode === "off" ? [] : [`compress_mode=${mode}`]),
    ].join(" ");
  });
}
