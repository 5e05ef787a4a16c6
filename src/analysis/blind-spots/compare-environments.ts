import { buildEnvironments, copyGeometry, namingStructure } from "../../environments/environments.js";
import type { EnvironmentSource } from "../../environments/collect.js";
import type { Geometry } from "../../environments/geometry.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import type { EnvironmentAtoms } from "./matched-atoms.js";
import { structuralDistance, type StructuralDistance } from "./structural-distance.js";

/** Pairs of one task. */
const BATCH = 16;

/** Two environments of the data. */
export interface EnvironmentPair {
  readonly a: EnvironmentSource;
  readonly b: EnvironmentSource;
}

interface PlacedCenter {
  /** Position in the geometries of the task. */
  readonly geometry: number;
  readonly atom: number;
}

interface ComparedPairs {
  readonly geometries: readonly Geometry[];
  readonly pairs: readonly { readonly a: PlacedCenter; readonly b: PlacedCenter }[];
  readonly cutoff: number;
  readonly species: SpeciesList;
  readonly enough: number;
}

/** The neighbors of an atom up to a cutoff, with species as positions in the list. */
export function neighborsOf({ wasm, scratch }: TaskContext, geometry: Geometry, atom: number, cutoff: number, species: SpeciesList): EnvironmentAtoms {
  return namingStructure(geometry.label, () => {
    const mark = scratch.mark();
    const { batch } = buildEnvironments(wasm, scratch, geometry, { cutoff, species }, Int32Array.of(atom));
    const components = [batch.dx, batch.dy, batch.dz].map((pointer) => wasm.f64(pointer, batch.nPairs));
    const positions = Float64Array.from({ length: 3 * batch.nPairs }, (_, at) => components[at % 3][Math.floor(at / 3)]);
    const found = { positions, species: wasm.i32(batch.neighborSpecies, batch.nPairs).slice() };
    scratch.reset(mark);
    return found;
  });
}

const compareTask = defineTask("analysis/compare-environments", (context: TaskContext, input: ComparedPairs): StructuralDistance[] => {
  const { geometries, pairs, cutoff, species, enough } = input;
  const atomsOf = ({ geometry, atom }: PlacedCenter): EnvironmentAtoms => neighborsOf(context, geometries[geometry], atom, cutoff, species);
  return pairs.map(({ a, b }) => structuralDistance(atomsOf(a), atomsOf(b), { cutoff, enough }));
});

/**
 * Congruence distances of pairs of environments, in their order.
 * @param enough Å, see `structuralDistance`
 */
export async function compareEnvironments(
  dataset: Dataset,
  pairs: readonly EnvironmentPair[],
  { cutoff, enough = 0 }: { readonly cutoff: number; readonly enough?: number },
  { executor, signal, onProgress }: WorkContext,
): Promise<StructuralDistance[]> {
  const species = dataset.species();
  const inputs: ComparedPairs[] = [];
  for (let first = 0; first < pairs.length; first += BATCH) inputs.push({ ...placed(dataset, pairs.slice(first, first + BATCH)), cutoff, species, enough });
  let done = 0;
  const found = await executor.map(compareTask, inputs, {
    signal,
    onDone: (_, distances) => onProgress?.({ stage: "compare structures", done: (done += distances.length), total: pairs.length, unit: "pairs" }),
  });
  return found.flat();
}

/** Pairs with the structures that they are of, each once. */
function placed(dataset: Dataset, pairs: readonly EnvironmentPair[]): Pick<ComparedPairs, "geometries" | "pairs"> {
  const structures = [...new Set(pairs.flatMap(({ a, b }) => [a.structure, b.structure]))];
  const place = ({ structure, atom }: EnvironmentSource): PlacedCenter => ({ geometry: structures.indexOf(structure), atom });
  return {
    geometries: structures.map((structure) => copyGeometry(dataset.atoms(structure))),
    pairs: pairs.map(({ a, b }) => ({ a: place(a), b: place(b) })),
  };
}
