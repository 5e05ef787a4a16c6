import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import type { PotentialTables, PreparedPotential } from "../potential.js";

/** What decides whether potentials that are sums of local energies can be predicted together. */
export interface LocalEnergyShape {
  readonly species: SpeciesList;
  readonly terms: readonly { readonly descriptor: Descriptor; readonly centers: readonly number[] | null }[];
}

/** Whether two potentials describe the same environments with the same descriptors, term by term. */
export function isEqualShape(a: LocalEnergyShape, b: LocalEnergyShape): boolean {
  return a === b || shapeOf(a) === shapeOf(b);
}

function shapeOf({ species, terms }: LocalEnergyShape): string {
  return JSON.stringify([species, terms.map(({ descriptor, centers }) => [descriptor.name, descriptor.parameters, centers])]);
}

/** Tables of the first potential with those of the others as `alike`; all are released together, and where one fails. */
export function prepareAlike<Model, Tables extends PotentialTables>(
  models: readonly Model[],
  prepare: (model: Model, index: number) => PreparedPotential<Tables>,
): PreparedPotential<Tables & { readonly alike: readonly Tables[] }> {
  const prepared: PreparedPotential<Tables>[] = [];
  // others use what belongs to the first
  const release = (): void => prepared.splice(0).reverse().forEach((one) => one.release());
  try {
    for (const [k, model] of models.entries()) prepared.push(prepare(model, k));
    const [first, ...others] = prepared.map(({ tables }) => tables);
    return { tables: { ...first, alike: others }, release };
  } catch (error) {
    release();
    throw error;
  }
}
