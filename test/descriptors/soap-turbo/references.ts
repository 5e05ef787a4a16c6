// Reference values of soap_turbo, see test/data/descriptors/README.md.
import { symbolOf } from "../../../src/structures/index.js";
import { type QuipEntry, quipKeys, readJson } from "../soap/references.js";

/** Vectors without a last component of the kernel. */
export const turboReferences = readJson("soap-turbo-quip.json.gz") as readonly QuipEntry[];

/** Our parameters for a descriptor string of QUIP. */
export function turboFromQuip(params: string): object {
  const given = quipKeys(params);
  const numbers = (key: string): number[] => given[key]!.replace(/[{}]/g, " ").trim().split(/\s+/).map(Number);
  const species = numbers("species_Z").map(symbolOf);
  const bySpecies = (key: string): Record<string, number> => Object.fromEntries(numbers(key).map((value, i) => [species[i]!, value]));
  return {
    type: "soap-turbo",
    basis: given.basis,
    species,
    nMax: bySpecies("alpha_max"),
    lMax: Number(given.l_max),
    cutoff: { radius: Number(given.rcut_hard), soft: Number(given.rcut_soft), ...(given.nf && { filter: Number(given.nf) }) },
    sigmaRadial: bySpecies("atom_sigma_r"),
    sigmaRadialScaling: bySpecies("atom_sigma_r_scaling"),
    sigmaAngular: bySpecies("atom_sigma_t"),
    sigmaAngularScaling: bySpecies("atom_sigma_t_scaling"),
    amplitudeScaling: bySpecies("amplitude_scaling"),
    centralWeight: bySpecies("central_weight"),
    radialEnhancement: Number(given.radial_enhancement ?? 0),
    ...(given.compress_mode && { compression: given.compress_mode }),
  };
}
