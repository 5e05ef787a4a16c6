import type { Command } from "commander";
import { type Dataset, type DatasetReport, readDataset } from "../../structures/index.js";
import { addOutputOptions, addReferenceKeyOptions, type ReferenceKeyFlags, referenceKeys } from "../options.js";
import type { OpenSession, Session, SessionOptions } from "../session.js";
import { formatNumber, formatTable } from "../table.js";

interface InfoFlags extends SessionOptions, ReferenceKeyFlags {}

export function configure(command: Command, openSession: OpenSession): void {
  command.argument("<file>", "extended XYZ file, plain or gzipped");
  addOutputOptions(addReferenceKeyOptions(command)).action(async (file: string, flags: InfoFlags) => {
    await describeDataset(openSession(flags), file, flags);
  });
}

async function describeDataset(session: Session, file: string, flags: InfoFlags): Promise<void> {
  const dataset = await readDataset(file, { keys: referenceKeys(flags), signal: session.signal });
  const { report } = dataset;
  const groups = groupRanges(dataset);
  for (const warning of report.warnings) session.note(`warning: ${warning}`);
  session.result({ kind: "dataset", ...report, configTypes: groups }, `${describeReport(report)}\n${describeGroups(groups)}`);
}

/** Lines about a data set that commands print before they use it. */
export function describeReport(report: DatasetReport): string {
  const from = (target: keyof DatasetReport["keys"]): string => {
    const uses = report.keys[target].map(({ key, structures }) => (report.keys[target].length > 1 ? `${key} (${structures})` : key));
    return uses.length > 0 ? ` from ${uses.join(", ")}` : "";
  };
  const species = report.species.map(({ symbol, atoms }) => `${symbol} ${atoms}`).join(", ");
  return [
    `data       ${report.files.join(", ")}`,
    `structures ${report.structures}, ${report.atoms} atoms (${species})`,
    `targets    ${report.energies} energies${from("energy")}; ${report.forceComponents} force components${from("forces")}; ` +
      `${report.virials} virials${from("virial")}`,
  ].join("\n");
}

interface GroupRanges {
  readonly name: string;
  structures: number;
  atoms: number;
  /** eV/atom; null without energies */
  lowestEnergy: number | null;
  highestEnergy: number | null;
  /** eV/Å: largest force on an atom; null without forces */
  largestForce: number | null;
}

function groupRanges(dataset: Dataset): GroupRanges[] {
  const groups = new Map<string, GroupRanges>();
  for (const { configType, atomicNumbers, targets } of dataset) {
    let group = groups.get(configType);
    if (!group) {
      group = { name: configType, structures: 0, atoms: 0, lowestEnergy: null, highestEnergy: null, largestForce: null };
      groups.set(configType, group);
    }
    group.structures++;
    group.atoms += atomicNumbers.length;
    if (targets.energy !== undefined) {
      const perAtom = targets.energy / atomicNumbers.length;
      group.lowestEnergy = Math.min(group.lowestEnergy ?? perAtom, perAtom);
      group.highestEnergy = Math.max(group.highestEnergy ?? perAtom, perAtom);
    }
    if (targets.forces) group.largestForce = Math.max(group.largestForce ?? 0, largestNorm(targets.forces));
  }
  return [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function largestNorm(vectors: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vectors.length; i += 3) largest = Math.max(largest, Math.hypot(vectors[i], vectors[i + 1], vectors[i + 2]));
  return largest;
}

function describeGroups(groups: readonly GroupRanges[]): string {
  const header = ["config_type", "structures", "atoms", "lowest eV/atom", "highest eV/atom", "largest eV/Å"];
  const rows = groups.map((group) => [
    group.name || "(none)",
    String(group.structures),
    String(group.atoms),
    formatNumber(group.lowestEnergy ?? NaN, 4),
    formatNumber(group.highestEnergy ?? NaN, 4),
    formatNumber(group.largestForce ?? NaN, 3),
  ]);
  return formatTable([header, ...rows]);
}
