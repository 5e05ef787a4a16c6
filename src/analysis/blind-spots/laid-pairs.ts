import { copyGeometry } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { BlindPair } from "./blind-spots.js";
import { neighborsOf } from "./compare-environments.js";
import type { EnvironmentAtoms } from "./matched-atoms.js";
import { speciesOf } from "./pair-cost.js";

/** An environment with its center, to be drawn. */
export interface DrawnEnvironment {
  /** The center first. */
  readonly symbols: readonly string[];
  /** Å, atoms × 3, from the center */
  readonly positions: Float64Array;
}

/** Both environments of a pair, b turned so that it lies on a. */
export interface LaidPair {
  /** What is drawn. */
  readonly pair: BlindPair;
  /** Where the structures came from. */
  readonly labels: readonly [string, string];
  /** The first environment. */
  readonly a: DrawnEnvironment;
  /** The second one. */
  readonly b: DrawnEnvironment;
}

interface NeighborsInput {
  readonly geometry: Geometry;
  readonly atom: number;
  readonly cutoff: number;
  readonly species: SpeciesList;
}

const neighborsTask = defineTask("analysis/neighbors-of-center", (context: TaskContext, { geometry, atom, cutoff, species }: NeighborsInput): EnvironmentAtoms =>
  neighborsOf(context, geometry, atom, cutoff, species),
);

/** The environments of pairs up to a cutoff (Å), as they are to be drawn side by side. */
export async function layPairs(dataset: Dataset, pairs: readonly BlindPair[], cutoff: number, { executor, signal }: WorkContext): Promise<LaidPair[]> {
  const species = dataset.species();
  const inputs = pairs.flatMap(({ a, b }) => [a, b].map(({ structure, atom }) => ({ geometry: copyGeometry(dataset.atoms(structure)), atom, cutoff, species })));
  const found = await executor.map(neighborsTask, inputs, { signal });
  return pairs.map((pair, k) => {
    const [a, b] = [pair.a, pair.b].map((center, side) => {
      const { positions, species: indices } = found[2 * k + side];
      const symbols = [speciesOf(dataset, center), ...Array.from(indices, (index) => species[index])].map(symbolOf);
      return { symbols, positions: Float64Array.of(0, 0, 0, ...(side === 0 ? positions : turned(positions, pair.rotation))) };
    });
    return { pair, labels: [dataset.labels[pair.a.structure], dataset.labels[pair.b.structure]], a, b };
  });
}

function turned(positions: Float64Array, r: readonly number[]): Float64Array {
  return positions.map((_, at) => {
    const [k, atom] = [at % 3, at - (at % 3)];
    return r[3 * k] * positions[atom] + r[3 * k + 1] * positions[atom + 1] + r[3 * k + 2] * positions[atom + 2];
  });
}
