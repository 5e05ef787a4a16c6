import type { Column } from "./column.js";
import type { ColumnReport, DatasetReport, KeyReport } from "./dataset-report.js";
import { type AtomsOfData, isolatedAtomChoices } from "./isolated-atom.js";
import { symbolOf } from "./periodic-table.js";

/** What is counted of a data set. */
interface CountedData extends AtomsOfData {
  readonly nAtoms: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** The report of a data set, to which the keys that were read belong. */
export function summarize(dataset: CountedData, keyReport: KeyReport): DatasetReport {
  const { atomicNumbers } = dataset;
  const atomsOfSpecies = new Uint32Array(256);
  for (let atom = 0; atom < atomicNumbers.length; atom++) atomsOfSpecies[atomicNumbers[atom]]++;
  const groups = new Map<string, { structures: number; atoms: number }>();
  for (let i = 0; i < dataset.nStructures; i++) {
    const group = groups.get(dataset.configTypes[i]) ?? { structures: 0, atoms: 0 };
    group.structures++;
    group.atoms += dataset.atomCount(i);
    groups.set(dataset.configTypes[i], group);
  }
  const columns = [...dataset.columns.values()].map((column) => reportColumn(column, dataset.offsets));
  const [energy, forces, virial] = columns;
  return {
    ...keyReport,
    warnings: [...keyReport.warnings, ...isolatedAtomWarnings(dataset)],
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    species: [...atomsOfSpecies.entries()]
      .filter(([, atoms]) => atoms > 0)
      .map(([atomicNumber, atoms]) => ({ atomicNumber, symbol: symbolOf(atomicNumber), atoms })),
    energies: energy.structures,
    forceComponents: forces.numbers,
    virials: virial.structures,
    columns,
    configTypes: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => ({ name, ...counts })),
  };
}

/** Energies of isolated atoms that contradict each other. */
function isolatedAtomWarnings(dataset: CountedData): string[] {
  const choices = isolatedAtomChoices(dataset, (index) => !Number.isNaN(dataset.energies[index]));
  return [...choices.values()].flatMap(({ warning }) => warning ?? []);
}

function reportColumn(column: Column, offsets: Int32Array): ColumnReport {
  const { name, unit, per, width, values } = column;
  let [structures, numbers] = [0, 0];
  for (let i = 0, k = 0; i + 1 < offsets.length; i++) {
    const last = width * (per === "atom" ? offsets[i + 1] : i + 1);
    let own = 0;
    for (; k < last; k++) if (!Number.isNaN(values[k])) own++;
    if (own > 0) structures++;
    numbers += own;
  }
  return { name, unit, per, width, structures, numbers };
}
