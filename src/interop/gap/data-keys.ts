import type { Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";
import type { TrainingFacts } from "./training-facts.js";

/** Names of the targets and groups in the training file. */
export interface GapKeys {
  readonly energy: string;
  readonly forces: string;
  readonly virial: string;
  readonly stress: string;
  readonly configType: string;
}

/** Names of the command, or gap_fit's own. */
export function gapKeys(options: OptionGroup): GapKeys {
  const prefix = options.text("parameter_name_prefix") ?? "";
  const name = (option: string, otherwise: string): string => prefix + (options.text(option) ?? otherwise);
  return {
    energy: name("energy_parameter_name", "energy"),
    forces: name("force_parameter_name", "force"),
    virial: name("virial_parameter_name", "virial"),
    stress: name("stress_parameter_name", "stress"),
    configType: options.text("config_type_parameter_name") ?? "config_type",
  };
}

/** Targets that the data have. */
export type Targets = Readonly<Record<"energy" | "forces" | "virial", boolean>>;

/** `data.keys`, and which targets there are. */
export interface ConvertedKeys {
  readonly keys: Readonly<Record<string, string | false>>;
  readonly targets: Targets;
}

/** Keys of the fit file: with the training file those that it has, without it those of the command. */
export function dataKeys(options: OptionGroup, names: GapKeys, facts: TrainingFacts | undefined, notes: Notes): ConvertedKeys {
  const configType: Record<string, string> = names.configType === "config_type" ? {} : { configType: names.configType };
  if (!facts) {
    const isStress = options.has("stress_parameter_name") && !options.has("virial_parameter_name");
    const tensor: Record<string, string> = isStress ? { stress: names.stress } : { virial: names.virial };
    return { keys: { energy: names.energy, forces: names.forces, ...tensor, ...configType }, targets: { energy: true, forces: true, virial: true } };
  }
  const [hasVirial, hasStress] = [facts.frameKeys.has(names.virial), facts.frameKeys.has(names.stress)];
  const targets = { energy: facts.frameKeys.has(names.energy), forces: facts.atomKeys.has(names.forces), virial: hasVirial || hasStress };
  const absent = (target: keyof Targets, option: string, name: string): void => {
    if (targets[target]) return;
    notes.remark(option, `no frame of the training file has ${name}; ${target === "energy" ? "energies are" : target === "forces" ? "forces are" : "virials are"} not fitted`);
  };
  absent("energy", "energy_parameter_name", names.energy);
  absent("forces", "force_parameter_name", names.forces);
  absent("virial", "virial_parameter_name", names.virial);
  if (hasVirial && hasStress) notes.remark("stress_parameter_name", "virials count; frames that have a stress only need keys.stress in place of keys.virial");
  const tensor: Record<string, string | false> = hasVirial || !hasStress ? { virial: hasVirial && names.virial } : { stress: names.stress };
  return { keys: { energy: targets.energy && names.energy, forces: targets.forces && names.forces, ...tensor, ...configType }, targets };
}

/** Columns with σ and masks. */
export interface ConvertedColumns {
  /** `data.columns` */
  readonly columns: Readonly<Record<string, object>>;
  /** `fit.sigma.columns` */
  readonly sigma: Readonly<Record<string, string>>;
  /** `fit.sigma.masks` */
  readonly masks: Readonly<Record<string, object>>;
}

/** Numbers of single structures and atoms that gap_fit takes without being told, where the file has them. */
export function dataColumns(options: OptionGroup, facts: TrainingFacts | undefined, targets: Targets, notes: Notes): ConvertedColumns {
  const sigmaName = options.text("sigma_parameter_name") ?? "sigma";
  const maskName = options.text("force_mask_parameter_name") ?? "force_mask";
  const columns: Record<string, object> = {};
  const sigma: Record<string, string> = {};
  const take = (target: keyof Targets, name: string, unit: string, per: "structure" | "atom"): void => {
    const has = facts && (per === "atom" ? facts.atomKeys : facts.frameKeys).has(name);
    if (!has || !targets[target]) return;
    if (sigma[target] !== undefined) {
      notes.lost(options.nameOf("sigma_parameter_name"), `the file has ${name} beside ${sigma[target]}; only ${sigma[target]} is used`);
      return;
    }
    sigma[target] = name;
    columns[name] = { unit, per };
  };
  take("energy", `energy_${sigmaName}`, "eV", "structure");
  take("forces", `force_component_${sigmaName}`, "eV/Å", "atom");
  take("forces", `force_atom_${sigmaName}`, "eV/Å", "atom");
  take("forces", `force_${sigmaName}`, "eV/Å", "structure");
  take("virial", `virial_${sigmaName}`, "eV", "structure");
  const isMasked = targets.forces && (facts ? facts.atomKeys.has(maskName) : options.has("force_mask_parameter_name"));
  if (isMasked) columns[maskName] = {};
  if (!facts) {
    const names = ["energy", "force", "virial"].map((target) => `${target}_${sigmaName}`).join(", ");
    const text = `the training file cannot be read here: if it has ${names} or ${maskName}, name them in data.columns and fit.sigma, which gap_fit did unasked`;
    if (options.has("sigma_parameter_name")) notes.lost(options.nameOf("sigma_parameter_name"), text);
    else notes.remark("at_file", text);
  }
  return { columns, sigma, masks: isMasked ? { forces: { column: maskName, leaveOut: 1 } } : {} };
}
