import type { Dataset } from "../structures/dataset.js";
import type { LoadedData } from "../structures/data-schema.js";
import { sharedDataWarnings } from "../structures/shared-structures.js";
import { closeAtoms, closeAtomsWarning } from "./close-atoms.js";
import { describeReport } from "./commands/info.js";
import type { Session } from "./session.js";

/** Says what a data set holds, and what its reader had to choose. */
export function noteDataset(session: Session, name: string, dataset: Dataset): void {
  session.note(`${name}\n${describeReport(dataset.report)}`);
  for (const warning of dataset.report.warnings) session.warn(warning);
}

/** The parts that are there, with their names. */
export function partsOf(data: LoadedData): [string, Dataset][] {
  return (["train", "validation", "test"] as const).flatMap((name) => (data[name] ? [[name, data[name]] as [string, Dataset]] : []));
}

/** What may ruin a fit, as far as its structures tell: those that stand in several parts, and atoms that are too close. */
export async function dataWarnings(data: LoadedData): Promise<string[]> {
  return [...sharedDataWarnings(data), ...closeAtomsWarning(await closeAtoms(...partsOf(data).map(([, dataset]) => dataset)))];
}
