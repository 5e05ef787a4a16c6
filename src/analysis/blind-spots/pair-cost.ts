import { collectDescriptors, type EnvironmentSource } from "../../environments/collect.js";
import type { DescriptorTables } from "../../descriptors/descriptor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { assign } from "./assignment.js";
import type { ErrorBound, PairEnergy, PairForces } from "./blind-spots.js";
import type { ColumnScales } from "./standardize.js";

/** Centers of a structure up to which all are given partners. */
const MOST_CENTERS = 128;
/** |X − X′| up to this share of |X| is rounding. */
export const IDENTICAL = 1e-9;

/** How rows of centers of each species were scaled, by atomic number; species that are no centers are absent. */
export type ScalesBySpecies = ReadonlyMap<number, ColumnScales>;

/** Two structures of the data, the first one before the second. */
export interface StructurePair {
  readonly a: number;
  readonly b: number;
}

/**
 * What the energies of two structures say, by matching all of their centers; see docs/theory/blind-spots.md. Undefined where energies are missing, the
 * structures are not of the same atoms, or have too many centers.
 */
export async function pairEnergy(
  dataset: Dataset,
  { a, b }: StructurePair,
  tables: DescriptorTables,
  scales: ScalesBySpecies,
  context: WorkContext,
): Promise<PairEnergy | undefined> {
  const difference = dataset.energies[a] - dataset.energies[b];
  if (a === b || !Number.isFinite(difference) || !haveSameAtoms(dataset, a, b)) return undefined;
  const [ofA, ofB] = [a, b].map((structure) => centersOf(dataset, structure, scales));
  if (ofA.length > MOST_CENTERS) return undefined;
  const rows = await describe(dataset, [...ofA, ...ofB], tables, context);
  const { distance, isIdentical } = matchCenters(dataset, ofA, ofB, rows, scales);
  return {
    difference,
    distance,
    isBound: isIdentical,
    leastError: isIdentical ? Math.abs(difference) / 2 : 0,
    ...(distance > 0 && { slope: Math.abs(difference) / distance }),
  };
}

function haveSameAtoms({ atomicNumbers, offsets }: Dataset, a: number, b: number): boolean {
  const [ofA, ofB] = [a, b].map((structure) => atomicNumbers.slice(offsets[structure], offsets[structure + 1]).sort());
  return ofA.length === ofB.length && ofA.every((number, i) => number === ofB[i]);
}

function centersOf(dataset: Dataset, structure: number, scales: ScalesBySpecies): EnvironmentSource[] {
  const atoms = Array.from({ length: dataset.atomCount(structure) }, (_, atom) => ({ structure, atom }));
  return atoms.filter((center) => scales.has(speciesOf(dataset, center)));
}

/** Atomic number of a center. */
export function speciesOf({ atomicNumbers, offsets }: Dataset, { structure, atom }: EnvironmentSource): number {
  return atomicNumbers[offsets[structure] + atom];
}

async function describe(dataset: Dataset, centers: readonly EnvironmentSource[], tables: DescriptorTables, context: WorkContext): Promise<Float64Array> {
  const holdings = new Holdings(context.executor);
  try {
    const { pointer } = holdings.allocate(8 * centers.length * tables.nFeatures, "fingerprints of two structures");
    await collectDescriptors(dataset, centers, tables, pointer, { executor: context.executor, ...(context.signal && { signal: context.signal }) });
    return context.executor.wasm.f64(pointer, centers.length * tables.nFeatures).slice();
  } finally {
    holdings.release();
  }
}

interface Matched {
  /** Σ of scaled distances. */
  readonly distance: number;
  /** Whether each center has the row of its partner but for rounding. */
  readonly isIdentical: boolean;
}

