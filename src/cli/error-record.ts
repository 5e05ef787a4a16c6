import type { PropertyErrors } from "../analysis/property-errors.js";
import type { ErrorSummary, GroupErrors } from "../analysis/metrics.js";

/** Errors as `--json` prints them: energy and virial in eV/atom, force components in eV/Å; null where nothing could be compared. */
export interface ErrorRecord {
  readonly units: { readonly energy: string; readonly forces: string; readonly virial: string };
  readonly groups: readonly object[];
  readonly total: object;
  /** Each in its unit; only where there are any. */
  readonly properties?: readonly PropertyErrors[];
}

export function errorRecord({ errors, properties = [] }: { readonly errors: ErrorSummary; readonly properties?: readonly PropertyErrors[] }): ErrorRecord {
  const record = ({ group, nStructures, nAtoms, energy, forces, virial }: GroupErrors): object => ({
    group,
    structures: nStructures,
    atoms: nAtoms,
    energy,
    forces,
    virial,
  });
  return {
    units: { energy: "eV/atom", forces: "eV/angstrom", virial: "eV/atom" },
    groups: errors.groups.map(record),
    total: record(errors.total),
    ...(properties.length > 0 && { properties }),
  };
}

/** Lines about properties, for terminals. */
export function describeProperties(properties: readonly PropertyErrors[]): string[] {
  return properties.map(({ name, unit, count, rmse, mae, max }) => {
    const text = (value: number): string => `${value.toPrecision(4)}${unit === "1" ? "" : ` ${unit}`}`;
    return `${name}: RMSE ${text(rmse)}, MAE ${text(mae)}, max ${text(max)} (${count} values)`;
  });
}
