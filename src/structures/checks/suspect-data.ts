import type { Dataset } from "../dataset.js";
import { bondLengthWarnings } from "./bond-lengths.js";
import { hydrogenBondWarnings } from "./bonds-of-hydrogen.js";
import { derivativeWarnings } from "./close-frames.js";
import { equalEnergyWarnings } from "./equal-energies.js";
import { energyExtentWarnings } from "./energy-extent.js";
import { mixedEnergyWarnings } from "./mixed-energies.js";
import { bareFrameWarnings, repeatedFrameWarnings } from "./repeated-frames.js";
import { totalEnergyWarnings } from "./total-energies.js";

/**
 * What looks wrong in a data set, one sentence each: positions in bohr, energies and forces of a size that no molecule has, energies per atom, units and
 * signs of forces and virials that contradict the energies, some energies in other units than the others, frames that stand there twice, and frames
 * without reference values. It reads the data alone; see docs/how-to/data.md.
 * @param name of the data: "training"
 */
export function suspectDataWarnings(dataset: Dataset, name: string): string[] {
  const lengths = bondLengthWarnings(dataset, name);
  // what follows from known sizes says more than what only contradicts each other, and both would say the same twice
  const sizes = lengths.length > 0 ? [] : [...totalEnergyWarnings(dataset, name), ...hydrogenBondWarnings(dataset, name)];
  return [
    ...lengths,
    ...sizes,
    ...equalEnergyWarnings(dataset, name),
    ...energyExtentWarnings(dataset, name),
    ...derivativeWarnings(dataset, name, { forces: lengths.length + sizes.length === 0 }),
    ...mixedEnergyWarnings(dataset, name),
    ...repeatedFrameWarnings(dataset, name),
    ...bareFrameWarnings(dataset, name),
  ];
}
