import type { ErrorSummary, GroupErrors } from "../analysis/metrics.js";

/** Errors as `--json` prints them: energy and virial in eV/atom, force components in eV/Å; null where nothing could be compared. */
export interface ErrorRecord {
  readonly units: { readonly energy: string; readonly forces: string; readonly virial: string };
  readonly groups: readonly object[];
  readonly total: object;
}

export function errorRecord({ errors }: { readonly errors: ErrorSummary }): ErrorRecord {
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
  };
}
