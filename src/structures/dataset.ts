import { InvalidParameterError, InvalidStructureError } from "../errors.js";
import { type Column, type ColumnShape, describeShape, hasShape, isAbsent } from "./column.js";
import { type DatasetReport, type KeyReport, noKeyReport } from "./dataset-report.js";
import type { FrameBlock, StructureInfo, UnreadInfo } from "./frame-block.js";
import { GrowingArray } from "./growing-array.js";
import { checkStructure } from "./check-structure.js";
import type { Structure } from "./structure.js";
import { summarize } from "./summarize.js";
import { columnsOf, isTargetName, type OwnValues, targetShapes, withColumns } from "./target-columns.js";

/** The arrays of a data set, one after the other over all structures; see {@link Dataset}. */
interface DatasetArrays {
  readonly offsets: Int32Array;
  readonly atomicNumbers: Uint8Array;
  readonly positions: Float64Array;
  readonly cells: Float64Array;
  readonly pbc: Uint8Array;
  readonly columns: ReadonlyMap<string, Column>;
  readonly configTypes: readonly string[];
  readonly labels: readonly string[];
  readonly infos: readonly (StructureInfo | UnreadInfo)[];
}

/**
 * Many structures with their targets, as a structure of arrays: the atoms of structure i are rows `offsets[i] … offsets[i+1]`. Whatever
 * number belongs to structures or atoms is a column with a name and a unit: `energy`, `forces` and `virial`, which are always there, and
 * those that were asked for.
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
  /** By name; reference values first. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Group of each structure; "" if it has none. */
  readonly configTypes: readonly string[];
  /** Where each structure came from, for messages. */
  readonly labels: readonly string[];
  /** What the data holds, and how it was read. */
  readonly report: DatasetReport;
  private readonly infos: DatasetArrays["infos"];
  private readonly keyReport: KeyReport;

  private constructor(arrays: DatasetArrays, keyReport: KeyReport) {
    this.offsets = arrays.offsets;
    this.atomicNumbers = arrays.atomicNumbers;
    this.positions = arrays.positions;
    this.cells = arrays.cells;
    this.pbc = arrays.pbc;
    this.columns = arrays.columns;
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

  /** Number of structures. */
  get nStructures(): number {
    return this.offsets.length - 1;
  }

  /** In all structures. */
  get nAtoms(): number {
    return this.atomicNumbers.length;
  }

  /** Column `energy`: eV, nStructures; NaN where absent */
  get energies(): Float64Array {
    return this.columns.get("energy")!.values;
  }

  /** Column `forces`: eV/Å, nAtoms × 3; NaN where absent, always for all atoms of a structure or none */
  get forces(): Float64Array {
    return this.columns.get("forces")!.values;
  }

  /** Column `virial`: eV, nStructures × 9 row-major; NaN where absent. −volume · stress, positive when compressed */
  get virials(): Float64Array {
    return this.columns.get("virial")!.values;
  }

  /** Number of atoms of one structure. */
  atomCount(index: number): number {
    return this.offsets[index + 1] - this.offsets[index];
  }

  /** Where the atoms of one structure are, as views of the arrays: without looking at what else is known of it. */
  atoms(index: number): Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc" | "label"> {
    this.checkIndex(index);
    const from = this.offsets[index];
    const to = this.offsets[index + 1];
    const cell = this.cells.subarray(9 * index, 9 * index + 9);
    const isPeriodic = (axis: number): boolean => this.pbc[3 * index + axis] === 1;
    return {
      atomicNumbers: this.atomicNumbers.subarray(from, to),
      positions: this.positions.subarray(3 * from, 3 * to),
      cell: Number.isNaN(cell[0]) ? null : cell,
      pbc: [isPeriodic(0), isPeriodic(1), isPeriodic(2)],
      label: this.labels[index],
    };
  }

  /** One structure as views of the arrays. */
  structure(index: number): Structure {
    const atoms = this.atoms(index);
    const own: OwnValues[] = [];
    for (const shape of this.columns.values()) {
      const values = rowsOf(shape, this.offsets, index);
      if (!isAbsent(values)) own.push({ shape, values });
    }
    return {
      ...atoms,
      ...withColumns(own),
      configType: this.configTypes[index],
      ...infoOf(this.infos[index]),
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
    const builder = new DatasetBuilder(this.columns.values());
    for (let i = 0; i < indices.length; i++) builder.add(this.structure(indices[i]));
    return builder.finish(this.keyReport);
  }

  /**
   * The same structures with more columns, or others in place of those of the same names; all other arrays are shared.
   * @throws {InvalidParameterError} for a column that has not as many numbers as its shape says
   */
  withColumns(columns: readonly Column[]): Dataset {
    for (const { name, per, width, values } of columns) {
      const expected = width * (per === "atom" ? this.nAtoms : this.nStructures);
      if (values.length !== expected) throw new InvalidParameterError(`the column "${name}" has ${values.length} numbers; the data set needs ${expected}`);
    }
    const all = new Map(this.columns);
    for (const column of columns) all.set(column.name, column);
    return new Dataset({ ...this, columns: all, infos: this.infos }, this.keyReport);
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
  private readonly columns = new Map<string, GrowingColumn>();
  private readonly configTypes: string[] = [];
  private readonly labels: string[] = [];
  private readonly infos: (StructureInfo | UnreadInfo)[] = [];

  /** @param shapes columns that the data set shall have in any case; energy, forces and virial need not be named */
  constructor(shapes: Iterable<ColumnShape> = []) {
    for (const shape of [...Object.values(targetShapes), ...shapes]) this.begin(shape);
  }

  /** Added so far. */
  get nStructures(): number {
    return this.labels.length;
  }

  /** Added so far, in all structures. */
  get nAtoms(): number {
    return this.atomicNumbers.length;
  }

  /**
   * @throws {InvalidStructureError} when the arrays of the structure do not fit each other or hold positions that are not finite, or a
   * column of it has another unit or shape than in the structures before
   */
  add(structure: Structure): void {
    checkStructure(structure);
    this.addColumns(structure);
    this.atomicNumbers.append(structure.atomicNumbers);
    this.positions.append(structure.positions);
    for (const isPeriodic of structure.pbc) this.pbc.fill(isPeriodic ? 1 : 0, 1);
    if (structure.cell) this.cells.append(structure.cell);
    else this.cells.fill(NaN, 9);
    this.offsets.push(this.atomicNumbers.length);
    this.configTypes.push(structure.configType);
    this.labels.push(structure.label);
    const { info, atomInfo, source } = structure;
    this.infos.push(source ? { info, atomInfo, source } : { info, atomInfo });
  }

  /**
   * Adds many structures at once.
   * @internal
   */
  addBlock(block: FrameBlock): void {
    const { targets, atomCounts } = block;
    for (const { shape, values } of this.columns.values()) {
      if (isTargetName(shape.name)) values.append(targets[shape.name]);
      else values.fill(NaN, shape.width * (shape.per === "atom" ? block.atomicNumbers.length : atomCounts.length));
    }
    let end = this.atomicNumbers.length;
    for (let i = 0; i < atomCounts.length; i++) this.offsets.push((end += atomCounts[i]));
    this.atomicNumbers.append(block.atomicNumbers);
    this.positions.append(block.positions);
    this.cells.append(block.cells);
    this.pbc.append(block.pbc);
    this.configTypes.push(...block.configTypes);
    this.labels.push(...block.labels);
    this.infos.push(...block.infos);
  }

  /** Makes room for about so many more, as a guess: what is added needs none. */
  reserve(nStructures: number, nAtoms: number): void {
    this.atomicNumbers.reserve(nAtoms);
    this.positions.reserve(3 * nAtoms);
    this.cells.reserve(9 * nStructures);
    this.pbc.reserve(3 * nStructures);
    for (const { shape, values } of this.columns.values()) values.reserve(shape.width * (shape.per === "atom" ? nAtoms : nStructures));
  }

  /** The data set; the builder is not used afterwards. */
  finish(keyReport: KeyReport = noKeyReport): Dataset {
    const arrays: DatasetArrays = {
      offsets: Int32Array.from(this.offsets),
      atomicNumbers: this.atomicNumbers.finish(),
      positions: this.positions.finish(),
      cells: this.cells.finish(),
      pbc: this.pbc.finish(),
      columns: new Map([...this.columns].map(([name, { shape, values }]) => [name, { ...shape, values: values.finish() }])),
      configTypes: this.configTypes,
      labels: this.labels,
      infos: this.infos,
    };
    return Dataset.fromArrays(arrays, keyReport);
  }

  /** Before the atoms of the structure are counted. */
  private addColumns(structure: Structure): void {
    const own = columnsOf(structure);
    const columns = own.map(({ shape }) => this.begin(shape));
    const misfit = columns.findIndex((column, k) => !hasShape(own[k].shape, column.shape));
    if (misfit >= 0) {
      const { name } = own[misfit].shape;
      const shapes = [own[misfit].shape, columns[misfit].shape].map(describeShape);
      throw new InvalidStructureError(`${structure.label}: the column "${name}" (${shapes[0]}) is another one in structures before (${shapes[1]})`);
    }
    for (let k = 0; k < own.length; k++) columns[k].values.append(own[k].values);
    const nAtoms = this.atomicNumbers.length + structure.atomicNumbers.length;
    // absent is what the structure has not given
    for (const { shape, values } of this.columns.values()) {
      const expected = shape.width * (shape.per === "atom" ? nAtoms : this.nStructures + 1);
      if (values.length < expected) values.fill(NaN, expected - values.length);
    }
  }

  /** The column of this name; a new one is absent from the structures before. */
  private begin(shape: ColumnShape): GrowingColumn {
    const { name, unit, per, width } = shape;
    const known = this.columns.get(name);
    if (known) return known;
    // the shape itself, where it is not the values of one structure
    const column: GrowingColumn = { shape: "values" in shape ? { name, unit, per, width } : shape, values: new GrowingArray(Float64Array) };
    column.values.fill(NaN, width * (per === "atom" ? this.atomicNumbers.length : this.nStructures));
    this.columns.set(name, column);
    return column;
  }
}

interface GrowingColumn {
  readonly shape: ColumnShape;
  readonly values: GrowingArray<Float64Array>;
}

function infoOf(kept: StructureInfo | UnreadInfo): StructureInfo {
  return "readInfo" in kept ? kept.readInfo() : kept;
}

/** What a column says of one structure, as a view. */
function rowsOf(column: Column, offsets: Int32Array, index: number): Float64Array {
  const [first, last] = rangeOf(column, offsets, index);
  return column.values.subarray(first, last);
}

function rangeOf({ per, width }: ColumnShape, offsets: Int32Array, index: number): [number, number] {
  return per === "atom" ? [width * offsets[index], width * offsets[index + 1]] : [width * index, width * (index + 1)];
}
