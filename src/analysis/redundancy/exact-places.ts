import type { Factor } from "../../descriptors/ace/selection.js";
import { seededRandom } from "../../math/random.js";
import type { TaskContext } from "../../parallel/task.js";
import { couplingTree } from "./coupling-trees.js";
import { invariantGradient, type SumValues } from "./invariant-gradient.js";
import { type ExactTables, type Invariant, randomSums } from "./invariants.js";
import { ModularRows } from "./modular-rows.js";
import { type Slope, Slopes, solidHarmonics } from "./solid-harmonics.js";

/** Neighbors around a center at whole coordinates, in any unit: their functions of the distance are (r²)ⁿ. */
export interface IntegerEnvironment {
  /** x, y, z of each neighbor */
  readonly positions: readonly (readonly number[])[];
  /** Species index of each neighbor; default: 0. */
  readonly species?: readonly number[];
}

/** The sums over neighbors that occur in some invariants, and where the values of each stand in a row of derivatives. */
export class Channels {
  readonly list: readonly Factor[];
  readonly offsets: readonly number[];
  /** All values, 2l + 1 of each. */
  readonly nVariables: number;
  private readonly places = new Map<number, number>();

  constructor(invariants: readonly Invariant[]) {
    const list: Factor[] = [];
    for (const own of invariants.flatMap(({ factors }) => factors)) {
      if (!this.places.has(keyOf(own))) this.places.set(keyOf(own), list.push(own) - 1);
    }
    this.list = list;
    const ends = list.map(((end) => ({ l }) => (end += 2 * l + 1))(0));
    this.offsets = [0, ...ends];
    this.nVariables = ends[ends.length - 1] ?? 0;
  }

  indexOf(factor: Factor): number {
    return this.places.get(keyOf(factor))!;
  }

  /** Dimension of the sets of points that rotations make of one: it is missing in the rank. */
  get orbitDimension(): number {
    const turning = this.list.filter(({ l }) => l > 0);
    if (turning.length === 0) return 0;
    return turning.length === 1 && turning[0].l === 1 ? 2 : 3;
  }
}

function keyOf({ species, n, l }: Factor): number {
  return (species * 4096 + n) * 4096 + l;
}

/** A point where derivatives of invariants are taken, by the sums themselves or by the positions of neighbors that they are made of. */
export class ExactPlace {
  private readonly rows: ModularRows;

  /** @param slopes of each channel [2l + 1 × 3J]; absent: the variables are the sums */
  constructor(
    { wasm, scratch }: TaskContext,
    private readonly tables: ExactTables,
    private readonly channels: Channels,
    private readonly sums: readonly SumValues[],
    private readonly slopes?: readonly Float64Array[],
  ) {
    const nColumns = slopes ? slopes[0].length / (2 * channels.list[0].l + 1) : channels.nVariables;
    this.rows = new ModularRows(wasm, scratch, tables.field.prime, nColumns);
  }

  get rank(): number {
    return this.rows.rank;
  }

  /** Whether the derivatives of an invariant are independent of those before it; then they join them. */
  insert({ factors, labels }: Invariant): boolean {
    const { field, couplings } = this.tables;
    const indices = factors.map((own) => this.channels.indexOf(own));
    const tree = couplingTree(factors.map(({ l }) => l), labels);
    const { gradients } = invariantGradient(field, couplings, tree, indices.map((index) => this.sums[index]));
    const row = this.rows.clearedRow();
    indices.forEach((index, t) => (this.slopes ? this.addSlopes(gradients[t], this.slopes[index], row) : this.addGradient(gradients[t], this.channels.offsets[index], row)));
    return this.rows.insert();
  }

  private addGradient(gradient: Float64Array, offset: number, row: Int32Array): void {
    for (let i = 0; i < gradient.length; i++) row[offset + i] = this.tables.field.add(row[offset + i], gradient[i]);
  }

  private addSlopes(gradient: Float64Array, slopes: Float64Array, row: Int32Array): void {
    const { field } = this.tables;
    const nColumns = slopes.length / gradient.length;
    for (let i = 0; i < gradient.length; i++) {
      for (let c = 0; c < nColumns; c++) row[c] = field.add(row[c], field.multiply(gradient[i], slopes[i * nColumns + c]));
    }
  }
}

/** A point drawn for a seed, with the sums as variables: all ranks are largest there but for a chance of about one in a million. */
export function randomPlace(context: TaskContext, tables: ExactTables, channels: Channels, seed: number): ExactPlace {
  const random = seededRandom(seed);
  return new ExactPlace(context, tables, channels, channels.list.map(({ l }) => randomSums(l, random, tables.field)));
}

/** Places of an environment, made when they are asked for: the sums as variables, or the positions of its neighbors. */
export function environmentPlaces(context: TaskContext, tables: ExactTables, channels: Channels, environment: IntegerEnvironment): { sums(): ExactPlace; positions(): ExactPlace } {
  const all = channels.list.map((channel) => ({ channel, values: new Float64Array(2 * channel.l + 1), slopes: new Float64Array((2 * channel.l + 1) * 3 * environment.positions.length) }));
  const lMax = Math.max(0, ...channels.list.map(({ l }) => l));
  environment.positions.forEach((position, j) => {
    const { harmonics, square } = solidHarmonics(tables.field, position, lMax);
    for (const { channel, values, slopes } of all) {
      if (channel.species === (environment.species?.[j] ?? 0)) addNeighbor(tables, channel, { harmonics: harmonics[channel.l], square }, j, values, slopes);
    }
  });
  const sums = all.map(({ channel, values }): SumValues => ({ l: channel.l, values }));
  return { sums: () => new ExactPlace(context, tables, channels, sums), positions: () => new ExactPlace(context, tables, channels, sums, all.map((own) => own.slopes)) };
}

/** Adds (r²)ⁿ (l+m)!(l−m)! S_lm of neighbor j to a sum, and its slopes. */
function addNeighbor({ field }: ExactTables, { n, l }: Factor, { harmonics, square }: { harmonics: readonly Slope[]; square: Slope }, j: number, values: Float64Array, slopes: Float64Array): void {
  const arithmetic = new Slopes(field);
  let radial = arithmetic.constant(1);
  for (let k = 0; k < n; k++) radial = arithmetic.product(radial, square);
  const nColumns = slopes.length / values.length;
  harmonics.forEach((harmonic, i) => {
    const factor = field.multiply(field.factorial(i), field.factorial(2 * l - i));
    const [value, ...own] = arithmetic.scaled(arithmetic.product(radial, harmonic), factor);
    values[i] = field.add(values[i], value);
    own.forEach((slope, axis) => (slopes[i * nColumns + 3 * j + axis] = slope));
  });
}
