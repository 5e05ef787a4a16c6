// Descriptor strings of QUIP as our parameters. soap: Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013), 10.1103/PhysRevB.87.184115;
// soap_turbo: Caro, Phys. Rev. B 100, 024112 (2019), 10.1103/PhysRevB.100.024112; nu_R, nu_S: Darby et al., npj Comput. Mater. 8, 166 (2022).
import { symbolOf } from "../../src/structures/index.js";
import { expectKnown, NotThere } from "./not-there.js";

/** What a descriptor string says in our terms. */
export interface QuipDescriptor {
  readonly parameters: object;
  /** Atomic numbers that are seen, in the order of the features; null: all atoms as one species */
  readonly species: readonly number[] | null;
  /** Atomic number of the centers; null: all atoms */
  readonly center: number | null;
  /** A center of a species that is not in the list has a density of its own all the same, as if it were of the only one. */
  readonly addsAnyCenter: boolean;
  /** Last component of every vector, which belongs to the kernel; null where there is none */
  readonly extraComponent: number | null;
  /** GAP's rows for each of ours. */
  readonly rowsPerRow: number;
  /** Whether rows have weights, GAP's cutoffs of sparse points. */
  readonly weighsRows: boolean;
}

/** Keys of a `gap={…}` that say nothing about the values of a descriptor. */
const kernelKeys = [
  "n_sparse", "zeta", "delta", "f0", "covariance_type", "sparse_method", "sparse_file", "theta_uniform", "theta_fac", "add_species",
  "config_type_n_sparse", "xml_version", "print_sparse_index", "unique_descriptor_tolerance", "unique_hash_tolerance",
];

const soapKeys = [
  "cutoff", "cutoff_transition_width", "n_max", "l_max", "atom_sigma", "atom_gaussian_width", "central_weight", "covariance_sigma0",
  "normalise", "normalize", "n_species", "species_Z", "Z", "n_Z", "cutoff_dexp", "cutoff_scale", "cutoff_rate", "basis_error_exponent",
  "radial_basis", "central_reference_all_species", "diagonal_radial", "average", "nu_R", "nu_S", "Z_mix", "R_mix", "sym_mix", "K", "coupling",
];

const turboKeys = [
  "rcut_hard", "rcut_soft", "cutoff", "cutoff_transition_width", "l_max", "alpha_max", "n_max", "atom_sigma", "atom_sigma_r", "atom_sigma_t",
  "atom_sigma_scaling", "atom_sigma_r_scaling", "atom_sigma_t_scaling", "amplitude_scaling", "central_weight", "nf", "radial_enhancement", "basis",
  "scaling_mode", "central_index", "n_species", "species_Z", "compress_mode", "compress_file",
];

/** Keys and values; `{…}` may hold lists. */
function keysOf(params: string): Map<string, string> {
  return new Map([...params.matchAll(/(\w+)\s*=\s*(\{[^}]*\}|\S+)/gu)].map(([, key, value]) => [key, value]));
}

const numbersOf = (text: string): number[] => text.replace(/[{}]/gu, " ").trim().split(/[\s,]+/u).map(Number);
const isTrue = (text: string | undefined): boolean => text !== undefined && /^\.?t/iu.test(text);

export const nameOf = (params: string): string => params.trim().split(/\s+/u)[0];

/** Descriptors with a row for each pair or triplet. */
export const tupleNames: readonly string[] = ["distance_2b", "angle_3b"];

/** Parameters of a descriptor of tuples. */
export function tuplesFromQuip(params: string): object {
  const name = nameOf(params);
  const given = keysOf(params);
  const number = (key: string, otherwise: number): number => (given.has(key) ? Number(given.get(key)) : otherwise);
  const symbol = (key: string): string => (number(key, 0) === 0 ? "*" : symbolOf(number(key, 0)));
  const common = { species: [symbol("Z1"), symbol("Z2")], cutoff: { radius: number("cutoff", NaN), width: number("cutoff_transition_width", 0.5) } };
  if (name === "angle_3b") {
    expectKnown(name, [...given.keys()], ["cutoff", "cutoff_transition_width", "Z_center", "Z", "Z1", "Z2", ...kernelKeys]);
    return { type: "angle-3b", center: symbol(given.has("Z") ? "Z" : "Z_center"), ...common };
  }
  expectKnown(name, [...given.keys()], ["cutoff", "cutoff_transition_width", "Z1", "Z2", "n_exponents", "exponents", "tail_exponent", "tail_range", ...kernelKeys]);
  const count = number("n_exponents", 1);
  const exponents = given.has("exponents") ? numbersOf(given.get("exponents")!) : count === 1 ? [1] : Array.from({ length: count }, (_, k) => -1 - k);
  const exponent = number("tail_exponent", 0);
  return { type: "distance-2b", ...common, exponents, ...(exponent > 0 && { tail: { exponent, range: number("tail_range", 1) } }) };
}

/** @param pathOf where files that the string names are */
export function fromQuip(params: string, pathOf: (name: string) => string): QuipDescriptor | NotThere {
  const name = nameOf(params);
  if (name === "soap") return soapFromQuip(keysOf(params));
  if (name === "soap_turbo") return turboFromQuip(keysOf(params), pathOf);
  if (tupleNames.includes(name)) {
    // a triplet is two rows in GAP, in both orders of its neighbors
    return { parameters: tuplesFromQuip(params), species: [], center: null, addsAnyCenter: false, extraComponent: null, rowsPerRow: name === "angle_3b" ? 2 : 1, weighsRows: true };
  }
  throw new Error(`the suite does not know the descriptor ${name}`);
}

