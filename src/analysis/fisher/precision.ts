import type { DoubleInformation } from "./double-information.js";
import type { EigenSystem, InformationSource } from "./eigen-system.js";
import { type NamedSet, setOf } from "./parameter-sets.js";
import { isNull } from "./spectrum-record.js";

/** log₁₀κ up to which singular values of a double J tell an eigenvalue: 10²⁸ less a margin. */
const DOUBLE_LIMIT = 26;

/** Both eigensystems of a set. */
export interface SetSystems {
  readonly set: NamedSet;
  readonly raw: EigenSystem;
  readonly scaled: EigenSystem;
}

/** Eigensystems of all sets. */
export async function systemsOf(source: InformationSource, sets: readonly NamedSet[]): Promise<SetSystems[]> {
  const systems: SetSystems[] = [];
  for (const set of sets) systems.push({ set, raw: await source.eigenSystem(setOf(set), false), scaled: await source.eigenSystem(setOf(set), true) });
  return systems;
}

/** log₁₀ of the largest over the smallest eigenvalue that is not 0; NaN where there is none. */
export function logKappa(system: EigenSystem): number {
  const kept = system.values.map((_, k) => k).filter((k) => !isNull(system, k));
  return kept.length === 0 ? NaN : system.logarithms[kept[0]] - system.logarithms[kept[kept.length - 1]];
}

/** Why double precision cannot tell the spectra, in a sentence; undefined: it can. */
export function doubleFallsShort(systems: readonly SetSystems[]): string | undefined {
  for (const { set, raw, scaled } of systems) {
    for (const system of [raw, scaled]) {
      const what = `the ${system === raw ? "" : "scaled "}information of ${describedSet(set.name)}`;
      const lost = system.digits.filter((digits) => digits === 0).length;
      if (lost > 0) return `rounding of J moves ${lost} of ${system.digits.length} eigenvalues of ${what} by more than they are`;
      if (logKappa(system) > DOUBLE_LIMIT) return `${what} has κ of 10^${logKappa(system).toFixed(1)}, beyond the 10^${DOUBLE_LIMIT} that singular values of a double J are trusted to`;
    }
  }
  return undefined;
}

function describedSet(name: string): string {
  if (name.endsWith(" alone")) return `the ${name.replace(" alone", "")} operand alone`;
  return name === "all" ? "all parameters" : `the ${name} parameters`;
}

/** log₁₀κ of some parameters from the eigenvalues of a double JᵀJ by their magnitudes, as the small ones are rounding and may be negative; null where one is 0. */
export function logKappaOfProduct(information: DoubleInformation, { parameters, gauge }: NamedSet): number | null {
  const magnitudes = information.eigenvaluesOfProduct(parameters).map(Math.abs).sort().reverse();
  const smallest = magnitudes[magnitudes.length - 1 - gauge.length];
  return smallest > 0 ? Math.log10(magnitudes[0] / smallest) : null;
}

/** Fewer digits of an eigenvalue ask for more bits. */
const ENOUGH_DIGITS = 3;

/** Whether an eigenvalue that is not 0 has too few certain digits in high precision. */
export function isUnresolved({ raw, scaled }: SetSystems): boolean {
  return [raw, scaled].some((system) => system.digits.some((digits, k) => digits < ENOUGH_DIGITS && !isNull(system, k)));
}
