import { atomForceErrors } from "../analysis/metrics.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { Structure } from "../structures/structure.js";
import type { StructureRecord, WorstStructure } from "./report-data.js";

/** What a model says about one structure. */
export interface PredictedTargets {
  /** eV */
  readonly energy?: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: Float64Array;
  /** eV, 3 × 3 row-major */
  readonly virial?: Float64Array;
}

/** Reference values of a structure beside predicted ones, where there are both. `isolatedAtomEnergy` is the sum over its atoms, eV. */
export function structureRecord(structure: Structure, predicted: PredictedTargets, isolatedAtomEnergy?: number): StructureRecord {
  const { energy, forces, virial } = structure.targets;
  return {
    group: structure.configType,
    label: structure.label,
    nAtoms: structure.atomicNumbers.length,
    isolatedAtomEnergy,
    energy: energy === undefined || predicted.energy === undefined ? undefined : { reference: energy, predicted: predicted.energy },
    forces: forces && predicted.forces && { reference: forces, predicted: predicted.forces },
    virial: virial && predicted.virial && { reference: virial, predicted: predicted.virial },
  };
}

/** A structure beside its prediction, for the list of the worst. */
export interface ComparedStructure {
  /** With its positions and cell. */
  readonly structure: Structure;
  /** Its reference and predicted values. */
  readonly record: StructureRecord;
  /** Name of its data set. */
  readonly dataset?: string;
}

/** How many structures are listed. */
export interface WorstStructuresOptions {
  /** How many to keep; default 6. */
  readonly count?: number;
  /** Larger structures are left out, as they would slow the page down; default 5000. */
  readonly maxAtoms?: number;
}

/** The structures with the largest force error of an atom, worst first, ready for the 3D view. Keeps no others in memory. */
export function worstStructures(
  compared: Iterable<ComparedStructure>,
  { count = 6, maxAtoms = 5000 }: WorstStructuresOptions = {},
): WorstStructure[] {
  const worst: { error: number; structure: WorstStructure }[] = [];
  for (const { structure, record, dataset } of compared) {
    if (!record.forces || record.nAtoms > maxAtoms) continue;
    const forceErrors = atomForceErrors(record.forces);
    const error = forceErrors.reduce((largest, value) => (value > largest ? value : largest), 0);
    if (error === 0 || (worst.length >= count && error <= worst[worst.length - 1].error)) continue;
    const before = worst.findIndex((other) => other.error < error);
    worst.splice(before < 0 ? worst.length : before, 0, { error, structure: shownStructure(structure, forceErrors, dataset) });
    worst.splice(count);
  }
  return worst.map(({ structure }) => structure);
}

function shownStructure(structure: Structure, forceErrors: Float64Array, dataset: string | undefined): WorstStructure {
  return {
    label: structure.label,
    group: structure.configType,
    dataset,
    symbols: Array.from(structure.atomicNumbers, symbolOf),
    positions: Float64Array.from(structure.positions),
    cell: structure.cell && Float64Array.from(structure.cell),
    pbc: structure.pbc,
    forceErrors,
  };
}
