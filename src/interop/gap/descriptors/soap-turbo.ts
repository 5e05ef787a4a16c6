import { symbolOf } from "../../../structures/periodic-table.js";
import type { OptionGroup } from "../option-group.js";
import { soapTurboOptions } from "../options.js";
import type { GapDescriptor } from "./gap-descriptor.js";

/** soap_turbo: species_Z and central_index of the string, or every species as a center with all species around it. */
export const soapTurbo: GapDescriptor = {
  options: soapTurboOptions,
  namesSpecies: (group) => group.has("species_Z"),
  combinations: (species) => species.map((_, i) => ({ species_Z: species, central_index: [i + 1] })),
  convert(group, { choice, pathOf, notes }) {
    const species = group.numbers("species_Z") ?? choice.species_Z;
    if (!species) throw group.place.error("soap_turbo needs species_Z={…}, or add_species=T");
    const count = group.integer("n_species", 1);
    if (count !== undefined && count !== species.length) throw group.located("n_species")!.error(`n_species is ${count}, but there are ${species.length} species`);
    const center = (group.integer("central_index", 1) ?? choice.central_index?.[0] ?? 1) - 1;
    if (center >= species.length) throw group.located("central_index")!.error(`central_index is ${center + 1}, but there are ${species.length} species`);
    const mode = group.text("scaling_mode")?.toLowerCase() ?? "polynomial";
    if (mode !== "polynomial") {
      notes.lost("soap_turbo", `scaling_mode=${mode} is not there; the term is left out`);
      return undefined;
    }
    return {
      descriptor: {
        type: "soap-turbo",
        basis: group.text("basis")?.toLowerCase() ?? "poly3",
        nMax: bySpecies(group, species, ["alpha_max"]),
        lMax: group.integer("l_max", 0) ?? group.positive("l_max"),
        cutoff: cutoffOf(group),
        ...densityOf(group, species),
        ...compressionOf(group, pathOf),
        species: species.map(symbolOf),
      },
      centers: [species[center]],
      rowsPerRow: 1,
      weighsRows: false,
      constantComponent: undefined,
    };
  },
};

function cutoffOf(group: OptionGroup): object {
  const radius = group.positive("rcut_hard");
  const soft = group.number("rcut_soft") ?? radius - (group.number("cutoff_transition_width") ?? 0.5);
  const filter = group.number("nf");
  return { radius, soft, ...(filter !== undefined && filter !== 4 && { filter }) };
}

function densityOf(group: OptionGroup, species: readonly number[]): object {
  const given = (value: unknown, otherwise: number): boolean => value !== undefined && value !== otherwise;
  const radial = bySpecies(group, species, ["atom_sigma_r", "atom_sigma"]);
  const radialScaling = bySpecies(group, species, ["atom_sigma_r_scaling", "atom_sigma_scaling"], 0);
  const angular = bySpecies(group, species, ["atom_sigma_t", "atom_sigma"]);
  const angularScaling = bySpecies(group, species, ["atom_sigma_t_scaling", "atom_sigma_scaling"], 0);
  const amplitude = bySpecies(group, species, ["amplitude_scaling"], 1);
  const weight = bySpecies(group, species, ["central_weight"], 1);
  const enhancement = group.integer("radial_enhancement", 0) ?? 0;
  return {
    sigmaRadial: radial,
    ...(given(radialScaling, 0) && { sigmaRadialScaling: radialScaling }),
    sigmaAngular: angular,
    ...(given(angularScaling, 0) && { sigmaAngularScaling: angularScaling }),
    ...(given(amplitude, 1) && { amplitudeScaling: amplitude }),
    ...(given(weight, 1) && { centralWeight: weight }),
    ...(enhancement !== 0 && { radialEnhancement: enhancement }),
  };
}

/** One number where all species have the same, or a number for each by symbol. @param names the first that is given counts */
function bySpecies(group: OptionGroup, species: readonly number[], names: readonly string[], otherwise?: number): number | Record<string, number> {
  const name = names.find((candidate) => group.has(candidate));
  if (name === undefined) {
    if (otherwise !== undefined) return otherwise;
    throw group.place.error(`soap_turbo needs ${names.join(" or ")}`);
  }
  const values = group.numbers(name)!;
  if (values.length !== 1 && values.length !== species.length) {
    throw group.located(name)!.error(`${group.nameOf(name)} has ${values.length} numbers for ${species.length} species`);
  }
  if (values.every((value) => value === values[0])) return values[0];
  return Object.fromEntries(species.map((atomicNumber, i) => [symbolOf(atomicNumber), values[i]]));
}

function compressionOf(group: OptionGroup, pathOf: (name: string) => string): object {
  const isGiven = (name: string): boolean => !["", "none"].includes((group.text(name) ?? "").toLowerCase());
  if (isGiven("compress_file")) return { compression: { mode: "file", path: pathOf(group.text("compress_file")!) } };
  return isGiven("compress_mode") ? { compression: group.text("compress_mode")!.toLowerCase() } : {};
}
