import type { Dataset } from "../structures/dataset.js";
import type { LoadedData } from "../structures/data-schema.js";
import { suspectDataWarnings } from "../structures/checks/suspect-data.js";
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

/** What parts are called in sentences. */
export const dataTitles: Readonly<Record<string, string>> = { train: "training", validation: "validation", test: "test" };

/** What may ruin a fit, as far as the data tell: structures in several parts, atoms that are too close, units and signs that contradict each other, frames that repeat. */
export async function dataWarnings(data: LoadedData): Promise<string[]> {
  const parts = partsOf(data);
  return [
    ...sharedDataWarnings(data),
    ...closeAtomsWarning(await closeAtoms(...parts.map(([, dataset]) => dataset))),
    ...parts.flatMap(([name, dataset]) => suspectDataWarnings(dataset, dataTitles[name])),
  ];
}
