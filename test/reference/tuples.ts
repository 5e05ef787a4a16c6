// distance_2b and angle_3b of GAP: Bartók & Csányi, Int. J. Quantum Chem. 115, 1051 (2015), 10.1002/qua.24927.
import { expect } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Calculator, type Computed, type SystemEnvironments } from "../descriptors/calculator.js";
import { speciesOf } from "../descriptors/systems.js";
import type { Comparisons } from "./comparisons.js";
import type { ReferenceFolder } from "./folder.js";
import { expectKnown } from "./not-there.js";
import { fromQuip, nameOf } from "./quip.js";

/** One pair, or a center with two neighbors in an order. */
interface Tuple {
  readonly atoms: readonly number[];
  /** Å, of the images */
  readonly pos: readonly (readonly number[])[];
  readonly x: readonly number[];
  readonly fc: number;
  /** [atom][xyz] */
  readonly dfc: readonly (readonly number[])[];
  /** [atom][xyz][coordinate] */
  readonly dx: readonly (readonly (readonly number[])[])[];
}

export interface TupleEntry {
  readonly frame: string;
  readonly params: string;
  readonly dimensions: number;
  /** Tuples that there are. */
  readonly n: number;
  /** The first of them, or all. */
  readonly list: readonly Tuple[];
}

/** Every order of a triplet stands in the list, and is one row of ours. */
const ORDERS: Readonly<Record<string, number>> = { distance_2b: 1, angle_3b: 2 };

/** Positions are rounded to 10⁻¹² Å. */
const TOLERANCE = 1e-10;

export async function compareTuples(from: ReferenceFolder, executor: Executor, comparisons: Comparisons, where: string, entry: TupleEntry): Promise<void> {
  expectKnown(where, Object.keys(entry), ["frame", "params", "dimensions", "n", "list", "note"]);
  const system = await from.system(entry.frame);
  const species = speciesOf(system);
  const descriptor = createEnvironmentDescriptor(fromQuip(entry.params, species, (name) => from.path(name)).descriptor as { type: string }, "these tests");
  const calculator = new Calculator(executor, descriptor, species);
  const kind = nameOf(entry.params);
  expect(calculator.nFeatures).toBe(entry.dimensions + 1);
  try {
    const rows = new TupleRows(calculator, calculator.environments(system));
    expect(rows.count * ORDERS[kind]).toBe(entry.n);
    const values = entry.list.flatMap((tuple) => rows.values(tuple));
    comparisons.compare(`${kind}, values`, where, values, entry.list.flatMap(({ x, fc }) => [...x, fc]), TOLERANCE);
    const slopes = entry.list.flatMap((tuple) => rows.slopes(tuple));
    const expected = entry.list.flatMap(({ dx, dfc }) => dx.flatMap((axes, atom) => axes.flatMap((coordinates, axis) => [...coordinates, dfc[atom][axis]])));
    comparisons.compare(`${kind}, derivatives`, where, slopes, expected, TOLERANCE);
  } finally {
    calculator.release();
  }
}

/** Computed rows, found by what they are about. */
class TupleRows {
  private readonly computed: Computed;
  private readonly nFeatures: number;
  /** Row, and its entry for each neighbor, by the center and its neighbors. */
  private readonly found = new Map<string, { readonly row: number; readonly entries: ReadonlyMap<string, number> }>();

  constructor(calculator: Calculator, environments: SystemEnvironments) {
    const { list, displacements } = environments;
    this.nFeatures = calculator.nFeatures;
    this.computed = calculator.compute(environments, { jacobian: true });
    const { offsets, pairs } = this.computed;
    const centers = Array.from(list.centerAtoms, (atom, c) => Array<number>(environments.offsets[c + 1] - environments.offsets[c]).fill(atom)).flat();
    for (let row = 0; row < this.count; row++) {
      const entries = new Map<string, number>();
      for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) {
        const pair = pairs[entry];
        entries.set(neighborKey(list.neighborAtoms[pair], displacements.subarray(3 * pair, 3 * pair + 3)), entry);
      }
      this.found.set(tupleKey(centers[pairs[offsets[row]]], [...entries.keys()]), { row, entries });
    }
    expect(this.found.size).toBe(this.count);
  }

  get count(): number {
    return this.computed.offsets.length - 1;
  }

  values(tuple: Tuple): number[] {
    const { row } = this.of(tuple);
    return [...this.computed.values.subarray(row * this.nFeatures, (row + 1) * this.nFeatures)];
  }

  /** [atom][xyz][feature]: what moves neighbors moves the center the other way */
  slopes(tuple: Tuple): number[] {
    const { entries } = this.of(tuple);
    const width = 3 * this.nFeatures;
    const ofNeighbors = neighborKeys(tuple).map((key) => this.computed.jacobian.subarray(entries.get(key)! * width, (entries.get(key)! + 1) * width));
    const ofCenter = Float64Array.from({ length: width }, (_, i) => -ofNeighbors.reduce((sum, slopes) => sum + slopes[i], 0));
    return [ofCenter, ...ofNeighbors].flatMap((slopes) => [...slopes]);
  }

  private of(tuple: Tuple): { readonly row: number; readonly entries: ReadonlyMap<string, number> } {
    const found = this.found.get(tupleKey(tuple.atoms[0], neighborKeys(tuple)));
    if (!found) throw new Error(`no row is about the atoms ${tuple.atoms.join(", ")} at ${JSON.stringify(tuple.pos)}`);
    return found;
  }
}

const neighborKey = (atom: number, displacement: ArrayLike<number>): string => `${atom} ${Array.from(displacement, (x) => (Math.round(1e6 * x) + 0) / 1e6).join()}`;

function neighborKeys({ atoms, pos }: Tuple): string[] {
  return atoms.slice(1).map((atom, k) => neighborKey(atom, pos[k + 1].map((x, axis) => x - pos[0][axis])));
}

/** The same for every order of the neighbors. */
const tupleKey = (center: number, neighbors: readonly string[]): string => [center, ...[...neighbors].sort()].join(" | ");