/** Best partners of the centers of two structures, species by species. */
function matchCenters(
  dataset: Dataset,
  ofA: readonly EnvironmentSource[],
  ofB: readonly EnvironmentSource[],
  rows: Float64Array,
  scales: ScalesBySpecies,
): Matched {
  let [distance, isIdentical] = [0, true];
  for (const [species, { deviations }] of scales) {
    const [p, q] = [ofA, ofB].map((list) => Int32Array.from(list.keys()).filter((i) => speciesOf(dataset, list[i]) === species));
    const costs = new Float64Array(p.length * q.length);
    const isRounding = new Uint8Array(costs.length);
    p.forEach((i, k) => {
      q.forEach((j, l) => {
        const { scaled, isSame } = compareRows(rows, i, ofA.length + j, deviations);
        costs[k * q.length + l] = scaled;
        isRounding[k * q.length + l] = Number(isSame);
      });
    });
    assign(costs, p.length, q.length).forEach((l, k) => {
      distance += costs[k * q.length + l];
      isIdentical &&= isRounding[k * q.length + l] === 1;
    });
  }
  return { distance, isIdentical };
}

/** Distances of rows that are not scaled yet. */
function compareRows(rows: Float64Array, i: number, j: number, deviations: Float64Array): { readonly scaled: number; readonly isSame: boolean } {
  const d = deviations.length;
  let [scaled, plain, square] = [0, 0, 0];
  for (let f = 0; f < d; f++) {
    const difference = rows[i * d + f] - rows[j * d + f];
    plain += difference ** 2;
    square += rows[i * d + f] ** 2;
    if (deviations[f] > 0) scaled += (difference / deviations[f]) ** 2;
  }
  return { scaled: Math.sqrt(scaled), isSame: Math.sqrt(plain) <= IDENTICAL * Math.sqrt(square) };
}

/**
 * Forces on two centers after the rotation that lays the environment of b on that of a; undefined where they are missing.
 * @param rotation 3 × 3, a ≈ R b
 */
export function pairForces({ forces, offsets }: Dataset, a: EnvironmentSource, b: EnvironmentSource, rotation: readonly number[]): PairForces | undefined {
  const [ofA, ofB] = [a, b].map(({ structure, atom }) => forces.subarray(3 * (offsets[structure] + atom), 3 * (offsets[structure] + atom) + 3));
  const turned = [0, 1, 2].map((k) => rotation[3 * k] * ofB[0] + rotation[3 * k + 1] * ofB[1] + rotation[3 * k + 2] * ofB[2]);
  const difference = Math.hypot(...turned.map((value, k) => ofA[k] - value));
  return Number.isFinite(difference) ? { difference, norms: [Math.hypot(...ofA), Math.hypot(...ofB)] } : undefined;
}

/**
 * The least errors of any model that gives equal energies to structures of equal fingerprints: within a class of such structures the best is the mean
 * of their energies. Undefined where there are none of different energies.
 * @param pairs of structures that are equal for the descriptor
 */
export function errorBound({ energies }: Pick<Dataset, "energies">, pairs: readonly StructurePair[]): ErrorBound | undefined {
  const classOf = new Map<number, Set<number>>();
  for (const { a, b } of pairs) {
    const joined = new Set([...(classOf.get(a) ?? [a]), ...(classOf.get(b) ?? [b])]);
    for (const structure of joined) classOf.set(structure, joined);
  }
  const of = energies.reduce((count, energy) => count + Number(Number.isFinite(energy)), 0);
  let [squares, maximum, structures] = [0, 0, 0];
  for (const members of new Set(classOf.values())) {
    const values = Array.from(members, (structure) => energies[structure]);
    const mean = values.reduce((sum, energy) => sum + energy, 0) / values.length;
    const half = (Math.max(...values) - Math.min(...values)) / 2;
    if (half === 0) continue;
    squares += values.reduce((sum, energy) => sum + (energy - mean) ** 2, 0);
    maximum = Math.max(maximum, half);
    structures += values.length;
  }
  return structures > 0 ? { rmse: Math.sqrt(squares / of), maximum, structures, of } : undefined;
}
