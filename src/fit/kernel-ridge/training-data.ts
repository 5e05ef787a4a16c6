import { InvalidParameterError } from "../../errors.js";
import type { Column } from "../../structures/column.js";
import type { Dataset } from "../../structures/dataset.js";
import { suggestionFor } from "../../suggestion.js";
import { findIsolatedAtomEnergies, type IsolatedAtomEnergies, leastSquaresOfComposition } from "../isolated-atoms.js";
import { sigmaOf } from "../structure-sigma.js";
import { fitsForces, namedTargets, type ResolvedKernelFit } from "./schema.js";

/** One column of right-hand sides. */
export interface FittedTarget {
  /** "energy", or a column of the data. */
  readonly name: string;
  readonly unit: string;
  /** What was taken off beside isolated atoms. */
  readonly mean: number;
  /** What was taken off for each atom, by species index; undefined: nothing, or energies of isolated atoms */
  readonly atomValues: readonly number[] | undefined;
  /** nStructures: what is left for the kernels */
  readonly values: Float64Array;
}

/** Structures that are fitted to, and what to. */
export interface TrainingData {
  /** Structures with all targets. */
  readonly dataset: Dataset;
  /** Their numbers in the data. */
  readonly indices: Int32Array;
  /** Structures that lack a target. */
  readonly leftOut: number;
  /** Atomic numbers of the whole data, ascending */
  readonly species: readonly number[];
  /** undefined: energies are not relative to isolated atoms */
  readonly isolated: IsolatedAtomEnergies | undefined;
  /** The energy first. */
  readonly targets: readonly FittedTarget[];
}

/**
 * Chooses the structures that have what is fitted, and takes isolated atoms and means off. The mean of energies is that of what is left over
 * isolated atoms: it stays where the kernel is a sum over atoms, so that atoms far from each other have the energy of isolated ones.
 * @param keepsMean whether the energies keep their mean
 * @throws {InvalidParameterError} for targets that the data does not have
 */
export function trainingData({ model, fit }: ResolvedKernelFit, dataset: Dataset, keepsMean: boolean): TrainingData {
  const species = dataset.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const named = namedTargets(fit);
  const columns = named.map(({ name }) => columnOf(dataset, name));
  const indices = Int32Array.from(usableStructures(dataset, columns, fit));
  if (indices.length === 0) throw new InvalidParameterError(`no structure of the training data has ${named.map(({ name }) => name).join(" and ")}${fit.sigma ? " with a σ" : ""}: name the keys that hold them (data.keys, data.columns)`);
  const option = model.isolatedAtomEnergies;
  const isolated = option === "none" ? undefined : findIsolatedAtomEnergies(option, dataset, species, fit.sigma ?? {});
  const chosen = indices.length === dataset.nStructures ? dataset : dataset.subset(indices);
  const targets = columns.map(({ name, unit, values }, t): FittedTarget => {
    const own = Float64Array.from(indices, (index) => values[index]);
    const atomValues = named[t].baseline === "composition" ? leastSquaresOfComposition(chosen, species, own) : undefined;
    const ofAtoms = t === 0 ? isolated?.values : atomValues;
    if (ofAtoms) for (const [i, index] of indices.entries()) own[i] -= isolatedEnergy(dataset, index, species, ofAtoms);
    const mean = t === 0 && keepsMean && isolated ? 0 : meanOf(own);
    return { name, unit, mean, atomValues, values: own.map((value) => value - mean) };
  });
  return { dataset: chosen, indices, leftOut: dataset.nStructures - indices.length, species, isolated, targets };
}

/** eV */
export function isolatedEnergy(dataset: Dataset, index: number, species: readonly number[], energies: readonly number[]): number {
  let sum = 0;
  for (let atom = dataset.offsets[index]; atom < dataset.offsets[index + 1]; atom++) sum += energies[species.indexOf(dataset.atomicNumbers[atom])];
  return sum;
}

function* usableStructures(dataset: Dataset, columns: readonly Column[], fit: ResolvedKernelFit["fit"]): Generator<number> {
  const withForces = fitsForces(fit);
  for (let index = 0; index < dataset.nStructures; index++) {
    if (dataset.atomCount(index) === 0) continue;
    if (withForces) {
      const { energy, forces } = sigmaOf(dataset, index, fit.sigma!);
      if (energy !== null || forces !== null) yield index;
    } else if (columns.every(({ values }) => !Number.isNaN(values[index])) && (!fit.sigma || sigmaOf(dataset, index, fit.sigma).energy !== null)) yield index;
  }
}

function columnOf(dataset: Dataset, name: string): Column {
  const column = dataset.columns.get(name);
  const known = [...dataset.columns.values()].filter(({ per, width }) => per === "structure" && width === 1).map((candidate) => candidate.name);
  if (!column) {
    throw new InvalidParameterError(`fit.targets names "${name}", which is no column of the data: ask for it with data.columns: { ${name}: { unit: … } }${suggestionFor(name, known)}`);
  }
  if (column.per === "structure" && column.width === 1) return column;
  throw new InvalidParameterError(`fit.targets names "${name}", which has ${column.width} numbers per ${column.per}; it must be a number per structure, such as ${known.join(", ")}`);
}

/** Of what there is; structures with forces alone have no energy. */
function meanOf(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return present.length === 0 ? 0 : present.reduce((sum, value) => sum + value, 0) / present.length;
}
