import type { Executor } from "../../../parallel/executor.js";
import type { LinearJob, LinearRowsOfData } from "../rows.js";
import type { ColumnClasses } from "./column-classes.js";
import { findNeighborhoods, possibleNeighborhoods, type TermRange } from "./neighborhoods.js";
import type { StructureReach } from "./patterns.js";

/** What every structure of the data reaches. Neighbors are only looked at where descriptors tell which ones matter. */
export async function reachOfStructures({ dataset, species, context }: LinearJob, rows: LinearRowsOfData, { classes }: ColumnClasses, executor: Executor): Promise<StructureReach[]> {
  const ranges = rows.terms.map(({ tables, centers }): TermRange => {
    return { cutoff: tables.cutoff, species: tables.species, centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)) };
  });
  const byAtoms = rows.rowCounts.map((nRows, i): StructureReach => ({ nRows, neighborhoods: possibleNeighborhoods(dataset.structure(i), species, ranges) }));
  if (species.length === 1 || classes.every(({ needed }) => needed === 0n)) return byAtoms;
  const { blocks, count, input } = rows.source();
  const reach = [...byAtoms];
  for (let first = 0; first < count; first += executor.maximumInFlight) {
    const some = Array.from({ length: Math.min(executor.maximumInFlight, count - first) }, (_, k) => first + k);
    const inputs = some.map((block) => ({ species, terms: ranges, structures: input(block).structures.map(({ geometry, described }) => ({ geometry, described })) }));
    const found = await executor.map(findNeighborhoods, inputs, { signal: context.signal });
    some.forEach((block, s) => blocks[block].items.forEach((i, k) => (reach[i] = { ...byAtoms[i], neighborhoods: found[s][k] })));
  }
  return reach;
}
