import { InvalidParameterError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import type { DataStatistics, Descriptor, SpeciesList } from "../descriptor.js";
import type { ColumnList } from "./column-map.js";
import { namesOf, ReducedDescriptor } from "./reduced-descriptor.js";
import type { ColumnsReduction } from "./schema.js";

/** Some of the columns of another descriptor, as they are. A weight of rows stays the last column whether it is named or not. */
export class ColumnsOf extends ReducedDescriptor {
  /** @throws {InvalidParameterError} for positions that do not say which species they are for, and columns that are named twice */
  constructor(
    descriptor: Descriptor,
    private readonly reduction: ColumnsReduction,
  ) {
    super(descriptor, reduction.species);
    const { columns } = reduction;
    if (typeof columns[0] === "number" && !this.ownSpecies) {
      throw new InvalidParameterError(`${this.name}: reduction.columns are positions, which depend on the species: add reduction.species, the chemical symbols that they are for, or name columns by their labels`);
    }
    const repeated = (columns as readonly unknown[]).find((column, index) => (columns as readonly unknown[]).indexOf(column) < index);
    if (repeated !== undefined) throw new InvalidParameterError(`${this.name}: reduction.columns names ${JSON.stringify(repeated)} twice`);
  }

  get parameters(): Descriptor["parameters"] {
    return { ...this.descriptor.parameters, reduction: this.reduction };
  }

  get learn(): Descriptor["learn"] {
    const { learn } = this.descriptor;
    return learn && (async (data: DataStatistics<Descriptor>) => new ColumnsOf(await learn.call(this.descriptor, data), this.reduction));
  }

  protected makeMap(species: SpeciesList): ColumnList {
    const nBefore = this.descriptor.featureCount(species);
    const { columns } = this.reduction;
    const found = typeof columns[0] === "number" ? this.positions(columns as number[], nBefore, species) : this.labelled(columns as string[], species);
    const weight = nBefore - 1;
    const list = this.weighsRows ? [...found.filter((column) => column !== weight), weight] : found;
    if (this.weighsRows && list.length === 1) {
      throw new InvalidParameterError(`${this.name}: reduction.columns names the weight of rows alone, which is no column to fit on: name others, it stays anyway`);
    }
    this.checkSets(list, species);
    return { nBefore, columns: list };
  }

  private positions(columns: readonly number[], nBefore: number, species: SpeciesList): readonly number[] {
    const beyond = columns.find((column) => column >= nBefore);
    if (beyond === undefined) return columns;
    throw new InvalidParameterError(`${this.name}: reduction.columns has ${beyond}, but with ${namesOf(species)} there are ${nBefore} columns, 0 to ${nBefore - 1}`);
  }

  private labelled(labels: readonly string[], species: SpeciesList): number[] {
    const known = new Map(this.descriptor.features(species).map(({ label }, column) => [label, column]));
    return labels.map((label) => {
      const column = known.get(label);
      if (column !== undefined) return column;
      throw new InvalidParameterError(`${this.name}: reduction.columns names "${label}", which is no column with ${namesOf(species)}${suggestionFor(label, known.keys())}`);
    });
  }

  /** Columns that turn together are taken together: fewer do not turn among themselves. */
  private checkSets(list: readonly number[], species: SpeciesList): void {
    if (!this.turns) return;
    const taken = new Set(list);
    const features = this.descriptor.features(species);
    const sets = new Set(list.flatMap((column) => features[column].harmonic?.set ?? []));
    const missing = features.findIndex(({ harmonic }, column) => harmonic && sets.has(harmonic.set) && !taken.has(column));
    if (missing < 0) return;
    throw new InvalidParameterError(`${this.name}: reduction.columns leaves out "${features[missing].label}", which turns together with others that it names: name all of them`);
  }
}
