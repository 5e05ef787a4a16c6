import { InvalidParameterError } from "../errors.js";
import { type DatasetReport, type KeyReport, noKeyReport } from "./dataset-report.js";
import { GrowingArray } from "./growing-array.js";
import { symbolOf } from "./periodic-table.js";
import { checkStructure } from "./check-structure.js";
import type { Structure, Targets } from "./structure.js";

/** What is kept of a structure for output only. */
type StructureInfo = Pick<Structure, "info" | "columns" | "source">;

/** The arrays of a data set, one after the other over all structures; see {@link Dataset}. */
interface DatasetArrays {
  readonly offsets: Int32Array;
  readonly atomicNumbers: Uint8Array;
  readonly positions: Float64Array;
  readonly cells: Float64Array;
  readonly pbc: Uint8Array;
  readonly energies: Float64Array;
  readonly forces: Float64Array;
  readonly virials: Float64Array;
  readonly configTypes: readonly string[];
  readonly labels: readonly string[];
  readonly infos: readonly StructureInfo[];
}

/**
 * Many structures with their targets, as a structure of arrays: the atoms of structure i are rows `offsets[i] … offsets[i+1]`.
 * Immutable by agreement: `structure(i)` gives views of these arrays, not copies.
 */
export class Dataset {
  /** nStructures + 1 */
  readonly offsets: Int32Array;
  /** nAtoms */
  readonly atomicNumbers: Uint8Array;
  /** Å, nAtoms × 3 */
  readonly positions: Float64Array;
  /** Å, nStructures × 9, rows are lattice vectors; NaN without a cell */
  readonly cells: Float64Array;
  /** nStructures × 3, 0 or 1 */
  readonly pbc: Uint8Array;
  /** eV, nStructures; NaN where absent */
  readonly energies: Float64Array;
  /** eV/Å, nAtoms × 3; NaN where absent, always for all atoms of a structure or none */
  readonly forces: Float64Array;
  /** eV, nStructures × 9 row-major; NaN where absent. −volume · stress, positive when compressed */
  readonly virials: Float64Array;
  /** Group of each structure; "" if it has none. */
  readonly configTypes: readonly string[];
  /** Where each structure came from, for messages. */
  readonly labels: readonly string[];
  readonly report: DatasetReport;
  private readonly infos: DatasetArrays["infos"];
  private readonly keyReport: KeyReport;

  private constructor(arrays: DatasetArrays, keyReport: KeyReport) {
    this.offsets = arrays.offsets;
    this.atomicNumbers = arrays.atomicNumbers;
    this.positions = arrays.positions;
    this.cells = arrays.cells;
    this.pbc = arrays.pbc;
    this.energies = arrays.energies;
    this.forces = arrays.forces;
    this.virials = arrays.virials;
    this.configTypes = arrays.configTypes;
    this.labels = arrays.labels;
    this.infos = arrays.infos;
    this.keyReport = keyReport;
    this.report = summarize(this, keyReport);
  }

  /** @throws {InvalidStructureError} when the arrays of a structure do not fit each other or hold positions that are not finite */
  static from(structures: Iterable<Structure>, keyReport: KeyReport = noKeyReport): Dataset {
    const builder = new DatasetBuilder();
    for (const structure of structures) builder.add(structure);
    return builder.finish(keyReport);
  }

  /** @internal */
  static fromArrays(arrays: DatasetArrays, keyReport: KeyReport): Dataset {
    return new Dataset(arrays, keyReport);
  }

  get nStructures(): number {
    return this.offsets.length - 1;
  }

  get nAtoms(): number {
    return this.atomicNumbers.length;
  }

  /** Number of atoms of one structure. */
  atomCount(index: number): number {
    return this.offsets[index + 1] - this.offsets[index];
  }

  /** One structure as views of the arrays. */
  structure(index: number): Structure {
    this.checkIndex(index);
    const [from, to] = [this.offsets[index], this.offsets[index + 1]];
    const cell = this.cells.subarray(9 * index, 9 * index + 9);
    const energy = this.energies[index];
    const virial = this.virials.subarray(9 * index, 9 * index + 9);
    const forces = this.forces.subarray(3 * from, 3 * to);
    const targets: Targets = {
      ...(Number.isNaN(energy) ? {} : { energy }),
      ...(from === to || Number.isNaN(forces[0]) ? {} : { forces }),
      ...(Number.isNaN(virial[0]) ? {} : { virial }),
    };
    const [a, b, c] = this.pbc.subarray(3 * index, 3 * index + 3);
    return {
      atomicNumbers: this.atomicNumbers.subarray(from, to),
      positions: this.positions.subarray(3 * from, 3 * to),
      cell: Number.isNaN(cell[0]) ? null : cell,
      pbc: [a === 1, b === 1, c === 1],
      targets,
      configType: this.configTypes[index],
      label: this.labels[index],
      ...this.infos[index],
    };
  }

