import { isModelFile } from "../../models/model-file-mark.js";
import type { Dataset } from "../../structures/dataset.js";
import type { DatasetReport } from "../../structures/dataset-report.js";
import { readDataset } from "../../structures/io/read-structures.js";
import { isTargetName } from "../../structures/target-columns.js";
import { type ReferenceKeyFlags, referenceKeys, requestedColumns, type TypesFlag } from "../options.js";
import type { Session, SessionOptions } from "../session.js";
import { closeAtoms, describeCloseAtoms } from "../close-atoms.js";
import { formatNumber, formatTable } from "../table.js";

/** Flags of `pestle info`. */
export interface InfoFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag {
  readonly column?: readonly string[];
}

/** Runs `pestle info`. */
export async function runInfo(session: Session, files: readonly string[], flags: InfoFlags): Promise<void> {
  // models bring much along that data do not need
  if (files.length === 1 && (await isModelFile(files[0]))) await (await import("../model-info.js")).describeModel(session, files[0]);
  else await describeDataset(session, files, flags);
}

async function describeDataset(session: Session, files: readonly string[], flags: InfoFlags): Promise<void> {
  const dataset = await readDataset(files, { keys: referenceKeys(flags), columns: requestedColumns(flags.column), types: flags.types, signal: session.signal });
  const { report } = dataset;
  const groups = groupRanges(dataset);
  const close = await closeAtoms(dataset);
  const warnings = [...report.warnings, ...describeCloseAtoms(close)];
  for (const warning of warnings) session.warn(warning);
  const lines = [describeReport(report), ...describeUnread(report), describeGroups(groups)];
  session.result({ kind: "dataset", ...report, warnings, configTypes: groups, closeAtoms: close }, lines.join("\n"));
}

/** Lines about a data set that commands print before they use it. */
export function describeReport(report: DatasetReport): string {
  const from = (target: string, count = 1): string => {
    // of a key whose values were all refused, as stresses without a volume are, a warning tells
    if (count === 0) return "";
    const uses = report.keys[target].map(({ key, structures }) => (report.keys[target].length > 1 ? `${key} (${structures})` : key));
    return uses.length > 0 ? ` from ${uses.join(", ")}` : "";
  };
  const species = report.species.map(({ symbol, atoms }) => `${symbol} ${atoms}`).join(", ");
  return [
    `data       ${report.files.join(", ")}`,
    `structures ${report.structures}, ${report.atoms} atoms (${species})`,
    `targets    ${report.energies} energies${from("energy", report.energies)}; ${report.forceComponents} force components${from("forces", report.forceComponents)}; ` +
      `${report.virials} virials${from("virial", report.virials)}`,
    ...describeColumns(report, from),
  ].join("\n");
}

/** Columns beyond the targets. */
function describeColumns({ columns }: DatasetReport, from: (name: string) => string): string[] {
  const further = columns.filter(({ name }) => !isTargetName(name));
  const texts = further.map(({ name, unit, per, structures, numbers }) => {
    const what = `${name}${unit === "1" ? "" : ` (${unit})`}`;
    const [ofAtoms, count] = per === "atom" ? [" per atom", ` (${numbers} numbers)`] : ["", ""];
    return `${what}${ofAtoms} in ${structures} structures${count}${from(name)}`;
  });
  return texts.length > 0 ? [`columns    ${texts.join("; ")}`] : [];
}

/** Names of the files that may be asked for as columns. */
function describeUnread({ unread }: DatasetReport): string[] {
  const names = (per: "structure" | "atom"): string =>
    unread.filter((name) => name.per === per).map(({ key, structures }) => `${key} (${structures})`).join(", ");
  const [ofStructures, ofAtoms] = [names("structure"), names("atom")];
  const parts = [...(ofStructures ? [ofStructures] : []), ...(ofAtoms ? [`per atom ${ofAtoms}`] : [])];
  return parts.length > 0 ? [`not read   ${parts.join("; ")}`] : [];
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
    if (targets.energy !== undefined && atomicNumbers.length > 0) {
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
