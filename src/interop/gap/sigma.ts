import { isIsolatedName } from "../../structures/isolated-atom.js";
import { splitAtColons } from "./command-words.js";
import type { Targets } from "./data-keys.js";
import type { LocatedText } from "./located-text.js";
import type { Notes } from "./notes.js";
import { numberFrom, type OptionGroup } from "./option-group.js";

type Target = keyof Targets;
type Sigmas = Partial<Record<Target, number>>;

const targetNames: readonly Target[] = ["energy", "forces", "virial"];

/** Numbers of a group in `config_type_sigma`: energy, force, virial, hessian. */
const GROUP = 4;

/** σ of the targets that there are, for all structures and for groups. */
export function sigmaOf(options: OptionGroup, { targets, configTypeOf, notes }: { targets: Targets; configTypeOf(name: string): string | undefined; notes: Notes }): Record<string, unknown> {
  const name = options.nameOf("default_sigma");
  const numbers = options.numbers("default_sigma")!;
  if (numbers.length !== GROUP && numbers.length !== GROUP - 1) {
    throw options.located("default_sigma")!.error(`${name} has ${numbers.length} numbers; it needs four: energy, force, virial, hessian`);
  }
  const wanted = (values: readonly number[], place: LocatedText): Sigmas => {
    if (values.some((value) => value < 0)) throw place.error(`a σ is ${values.find((value) => value < 0)}; it must not be below 0`);
    return Object.fromEntries(targetNames.flatMap((target, i) => (targets[target] && values[i] > 0 ? [[target, values[i]]] : [])));
  };
  const all = wanted(numbers, options.located("default_sigma")!);
  for (const [i, target] of targetNames.entries()) {
    if (numbers[i] === 0 && targets[target]) notes.remark(name, `σ = 0 for ${target}: not fitted`);
  }
  const configTypes = groupsOf(options, wanted, configTypeOf);
  for (const [group, sigmas] of Object.entries(configTypes)) noteZeros(group, sigmas, all, options, notes);
  const isPerAtom = options.flag("sigma_per_atom", true);
  return { ...all, ...(!isPerAtom && { perAtom: false }), ...(Object.keys(configTypes).length > 0 && { configTypes }) };
}

/** `{name:energy:force:virial:hessian:name:…}` */
function groupsOf(options: OptionGroup, wanted: (values: readonly number[], place: LocatedText) => Sigmas, configTypeOf: (name: string) => string | undefined): Record<string, Sigmas> {
  const list = options.located("config_type_sigma");
  const name = options.nameOf("config_type_sigma");
  const parts = list ? splitAtColons(list) : [];
  if (parts.length % (GROUP + 1) !== 0) {
    throw list!.error(`${name} has ${parts.length} parts; every group has five: name:energy:force:virial:hessian`);
  }
  const groups: Record<string, Sigmas> = {};
  for (let i = 0; i < parts.length; i += GROUP + 1) {
    const group = configTypeOf(parts[i].text) ?? parts[i].text;
    if (Object.hasOwn(groups, group)) throw parts[i].error(`${name} names ${group} twice`);
    groups[group] = wanted(parts.slice(i + 1, i + GROUP).map((part) => numberFrom(part, name)), parts[i]);
  }
  return groups;
}

/** A group without a σ of its own takes that of all structures. */
function noteZeros(group: string, sigmas: Sigmas, all: Sigmas, options: OptionGroup, notes: Notes): void {
  const fallBack = targetNames.filter((target) => sigmas[target] === undefined && all[target] !== undefined);
  // the force on a single atom is zero whatever the potential
  if (fallBack.length === 0 || (isIsolatedName(group) && !fallBack.includes("energy"))) return;
  const name = options.nameOf("config_type_sigma");
  notes.lost(name, `σ = 0 of ${group} for ${fallBack.join(" and ")} becomes that of default_sigma; to leave them out, mark them in a column and name it in fit.sigma.masks`);
}
