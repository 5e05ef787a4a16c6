import type { Dataset } from "../dataset.js";
import { derivativeWarnings } from "./close-frames.js";
import { energyExtentWarnings } from "./energy-extent.js";
import { bareFrameWarnings, repeatedFrameWarnings } from "./repeated-frames.js";

/**
 * What looks wrong in a data set, one sentence each: energies per atom, units and signs of forces and virials that contradict the energies,
 * frames that stand there twice, and frames without reference values. It reads the data alone; see docs/how-to/data.md.
 * @param name of the data: "training"
 */
export function suspectDataWarnings(dataset: Dataset, name: string): string[] {
  return [...energyExtentWarnings(dataset, name), ...derivativeWarnings(dataset, name), ...repeatedFrameWarnings(dataset, name), ...bareFrameWarnings(dataset, name)];
}