const soapBases: Readonly<Record<string, string | undefined>> = { EQUISPACED_GAUSS: "equispaced-gaussian", POLY: "quip-polynomial", GTO: "quip-gto" };

function soapFromQuip(given: Map<string, string>): QuipDescriptor | NotThere {
  expectKnown("soap", [...given.keys()], [...soapKeys, ...kernelKeys]);
  const number = (key: string, otherwise: number): number => (given.has(key) ? Number(given.get(key)) : otherwise);
  for (const key of ["Z_mix", "R_mix"]) if (isTrue(given.get(key))) return new NotThere(`${key} draws from QUIP's own random numbers`);
  const basis = soapBases[given.get("radial_basis") ?? "EQUISPACED_GAUSS"];
  if (basis === undefined) throw new Error(`the suite does not know radial_basis=${given.get("radial_basis")}`);
  const species = numbersOf(given.get("species_Z") ?? "0");
  const isWild = species.includes(0);
  if (isWild && species.length > 1) return new NotThere("a channel for all species beside others is not there yet");
  const allReferences = given.has("central_reference_all_species") ? isTrue(given.get("central_reference_all_species")) : species.length === 1;
  const exponent = number("cutoff_dexp", 0);
  const rate = number("cutoff_rate", 1);
  const hasNu = given.has("nu_R") || given.has("nu_S");
  const center = number("Z", number("n_Z", 0));
  return {
    parameters: {
      type: "soap",
      basis,
      nMax: number("n_max", NaN),
      lMax: number("l_max", NaN),
      sigma: number("atom_sigma", number("atom_gaussian_width", NaN)),
      cutoff: { radius: number("cutoff", NaN), width: number("cutoff_transition_width", 0.5) },
      normalize: isTrue(given.get("normalise") ?? given.get("normalize") ?? "T"),
      centralWeight: number("central_weight", 1),
      ...(allReferences && { centralReference: "all" }),
      ...(given.has("basis_error_exponent") && { basisErrorExponent: number("basis_error_exponent", 10) }),
      ...(exponent > 0 && { weighting: { function: "pow", c: rate || 1, d: rate, m: exponent, r0: number("cutoff_scale", 1) } }),
      ...(isTrue(given.get("diagonal_radial")) && { compression: "diagonal-radial" }),
      ...(hasNu && { compression: { mode: "nu", nuR: number("nu_R", 2), nuS: number("nu_S", 2) } }),
      ...(isTrue(given.get("average")) && { average: "inner" }),
    },
    species: isWild ? null : species,
    center: center === 0 ? null : center,
    addsAnyCenter: allReferences,
    extraComponent: number("covariance_sigma0", 0),
    rowsPerRow: 1,
    weighsRows: false,
  };
}

function turboFromQuip(given: Map<string, string>, pathOf: (name: string) => string): QuipDescriptor | NotThere {
  expectKnown("soap_turbo", [...given.keys()], [...turboKeys, ...kernelKeys]);
  const first = (...keys: string[]): string | undefined => keys.map((key) => given.get(key)).find((value) => value !== undefined);
  const species = numbersOf(given.get("species_Z")!);
  const bySpecies = (otherwise: string, ...keys: string[]): Record<string, number> => {
    const values = numbersOf(first(...keys) ?? otherwise);
    if (values.length !== 1 && values.length !== species.length) throw new Error(`${keys[0]} has ${values.length} values for ${species.length} species`);
    return Object.fromEntries(species.map((z, i) => [symbolOf(z), values[values.length === 1 ? 0 : i]]));
  };
  if ((given.get("scaling_mode") ?? "polynomial") !== "polynomial") return new NotThere(`scaling_mode=${given.get("scaling_mode")} is not there yet`);
  const radius = Number(first("rcut_hard", "cutoff"));
  const soft = given.has("rcut_soft") ? Number(given.get("rcut_soft")) : radius - Number(given.get("cutoff_transition_width") ?? 0.5);
  const [mode, file] = [given.get("compress_mode"), given.get("compress_file")];
  return {
    parameters: {
      type: "soap-turbo",
      basis: given.get("basis") ?? "poly3",
      species: species.map(symbolOf),
      nMax: bySpecies("", "alpha_max", "n_max"),
      lMax: Number(given.get("l_max")),
      cutoff: { radius, soft, ...(given.has("nf") && { filter: Number(given.get("nf")) }) },
      sigmaRadial: bySpecies("", "atom_sigma_r", "atom_sigma"),
      sigmaRadialScaling: bySpecies("0", "atom_sigma_r_scaling", "atom_sigma_scaling"),
      sigmaAngular: bySpecies("", "atom_sigma_t", "atom_sigma"),
      sigmaAngularScaling: bySpecies("0", "atom_sigma_t_scaling", "atom_sigma_scaling"),
      amplitudeScaling: bySpecies("1", "amplitude_scaling"),
      centralWeight: bySpecies("1", "central_weight"),
      radialEnhancement: Number(given.get("radial_enhancement") ?? 0),
      ...(mode && mode !== "None" && { compression: mode }),
      ...(file && file !== "None" && { compression: { mode: "file", path: pathOf(file) } }),
    },
    species,
    center: species[Number(given.get("central_index") ?? 1) - 1],
    addsAnyCenter: false,
    extraComponent: null,
    rowsPerRow: 1,
    weighsRows: false,
  };
}