  /** All structures in order, as views. */
  *[Symbol.iterator](): Generator<Structure> {
    for (let i = 0; i < this.nStructures; i++) yield this.structure(i);
  }

  /** Atomic numbers that occur, ascending. */
  species(): number[] {
    return this.report.species.map(({ atomicNumber }) => atomicNumber);
  }

  /** A data set of copies of the given structures, in the given order. */
  subset(indices: ArrayLike<number>): Dataset {
    const builder = new DatasetBuilder();
    for (let i = 0; i < indices.length; i++) builder.add(this.structure(indices[i]));
    return builder.finish(this.keyReport);
  }

  private checkIndex(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.nStructures) {
      throw new InvalidParameterError(`there is no structure ${index}; the data set has ${this.nStructures}, counted from 0`);
    }
  }
}

/** Collects structures one by one, so that a stream becomes a data set without a list of its structures in between. */
export class DatasetBuilder {
  private readonly offsets: number[] = [0];
  private readonly atomicNumbers = new GrowingArray(Uint8Array);
  private readonly positions = new GrowingArray(Float64Array);
  private readonly cells = new GrowingArray(Float64Array);
  private readonly pbc = new GrowingArray(Uint8Array);
  private readonly energies = new GrowingArray(Float64Array);
  private readonly forces = new GrowingArray(Float64Array);
  private readonly virials = new GrowingArray(Float64Array);
  private readonly configTypes: string[] = [];
  private readonly labels: string[] = [];
  private readonly infos: StructureInfo[] = [];

  get nStructures(): number {
    return this.labels.length;
  }

  /** @throws {InvalidStructureError} when the arrays of the structure do not fit each other or hold positions that are not finite */
  add(structure: Structure): void {
    checkStructure(structure);
    const { targets } = structure;
    const nAtoms = structure.atomicNumbers.length;
    this.atomicNumbers.append(structure.atomicNumbers);
    this.positions.append(structure.positions);
    this.pbc.append(structure.pbc.map(Number));
    this.energies.append([targets.energy ?? NaN]);
    if (structure.cell) this.cells.append(structure.cell);
    else this.cells.fill(NaN, 9);
    if (targets.forces) this.forces.append(targets.forces);
    else this.forces.fill(NaN, 3 * nAtoms);
    if (targets.virial) this.virials.append(targets.virial);
    else this.virials.fill(NaN, 9);
    this.offsets.push(this.atomicNumbers.length);
    this.configTypes.push(structure.configType);
    this.labels.push(structure.label);
    const { info, columns, source } = structure;
    this.infos.push({ info, columns, ...(source ? { source } : {}) });
  }

  finish(keyReport: KeyReport = noKeyReport): Dataset {
    const arrays: DatasetArrays = {
      offsets: Int32Array.from(this.offsets),
      atomicNumbers: this.atomicNumbers.finish(),
      positions: this.positions.finish(),
      cells: this.cells.finish(),
      pbc: this.pbc.finish(),
      energies: this.energies.finish(),
      forces: this.forces.finish(),
      virials: this.virials.finish(),
      configTypes: this.configTypes,
      labels: this.labels,
      infos: this.infos,
    };
    return Dataset.fromArrays(arrays, keyReport);
  }
}

function summarize(dataset: Dataset, keyReport: KeyReport): DatasetReport {
  const atomsOfSpecies = new Map<number, number>();
  for (const z of dataset.atomicNumbers) atomsOfSpecies.set(z, (atomsOfSpecies.get(z) ?? 0) + 1);
  const groups = new Map<string, { structures: number; atoms: number }>();
  let [energies, virials, forceComponents] = [0, 0, 0];
  for (let i = 0; i < dataset.nStructures; i++) {
    const group = groups.get(dataset.configTypes[i]) ?? { structures: 0, atoms: 0 };
    group.structures++;
    group.atoms += dataset.atomCount(i);
    groups.set(dataset.configTypes[i], group);
    if (!Number.isNaN(dataset.energies[i])) energies++;
    if (!Number.isNaN(dataset.virials[9 * i])) virials++;
  }
  for (const component of dataset.forces) if (!Number.isNaN(component)) forceComponents++;
  return {
    ...keyReport,
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    species: [...atomsOfSpecies]
      .sort(([a], [b]) => a - b)
      .map(([atomicNumber, atoms]) => ({ atomicNumber, symbol: symbolOf(atomicNumber), atoms })),
    energies,
    forceComponents,
    virials,
    configTypes: [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => ({ name, ...counts })),
  };
}

