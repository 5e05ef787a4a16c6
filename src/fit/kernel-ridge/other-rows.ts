import { InvalidParameterError } from "../../errors.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { digestOfNumbers } from "../checkpoint/identity.js";
import type { KernelFitJob } from "./job.js";
import { describeRows, type RowSet } from "./term-rows.js";
import { isolatedEnergy } from "./training-data.js";

/** Structures that are not fitted to, described: their energies are predicted at every point of a scan. */
export interface OtherRows {
  readonly name: string;
  /** What messages and checkpoints call their kernels. */
  readonly what: string;
  /** Of each term. */
  readonly rows: readonly RowSet[];
  /** eV, nStructures: without isolated atoms and mean */
  readonly energies: Float64Array;
  /** Of the structures with their energies. */
  readonly digest: string;
}

/**
 * Describes the structures of a data set that have energies.
 * @param name as in a scan
 * @throws {InvalidParameterError} where none has one, or an element is not in the training data
 */
export async function otherRows(job: KernelFitJob, name: string, all: Dataset, holdings: Holdings): Promise<OtherRows> {
  const { data, terms } = job;
  const usable = Array.from({ length: all.nStructures }, (_, i) => i).filter((i) => all.atomCount(i) > 0 && !Number.isNaN(all.energies[i]));
  if (usable.length === 0) throw new InvalidParameterError(`the ${name} data of regularization.scan has no energies`);
  const dataset = all.subset(usable);
  const unknown = dataset.species().filter((atomicNumber) => !data.species.includes(atomicNumber));
  if (unknown.length > 0) {
    throw new InvalidParameterError(`the ${name} data of regularization.scan has ${unknown.map(symbolOf).join(", ")}, which the training data (${data.species.map(symbolOf).join(", ")}) has not: leave these structures out`);
  }
  const zero = data.isolated?.values ?? data.species.map(() => 0);
  const rows: RowSet[] = [];
  for (const term of terms) rows.push(await describeRows(term, dataset, data.species, holdings, job));
  const energies = dataset.energies.map((energy, i) => energy - data.targets[0].mean - isolatedEnergy(dataset, i, data.species, zero));
  return { name, what: `kernels of the ${name} data`, rows, energies, digest: digestOfNumbers([dataset.positions, dataset.cells, dataset.energies]) };
}
