import type { PropertyErrors } from "../analysis/property-errors.js";
import type { ErrorStatistics } from "../analysis/error-sum.js";
import type { ForceVectorErrors } from "../analysis/force-vectors.js";
import type { ErrorSummary, GroupErrors } from "../analysis/metrics.js";

/** Errors as `--json` prints them: energy and virial in eV/atom, force components and lengths in eV/Å, angles in rad; null where nothing could be compared. */
export interface ErrorRecord {
  readonly units: { readonly energy: string; readonly forces: string; readonly virial: string; readonly forceAmplitude: string; readonly forceAngle: string };
  /** eV/Å: reference forces up to this length have no direction. */
  readonly forceThreshold: number;
  readonly groups: readonly object[];
  readonly total: object;
  /** Each in its unit; only where there are any. */
  readonly properties?: readonly PropertyErrors[];
}

export function errorRecord({ errors, properties = [] }: { readonly errors: ErrorSummary; readonly properties?: readonly PropertyErrors[] }): ErrorRecord {
  const record = ({ group, nStructures, nAtoms, energy, forces, virial, forceVectors }: GroupErrors): object => ({
    group,
    structures: nStructures,
    atoms: nAtoms,
    energy,
    forces,
    virial,
    ...vectorRecord(forceVectors),
  });
  return {
    units: { energy: "eV/atom", forces: "eV/angstrom", virial: "eV/atom", forceAmplitude: "eV/angstrom", forceAngle: "rad" },
    forceThreshold: errors.forceThreshold,
    groups: errors.groups.map(record),
    total: record(errors.total),
    ...(properties.length > 0 && { properties }),
  };
}

function vectorRecord({ leftOut, amplitude = none, angle = none }: ForceVectorErrors): object {
  return { forceAmplitude: amplitude, forceAngle: angle, forcesBelowThreshold: leftOut };
}

const none: ErrorStatistics = { count: 0, rmse: NaN, mae: NaN, max: NaN };

/** Lines about properties, for terminals. */
export function describeProperties(properties: readonly PropertyErrors[]): string[] {
  return properties.map(({ name, unit, count, rmse, mae, max }) => {
    const text = (value: number): string => `${value.toPrecision(4)}${unit === "1" ? "" : ` ${unit}`}`;
    return `${name}: RMSE ${text(rmse)}, MAE ${text(mae)}, max ${text(max)} (${count} values)`;
  });
}
